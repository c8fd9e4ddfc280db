"""Words of membership (会员会籍)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Standing(models.TextChoices):
    """Standing of a membership spell (会籍状态)."""

    ACTIVE = "active", "在籍"
    IN_TRANSIT = "in_transit", "转出待接"
    SUSPENDED = "suspended", "季节性暂停"
    RETAINED = "retained", "保留会籍"


COUNTED = (Standing.ACTIVE, Standing.IN_TRANSIT)
"""Standings that count as members (计入会员数)."""


class EndReason(models.TextChoices):
    """Why a spell ended (会籍段结束原因)."""

    TRANSFERRED = "transferred", "转出"
    TRANSIT = "transit", "办理转出"
    RETURNED = "returned", "转出撤回"
    SUSPENDED = "suspended", "季节性暂停"
    RESUMED = "resumed", "恢复"
    RETAINED = "retained", "转为保留会籍"
    LEFT = "left", "本人退会"
    DEEMED_LEFT = "deemed_left", "视为自动退会"
    EXPELLED = "expelled", "开除会籍"
    DIED = "died", "去世"
    MERGED = "merged", "重复合并"
    UNION_ENDED = "union_ended", "工会撤销或合并"
    CORRECTED = "corrected", "登记更正"
    REGROUPED = "regrouped", "调整小组"


class EmploymentKind(models.TextChoices):
    """用工形式."""

    REGULAR = "regular", "合同制"
    TEMPORARY = "temporary", "临时工"
    SEASONAL = "seasonal", "季节工"
    DISPATCHED = "dispatched", "劳务派遣"
    PART_TIME = "part_time", "非全日制"
    GIG = "gig", "新就业形态"
    NONE = "none", "无固定单位"


class Channel(models.TextChoices):
    """How somebody joined (入会渠道)."""

    PERSONAL = "personal", "个人申请"
    COLLECTIVE = "collective", "集体入会"
    DOOR = "door", "上门登记"
    SOURCE = "source", "源头入会"
    IMPORT = "import", "花名册导入"


class ApplicationState(models.TextChoices):
    """Life of an application to join (入会申请状态)."""

    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回补正"
    APPROVED = "approved", "已批准待领证"
    DONE = "done", "已领证"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "本人撤回"


class BatchState(models.TextChoices):
    """Life of a joining batch (入会批次状态)."""

    OPEN = "open", "办理中"
    CLOSED = "closed", "已办结"


class DocumentKind(models.TextChoices):
    """Papers of a joining dossier (三有): the roster comes on paper and in electronic form (R020, R022)."""

    APPLICATION = "application", "申请书"
    ROSTER_PAPER = "roster_paper", "花名册（纸质扫描件）"
    ROSTER_ELECTRONIC = "roster_electronic", "花名册（电子稿）"
    APPROVAL = "approval", "批文"


class CardState(models.TextChoices):
    """State of a member card (会员证状态)."""

    ALLOCATED = "allocated", "待领取"
    ISSUED = "issued", "已领取"
    LOST = "lost", "已挂失"
    CANCELLED = "cancelled", "已注销"


LIVE_CARDS = (CardState.ALLOCATED, CardState.ISSUED)


class ServiceCardState(models.TextChoices):
    """State of a bank-linked service card (服务卡状态)."""

    ACTIVE = "active", "正常"
    RETURNED = "returned", "退汇待核"
    CLOSED = "closed", "已停用"


class TransferState(models.TextChoices):
    """Life of a transfer (转会状态): 转出待接 until somebody answers; unclaimed ones fall to the territorial union."""

    REQUESTED = "requested", "待转出方确认"
    IN_TRANSIT = "in_transit", "转出待接"
    ACCEPTED = "accepted", "已接收"
    DECLINED = "declined", "对方退回"
    WITHDRAWN = "withdrawn", "已撤回"
    FALLBACK = "fallback", "属地工会接收"


LIVE_TRANSFERS = (TransferState.REQUESTED, TransferState.IN_TRANSIT)


class TransferCause(models.TextChoices):
    """Why a transfer was opened (转会缘由)."""

    NEW_JOB = "new_job", "换了单位"
    EMPLOYMENT_END = "employment_end", "离职"
    PLACED = "placed", "会员库安置"
    UNION_ENDED = "union_ended", "工会撤销或合并"
    MOVED = "moved", "工作地变动"


class ExitKind(models.TextChoices):
    """Ways out of the union (退出方式)."""

    LEFT = "left", "本人退会"
    DEEMED = "deemed_left", "视为自动退会"
    EXPELLED = "expelled", "开除会籍"
    DIED = "died", "去世"


class ExitState(models.TextChoices):
    """Life of an exit case (退出办理状态)."""

    OPEN = "open", "办理中"
    DONE = "done", "已办结"
    DROPPED = "dropped", "已终止"


class RosterKind(models.TextChoices):
    """The five rosters (五类花名册)."""

    WORKERS = "workers", "职工"
    CADRES = "cadres", "工会干部"
    MEMBERS = "members", "会员"
    DELEGATES = "delegates", "会员（职工）代表"
    ACTIVISTS = "activists", "工会积极分子"


class DiffClass(models.TextChoices):
    """What the comparison of two rosters says of one person (比对结论)."""

    MATCHED = "matched", "匹配"
    NOT_MEMBER = "not_member", "缺会籍"
    GONE = "gone", "已离职"
    DUPLICATE = "duplicate", "重复"
    INCOMPLETE = "incomplete", "信息不全"


class DiffState(models.TextChoices):
    """What was done about a difference (差异处理)."""

    OPEN = "open", "待处理"
    DONE = "done", "已处理"
    KEPT = "kept", "核实无误"


class ConsentPurpose(models.TextChoices):
    """What personal data is processed for (处理目的), PIPL 13, 14, 29."""

    MEMBERSHIP = "membership", "会籍管理"
    SERVICES = "services", "服务提醒"
    SIGNATURE = "signature", "手写签名留存"
    ACCOUNT = "account", "服务卡账户"


class RequestKind(models.TextChoices):
    """Requests of a person about own data (个人信息请求), PIPL 45–47."""

    CORRECT = "correct", "更正"
    ERASE = "erase", "删除"
    REVIEW = "review", "人工复核"
    EXPLAIN = "explain", "说明处理规则"
    RELATIVE = "relative", "近亲属请求"


class RequestState(models.TextChoices):
    """Life of such a request (请求状态)."""

    OPEN = "open", "待处理"
    DONE = "done", "已办"
    REFUSED = "refused", "不能办"


class NoteKind(models.TextChoices):
    """Further entries of a worker's file (职工动态)."""

    TRAINING = "training", "培训"
    SKILL = "skill", "技能等级"
    HEALTH = "health", "体检安排"
    BENEFIT = "benefit", "享受服务"
    VOICE = "voice", "反映诉求"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    MEMBER_VIEW = "members.member.view"
    MEMBER_EDIT = "members.member.edit"
    MEMBER_EXPORT = "members.member.export"
    APPLICATION_VIEW = "members.application.view"
    APPLICATION_DECIDE = "members.application.decide"
    TRANSFER_VIEW = "members.transfer.view"
    TRANSFER_DECIDE = "members.transfer.decide"
    ROSTER_VIEW = "members.roster.view"
    ROSTER_IMPORT = "members.roster.import"
    CARD_ISSUE = "members.card.issue"
    BATCH_EDIT = "members.batch.edit"
    ACTIVIST_EDIT = "members.activist.edit"
    NOTE_VIEW = "members.note.view"
    REQUEST_DECIDE = "members.request.decide"
    SERVICE_CARD_EDIT = "members.service_card.edit"
    APPLICATION_FILE = "members.application.file"
    IDENTITY_DESK = "members.identity.desk"
