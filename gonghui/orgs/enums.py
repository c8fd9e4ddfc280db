"""Words of the register (组织登记)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class UnionKind(models.TextChoices):
    """Kinds of union (组织类别), inventory §4.1."""

    CITY = "city", "市总工会"
    COUNTY = "county", "县（市、区）总工会"
    TOWNSHIP = "township", "乡镇（街道）工会"
    TOWNSHIP_FEDERATION = "township_federation", "乡镇（街道）总工会"
    ZONE = "zone", "开发区（园区）工会"
    VILLAGE = "village", "村（社区）工会"
    VILLAGE_FEDERATION = "village_federation", "村工会联合会"
    REGIONAL = "regional", "区域性工会联合会"
    INDUSTRY = "industry", "行业性工会联合会"
    CITY_INDUSTRIAL = "city_industrial", "市直产业工会"
    DIRECT = "direct", "直属基层工会"
    GROUP = "group", "企业集团工会"
    ENTERPRISE = "enterprise", "基层工会委员会"
    BRANCH = "branch", "分公司工会"
    PROJECT = "project", "项目部工会"
    ORGAN = "organ", "机关工会"
    WORKSHOP = "workshop", "车间（队、站）工会"
    SUB_BRANCH = "sub_branch", "分会"
    JOINT = "joint", "联合基层工会"
    COOPERATIVE = "cooperative", "专业合作社工会"
    HERDER = "herder", "牧民联合工会"
    SCHOOL = "school", "学校工会"
    CREDIT_UNION = "credit_union", "联社工会"
    ORGANISER = "organiser", "工会组织员"
    POOL = "pool", "属地会员库"


class JointForm(models.TextChoices):
    """Seven joint forms (联合基层工会形式), inventory §4.2."""

    COMMUNITY = "joint1", "①社区（村、居）工会"
    BUILDING = "joint2", "②楼宇工会"
    STREET = "joint3", "③一条街工会"
    PROJECT = "joint4", "④工程项目部工会"
    MARKET = "joint5", "⑤商贸市场工会"
    REGIONAL_INDUSTRY = "joint6", "⑥区域性行业工会"
    PARK = "joint7", "⑦工业园区工会"


class Mode(models.TextChoices):
    """Formation mode (建会方式)."""

    SINGLE = "single", "单建"
    JOINT = "joint", "联建"
    AFFILIATED = "affiliated", "挂靠建"
    TRANSITIONAL = "transitional", "过渡建"


class UnionState(models.TextChoices):
    """State of a union (工会状态)."""

    PREPARING = "preparing", "筹建"
    ACTIVE = "active", "正常"
    MERGED = "merged", "已合并"
    SPLIT = "split", "已分立"
    DISSOLVED = "dissolved", "已撤销"


class Stage(models.TextChoices):
    """Lifecycle (先发展、后巩固、再提高)."""

    NEW = "new", "发展"
    CONSOLIDATED = "consolidated", "巩固"
    IMPROVED = "improved", "提高"


class CoverageForm(models.TextChoices):
    """How a union covers an employer (覆盖形式)."""

    SINGLE = "single", "单独建会"
    REGIONAL = "regional", "区域性联合会覆盖"
    INDUSTRY = "industry", "行业性联合会覆盖"
    SYSTEM = "system", "产业（系统）工会覆盖"
    JOINT1 = "joint1", "①社区（村、居）"
    JOINT2 = "joint2", "②楼宇"
    JOINT3 = "joint3", "③一条街"
    JOINT4 = "joint4", "④工程项目部"
    JOINT5 = "joint5", "⑤商贸市场"
    JOINT6 = "joint6", "⑥区域性行业"
    JOINT7 = "joint7", "⑦工业园区"


class Sector(models.TextChoices):
    """Ownership class used in the bridge (单位性质)."""

    NON_PUBLIC = "non_public", "非公有制"
    PUBLIC = "public", "机关企事业"


class EmployerStatus(models.TextChoices):
    """Operating status of an employer (经营状态)."""

    NORMAL = "normal", "正常"
    SEASONAL = "seasonal", "季节性停业"
    STOPPED = "stopped", "停产未注销"
    RESTRUCTURED = "restructured", "改制重组"
    CLOSED = "closed", "关停"
    MOVED = "moved", "搬迁"
    RENAMED = "renamed", "更名"
    DEREGISTERED = "deregistered", "注销"
    FAILED = "failed", "倒闭"
    SAME_NAME = "same_name", "同名"
    MERGED = "merged", "归并"


WRITTEN_OFF = (
    EmployerStatus.DEREGISTERED,
    EmployerStatus.CLOSED,
    EmployerStatus.MOVED,
    EmployerStatus.RENAMED,
    EmployerStatus.SAME_NAME,
    EmployerStatus.FAILED,
    EmployerStatus.MERGED,
)
"""Seven reasons of the bridge (核减七类)."""


class Side(models.TextChoices):
    """Where a value was learned (两个走访)."""

    DESK = "desk", "部门数据"
    FIELD = "field", "实地走访"


class SpotState(models.TextChoices):
    """State of a blank spot (空白点)."""

    UNTOUCHED = "untouched", "未接触"
    CONTACT = "contact", "接触中"
    AGREED = "agreed", "同意"
    PREPARING = "preparing", "筹建"
    BUILT = "built", "已建"
    NOT_YET = "not_yet", "暂不具备"


class Body(models.TextChoices):
    """Three committees (三委会)."""

    COMMITTEE = "committee", "工会委员会"
    AUDIT = "audit", "经费审查委员会"
    WOMEN = "women", "女职工委员会"


class PostTitle(models.TextChoices):
    """Posts (职务)."""

    CHAIR = "chair", "主席（主任）"
    VICE = "vice", "副主席（副主任）"
    MEMBER = "member", "委员"
    WOMEN_MEMBER = "women_member", "女职工委员"
    ORGANISER = "organiser", "组织员"
    FINANCE = "finance", "财务"
    ACTIVIST = "activist", "积极分子"
    DELEGATE = "delegate", "会员代表"


class Rank(models.TextChoices):
    """Rank of who holds a post (职级): what the party committee gave, not what the union decides."""

    NONE = "", "未登记"
    HEAD = "head", "同级正职"
    DEPUTY = "deputy", "同级副职"
    MIDDLE = "middle", "中层正职"
    MIDDLE_DEPUTY = "middle_deputy", "中层副职"
    STAFF = "staff", "一般人员"


class LeadKind(models.TextChoices):
    """Leadership line (领导关系)."""

    DIRECT = "direct", "直接领导"
    MAIN = "main", "双重领导（主）"
    SECOND = "second", "双重领导（辅）"


class Season(models.TextChoices):
    """Season of a headcount (季节)."""

    PEAK = "peak", "旺季"
    LOW = "low", "淡季"


class AgreementKind(models.TextChoices):
    """Kinds of regional and industry agreements (协议种类), CC-8-1."""

    CONTRACT = "contract", "集体合同"
    WAGE = "wage", "工资专项集体合同"
    WOMEN = "women", "女职工权益保护专项"
    SAFETY = "safety", "劳动安全卫生专项"
    OTHER = "other", "其他专项"


class BlindKind(models.TextChoices):
    """Workers whom no union can act for (维权盲点), S003."""

    DISPATCHED = "dispatched", "劳务派遣工"
    SEASONAL = "seasonal", "季节工"
    HERDER = "herder", "牧民、合作社务工人员"
    DRIVER = "driver", "货车司机"
    OTHER = "other", "其他灵活就业人员"


class MatterKind(models.TextChoices):
    """Follow-ups of the register (组织事项)."""

    HANDOVER = "handover", "移交属地管理"
    REBUILD = "rebuild", "改制重组后重建或改建"
    CONVERT = "convert", "工期延长，组织员转为工会"
    PROJECT_END = "project_end", "项目完工，办理撤销"
    EMPLOYER_GONE = "employer_gone", "单位已核减，工会待处理"
    STOPPED_REVIEW = "stopped_review", "停业单位复核"
    CERTIFICATE = "certificate", "法人资格证变更或注销"


class MatterState(models.TextChoices):
    """State of a follow-up (事项状态)."""

    OPEN = "open", "办理中"
    DONE = "done", "已办结"
    CANCELLED = "cancelled", "已取消"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    EMPLOYER_VIEW = "orgs.employer.view"
    EMPLOYER_EDIT = "orgs.employer.edit"
    EMPLOYER_STATUS = "orgs.employer.status"
    EMPLOYER_MERGE = "orgs.employer.merge"
    EMPLOYER_IMPORT = "orgs.employer.import"
    EMPLOYER_EXPORT = "orgs.employer.export"
    SPOT_VIEW = "orgs.spot.view"
    SPOT_EDIT = "orgs.spot.edit"
    UNION_VIEW = "orgs.union.view"
    UNION_EDIT = "orgs.union.edit"
    UNION_BUILD = "orgs.union.build"
    UNION_MOVE = "orgs.union.move"
    UNION_DISSOLVE = "orgs.union.dissolve"
    COVERAGE_EDIT = "orgs.coverage.edit"
    POST_EDIT = "orgs.post.edit"
    AGREEMENT_EDIT = "orgs.agreement.edit"
