"""Words of organising (建会)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class CaseKind(models.TextChoices):
    """What a case is about (事项), S006, S025, S026."""

    BUILD = "build", "建会"
    REBUILD = "rebuild", "重建（改制重组）"
    MERGE = "merge", "合并"
    SPLIT = "split", "分立"
    HANDOVER = "handover", "移交属地管理"
    DISSOLVE = "dissolve", "撤销"


class Form(models.TextChoices):
    """In which form the union is built (组织形式)."""

    OWN = "own", "单独建会"
    JOINT1 = "joint1", "①社区（村、居）联合工会"
    JOINT2 = "joint2", "②楼宇联合工会"
    JOINT3 = "joint3", "③一条街联合工会"
    JOINT4 = "joint4", "④工程项目部联合工会"
    JOINT5 = "joint5", "⑤商贸市场联合工会"
    JOINT6 = "joint6", "⑥区域性行业联合工会"
    JOINT7 = "joint7", "⑦工业园区联合工会"
    REGIONAL = "regional", "区域性工会联合会"
    INDUSTRY = "industry", "行业性工会联合会"
    AFFILIATED = "affiliated", "挂靠建"
    TRANSITIONAL = "transitional", "过渡建"
    PROJECT = "project", "项目部工会"
    ORGANISER = "organiser", "工会组织员"
    JOIN = "join", "加入已有的联合工会（联合会）"


JOINT_FORMS = frozenset(str(f) for f in Form if f.value.startswith("joint"))


class CaseState(models.TextChoices):
    """Where a case stands (办理环节)."""

    APPLICATION = "application", "申请请示"
    PENDING = "pending", "待批复筹备"
    GROUP = "group", "成立筹备组"
    RECRUITING = "recruiting", "发展会员"
    MEETING = "meeting", "开会选举"
    RESULT = "result", "选举结果待批"
    EXECUTE = "execute", "批准后办理"
    FILING = "filing", "备案、登记法人资格"
    SETUP = "setup", "刻章、开户、挂牌"
    DONE = "done", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"
    REFUSED = "refused", "未批准"
    GONE = "gone", "单位已不存在"


ENDED = (CaseState.DONE, CaseState.WITHDRAWN, CaseState.REFUSED, CaseState.GONE)
OPEN_STATES = tuple(s for s in CaseState if s not in ENDED)
"""States in which somebody still has to do something."""


class Outcome(models.TextChoices):
    """How a step ended (环节结果)."""

    DONE = "done", "办完"
    RETURNED = "returned", "退回修改"
    REFUSED = "refused", "未批准"
    STOPPED = "stopped", "中止"


class PaperKind(models.TextChoices):
    """Papers a case needs from outside (外来材料), S036."""

    APPLICATIONS = "applications", "入会申请书"
    ROSTER = "roster", "职工花名册"
    APPROVAL = "approval", "批文"
    LICENCE = "licence", "单位营业执照或登记证"
    MINUTES = "minutes", "会议记录"
    OTHER = "other", "其他"


class Theme(models.TextChoices):
    """What a demonstration point shows (示范主题), S009."""

    BUILDING = "building", "建会入会"
    DEMOCRACY = "democracy", "民主管理"
    BARGAINING = "bargaining", "工资集体协商"
    HOME = "home", "职工之家"
    RIGHTS = "rights", "维权服务"


class Gathering(models.TextChoices):
    """How people came to look at a point (观摩方式), S009."""

    VISIT = "visit", "观摩"
    MEETING = "meeting", "现场会"


class FollowState(models.TextChoices):
    """What became of a follower (跟学结果)."""

    ASSIGNED = "assigned", "已安排"
    VISITED = "visited", "已观摩"
    ADOPTED = "adopted", "已照做"
    DROPPED = "dropped", "没有照做"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    CASE_VIEW = "organising.case.view"
    CASE_EDIT = "organising.case.edit"
    CASE_REVIEW = "organising.case.review"
    CASE_APPROVE = "organising.case.approve"
    CASE_SECOND = "organising.case.second"
    COVERAGE_JOIN = "organising.coverage.join"
    STAGE_EDIT = "organising.stage.edit"
    POINT_VIEW = "organising.point.view"
    POINT_EDIT = "organising.point.edit"
