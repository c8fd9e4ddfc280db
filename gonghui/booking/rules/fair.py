"""Who may book, without a database (能不能预约): the fast twin of the decision `booking.may_book`.

The slip shown to the member comes from the rule base; this module answers the same question in microseconds for the hot
path and the simulation. `tests/test_fair.py` holds the two to the same answer on random facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from gonghui.core.clock import add_months


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one member and one session (预约事实). None: the announcement sets no such limit."""

    member: bool = True
    on_sale: bool = True
    minutes_to_open: int = 0
    minutes_to_close: int = 1
    same_item: int = 0
    per_person: int = 1
    exclusive: int = 0
    household: int | None = None
    barred: bool = False
    day_count: int = 0
    day_cap: int | None = None
    month_count: int = 0
    month_cap: int | None = None
    year_count: int = 0
    year_cap: int | None = None
    category_count: int = 0
    category_cap: int | None = None
    served: int = 0
    first_only: bool = False
    quiz_right: int | None = None
    quiz_pass: int | None = None
    wins: int = 0
    wins_cap: int | None = None
    day_lost: bool = False
    open_to_me: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The facts the rule base reads; what is not limited is left out."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why not (约不了的一条原因): `code` is stable, `text` is for the member."""

    code: str
    text: str


def refusals(f: Facts) -> tuple[Refusal, ...]:
    """Every reason that stands in the way, in the order of the slip. Source: policy booking.may_book."""
    return tuple(Refusal(code, text) for code, text in (*_standing(f), *_caps(f), *_order(f)))


def allowed(f: Facts) -> bool:
    """May this member book now?"""
    return not refusals(f)


def _standing(f: Facts) -> Iterator[tuple[str, str]]:
    if not f.member:
        yield "is_member", "只有会员可以预约。入会后马上就能约。"
    if not f.on_sale:
        yield "live", "这个项目现在不办理预约。"
    if f.minutes_to_open > 0:
        yield "opened", "还没到开始预约的时间。"
    if f.minutes_to_close <= 0:
        yield "not_closed", "预约已经截止。"
    if f.barred:
        yield "not_barred", "您在限约期内，到期后自动恢复。"
    if f.same_item >= f.per_person:
        yield "once", f"这个项目每人限 {f.per_person} 份，您已经约了。"
    if f.exclusive >= 1:
        yield "exclusion", "您约了同组的另一项，两项只能约一个。"
    if f.household is not None and f.household >= 1:
        yield "home", "同一家庭已有人约了，每户一份。"


def _caps(f: Facts) -> Iterator[tuple[str, str]]:
    for code, word, count, cap in (
        ("cap_day", "每天", f.day_count, f.day_cap),
        ("cap_month", "每月", f.month_count, f.month_cap),
        ("cap_year", "每年", f.year_count, f.year_cap),
        ("cap_category", "同类项目每年", f.category_count, f.category_cap),
    ):
        if cap is not None and count >= cap:
            yield code, f"{word}最多 {cap} 份，您已经约了 {count} 份。"


def _order(f: Facts) -> Iterator[tuple[str, str]]:
    if f.first_only and f.served >= 1:
        yield "never_first", "现在先让没享受过的工友约，稍后对所有会员开放。"
    if f.quiz_pass is not None and (f.quiz_right or 0) < f.quiz_pass:
        yield "quiz", f"要先答题，答对 {f.quiz_pass} 题以上才能参加。"
    if f.wins_cap is not None and f.wins >= f.wins_cap:
        yield "win_limit", f"每天最多中签 {f.wins_cap} 次，您今天已到上限。"
    if f.day_lost:
        yield "day_kept", "您今天有一份没按时付款作废，今天不能再参加，明天恢复。"
    if f.open_to_me is not None and f.open_to_me < 1:
        yield "place", "名额已经约满。可以候补，有人取消按次序补上。"


def bar_until(lapsed_on: date, months: int) -> date:
    """The last day of a bar (限约最后一天), the day itself included; a shorter month ends it on its last day.

    Source: policy booking.bar_until.
    """
    return add_months(lapsed_on, months)


def near(value_fen: int, other_fen: int, share: Any) -> bool:
    """Are two values near (价值相近)? Source: policy booking.exclusive."""
    return bool(abs(value_fen - other_fen) <= share * max(value_fen, other_fen))


def overlap_days(since: date, until: date, other_since: date, other_until: date) -> int:
    """Days two service periods share (重叠天数), last days included."""
    return max(0, (min(until, other_until) - max(since, other_since)).days + 1)
