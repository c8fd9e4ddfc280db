"""What of a plan may be changed so that it passes (可以调整的项)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from gonghui.core import money
from gonghui.spending.enums import Method, PlanKind, Use
from gonghui.spending.rules.draft import Draft, History
from gonghui.spending.rules.nearest import Knob

LATER_DAYS = 1500
NAMES = dict(Use.choices)
MOVABLE = {PlanKind.CLOTHING, PlanKind.OUTING, PlanKind.CULTURE, PlanKind.ACTIVITY, PlanKind.PURCHASE}


def knobs(draft: Draft, history: History) -> list[Knob[Draft]]:
    """Counts, amounts, form, method, day and people, as far as the plan has them."""
    found = [*_amounts(draft), *_counts(draft), *_forms(draft), *_trip(draft), *_who(draft, history), *_when(draft)]
    return [k for k in found if k.most > 0]


def name_of(draft: Draft, at: int) -> str:
    """What a line is called."""
    line = draft.lines[at]
    return line.words or str(NAMES.get(line.use, line.use))


def _cheaper(at: int, draft: Draft, n: int) -> Draft:
    return draft.with_line(at, unit_fen=max(0, draft.lines[at].unit_fen - n))


def _fewer_of(at: int, draft: Draft, n: int) -> Draft:
    return draft.with_line(at, quantity=max(0, draft.lines[at].quantity - n))


def _amounts(draft: Draft) -> Iterator[Knob[Draft]]:
    """Every price down to nothing, fen by fen."""
    for i, line in enumerate(draft.lines):
        say = partial(_say_price, name_of(draft, i), line.unit_fen, line.quantity == draft.people)
        yield Knob(f"unit.{i}", line.unit_fen if line.quantity else 0, partial(_cheaper, i), say, 2)


def _say_price(name: str, now: int, each: bool, n: int) -> str:
    if n == now:
        return f"不花“{name}”这笔钱"
    head = f"“{name}”人均" if each else f"“{name}”的单价"
    return f"{head}从 {money.show(now)} 降到 {money.show(now - n)} 以内"


def _counts(draft: Draft) -> Iterator[Knob[Draft]]:
    for i, line in enumerate(draft.lines):
        unit = "名" if line.use in (Use.PRIZE, Use.AWARD) else "份"
        yield Knob(f"quantity.{i}", line.quantity, partial(_fewer_of, i), partial(_say_count, name_of(draft, i), line.quantity, unit), 3)


def _say_count(name: str, now: int, unit: str, n: int) -> str:
    return f"“{name}”减少 {n} {unit}（从 {now} {unit}到 {now - n} {unit}）" if n < now else f"不安排“{name}”"


def _switch(name: str, words: str, weight: int, **facts: Any) -> Knob[Draft]:
    """A yes-or-no change of facts."""
    return Knob(name, 1, partial(_set, facts), partial(_words, words), weight)


def _set(facts: dict[str, Any], draft: Draft, n: int) -> Draft:
    return draft.with_facts(**facts) if n else draft


def _words(words: str, _n: int) -> str:
    return words


def _by_bank(draft: Draft, n: int) -> Draft:
    return replace(draft, method=Method.TRANSFER) if n else draft


def _no_souvenir(draft: Draft, n: int) -> Draft:
    return replace(draft, lines=tuple(line for line in draft.lines if line.use != Use.SOUVENIR)) if n else draft


def _forms(draft: Draft) -> Iterator[Knob[Draft]]:
    facts = draft.facts
    if draft.method == Method.CASH:
        yield Knob("method", 1, _by_bank, partial(_words, "改用银行转账、支票或汇款"), 1)
    if draft.kind == PlanKind.FESTIVAL and facts.get("form", "goods") != "goods":
        yield _switch("form", "改发实物（节日用品或生活必需品）", 1, form="goods")
    if draft.kind == PlanKind.FESTIVAL and draft.roll > draft.people:
        yield Knob("all", 1, _everyone, partial(_words, f"发给全体会员（{draft.roll} 人）"), 1)
    if facts.get("owner") == "person":
        yield _switch("owner", "服装登记为单位所有，由职工保管", 1, owner="unit")
    if facts.get("only_participants") is False:
        yield _switch("only", "只给参加活动的人购置", 1, only_participants=True)
    if draft.of(Use.SOUVENIR) and draft.of(Use.PRIZE, Use.TEAM, Use.PARTICIPATION):
        yield Knob("no_souvenir", 1, _no_souvenir, partial(_words, "设了奖就不再发纪念品"), 2)


def _everyone(draft: Draft, n: int) -> Draft:
    """To all members: the same for everybody, the list is then the whole roll."""
    if not n:
        return draft
    lines = tuple(replace(line, quantity=draft.roll) if line.quantity == draft.people else line for line in draft.lines)
    return replace(draft, members=(), count=draft.roll, lines=lines)


def _trip(draft: Draft) -> Iterator[Knob[Draft]]:
    if draft.kind != PlanKind.OUTING:
        return
    days, nights = int(draft.facts.get("days") or 0), int(draft.facts.get("nights") or 0)
    if days > 1:
        yield Knob("days", days - 1, partial(_shorter, days, nights), partial(_say_shorter, days, nights), 2)
    if draft.facts.get("in_city") is False:
        yield _switch("in_city", "地点改在单位所在城市", 2, in_city=True)
    if draft.facts.get("forbidden_spot"):
        yield _switch("spot", "换一个不在禁止名单里的地点", 2, forbidden_spot=False)


def _shorter(days: int, nights: int, draft: Draft, n: int) -> Draft:
    return draft.with_facts(days=days - n, nights=min(nights, days - n - 1)) if n else draft


def _say_shorter(days: int, nights: int, n: int) -> str:
    return "改为当天往返" if days - n == 1 else f"缩短到 {days - n} 天 {min(nights, days - n - 1)} 夜"


def _who(draft: Draft, history: History) -> Iterator[Knob[Draft]]:
    """Take people off the list who may not take part: the last to have had clothing first, those paid for elsewhere."""
    if draft.of(Use.CLOTHING) and draft.members:
        last = history.last_by(Use.CLOTHING, draft.on)
        late = sorted((m.ref for m in draft.members if m.ref in last), key=lambda ref: (last[ref], ref), reverse=True)
        yield Knob("recent", len(late), partial(_without, late), lambda n: f"名单去掉最近买过服装的 {n} 人", 2)
    aside = [m.ref for m in draft.members if m.kind != "regular"]
    if aside and len(aside) < len(draft.members):
        yield Knob("aside", 1, partial(_all_without, aside), partial(_words, f"名单去掉不在本单位享受的 {len(aside)} 人"), 2)


def _without(refs: list[str], draft: Draft, n: int) -> Draft:
    return _fewer(draft, set(refs[:n]))


def _all_without(refs: list[str], draft: Draft, n: int) -> Draft:
    return _fewer(draft, set(refs)) if n else draft


def _fewer(draft: Draft, gone: set[str]) -> Draft:
    """Without these people, and without their share of what was counted for everybody."""
    before, members = draft.people, tuple(m for m in draft.members if m.ref not in gone)
    lines = tuple(replace(line, quantity=len(members)) if line.quantity == before else line for line in draft.lines)
    roll = max(len(members), draft.roll - len(gone)) if draft.roll else 0
    return replace(draft, members=members, lines=lines, roll=roll)


def _when(draft: Draft) -> Iterator[Knob[Draft]]:
    if draft.kind in MOVABLE:
        yield Knob("later", LATER_DAYS, _postponed, partial(_say_later, draft), 6)


def _postponed(draft: Draft, n: int) -> Draft:
    return replace(draft, on=draft.on + timedelta(days=n)) if n else draft


def _say_later(draft: Draft, n: int) -> str:
    return f"推迟 {n} 天，到 {(draft.on + timedelta(days=n)).isoformat()} 以后"
