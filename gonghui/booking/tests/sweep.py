"""What booking adds to the sweep over all addresses (扫描部件)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gonghui.booking.enums import BookingState, SessionKind
from gonghui.booking.models import Booking, Item, Rating, Session, Waiting
from gonghui.booking.selectors.standing import standing
from gonghui.booking.services import bars, draws, feedback, giving, granting, items, payments, profiles, publishing, quizzes
from gonghui.core import clock
from gonghui.members.tests import make as members

system = members.system
ARGS = {
    "booking:pk": "booking.Item",
    "booking:session-remove.pk": "booking.Session",
    "booking:session-resize.pk": "booking.Session",
    "booking:draw-desk.pk": "booking.Session",
    "booking:draw-act.pk": "booking.Session",
    "booking:checkin.pk": "booking.Session",
    "booking:merge.pk": "booking.Session",
    "booking:question-drop.pk": "booking.Question",
    "booking:rating-answer.pk": "booking.Rating",
    "booking:booking.pk": "booking.Booking",
    "booking:appeal.pk": "booking.Appeal",
    "booking:bar-lift.pk": "booking.Bar",
    "booking:m-ticket.pk": "booking.Booking",
    "booking:m-act.pk": "booking.Booking",
    "booking:m-leave.pk": "booking.Waiting",
    "booking:m-pay.reference": "=qa-no-such-reference",
    "booking:m-try.pk": "booking.QuizTry",
    "booking:m-why.pk": "booking.Session",
    "booking:m-line.pk": "booking.Session",
    "booking:m-remind.pk": "booking.Session",
    "booking:m-enter.pk": "booking.Session",
    "booking:m-pass.pk": "booking.Session",
    "booking:act.verb": "=pause",
    "booking:draw-act.verb": "=commit",
    "booking:m-act.verb": "=cancel",
    "booking:m-enter.verb": "=enter",
    "booking:draw.pk": "booking.Draw",
    "booking:draw-proof.pk": "booking.Draw",
}
OWNED = {"booking.Booking", "booking.Waiting", "booking.QuizTry"}
SHARED = {"booking.Draw"}
"""A published draw is checked by anybody."""


def _item(tree: Any, name: str, **more: Any) -> Item:
    now = clock.now()
    data: dict[str, Any] = {
        "summary": "凭码使用。", "place": "职工之家", "contact": "服务台", "phone": "0631-0000000", "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=2), "since": now.date(), "until": now.date() + timedelta(days=30), "value_fen": 3000, **more,
    }  # fmt: skip
    item = items.item_create(actor=system, union=tree.union, name=name, **data)
    for kind, hours in ((SessionKind.NOON, 72), (SessionKind.EVENING, 79)):
        at = now + timedelta(hours=hours)
        items.session_add(
            actor=system, item=item, label=f"{name}{kind.label}", kind=kind, starts_at=at, ends_at=at + timedelta(hours=1), capacity=1
        )
    return item


def _take(session: Session, person: int, *, wait: bool = False) -> None:
    session = Session.objects.select_related("item__union", "item__exclusion").get(pk=session.pk)
    ask = granting.ask_of(standing(person, session), session, key=f"sweep-{session.pk}-{person}", source="taken", wait=wait)
    giving.settle([ask])


def furnish(world: Any, tree: Any) -> None:
    """An open item with bookings and a line, a paid one, a draw with a quiz, a draft, a bar, an appeal, a rating."""
    place = tree.key.upper()
    first, second = (m.person_id for m in tree.members[:2])
    me = members.worker(tree.members[0].person)
    film = publishing.item_publish(actor=system, item=_item(tree, f"{place}观影券"))
    noon, evening = film.sessions.order_by("starts_at")
    _take(noon, first)
    _take(evening, second)
    _take(noon, tree.members[2].person_id, wait=True)
    swim = publishing.item_publish(actor=system, item=_item(tree, f"{place}泳池票", price_fen=500, pay_minutes=60))
    _take(swim.sessions.order_by("starts_at")[0], first)
    payments.start(actor=me, booking=Booking.objects.get(item=swim, person=first), gateway="demo")
    lottery = _item(tree, f"{place}抽签票", mode="draw", quiz={"ask": 1, "pass": 1, "tries": 2})
    items.question_add(actor=system, item=lottery, text=f"{place}题", options=["对", "错"], answer=0)
    lottery = publishing.item_publish(actor=system, item=lottery)
    session = lottery.sessions.order_by("starts_at")[0]
    draws.draw_commit(actor=system, session=session)
    quizzes.quiz_answer(actor=me, attempt=quizzes.quiz_start(actor=me, item=lottery), answers=[0])
    draws.draw_enter(actor=me, session=session)
    _item(tree, f"{place}草稿券")
    group = items.group_save(actor=system, union=tree.union, name=f"{place}互斥组", reason="价值相近", since=clock.today())
    assert group.pk
    used = Booking.objects.get(item=film, person=first)
    Booking.objects.filter(pk=used.pk).update(state=BookingState.USED, used_at=clock.now())
    used.refresh_from_db()
    feedback.rate(actor=me, booking=used, stars=5, words=f"{place}很好")
    bar = bars.bar(
        actor=system, person_id=second, item=film, since=clock.today(), until=clock.today() + timedelta(days=30), reason=f"{place}限约"
    )
    feedback.appeal_file(actor=members.worker(tree.members[1].person), bar=bar, text=f"{place}申诉，那天加班")
    profiles.profile_set(actor=me, shift="night", household_code="new")
    assert Waiting.objects.filter(item=film).exists() and Rating.objects.filter(booking=used).exists()


UNREACHED = {"booking:api-remaining", "booking:api-take", "booking:m-leave", "booking:m-pay", "booking:m-quiz"}
"""Addresses that ask for a later step, a pass or a code the small world does not hold; their own tests open them."""

TOKENLESS = {"booking:api-take"}
"""Its pass stands in a header of its own, which no foreign page can send."""
