"""Budgets are made, examined, approved, adjusted, reported (预算办理). Source: BUD-4…BUD-7, FND-17-1; S209."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.approvals import services as approvals
from gonghui.approvals.kinds import Level
from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, NotPermitted, RuleViolation
from gonghui.finance.rules import charts
from gonghui.orgs.selectors import law
from gonghui.treasury import flows
from gonghui.treasury.enums import BudgetKind, BudgetState, Control, Perm, Side
from gonghui.treasury.models import Budget, BudgetLine
from gonghui.treasury.rules import digests
from gonghui.treasury.rules.items import Item, Row
from gonghui.treasury.selectors import budgets as reads
from gonghui.treasury.selectors import common, prefill
from gonghui.treasury.services.common import keep, lock, refuse, spoke_for

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.approvals.models import Approval
    from gonghui.policy.services import Decision

KIND = "treasury.budget"
COMMITTEE: dict[str, Role] = {
    "city": Role.CITY,
    "county": Role.CITY,
    "city_industrial": Role.CITY,
    "township": Role.TOWNSHIP,
    "zone": Role.TOWNSHIP,
}
"""Whose officer decides for the union's committee; every other kind of union has a chair."""


def committee(union: Any) -> Role:
    """The role that speaks for the union's committee."""
    return COMMITTEE.get(union.kind, Role.CHAIR)


# -- preparing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def budget_prepare(
    *,
    actor: Actor,
    union: Any,
    year: int,
    rows: Sequence[Row] | None = None,
    carried_fen: int = 0,
    control: str = Control.RULE,
    reason: str = "",
) -> Budget:
    """Begin the budget of a year (编制预算), prefilled when no rows are given.

    Raises: Conflict treasury.budget_exists; BadInput treasury.budget_*.
    """
    actor.require(Perm.BUDGET_EDIT, union)
    _year(year)
    lock(union)
    if Budget.objects.filter(union=union, year=year, state__in=[BudgetState.DRAFT, BudgetState.PENDING, BudgetState.IN_FORCE]).exists():
        raise Conflict("treasury.budget_exists", f"{year} 年已有预算。要改请在那份预算上办理，或办预算调整。")
    filled, members = prefill.rows_of(union, year)
    version = Budget.objects.filter(union=union, year=year).count() + 1
    made = Budget.objects.create(
        union=union, year=year, version=version, members=members, control=control, reason=reason[:500], carried_fen=carried_fen,
        surplus_fen=_surplus(union, year), maker_ref=actor.ref, created_at=clock.now(),
    )  # fmt: skip
    _write(made, rows if rows is not None else filled)
    audit.record(actor, "treasury.budget.prepared", made, org_path=union.path, year=year, version=version)
    return made


def _year(year: int) -> None:
    if not 2010 <= year <= clock.today().year + 1:
        raise BadInput("treasury.budget_year", f"年度应在 2010 年到 {clock.today().year + 1} 年之间，这里是 {year}。")


def _surplus(union: Any, year: int) -> int | None:
    """Balance of the surplus accounts at the year's start, where a book is kept (账面结余)."""
    model = common.posting_model()
    rows = model._default_manager.filter(book__union=union, book__kind="real", on__lt=date(year, 1, 1), account__startswith="32")
    found = list(rows.values_list("debit_fen", "credit_fen"))
    return sum(c - d for d, c in found) if found else None


def _write(budget: Budget, rows: Iterable[Row]) -> None:
    """Replace the items and the sums."""
    day = date(budget.year, 12, 31)
    chart, lines = charts.chart(day), list[BudgetLine]()
    seen: set[Item] = set()
    for row in rows:
        _check_row(budget, chart, row, seen)
        name = row.name or (reads.word_of(row.activity) if row.activity else chart.name(row.account))
        lines.append(
            BudgetLine(
                budget=budget, side=prefill.side_of(row.account), account=row.account, activity=row.activity[:60], name=name[:80],
                amount_fen=row.amount_fen, last_fen=row.last_fen, basis=row.basis[:200],
            )
        )  # fmt: skip
    budget.lines.all().delete()
    BudgetLine.objects.bulk_create(lines)
    sums = {side: sum(x.amount_fen for x in lines if x.side == side) for side in Side.values}
    budget.income_fen, budget.spending_fen = sums[Side.INCOME], sums[Side.SPENDING]
    budget.save(update_fields=["income_fen", "spending_fen"])


def _check_row(budget: Budget, chart: Any, row: Row, seen: set[Item]) -> None:
    item = Item(row.account, row.activity)
    account = chart.accounts.get(row.account)
    if account is None or account.cls not in {"income", "expense"}:
        raise BadInput("treasury.budget_account", f"{budget.year} 年的科目表里没有收支科目 {row.account}，请另选。")
    if not account.fits(charts.level_of(budget.union.kind)):
        raise BadInput("treasury.budget_account", f"科目 {account.code} {account.name} 不是本级工会用的，请另选。")
    if item in seen:
        raise BadInput("treasury.budget_twice", f"“{chart.name(row.account)}”{row.activity} 列了两行，请合并。")
    if not 0 <= row.amount_fen <= money.LIMIT:
        raise BadInput("treasury.budget_amount", f"“{chart.name(row.account)}”的预算数不能小于 0，也不能过大。")
    seen.add(item)


@transaction.atomic
def budget_save(
    *, actor: Actor, budget: Budget, rows: Sequence[Row], carried_fen: int, control: str, reason: str, members: int | None = None
) -> Budget:
    """Change a budget that is being prepared (修改预算). A pending approval for other content becomes void."""
    actor.require(Perm.BUDGET_EDIT, budget.union)
    row = Budget.objects.select_for_update(of=("self",)).select_related("union").get(pk=budget.pk)
    if row.state != BudgetState.DRAFT:
        raise Conflict("treasury.budget_fixed", f"现在是“{BudgetState(row.state).label}”，不能修改。执行中的预算请办“预算调整”。")
    row.carried_fen, row.control, row.reason = carried_fen, control, reason[:500]
    row.members = row.members if members is None else members
    row.save(update_fields=["carried_fen", "control", "reason", "members"])
    _write(row, rows)
    approvals.content_changed(actor=actor, kind=KIND, subject_id=row.pk)
    audit.record(actor, "treasury.budget.saved", row, org_path=row.union.path, income=row.income_fen, spending=row.spending_fen)
    return row


# -- the rules -------------------------------------------------------------------------------------------------------


def balance(budget: Budget) -> Decision:
    """Does it balance (收支平衡)? Source: policy finance.budget_balance."""
    carried = budget.carried_fen if budget.surplus_fen is None else min(budget.carried_fen, max(budget.surplus_fen, 0))
    facts = {"spending_fen": budget.spending_fen, "income_fen": budget.income_fen, "carried_fen": carried}
    return law.decide("finance.budget_balance", budget.union, _day(budget), facts)


def _day(budget: Budget) -> date:
    """The day a budget is judged by: today, or the year's first day for one made before."""
    return max(clock.today(), date(budget.year, 1, 1)) if budget.year >= clock.today().year else date(budget.year, 12, 31)


def procedure(budget: Budget, *, upper_approved: bool | None = None) -> Decision:
    """Is the whole procedure done (程序)? Source: policy finance.budget_approval."""
    facts: dict[str, Any] = {
        "examined": budget.examined_on is not None,
        "approved": budget.approved_on is not None,
        "reported": budget.reported_on is not None,
    }
    if upper_approved is not None:
        facts["upper_approved"] = upper_approved
    return law.decide("finance.budget_approval", budget.union, _day(budget), facts)


def needs_upper(union: Any, on: date) -> bool:
    """Must the union above approve here, or is it told (审批还是备案)? Source: policy finance.budget_approval."""
    facts = {"examined": True, "approved": True, "reported": True, "upper_approved": False}
    return law.decide("finance.budget_approval", union, on, facts).outcome is False


def adjusting(budget: Budget) -> Decision:
    """May the year's budget be adjusted once more (调整次数)? Source: policy finance.budget_adjustment."""
    before = Budget.objects.filter(
        union_id=budget.union_id, year=budget.year, kind=BudgetKind.ADJUSTMENT, state__in=[BudgetState.IN_FORCE, BudgetState.REPLACED]
    ).exclude(pk=budget.pk)
    facts = {"before": before.count(), "examined": True, "approved": True}
    return law.decide("finance.budget_adjustment", budget.union, _day(budget), facts)


def festival(budget: Budget) -> Decision | None:
    """Control total of the festival item (节日慰问总额), where the budget has one. Source: policy finance.festival_total."""
    lines = list(budget.lines.filter(side=Side.SPENDING, activity="festival"))
    if not lines:
        return None
    facts = {
        "plan_fen": sum(x.amount_fen for x in lines),
        "spent_fen": 0,
        "members": budget.members or None,
        "income_fen": budget.income_fen,
        "expenditure_fen": budget.spending_fen,
    }
    return law.decide("finance.festival_total", budget.union, _day(budget), {k: v for k, v in facts.items() if v is not None})


# -- approval ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def budget_submit(*, actor: Actor, budget: Budget, note: str = "") -> Budget:
    """Hand it in: audit committee, own committee, and where the province says so the union above (送审).

    Raises: RuleViolation treasury.budget_balance, treasury.budget_empty, treasury.adjust_reason; Conflict.
    """
    actor.require(Perm.BUDGET_EDIT, budget.union)
    row = Budget.objects.select_for_update(of=("self",)).select_related("union", "approval").get(pk=budget.pk)
    if not row.spending_fen and not row.income_fen:
        raise RuleViolation("treasury.budget_empty", "预算还没有填数，收入和支出都是 0。请先填写各项预算数。")
    decision = balance(row)
    slip = keep(actor, decision, row.union, f"budget:{row.pk}")
    over = row.spending_fen - row.income_fen - row.carried_fen
    refuse(decision, "treasury.budget_balance", f"支出比收入和动用的结余多 {money.show(max(over, 0))}", slip)
    if decision.outcome is False and not row.reason.strip():
        raise RuleViolation(
            "treasury.budget_reason", f"支出比收入和动用的结余多 {money.show(over)}。请减少支出、写明动用的结余，或在说明里写清理由。"
        )
    if row.kind == BudgetKind.ADJUSTMENT:
        again = adjusting(row)
        refuse(again, "treasury.adjust_again")
        if (again.outcome is False or not row.reason.strip()) and len(row.reason.strip()) < 5:
            raise RuleViolation("treasury.adjust_reason", "预算调整要写明理由。一年原则上只调整一次，确有特殊情况的写清楚。")
    title = f"{row.union.name} {row.year} 年{BudgetKind(row.kind).label}"
    if row.approval is not None and row.approval.state in {"returned", "withdrawn", "voided"}:
        paper = approvals.approval_resubmit(actor=actor, approval=row.approval, note=note)
    else:
        paper = approvals.approval_submit(
            actor=actor, kind=KIND, subject_id=row.pk, title=title, org_path=row.union.path, org_name=row.union.name, note=note
        )
    flows.BUDGET.advance(
        row,
        BudgetState.PENDING,
        actor=actor,
        org_path=row.union.path,
        changes={"approval_id": paper.pk, "slip": slip, "maker_ref": actor.ref},
    )
    return row


def levels(subject_id: str) -> list[Level]:
    """Audit committee, own committee, union above where it approves (审批环节). Source: policy finance.budget_approval."""
    row = Budget.objects.select_related("union", "union__parent").get(pk=subject_id)
    found = [
        Level("经费审查委员会审查", row.union.path, role=Role.AUDITOR),
        Level("工会委员会批准", row.union.path, role=committee(row.union)),
    ]
    if row.union.parent is not None and needs_upper(row.union, _day(row)):
        found.append(Level("上一级工会批准", row.union.parent.path, perm=Perm.BUDGET_RECORD))
    return found


def digest(subject_id: str) -> str:
    """What the approvers sign: every item, the sums, the use of the surplus."""
    row = Budget.objects.get(pk=subject_id)
    lines = [[x.side, x.account, x.activity, x.amount_fen] for x in row.lines.order_by("side", "account", "activity")]
    return digests.payment([row.union_id, row.year, row.version, row.carried_fen, row.control, lines])


def on_approved(actor: Actor, approval: Approval) -> None:
    """All levels agreed: it governs from now on, and the version before is replaced (预算生效)."""
    row = Budget.objects.select_for_update(of=("self",)).select_related("union", "base").get(pk=approval.subject_id)
    steps = list(approval.steps.filter(round=approval.round).order_by("level"))
    own = steps[1]
    if not spoke_for(actor, row.union, own):
        raise NotPermitted("treasury.own_committee", "工会委员会批准这一步，只能由本工会自己的人办理，上级不能代批。")
    days = [s.decided_at.astimezone(clock.SHANGHAI).date() if s.decided_at else clock.today() for s in steps]
    changes: dict[str, Any] = {"examined_on": days[0], "approved_on": days[1]}
    if len(steps) > 2:
        changes |= {"reported_on": days[1], "received_on": days[2]}
    _replace(actor, row)
    flows.BUDGET.advance(row, BudgetState.IN_FORCE, actor=actor, org_path=row.union.path, changes=changes)


def _replace(actor: Actor, row: Budget) -> None:
    for old in Budget.objects.filter(union_id=row.union_id, year=row.year, state=BudgetState.IN_FORCE).exclude(pk=row.pk):
        flows.BUDGET.advance(old, BudgetState.REPLACED, actor=actor, org_path=row.union.path, by=row.version)


def on_back(actor: Actor, approval: Approval) -> None:
    """Returned, withdrawn or voided: it can be changed again."""
    row = Budget.objects.select_related("union").get(pk=approval.subject_id)
    if row.state == BudgetState.PENDING:
        flows.BUDGET.advance(row, BudgetState.DRAFT, actor=actor, org_path=row.union.path)


def on_refused(actor: Actor, approval: Approval) -> None:
    """Refused for good."""
    row = Budget.objects.select_related("union").get(pk=approval.subject_id)
    if row.state == BudgetState.PENDING:
        flows.BUDGET.advance(row, BudgetState.DROPPED, actor=actor, org_path=row.union.path)


HANDLER = approvals.Handler(
    label="预算",
    url=lambda pk: reverse("treasury:budget", args=[pk]),
    levels=levels,
    digest=digest,
    on_approved=on_approved,
    on_refused=on_refused,
    on_returned=on_back,
    on_withdrawn=on_back,
    on_voided=on_back,
    bulk=False,
)


# -- afterwards ----------------------------------------------------------------------------------------------------


@transaction.atomic
def budget_adjust(*, actor: Actor, budget: Budget, reason: str = "") -> Budget:
    """Begin an adjustment: a new version with the items of the one in force (预算调整)."""
    actor.require(Perm.BUDGET_EDIT, budget.union)
    lock(budget.union)
    if budget.state != BudgetState.IN_FORCE:
        raise Conflict("treasury.adjust_state", "只有执行中的预算能调整。")
    if Budget.objects.filter(union_id=budget.union_id, year=budget.year, state__in=[BudgetState.DRAFT, BudgetState.PENDING]).exists():
        raise Conflict("treasury.adjust_open", "这一年已有一份调整在办，请先办完。")
    version = Budget.objects.filter(union_id=budget.union_id, year=budget.year).count() + 1
    made = Budget.objects.create(
        union=budget.union, year=budget.year, version=version, kind=BudgetKind.ADJUSTMENT, base=budget, members=budget.members, control=budget.control,
        carried_fen=budget.carried_fen, surplus_fen=budget.surplus_fen, reason=reason[:500], maker_ref=actor.ref, created_at=clock.now(),
    )  # fmt: skip
    _write(made, [Row(x.side, x.account, x.amount_fen, x.activity, x.name, x.last_fen, x.basis) for x in budget.lines.all()])
    audit.record(actor, "treasury.budget.adjusting", made, org_path=budget.union.path, base=budget.pk)
    return made


def report_by(budget: Budget) -> date | None:
    """Last day to pass an approved budget on (最迟报送、下达日); nothing before the rule was in force. Source: policy treasury.report_days."""
    if budget.approved_on is None:
        return None
    days = law.number("treasury.report_days", budget.union, budget.approved_on, 0)
    return budget.approved_on + timedelta(days=days) if days else None


@transaction.atomic
def budget_report(*, actor: Actor, budget: Budget, document_no: str = "") -> Budget:
    """Tell the union above of the approved budget (报上一级工会备案)."""
    actor.require(Perm.BUDGET_EDIT, budget.union)
    if budget.union.parent_id is None:
        raise Conflict("treasury.no_upper", "最上级工会的预算不用报上一级。")
    moved = Budget.objects.filter(pk=budget.pk, state=BudgetState.IN_FORCE, reported_on=None).update(
        reported_on=clock.today(), document_no=document_no[:60] or budget.document_no
    )
    if not moved:
        raise Conflict("treasury.reported", "这份预算已经报过，或不在执行中。")
    budget.refresh_from_db()
    audit.record(actor, "treasury.budget.reported", budget, org_path=budget.union.path)
    return budget


@transaction.atomic
def budget_receive(*, actor: Actor, budget: Budget) -> Budget:
    """The union above takes note (签收备案)."""
    if budget.union.parent is None:
        raise Conflict("treasury.no_upper", "最上级工会的预算不用备案。")
    actor.require(Perm.BUDGET_RECORD, budget.union.parent)
    if not Budget.objects.filter(pk=budget.pk, reported_on__isnull=False, received_on=None).update(received_on=clock.today()):
        raise Conflict("treasury.received", "这份预算还没有报来，或已经签收。")
    budget.refresh_from_db()
    audit.record(actor, "treasury.budget.received", budget, org_path=budget.union.path)
    return budget


@transaction.atomic
def budget_drop(*, actor: Actor, budget: Budget) -> Budget:
    """Give up a budget that is being prepared (作废)."""
    actor.require(Perm.BUDGET_EDIT, budget.union)
    row = Budget.objects.select_related("union").get(pk=budget.pk)
    if row.state != BudgetState.DRAFT:
        raise Conflict("treasury.budget_fixed", "只有编制中的预算能作废；在审的请先撤回。")
    return flows.BUDGET.advance(row, BudgetState.DROPPED, actor=actor, org_path=row.union.path)


@transaction.atomic
def budget_register(
    *, actor: Actor, union: Any, year: int, rows: Sequence[Row], examined_on: date, approved_on: date, reported_on: date | None = None,
    document_no: str = "", carried_fen: int = 0, members: int = 0, control: str = Control.RULE,
) -> Budget:  # fmt: skip
    """Enter a budget approved on paper before the platform came (补录已批准的预算), with the days and the document.

    Raises: RuleViolation treasury.budget_order when the dates do not follow the procedure; Conflict.
    """
    actor.require(Perm.BUDGET_EDIT, union)
    _year(year)
    if not document_no.strip() or not examined_on <= approved_on <= clock.today():
        raise RuleViolation("treasury.budget_order", "补录要写批准文号；先经审会审查，后委员会批准，都不能晚于今天。")
    lock(union)
    if Budget.objects.filter(union=union, year=year, state=BudgetState.IN_FORCE).exists():
        raise Conflict("treasury.budget_exists", f"{year} 年已有执行中的预算。")
    made = Budget.objects.create(
        union=union, year=year, version=Budget.objects.filter(union=union, year=year).count() + 1, state=BudgetState.IN_FORCE, control=control,
        carried_fen=carried_fen, members=members, document_no=document_no[:60], examined_on=examined_on, approved_on=approved_on,
        reported_on=reported_on, received_on=reported_on, reason="补录纸质批准的预算", maker_ref=actor.ref, created_at=clock.now(),
    )  # fmt: skip
    _write(made, rows)
    audit.record(actor, "treasury.budget.registered", made, org_path=union.path, year=year, document_no=document_no)
    return made
