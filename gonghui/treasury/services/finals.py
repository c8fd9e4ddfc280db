"""Final accounts (决算): assembled from the closed year, explained, examined, approved, reported, decided. Source: BUD-7, FND-17-1, FND-20-1; S209."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.approvals import services as approvals
from gonghui.approvals.kinds import Level
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotPermitted, RuleViolation
from gonghui.finance.selectors import books, statements
from gonghui.orgs.selectors import law
from gonghui.treasury import flows
from gonghui.treasury.enums import FinalState, Perm, Side
from gonghui.treasury.models import FinalAccount, FinalLine
from gonghui.treasury.rules import digests
from gonghui.treasury.selectors import budgets as budget_reads
from gonghui.treasury.selectors import common
from gonghui.treasury.selectors import finals as reads
from gonghui.treasury.services.budgets import committee
from gonghui.treasury.services.common import keep, lock, spoke_for

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.approvals.models import Approval
    from gonghui.policy.services import Decision

KIND = "treasury.final"
EDITABLE = (FinalState.DRAFT, FinalState.RETURNED)
LEAST_NOTES, LEAST_REASON = 10, 6


# -- assembling ----------------------------------------------------------------------------------------------------


@transaction.atomic
def final_prepare(*, actor: Actor, union: Any, year: int) -> FinalAccount:
    """Assemble the final account of a closed year (编制决算).

    Raises: RuleViolation treasury.no_book, treasury.year_open, treasury.year_untransferred; Conflict treasury.final_exists.
    """
    actor.require(Perm.BUDGET_EDIT, union)
    lock(union)
    book = books.book_of(union)
    if book is None or book.since > date(year, 12, 31):
        raise RuleViolation("treasury.no_book", f"{union.name}没有 {year} 年的账套，不能编决算。")
    if FinalAccount.objects.filter(union=union, year=year).exclude(state=FinalState.DROPPED).exists():
        raise Conflict("treasury.final_exists", f"{year} 年的决算已经有了，请在那份上办理。")
    row = FinalAccount(union=union, year=year, book=book, maker_ref=actor.ref, created_at=clock.now())
    lines = _assemble(row)
    row.save(force_insert=True)
    for line in lines:
        line.final = row
    FinalLine.objects.bulk_create(lines)
    audit.record(actor, "treasury.final.prepared", row, org_path=union.path, year=year, income=row.income_fen, spending=row.spending_fen)
    return row


def _assemble(row: FinalAccount) -> list[FinalLine]:
    """Sums, sheet and seal into the row; the items, with whether their difference wants a word."""
    seal, day = reads.seal_of(row.book, row.year), date(row.year, 12, 31)
    if not seal:
        raise RuleViolation("treasury.year_open", f"{row.year} 年 12 月还没有结账，决算要从结账后的账里取数。请先结账。")
    sheet, income = reads.closing_sheet(row.book, row.year), statements.income_statement(row.book, day)
    if sheet["result"][1]:
        raise RuleViolation("treasury.year_untransferred", f"{row.year} 年的收入支出还没有结转到净资产，请先做年终结转再结账。")
    row.seal, row.sheet, row.budget = seal, sheet, budget_reads.budget_in_force(row.union, row.year)
    lines = _lines(row, day)
    for side, name in ((Side.INCOME, "income"), (Side.SPENDING, "spending")):
        mine = [x for x in lines if x.side == side]
        setattr(row, f"{name}_fen", sum(x.done_fen for x in mine))
        setattr(row, f"budget_{name}_fen", sum(x.budget_fen for x in mine))
    if (row.income_fen, row.spending_fen) != (income.income_year, income.expense_year):
        raise Conflict("treasury.final_sums", "决算各项合计和收入支出表不相等，请联系系统管理员核验。")
    return lines


def _lines(row: FinalAccount, day: date) -> list[FinalLine]:
    if row.budget is not None:
        uses = budget_reads.execution(row.budget, day).uses
        found = [(u.side, u.item.account, u.item.activity, u.name, u.budget, u.done) for u in uses if u.budget or u.done]
    else:
        sums: dict[str, int] = {}
        for (account, _event, _project), fen in budget_reads.moved_of(row.union, row.year, day).items():
            sums[account] = sums.get(account, 0) + fen
        side = {"4": str(Side.INCOME), "5": str(Side.SPENDING)}
        found = [(side[a[0]], a, "", common.account_name(a, day), 0, fen) for a, fen in sorted(sums.items()) if fen]
    return [
        FinalLine(
            side=s, account=a, activity=act[:60], name=name[:80], budget_fen=b, done_fen=d, must=gap(row.union, day, b, d).outcome is False
        )
        for s, a, act, name, b, d in found
    ]


def gap(union: Any, day: date, budget_fen: int, done_fen: int) -> Decision:
    """Does this difference want an explanation? Source: policy treasury.final_explain."""
    return law.decide("treasury.final_explain", union, day, {"budget_fen": budget_fen, "done_fen": done_fen})


def _mine(actor: Actor, final: FinalAccount, *states: str) -> FinalAccount:
    row = FinalAccount.objects.select_for_update(of=("self",)).select_related("union", "union__parent", "book", "approval").get(pk=final.pk)
    actor.require(Perm.BUDGET_EDIT, row.union)
    if row.state not in states:
        raise Conflict("treasury.final_fixed", f"决算现在是“{FinalState(row.state).label}”，不能这样办。请刷新后再看。")
    return row


@transaction.atomic
def final_refresh(*, actor: Actor, final: FinalAccount) -> FinalAccount:
    """Take the figures from the books anew (重新取数), keeping what was explained of items that stayed."""
    row = _mine(actor, final, *EDITABLE)
    said = {(x.side, x.account, x.activity): x.words for x in row.lines.all()}
    lines = _assemble(row)
    row.lines.all().delete()
    for line in lines:
        line.final, line.words = row, said.get((line.side, line.account, line.activity), "")
    FinalLine.objects.bulk_create(lines)
    row.save(update_fields=["seal", "sheet", "budget", "income_fen", "spending_fen", "budget_income_fen", "budget_spending_fen"])
    approvals.content_changed(actor=actor, kind=KIND, subject_id=row.pk)
    audit.record(actor, "treasury.final.refreshed", row, org_path=row.union.path, income=row.income_fen, spending=row.spending_fen)
    return row


@transaction.atomic
def final_explain(*, actor: Actor, final: FinalAccount, words: Mapping[int, str], notes: str) -> FinalAccount:
    """Say why items differ from the budget (差异说明), line by line and as a whole."""
    row = _mine(actor, final, *EDITABLE)
    for line in row.lines.all():
        if line.pk in words:
            FinalLine.objects.filter(pk=line.pk).update(words=words[line.pk].strip()[:200])
    FinalAccount.objects.filter(pk=row.pk).update(notes=notes.strip()[:800])
    row.refresh_from_db(fields=["notes"])
    approvals.content_changed(actor=actor, kind=KIND, subject_id=row.pk)
    audit.record(actor, "treasury.final.explained", row, org_path=row.union.path, lines=sorted(words))
    return row


# -- approval ----------------------------------------------------------------------------------------------------------


def procedure(final: FinalAccount) -> Decision:
    """Is the whole procedure done (程序)? Source: policy finance.budget_approval."""
    facts: dict[str, Any] = {
        "examined": final.examined_on is not None,
        "approved": final.approved_on is not None,
        "reported": final.reported_on is not None,
    }
    if final.state == FinalState.ACCEPTED:
        facts["upper_approved"] = True
    return law.decide("finance.budget_approval", final.union, clock.today(), facts)


@transaction.atomic
def final_submit(*, actor: Actor, final: FinalAccount, note: str = "") -> FinalAccount:
    """Hand it in: audit committee, then the own committee (送审).

    Raises: RuleViolation treasury.final_unexplained; Conflict treasury.final_moved when the books changed since.
    """
    row = _mine(actor, final, *EDITABLE)
    if reads.seal_of(row.book, row.year) != row.seal:
        raise Conflict("treasury.final_moved", "取数以后账有变动（12 月反结账过）。请结账后重新取数，再送审。")
    open_ = list(row.lines.filter(must=True, words="").values_list("name", flat=True))
    if open_ and len(row.notes.strip()) < LEAST_NOTES:
        raise RuleViolation(
            "treasury.final_unexplained", f"还有 {len(open_)} 项差异没有说明：{'、'.join(open_[:4])}。请逐项写明，或在决算说明里一并写清。"
        )
    title = f"{row.union.name} {row.year} 年决算"
    if row.approval is not None and row.approval.state in {"returned", "withdrawn", "voided"}:
        paper = approvals.approval_resubmit(actor=actor, approval=row.approval, note=note)
    else:
        paper = approvals.approval_submit(
            actor=actor, kind=KIND, subject_id=row.pk, title=title, org_path=row.union.path, org_name=row.union.name, note=note
        )
    changes = {"approval_id": paper.pk, "maker_ref": actor.ref, "examined_on": None, "approved_on": None, "reported_on": None}
    return flows.FINAL.advance(row, FinalState.PENDING, actor=actor, org_path=row.union.path, changes=changes)


def levels(subject_id: str) -> list[Level]:
    """Audit committee, then own committee (审批环节). Source: policy finance.budget_approval."""
    row = FinalAccount.objects.select_related("union").get(pk=subject_id)
    return [
        Level("经费审查委员会审查", row.union.path, role=Role.AUDITOR),
        Level("工会委员会批准", row.union.path, role=committee(row.union)),
    ]


def digest(subject_id: str) -> str:
    """What the approvers sign: every item with its words, the sheet, the seal of the year."""
    row = FinalAccount.objects.get(pk=subject_id)
    lines = [[x.side, x.account, x.activity, x.budget_fen, x.done_fen, x.words] for x in row.lines.all()]
    return digests.payment([row.union_id, row.year, row.seal, row.notes, row.sheet, lines])


def on_approved(actor: Actor, approval: Approval) -> None:
    """Both agreed (批准)."""
    row = FinalAccount.objects.select_for_update(of=("self",)).select_related("union").get(pk=approval.subject_id)
    steps = list(approval.steps.filter(round=approval.round).order_by("level"))
    if not spoke_for(actor, row.union, steps[1]):
        raise NotPermitted("treasury.own_committee", "工会委员会批准这一步，只能由本工会自己的人办理，上级不能代批。")
    days = [s.decided_at.astimezone(clock.SHANGHAI).date() if s.decided_at else clock.today() for s in steps]
    changes = {"examined_on": days[0], "approved_on": days[1], "opinion": steps[0].opinion[:300], "returned": ""}
    flows.FINAL.advance(row, FinalState.APPROVED, actor=actor, org_path=row.union.path, changes=changes)


def _back(actor: Actor, approval: Approval, to: str) -> None:
    row = FinalAccount.objects.select_related("union").get(pk=approval.subject_id)
    if row.state == FinalState.PENDING:
        flows.FINAL.advance(row, to, actor=actor, org_path=row.union.path)


def on_back(actor: Actor, approval: Approval) -> None:
    """Returned, withdrawn or voided: it can be changed again."""
    _back(actor, approval, FinalState.DRAFT)


def on_refused(actor: Actor, approval: Approval) -> None:
    """Refused for good; another can be made."""
    _back(actor, approval, FinalState.DROPPED)


HANDLER = approvals.Handler(
    label="决算",
    url=lambda pk: reverse("treasury:final", args=[pk]),
    levels=levels,
    digest=digest,
    on_approved=on_approved,
    on_refused=on_refused,
    on_returned=on_back,
    on_withdrawn=on_back,
    on_voided=on_back,
    bulk=False,
)


# -- the union above ---------------------------------------------------------------------------------------------


@transaction.atomic
def final_report(*, actor: Actor, final: FinalAccount, document_no: str = "") -> FinalAccount:
    """Submit the approved final account to the union above (报上一级工会)."""
    row = _mine(actor, final, FinalState.APPROVED)
    if row.union.parent_id is None:
        raise Conflict("treasury.no_upper", "最上级工会的决算不用报上一级。")
    changes = {"reported_on": clock.today(), "document_no": document_no.strip()[:60]}
    row = flows.FINAL.advance(row, FinalState.REPORTED, actor=actor, org_path=row.union.path, changes=changes)
    FinalAccount.objects.filter(pk=row.pk).update(slip=keep(actor, procedure(row), row.union, f"final:{row.pk}"))
    row.refresh_from_db(fields=["slip"])
    return row


@transaction.atomic
def final_decide(*, actor: Actor, final: FinalAccount, accept: bool, reason: str = "") -> FinalAccount:
    """The union above accepts it, and it is frozen, or sends it back with a reason (核定或退回).

    Raises: RuleViolation treasury.return_reason; Conflict treasury.final_fixed, treasury.final_moved.
    """
    row = FinalAccount.objects.select_for_update(of=("self",)).select_related("union", "union__parent", "book").get(pk=final.pk)
    if row.union.parent is None:
        raise Conflict("treasury.no_upper", "最上级工会的决算不用报上一级。")
    actor.require(Perm.BUDGET_RECORD, row.union.parent)
    if row.state != FinalState.REPORTED:
        raise Conflict("treasury.final_fixed", f"决算现在是“{FinalState(row.state).label}”，不能核定。")
    words = reason.strip()[:300]
    if not accept:
        if len(words) < LEAST_REASON:
            raise RuleViolation("treasury.return_reason", f"退回要写明理由，至少 {LEAST_REASON} 个字，让下级知道改什么。")
        return flows.FINAL.advance(row, FinalState.RETURNED, actor=actor, org_path=row.union.path, changes={"returned": words}, why=words)
    if reads.seal_of(row.book, row.year) != row.seal:
        raise Conflict("treasury.final_moved", "上报以后账有变动（12 月反结账过）。请退回，由下级重新取数。")
    return flows.FINAL.advance(
        row, FinalState.ACCEPTED, actor=actor, org_path=row.union.path, changes={"decided_on": clock.today()}, why=words
    )


@transaction.atomic
def final_drop(*, actor: Actor, final: FinalAccount) -> FinalAccount:
    """Give up a draft (作废)."""
    row = _mine(actor, final, FinalState.DRAFT)
    return flows.FINAL.advance(row, FinalState.DROPPED, actor=actor, org_path=row.union.path)
