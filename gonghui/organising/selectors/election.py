"""The recorded election held against the rules (选举结果核对), each with its slip. Source: ELE, CON-27, TUL-10, TUL-16, R001."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gonghui.core import clock, workdays
from gonghui.organising.enums import JOINT_FORMS, Form
from gonghui.organising.models import Case, Meeting
from gonghui.organising.selectors import policy_values
from gonghui.orgs.enums import Body, PostTitle, Sector
from gonghui.policy.services import Decision


@dataclass(frozen=True)
class Check:
    """One thing looked at (一项核对)."""

    label: str
    slip: Decision | None
    ok: bool | None
    text: str = ""

    @property
    def blocks(self) -> bool:
        return self.slip is not None and self.slip.blocks

    @property
    def word(self) -> str:
        return {True: "符合", False: "不符合", None: "不能判断"}[self.ok]

    @property
    def tone(self) -> str:
        return "ok" if self.ok else "bad" if self.blocks else "warn"


def lines(entitled: int, seats: int | None) -> dict[str, Any]:
    """What is needed at least: to attend, to be elected, as candidates (最少人数和票数)."""
    day = clock.today()
    attend = policy_values.decide("organising.attendance", {"entitled": entitled, "present": 0}, day)
    votes = policy_values.decide("organising.elected", {"entitled": entitled, "votes": 0}, day)
    found = {"least_present": _nearest(attend), "least_votes": _nearest(votes)}
    if seats:
        differ = policy_values.decide("organising.candidates", {"seats": seats, "candidates": seats + 1}, day)
        found["least_candidates"] = int(differ.values["least"]) if differ is not None else None
    return {k: v for k, v in found.items() if v is not None}


def _nearest(decision: Decision | None) -> int | None:
    return int(decision.nearest.after) if decision is not None and decision.nearest is not None else None


def checks_of(case: Case, meeting: Meeting) -> list[Check]:
    """All checks of a recorded election, failing ones first."""
    day, org = meeting.held_on, case.org
    found: list[Check] = []

    def ask(label: str, key: str, facts: dict[str, Any], text: str = "") -> None:
        slip = policy_values.decide(key, facts, day, org)
        if slip is not None:
            found.append(Check(label, slip, slip.outcome, text))

    ask("到会人数", "organising.attendance", {"entitled": meeting.entitled, "present": meeting.present})
    results = list(meeting.results.all())
    if case.form != Form.ORGANISER:
        ask("委员名额", "orgs.committee_size", {"members": meeting.members, "seats": meeting.seats})
        ask("候选人差额", "organising.candidates", {"seats": meeting.seats, "candidates": meeting.candidates})
        ask("任期", "orgs.term_years", {"kind": "grassroots", "years": meeting.years})
        _women(results, found, day, org)
    if case.form in JOINT_FORMS:
        firms = case.units.count() + 1
        facts = {"units": firms, "largest_members": _largest(case), "reason_recorded": bool(case.reason.strip())}
        ask("联合建会的条件", "orgs.joint_form", facts)
    for row in results:
        _person(case, meeting, row, ask)
    found += _counts(case, meeting, results)
    return sorted(found, key=lambda c: (c.ok is not False, not c.blocks, c.ok is not None))


def _largest(case: Case) -> int:
    """Members of the unit that has most of them, counted from the applicants."""
    held: dict[int, int] = {}
    for pk in case.applicants.filter(left_at=None, signed_at__isnull=False).values_list("employer_id", flat=True):
        if pk is not None:
            held[pk] = held.get(pk, 0) + 1
    return max(held.values(), default=0)


def _person(case: Case, meeting: Meeting, row: Any, ask: Any) -> None:
    name = row.person.name
    if row.elected:
        facts = {"entitled": meeting.entitled, "votes": row.votes, "issued": meeting.issued, "returned": meeting.returned}
        ask(f"{name}的票数", "organising.elected", facts)
    if row.body == Body.COMMITTEE:
        public = case.employer is not None and case.employer.sector == Sector.PUBLIC
        facts = {
            "unit_kind": "institution" if public else "enterprise", "relative": row.relative, "admin_head": row.admin_leader,
            "legal_rep": row.admin_leader, "partner": False, "retained": False,
        }  # fmt: skip
        ask(f"{name}的候选资格", "orgs.committee_member_eligible", facts)
    if row.body == Body.AUDIT and row.elected:
        held = [r for r in meeting.results.all() if r.person_id == row.person_id and r.elected and r.body == Body.COMMITTEE]
        post = next((r.title for r in held if r.title in {PostTitle.CHAIR, PostTitle.VICE}), "other")
        ask(f"{name}任经审委员", "finance.audit_committee_members", {"post": str(post), "same_session": True})


def _women(results: list[Any], found: list[Check], day: Any, org: Any) -> None:
    """Ten women members or more ask for a committee of their own; it may follow later, so it only reminds."""
    women = sum(1 for r in results if r.elected and r.body == Body.WOMEN)
    seat = any(r.elected and r.title == PostTitle.WOMEN_MEMBER for r in results)
    if not women and not seat:
        found.append(Check("女职工组织", None, None, "还没有登记女职工委员会或女职工委员，请随后补上。"))


def _counts(case: Case, meeting: Meeting, results: list[Any]) -> list[Check]:
    """Numbers that must fit together, and the days of posting."""
    found = []
    chairs = [r for r in results if r.elected and r.body == Body.COMMITTEE and r.title in {PostTitle.CHAIR, PostTitle.ORGANISER}]
    found.append(Check("主席（组织员）", None, len(chairs) == 1, "应正好选出一名。" if len(chairs) != 1 else ""))
    if case.form != Form.ORGANISER:
        seated = sum(1 for r in results if r.elected and r.body == Body.COMMITTEE)
        found.append(Check("当选人数", None, seated <= meeting.seats, f"名额 {meeting.seats}，登记当选 {seated}"))
    days = policy_values.number("organising.posting_days", meeting.held_on, case.org.area)
    if days is not None and meeting.posted_on is not None:
        had = workdays.between(meeting.posted_on, meeting.held_on) + 1
        found.append(Check("候选人公示", None, had >= days, f"公示 {had} 个工作日，标准 {days} 个（待核对原文，只提醒）"))
    return found


def hard(checks: list[Check]) -> list[Check]:
    """What stops the report: binding rules that are not met, and numbers that do not fit."""
    must = {"主席（组织员）", "当选人数"}
    return [c for c in checks if c.blocks or (c.label in must and c.ok is False)]
