"""Forms of treasury (表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import clock, forms
from gonghui.treasury.enums import AssetKind, AssetState, Control, Level, Method, PaymentKind, PaymentState, ProjectKind, Purpose, SignRole
from gonghui.treasury.rules import banking

ANY = [("", "全部")]


class BudgetFilter(forms.Form):
    """Conditions of the budget list."""

    q = django_forms.CharField(label="工会名称或代码", required=False, max_length=60)
    year = django_forms.IntegerField(label="年度", required=False, min_value=2010, max_value=2100)


class AccountFilter(forms.Form):
    """Conditions of the list of bank accounts."""

    q = django_forms.CharField(label="工会或开户行", required=False, max_length=60)


class BudgetHead(forms.Form):
    """What a budget says beside its items."""

    carried_fen = forms.MoneyField(label="动用以前年度结余（元）", required=False, help_text="支出大于收入时写明动用多少结余")
    members = django_forms.IntegerField(label="会员人数", min_value=0, max_value=10_000_000, required=False)
    control = django_forms.ChoiceField(label="超预算时", choices=Control.choices)
    reason = django_forms.CharField(label="编制或调整说明", required=False, max_length=500, widget=django_forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].wide = True  # type: ignore[attr-defined]  # read by our field template


class PaymentFilter(forms.Form):
    """Conditions of the payment list."""

    q = django_forms.CharField(label="收款人、事由或工会", required=False, max_length=60)
    method = django_forms.ChoiceField(label="支付方式", choices=[*ANY, *Method.choices], required=False)


class PaymentForm(forms.Form):
    """A payment asked for on the ground of a voucher or a plan."""

    ground = django_forms.ChoiceField(label="付款依据", help_text="已审核的凭证，或已占用预算的计划")
    words = django_forms.CharField(label="事由", max_length=120)
    amount_fen = forms.MoneyField(label="金额（元）", least=1)
    kind = django_forms.ChoiceField(label="款项种类", choices=PaymentKind.choices)
    method = django_forms.ChoiceField(label="支付方式", choices=Method.choices)
    purpose = django_forms.ChoiceField(label="用途", choices=Purpose.choices, help_text="现金付款按用途核对限额")
    payee = django_forms.CharField(label="收款人", max_length=80)
    account = django_forms.CharField(label="收款账号", max_length=40, required=False, help_text="现金不填；保存后只显示后四位")
    payee_bank = django_forms.CharField(label="开户行", max_length=80, required=False)
    minutes_no = django_forms.CharField(label="会议纪要文号", max_length=60, required=False, help_text="达到集体研究的金额线时填写")
    note = django_forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, grounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]  # a choice field
        self.fields["ground"].wide = True  # type: ignore[attr-defined]  # read by our field template


class PaymentEdit(forms.Form):
    """What may be corrected before a payment goes out."""

    words = django_forms.CharField(label="事由", max_length=120)
    amount_fen = forms.MoneyField(label="金额（元）", least=1)
    payee = django_forms.CharField(label="收款人", max_length=80)
    account = django_forms.CharField(label="收款账号", max_length=40, required=False, help_text="不改就空着")
    payee_bank = django_forms.CharField(label="开户行", max_length=80, required=False)
    minutes_no = django_forms.CharField(label="会议纪要文号", max_length=60, required=False)
    note = django_forms.CharField(label="说明", max_length=200, required=False)


class BatchForm(forms.Form):
    """Format of the bank's file."""

    format = django_forms.ChoiceField(label="银行文件格式")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [(f.key, f.label) for f in banking.formats().values()]  # type: ignore[attr-defined]  # a choice field


class SettleForm(forms.Form):
    """What the bank answered in writing."""

    outcome = django_forms.ChoiceField(label="银行答复", choices=[("paid", "已付成功"), ("failed", "没有付出，已退回")])
    reference = django_forms.CharField(label="银行流水号或回函号", max_length=60)
    reason = django_forms.CharField(label="依据", max_length=120)


class FileForm(forms.Form):
    """A file of the bank."""

    file = django_forms.FileField(label="文件")


class SignatoryForm(forms.Form):
    """Who keeps a seal or key."""

    role = django_forms.ChoiceField(label="保管", choices=SignRole.choices)
    name = django_forms.CharField(label="姓名", max_length=40)
    since = forms.DayField(label="起", not_future=True)


class DayForm(forms.Form):
    """One day."""

    on = forms.DayField(label="日期", not_future=True, initial=clock.today)


class AssetFilter(forms.Form):
    """Conditions of the asset list."""

    q = django_forms.CharField(label="名称、编号、保管人或工会", required=False, max_length=60)
    kind = django_forms.ChoiceField(label="类别", choices=[*ANY, *AssetKind.choices], required=False)
    state = django_forms.ChoiceField(label="状态", choices=[*ANY, *AssetState.choices], required=False)


class AssetForm(forms.Form):
    """What was bought or given."""

    name = django_forms.CharField(label="名称", max_length=80)
    kind = django_forms.ChoiceField(label="类别", choices=[c for c in AssetKind.choices if c[0] != "clothing"])
    model = django_forms.CharField(label="规格型号", max_length=80, required=False)
    quantity = django_forms.IntegerField(label="数量", min_value=1, max_value=500, initial=1)
    cost_fen = forms.MoneyField(label="单价（元）", required=False, help_text="捐赠又没有凭据和可比价格的不填，按名义金额 1 元入账")
    bought_on = forms.DayField(label="取得日期", not_future=True)
    years = django_forms.IntegerField(label="使用年限（年）", min_value=1, max_value=100, required=False)
    place = django_forms.CharField(label="存放地点", max_length=80, required=False)
    donated = django_forms.BooleanField(label="接受捐赠", required=False)


class ClothingForm(forms.Form):
    """Clothing for members, one piece each."""

    name = django_forms.CharField(label="服装名称", max_length=80)
    price_fen = forms.MoneyField(label="单价（元）", least=1)
    bought_on = forms.DayField(label="购置日期", not_future=True)
    people = django_forms.CharField(
        label="穿服装的会员", widget=django_forms.Textarea(attrs={"rows": 4}), help_text="一行一个会员证号或姓名，须是本工会会员"
    )


class KeeperForm(forms.Form):
    """To whom it is given."""

    person = django_forms.CharField(label="保管人", max_length=40, help_text="本工会会员的姓名或会员证号")
    on = forms.DayField(label="日期", not_future=True, initial=clock.today)


class DisposeForm(forms.Form):
    """Why it is written off."""

    on = forms.DayField(label="日期", not_future=True, initial=clock.today)
    reason = django_forms.CharField(label="原因", max_length=200)
    proceeds_fen = forms.MoneyField(label="处置收入（元）", required=False)


class TransferForm(forms.Form):
    """Where it goes."""

    code = django_forms.CharField(label="调入工会的组织代码", max_length=24)
    on = forms.DayField(label="日期", not_future=True, initial=clock.today)


class ProjectForm(forms.Form):
    """A funding project."""

    name = django_forms.CharField(label="项目名称", max_length=80)
    kind = django_forms.ChoiceField(label="类别", choices=ProjectKind.choices)
    begun_on = forms.DayField(label="立项日期", not_future=True)
    due_on = forms.DayField(label="计划完成", required=False)
    place = django_forms.CharField(label="地点", max_length=120, required=False)
    document_no = django_forms.CharField(label="立项文号", max_length=60, required=False)


class SourceForm(forms.Form):
    """One level's promise."""

    level = django_forms.ChoiceField(label="来源", choices=Level.choices)
    giver = django_forms.CharField(label="出资单位", max_length=80)
    promised_fen = forms.MoneyField(label="承诺金额（元）", least=1)
    document_no = django_forms.CharField(label="文号", max_length=60, required=False)


class ArrivedForm(forms.Form):
    """What arrived."""

    amount_fen = forms.MoneyField(label="到位金额（元）", least=1)
    on = forms.DayField(label="到位日期", not_future=True, initial=clock.today)


class PurchaseForm(forms.Form):
    """What was bought."""

    name = django_forms.CharField(label="品名", max_length=80)
    kind = django_forms.ChoiceField(label="资产类别", choices=[c for c in AssetKind.choices if c[0] != "clothing"])
    quantity = django_forms.IntegerField(label="数量", min_value=1, max_value=500, initial=1)
    price_fen = forms.MoneyField(label="单价（元）", least=1)
    years = django_forms.IntegerField(label="使用年限（年）", min_value=1, max_value=100, required=False)
    bought_on = forms.DayField(label="采购日期", not_future=True)
    supplier = django_forms.CharField(label="供应商", max_length=80, required=False)


class AcceptForm(forms.Form):
    """The acceptance of a project."""

    acceptors = django_forms.CharField(label="验收人", max_length=120, help_text="至少两位，用顿号分开")
    conclusion = django_forms.CharField(label="验收结论", max_length=500)
    on = forms.DayField(label="验收日期", not_future=True, initial=clock.today)


STATES = PaymentState.choices
