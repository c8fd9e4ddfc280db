"""The organiser's day (今日走访): whom to see, in which order, and why; and what the phone takes along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Max, QuerySet

from gonghui.core import clock
from gonghui.fieldwork.enums import ClashState, HelpState, Perm, VisitState
from gonghui.fieldwork.models import Clash, Doc, FollowUp, HelpRequest, Visit
from gonghui.fieldwork.rules import route as rules
from gonghui.fieldwork.selectors import desk, docs, values
from gonghui.orgs.enums import UnionKind
from gonghui.orgs.rules import cards
from gonghui.orgs.selectors import unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

JOINABLE = (UnionKind.JOINT, UnionKind.HERDER, UnionKind.COOPERATIVE, UnionKind.REGIONAL, UnionKind.INDUSTRY, UnionKind.VILLAGE_FEDERATION)
Point = tuple[float, float] | None


@dataclass
class Line:
    """One employer of the day (今日一家)."""

    care: FollowUp
    stop: rules.Stop
    spot: Any
    visit: Visit | None
    last: date | None
    cards: list[cards.Card]

    @property
    def employer(self) -> Any:
        return self.care.employer

    @property
    def complete(self) -> bool:
        return all(c.complete for c in self.cards)


def follow_ups_of(actor: Actor, user_id: int) -> QuerySet[FollowUp]:
    """Open follow-ups of an organiser that lie inside the reader's rights."""
    rows = FollowUp.objects.filter(
        actor.within(Perm.VISIT_VIEW, "employer__union"), user_id=user_id, until=None, employer__written_off_on=None
    )
    return rows.select_related("employer__union").prefetch_related("employer__blocks")


def day(actor: Actor, user_id: int, here: Point = None, most: int | None = None) -> list[Line]:
    """Today's route (今日走访): most overdue, most promising, nearest first. Source: policy fieldwork.route_*."""
    today = clock.today()
    rows = list(follow_ups_of(actor, user_id))
    ids = [r.employer_id for r in rows]
    spots = _spots(rows)
    planned: dict[int, Visit] = {}
    for visit in Visit.objects.filter(user_id=user_id, employer_id__in=ids, state=VisitState.PLANNED).order_by("-planned_on", "-pk"):
        planned[visit.employer_id] = visit
    last = dict(
        Visit.objects.filter(employer_id__in=ids, state=VisitState.DONE).order_by().values_list("employer_id").annotate(d=Max("visited_on"))
    )
    places = [_place(r, spots.get(r.employer_id), planned.get(r.employer_id), last.get(r.employer_id)) for r in rows]
    stops = rules.route(places, today, values.weights(today), here)
    by_employer = {r.employer_id: r for r in rows}
    fresh = values.number("orgs.card_fresh_days", today)
    chosen = stops[: most if most is not None else len(stops)]
    return [
        Line(
            by_employer[s.key], s, spots.get(s.key), planned.get(s.key), last.get(s.key), _cards(by_employer[s.key].employer, today, fresh)
        )
        for s in chosen
    ]


def _spots(rows: Iterable[FollowUp]) -> dict[int, Any]:
    firms = [r.employer for r in rows]
    if not firms:
        return {}
    model: Any = type(firms[0])._meta.get_field("spots").related_model
    return {s.employer_id: s for s in model._default_manager.filter(employer__in=firms, until=None)}


def _place(row: FollowUp, spot: Any, visit: Visit | None, last: date | None) -> rules.Place:
    days = [d for d in (row.next_visit, spot.next_visit if spot else None, visit.planned_on if visit else None) if d is not None]
    firm = row.employer
    at = (firm.latitude, firm.longitude) if firm.latitude is not None and firm.longitude is not None else None
    return rules.Place(row.employer_id, min(days) if days else None, spot.state if spot else "built", at, last)


def _cards(employer: Any, today: date, fresh: int) -> list[cards.Card]:
    held = docs.register_values(employer)
    latest = {kind: {b: (v, on, "") for b, (v, on, _at) in held[kind].items()} for kind in held}
    return [cards.card(kind, latest[kind], today, fresh) for kind in docs.cards_of(employer)]


def unions_to_join(actor: Actor) -> list[tuple[int, str]]:
    """Unions an organiser may take applications for on site: joint, regional, herders' and the like."""
    rows = unions.union_visible(actor).filter(kind__in=JOINABLE, ended_on=None).order_by("name")
    return list(rows.values_list("pk", "name")[:60])


def pack(actor: Actor, user_id: int, known: dict[str, Doc], lines: list[Line]) -> dict[str, Any]:
    """What the phone takes along (手机随身资料): the day's employers with cards and versions, open visits, conflicts. No phone number."""
    today = clock.today()
    visits = list(
        Visit.objects.filter(user_id=user_id, employer_id__in=[x.care.employer_id for x in lines])
        .exclude(state=VisitState.CANCELLED)
        .select_related("doc")
        .order_by("-pk")[:200]
    )
    shown = docs.merged_many([*known.values(), *(v.doc for v in visits)])
    helps = HelpRequest.objects.filter(user_id=user_id, state=HelpState.ANSWERED).select_related("employer").order_by("-answered_at")[:10]
    clashes = desk.clash_list(actor=actor).filter(user_id=user_id, state=ClashState.OPEN)[:50]
    return {
        "today": today.isoformat(),
        "employers": [_employer(x, known, shown) for x in lines],
        "visits": [_visit(v, shown) for v in visits],
        "unions": [{"id": pk, "name": name} for pk, name in unions_to_join(actor)],
        "clashes": [_clash(c) for c in clashes],
        "helps": [{"employer": h.employer.name, "words": h.words, "answer": h.answer} for h in helps],
    }


def _employer(line: Line, known: dict[str, Doc], shown: dict[int, Any]) -> dict[str, Any]:
    firm, spot = line.employer, line.spot
    found = {}
    for card in line.cards:
        doc = known.get(docs.card_key(firm.pk, card.kind))
        found[card.kind] = {
            "version": doc.version if doc else 0,
            "fields": docs.values(shown[doc.pk]) if doc and doc.pk in shown else {},
            "stale": [b.key for b in card.blocks if b.value and not b.fresh],
        }
    return {
        "id": firm.pk, "name": firm.name, "address": firm.address, "industry": firm.industry, "headcount": firm.headcount,
        "operator": firm.operator_name, "two_new": firm.two_new, "organised": firm.organised, "union": firm.union.name,
        "at": [firm.latitude, firm.longitude] if firm.latitude is not None and firm.longitude is not None else None,
        "spot": spot.get_state_display() if spot else ("已建会" if firm.organised else ""), "step": spot.next_step if spot else "",
        "planned_form": spot.planned_form if spot else "", "promise": spot.state if spot else "built",
        "due": min([d for d in (line.care.next_visit, spot.next_visit if spot else None) if d], default=None),
        "stage": line.care.stage, "reason": line.stop.reason, "points": line.stop.points, "cards": found,
    }  # fmt: skip


def _visit(visit: Visit, shown: dict[int, Any]) -> dict[str, Any]:
    return {"key": visit.doc.key, "employer": visit.employer_id, "version": visit.doc.version, "fields": docs.values(shown[visit.doc_id])}


def _clash(row: Clash) -> dict[str, Any]:
    return {
        "id": row.pk, "kind": row.kind, "title": row.get_kind_display(), "employer": _of_whom(row),
        "why": row.why, "text": bool(row.kind == "value" and desk.mixes(row)),
        "sides": [{"uid": s.uid, "field": s.field, "value": s.value, "who": s.who, "at": s.at.astimezone(clock.SHANGHAI).isoformat(), "device": s.device} for s in desk.sides_of(row)],
    }  # fmt: skip


def _of_whom(row: Clash) -> str:
    if row.employer is not None:
        return row.employer.name
    return f"现场入会：{row.join.name}" if row.join is not None else "现场入会"
