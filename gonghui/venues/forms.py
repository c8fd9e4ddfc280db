"""Forms of venues (表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import clock, forms
from gonghui.venues.enums import CheckKind, Facility, GatheringKind, TicketKind, VenueKind, VenueState
from gonghui.venues.rules import hours

ANY = [("", "全部")]
AREA = django_forms.Textarea(attrs={"rows": 3})


class VenueFilter(forms.Form):
    """Conditions of the list."""

    q = django_forms.CharField(label="名称、地址、工会或编号", required=False, max_length=60)
    kind = django_forms.ChoiceField(label="类别", choices=[*ANY, *VenueKind.choices], required=False)
    late = django_forms.BooleanField(label="到期未检查", required=False)


class SpanField(django_forms.CharField):
    """`08:30-17:30` as minutes; empty is closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=20, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return hours.parse(text)
        except ValueError:
            raise django_forms.ValidationError("请写成 08:30-17:30，全天写 00:00-24:00，不开放留空。") from None


class DegreeField(django_forms.DecimalField):
    """Degrees on the page, millionths in the table."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, decimal_places=6, max_digits=9, **kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else int(found * 1_000_000)


class VenueForm(forms.Form):
    """A point of service."""

    kind = django_forms.ChoiceField(label="类别", choices=VenueKind.choices)
    name = django_forms.CharField(label="名称", max_length=60)
    address = django_forms.CharField(label="地址", max_length=160)
    opened_on = forms.DayField(label="启用日期", not_future=True)
    steward = django_forms.CharField(label="管理员", max_length=40)
    phone = django_forms.CharField(label="联系电话", max_length=20)
    latitude_e6 = DegreeField(label="纬度", min_value=-90, max_value=90, help_text="例如 37.123456，和经度一起填")
    longitude_e6 = DegreeField(label="经度", min_value=-180, max_value=180)
    area_m2 = django_forms.IntegerField(label="面积（平方米）", min_value=1, max_value=1_000_000, required=False)
    project = django_forms.IntegerField(
        label="建设资金项目编号", min_value=1, required=False, help_text="资金项目页面网址里的号，没有就空着"
    )
    facilities = django_forms.MultipleChoiceField(
        label="功能设施", choices=Facility.choices, required=False, widget=django_forms.CheckboxSelectMultiple
    )
    privacy_note = django_forms.CharField(label="隐私要求", max_length=300, required=False, widget=AREA, help_text="母婴关爱室必填")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n, day in enumerate(hours.WEEK):
            self.fields[f"day{n}"] = SpanField(label=day, help_text="例如 08:30-17:30，不开放留空" if n == 0 else "")
        self.speak()
        for name in ("facilities", "privacy_note"):
            self.fields[name].wide = True  # type: ignore[attr-defined]  # read by our field template

    def values(self) -> dict[str, Any]:
        """For the service: the week in one column."""
        data = dict(self.cleaned_data)
        data["hours"] = {str(n): list(span) for n in range(7) if (span := data.pop(f"day{n}"))}
        data["project_id"] = data.pop("project")
        return data


def initial_of(row: Any) -> dict[str, Any]:
    """What the form shows for a point."""
    found = {
        k: getattr(row, k) for k in ("kind", "name", "address", "opened_on", "steward", "phone", "area_m2", "facilities", "privacy_note")
    }
    found |= {"project": row.project_id, **{f"day{n}": hours.show(s) if (s := hours.span_of(row.hours, n)) else "" for n in range(7)}}
    for n in range(7):
        if found[f"day{n}"] == "全天":
            found[f"day{n}"] = "00:00-24:00"
    for key in ("latitude_e6", "longitude_e6"):
        value = getattr(row, key)
        found[key] = f"{value / 1_000_000:.6f}" if value is not None else ""
    return found


class MoveForm(forms.Form):
    """Pause, open again, close."""

    state = django_forms.ChoiceField(label="改为", choices=VenueState.choices)
    reason = django_forms.CharField(label="原因", max_length=200, required=False, help_text="职工在手机上看得到")


class ExceptionForm(forms.Form):
    """A day with other hours."""

    on = forms.DayField(label="日期", not_past=True)
    span = SpanField(label="开放时间", help_text="不开放留空")
    words = django_forms.CharField(label="说明", max_length=80)


class EquipmentForm(forms.Form):
    """A line of the equipment list."""

    name = django_forms.CharField(label="设备", max_length=60)
    quantity = django_forms.IntegerField(label="数量", min_value=0, max_value=100_000, help_text="填 0 从清单去掉")
    broken = django_forms.IntegerField(label="待修", min_value=0, max_value=100_000, initial=0)
    source = django_forms.CharField(label="来源", max_length=60, required=False, help_text="例如：镇总工会配发")


class OffersForm(forms.Form):
    """The service list, a line each."""

    rows = django_forms.CharField(
        label="服务事项", max_length=6000, required=False, widget=AREA, help_text="每行一项，事项和说明用竖线 | 分开"
    )

    def pairs(self) -> list[tuple[str, str]]:
        """(name, words) of each line."""
        found = [line.replace("｜", "|").partition("|") for line in self.cleaned_data["rows"].splitlines() if line.strip()]
        return [(name, words) for name, _bar, words in found]


class DutyForm(forms.Form):
    """Who sits at the window."""

    on = forms.DayField(label="日期", not_past=True)
    name = django_forms.CharField(label="值班人", max_length=40)
    phone = django_forms.CharField(label="电话", max_length=20, required=False)


class GatheringForm(forms.Form):
    """People came together at the point."""

    on = forms.DayField(label="日期")
    kind = django_forms.ChoiceField(label="种类", choices=GatheringKind.choices)
    title = django_forms.CharField(label="主题", max_length=60)
    people = django_forms.IntegerField(label="参加人次", min_value=1, max_value=100_000)
    words = django_forms.CharField(label="情况", max_length=300, required=False)


class VoidForm(forms.Form):
    """A wrong entry is taken back."""

    pk = django_forms.IntegerField(min_value=1)
    reason = django_forms.CharField(label="作废原因", max_length=200)


class MoneyForm(forms.Form):
    """Budget and spending of a year."""

    year = django_forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    budget_fen = forms.MoneyField(label="预算（元）")
    spent_fen = forms.MoneyField(label="已支出（元）", initial="0")
    source = django_forms.CharField(label="经费来源", max_length=60, required=False)


class SlotForm(forms.Form):
    """Slots over some days."""

    since = forms.DayField(label="从", not_past=True)
    until = forms.DayField(label="到", not_past=True)
    minutes = django_forms.IntegerField(label="每段（分钟）", min_value=15, max_value=720, initial=120)
    capacity = django_forms.IntegerField(label="每段容量（人）", min_value=1, max_value=2000, initial=12)


class ReasonForm(forms.Form):
    """Why."""

    reason = django_forms.CharField(label="原因", max_length=200)


class CheckForm(forms.Form):
    """A walk through the checklist: one box an item."""

    kind = django_forms.ChoiceField(label="检查方式", choices=CheckKind.choices)
    on = forms.DayField(label="检查日期", not_future=True)
    checker = django_forms.CharField(label="检查人", max_length=40)
    good = django_forms.MultipleChoiceField(label="符合的项目", required=False, widget=django_forms.CheckboxSelectMultiple)
    words = django_forms.CharField(label="问题和整改", max_length=400, required=False, widget=AREA)
    photo = django_forms.FileField(label="照片", required=False, help_text="jpg 或 png，不超过 20 MB")

    def __init__(self, *args: Any, items: list[tuple[str, int]], upper: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["good"].choices = [(str(n), f"{words}（{points} 分）") for n, (words, points) in enumerate(items)]  # type: ignore[attr-defined]  # a choice field
        if not upper:
            self.fields["kind"].choices = [(CheckKind.SELF, CheckKind.SELF.label)]  # type: ignore[attr-defined]  # a choice field
        for name in ("good", "words"):
            self.fields[name].wide = True  # type: ignore[attr-defined]  # read by our field template


class StockForm(forms.Form):
    """A batch of books."""

    on = forms.DayField(label="到书日期", not_future=True)
    amount_fen = forms.MoneyField(label="金额（元）", help_text="捐赠的填 0")
    source = django_forms.CharField(label="来源", max_length=80, help_text="例如：本级经费、上级配送、职工捐赠")
    titles = django_forms.CharField(label="书目", max_length=20000, widget=AREA, help_text="每行一种：书名 | 作者 | 架位 | 册数")

    def clean_titles(self) -> list[tuple[str, str, str, int]]:
        """Lines as (title, author, shelf, copies)."""
        found = []
        for n, line in enumerate(self.cleaned_data["titles"].splitlines(), 1):
            parts = [p.strip() for p in line.replace("｜", "|").split("|")]
            if not any(parts):
                continue
            if len(parts) != 4 or not parts[0] or not (parts[3].isascii() and parts[3].isdigit()) or not 0 < int(parts[3][:6]) <= 1000:
                raise django_forms.ValidationError(f"第 {n} 行看不懂，请写成：书名 | 作者 | 架位 | 册数，册数 1 至 1000。")
            found.append((parts[0], parts[1], parts[2], int(parts[3])))
        return found


class LendForm(forms.Form):
    """Lend a copy at the desk."""

    number = django_forms.CharField(label="册号", max_length=24)
    person = django_forms.CharField(label="会员姓名或会员证号", max_length=40)


class AnswerForm(forms.Form):
    """How a ticket ended."""

    answer = django_forms.CharField(label="办理结果", max_length=500, widget=AREA)


class TicketForm(forms.Form):
    """A repair or a request."""

    kind = django_forms.ChoiceField(label="类别", choices=TicketKind.choices)
    title = django_forms.CharField(label="什么事", max_length=80)
    words = django_forms.CharField(label="说明", max_length=500, required=False, widget=AREA)


class RateForm(forms.Form):
    """Stars and a word."""

    stars = django_forms.TypedChoiceField(label="星级", choices=[(n, f"{n} 星") for n in (5, 4, 3, 2, 1)], coerce=int)
    words = django_forms.CharField(label="想说的话", max_length=200, required=False)


class GapForm(forms.Form):
    """Which distance, which kind."""

    metres = django_forms.IntegerField(label="距离（米）", min_value=100, max_value=100_000, required=False)
    kind = django_forms.ChoiceField(label="类别", choices=[*ANY, *VenueKind.choices], required=False)


def today() -> dict[str, Any]:
    """First value of a day field."""
    return {"on": clock.today()}
