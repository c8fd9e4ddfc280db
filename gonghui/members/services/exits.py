"""Ways out (退会、视为退会、开除、去世). Source: CON-6-1, CON-6-2, CON-7-1; policy members.leave_is_free, deemed_left, expulsion."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.members import flows
from gonghui.members.enums import LIVE_TRANSFERS, ExitKind, ExitState, Perm, TransferState
from gonghui.members.models import Exit, Membership, Transfer
from gonghui.members.rules import exits as rules
from gonghui.members.selectors import policy_values
from gonghui.members.services import cards, slips, spells
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

EVIDENCE = frozenset(
    "dues_unpaid_from absent_from educated_on unchanged_on no_good_reason judgment_no group_on committee_on filed_on announced_on card_back reason".split()
)


@transaction.atomic
def leave(*, actor: Actor, membership: Membership, reason: str = "") -> Exit:
    """The member declares to leave (本人退会): a declaration, free, nobody can refuse it (CON-6-1). The card is cancelled.

    Raises: RuleViolation members.not_own_will when anybody else tries.
    """
    spell = spells.lock(membership)
    own = actor.person_id == spell.person_id
    decision = slips.ask("members.leave_is_free", {"declared_by_member": own}, on=clock.today(), union=spell.union)
    if not own:
        raise RuleViolation("members.not_own_will", "退会要由会员本人声明，别人不能代办。" + slips.sentence(decision))
    row = _open(actor, spell, ExitKind.LEFT, clock.today(), reason=reason.strip()[:200], slip=decision.key)
    return _finish(actor, row, spell)


@transaction.atomic
def exit_open(*, actor: Actor, membership: Membership, kind: str, on: date, **evidence: Any) -> Exit:
    """Begin deemed leaving, expulsion or a death entry (立案). Nothing happens to the membership yet."""
    spell = spells.lock(membership)
    actor.require(Perm.MEMBER_EDIT, spell.union)
    if kind == ExitKind.LEFT:
        raise RuleViolation("members.not_own_will", "退会要由会员本人声明，请本人在手机“退会”里办理。")
    _not_future(on, *[v for v in evidence.values() if isinstance(v, date)])
    return _open(actor, spell, kind, on, **_known(evidence))


@transaction.atomic
def exit_record(*, actor: Actor, case: Exit, **evidence: Any) -> Exit:
    """Add what is on record (登记条件): dates and papers, one by one."""
    row = Exit.objects.select_for_update(of=("self",)).select_related("union").get(pk=case.pk)
    actor.require(Perm.MEMBER_EDIT, row.union)
    if row.state != ExitState.OPEN:
        raise Conflict("core.wrong_state", f"这件事现在是“{row.get_state_display()}”，不能再改。")
    _not_future(*[v for v in evidence.values() if isinstance(v, date)])
    for name, value in _known(evidence).items():
        setattr(row, name, value)
    row.save(update_fields=list(evidence))
    audit.record(actor, "members.exit.recorded", row, org_path=row.union.path, fields=sorted(evidence))
    return row


def missing_of(row: Exit, on: date | None = None) -> list[str]:
    """What is not on record yet (还缺什么)."""
    day = on or clock.today()
    if row.kind == ExitKind.DEEMED:
        months = policy_values.number("members.inactive_months", day, row.union)
        facts = rules.DeemedFacts(row.dues_unpaid_from, row.absent_from, row.educated_on, row.unchanged_on, row.no_good_reason)
        return rules.deemed_missing(facts, on=day, months=months)
    if row.kind == ExitKind.EXPELLED:
        return rules.expel_missing(judgment_no=row.judgment_no, group_on=row.group_on, committee_on=row.committee_on, filed_on=row.filed_on)
    return []


def slip_of(row: Exit) -> Any:
    """The decision slip behind the case (决定单), or None for a death."""
    day = clock.today()
    if row.kind == ExitKind.DEEMED:
        facts: dict[str, Any] = {
            "months_without_dues": rules.months_between(row.dues_unpaid_from, day),
            "months_without_life": rules.months_between(row.absent_from, day),
            "educated": row.educated_on is not None and row.unchanged_on is not None,
        }
        return slips.ask("members.deemed_left", facts, on=day, union=row.union)
    if row.kind == ExitKind.EXPELLED:
        facts = {
            "serious_crime": bool(row.judgment_no),
            "group_discussed": row.group_on is not None,
            "committee_decided": row.committee_on is not None,
        }
        return slips.ask("members.expulsion", facts, on=day, union=row.union)
    return slips.ask("members.leave_is_free", {"declared_by_member": True}, on=day, union=row.union) if row.kind == ExitKind.LEFT else None


@transaction.atomic
def exit_decide(*, actor: Actor, case: Exit) -> Exit:
    """Conclude the case (办结): only when every condition is on record, and by somebody other than who opened it.

    Raises: RuleViolation members.exit_missing with what is missing, members.maker_decides; Conflict.
    """
    row = Exit.objects.select_for_update(of=("self",)).select_related("union").get(pk=case.pk)
    actor.require(Perm.APPLICATION_DECIDE, row.union)
    if row.kind != ExitKind.DIED and actor.ref == row.opened_by:
        raise RuleViolation("members.maker_decides", "立案的人不能自己办结，请由另一位负责人办理。")
    missing, slip = missing_of(row), slip_of(row)
    if missing or (slip is not None and slip.outcome is not True):
        words = "；".join(missing) or slips.sentence(slip)
        raise RuleViolation("members.exit_missing", f"条件还没有记全，不能办结：{words}。", missing=missing)
    spell = Membership.objects.select_related("union").filter(person_id=row.person_id, until=None).first()
    if spell is None:
        raise Conflict("members.spell_moved", "这个人现在没有会籍。请终止这件办理。")
    return _finish(actor, row, spells.lock(spell))


@transaction.atomic
def exit_drop(*, actor: Actor, case: Exit, reason: str) -> Exit:
    """Give the case up (终止办理): the member came back, paid, or the ground fell away."""
    actor.require(Perm.MEMBER_EDIT, case.union)
    changes = {"reason": reason.strip()[:200], "closed_on": clock.today(), "decided_by": actor.ref}
    return flows.EXIT.advance(case, ExitState.DROPPED, actor=actor, org_path=case.union.path, changes=changes)


def _open(actor: Actor, spell: Membership, kind: str, on: date, **values: Any) -> Exit:
    try:
        with transaction.atomic():
            row = Exit.objects.create(
                person_id=spell.person_id, union=spell.union, kind=kind, declared_on=on, opened_by=actor.ref, **values
            )
    except IntegrityError as fault:
        raise Conflict("members.exit_open", "这名会员已有一件退出办理在进行，请先办结。") from fault
    audit.record(actor, "members.exit.opened", row, org_path=spell.union.path, kind=kind, on=on)
    return row


def _finish(actor: Actor, row: Exit, spell: Membership) -> Exit:
    today = clock.today()
    slip = slip_of(row)
    changes: dict[str, Any] = {
        "closed_on": today,
        "decided_by": actor.ref,
        "announced_on": row.announced_on or today,
        "slip": slip.key if slip else "",
    }
    flows.EXIT.advance(row, ExitState.DONE, actor=actor, org_path=row.union.path, changes=changes)
    ended = {ExitKind.LEFT: "left", ExitKind.DEEMED: "deemed_left", ExitKind.EXPELLED: "expelled", ExitKind.DIED: "died"}[
        ExitKind(row.kind)
    ]
    on = max(row.declared_on, spell.since) if row.kind == ExitKind.DIED else today
    spells.end_spell(actor=actor, spell=spell, on=on, ended=ended)
    cards.cancel_live(actor=actor, person_id=row.person_id, why=row.get_kind_display())
    Transfer.objects.filter(person_id=row.person_id, state__in=LIVE_TRANSFERS).update(
        state=TransferState.WITHDRAWN, reason=row.get_kind_display(), decided_on=today, decided_by=actor.ref
    )
    if row.kind in (ExitKind.DEEMED, ExitKind.EXPELLED):
        body = f"{row.union.name}办结：{row.get_kind_display()}。您可以申辩，也可以向上一级工会反映。"
        notices.notice_send(
            actor, kind=NoticeKind.RESULT, title=row.get_kind_display(), body=body, link="/m/members/", persons=[row.person_id]
        )
    return row


def _known(evidence: dict[str, Any]) -> dict[str, Any]:
    if strangers := set(evidence) - EVIDENCE:
        raise TypeError(f"exit: {sorted(strangers)}")
    return evidence


def _not_future(*days: date) -> None:
    for day in days:
        if day > clock.today():
            raise RuleViolation("members.future", f"日期 {day} 晚于今天（{clock.today()}）。请在当天或之后登记。")
