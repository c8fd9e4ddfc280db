"""Forms of benefits (表单)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms as django_forms

from gonghui.benefits.enums import HonourLevel, MerchantKind, OfferKind, StayKind, TieBreak, VisitLevel
from gonghui.core import clock, forms

ANY = [("", "全部")]


def yuan(label: str, *, least: int = 1, **more: Any) -> forms.MoneyField:
    """An amount that fits its column."""
    return forms.MoneyField(label=label, least=least, most=10**12, **more)


def area() -> django_forms.Textarea:
    """A field of three lines."""
    return django_forms.Textarea(attrs={"rows": 3})


class OfferFilter(forms.Form):
    """Conditions of the offers."""

    q = django_forms.CharField(label="项目或商家", required=False, max_length=60)
    kind = django_forms.ChoiceField(label="优惠方式", choices=[*ANY, *OfferKind.choices], required=False)


class MerchantFilter(forms.Form):
    """Conditions of the merchants."""

    q = django_forms.CharField(label="商家、地点或协议编号", required=False, max_length=60)
    kind = django_forms.ChoiceField(label="类别", choices=[*ANY, *MerchantKind.choices], required=False)
    ending = django_forms.BooleanField(label="协议快到期", required=False)


class WordFilter(forms.Form):
    """One box."""

    q = django_forms.CharField(label="姓名或地点", required=False, max_length=60)


class HospitalFilter(forms.Form):
    """One box."""

    q = django_forms.CharField(label="医院、地址或协议编号", required=False, max_length=60)


class SchemeFilter(forms.Form):
    """Conditions of the schemes."""

    year = django_forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)


class UseFilter(forms.Form):
    """Conditions of the uses: no name is asked, for none is shown."""

    q = django_forms.CharField(label="凭证号后四位", required=False, max_length=4)
    hospital = django_forms.ChoiceField(label="医院", required=False)
    month = django_forms.CharField(label="月份", required=False, max_length=7, widget=django_forms.TextInput(attrs={"type": "month"}))

    def __init__(self, *args: Any, hospitals: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].choices = [*ANY, *hospitals]  # type: ignore[attr-defined]  # a choice field


class PeriodFilter(forms.Form):
    """From and to."""

    since = forms.DayField(label="从", required=False)
    until = forms.DayField(label="到", required=False)

    def span(self) -> tuple[Any, Any]:
        """The days asked for, else this year."""
        today = clock.today()
        good = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return good.get("since") or today.replace(month=1, day=1), good.get("until") or today


class ProgrammeFilter(forms.Form):
    """Conditions of the programmes."""

    q = django_forms.CharField(label="计划名称", required=False, max_length=60)
    year = django_forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)
    kind = django_forms.ChoiceField(label="对象", choices=[*ANY, *StayKind.choices], required=False)


class ApplicationFilter(forms.Form):
    """Conditions of the applications."""

    q = django_forms.CharField(label="姓名或公示编号", required=False, max_length=40)


class HonourFilter(forms.Form):
    """Conditions of the honours."""

    q = django_forms.CharField(label="姓名或荣誉", required=False, max_length=60)
    level = django_forms.ChoiceField(label="级别", choices=[*ANY, *HonourLevel.choices], required=False)


class MerchantForm(forms.Form):
    """A merchant and its contract."""

    name = django_forms.CharField(label="商家名称", max_length=60)
    kind = django_forms.ChoiceField(label="类别", choices=MerchantKind.choices)
    contract_no = django_forms.CharField(label="协议编号", max_length=40)
    credit_code = django_forms.CharField(label="统一社会信用代码（选填）", max_length=18, required=False)
    since = forms.DayField(label="协议起")
    until = forms.DayField(label="协议止（含当天）")
    address = django_forms.CharField(label="使用地点", max_length=160)
    contact = django_forms.CharField(label="联系人", max_length=40)
    phone = django_forms.CharField(label="联系电话", max_length=20)


class OfferForm(forms.Form):
    """An offer with its quota and rules."""

    title = django_forms.CharField(label="项目", max_length=60)
    kind = django_forms.ChoiceField(label="优惠方式", choices=OfferKind.choices)
    list_fen = yuan("原价（元）", least=1)
    price_fen = yuan("会员付（元）", least=0)
    subsidy_fen = yuan("工会补贴（元）", least=0, required=False, help_text="选“工会消费券”必填，按当地标准核对")
    quota = django_forms.IntegerField(label="总份数", min_value=1, max_value=1_000_000)
    per_member = django_forms.IntegerField(label="每人限领", min_value=1, max_value=99, initial=1)
    since = forms.MomentField(label="开始领取")
    until = forms.MomentField(label="停止领取")
    code_days = django_forms.IntegerField(label="券码有效（天）", min_value=1, max_value=366)
    member_days = django_forms.IntegerField(label="入会满（天）", min_value=0, max_value=3660, initial=0, help_text="0 为不限")
    first_hours = django_forms.IntegerField(
        label="今年没领过的先领（小时）",
        min_value=0,
        max_value=720,
        initial=0,
        help_text="开始后这段时间只给今年没领过这家商家的会员，0 为不设",
    )
    group_least = django_forms.IntegerField(label="成团人数", min_value=0, max_value=1_000_000, required=False, help_text="只有团购填")
    words = django_forms.CharField(label="使用说明", max_length=400, widget=area())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].wide = True  # type: ignore[attr-defined]  # read by our field template

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("subsidy_fen", "group_least"):
            if name in data and data[name] is None:
                data[name] = 0
        return data


class ReasonForm(forms.Form):
    """A reason."""

    reason = django_forms.CharField(label="原因", max_length=200)


class WhyForm(forms.Form):
    """A reason the member reads."""

    why = django_forms.CharField(label="原因（本人会看到）", max_length=200)


class SchemeForm(forms.Form):
    """The scheme of a year; one field for each level of visit."""

    year = django_forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    name = django_forms.CharField(label="方案名称", max_length=60)
    document_no = django_forms.CharField(label="方案文号", max_length=60)
    times = django_forms.IntegerField(label="每人每年次数", min_value=1, max_value=365)
    budget_fen = yuan("全年预算（元）", least=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level in VisitLevel:
            self.fields[f"fee_{level.value}"] = yuan(f"{level.label}代付（元）", least=1, required=False)
        self.speak()

    def values(self) -> dict[str, Any]:
        """For the service: the rates in one mapping."""
        data = dict(self.cleaned_data)
        data["rates"] = {level.value: fen for level in VisitLevel if (fen := data.pop(f"fee_{level.value}", None))}
        return data


class HospitalForm(forms.Form):
    """A hospital under agreement."""

    name = django_forms.CharField(label="医院名称", max_length=60)
    agreement_no = django_forms.CharField(label="协议编号", max_length=40)
    since = forms.DayField(label="协议起")
    until = forms.DayField(label="协议止（含当天）")
    address = django_forms.CharField(label="地址", max_length=160)
    phone = django_forms.CharField(label="联系电话", max_length=20)


class PayForm(forms.Form):
    """A payment."""

    paid_on = forms.DayField(label="付款日期", not_future=True)
    voucher = django_forms.CharField(label="付款凭证号", max_length=40)


class ProgrammeForm(forms.Form):
    """A programme."""

    year = django_forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    name = django_forms.CharField(label="计划名称", max_length=60)
    kind = django_forms.ChoiceField(label="对象", choices=StayKind.choices)
    document_no = django_forms.CharField(label="方案文号", max_length=60)
    places = django_forms.IntegerField(label="总名额", min_value=1, max_value=100_000)
    days = django_forms.IntegerField(label="天数", min_value=1, max_value=60, help_text="连出发和返回的一天")
    ceiling_fen = yuan("每人费用上限（元）", least=1, help_text="批准的方案写的上限")
    cost_fen = yuan("每人预计费用（元）", least=1)
    apply_until = forms.MomentField(label="报名截止")
    tie_break = django_forms.ChoiceField(label="情况一样怎样排", choices=TieBreak.choices)
    out_province = django_forms.BooleanField(label="去省外", required=False)
    words = django_forms.CharField(label="说明（选填）", max_length=400, required=False, widget=area())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].wide = True  # type: ignore[attr-defined]  # read by our field template


class ShareForm(forms.Form):
    """Places of one union."""

    union = django_forms.IntegerField(widget=django_forms.HiddenInput, min_value=1)
    places = django_forms.IntegerField(label="名额", min_value=0, max_value=100_000)


class BatchForm(forms.Form):
    """A departure."""

    number = django_forms.IntegerField(label="第几批", min_value=1, max_value=999)
    since = forms.DayField(label="出发")
    until = forms.DayField(label="返回")
    place = django_forms.CharField(label="地点", max_length=80)
    capacity = django_forms.IntegerField(label="名额", min_value=1, max_value=10_000)
    leader = django_forms.CharField(label="领队（选填）", max_length=40, required=False)
    phone = django_forms.CharField(label="领队电话（选填）", max_length=20, required=False)


class SpentForm(forms.Form):
    """What a batch really cost."""

    spent_fen = yuan("这一批总费用（元）", least=0)


class ProposeForm(forms.Form):
    """Put a member's name forward."""

    person = django_forms.CharField(label="会员姓名或会员证号", max_length=40)
    words = django_forms.CharField(label="推荐理由（选填）", max_length=200, required=False)


class PastForm(forms.Form):
    """An earlier stay."""

    person = django_forms.CharField(label="会员姓名或会员证号", max_length=40)
    on = forms.DayField(label="疗休养日期", not_future=True)
    place = django_forms.CharField(label="地点", max_length=80)
    source = django_forms.CharField(label="依据", max_length=120, help_text="例如 2019 年疗休养名单")


class HonourForm(forms.Form):
    """An honour."""

    person = django_forms.CharField(label="会员姓名或会员证号", max_length=40)
    honour = django_forms.CharField(label="荣誉", max_length=60)
    level = django_forms.ChoiceField(label="级别", choices=HonourLevel.choices)
    awarded_on = forms.DayField(label="授予日期", not_future=True)
    document_no = django_forms.CharField(label="表彰文号", max_length=60)


class PurposeForm(forms.Form):
    """Why a list with names leaves the platform."""

    purpose = django_forms.CharField(label="用途", max_length=40, min_length=2)


def evening(days: int) -> datetime:
    """A default hour some days on."""
    return datetime.combine(clock.today() + timedelta(days=days), time(18, 0), clock.SHANGHAI)
