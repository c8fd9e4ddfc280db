"""Publishing an item and what follows (发布、暂停、结束、取消), with the slips the officer sees before the button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.booking import flows
from gonghui.booking.enums import ItemState, Mode, Perm, SessionKind
from gonghui.booking.models import Item
from gonghui.booking.rules import fair
from gonghui.booking.services import items
from gonghui.core import audit, clock
from gonghui.core.errors import RuleViolation
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def sessions_slip(item: Item) -> policy.Decision:
    """Does the item reach people on shift (时段决定单)? A session counts by when it is held, or by when its booking opens.

    Source: policy booking.sessions.
    """
    kinds = [s.kind for s in item.sessions.all()]
    facts: dict[str, Any] = {"exempt": policy.Fact(bool(item.session_exempt), source="项目设计", record=f"item:{item.pk}")}
    if kinds:
        facts["noon"] = policy.Fact(kinds.count(SessionKind.NOON), source="场次表", record=f"item:{item.pk}")
        facts["evening"] = policy.Fact(kinds.count(SessionKind.EVENING), source="场次表", record=f"item:{item.pk}")
    return policy.decide("booking.sessions", on=clock.today(), at=_area(item), unit_path=item.union.path, facts=facts)


def near_items(item: Item) -> list[tuple[Item, policy.Decision]]:
    """Items of the same period and near value that are not in its exclusion group (该设互斥的).

    Source: policy booking.exclusive.
    """
    if not (item.since and item.until):
        return []
    others = Item.objects.filter(
        union=item.union, state__in=[ItemState.DRAFT, ItemState.PUBLISHED, ItemState.PAUSED], since__lte=item.until, until__gte=item.since
    ).exclude(pk=item.pk)
    if item.exclusion_id:
        others = others.exclude(exclusion=item.exclusion_id)
    if item.previous_id:
        others = others.exclude(pk=item.previous_id)
    found = []
    for other in others.order_by("since", "pk")[:20]:
        assert other.since and other.until  # by the filter
        facts = {
            "overlap_days": fair.overlap_days(item.since, item.until, other.since, other.until),
            "value_fen": policy.Fact(item.value_fen, source="项目设计"),
            "other_fen": policy.Fact(other.value_fen, source=f"项目“{other.name}”"),
        }
        slip = policy.decide("booking.exclusive", on=clock.today(), at=_area(item), unit_path=item.union.path, facts=facts)
        if slip.outcome is True:
            found.append((other, slip))
    return found


def gaps(item: Item) -> list[str]:
    """What is still missing before publishing (还缺什么), each as a sentence."""
    sessions = list(item.sessions.all())
    missing = [
        (not item.summary.strip(), "没有写说明：职工要知道是什么、怎么用。"),
        (not item.place.strip() and not all(s.place for s in sessions), "没有写地点。"),
        (not item.contact.strip() or not item.phone.strip(), "没有写联系人和电话。"),
        (not sessions, "还没有场次。"),
        (item.price_fen > 0 and not item.pay_minutes, "要付钱的项目要写付款时限。"),
        (not item.since or not item.until, "没有写服务期。"),
        (any(s.closes_at <= clock.now() for s in sessions), "有场次的预约时间已经过去。"),
    ]
    ask = int(item.quiz.get("ask") or 0)
    have = item.questions.filter(active=True).count() if ask else 0
    missing.append((ask > have, f"每次答 {ask} 题，题库里只有 {have} 题。"))
    missing.append((ask > 0 and item.mode == Mode.FCFS, "答题只用于抽签和人人有份的项目。"))
    return [text for bad, text in missing if bad]


@transaction.atomic
def item_publish(*, actor: Actor, item: Item) -> Item:
    """Show an item to members (发布项目).

    Raises: RuleViolation booking.item_incomplete; RuleViolation booking.sessions with the stored slip.
    Source: policy booking.sessions.
    """
    actor.require(Perm.ITEM_PUBLISH, item.union)
    given, item = item, Item.objects.select_for_update().select_related("union").get(pk=item.pk)
    if missing := gaps(item):
        raise RuleViolation("booking.item_incomplete", "还不能发布：" + "".join(missing), missing=missing)
    slip = sessions_slip(item)
    number = policy.store(actor, slip, subject=f"booking.item:{item.pk}", org_path=item.union.path, perm=Perm.ITEM_VIEW)
    if slip.blocks:
        raise RuleViolation("booking.sessions", f"{slip.verdict}。请补上缺的时段，或写明免设的理由。", decision=number)
    items.quotas_settle(item)
    flows.ITEM.advance(
        item, ItemState.PUBLISHED, actor=actor, org_path=item.union.path, changes={"published_at": clock.now()}, decision=number
    )
    given.refresh_from_db()
    return given


@transaction.atomic
def item_pause(*, actor: Actor, item: Item, reason: str) -> Item:
    """Stop taking bookings for a while (暂停预约)."""
    actor.require(Perm.ITEM_PUBLISH, item.union)
    return flows.ITEM.advance(item, ItemState.PAUSED, actor=actor, org_path=item.union.path, reason=reason)


@transaction.atomic
def item_resume(*, actor: Actor, item: Item) -> Item:
    """Take bookings again (恢复预约)."""
    actor.require(Perm.ITEM_PUBLISH, item.union)
    return flows.ITEM.advance(item, ItemState.PUBLISHED, actor=actor, org_path=item.union.path)


@transaction.atomic
def item_finish(*, actor: Actor, item: Item) -> Item:
    """The round is over; its report stands (结束项目)."""
    actor.require(Perm.ITEM_PUBLISH, item.union)
    return flows.ITEM.advance(item, ItemState.FINISHED, actor=actor, org_path=item.union.path)


@transaction.atomic
def item_discard(*, actor: Actor, item: Item) -> None:
    """Throw a draft away (删草稿): it stays as cancelled, nobody ever saw it."""
    actor.require(Perm.ITEM_EDIT, item.union)
    flows.ITEM.advance(item, ItemState.CANCELLED, actor=actor, org_path=item.union.path)
    audit.record(actor, "booking.item.discarded", item, org_path=item.union.path)


def _area(item: Item) -> str:
    return law.place_of(item.union)
