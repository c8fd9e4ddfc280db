"""Assets, their moves, stocktakes, depreciation (资产、变动、盘点、折旧)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.treasury.enums import AssetEventKind, AssetKind, AssetState, CountState, Found


class Asset(models.Model):
    """One thing the union owns (资产). Clothing is one row for each piece and stays the union's, whoever keeps it."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="assets", verbose_name="工会")
    number = models.CharField("资产编号", max_length=30)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=10, choices=partial(labels, AssetKind))
    fixed = models.BooleanField("固定资产", default=False)
    model = models.CharField("规格型号", max_length=80, blank=True)
    cost_fen = models.BigIntegerField("原值")
    nominal = models.BooleanField("名义金额", default=False)
    bought_on = models.DateField("取得日期")
    years = models.PositiveSmallIntegerField("使用年限（年）", null=True, blank=True)
    depreciated_fen = models.BigIntegerField("累计折旧", default=0)
    state = models.CharField("状态", max_length=12, choices=partial(labels, AssetState), default=AssetState.STORED)
    custodian = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="保管人")
    issued_on = models.DateField("领用日期", null=True, blank=True)
    place = models.CharField("存放地点", max_length=80, blank=True)
    voucher = models.ForeignKey("finance.Voucher", models.PROTECT, null=True, blank=True, related_name="assets", verbose_name="购置凭证")
    source = models.CharField("来源", max_length=80, blank=True)
    project = models.ForeignKey(
        "treasury.FundingProject", models.PROTECT, null=True, blank=True, related_name="assets", verbose_name="资金项目"
    )
    slip = models.CharField("资产认定决定单", max_length=20, blank=True)
    ended_on = models.DateField("减少日期", null=True, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "资产"
        ordering = ["union_id", "number"]
        indexes = [
            models.Index(fields=["union", "state", "kind"], name="asset_union"),
            models.Index(fields=["custodian", "kind"], name="asset_custodian"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["union", "number"], name="asset_number", violation_error_message="资产编号重复。"),
            models.CheckConstraint(condition=Q(cost_fen__gt=0), name="asset_cost", violation_error_message="原值要大于 0。"),
            models.CheckConstraint(
                condition=Q(depreciated_fen__gte=0) & Q(depreciated_fen__lte=F("cost_fen")),
                name="asset_depreciation",
                violation_error_message="累计折旧不能超过原值。",
            ),
        ]

    @property
    def tone(self) -> str:
        """Colour of the state's word."""
        return AssetState(self.state).tone

    def __str__(self) -> str:
        return self.name

    @property
    def net_fen(self) -> int:
        """What is left of the cost (净值)."""
        return self.cost_fen - self.depreciated_fen


class Wearing(models.Model):
    """Activity clothing bought for a person (活动服装购置记录): counts for the interval even when the piece came back."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="职工")
    asset = models.OneToOneField(Asset, models.PROTECT, related_name="wearing", verbose_name="服装")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="购置单位")
    bought_on = models.DateField("购置日期")
    cost_fen = models.BigIntegerField("金额")

    class Meta:
        verbose_name = verbose_name_plural = "活动服装购置记录"
        indexes = [models.Index(fields=["person", "bought_on"], name="wearing_person")]


class AssetEvent(models.Model):
    """What happened to an asset (资产变动). Rows are only added."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="events", verbose_name="资产")
    kind = models.CharField("事项", max_length=10, choices=partial(labels, AssetEventKind))
    on = models.DateField("日期")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="相关人员")
    amount_fen = models.BigIntegerField("金额", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    actor = models.CharField("经办", max_length=40)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "资产变动"
        ordering = ["on", "pk"]


class Stocktake(models.Model):
    """A stocktake of a union (资产盘点)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="stocktakes", verbose_name="工会")
    on = models.DateField("盘点日期")
    state = models.CharField("状态", max_length=8, choices=partial(labels, CountState), default=CountState.OPEN)
    maker_ref = models.CharField("盘点人", max_length=40)
    closed_on = models.DateField("完成日期", null=True, blank=True)
    note = models.CharField("盘点报告", max_length=500, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "资产盘点"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["union"], condition=Q(state="open"), name="stocktake_one_open", violation_error_message="已有一次盘点没有完成。"
            )
        ]


class StocktakeLine(models.Model):
    """One asset in a stocktake (盘点明细)."""

    stocktake = models.ForeignKey(Stocktake, models.CASCADE, related_name="lines", verbose_name="盘点")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="+", verbose_name="资产")
    found = models.CharField("结果", max_length=8, choices=partial(labels, Found), blank=True, default=Found.WAITING)
    note = models.CharField("说明", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "盘点明细"
        constraints = [models.UniqueConstraint(fields=["stocktake", "asset"], name="stocktake_line_once")]


class DepreciationRun(models.Model):
    """The depreciation of one month (折旧计提), posted once."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="depreciation_runs", verbose_name="工会")
    month = models.DateField("月份（1 日）")
    total_fen = models.BigIntegerField("本月折旧")
    voucher = models.ForeignKey("finance.Voucher", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="凭证")
    actor = models.CharField("经办", max_length=40)
    at = models.DateTimeField("计提时间")

    class Meta:
        verbose_name = verbose_name_plural = "折旧计提"
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["union", "month"], name="depreciation_once", violation_error_message="这个月已经计提过折旧。")
        ]


class DepreciationLine(models.Model):
    """The depreciation of one asset in one month (折旧明细)."""

    run = models.ForeignKey(DepreciationRun, models.PROTECT, related_name="lines", verbose_name="计提")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="depreciation", verbose_name="资产")
    amount_fen = models.BigIntegerField("金额")

    class Meta:
        verbose_name = verbose_name_plural = "折旧明细"
        constraints = [models.UniqueConstraint(fields=["run", "asset"], name="depreciation_line_once")]
