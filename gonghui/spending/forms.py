"""Forms of spending (支出表单): a plan by its kind, lines, planner, calculator, figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms as django_forms
from django.forms import formset_factory

from gonghui.core import forms
from gonghui.orgs.selectors import law
from gonghui.policy import selectors as policy
from gonghui.spending.enums import (
    CARE,
    PRIVATE,
    Festival,
    FigureKind,
    GiftForm,
    Method,
    Nature,
    Outcome,
    PlanKind,
    Use,
)

ROWS = 6
USES: dict[str, tuple[str, ...]] = {
    PlanKind.ACTIVITY: (
        Use.PARTICIPATION,
        Use.PRIZE,
        Use.TEAM,
        Use.SOUVENIR,
        Use.MEAL,
        Use.MISSED_MEAL,
        Use.REFEREE,
        Use.CLOTHING,
        Use.OTHER,
    ),
    PlanKind.FESTIVAL: (Use.GIFT,),
    PlanKind.OUTING: (Use.TRIP, Use.MEAL),
    PlanKind.MEAL: (Use.MEAL, Use.MISSED_MEAL),
    PlanKind.CLOTHING: (Use.CLOTHING,),
    PlanKind.CULTURE: (Use.FILM, Use.SHOW, Use.PASS, Use.VOUCHER),
    PlanKind.TRAINING: (Use.AWARD, Use.MEAL, Use.OTHER),
    PlanKind.PURCHASE: (Use.OTHER, Use.HEALTH),
    **dict.fromkeys(CARE, (Use.CARE,)),
}
"""Which uses a kind of plan may have."""
YES_NO = [("", "不清楚"), ("yes", "是"), ("no", "否")]
WHO = [("all", "全体会员"), ("group", "一个小组"), ("list", "粘贴名单"), ("count", "只填人数")]


def _tri(value: Any) -> bool | None:
    return {"yes": True, "no": False}.get(str(value))


class TriField(django_forms.TypedChoiceField):
    """Yes, no, or not known (是、否、不清楚): an unknown fact stays unknown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=YES_NO, coerce=_tri, empty_value=None, required=False, **kwargs)


def _choices(words: Any, first: str = "") -> list[tuple[str, str]]:
    rows = [(str(v), str(t)) for v, t in words.choices]
    return [("", first), *rows] if first else rows


class AreaField(django_forms.CharField):
    """A place by its name or its code of 2, 4 or 6 digits (省市名称或区划代码): gives 6 digits, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "选省市，或写 6 位区划代码")
        kwargs.setdefault("widget", django_forms.TextInput(attrs={"list": "areas", "autocomplete": "off"}))
        super().__init__(max_length=12, **kwargs)

    def to_python(self, value: Any) -> str:
        """`北京`, `北京市`, `11` and `110000` are the same place."""
        text = str(super().to_python(value)).strip()
        known = {name: code for code, name in areas()}
        text = known.get(text) or known.get(text.removesuffix("市").removesuffix("省")) or text
        if not text:
            return ""
        if not (text.isascii() and text.isdigit() and len(text) in (2, 4, 6)):
            raise django_forms.ValidationError(f"没有认出“{text}”。请写省市名称（例如 北京），或 6 位区划代码（例如 110105）。")
        return text.ljust(6, "0")


def areas() -> list[tuple[str, str]]:
    """Places with rules of their own, for the list under a place field."""
    return [row for row in policy.regions() if row[0] != law.NATION]


class LineForm(forms.Form):
    """One line (明细)."""

    use = django_forms.ChoiceField(label="用途")
    words = django_forms.CharField(label="名称", max_length=60, required=False)
    unit_fen = forms.MoneyField(label="单价（元）", required=False)
    quantity = django_forms.IntegerField(label="数量", min_value=0, max_value=100_000, required=False)
    people = django_forms.IntegerField(label="每队人数", min_value=0, max_value=10_000, required=False)
    grade = django_forms.IntegerField(label="等次", min_value=1, max_value=9, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels, uses = dict(Use.choices), USES[kind]
        self.fields["use"].choices = [(u, labels[u]) for u in uses]  # type: ignore[attr-defined]  # a choice field
        self.fields["use"].widget.attrs["data-plain"] = ""
        self.fields["use"].required = False
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)
        self.empty_permitted = True
        self.use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """A line with a price and no number, or the other way round, is not passed over in silence."""
        data = super().clean() or self.cleaned_data
        price, many = data.get("unit_fen"), data.get("quantity")
        if "unit_fen" not in self.errors and not price and (many or data.get("words")):
            self.add_error("unit_fen", "请填单价。")
        if "quantity" not in self.errors and not many and price:
            self.add_error("quantity", "请填数量。")
        return data

    @property
    def filled(self) -> bool:
        return bool(self.is_valid() and self.cleaned_data.get("unit_fen") and self.cleaned_data.get("quantity"))


Lines = formset_factory(LineForm, extra=ROWS, max_num=40, absolute_max=40)


class PlanForm(forms.Form):
    """A plan (支出计划); only what its kind needs is asked."""

    title = django_forms.CharField(label="名称", max_length=80, required=False)
    on = forms.DayField(label="日期")
    place = django_forms.CharField(label="地点", max_length=80, required=False)
    place_area = AreaField(label="办事的省市", required=False, help_text="在外地办才填：选省市或写区划代码；不填按本工会所在地")
    who = django_forms.ChoiceField(label="参加的人", choices=WHO, widget=django_forms.RadioSelect, initial="all")
    group = django_forms.ChoiceField(label="小组", required=False)
    names = django_forms.CharField(
        label="名单", required=False, max_length=60_000, widget=django_forms.Textarea(attrs={"rows": 4}),
        help_text="一行一人：姓名、会员证号、手机号都可以，系统和会员名册对",
    )  # fmt: skip
    count = django_forms.IntegerField(label="人数", min_value=1, max_value=100_000, required=False)
    standing = django_forms.ChoiceField(
        label="名单里的人是",
        required=False,
        choices=[("regular", "本单位在职会员"), ("dispatched", "劳务派遣"), ("seconded", "借用、挂职"), ("retired", "离退休人员")],
    )
    elsewhere = TriField(label="别处已享受同样的福利")
    festival = django_forms.ChoiceField(label="节日", choices=_choices(Festival), required=False)
    approved = TriField(label="经省级以上政府批准的民族节日")
    form = django_forms.ChoiceField(label="发放形式", choices=_choices(GiftForm), required=False)
    place_allows = TriField(label="当地规定允许这种形式")
    days = django_forms.IntegerField(label="天数", min_value=1, max_value=30, required=False)
    nights = django_forms.IntegerField(label="夜数", min_value=0, max_value=30, required=False)
    in_city = TriField(label="在单位所在城市")
    in_province = TriField(label="在本省")
    forbidden_spot = TriField(label="是明令禁止的风景名胜区")
    place_ok = TriField(label="地点符合当地规定")
    only_participants = TriField(label="只给参加活动的人购置")
    owner = django_forms.ChoiceField(
        label="服装归谁所有", choices=[("", "不清楚"), ("unit", "购置单位"), ("person", "职工个人")], required=False
    )
    had_before = TriField(label="以前用工会经费买过")
    last_on = forms.DayField(label="上次购置日期", required=False)
    months = django_forms.IntegerField(label="当地规定的间隔（月）", min_value=0, max_value=240, required=False)
    care_form = django_forms.ChoiceField(
        label="形式", required=False,
        choices=[("cake", "生日蛋糕"), ("cake_voucher", "指定蛋糕店的蛋糕券"), ("noodles", "长寿面等实物"), ("card", "购物卡"), ("cash", "现金"), ("other", "其他")],
    )  # fmt: skip
    child = django_forms.IntegerField(label="第几个孩子", min_value=1, max_value=10, required=False)
    deceased = django_forms.ChoiceField(label="去世的是", choices=[("member", "会员本人"), ("relative", "会员的直系亲属")], required=False)
    illness = django_forms.CharField(label="病种", max_length=60, required=False, help_text="加密保存，只用来判断同一病种一年一次")
    care = django_forms.CharField(label="事由", max_length=300, required=False, help_text="加密保存，查看要写明用途")
    method = django_forms.ChoiceField(label="付款方式", choices=_choices(Method))
    payee = django_forms.CharField(label="收款人", max_length=80, required=False)
    purpose = django_forms.ChoiceField(
        label="现金用途", required=False,
        choices=[("other", "支付给单位的款项和零星支出"), ("person", "支付给个人的其他款项"), ("farm", "向个人收购农副产品"), ("travel", "出差必须随身携带的差旅费")],
    )  # fmt: skip
    bank_approved = TriField(label="开户银行已审核")
    nature = django_forms.ChoiceField(label="有没有下面的情形（八不准）", choices=_choices(Nature))
    budget_item = django_forms.CharField(label="预算项目", max_length=40, required=False)
    reason = django_forms.CharField(label="说明", max_length=300, required=False, widget=django_forms.Textarea(attrs={"rows": 2}))

    COMMON = ("title", "on", "place", "place_area", "who", "group", "names", "count", "method", "payee", "purpose", "bank_approved", "nature", "budget_item", "reason")  # fmt: skip
    OWN: dict[str, tuple[str, ...]] = {
        PlanKind.FESTIVAL: ("festival", "approved", "form", "place_allows", "standing", "elsewhere"),
        PlanKind.OUTING: ("days", "nights", "in_city", "in_province", "forbidden_spot", "place_ok", "standing", "elsewhere"),
        PlanKind.CLOTHING: ("only_participants", "owner", "had_before", "last_on", "months"),
        PlanKind.ACTIVITY: ("only_participants", "owner"),
        PlanKind.BIRTHDAY: ("care_form", "standing", "elsewhere"),
        PlanKind.CHILDBIRTH: ("child", "care"),
        PlanKind.BEREAVEMENT: ("deceased", "care"),
        PlanKind.HOSPITAL: ("illness", "care"),
        PlanKind.CULTURE: ("standing", "elsewhere"),
    }

    def __init__(self, *args: Any, kind: str, groups: list[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        wanted = {*self.COMMON, *self.OWN.get(kind, ())} - ({"title"} if kind in PRIVATE else set())
        for name in [n for n in self.fields if n not in wanted]:
            del self.fields[name]
        self.fields["group"].choices = [("", "选小组"), *((str(pk), name) for pk, name in groups or [])]  # type: ignore[attr-defined]  # a choice field
        if not groups:
            del self.fields["group"]
            self.fields["who"].choices = [c for c in WHO if c[0] != "group"]  # type: ignore[attr-defined]  # a choice field
        for name in ("names", "reason", "who"):
            if name in self.fields:
                self.fields[name].wide = True  # type: ignore[attr-defined]  # read by the field template

    WHO = ("who", "group", "names", "count")
    PAY = ("method", "payee", "budget_item", "nature", "reason")
    RARE = (
        "place_area",
        "standing",
        "elsewhere",
        "approved",
        "place_allows",
        "forbidden_spot",
        "place_ok",
        "months",
        "last_on",
        "purpose",
        "bank_approved",
    )

    def parts(self) -> dict[str, Any]:
        """The fields in the order of the page: what, pay, rare; who takes part and the lines stand between (页面分段)."""
        wear = ("only_participants", "owner") if self.kind == PlanKind.ACTIVITY else ()  # asked of clothing alone
        told = {*self.WHO, *self.PAY, *self.RARE, *wear}
        rare = [self[n] for n in (*wear, *self.RARE) if n in self.fields]
        filled = [
            f for f in rare if f.value() not in (None, "") and (self.is_bound or self.initial.get(f.name)) and f.value() != f.field.initial
        ]
        usual = {"standing": "regular", "purpose": "other"}
        return {
            "what": [self[n] for n in self.fields if n not in told],
            "pay": [self[n] for n in self.PAY if n in self.fields],
            "rare": rare,
            "open": any(f.errors for f in rare) or any(f.value() != usual.get(f.name) for f in filled),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        who = data.get("who")
        if who == "count" and not data.get("count"):
            self.add_error("count", "请填人数，或者改选名单。")
        if who == "list" and not str(data.get("names") or "").strip():
            self.add_error("names", "请粘贴名单，一行一人。")
        if who == "group" and not data.get("group"):
            self.add_error("group", "请选小组。")
        return data

    def more(self) -> dict[str, Any]:
        """What only this kind knows, for `PlanData.more`."""
        data = self.cleaned_data
        own = set(self.OWN.get(self.kind, ())) - {"standing", "elsewhere", "illness", "care", "deceased"}
        found: dict[str, Any] = {name: data.get(name) for name in own if data.get(name) not in (None, "")}
        if self.kind == PlanKind.BEREAVEMENT:
            found["who"] = data.get("deceased") or "member"
        if data.get("method") == Method.CASH:
            found |= {"purpose": data.get("purpose") or "other"}
            found |= {"bank_approved": data["bank_approved"]} if data.get("bank_approved") is not None else {}
        return found


class ListFilter(forms.Form):
    """Conditions of the list."""

    q = django_forms.CharField(label="名称、编号、收款人、工会", required=False, max_length=60)
    kind = django_forms.ChoiceField(label="种类", required=False, choices=_choices(PlanKind, "全部"))
    outcome = django_forms.ChoiceField(label="结论", required=False, choices=_choices(Outcome, "全部"))
    since = forms.DayField(label="日期从", required=False)
    until = forms.DayField(label="到", required=False)


class WhatIf(forms.Form):
    """What would be otherwise (假设). Empty: as it is."""

    on = forms.DayField(label="日期", required=False)
    area = AreaField(label="工会所在地", required=False, help_text="换个省市看：选省市或写区划代码")
    people = django_forms.IntegerField(label="人数", required=False, min_value=1, max_value=100_000)
    unit_fen = forms.MoneyField(label="第一行单价（元）", required=False)
    quantity = django_forms.IntegerField(label="第一行数量", required=False, min_value=0, max_value=100_000)
    method = django_forms.ChoiceField(label="付款方式", required=False, choices=_choices(Method, "不变"))
    rule = django_forms.CharField(label="草案规则键", required=False, max_length=80, help_text="例如 finance.participation_prize")
    text = django_forms.CharField(
        label="草案规则全文",
        required=False,
        max_length=40_000,
        widget=django_forms.Textarea(attrs={"rows": 6}),
        help_text="规则文件的写法，只在这次比较里用",
    )

    PLAIN = ("on", "area", "people", "unit_fen", "quantity", "method")


class Planner(forms.Form):
    """The festival planner (节日慰问测算)."""

    festival = django_forms.ChoiceField(label="节日", choices=_choices(Festival), initial="mid_autumn")
    on = forms.DayField(label="发放日期")
    form = django_forms.ChoiceField(label="形式", choices=_choices(GiftForm), initial="goods")
    goods = django_forms.CharField(label="慰问品", max_length=40, required=False, help_text="例如 粮油礼包、月饼")
    unit_fen = forms.MoneyField(label="每人（元）", least=0)
    people = django_forms.IntegerField(label="人数", min_value=1, max_value=1_000_000)
    income_fen = forms.MoneyField(label="本级预算收入（元）", required=False, help_text="按预算收入控制的地方用到，不填按已批准的预算")


class MealForm(forms.Form):
    """The meal calculator (误餐、用餐标准)."""

    area = AreaField(label="用餐地点")
    on = forms.DayField(label="用餐日期")
    kind = django_forms.ChoiceField(label="种类", choices=[("activity", "活动用餐"), ("missed", "误餐补助")])
    meal_fen = forms.MoneyField(label="打算的标准（每人每天，元）")
    people = django_forms.IntegerField(label="人数", min_value=1, max_value=100_000, initial=1)
    days = django_forms.IntegerField(label="天数", min_value=1, max_value=366, initial=1)


class FigureForm(forms.Form):
    """A local figure (当地标准)."""

    kind = django_forms.ChoiceField(label="标准", choices=_choices(FigureKind))
    area = AreaField(label="适用地区")
    amount_fen = forms.MoneyField(label="金额（元）", least=1)
    since = forms.DayField(label="执行日期")
    until = forms.DayField(label="失效日期", required=False)
    source = django_forms.CharField(label="依据的文件和条款", max_length=120)


class AskForm(forms.Form):
    """The chair's question on the phone (能不能花)."""

    on = forms.DayField(label="哪天")
    unit_fen = forms.MoneyField(label="每人多少钱（元）")
    people = django_forms.IntegerField(label="几个人", min_value=1, max_value=100_000)
    use = django_forms.ChoiceField(label="用在哪")
    form = django_forms.ChoiceField(label="形式", choices=_choices(GiftForm), required=False)
    festival = django_forms.ChoiceField(label="节日", choices=_choices(Festival), required=False)
    words = django_forms.CharField(label="买什么", max_length=40, required=False)
    method = django_forms.ChoiceField(label="怎么付", choices=_choices(Method))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Use.choices)
        self.fields["use"].choices = [(u, labels[u]) for u in USES[kind]]  # type: ignore[attr-defined]  # a choice field
        for name in ("form", "festival") if kind != PlanKind.FESTIVAL else ():
            del self.fields[name]


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = django_forms.CharField(label="理由", max_length=300, widget=django_forms.Textarea(attrs={"rows": 2}))


class PurposeForm(forms.Form):
    """What an export is for."""

    purpose = django_forms.CharField(label="用途", max_length=120)


class SettleForm(forms.Form):
    """When and how much was paid (登记已支付)."""

    on = forms.DayField(label="支付日期", initial=date.today, not_future=True)
    paid_fen = forms.MoneyField(label="实际支出（元）", required=False)


class GoodsForm(forms.Form):
    """An article of the list (物品)."""

    name = django_forms.CharField(label="物品", max_length=40, help_text="例如 大米、食用油。购物卡、提货券不能写成物品")
    spec = django_forms.CharField(label="规格", max_length=60, required=False)
    measure = django_forms.CharField(label="计量单位", max_length=8, initial="份")
    quantity = django_forms.IntegerField(label="数量", min_value=1, max_value=1_000_000)


class QuoteForm(forms.Form):
    """What a supplier asks (报价): a price for each article, and the paper."""

    supplier = django_forms.CharField(label="供货单位", max_length=80)
    on = forms.DayField(label="报价日期", not_future=True)
    note = django_forms.CharField(label="说明", max_length=120, required=False, help_text="例如 含送货、可退换")
    paper = django_forms.FileField(label="报价单", help_text="照片或 PDF")

    def __init__(self, *args: Any, goods: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for g in goods:
            self.fields[f"price-{g.pk}"] = forms.MoneyField(label=f"{g} 单价（元/{g.measure}）", least=1)

    def prices(self) -> dict[int, int]:
        """Article -> fen each."""
        return {int(k.removeprefix("price-")): v for k, v in self.cleaned_data.items() if k.startswith("price-")}
