"""Forms of booking (预约表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.booking.enums import BookingState, Category, GroupScope, ItemState, Mode, SessionKind, Shift
from gonghui.booking.models import Item
from gonghui.core import clock, forms

ANY = [("", "全部")]
CAPS = ("item", "session", "day", "month", "year", "category_year")


def _count(label: str, help_text: str = "", most: int = 9999, **more: Any) -> django_forms.IntegerField:
    return django_forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        help_text=help_text,
        widget=django_forms.NumberInput({"inputmode": "numeric"}),
        **more,
    )


class ItemFilter(forms.Form):
    """Filters of the item list (项目筛选)."""

    q = django_forms.CharField(label="项目名称", required=False, max_length=40)
    category = django_forms.ChoiceField(label="类别", required=False, choices=[*ANY, *Category.choices])
    mode = django_forms.ChoiceField(label="方式", required=False, choices=[*ANY, *Mode.choices])


class NewItemForm(forms.Form):
    """The first three answers (新建项目)."""

    name = django_forms.CharField(label="名称", max_length=80, help_text="职工一眼看懂，例如“冬日暖心观影券”")
    category = django_forms.ChoiceField(label="类别", choices=Category.choices)
    mode = django_forms.ChoiceField(label="怎么分", choices=Mode.choices, help_text="人多份少用抽签最公平；份数够用先到先得")


class ItemForm(forms.Form):
    """The designer (项目设计): words, money, times, fairness, quiz."""

    name = django_forms.CharField(label="名称", max_length=80)
    category = django_forms.ChoiceField(label="类别", choices=Category.choices)
    mode = django_forms.ChoiceField(label="怎么分", choices=Mode.choices)
    summary = django_forms.CharField(
        label="说明", required=False, max_length=2000, widget=django_forms.Textarea({"rows": 3}), help_text="是什么、怎么用、找谁"
    )
    place = django_forms.CharField(label="地点", required=False, max_length=120, help_text="写到门口")
    documents = django_forms.CharField(label="带什么", required=False, max_length=200)
    contact = django_forms.CharField(label="联系人", required=False, max_length=40)
    phone = django_forms.CharField(label="联系电话", required=False, max_length=40, widget=django_forms.TextInput({"inputmode": "tel"}))
    value_fen = forms.MoneyField(label="每份价值（元）", required=False, least=0)
    cost_fen = forms.MoneyField(label="每份成本（元）", required=False, least=0)
    price_fen = forms.MoneyField(label="职工自付（元）", required=False, least=0, help_text="不收钱填 0")
    pay_minutes = _count("付款时限（分钟）", "要付钱的才填，过时名额作废")
    opens_at = forms.MomentField(label="开始预约", required=False, help_text="以服务器时间为准，提前打不开")
    closes_at = forms.MomentField(label="截止预约", required=False)
    since = forms.DayField(label="服务期起", required=False)
    until = forms.DayField(label="服务期止", required=False)
    valid_days = _count("票有效几天", "0 表示当场有效", 400)
    cancel_hours = _count("最晚取消（开场前小时）", most=720)
    transferable = django_forms.BooleanField(label="可以转给工友", required=False)
    session_exempt = django_forms.CharField(
        label="不分中午、晚上场的理由", required=False, max_length=200, help_text="中午场、晚上场都有的不用填；填了职工看得到"
    )
    exclusion = django_forms.ChoiceField(label="互斥组", required=False, help_text="同期、价值相近的放一组，每人只能约一项")
    cap_item = _count("本项目每人最多", "份；不填按 1 份", 99)
    cap_session = _count("每场每人最多", "份", 99)
    cap_day = _count("每天最多", "份，和别的项目一起算", 99)
    cap_month = _count("每月最多", "份，和别的项目一起算", 99)
    cap_year = _count("每年最多", "份，和别的项目一起算", 999)
    cap_category_year = _count("同类项目每年最多", "份", 999)
    never_first_minutes = _count("没享受过的先约（分钟）", "开放后前多少分钟只让没享受过的约", 1440)
    never_served_first = django_forms.BooleanField(label="候补和抽签时，没享受过的排前面", required=False)
    exclude_household = django_forms.BooleanField(label="同一家庭一份", required=False)
    no_show_months = _count("约了不来，限约几个月", "0 不限约", 24)
    unused_months = _count("到期没用，限约几个月", "0 不限约", 24)
    day_lost = django_forms.BooleanField(label="没按时付款的，当天不能再参加", required=False)
    quiz_ask = _count("每次答几题", "0 不答题；只用于抽签", 20)
    quiz_pass = _count("至少答对几题", most=20)
    quiz_tries = _count("最多答几次", most=50)
    quiz_per_day = django_forms.BooleanField(label="答题次数按天算", required=False)

    SECTIONS = (
        ("是什么", ("name", "category", "mode", "place", "summary", "documents", "contact", "phone")),
        ("什么时候", ("opens_at", "closes_at", "since", "until", "valid_days", "cancel_hours", "session_exempt")),
        ("价值和付款", ("value_fen", "cost_fen", "price_fen", "pay_minutes", "transferable")),
        (
            "谁能约、约几份",
            ("cap_item", "cap_session", "cap_day", "cap_month", "cap_year", "cap_category_year", "exclusion", "exclude_household"),
        ),
        ("优先和失约", ("never_first_minutes", "never_served_first", "no_show_months", "unused_months", "day_lost")),
        ("答题（抽签项目）", ("quiz_ask", "quiz_pass", "quiz_tries", "quiz_per_day")),
    )
    PLAIN = (
        "name", "category", "mode", "summary", "place", "documents", "contact", "phone", "value_fen", "cost_fen", "price_fen", "pay_minutes",
        "opens_at", "closes_at", "since", "until", "valid_days", "cancel_hours", "transferable", "session_exempt",
    )  # fmt: skip
    FAIR = ("never_first_minutes", "no_show_months", "unused_months")
    FLAGS = ("never_served_first", "exclude_household", "day_lost")

    def __init__(self, *args: Any, groups: Any = (), item: Item | None = None, **kwargs: Any) -> None:
        if item is not None:
            kwargs.setdefault("initial", self.of(item))
        super().__init__(*args, **kwargs)
        self.fields["exclusion"].choices = [("", "不设互斥"), *[(str(g.pk), g.name) for g in groups]]  # type: ignore[attr-defined]
        for name in ("summary", "session_exempt"):
            self.fields[name].wide = True  # type: ignore[attr-defined]
        self.locked = item is not None and item.state != ItemState.DRAFT

    @classmethod
    def of(cls, item: Item) -> dict[str, Any]:
        """What stands in the item, as the form shows it."""
        fair, quiz = item.fair or {}, item.quiz or {}
        caps = fair.get("caps") or {}
        return {
            **{name: getattr(item, name) for name in cls.PLAIN}, **{name: fair.get(name) for name in (*cls.FAIR, *cls.FLAGS)},
            **{f"cap_{name}": caps.get(name) for name in CAPS}, **{f"quiz_{name}": quiz.get(name) for name in ("ask", "pass", "tries", "per_day")},
            "exclusion": str(item.exclusion_id or ""),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes, since, until = (data.get(k) for k in ("opens_at", "closes_at", "since", "until"))
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "截止预约要晚于开始预约。")
        if since and until and until < since:
            self.add_error("until", "服务期止不能早于服务期起。")
        ask, right = data.get("quiz_ask") or 0, data.get("quiz_pass") or 0
        if ask and not 1 <= right <= ask:
            self.add_error("quiz_pass", f"每次 {ask} 题，至少答对的题数要在 1 到 {ask} 之间。")
        return data

    def values(self) -> dict[str, Any]:
        """The columns of the item from what was typed; fields with faults are left out."""
        d = self.cleaned_data
        found: dict[str, Any] = {name: d[name] for name in self.PLAIN if name in d}
        for name in ("value_fen", "cost_fen", "price_fen", "pay_minutes", "valid_days", "cancel_hours"):
            if name in found:
                found[name] = found[name] or 0
        caps = {name: d[f"cap_{name}"] for name in CAPS if d.get(f"cap_{name}")}
        fair: dict[str, Any] = {name: d[name] for name in (*self.FAIR, *self.FLAGS) if d.get(name)}
        found["fair"] = {**fair, **({"caps": caps} if caps else {})}
        ask = d.get("quiz_ask")
        found["quiz"] = (
            {"ask": ask, "pass": d.get("quiz_pass") or ask, "tries": d.get("quiz_tries") or 1, "per_day": bool(d.get("quiz_per_day"))}
            if ask
            else {}
        )
        return found

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        """The fields in their sections."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]


class SessionForm(forms.Form):
    """A session (场次)."""

    label = django_forms.CharField(label="名称", max_length=60, help_text="例如“中午 12:00–13:30”")
    kind = django_forms.ChoiceField(label="时段", choices=SessionKind.choices, initial=SessionKind.NOON)
    starts_at = forms.MomentField(label="开始")
    ends_at = forms.MomentField(label="结束")
    capacity = django_forms.IntegerField(
        label="份数", min_value=1, max_value=1_000_000, widget=django_forms.NumberInput({"inputmode": "numeric"})
    )
    place = django_forms.CharField(label="地点", required=False, max_length=120, help_text="和项目相同的不填")
    opens_at = forms.MomentField(label="开始预约", required=False, help_text="不填同项目")
    closes_at = forms.MomentField(label="截止预约", required=False, help_text="不填同项目")
    first_time = _count("留给首次参加", "份", 1_000_000)
    night_shift = _count("留给夜班职工", "份", 1_000_000)
    small_union = _count("留给小单位", "份", 1_000_000)
    release_at = forms.MomentField(label="预留放开时间", required=False, help_text="到时没人约，大家都能约；不填到截止")


class QuestionForm(forms.Form):
    """A question of the bank (题目)."""

    text = django_forms.CharField(label="题目", max_length=300)
    options = django_forms.CharField(label="选项", widget=django_forms.Textarea({"rows": 4}), help_text="一行一个")
    answer = django_forms.IntegerField(
        label="第几个是对的", min_value=1, max_value=9, widget=django_forms.NumberInput({"inputmode": "numeric"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("text", "options"):
            self.fields[name].wide = True  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    """An exclusion group (互斥组)."""

    name = django_forms.CharField(label="名称", max_length=60)
    reason = django_forms.CharField(
        label="理由", max_length=200, help_text="职工看得到，例如“两项价值相近、同期举办，各约一项，让更多工友有份”"
    )
    scope = django_forms.ChoiceField(label="算到谁", choices=GroupScope.choices)
    since = forms.DayField(label="起", initial=clock.today)
    until = forms.DayField(label="止（不含）", required=False)


class BookingFilter(forms.Form):
    """Filters of the booking list (预约筛选)."""

    q = django_forms.CharField(label="预约号、姓名", required=False, max_length=30)
    session = django_forms.ChoiceField(label="场次", required=False)
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *BookingState.choices])

    def __init__(self, *args: Any, sessions: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [*ANY, *[(str(s.pk), s.label) for s in sessions]]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason (理由)."""

    reason = django_forms.CharField(label="理由", max_length=200)


class RepeatForm(forms.Form):
    """The next round (再办一期)."""

    opens_at = forms.MomentField(label="新一期开始预约")


class DecideForm(forms.Form):
    """The answer to an appeal (申诉答复)."""

    answer = django_forms.CharField(
        label="答复", max_length=500, widget=django_forms.Textarea({"rows": 3}), help_text="职工看得到，请写事实和依据"
    )


class BudgetForm(forms.Form):
    """Money for the next round (下期经费)."""

    budget = forms.MoneyField(label="下期经费（元）", required=False, least=0)


class ProfileForm(forms.Form):
    """Shift and household, on the phone (预约资料)."""

    shift = django_forms.ChoiceField(label="我的班次", choices=[])
    household = django_forms.CharField(label="家人的家庭编号", required=False, max_length=12, help_text="家人手机同一页上的 8 位编号")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shift"].choices = Shift.choices  # type: ignore[attr-defined]
