"""Forms of the member services (普惠服务表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import forms
from gonghui.services.enums import ActivityKind, ActivityState, CareKind, CheckKind, Division, EntryMode, Format, PlanState, VisitState

ANY = [("", "全部")]


def _long(label: str, most: int, hint: str = "", *, required: bool = True, rows: int = 3) -> django_forms.CharField:
    return django_forms.CharField(
        label=label, max_length=most, help_text=hint, required=required, widget=django_forms.Textarea({"rows": rows})
    )


def _year(required: bool = True) -> django_forms.IntegerField:
    return django_forms.IntegerField(label="年度", min_value=2000, max_value=2100, required=required)


class PlanFilter(forms.Form):
    """Filters of the plans (计划筛选)."""

    year = _year(required=False)
    kind = django_forms.ChoiceField(label="种类", required=False, choices=[*ANY, *CheckKind.choices])
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *PlanState.choices])


class NameFilter(forms.Form):
    """One word to look for (查找)."""

    q = django_forms.CharField(label="姓名、单位", required=False, max_length=40)


class AttendanceFilter(forms.Form):
    """Filters of the attendance (到检筛选)."""

    q = django_forms.CharField(label="姓名", required=False, max_length=40)
    year = _year(required=False)
    kind = django_forms.ChoiceField(label="种类", required=False, choices=[*ANY, *CheckKind.choices])
    state = django_forms.ChoiceField(
        label="到检", required=False, choices=[*ANY, *[(str(v), v.label) for v in VisitState if v != VisitState.CANCELLED]]
    )


class CareFilter(forms.Form):
    """Filters of lectures and handbooks (筛选)."""

    kind = django_forms.ChoiceField(label="种类", required=False, choices=[*ANY, *CareKind.choices])


class PlanForm(forms.Form):
    """A plan (体检计划)."""

    kind = django_forms.ChoiceField(label="种类", choices=CheckKind.choices)
    year = _year()
    title = django_forms.CharField(label="名称", max_length=80, help_text="例如：2026 年职工体检")
    contact = django_forms.CharField(label="咨询电话", max_length=60)
    items = _long("检查项目", 500, rows=2)
    advice = _long("检查前须知", 500, "例如：空腹，带身份证", required=False, rows=2)


class SessionForm(forms.Form):
    """A session (体检场次)."""

    hospital = django_forms.CharField(label="医院", max_length=80)
    address = django_forms.CharField(label="地址", max_length=120)
    starts_at = forms.MomentField(label="开始时间")
    capacity = django_forms.IntegerField(label="名额", min_value=1, max_value=2000)


class ResultForm(forms.Form):
    """What the hospital found (检查结果)."""

    text = _long("检查结果", 4000, "保存后加密封存，只有本人能在手机上打开，录入人也看不到。", rows=6)


class CareForm(forms.Form):
    """A lecture or handbooks (健康讲座、手册)."""

    kind = django_forms.ChoiceField(label="种类", choices=CareKind.choices)
    title = django_forms.CharField(label="题目", max_length=80)
    on = forms.DayField(label="日期", not_future=True)
    place = django_forms.CharField(label="地点", max_length=80)
    speaker = django_forms.CharField(label="主讲人", max_length=60, required=False)
    people = django_forms.IntegerField(label="参加人数", min_value=0, max_value=100_000, required=False)
    copies = django_forms.IntegerField(label="手册册数", min_value=0, max_value=1_000_000, required=False)

    def clean(self) -> dict[str, Any]:
        """Counts that are left out are none; what is counted fits the kind."""
        data: dict[str, Any] = super().clean() or {}
        data["people"], data["copies"] = data.get("people") or 0, data.get("copies") or 0
        if data.get("kind") == CareKind.LECTURE and not data["people"]:
            self.add_error("people", "讲座请填参加人数。")
        if data.get("kind") == CareKind.HANDBOOK and not data["copies"]:
            self.add_error("copies", "发放手册请填册数。")
        return data


class ActivityFilter(forms.Form):
    """Filters of the activities (活动筛选)."""

    q = django_forms.CharField(label="名称、场地", required=False, max_length=40)
    kind = django_forms.ChoiceField(label="项目", required=False, choices=[*ANY, *ActivityKind.choices])
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *ActivityState.choices])


class ActivityForm(forms.Form):
    """An activity or match (文体活动)."""

    title = django_forms.CharField(label="名称", max_length=80)
    kind = django_forms.ChoiceField(label="项目", choices=ActivityKind.choices)
    venue = django_forms.CharField(label="场地", max_length=80)
    sign_up_until = forms.DayField(label="报名截止")
    since = forms.DayField(label="开始日期")
    until = forms.DayField(label="结束日期")
    mode = django_forms.ChoiceField(label="参赛单位", choices=EntryMode.choices)
    divisions = django_forms.MultipleChoiceField(label="组别", choices=Division.choices, widget=django_forms.CheckboxSelectMultiple)
    format = django_forms.ChoiceField(label="赛制", choices=Format.choices)
    pools = django_forms.IntegerField(label="分几个小组", min_value=2, max_value=6, initial=2, help_text="只用于先分组循环、后淘汰")
    through = django_forms.IntegerField(label="每组几名出线", min_value=1, max_value=4, initial=2)
    third_place = django_forms.BooleanField(label="打三四名决赛", required=False, initial=True)
    win_points = django_forms.IntegerField(label="胜一场积分", min_value=1, max_value=9, initial=2)
    draw_points = django_forms.IntegerField(label="平一场积分", min_value=0, max_value=9, initial=1)
    loss_points = django_forms.IntegerField(label="负一场积分", min_value=0, max_value=9, initial=0)
    most_entries = django_forms.IntegerField(label="每组最多几个", min_value=2, max_value=64, initial=32)

    def clean(self) -> dict[str, Any]:
        """Days in order; men and women, or everybody together."""
        data: dict[str, Any] = super().clean() or {}
        first, start, end = (data.get(k) for k in ("sign_up_until", "since", "until"))
        if start and end and end < start:
            self.add_error("until", "结束日期不能早于开始日期。")
        if first and start and first > start:
            self.add_error("sign_up_until", "报名截止不能晚于开始日期。")
        if Division.OPEN in (data.get("divisions") or []) and len(data["divisions"]) > 1:
            self.add_error("divisions", "“不分组”不能和男子组、女子组一起选。")
        return data


class EntryForm(forms.Form):
    """An entry put in by the organiser (代为报名)."""

    division = django_forms.ChoiceField(label="组别")
    name = django_forms.CharField(label="队名或姓名", max_length=60)
    people = django_forms.IntegerField(label="人数", min_value=1, max_value=200, initial=1)

    def __init__(self, *args: Any, divisions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = [(str(d), d.label) for d in Division if str(d) in divisions]  # type: ignore[attr-defined]  # a ChoiceField


class DrawForm(forms.Form):
    """The seed of the draw (抽签种子)."""

    seed = django_forms.CharField(
        label="抽签种子", max_length=40, help_text="现场公布，例如当天公布的一个号码。签号由种子和报名号算出，谁都能复核。"
    )


class ScoreForm(forms.Form):
    """A result (成绩)."""

    home = django_forms.IntegerField(label="甲方得分", min_value=0, max_value=999)
    away = django_forms.IntegerField(label="乙方得分", min_value=0, max_value=999)


class MarkForm(forms.Form):
    """A mark of the jury (评分)."""

    score = django_forms.DecimalField(label="评分", min_value=0, max_value=1000, max_digits=6, decimal_places=2)


class RanksForm(forms.Form):
    """Prizes for the first of each group (按名次设奖)."""

    ranks = django_forms.IntegerField(label="每组取前几名", min_value=1, max_value=10)
    unit_fen = forms.MoneyField(label="每份金额（元）")
    words = django_forms.CharField(label="奖品", max_length=60)


class SharedForm(forms.Form):
    """A small prize for everybody who takes part (参与奖)."""

    unit_fen = forms.MoneyField(label="每人金额（元）")
    words = django_forms.CharField(label="奖品", max_length=60)


class TeamForm(forms.Form):
    """An amateur team (业余队伍)."""

    name = django_forms.CharField(label="队名", max_length=40)
    kind = django_forms.ChoiceField(label="项目", choices=ActivityKind.choices)
    practice = django_forms.CharField(label="训练安排", max_length=120, required=False, help_text="例如：每周三 19:00，文化宫二楼")
    since = forms.DayField(label="成立日期", not_future=True)


class KitForm(forms.Form):
    """Goods given out (发放器材)."""

    site = django_forms.CharField(label="领用驻地", max_length=80)
    goods = django_forms.CharField(label="器材", max_length=120)
    quantity = django_forms.IntegerField(label="件数", min_value=1, max_value=10_000)
    issued_on = forms.DayField(label="发放日期", not_future=True)
    received_by = django_forms.CharField(label="领取人", max_length=40)


class SignUpForm(forms.Form):
    """Signing up on the phone (本人报名)."""

    division = django_forms.ChoiceField(label="组别")
    name = django_forms.CharField(label="队名", max_length=60, required=False)
    people = django_forms.IntegerField(label="队里几个人", min_value=1, max_value=200, required=False, initial=1)

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], team: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = divisions  # type: ignore[attr-defined]  # a ChoiceField
        if not team:
            del self.fields["name"], self.fields["people"]
        else:
            self.fields["name"].required = True


class TeamFilter(forms.Form):
    """Filters of the teams (队伍筛选)."""

    q = django_forms.CharField(label="队名", required=False, max_length=40)
    kind = django_forms.ChoiceField(label="项目", required=False, choices=[*ANY, *ActivityKind.choices])


class KitFilter(forms.Form):
    """What to look for (器材查找)."""

    q = django_forms.CharField(label="驻地、器材", required=False, max_length=40)
