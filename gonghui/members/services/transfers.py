"""Transfers (转会, S042): membership follows the labour relation; both sides confirm; nobody is lost or counted twice.

Source: CON-5-1, MEM-3-1, MEM-8-1, R023; policy members.transfer_unclaimed_days. While a transfer is under way the person
stays with the old union as 转出待接, the one owner (MEM-02); accepting moves the spell in the same transaction.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.accounts.actor import Actor as ActorType
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotPermitted, RuleViolation
from gonghui.members import flows
from gonghui.members.enums import LIVE_TRANSFERS, EndReason, Perm, Standing, TransferCause, TransferState
from gonghui.members.models import Employment, Membership, Transfer
from gonghui.members.selectors import places, policy_values
from gonghui.members.services import spells
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def transfer_open(*, actor: Actor, membership: Membership, target: Any, cause: str = TransferCause.NEW_JOB) -> Transfer:
    """Begin a transfer (发起转会).

    Asked by the member: the old union confirms first. Asked by the old union: it is confirmed already. `target` None:
    the next union is not known yet; unclaimed it falls to the territorial union after the days of the rule.
    Raises: NotPermitted; Conflict members.transfer_open; RuleViolation members.same_union, members.not_transferable.
    """
    spell = spells.lock(membership)
    own = actor.person_id == spell.person_id
    if not own:
        actor.require(Perm.TRANSFER_DECIDE, spell.union)
    if target is not None and target.pk == spell.union_id:
        raise RuleViolation("members.same_union", f"现在就在{spell.union.name}，不用转会。调整小组请用“调整小组”。")
    if target is not None and not places.alive(target, clock.today()):
        raise RuleViolation("members.union_ended", f"{target.name}已经终止，请选择承接的工会。")
    if Transfer.objects.filter(person_id=spell.person_id, state__in=LIVE_TRANSFERS).exists():
        raise Conflict("members.transfer_open", "这名会员已有一笔转会在办理，请先办结。")
    days = policy_values.number("members.transfer_unclaimed_days", clock.today(), spell.union)
    state = TransferState.REQUESTED if own else TransferState.IN_TRANSIT
    try:
        with transaction.atomic():
            row = Transfer.objects.create(
                person_id=spell.person_id, source=spell.union, target=target, cause=cause, state=state, opened_on=clock.today(),
                due_on=clock.today() + timedelta(days=days), opened_by=actor.ref,
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("members.transfer_open", "这名会员已有一笔转会在办理，请先办结。") from fault
    if state == TransferState.IN_TRANSIT:
        _send(actor, spell)
    audit.record(actor, "members.transfer.opened", row, org_path=spell.union.path, target=target.pk if target else None, cause=cause)
    return row


def _send(actor: Actor, spell: Membership) -> Membership:
    if spell.standing == Standing.IN_TRANSIT:
        return spell
    return spells.change_spell(actor=actor, spell=spell, on=clock.today(), ended=EndReason.TRANSIT, standing=Standing.IN_TRANSIT)


def _held(row: Transfer) -> Transfer:
    return Transfer.objects.select_for_update(of=("self",)).select_related("source", "target").get(pk=row.pk)


def _spell(row: Transfer) -> Membership:
    spell = Membership.objects.select_related("union").filter(person_id=row.person_id, until=None).first()
    if spell is None:
        raise Conflict("members.spell_moved", "这名会员的会籍已经变动，转会不能再办。请刷新后查看。")
    return spell


@transaction.atomic
def transfer_release(*, actor: Actor, transfer: Transfer) -> Transfer:
    """The old union confirms (转出方确认): now 转出待接."""
    row = _held(transfer)
    actor.require(Perm.TRANSFER_DECIDE, row.source)
    flows.TRANSFER.advance(row, TransferState.IN_TRANSIT, actor=actor, org_path=row.source.path)
    _send(actor, _spell(row))
    return row


@transaction.atomic
def transfer_accept(*, actor: Actor, transfer: Transfer, union: Any = None, group: Any = None) -> Transfer:
    """The receiving union takes the member (接收): ends the old spell and opens the new one at once. One of two wins (fault 29).

    Args: union for a transfer without a named target: the union that claims the member.
    """
    row = _held(transfer)
    target = row.target or union
    if target is None:
        raise RuleViolation("members.no_target", "请选择接收的工会。")
    if union is not None and row.target is not None and union.pk != row.target_id:
        raise RuleViolation("members.other_target", f"这笔转会是转往{row.target.name}的，不能由别的工会接收。")
    actor.require(Perm.TRANSFER_DECIDE, target)
    return _finish(actor, row, TransferState.ACCEPTED, target, group)


def _finish(actor: Actor, row: Transfer, state: str, target: Any, group: Any = None) -> Transfer:
    changes = {"decided_on": clock.today(), "decided_by": actor.ref, "target": target}
    row = flows.TRANSFER.advance(row, state, actor=actor, org_path=target.path, changes=changes)
    spell = _spell(row)
    ended = EndReason.UNION_ENDED if row.cause == TransferCause.UNION_ENDED else EndReason.TRANSFERRED
    if spell.union_id == target.pk:
        spells.change_spell(actor=actor, spell=spell, on=clock.today(), ended=EndReason.RETURNED, standing=Standing.ACTIVE)
    else:
        spells.change_spell(actor=actor, spell=spell, on=clock.today(), ended=ended, union=target, group=group, standing=Standing.ACTIVE)
    _tell(actor, row, "会籍已转入", f"您的会籍已由{target.name}接收。")
    return row


@transaction.atomic
def transfer_decline(*, actor: Actor, transfer: Transfer, reason: str) -> Transfer:
    """The receiving union sends it back with a reason (退回): the member stays with the old union."""
    row = _held(transfer)
    side = row.source if row.state == TransferState.REQUESTED else row.target
    if side is None:
        raise RuleViolation("members.no_target", "这笔转会没有指定接收工会，不用退回。")
    actor.require(Perm.TRANSFER_DECIDE, side)
    if len(reason.strip()) < 4:
        raise RuleViolation("members.reason", "请写明退回的理由，至少 4 个字。")
    changes = {"reason": reason.strip()[:200], "decided_on": clock.today(), "decided_by": actor.ref, "declined_by_target": True}
    flows.TRANSFER.advance(row, TransferState.DECLINED, actor=actor, org_path=side.path, changes=changes)
    _back(actor, row)
    _tell(actor, row, "转会被退回", f"{side.name}退回：{reason.strip()[:120]}")
    return row


@transaction.atomic
def transfer_withdraw(*, actor: Actor, transfer: Transfer, reason: str = "") -> Transfer:
    """Taken back by the member or the old union (撤回), as long as nobody has accepted."""
    row = _held(transfer)
    if actor.person_id != row.person_id:
        actor.require(Perm.TRANSFER_DECIDE, row.source)
    changes = {"reason": reason.strip()[:200], "decided_on": clock.today(), "decided_by": actor.ref}
    flows.TRANSFER.advance(row, TransferState.WITHDRAWN, actor=actor, org_path=row.source.path, changes=changes)
    _back(actor, row)
    return row


def _back(actor: Actor, row: Transfer) -> None:
    """Back to the standing the member had before the transfer: somebody retained stays retained."""
    spell = _spell(row)
    if spell.standing == Standing.IN_TRANSIT:
        before = Membership.objects.filter(person_id=row.person_id, ended=EndReason.TRANSIT).order_by("-until", "-pk").first()
        standing = before.standing if before is not None else Standing.ACTIVE
        spells.change_spell(actor=actor, spell=spell, on=clock.today(), ended=EndReason.RETURNED, standing=standing)


@transaction.atomic
def transfer_fall_back(*, actor: Actor, transfer: Transfer) -> Transfer:
    """Nobody claimed it in time (逾期无人接收): the territorial union takes the member, who is never without a union."""
    row = _held(transfer)
    if not actor.is_system:
        raise NotPermitted("members.system_only", "逾期转入属地由系统按期办理。")
    if row.due_on > clock.today():
        raise RuleViolation("members.not_due", f"这笔转会 {row.due_on} 才到期，现在不能转入属地工会。")
    return _finish(actor, row, TransferState.FALLBACK, places.territorial(row.target or row.source))


def _tell(actor: Actor, row: Transfer, title: str, body: str) -> None:
    notices.notice_send(actor, kind=NoticeKind.RESULT, title=title, body=body, link="/m/members/", persons=[row.person_id])


# -- what opens transfers by itself ------------------------------------------------------------------------------


@transaction.atomic
def employment_end(*, actor: Actor, employment: Employment, on: Any) -> Transfer | None:
    """Register that somebody stopped working (离职登记): the labour relation ends and a transfer-out notice follows (R023).

    Membership never ends by it (MEM-07); a member of another union than the employer's is not touched.
    """
    actor.require(Perm.MEMBER_EDIT, employment.employer.union)
    row = spells.end_employment(actor=actor, employment=employment, on=on)
    spell = Membership.objects.filter(person_id=row.person_id, until=None, standing=Standing.ACTIVE).select_related("union").first()
    if spell is None or spell.private or not _belongs(spell.union, row.employer):
        return None
    if Transfer.objects.filter(person_id=row.person_id, state__in=LIVE_TRANSFERS).exists():
        return None
    system = ActorType.system("employment")
    transfer = transfer_open(actor=system, membership=spell, target=None, cause=TransferCause.EMPLOYMENT_END)
    notices.notice_send(
        system, kind=NoticeKind.REMINDER, title="您已离职，会籍在等新工会接收",
        body=f"到了新单位，请在“转会”里选新工会。{transfer.due_on} 前没有选的，由属地工会接收，会籍不会断。", link="/m/members/transfer/", persons=[row.person_id],
    )  # fmt: skip
    return transfer


def _belongs(union: Any, employer: Any) -> bool:
    """Is the union the one through which this employer's workers are members?"""
    if union.employer_id == employer.pk or union.pk == employer.union_id:
        return True
    return bool(employer.coverages.filter(union_id=union.pk, until=None).exists())


@transaction.atomic
def place_from_pool(*, actor: Actor, membership: Membership, union: Any) -> Membership:
    """A member who waited in the pool of the area finds a union (会员库安置): straight, for the area answers for both sides."""
    spell = spells.lock(membership)
    if spell.union.kind != "pool":
        raise RuleViolation("members.not_pooled", f"这名会员在{spell.union.name}，不在会员库，请办理转会。")
    actor.require(Perm.TRANSFER_DECIDE, spell.union)
    actor.require(Perm.TRANSFER_DECIDE, union)
    if Transfer.objects.filter(person_id=spell.person_id, state__in=LIVE_TRANSFERS).exists():
        raise Conflict("members.transfer_open", "这名会员已有一笔转会在办理，请先办结。")
    row = Transfer.objects.create(
        person_id=spell.person_id, source=spell.union, target=union, cause=TransferCause.PLACED, state=TransferState.ACCEPTED,
        opened_on=clock.today(), due_on=clock.today(), opened_by=actor.ref, decided_on=clock.today(), decided_by=actor.ref,
    )  # fmt: skip
    fresh = spells.change_spell(
        actor=actor, spell=spell, on=clock.today(), ended=EndReason.TRANSFERRED, union=union, standing=Standing.ACTIVE
    )
    audit.record(actor, "members.transfer.placed", row, org_path=union.path, person=spell.person_id)
    _tell(actor, row, "给您安置了工会", f"您的会籍已转到{union.name}。")
    return fresh


def union_ended(union_id: int, successor_id: int | None, day: Any) -> None:
    """Handler of the register: a union ended; its members go to the successor, else to the territorial union (会籍不断)."""
    system = ActorType.system("union_ended")
    rows = list(Membership.objects.filter(union_id=union_id, until=None).select_related("union__successor"))
    if not rows:
        return
    source = rows[0].union
    target = source.successor if successor_id is not None else places.territorial(source)
    if target is None or target.pk == union_id:
        raise RuleViolation("members.no_successor", f"{source.name}还有 {len(rows)} 名会员，没有工会可以承接。请先指定承接工会。")
    Transfer.objects.filter(source_id=union_id, state__in=LIVE_TRANSFERS).update(
        state=TransferState.WITHDRAWN, reason="转出工会终止", decided_on=clock.today(), decided_by=system.ref
    )
    Transfer.objects.filter(target_id=union_id, state__in=LIVE_TRANSFERS).update(target=target)
    for spell in rows:
        standing = Standing.ACTIVE if spell.standing == Standing.IN_TRANSIT else spell.standing
        on = max(day, spell.since)
        spells.change_spell(actor=system, spell=spell, on=on, ended=EndReason.UNION_ENDED, union=target, standing=standing)


def before_dissolve(union: Any) -> list[str]:
    """Handler of the register: what members still stand in the way of a dissolution (撤销前的会员事项)."""
    reasons = []
    waiting = union.applications.filter(state__in=["submitted", "returned", "approved"]).count()
    if waiting:
        reasons.append(f"还有 {waiting} 份入会申请没有办结")
    live = Transfer.objects.filter(target=union, state__in=LIVE_TRANSFERS).count()
    if live:
        reasons.append(f"还有 {live} 名会员等待本工会接收")
    return reasons


@transaction.atomic
def membership_return(*, actor: Actor, membership: Membership) -> Membership:
    """Somebody retained or suspended works again (恢复会籍)."""
    spell = spells.lock(membership)
    actor.require(Perm.MEMBER_EDIT, spell.union)
    if spell.standing not in (Standing.RETAINED, Standing.SUSPENDED):
        raise Conflict("members.not_paused", f"这名会员的会籍是“{spell.get_standing_display()}”，不用恢复。")
    return spells.change_spell(actor=actor, spell=spell, on=clock.today(), ended=EndReason.RESUMED, standing=Standing.ACTIVE)
