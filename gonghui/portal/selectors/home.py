"""What the front pages show (首页内容)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from gonghui.accounts.enums import ADMINISTRATORS
from gonghui.core import charts, clock, menu
from gonghui.figures import definitions, words
from gonghui.figures.selectors import boards, shared, suppress, values
from gonghui.figures.selectors import bridge as bridges
from gonghui.figures.web import place as months
from gonghui.members.selectors import members
from gonghui.orgs.selectors import terms

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.figures.web.place import Where

RANKED = 14
"""Rows of the ranking on the workbench; the rates page has them all."""
GREETINGS = ((11, "上午好"), (13, "中午好"), (18, "下午好"), (24, "晚上好"))


def greeting() -> str:
    """By the hour."""
    hour = clock.now().hour
    return next(word for until, word in GREETINGS if hour < until)


def only_administrator(actor: Actor) -> bool:
    """One of the three administrators, who has no business pages."""
    return bool(actor.roles) and all(role in {str(r) for r in ADMINISTRATORS} for role in actor.roles)


@dataclass(frozen=True)
class Kpi:
    """One card on top of the workbench (指标卡)."""

    label: str
    value: str
    unit: str
    word: str
    tone: str
    delta: str
    share: float | None
    target: float | None
    left: str
    right: str
    url: str
    delta_tone: str = ""


def board(actor: Actor, place: Where) -> dict[str, Any]:
    """Numbers of the workbench for a union as of a day."""
    day, union = place.as_of, place.union
    days = months.month_ends(day)
    shot = shared.snapshot(actor, union.pk, day)
    past = values.history(union.pk, days, (*boards.BOARD, "employers"))
    before = values.Snapshot(union.pk, days[-2], values.year_eve(days[-2]), past[days[-2]])
    ranking = shared.ranking(actor, place.children, union.pk, day)
    return {
        "trend": trend_chart(days, past),
        "kpis": _kpis(place, shot, before),
        "ranking": ranking[:RANKED],
        "ranked": len(ranking),
        "cut": _cut(ranking),
        "shot": shot,
        "bars": _bars(actor, place, shot),
        "ledger": _ledger(shot),
    }


@dataclass(frozen=True)
class Part:
    """A number of the ledger panel with the definition it rests on (底册中的一个数)."""

    label: str
    value: int
    slug: str


def _ledger(shot: values.Snapshot) -> dict[str, Any] | None:
    """From the opening of the year to the day: legal persons, the bridge with its reasons, coverage, workers and members."""
    whole = bridges.bridge(shot, "employers.non_public")
    if not shot.get("employers.opening") and not shot.get("employers"):
        return None
    forms = {"coverage.single": "单独建会", "coverage.regional": "区域联合会覆盖", "coverage.industry": "行业联合会覆盖"}
    people = {"workers": "职工", "members": "会员", "members.migrant": "农民工会员"}

    def parts(labels: dict[str, str]) -> list[Part]:
        return [Part(label, shot.get(key), definitions.get(key).slug) for key, label in labels.items()]

    return {
        "opening": shot.get("employers.opening"),
        "opening_parts": parts({"employers.non_public.opening": "非公有制", "employers.public.opening": "机关企事业"}),
        "bridge": whole,
        "reasons": bridges.reason_rows(whole),
        "coverage": parts(forms),
        "covered": sum(shot.get(key) for key in forms),
        "people": parts(people),
    }


def _kpis(place: Where, shot: values.Snapshot, before: values.Snapshot) -> list[Kpi]:
    from django.urls import reverse

    from gonghui.core import show

    cards = []
    for key in ("rate.formation", "rate.joining"):
        rate = boards.rate_of(shot, key, before)
        target = f"目标 {show.percent(rate.target.value, 0)}" if rate.target else ""
        value = show.percent(rate.ratio, 2).removesuffix("%")
        url = reverse("figures:definition", args=[rate.slug]) + place.here
        change = show.points(rate.change) if rate.change is not None else ""
        away = "" if not rate.change else "ok" if rate.change > 0 else "bad"
        cards.append(
            Kpi(
                rate.label,
                value,
                "%" if rate.ratio is not None else "",
                rate.word if rate.tone else "",
                rate.tone,
                change,
                rate.share,
                rate.target_share,
                f"{rate.numerator:,} / {rate.denominator:,} {rate.unit}",
                target,
                url,
                away,
            )
        )
    for key, label, whole in (("employers", "用人单位", "employers.opening"), ("members", "会员", "members.migrant")):
        item, other = definitions.get(key), definitions.get(whole)
        gain = shot.get(key) - before.get(key)
        url = reverse("figures:definition", args=[item.slug]) + place.here
        cards.append(
            Kpi(
                label,
                show.number(shot.get(key)),
                item.word,
                "",
                "",
                f"本月 {gain:+,}" if gain else "本月持平",
                None,
                None,
                f"{other.label} {shot.get(whole):,}",
                "",
                url,
            )
        )
    return cards


def _cut(ranking: list[boards.Rank]) -> int:
    """How many stand below the target."""
    return sum(r.formation.tone in ("warn", "bad") for r in ranking)


def _bars(actor: Actor, place: Where, shot: values.Snapshot) -> charts.HBars | None:
    """Members of the eight groups."""
    item = definitions.get("members.group=*")
    rows = suppress.published(actor, place.union, place.as_of, values.family_rows(shot, item))
    names = words.labels("group")
    shown = [(names.get(r.key.removeprefix(item.head), r.key), float(r.value)) for r in rows if isinstance(r.value, int)]
    if not shown:
        return None
    total = sum(int(n) for _name, n in shown)
    return charts.HBars(shown, f"八大群体会员共 {total:,} 人，{shown[0][0]}最多。", unit="人", head="群体", value_head="会员")


def trend_chart(days: list[date], past: Mapping[date, Mapping[str, int]]) -> charts.Line | None:
    """Twelve months of both rates."""
    from gonghui.figures.web.console import trend_words

    formation, joining = boards.rates_over(days, past)
    if all(v is None for v in (*formation, *joining)):
        return None
    target = boards.standard("figures.formation_rate_floor", days[-1])
    series = [charts.Series("建会率", formation), charts.Series("入会率", joining)]
    return charts.Line(
        [f"{d.month}月" for d in days],
        series,
        trend_words(formation, joining),
        target=float(target.value * 100) if target else None,
        target_name="底线",
    )


def my_union(actor: Actor) -> dict[str, Any]:
    """The worker's own union: name, chair, what to call. Empty for somebody without membership."""
    spell = members.mine(actor.person_id) if actor.person_id else None
    if spell is None:
        return {"spell": None}
    chair = terms.chair(spell.union)
    return {"spell": spell, "union": spell.union, "chair": chair, "links": menu.entries(actor, "mobile")}
