"""Forms of oversight (经审与公开表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import clock, forms
from gonghui.oversight.enums import ClassState, StatementState, TaskKind
from gonghui.oversight.rules import halves
from gonghui.oversight.rules.catalogue import QUESTIONS

ANY = [("", "全部")]
RULES = [("", "请选择"), *QUESTIONS.items()]


def _text(label: str, most: int, hint: str = "", rows: int = 3, *, required: bool = True) -> django_forms.CharField:
    return django_forms.CharField(
        label=label, max_length=most, help_text=hint, required=required, widget=django_forms.Textarea({"rows": rows})
    )


class TaskFilter(forms.Form):
    """Filters of the tasks."""

    q = django_forms.CharField(label="工会", required=False, max_length=40)
    year = django_forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)


class FindingFilter(forms.Form):
    """Filters of the findings."""

    q = django_forms.CharField(label="问题、工会、依据", required=False, max_length=40)


class OverrideFilter(forms.Form):
    """Filters of the overrides."""

    q = django_forms.CharField(label="工会、事项、理由", required=False, max_length=40)
    origin = django_forms.ChoiceField(label="来源", required=False, choices=[*ANY, ("voucher", "凭证"), ("plan", "计划")])
    state = django_forms.ChoiceField(
        label="状态", required=False, choices=[*ANY, ("asked", "待批准"), ("granted", "已批准"), ("refused", "未批准"), ("void", "已失效")]
    )
    since = forms.DayField(label="申请日期从", required=False)
    until = forms.DayField(label="到", required=False)


class StatementFilter(forms.Form):
    """Filters of the statements."""

    q = django_forms.CharField(label="工会", required=False, max_length=40)
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *StatementState.choices])
    year = django_forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)


class ClassFilter(forms.Form):
    """Filters of the classes."""

    q = django_forms.CharField(label="名称、主办工会", required=False, max_length=40)
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *ClassState.choices])
    year = django_forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)


class PlanForm(forms.Form):
    """A year's plan."""

    year = django_forms.IntegerField(label="年度", min_value=2010, max_value=2100)
    words = _text("今年的重点", 300, required=False)


class TaskForm(forms.Form):
    """A union in the plan."""

    union = django_forms.TypedChoiceField(label="被审工会", coerce=int, empty_value=None)
    kind = django_forms.ChoiceField(label="种类", choices=TaskKind.choices, help_text="审计只到本级和下一级；更下级的做半年账务检查")
    since = forms.DayField(label="审计期间从")
    until = forms.DayField(label="到")
    visit_on = forms.DayField(label="进点日期")

    def __init__(self, *args: Any, unions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].choices = [("", "请选择"), *unions]  # type: ignore[attr-defined]  # a choice field


class TeamForm(forms.Form):
    """Somebody for the team."""

    user = django_forms.TypedChoiceField(label="审计人员", coerce=int, empty_value=None)
    lead = django_forms.BooleanField(label="任组长", required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [("", "请选择"), *people]  # type: ignore[attr-defined]  # a choice field


class BeginForm(forms.Form):
    """A seed drawn in public, or none."""

    seed = django_forms.CharField(
        label="抽样种子", max_length=64, required=False, help_text="当众摇号得到的数字填在这里；不填由系统生成，只生成一次"
    )


class FindingForm(forms.Form):
    """A finding with its clause."""

    title = django_forms.CharField(label="问题", max_length=80)
    item = django_forms.ChoiceField(label="考核项目", required=False)
    rule = django_forms.ChoiceField(label="违反的规则", choices=RULES)
    sample = django_forms.TypedChoiceField(label="有关凭证", coerce=int, empty_value=None, required=False)
    amount = forms.MoneyField(label="涉及金额（元）", required=False)
    words = _text("事实", 600, rows=2)
    advice = _text("整改要求", 400, rows=2)

    def __init__(self, *args: Any, items: list[tuple[str, str]], samples: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "不对应项目"), *items]  # type: ignore[attr-defined]  # a choice field
        self.fields["sample"].choices = [("", "不对应凭证"), *samples]  # type: ignore[attr-defined]  # a choice field


class ReportForm(forms.Form):
    """The report goes out."""

    opinion = _text("审计意见", 1000)
    due_on = forms.DayField(label="整改期限", required=False, help_text="不填按规则的默认期限")


class FollowForm(forms.Form):
    """What the follow-up says."""

    opinion = _text("复查意见", 300, rows=2)
    due_on = forms.DayField(label="退回时的新期限", required=False)


class RectifyForm(forms.Form):
    """What was mended; the proof comes as files."""

    words = _text("整改情况", 600)
    papers = django_forms.FileField(label="整改证明", help_text="补签的清单、退款凭据、制度文件等，照片或 PDF")


class StatementForm(forms.Form):
    """Which half-year."""

    half = django_forms.ChoiceField(label="半年")
    words = _text("给会员的说明", 500, "大项支出做了什么，用会员听得懂的话写", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year, half = halves.last_ended(clock.today())
        found = []
        for _n in range(4):
            found.append((f"{year}-{half}", halves.label(year, half)))
            year, half = (year, 1) if half == 2 else (year - 1, 2)
        self.fields["half"].choices = found  # type: ignore[attr-defined]  # a choice field


class AnswerForm(forms.Form):
    """An answer; one beyond the books names its rule."""

    answer = _text("答复", 600)
    rule = django_forms.ChoiceField(label="不是账上的问题，属于哪条规定", choices=RULES, required=False)
    public = django_forms.BooleanField(label="放进政策问答，下次会员自己能查到", required=False)


class AskForm(forms.Form):
    """A member's question."""

    words = _text("想问什么", 300, "工会看得到问题，看不到是谁问的")


class ClassForm(forms.Form):
    """A class."""

    title = django_forms.CharField(label="名称", max_length=80)
    on = forms.DayField(label="日期")
    place = django_forms.CharField(label="地点", max_length=80)
    unions = django_forms.TypedMultipleChoiceField(label="请哪些工会参加", coerce=int, widget=django_forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, unions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unions"].choices = unions  # type: ignore[attr-defined]  # a choice field
