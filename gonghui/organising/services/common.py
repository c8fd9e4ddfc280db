"""What the services of a case share (公用): who may work on it, the lock, moving on with the step's record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from gonghui.core import clock
from gonghui.core.errors import NotFound, NotPermitted, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.organising import flows
from gonghui.organising.enums import ENDED, CaseState, Outcome, Perm
from gonghui.organising.models import Case, CaseStep
from gonghui.organising.selectors import cases as reads
from gonghui.organising.selectors import policy_values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def violate(code: str, message: str, **facts: Any) -> NoReturn:
    raise RuleViolation(f"organising.{code}", message, **facts)


def not_future(day: date, what: str = "日期") -> None:
    if day > clock.today():
        violate("future", f"{what} {day} 晚于今天（{clock.today()}）。请在当天或之后登记。")


def signed(actor: Actor) -> Actor:
    """The same person with the platform's hand: for acts that the approval already given allows. The log keeps the person's name."""
    return replace(actor, is_system=True, memo={})


def leads(actor: Actor, case: Case) -> bool:
    """Does the actor lead this case as chair-to-be (筹备组组长)?"""
    return actor.person_id is not None and case.leader_id == actor.person_id


def may_work(actor: Actor, case: Case) -> None:
    """An officer of the place, or the leader of the preparation group. Raises: NotFound, NotPermitted."""
    if leads(actor, case) or actor.may(Perm.CASE_EDIT, case.org):
        return
    if actor.person_id is not None and not actor.is_officer:
        raise NotFound()
    actor.require(Perm.CASE_EDIT, case.org)


def locked(case: Case) -> Case:
    """The case as it is now, locked."""
    rows = Case.objects.select_for_update(of=("self",))
    return rows.select_related("employer", "union", "org", "parent", "approver").get(pk=case.pk)


def the(union: Any) -> Any:
    """A union that must be there at this step."""
    if union is None:
        violate("no_union", "这件事还没有对应的工会，不能办这一步。")
    return union


def at_step(case: Case, *states: str) -> None:
    """Refuse what belongs to another step."""
    if case.state not in states:
        wanted = "、".join(str(CaseState(s).label) for s in states)
        violate(
            "wrong_step",
            f"这件事现在是“{case.get_state_display()}”，不能办这一步（{wanted}）。请刷新后按页面上的步骤办理。",
            state=case.state,
        )


def who_acts(case: Case, state: str) -> str:
    """Whose turn it is, in words (由谁办)."""
    leader = f"筹备组组长{case.chair_name}" if case.chair_name else "筹备组"
    approver = case.approver.name if case.approver is not None else "上一级工会"
    words: dict[str, str] = {
        CaseState.APPLICATION: leader if case.chair_name else "工建指导员或属地工会",
        CaseState.PENDING: approver,
        CaseState.GROUP: leader,
        CaseState.RECRUITING: leader,
        CaseState.MEETING: leader,
        CaseState.RESULT: approver,
        CaseState.EXECUTE: case.org.name,
        CaseState.FILING: "登记机关",
        CaseState.SETUP: leader,
    }
    return words.get(state, "")


def open_step(actor: Actor, case: Case, state: str, on: date | None = None) -> CaseStep:
    """Begin the record of a step with its due date."""
    day = on or clock.today()
    ended = state in {str(s) for s in ENDED}
    return CaseStep.objects.create(
        case=case,
        state=state,
        round=case.steps.filter(state=state).count() + 1,
        since=day,
        until=None,
        due_on=None if ended else policy_values.due(state, day, case.org),
        who=who_acts(case, state)[:80],
        actor=actor.ref[:40],
        at=clock.now(),
    )


def move(
    actor: Actor,
    case: Case,
    to: str,
    *,
    outcome: str = Outcome.DONE,
    reason: str = "",
    document_no: str = "",
    changes: dict[str, Any] | None = None,
) -> Case:
    """Close the running step and begin the next: compare-and-set, one audit entry (推进环节)."""
    today = clock.today()
    values = dict(changes or {})
    if to in {str(s) for s in ENDED}:
        values["closed_on"] = today
    flows.CASE.advance(case, to, actor=actor, org_path=case.org.path, changes=values, reason=reason, document_no=document_no)
    CaseStep.objects.filter(case=case, until=None).update(
        until=today, outcome=outcome, reason=reason[:300], document_no=document_no[:60], actor=actor.ref[:40]
    )
    open_step(actor, case, to, today)
    return case


def tell(actor: Actor, case: Case, title: str, body: str = "") -> None:
    """The chair-to-be hears what happened."""
    if case.leader_id is not None:
        link = f"/m/organising/cases/{case.pk}/"
        notices.notice_send(actor, kind=NoticeKind.RESULT, title=title[:80], body=body, link=link, persons=[case.leader_id])


def forbid_own(actor: Actor, case: Case) -> None:
    """Nobody decides on what he made."""
    if actor.ref == case.maker:
        raise NotPermitted("organising.own_case", "不能审批自己经办的事项。请由别人办理。")


__all__ = [
    "at_step",
    "forbid_own",
    "leads",
    "locked",
    "may_work",
    "move",
    "not_future",
    "open_step",
    "reads",
    "signed",
    "tell",
    "the",
    "violate",
]
