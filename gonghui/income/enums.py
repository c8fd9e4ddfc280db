"""Words of income (经费收缴)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Channel(models.TextChoices):
    """By which road contributions come (缴纳渠道), LEV-6, LEV-7."""

    OWN = "own", "拨入基层工会"
    DIRECT = "direct", "直缴上级工会"
    TAX = "tax", "税务代收"
    TREASURY = "treasury", "财政划拨"


class Cycle(models.TextChoices):
    """How often (缴纳周期)."""

    MONTHLY = "monthly", "按月"
    QUARTERLY = "quarterly", "按季"


class UnitKind(models.TextChoices):
    """Nature of the paying unit, as the refund rule asks (缴费单位性质)."""

    STATE_ENTERPRISE = "state_enterprise", "国有企业"
    ORGAN = "organ", "机关"
    INSTITUTION = "institution", "事业单位"
    PRIVATE = "private", "民营等其他企业"
    SOCIAL = "social", "社会组织"
    OTHER = "other", "其他"


class LevyKind(models.TextChoices):
    """What is owed (缴款种类)."""

    CONTRIBUTION = "contribution", "拨缴经费"
    PREPARATION = "preparation", "建会筹备金"


class DeclarationState(models.TextChoices):
    """Life of one period of a payer (申报状态)."""

    EXPECTED = "expected", "待申报"
    DECLARED = "declared", "待缴"
    PAID = "paid", "已缴清"
    VOID = "void", "已更正"


LIVE_DECLARATIONS = (DeclarationState.EXPECTED, DeclarationState.DECLARED, DeclarationState.PAID)


class ReceiptKind(models.TextChoices):
    """What a receipt is for (收据种类)."""

    LEVY = "levy", "拨缴经费"
    PREPARATION = "preparation", "建会筹备金"
    LATE_FEE = "late_fee", "滞纳金"
    DUES = "dues", "会员会费"


class Level(models.TextChoices):
    """Levels that share a contribution (分成级次)."""

    KEEP = "keep", "基层工会留用"
    COUNTY = "county", "县级工会"
    CITY = "city", "市级工会"
    PROVINCE = "province", "省级工会"
    TOP = "top", "全国总工会"


class DemandState(models.TextChoices):
    """From the demand letter to the payment order (催缴与支付令)."""

    ISSUED = "issued", "已催缴"
    DISPUTED = "disputed", "单位有异议"
    APPLIED = "applied", "已申请支付令"
    ORDERED = "ordered", "法院已发支付令"
    OBJECTED = "objected", "异议成立，转诉讼"
    ENFORCING = "enforcing", "已申请强制执行"
    PAID = "paid", "已缴清"
    WITHDRAWN = "withdrawn", "已撤回"


OPEN_DEMANDS = (
    DemandState.ISSUED,
    DemandState.DISPUTED,
    DemandState.APPLIED,
    DemandState.ORDERED,
    DemandState.OBJECTED,
    DemandState.ENFORCING,
)


class CaseState(models.TextChoices):
    """Life of a refund or a waiver (返还、减免的状态)."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    DONE = "done", "已办结"
    REFUSED = "refused", "未批准"


class RefundKind(models.TextChoices):
    """Which refund (返还种类)."""

    SMALL = "small", "小额缴费返还"
    MICRO = "micro", "小微企业返还"
    PREPARATION = "preparation", "筹备金返还"


class PaidBy(models.TextChoices):
    """How dues came in (会费缴纳方式)."""

    PAYROLL = "payroll", "工资代扣"
    BANK = "bank", "银行转账"
    CASH = "cash", "现金"


class PaymentState(models.TextChoices):
    """Whether a payment has found its member (到账认领)."""

    MATCHED = "matched", "已认领"
    UNMATCHED = "unmatched", "待认领"
    RETURNED = "returned", "已退回"


class Free(models.TextChoices):
    """Why nothing is due (免缴原因)."""

    NONE = "", ""
    RETAINED = "retained", "保留会籍"
    SUSPENDED = "suspended", "季节性暂停"
    NO_BASE = "no_base", "没有登记基数"


class ListState(models.TextChoices):
    """Life of a collection list (收缴单状态)."""

    OPEN = "open", "收缴中"
    CLOSED = "closed", "已结"


class StaffState(models.TextChoices):
    """Yearly check of off-establishment staff money (非在编人员经费核对)."""

    REMINDED = "reminded", "待单位确认"
    UNIT = "unit", "待财政核对"
    DIFFERS = "differs", "人数不一致"
    CONFIRMED = "confirmed", "已确认，待到账"
    PART = "part", "部分到账"
    ARRIVED = "arrived", "已到账"


OPEN_STAFF = (StaffState.REMINDED, StaffState.UNIT, StaffState.DIFFERS, StaffState.CONFIRMED, StaffState.PART)


class Axis(models.TextChoices):
    """Which two sides are compared (核对项目)."""

    DUES = "dues", "登记 × 会费"
    LEVY = "levy", "登记 × 拨缴"
    REPORTED = "reported", "登记 × 上报"


class Cause(models.TextChoices):
    """Why two sides differ (差异原因)."""

    RETAINED = "retained", "保留会籍不交会费"
    SUSPENDED = "suspended", "季节性暂停"
    LEAVER = "leaver", "离职未核减"
    ELSEWHERE = "elsewhere", "在别处缴会费"
    JOINED_LATE = "joined_late", "期中入会"
    NO_BASE = "no_base", "没有登记基数"
    ARREARS = "arrears", "欠缴"
    OTHER_BASE = "other_base", "基数或口径不同"
    LEFT_PAID = "left_paid", "已转出仍缴费"
    NOT_MEMBER = "not_member", "缴费但不在本会"
    UNCLAIMED = "unclaimed", "到账未认领"
    NOT_DECLARED = "not_declared", "没有申报"
    JOINED_SINCE = "joined_since", "上报后入会"
    LEFT_SINCE = "left_since", "上报后离会"
    UNEXPLAINED = "unexplained", "上报数与登记不符"


class LineState(models.TextChoices):
    """What was done about a difference (差异处理)."""

    OPEN = "open", "待处理"
    SETTLED = "settled", "已说明"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    LEVY_VIEW = "income.levy.view"
    LEVY_EDIT = "income.levy.edit"
    DEMAND_EDIT = "income.demand.edit"
    REFUND_EDIT = "income.refund.edit"
    WAIVE_DECIDE = "income.waive.decide"
    DUES_VIEW = "income.dues.view"
    DUES_EDIT = "income.dues.edit"
    WAGE_REVEAL = "income.wage.reveal"
    STAFF_VIEW = "income.staff.view"
    STAFF_UNIT = "income.staff.unit"
    STAFF_FINANCE = "income.staff.finance"
    RECON_VIEW = "income.recon.view"
    RECON_EDIT = "income.recon.edit"
