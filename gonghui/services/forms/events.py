"""Forms of service plans, practice and satisfaction (保障、训练、满意度表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import forms
from gonghui.services.enums import EventState, SupplyWay

ANY = [("", "全部")]
STARS = [(n, f"{n} 星") for n in range(5, 0, -1)]


def _text(label: str, most: int, hint: str = "", *, required: bool = True, rows: int = 2) -> django_forms.CharField:
    """A field of several lines over the whole width."""
    field = django_forms.CharField(
        label=label, max_length=most, help_text=hint, required=required, widget=django_forms.Textarea({"rows": rows})
    )
    field.wide = True  # type: ignore[attr-defined]  # read by the form's template
    return field


class EventFilter(forms.Form):
    """Filters of the plans (筛选)."""

    q = django_forms.CharField(label="名称、地点", required=False, max_length=40)
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *EventState.choices])


class EventForm(forms.Form):
    """A service plan (保障方案)."""

    title = django_forms.CharField(label="名称", max_length=80)
    place = django_forms.CharField(label="地点", max_length=120)
    since = forms.DayField(label="开始日期")
    until = forms.DayField(label="结束日期")
    lead = django_forms.CharField(label="总负责人", max_length=40)
    phone = django_forms.CharField(label="值班电话", max_length=40)
    words = _text("保障内容", 500, required=False)

    def clean(self) -> dict[str, Any]:
        """Days in order."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "结束日期不能早于开始日期。")
        return data


class PostForm(forms.Form):
    """A post (岗位)."""

    name = django_forms.CharField(label="岗位", max_length=40)
    place = django_forms.CharField(label="位置", max_length=80, required=False)
    need = django_forms.IntegerField(label="每班几人", min_value=1, max_value=200, initial=1)


class ShiftForm(forms.Form):
    """A shift (班次)."""

    name = django_forms.CharField(label="班次", max_length=40, help_text="例如：12 月 1 日早班")
    starts_at = forms.MomentField(label="开始时间")
    ends_at = forms.MomentField(label="结束时间")


class DutyForm(forms.Form):
    """Who stands where and when (排班)."""

    shift = django_forms.TypedChoiceField(label="班次", coerce=int)
    post = django_forms.TypedChoiceField(label="岗位", coerce=int)
    who = django_forms.CharField(label="会员姓名或会员证号", max_length=40)

    def __init__(self, *args: Any, shifts: list[tuple[int, str]], posts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shift"].choices = shifts  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["post"].choices = posts  # type: ignore[attr-defined]  # a ChoiceField


class SupplyForm(forms.Form):
    """Goods (物资)."""

    name = django_forms.CharField(label="物资", max_length=60)
    unit = django_forms.CharField(label="单位", max_length=8, initial="件")
    stock = django_forms.IntegerField(label="总数", min_value=1, max_value=1_000_000)
    consumable = django_forms.BooleanField(label="消耗品，不用归还", required=False)


class MoveForm(forms.Form):
    """Given out or brought back (领还)."""

    way = django_forms.ChoiceField(label="领或还", choices=SupplyWay.choices)
    quantity = django_forms.IntegerField(label="数量", min_value=1, max_value=1_000_000)
    receiver = django_forms.CharField(label="领还人", max_length=40)


class DutyCareForm(forms.Form):
    """Care for those on duty (值班关爱)."""

    on = forms.DayField(label="日期", not_future=True)
    words = django_forms.CharField(label="做了什么", max_length=120)
    people_count = django_forms.IntegerField(label="关爱人数", min_value=1, max_value=100_000)


class IssueForm(forms.Form):
    """An issue (问题)."""

    words = django_forms.CharField(label="问题", max_length=200)
    who = django_forms.CharField(label="谁负责", max_length=40)
    due_at = forms.MomentField(label="何时前解决")


class AnswerForm(forms.Form):
    """How it was mended, or an answer (答复)."""

    text = django_forms.CharField(label="说明", max_length=300)


class SummaryForm(forms.Form):
    """The end (总结)."""

    summary = _text("总结", 2000, rows=4)


class WordsForm(forms.Form):
    """A note or a report from the shift (交班、上报)."""

    words = django_forms.CharField(label="内容", max_length=200)


class PracticeForm(forms.Form):
    """A practice (训练)."""

    starts_at = forms.MomentField(label="训练时间")
    place = django_forms.CharField(label="训练地点", max_length=80)
    words = django_forms.CharField(label="内容", max_length=120, required=False)


class EnterForm(forms.Form):
    """A match for the team (参赛)."""

    activity = django_forms.TypedChoiceField(label="赛事", coerce=int)
    division = django_forms.ChoiceField(label="组别", choices=[("men", "男子组"), ("women", "女子组"), ("open", "不分组")])

    def __init__(self, *args: Any, activities: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = activities  # type: ignore[attr-defined]  # a ChoiceField


class RateForm(forms.Form):
    """Stars and words (评价)."""

    stars = django_forms.TypedChoiceField(label="几颗星", coerce=int, choices=STARS)
    words = django_forms.CharField(label="意见", max_length=300, required=False)


class RatingFilter(forms.Form):
    """Filters of what was said (筛选)."""

    q = django_forms.CharField(label="意见、项目", required=False, max_length=40)
    about = django_forms.ChoiceField(label="服务", required=False, choices=[*ANY, ("health", "体检"), ("match", "赛事")])
    stars = django_forms.ChoiceField(label="星级", required=False, choices=[*ANY, *[(str(n), w) for n, w in STARS]])
    open_only = django_forms.BooleanField(label="只看没答复的", required=False)
