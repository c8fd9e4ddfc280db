"""Visits (走访): planned, done on the spot, followed up until the union works by the book. Source: S008, S011."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.fieldwork.enums import (
    SPOT_REASON,
    DocKind,
    Outcome,
    Perm,
    Purpose,
    VisitState,
)
from gonghui.fieldwork.enums import (
    Refusal as Declined,
)
from gonghui.fieldwork.models import Clash, Doc, Visit
from gonghui.fieldwork.rules.merge import Merged
from gonghui.fieldwork.rules.words import CHOICES, DAYS, LISTS
from gonghui.fieldwork.selectors import docs as reads
from gonghui.fieldwork.selectors import values
from gonghui.fieldwork.services import common, docs, follow_ups
from gonghui.orgs import services as orgs
from gonghui.orgs.enums import SpotState
from gonghui.orgs.selectors import employers

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SPOT = {
    Outcome.AGREED: SpotState.AGREED,
    Outcome.INTERESTED: SpotState.CONTACT,
    Outcome.UNDECIDED: SpotState.CONTACT,
    Outcome.REFUSED: SpotState.NOT_YET,
}


def clean(fields: Any) -> dict[str, Any]:
    """Fields as sent, each of a known kind. Raises BadInput."""
    if not isinstance(fields, Mapping):
        raise BadInput("fieldwork.fields", "走访单的内容读不出来。")
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name in CHOICES:
            label, choices = CHOICES[name]
            if value not in choices.values and not (value == "" and name not in ("purpose", "state")):
                raise BadInput("fieldwork.choice", f"{label}请从列表里选。")
            found[name] = value
        elif name in LISTS:
            label, known = LISTS[name]
            if not isinstance(value, list) or set(map(str, value)) - known:
                raise BadInput("fieldwork.choice", f"{label}请从列表里选。")
            found[name] = sorted(set(value))
        elif name in DAYS:
            day = common.day_of(value, DAYS[name])
            if name == "visited_on" and day is not None and day > clock.today():
                raise BadInput("fieldwork.future", f"走访日期 {day} 晚于今天（{clock.today()}），请检查手机的日期。")
            found[name] = day.isoformat() if day else None
        elif name == "note":
            found[name] = common.text_of(value, 500, "记录")
        else:
            raise BadInput("fieldwork.field", f"走访单没有这一项：{str(name)[:24]}。")
    return found


def write(
    actor: Actor,
    key: str,
    employer: Any,
    fields: Mapping[str, Any],
    *,
    uid: str,
    base: int | None,
    device: str = "",
    seq: int = 0,
    made: datetime,
) -> tuple[Doc, list[Clash]]:
    """Merge into the visit order, then let the visit, the spot and the follow-up show it."""
    known = Doc.objects.filter(key=key).select_related("employer__union", "employer__merged_into").first()
    if known is not None:
        if known.kind != DocKind.VISIT:
            raise NotFound()
        employer = common.survivor_of(known.employer)
        actor.require(Perm.VISIT_EDIT, employer.union)
    elif employer is None:
        raise BadInput("fieldwork.employer", "新的走访单要说明是哪个单位。")
    doc = docs.doc_of(DocKind.VISIT, key, employer)
    given = dict(fields)
    if known is None:
        given = {"purpose": Purpose.BUILD.value, "state": VisitState.PLANNED.value, **given}
    found = docs.write(doc, ref=actor.ref, fields=given, uid=uid, base=base, device=device, seq=seq, made=made)
    open_ = docs.clashes_follow(doc, found, actor.user_id)
    return doc, open_ + show(actor, doc, found)


def show(actor: Actor, doc: Doc, found: Merged) -> list[Clash]:
    """The visit as the merge says, and what follows from it."""
    held = reads.values(found)
    columns = {k: v for k, v in held.items() if k not in DAYS} | {k: common.day_of(held.get(k), v) for k, v in DAYS.items() if k in held}
    user = actor.user_id or 0
    visit = Visit.objects.filter(doc=doc).first()
    if visit is None:
        visit = Visit.objects.create(doc=doc, employer=doc.employer, user_id=user, **columns)
    else:
        Visit.objects.filter(pk=visit.pk).update(**columns, employer=doc.employer)
        visit.refresh_from_db()
    if visit.state != VisitState.DONE:
        return []
    Visit.objects.filter(pk=visit.pk).update(card_complete=_complete(doc.employer))
    care = follow_ups.follow(actor, doc.employer, visit.user_id, next_visit=visit.next_visit, stage=visit.maturity)
    jumped = visit.maturity and care.until is None and follow_ups.ORDER.index(visit.maturity) > follow_ups.ORDER.index(care.stage)
    why = f"成熟度现在是“{care.get_stage_display()}”，不能跳到“{visit.get_maturity_display()}”。请按四步推进。"
    return _spot(actor, doc, visit) + ([docs.refused(doc, "maturity", why, visit.user_id)] if jumped else [])


def _complete(employer: Any) -> bool:
    return all(card.complete for card in employers.cards_of(employer))


def _spot(actor: Actor, doc: Doc, visit: Visit) -> list[Clash]:
    """The blank spot learns the result; what it does not take is kept as a conflict."""
    spot = doc.employer.spots.filter(until=None).select_related("employer__union").first()
    state = SPOT.get(Outcome(visit.outcome)) if visit.outcome else None
    if spot is None or state is None or spot.state == SpotState.PREPARING:
        return []
    ahead = max(visit.next_visit, clock.today()) if visit.next_visit else None
    reason = SPOT_REASON.get(Declined(visit.refusal), "") if visit.refusal else ""
    wanted = (state, reason, visit.proposed_form, ahead)
    if (spot.state, spot.reason, spot.planned_form, spot.next_visit) == wanted:
        return []
    try:
        with transaction.atomic():
            orgs.spot_record(
                actor=actor, spot=spot, state=state, reason=reason or ("other" if state == SpotState.NOT_YET else ""),
                planned_form=visit.proposed_form, next_visit=ahead, next_step=visit.note[:60],
            )  # fmt: skip
    except Refusal as refusal:
        return [docs.refused(doc, "outcome", refusal.message, actor.user_id)]
    return []


@transaction.atomic
def visit_order(*, actor: Actor, employer: Any, user_id: int, purpose: str, planned_on: date) -> Visit:
    """An officer orders a visit (派走访单). Raises: NotPermitted; RuleViolation."""
    actor.require(Perm.PORTFOLIO_EDIT, employer.union)
    fields = clean({"purpose": purpose, "planned_on": planned_on.isoformat(), "state": VisitState.PLANNED.value})
    key = str(uuid4())
    doc = docs.doc_of(DocKind.VISIT, key, employer)
    docs.write(doc, ref=actor.ref, fields=fields, uid=f"order:{key}")
    visit = Visit.objects.create(doc=doc, employer=employer, user_id=user_id, purpose=purpose, planned_on=planned_on)
    audit.record(actor, "fieldwork.visit.ordered", visit, org_path=employer.union.path, organiser=user_id, purpose=purpose, on=planned_on)
    return visit


@transaction.atomic
def visit_edit(*, actor: Actor, visit: Visit, base: int, fields: Mapping[str, Any], uid: str = "") -> list[Clash]:
    """The desk changes a visit order (改走访单) against the version it was shown. Returns the conflicts that are open now."""
    employer = common.survivor_of(visit.employer)
    actor.require(Perm.VISIT_EDIT, employer.union)
    doc = Doc.objects.select_for_update().get(pk=visit.doc_id)
    now = reads.values(reads.merged(doc))
    given = {k: v for k, v in clean(fields).items() if now.get(k, "") != v and not (v in ("", None, []) and not now.get(k))}
    found = docs.write(doc, ref=actor.ref, fields=given, uid=uid or f"desk:{uuid4().hex}", base=base)
    open_ = docs.clashes_follow(doc, found, visit.user_id)
    made = open_ + show(actor, doc, found)
    audit.record(actor, "fieldwork.visit.edited", visit, org_path=employer.union.path, fields=sorted(given), base=base, clashes=len(made))
    return made


def next_day(today: date) -> date:
    """When to come again if nobody says (默认下次走访). Source: policy fieldwork.visit_gap_days."""
    return today + timedelta(days=values.number("fieldwork.visit_gap_days", today))
