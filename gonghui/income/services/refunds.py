"""Refunds (返还): small payers and micro enterprises get the uploaded part back once, new unions their preparation money."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.approvals import services as approvals
from gonghui.core import audit, clock, money
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.income import flows
from gonghui.income.enums import CaseState, LevyKind, Perm, RefundKind
from gonghui.income.models import Payer, Refund
from gonghui.income.selectors import law, levy
from gonghui.income.services import posting
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

REFUND = "income.refund"


def _months(payer: Payer, since: date) -> int:
    """How long a window is. Source: policy income.refund_months."""
    return law.number("income.refund_months", payer.union, since)


def small_slip(payer: Payer, since: date, on: date) -> Decision:
    """Does the uploaded part of a window go back? Source: policy finance.refund_small_payer."""
    facts = {
        "uploaded_fen": policy.Fact(
            levy.uploaded(payer, since, clock.add_months(since, _months(payer, since))), source="收据分成", record=f"payer:{payer.pk}"
        ),
        "unit_kind": policy.Fact(payer.unit_kind, source="拨缴户登记"),
        "other_refund": policy.Fact(_overlapping(payer, since).exists(), source="返还台账"),
        "window_from": since,
    }
    return law.ask("finance.refund_small_payer", payer.union, on, facts)


def micro_slip(payer: Payer, workers: int | None, on: date) -> Decision:
    """Is it a micro enterprise for the refund? Source: policy finance.refund_micro."""
    return law.ask("finance.refund_micro", payer.union, on, {"workers": workers})


def preparation_slip(payer: Payer, on: date) -> Decision:
    """Does preparation money go back to the new union? Source: policy finance.preparation_fund."""
    facts = {
        "has_union": policy.Fact(payer.employer.organised, source="组织登记"),
        "prepaid_fen": policy.Fact(levy.prepaid(payer), source="专用收据", record=f"payer:{payer.pk}"),
        "opened_on": payer.employer.opened_on,
        "helped": payer.helped_since is not None,
        "preparing_since": payer.helped_since,
    }
    return law.ask("finance.preparation_fund", payer.union, on, facts)


def _overlapping(payer: Payer, since: date) -> Any:
    until = clock.add_months(since, _months(payer, since))
    live = Refund.objects.filter(payer=payer, since__lt=until, until__gt=since).exclude(state=CaseState.REFUSED)
    return live.exclude(kind=RefundKind.PREPARATION)


@transaction.atomic
def refund_propose(*, actor: Actor, payer: Payer, kind: str, since: date, to_union: Any, workers: int | None = None) -> Refund:
    """Propose a refund of the uploaded part of a window (提出返还): only one refund for one stretch of time.

    Raises: NotPermitted; RuleViolation income.refund_not_due, income.refund_unknown, income.refund_nothing, income.window_open;
    Conflict income.refund_once.
    Source: policy finance.refund_small_payer, finance.refund_micro, income.refund_months.
    """
    actor.require(Perm.REFUND_EDIT, payer.union)
    payer = Payer.objects.select_for_update().select_related("union", "employer").get(pk=payer.pk)
    today, months = clock.today(), _months(payer, since)
    until = clock.add_months(since, months)
    if _overlapping(payer, since).exists():
        raise Conflict("income.refund_once", f"{payer.employer.name}这段时间已经办过返还，小额返还和小微返还合起来只享受一次。")
    if today < clock.add_months(since, months - 1):
        raise RuleViolation("income.window_open", f"计算期是 {since} 至 {until}（不含），最后一个月开始以后才知道够不够条件，请到时再办。")
    slip = small_slip(payer, since, today) if kind == RefundKind.SMALL else micro_slip(payer, workers, today)
    _judge(slip)
    uploaded = levy.uploaded(payer, since, until)
    return _propose(actor, payer, kind, since, until, uploaded, to_union, slip)


def _judge(slip: Decision) -> None:
    if slip.outcome is None:
        missing = "、".join(f.label for f in slip.rule.facts if f.name in slip.missing)
        raise RuleViolation(
            "income.refund_unknown", f"{slip.verdict}。" + (f"还缺：{missing}。" if missing else ""), missing=list(slip.missing)
        )
    if slip.outcome is False:
        raise RuleViolation("income.refund_not_due", f"{slip.verdict}。{law.cite(slip)}。")


def _propose(actor: Actor, payer: Payer, kind: str, since: date, until: date, amount: int, to_union: Any, slip: Decision) -> Refund:
    if amount <= 0:
        raise RuleViolation("income.refund_nothing", "这段时间没有可以返还的金额。")
    number = policy.store(actor, slip, subject=f"payer:{payer.pk}", org_path=payer.union.path, perm=str(Perm.LEVY_VIEW))
    try:
        with transaction.atomic():
            row = Refund.objects.create(
                payer=payer, union=payer.union, to_union=to_union, kind=kind, since=since, until=until, uploaded_fen=amount, amount_fen=amount,
                slip=number, by=actor.ref,
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("income.refund_once", f"{payer.employer.name}这段时间已经办过返还，只能享受一次。") from fault
    approval = approvals.approval_submit(
        actor=actor, kind=REFUND, subject_id=row.pk, title=f"{row.get_kind_display()}：{payer.employer.name} {money.show(amount)}",
        org_path=payer.union.path, org_name=payer.union.name,
    )  # fmt: skip
    Refund.objects.filter(pk=row.pk).update(approval=approval)
    row.approval = approval
    audit.record(actor, "income.refund.proposed", row, org_path=payer.union.path, amount=amount, kind=kind, slip=number)
    return row


@transaction.atomic
def preparation_return(*, actor: Actor, payer: Payer, to_union: Any) -> Refund:
    """Give preparation money back to the union that has been built (返还筹备金).

    Raises: NotPermitted; RuleViolation income.not_preparation, income.no_union_yet, income.refund_nothing; Conflict income.refund_once.
    Source: policy finance.preparation_fund.
    """
    actor.require(Perm.REFUND_EDIT, payer.union)
    payer = Payer.objects.select_for_update().select_related("union", "employer").get(pk=payer.pk)
    if payer.kind != LevyKind.PREPARATION:
        raise RuleViolation("income.not_preparation", "这个单位缴的是拨缴经费，没有筹备金可返还。")
    if not payer.employer.organised or to_union is None:
        raise RuleViolation("income.no_union_yet", f"{payer.employer.name}还没有建会，筹备金在建会以后返还。")
    slip = preparation_slip(payer, clock.today())
    return _propose(actor, payer, RefundKind.PREPARATION, payer.since, clock.today(), levy.prepaid(payer), to_union, slip)


@transaction.atomic
def refund_pay(*, actor: Actor, refund: Refund, on: date, reference: str) -> Refund:
    """The approved money went out (返还付款): both books get their drafts.

    Raises: NotPermitted; RuleViolation income.no_reference, income.future; Conflict core.wrong_state.
    """
    actor.require(Perm.REFUND_EDIT, refund.union)
    row = Refund.objects.select_for_update(of=("self",)).select_related("union", "to_union", "payer__employer").get(pk=refund.pk)
    if not reference.strip():
        raise RuleViolation("income.no_reference", "请填写付款的银行流水号。")
    if on > clock.today():
        raise RuleViolation("income.future", f"付款日期 {on} 还没有到，请核对。")
    if row.approval is not None:
        approvals.require_valid(row.approval)
    flows.REFUND.advance(
        row,
        CaseState.DONE,
        actor=actor,
        org_path=row.union.path,
        changes={"paid_on": on, "reference": reference.strip()[:40]},
        amount=row.amount_fen,
    )
    words = f"{row.get_kind_display()}：{row.payer.employer.name}"
    prepared = row.kind == RefundKind.PREPARATION
    posting.post(actor, row, "preparation_returned" if prepared else "to_lower", words=words)
    if row.to_union_id != row.union_id:
        posting.post(actor, row, "preparation_received" if prepared else "refund_received", words=words, union=row.to_union)
    return row


def refund_approved(actor: Actor, approval: Any) -> None:
    """The approval's word."""
    row = levy.refund_row(approval.subject_id)
    flows.REFUND.advance(row, CaseState.APPROVED, actor=actor, org_path=row.union.path)


def refund_refused(actor: Actor, approval: Any) -> None:
    """The approval's word."""
    row = levy.refund_row(approval.subject_id)
    flows.REFUND.advance(row, CaseState.REFUSED, actor=actor, org_path=row.union.path)


def refund_digest(pk: str) -> str:
    """What the approver agrees to."""
    row = levy.refund_row(pk)
    return f"{row.payer_id}|{row.kind}|{row.since}|{row.amount_fen}|{row.to_union_id}"
