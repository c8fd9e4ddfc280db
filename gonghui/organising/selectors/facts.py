"""Values for the documents of a case (文书取数): one superset from the register; each kind takes what it declares."""

from __future__ import annotations

from typing import Any

from gonghui.core import clock
from gonghui.documents import kinds
from gonghui.organising import rules
from gonghui.organising.enums import CaseKind
from gonghui.organising.models import Case
from gonghui.organising.selectors import cases, election, policy_values, splits
from gonghui.orgs.enums import Body, PostTitle
from gonghui.orgs.selectors import terms

POSTS = {
    (Body.COMMITTEE, PostTitle.CHAIR): "主席",
    (Body.COMMITTEE, PostTitle.VICE): "副主席",
    (Body.COMMITTEE, PostTitle.MEMBER): "委员",
    (Body.COMMITTEE, PostTitle.WOMEN_MEMBER): "女职工委员",
    (Body.AUDIT, PostTitle.CHAIR): "主任",
    (Body.WOMEN, PostTitle.CHAIR): "主任",
}


def facts_for(kind: str, case: Case) -> dict[str, Any]:
    """What the kind declares, as far as the register knows it."""
    wanted = {f.name for f in kinds.get(kind).fields}
    found = {**_case(case), **_people(case), **_election(case, wanted)}
    if "registrar" in wanted:
        found["registrar"] = cases.registrar_of(case).name
    return {name: found[name] for name in wanted if found.get(name) not in (None, "", [])}


def _case(case: Case) -> dict[str, Any]:
    firm = case.employer
    project = f"{case.planned_start}–{case.planned_end}" if case.planned_start and case.planned_end else ""
    return {
        "unit": firm.name if firm is not None else case.name,
        "address": firm.address if firm is not None else case.org.address,
        "headcount": firm.headcount if firm is not None else None,
        "women": firm.women_headcount if firm is not None else None,
        "union": case.name,
        "short": case.name.removesuffix("委员会"),
        "form": case.get_form_display() if case.form else case.get_kind_display(),
        "matter": case.get_kind_display(),
        "reason": case.reason.rstrip("。"),
        "approver": (case.approver or case.org).name,
        "parent": (case.parent or case.org).name,
        "leader": case.chair_name,
        "host": case.host.name if case.host is not None else "",
        "target": case.target.name if case.target is not None else "",
        "project": project,
        "congress_on": case.congress_on,
        "parts": [{"name": line.name, "units": line.words, "members": line.members} for line in splits.lines(case.union, case.parts)],
        "prepare_no": case.prepare_no,
        "result_no": case.result_no,
        "approved_on": case.approved_on,
        "units": [
            {"name": u.employer.name, "workers": u.employer.headcount, "reason": u.reason}
            for u in case.units.select_related("employer").order_by("pk")
        ],
        "posting_days": policy_values.number("organising.posting_days", clock.today(), case.org.area),
    }


def _people(case: Case) -> dict[str, Any]:
    rows = [a for a in cases.applicants(case).select_related("employer") if a.signed_at is not None]
    people = [
        {
            "name": a.person.name,
            "sex": a.person.get_sex_display(),
            "unit": a.employer.name if a.employer is not None else "",
            "id_mask": a.person.id_mask,
            "signed": f"{a.signed_at:%Y-%m-%d}",
        }
        for a in rows
    ]
    members = len(people)
    if case.union is not None and case.kind == CaseKind.REBUILD:
        signed = {a.person_id for a in rows}
        kept = case.union.memberships.filter(until=None).exclude(person_id__in=signed).select_related("person").order_by("pk")
        unit = case.employer.name if case.employer is not None else ""
        people += [
            {"name": m.person.name, "sex": m.person.get_sex_display(), "unit": unit, "id_mask": m.person.id_mask, "signed": "原有会员"}
            for m in kept
        ]
        members = len(people)
    elif case.union is not None and not people:
        members = case.union.memberships.filter(until=None).count()
    return {"people": people, "members": members or None}


LEAST = frozenset({"least_present", "least_votes", "least_candidates"})


def _election(case: Case, wanted: set[str]) -> dict[str, Any]:
    meeting = cases.meeting_of(case)
    found: dict[str, Any] = {"meeting": "会员代表大会" if meeting is not None and meeting.delegates else "会员大会"}
    if meeting is None:
        return found | (_expected(case) if wanted & {*LEAST, "seats"} else {})
    elected = [r for r in meeting.results.all() if r.elected]
    chair = next((r for r in elected if r.body == Body.COMMITTEE and r.title in {PostTitle.CHAIR, PostTitle.ORGANISER}), None)
    term = terms.latest(case.union) if case.union is not None else None
    found |= {
        "held_on": meeting.held_on,
        "place": meeting.place,
        "posted_on": meeting.posted_on,
        "entitled": meeting.entitled,
        "present": meeting.present,
        "issued": meeting.issued,
        "returned": meeting.returned,
        "years": meeting.years,
        "seats": meeting.seats,
        "chair_by": "由大会直接选举" if meeting.chair_by == "meeting" else "由委员会选举",
        "chair": chair.person.name if chair is not None else "",
        "elected": [
            {
                "name": r.person.name,
                "sex": r.person.get_sex_display(),
                "body": r.get_body_display(),
                "post": POSTS.get((r.body, r.title), r.get_title_display()),
                "votes": r.votes,
            }
            for r in elected
        ],
        "candidates": [{"name": r.person.name, "post": r.get_body_display() + "委员"} for r in meeting.results.all()],
        "term_end": term.until if term is not None else None,
    }
    if "checks" in wanted:
        found["checks"] = [{"label": c.label, "result": c.word} for c in election.checks_of(case, meeting)]
    return found | (election.lines(meeting.entitled, meeting.seats) if wanted & LEAST else {})


def _expected(case: Case) -> dict[str, Any]:
    """Before the meeting: what the rules ask for this number of members."""
    members = len(cases.voters(case))
    if not members or case.form in rules.INNER_FORMS:
        return {}
    size = policy_values.decide("orgs.committee_size", {"members": members}, clock.today(), case.org)
    least = size.values.get("least") if size is not None else None
    seats = int(least) if least is not None else None
    return ({"seats": seats} | election.lines(members, seats)) if seats else {}
