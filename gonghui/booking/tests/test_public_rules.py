"""The public rule set of the cinema codes, unchanged, as configuration (issue 4 §4.4).

2,500 codes a day for four days, a quiz of six with at least four right to enter the draw, at most six tries, at most two wins
a day, three hours to pay or the code lapses and the day is lost, code valid 60 days, unused code bars for three months.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gonghui.accounts.actor import Actor
from gonghui.booking.enums import BookingState, SessionKind
from gonghui.booking.models import Bar, Booking, Draw, Item, Session
from gonghui.booking.selectors.standing import standing
from gonghui.booking.services import draws, items, lives, payments, publishing, quizzes, upkeep
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.core.errors import RuleViolation

pytestmark = [pytest.mark.django_db, pytest.mark.system("S171")]
DAYS = (10, 11, 12, 13)
RULES: dict[str, Any] = {
    "mode": "draw", "price_fen": 990, "pay_minutes": 180, "valid_days": 60, "quiz": {"ask": 6, "pass": 4, "tries": 6, "per_day": True},
    "fair": {"caps": {"item": 8, "session": 1, "day": 2}, "day_lost": True, "unused_months": 3},
}  # fmt: skip


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=clock.SHANGHAI)


def cinema() -> Item:
    """Each day 1,250 codes at noon, 800 in the afternoon and 450 in the evening: 2,500; names are taken on the day."""
    with clock.at(shop.NOW):
        item = shop.draft(
            name="观影码", opens_at=moment(10, 8), closes_at=moment(13, 22), since=date(2026, 5, 10), until=date(2026, 8, 31), **RULES
        )
        for day in DAYS:
            for kind, hour, size in ((SessionKind.NOON, 12, 1250), (SessionKind.AFTERNOON, 16, 800), (SessionKind.EVENING, 20, 450)):
                items.session_add(
                    actor=shop.system, item=item, label=f"{day} 日{kind.label}", kind=kind, capacity=size, starts_at=moment(day, hour),
                    ends_at=moment(day, hour, 30), opens_at=moment(day, 8), closes_at=moment(day, hour),
                )  # fmt: skip
        for n in range(8):
            items.question_add(actor=shop.system, item=item, text=f"第 {n} 题", options=["对", "错", "不知道"], answer=0)
        publishing.item_publish(actor=shop.system, item=item)
    for session in item.sessions.all():
        with clock.at(session.opens_at):
            draws.draw_commit(actor=shop.system, session=session)
    return item


def of(item: Item, day: int, kind: str) -> Session:
    start = moment(day, 0)
    rows = Session.objects.select_related("item__union", "item__exclusion")
    return rows.get(item=item, kind=kind, starts_at__gte=start, starts_at__lt=start + timedelta(days=1))


def answer(person: Any, item: Item, right: int) -> Any:
    me = shop.worker(person)
    attempt = quizzes.quiz_start(actor=me, item=item)
    return quizzes.quiz_answer(actor=me, attempt=attempt, answers=[0] * right + [1] * (6 - right))


def drawn(session: Session) -> Draw:
    draw = session.draws.get()
    with clock.at(session.closes_at):
        draws.draw_close(actor=shop.system, draw=draw)
        return draws.draw_reveal(actor=shop.system, draw=draw)


def test_2500_codes_a_day_for_four_days() -> None:
    item = cinema()
    for day in DAYS:
        assert sum(s.capacity for s in item.sessions.filter(starts_at__gte=moment(day, 0), starts_at__lt=moment(day, 23))) == 2500
    assert Draw.objects.filter(session__item=item).count() == 12


def test_four_right_of_six_enter_and_the_seventh_try_of_a_day_is_refused() -> None:
    item, who = cinema(), shop.member()
    noon = of(item, 10, "noon")
    with clock.at(moment(10, 9)):
        for _try in range(5):
            assert not answer(who, item, 3).passed
        with pytest.raises(RuleViolation, match="答对 4 题") as refused:
            draws.draw_enter(actor=shop.worker(who), session=noon)
        assert refused.value.code == "booking.quiz" and refused.value.facts["slip"]["outcome"] is False
        assert answer(who, item, 3).number == 6
        with pytest.raises(RuleViolation) as spent:
            quizzes.quiz_start(actor=shop.worker(who), item=item)
        assert spent.value.code == "booking.quiz_tries"
    with clock.at(moment(11, 9)):  # tries count by day
        assert answer(who, item, 4).passed
        assert draws.draw_enter(actor=shop.worker(who), session=of(item, 11, "noon")).alias
        with pytest.raises(RuleViolation, match="已经答题过关"):
            quizzes.quiz_start(actor=shop.worker(who), item=item)


def test_handing_in_twice_changes_nothing() -> None:
    item, who = cinema(), shop.member()
    with clock.at(moment(10, 9)):
        row = answer(who, item, 3)
        again = quizzes.quiz_answer(actor=shop.worker(who), attempt=row, answers=[0] * 6)
    assert (again.right, again.passed) == (3, False)


def test_at_most_two_wins_a_day_and_another_day_is_another_day() -> None:
    item, who = cinema(), shop.member()
    me = shop.worker(who)
    with clock.at(moment(10, 9)):
        answer(who, item, 6)
        for kind in ("noon", "afternoon", "evening"):
            draws.draw_enter(actor=me, session=of(item, 10, kind))
    for kind, hour in (("noon", 13), ("afternoon", 17)):
        drawn(of(item, 10, kind))
        with clock.at(moment(10, hour)):
            pay(Booking.objects.get(person=who, state=BookingState.UNPAID))
    evening = drawn(of(item, 10, "evening"))
    assert Booking.objects.filter(person=who).count() == 2
    assert evening.entries.get().left_at is not None  # taken off the list before it was published
    with clock.at(moment(11, 9)):
        answer(who, item, 4)
        draws.draw_enter(actor=me, session=of(item, 11, "noon"))
    drawn(of(item, 11, "noon"))
    assert Booking.objects.filter(person=who).count() == 3


def pay(booking: Booking) -> Booking:
    payment = payments.start(actor=shop.worker(booking.person), booking=booking, gateway="demo")
    payments.callback(
        actor=Actor.system("pay"), gateway="demo", event=f"e{payment.pk}", reference=payment.reference, kind="paid", amount_fen=990
    )
    booking.refresh_from_db()
    return booking


@pytest.mark.parametrize(("minutes", "state"), [(179, "ticketed"), (180, "expired")])
def test_three_hours_to_pay_or_the_code_lapses_and_the_day_is_lost(minutes: int, state: str) -> None:
    item, who = cinema(), shop.member()
    me = shop.worker(who)
    with clock.at(moment(10, 9)):
        answer(who, item, 5)
        draws.draw_enter(actor=me, session=of(item, 10, "noon"))
        draws.draw_enter(actor=me, session=of(item, 10, "evening"))
    drawn(of(item, 10, "noon"))
    booking = Booking.objects.get(person=who)
    assert booking.pay_until == moment(10, 15)
    with clock.at(moment(10, 12) + timedelta(minutes=minutes)):
        if minutes < 180:
            pay(booking)
        lives.expire(actor=shop.system, booking=booking)
        booking.refresh_from_db()
        assert booking.state == state
        lost = "day_kept" in {r.code for r in standing(who.pk, of(item, 10, "evening")).refusals}
        assert lost is (state == "expired")
    drawn(of(item, 10, "evening"))
    assert Booking.objects.filter(person=who).exclude(pk=booking.pk).exists() is (state == "ticketed")
    with clock.at(moment(11, 9)):  # the next day is open again
        answer(who, item, 4)
        assert standing(who.pk, of(item, 11, "noon")).allowed


@pytest.mark.parametrize(
    ("paid_on", "last_day", "barred_until"),
    [(date(2026, 5, 10), date(2026, 7, 9), date(2026, 10, 9)), (date(2026, 7, 2), date(2026, 8, 31), date(2026, 11, 30))],
)
def test_a_code_is_valid_sixty_days_and_unused_bars_for_three_months_month_ends_included(
    paid_on: date, last_day: date, barred_until: date
) -> None:
    with clock.at(datetime(paid_on.year, paid_on.month, paid_on.day, 9, tzinfo=clock.SHANGHAI)):
        now = clock.now()
        item = shop.draft(
            opens_at=now,
            closes_at=now + timedelta(hours=3),
            since=paid_on,
            until=paid_on,
            session_exempt="只发码，不分场。",
            **{**RULES, "quiz": {}},
        )
        items.session_add(
            actor=shop.system, item=item, label="当天", capacity=5, starts_at=now + timedelta(hours=4), ends_at=now + timedelta(hours=5)
        )
        publishing.item_publish(actor=shop.system, item=item)
        who = shop.member()
        session = item.sessions.get()
        draw = draws.draw_commit(actor=shop.system, session=session)
        draws.draw_enter(actor=shop.worker(who), session=session)
    with clock.at(now + timedelta(hours=3)):
        draws.draw_reveal(actor=shop.system, draw=draws.draw_close(actor=shop.system, draw=draw))
        booking = pay(Booking.objects.get(person=who))
    assert booking.valid_until == last_day
    with clock.at(last_day):
        upkeep.no_shows()
        assert not Bar.objects.exists()
    with clock.at(last_day + timedelta(days=1)):
        upkeep.no_shows()
    booking.refresh_from_db()
    assert booking.state == BookingState.UNUSED and Bar.objects.get(person=who).until == barred_until
    for day, barred in ((barred_until, True), (barred_until + timedelta(days=1), False)):
        with clock.at(day):
            assert standing(who.pk, session).facts.barred is barred
