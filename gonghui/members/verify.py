"""Invariants of membership on the live data (会籍核验): MEM-01, MEM-02, MEM-03, MEM-07 and the roll-ups against the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

from django.db.models import Count, F, Q

from gonghui.figures.services import daybook
from gonghui.members.enums import COUNTED, LIVE_TRANSFERS, EndReason, Standing
from gonghui.members.models import Card, Membership, RosterSnapshot, Transfer
from gonghui.members.rules import intervals
from gonghui.members.services import rosters


def one_at_a_time() -> Generator[str, None, int]:
    """MEM-01: intervals of one person never overlap."""
    checked, person, held = 0, 0, list[intervals.Spell]()
    rows = Membership.objects.order_by("person_id", "since", "pk").values_list("person_id", "since", "until", "pk")
    for pk, since, until, spell in rows.iterator(chunk_size=5000):
        if pk != person:
            yield from _clashes(person, held)
            person, held = pk, []
        held.append(intervals.Spell(since, until, spell))
        checked += 1
    yield from _clashes(person, held)
    return checked


def _clashes(person: int, held: list[intervals.Spell]) -> Generator[str, None, None]:
    for a, b in intervals.clashes(held):
        yield f"自然人 {person} 的会籍 {a.key} 与 {b.key} 在 {b.since} 重叠。"


def transfers_whole() -> Generator[str, None, int]:
    """MEM-02: a spell in transit has exactly one live transfer out of its union, and the other way round."""
    transit = dict(Membership.objects.filter(standing=Standing.IN_TRANSIT, until=None).values_list("person_id", "union_id"))
    moving = dict(Transfer.objects.filter(state="in_transit").values_list("person_id", "source_id"))
    for person in sorted(set(transit) ^ set(moving)):
        what = "转出待接，却没有在办的转会" if person in transit else "转会在办，会籍却不是转出待接"
        yield f"自然人 {person}：{what}。"
    for person in sorted(set(transit) & set(moving)):
        if transit[person] != moving[person]:
            yield f"自然人 {person} 的会籍与转会的转出工会不同。"
    doubles = Counter(Transfer.objects.filter(state__in=LIVE_TRANSFERS).values_list("person_id", flat=True))
    yield from (f"自然人 {p} 有 {n} 笔在办转会。" for p, n in doubles.items() if n > 1)
    return len(transit) + len(moving)


def merged_empty() -> Generator[str, None, int]:
    """MEM-03: a merged record holds no spell, no card and no work any more."""
    left = Membership.objects.filter(person__merged_into__isnull=False)
    for row in left.values_list("pk", "person_id")[:1000]:
        yield f"会籍 {row[0]} 还挂在已合并的自然人 {row[1]} 名下。"
    cards = Card.objects.filter(person__merged_into__isnull=False)
    for number in cards.values_list("number", flat=True)[:1000]:
        yield f"会员证 {number} 还挂在已合并的自然人名下。"
    return left.count() + cards.count() + Membership.objects.count()


def ended_with_reason() -> Generator[str, None, int]:
    """MEM-07: every ended spell says why; nobody left without a case: 退会 stands on an exit, never on a missing row."""
    rows = Membership.objects.filter(until__isnull=False)
    for pk in rows.filter(ended="").values_list("pk", flat=True)[:1000]:
        yield f"会籍 {pk} 已结束，却没有原因。"
    leaving = [EndReason.LEFT, EndReason.DEEMED_LEFT, EndReason.EXPELLED, EndReason.DIED]
    gone = rows.filter(ended__in=leaving).exclude(person__exits__state="done").exclude(person__applications__state="withdrawn")
    for pk in gone.values_list("pk", flat=True)[:1000]:
        yield f"会籍 {pk} 记为退出，却没有办结的退出手续。"
    backwards = Membership.objects.filter(until__lt=F("since"))
    yield from (f"会籍 {pk} 的结束早于开始。" for pk in backwards.values_list("pk", flat=True)[:1000])
    return rows.count()


def cards_true() -> Generator[str, None, int]:
    """Every open spell's card number is the person's live card, when it has one."""
    rows = Membership.objects.filter(~Q(card_no=""), until=None, person__cards__state__in=["allocated", "issued"])
    wrong = rows.exclude(person__cards__number=F("card_no"))
    yield from (f"会籍 {pk} 上的会员证号与有效会员证不同。" for pk in wrong.values_list("pk", flat=True)[:1000])
    return rows.count()


def snapshots_whole() -> Generator[str, None, int]:
    """A frozen roster still has the hash it was made with."""
    count = 0
    for row in RosterSnapshot.objects.iterator(chunk_size=50):
        count += 1
        if rosters.seal_of(row.rows) != row.hash or len(row.rows) != row.count:
            yield f"花名册快照 {row.pk} 的内容与校验值不符。"
    return count


def rolls_to_the_day() -> Generator[str, None, int]:
    """RPT-01 to the day: the member roll-ups of every union equal the spells, so a spell changed by hand shows with its day."""
    keys = {s: "members" if s in COUNTED else f"members.{s}" for s in Standing.values}
    rows = Membership.objects.values_list("union_id", "standing")
    begun = rows.filter(Q(until=None) | Q(until__gt=F("since"))).annotate(n=Count("pk")).values_list("union_id", "standing", "since", "n")
    ended = rows.filter(until__gt=F("since")).annotate(n=Count("pk")).values_list("union_id", "standing", "until", "n")
    deltas = [(u, keys[s], day, n) for u, s, day, n in begun.order_by()] + [
        (u, keys[s], day, -n) for u, s, day, n in ended.order_by() if day is not None
    ]
    return (yield from daybook.compare(deltas, set(keys.values())))


CHECKS = (
    ("MEM-01", "一人同一天只有一处会籍", one_at_a_time),
    ("MEM-02", "转会不丢人、不重复", transfers_whole),
    ("MEM-03", "合并后只剩一条记录", merged_empty),
    ("MEM-07", "不因名单缺人而退会", ended_with_reason),
    ("RPT-01-DAY", "会员汇总逐日等于会籍记录", rolls_to_the_day),
    ("MEM-CARD", "会员证号与会籍一致", cards_true),
    ("MEM-SNAP", "花名册快照没有改动", snapshots_whole),
)
