"""Words of treasury (预算与资金的用词)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    BUDGET_VIEW = "treasury.budget.view"
    BUDGET_EDIT = "treasury.budget.edit"
    BUDGET_RECORD = "treasury.budget.record"
    PAYMENT_VIEW = "treasury.payment.view"
    PAYMENT_EDIT = "treasury.payment.edit"
    PAYMENT_CHECK = "treasury.payment.check"
    PAYMENT_PAY = "treasury.payment.pay"
    BANK_VIEW = "treasury.bank.view"
    BANK_EDIT = "treasury.bank.edit"
    ASSET_VIEW = "treasury.asset.view"
    ASSET_EDIT = "treasury.asset.edit"
    PROJECT_VIEW = "treasury.project.view"
    PROJECT_EDIT = "treasury.project.edit"


class BudgetKind(models.TextChoices):
    """Why this version was made (预算版本的由来)."""

    ORIGINAL = "original", "年初预算"
    ADJUSTMENT = "adjustment", "预算调整"


class BudgetState(models.TextChoices):
    """Life of a budget (预算状态)."""

    DRAFT = "draft", "编制中"
    PENDING = "pending", "审批中"
    IN_FORCE = "in_force", "执行中"
    REPLACED = "replaced", "已调整"
    DROPPED = "dropped", "已作废"

    @property
    def tone(self) -> str:
        return {"draft": "line", "pending": "info", "in_force": "ok", "replaced": "line", "dropped": "line"}[self.value]


class FinalState(models.TextChoices):
    """Life of a final account (决算状态)."""

    DRAFT = "draft", "编制中"
    PENDING = "pending", "审批中"
    APPROVED = "approved", "已批准"
    REPORTED = "reported", "已报上一级"
    RETURNED = "returned", "上一级退回"
    ACCEPTED = "accepted", "已核定"
    DROPPED = "dropped", "已作废"

    @property
    def tone(self) -> str:
        return {"pending": "info", "approved": "info", "reported": "info", "returned": "bad", "accepted": "ok"}.get(self.value, "line")


class Control(models.TextChoices):
    """What happens above the budget (超预算时): as the rule of the place says, or stop by the union's own decision."""

    RULE = "rule", "按当地规定提醒或停下"
    STOP = "stop", "一律停下（本工会委员会决定）"


class Side(models.TextChoices):
    """Side of a budget item (收支方向)."""

    INCOME = "income", "收入"
    SPENDING = "spending", "支出"


class HoldState(models.TextChoices):
    """Life of a reservation (预算占用)."""

    OPEN = "open", "占用中"
    USED = "used", "已入账"
    RELEASED = "released", "已释放"


class Method(models.TextChoices):
    """How money is paid (支付方式)."""

    TRANSFER = "transfer", "银行转账"
    CHEQUE = "cheque", "支票"
    REMITTANCE = "remittance", "汇款"
    CASH = "cash", "现金"


class Purpose(models.TextChoices):
    """Purpose as the cash rule knows it (用途)."""

    OTHER = "other", "支付给单位的款项和零星支出"
    PERSON = "person", "支付给个人的其他款项"
    TRAVEL = "travel", "出差人员必须随身携带的差旅费"
    FARM = "farm", "向个人收购农副产品和其他物资"


class PaymentKind(models.TextChoices):
    """What is paid for (款项种类)."""

    ACTIVITY = "activity", "活动支出"
    WELFARE = "welfare", "慰问和福利"
    AID = "aid", "困难帮扶"
    PURCHASE = "purchase", "采购"
    TRAINING = "training", "培训和会议"
    LOWER = "lower", "补助下级"
    OTHER = "other", "其他"


class PaymentState(models.TextChoices):
    """Life of a payment (付款状态)."""

    DRAFT = "draft", "待送审"
    PENDING = "pending", "审批中"
    APPROVED = "approved", "待付款"
    BATCHED = "batched", "已列入付款批"
    SENT = "sent", "已发往银行"
    UNKNOWN = "unknown", "结果不明，等银行答复"
    PAID = "paid", "已付"
    FAILED = "failed", "银行退回"
    CANCELLED = "cancelled", "已取消"

    @property
    def tone(self) -> str:
        bad, warn, ok = {"failed"}, {"unknown", "approved"}, {"paid"}
        return "bad" if self.value in bad else "warn" if self.value in warn else "ok" if self.value in ok else "info"


class BatchState(models.TextChoices):
    """Life of a payment batch (付款批状态)."""

    DRAFT = "draft", "待核准"
    APPROVED = "approved", "待付款"
    SENT = "sent", "已发往银行"
    SETTLED = "settled", "全部有结果"
    DROPPED = "dropped", "已撤销"

    @property
    def tone(self) -> str:
        return {"draft": "line", "approved": "warn", "sent": "info", "settled": "ok", "dropped": "line"}[self.value]


class LineState(models.TextChoices):
    """Outcome of one bank line (银行回执)."""

    WAITING = "waiting", "等付款"
    SENT = "sent", "已发出"
    UNKNOWN = "unknown", "结果不明"
    PAID = "paid", "成功"
    FAILED = "failed", "失败"


class SignRole(models.TextChoices):
    """What a signatory keeps (印鉴和权限)."""

    LEGAL = "legal", "法定代表人章"
    FINANCE = "finance", "财务专用章"
    MAKER = "maker", "网银制单"
    CHECKER = "checker", "网银复核"


class How(models.TextChoices):
    """How an entry was matched (核对方式)."""

    AUTO = "auto", "自动"
    MANUAL = "manual", "人工"


class AssetKind(models.TextChoices):
    """Kind of an asset (资产类别)."""

    GENERAL = "general", "通用设备"
    SPECIAL = "special", "专用设备"
    COMPUTER = "computer", "计算机和办公设备"
    VEHICLE = "vehicle", "车辆"
    FURNITURE = "furniture", "家具用具"
    LIGHT = "light", "简易房"
    CONCRETE = "concrete", "钢筋混凝土房屋"
    BOOKS = "books", "图书档案"
    RELIC = "relic", "文物陈列品"
    CLOTHING = "clothing", "活动服装"
    STORES = "stores", "库存物品"


class AssetState(models.TextChoices):
    """Where an asset is (资产状态)."""

    STORED = "stored", "在库"
    ISSUED = "issued", "保管人使用"
    MISSING = "missing", "盘亏待处理"
    TRANSFERRED = "transferred", "已调出"
    DISPOSED = "disposed", "已处置"

    @property
    def tone(self) -> str:
        return {"stored": "info", "issued": "ok", "missing": "bad", "transferred": "line", "disposed": "line"}[self.value]


HELD = (AssetState.STORED, AssetState.ISSUED, AssetState.MISSING)
NOT_DEPRECIATED = frozenset({AssetKind.BOOKS, AssetKind.RELIC, AssetKind.CLOTHING, AssetKind.STORES})


class AssetEventKind(models.TextChoices):
    """What happened to an asset (资产变动)."""

    BOUGHT = "bought", "购入"
    DONATED = "donated", "接受捐赠"
    IN = "in", "调入"
    ISSUED = "issued", "领用"
    RETURNED = "returned", "交回"
    COUNTED = "counted", "盘点"
    MISSING = "missing", "盘亏"
    FOUND = "found", "找回"
    OUT = "out", "调出"
    DISPOSED = "disposed", "处置"


class CountState(models.TextChoices):
    """Life of a stocktake (盘点状态)."""

    OPEN = "open", "盘点中"
    CLOSED = "closed", "已完成"


class Found(models.TextChoices):
    """What the stocktake found (盘点结果)."""

    WAITING = "", "未盘"
    PRESENT = "present", "账实相符"
    MISSING = "missing", "盘亏"
    DAMAGED = "damaged", "毁损"


class ProjectState(models.TextChoices):
    """Life of a funding project (资金项目状态)."""

    PLANNED = "planned", "已立项"
    RUNNING = "running", "建设中"
    ACCEPTED = "accepted", "已验收"
    STOPPED = "stopped", "已终止"

    @property
    def tone(self) -> str:
        return {"planned": "line", "running": "info", "accepted": "ok", "stopped": "line"}[self.value]


class ProjectKind(models.TextChoices):
    """What the money builds (项目类别)."""

    VENUE = "venue", "阵地建设"
    BOOKS = "books", "职工书屋"
    EQUIPMENT = "equipment", "设备购置"
    AID = "aid", "帮扶服务"
    OTHER = "other", "其他"


class Level(models.TextChoices):
    """Where the money comes from (资金来源)."""

    OWN = "own", "本级工会"
    UPPER = "upper", "上级工会"
    TOWNSHIP = "township", "乡镇（街道）财政"
    COUNTY = "county", "县（区、市）财政"
    EMPLOYER = "employer", "用人单位行政"
    OTHER = "other", "其他"
