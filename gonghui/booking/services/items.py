"""Items and their sessions, shares, exclusion groups, questions (项目、场次、预留名额、互斥组、题库): designing before publishing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.booking.enums import ItemState, Perm, QuotaKind, SessionKind
from gonghui.booking.models import ExclusionGroup, Item, Question, Quota, Session
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TEXTS = ("summary", "place", "contact", "phone", "documents")
"""What may be mended after publishing: words, no conditions."""
COLUMNS = (
    "name", "round_no", "category", "mode", *TEXTS, "value_fen", "cost_fen", "price_fen", "hold_minutes", "pay_minutes", "offer_minutes",
    "valid_days", "cancel_hours", "transferable", "rated", "opens_at", "closes_at", "since", "until", "session_exempt", "fair", "quiz",
)  # fmt: skip
SHARES = (QuotaKind.FIRST_TIME, QuotaKind.NIGHT_SHIFT, QuotaKind.SMALL_UNION)


@transaction.atomic
def item_create(*, actor: Actor, union: Any, name: str, previous: Item | None = None, **data: Any) -> Item:
    """Begin a draft (新建项目). Raises: NotPermitted; ValueError for a column that is not the designer's."""
    actor.require(Perm.ITEM_EDIT, union)
    _known(data)
    if previous is not None:
        data = {"round_no": previous.round_no + 1, "exclusion": previous.exclusion, **data}
    item = Item.objects.create(union=union, name=name, previous=previous, created_at=clock.now(), **data)
    audit.record(actor, "booking.item.created", item, org_path=union.path, name=name)
    return item


@transaction.atomic
def item_edit(*, actor: Actor, item: Item, **data: Any) -> Item:
    """Change a draft; of a published item only the words (修改项目).

    Raises: NotPermitted; Conflict booking.item_fixed when conditions of a published item would change.
    """
    actor.require(Perm.ITEM_EDIT, item.union)
    _known(data)
    item = _locked(item)
    changed = {k: v for k, v in data.items() if getattr(item, k) != v}
    if item.state != ItemState.DRAFT and set(changed) - set(TEXTS):
        raise Conflict("booking.item_fixed", "项目已发布，时间、名额和公平设定不能再改。要改的，请另开一期。", fields=sorted(changed))
    old = {k: str(getattr(item, k)) for k in changed}
    for name, value in changed.items():
        setattr(item, name, value)
    if changed:
        item.save(update_fields=list(changed))
        audit.record(actor, "booking.item.edited", item, org_path=item.union.path, old=old, new={k: str(v) for k, v in changed.items()})
    return item


def _known(data: dict[str, Any]) -> None:
    if strange := set(data) - {*COLUMNS, "exclusion"}:
        raise ValueError(f"not a column of the designer: {sorted(strange)}")


def _locked(item: Item) -> Item:
    return Item.objects.select_for_update().select_related("union").get(pk=item.pk)


def _draft(actor: Actor, item: Item) -> Item:
    actor.require(Perm.ITEM_EDIT, item.union)
    item = _locked(item)
    if item.state != ItemState.DRAFT:
        raise Conflict("booking.item_fixed", "项目已发布，时间、名额和公平设定不能再改。要改的，请另开一期。")
    return item


@transaction.atomic
def item_repeat(*, actor: Actor, item: Item, opens_at: datetime) -> Item:
    """The next round as a draft (再办一期): same conditions and times of day, moved by whole days; booking opens at `opens_at`."""
    actor.require(Perm.ITEM_EDIT, item.union)
    first = min((s.opens_at for s in item.sessions.all()), default=item.opens_at or opens_at)
    day = timedelta(days=(opens_at.astimezone(clock.SHANGHAI).date() - first.astimezone(clock.SHANGHAI).date()).days)
    data = {name: getattr(item, name) for name in COLUMNS if name not in ("name", "round_no")}
    data["opens_at"] = opens_at
    for name in ("closes_at", "since", "until"):
        data[name] = data[name] and data[name] + day
    made = item_create(actor=actor, union=item.union, name=item.name, previous=item, **data)
    for s in item.sessions.exclude(state="cancelled").order_by("starts_at", "pk"):
        opens = opens_at + (s.opens_at - first)
        copy = session_add(
            actor=actor, item=made, label=s.label, kind=s.kind, place=s.place, capacity=s.capacity, starts_at=s.starts_at + day,
            ends_at=s.ends_at + day, opens_at=opens, closes_at=max(s.closes_at + day, opens + (s.closes_at - s.opens_at)),
        )  # fmt: skip
        for q in s.quotas.filter(reserved=True).exclude(kind=QuotaKind.GENERAL):
            Quota.objects.create(
                item=made, session=copy, kind=q.kind, key=q.key, reserved=True, size=q.size, release_at=q.release_at and q.release_at + day
            )
    for question in item.questions.filter(active=True):
        Question.objects.create(item=made, text=question.text, options=question.options, answer=question.answer)
    return made


# -- sessions ----------------------------------------------------------------------------------------------------


@transaction.atomic
def session_add(
    *, actor: Actor, item: Item, label: str, kind: str = SessionKind.DAY, starts_at: datetime, ends_at: datetime,
    opens_at: datetime | None = None, closes_at: datetime | None = None, capacity: int, place: str = "", shares: dict[str, int] | None = None,
    release_at: datetime | None = None,
) -> Session:  # fmt: skip
    """A session of a draft (加场次). Booking times default to the item's.

    Args: shares: reserved places by kind (first_time, night_shift, small_union), set free at `release_at`.
    Raises: RuleViolation booking.window, booking.session_times, booking.shares_over.
    """
    item = _draft(actor, item)
    opens_at, closes_at = opens_at or item.opens_at, closes_at or item.closes_at or starts_at
    if opens_at is None or closes_at <= opens_at:
        raise RuleViolation("booking.window", "开始预约要早于截止预约。请先填好预约时间。")
    if ends_at <= starts_at:
        raise RuleViolation("booking.session_times", "场次的结束时间要晚于开始时间。")
    if capacity < 1:
        raise RuleViolation("booking.no_place", "每个场次至少 1 份。")
    session = Session.objects.create(
        item=item, label=label, kind=kind, place=place, starts_at=starts_at, ends_at=ends_at, opens_at=opens_at, closes_at=closes_at,
        capacity=capacity,
    )  # fmt: skip
    for share, size in (shares or {}).items():
        if size:
            _share(session, share, "", size, release_at)
    audit.record(actor, "booking.session.added", session, org_path=item.union.path, label=label, capacity=capacity)
    return session


@transaction.atomic
def session_remove(*, actor: Actor, session: Session) -> None:
    """Take a session out of a draft (删场次)."""
    item = _draft(actor, session.item)
    session.quotas.all().delete()
    pk = session.pk
    session.delete()
    audit.record(actor, "booking.session.removed", item, org_path=item.union.path, session=pk)


@transaction.atomic
def share_set(*, actor: Actor, session: Session, kind: str, size: int, key: str = "", release_at: datetime | None = None) -> None:
    """Set places aside for a group, 0 takes the share away (预留名额). Raises: RuleViolation booking.shares_over."""
    item = _draft(actor, session.item)
    session.quotas.filter(reserved=True, kind=kind, key=key).delete()
    if size:
        _share(session, kind, key, size, release_at)
    audit.record(actor, "booking.share.set", session, org_path=item.union.path, kind=str(kind), key=key, size=size)


def _share(session: Session, kind: str, key: str, size: int, release_at: datetime | None) -> None:
    held = sum(q.size for q in session.quotas.filter(reserved=True).exclude(kind=QuotaKind.GENERAL))
    if held + size > session.capacity:
        message = f"预留 {held + size} 份，多于本场 {session.capacity} 份。请减少预留或增加名额。"
        raise RuleViolation("booking.shares_over", message, held=held + size, capacity=session.capacity)
    Quota.objects.create(
        item=session.item, session=session, kind=kind, key=key, reserved=True, size=size, release_at=release_at or session.closes_at
    )


def quotas_settle(item: Item) -> None:
    """Rows the booking counts in (落名额): a cap for each session, the general rest where shares are set aside.

    Called in the transaction that publishes.
    """
    for session in item.sessions.all():
        Quota.objects.update_or_create(
            item=item, session=session, kind=QuotaKind.SESSION, key="", reserved=False, defaults={"size": session.capacity}
        )
        held = sum(q.size for q in session.quotas.filter(reserved=True).exclude(kind=QuotaKind.GENERAL))
        session.quotas.filter(kind=QuotaKind.GENERAL).delete()
        if held:
            Quota.objects.create(item=item, session=session, kind=QuotaKind.GENERAL, reserved=True, size=session.capacity - held)


# -- exclusion groups --------------------------------------------------------------------------------------------


@transaction.atomic
def group_save(
    *, actor: Actor, union: Any, name: str, reason: str, since: date, until: date | None = None, scope: str = "person",
    group: ExclusionGroup | None = None,
) -> ExclusionGroup:  # fmt: skip
    """Make or change an exclusion group (互斥组). Source: R129."""
    actor.require(Perm.ITEM_EDIT, group.union if group else union)
    values = {"name": name, "reason": reason, "since": since, "until": until, "scope": scope}
    if group is None:
        group = ExclusionGroup.objects.create(union=union, **values)
    else:
        ExclusionGroup.objects.filter(pk=group.pk).update(**values)
        group.refresh_from_db()
    audit.record(actor, "booking.group.saved", group, org_path=group.union.path, name=name)
    return group


@transaction.atomic
def item_group(*, actor: Actor, item: Item, group: ExclusionGroup | None) -> Item:
    """Put a draft into an exclusion group, or take it out (设互斥)."""
    item = _draft(actor, item)
    if group is not None and not item.union.path.startswith(group.union.path) and not group.union.path.startswith(item.union.path):
        raise NotFound()
    item.exclusion = group
    item.save(update_fields=["exclusion"])
    audit.record(actor, "booking.item.grouped", item, org_path=item.union.path, group=group.pk if group else None)
    return item


# -- quiz --------------------------------------------------------------------------------------------------------


@transaction.atomic
def question_add(*, actor: Actor, item: Item, text: str, options: list[str], answer: int) -> Question:
    """A question of the bank (加题目). Raises: RuleViolation booking.question."""
    actor.require(Perm.ITEM_EDIT, item.union)
    options = [o.strip() for o in options if o.strip()]
    if len(options) < 2 or not 0 <= answer < len(options):
        raise RuleViolation("booking.question", "每题至少 2 个选项，并指明一个正确答案。")
    question = Question.objects.create(item=item, text=text.strip(), options=options, answer=answer)
    audit.record(actor, "booking.question.added", question, org_path=item.union.path)
    return question


@transaction.atomic
def question_drop(*, actor: Actor, question: Question) -> None:
    """Use a question no more; tries already made keep it (停用题目)."""
    actor.require(Perm.ITEM_EDIT, question.item.union)
    Question.objects.filter(pk=question.pk).update(active=False)
    audit.record(actor, "booking.question.dropped", question, org_path=question.item.union.path)
