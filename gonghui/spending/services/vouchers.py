"""Vouchers and plans (凭证与计划): a plan becomes a voucher, the guard at voucher time, what counts into the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction

from gonghui.core import audit, clock, money
from gonghui.core.errors import RuleViolation
from gonghui.finance import services as finance
from gonghui.finance.enums import BookKind
from gonghui.finance.rules.lines import Finding
from gonghui.finance.selectors import books
from gonghui.finance.selectors import vouchers as finance_reads
from gonghui.orgs.selectors import law
from gonghui.spending import flows
from gonghui.spending.enums import Method, Outcome, Perm, PlanKind, PlanState, Use
from gonghui.spending.models import Plan, Spent
from gonghui.spending.rules.draft import Draft, Line
from gonghui.spending.rules.events import BARE, EVENTS
from gonghui.spending.selectors import answers, budgets, facts, figures, quotes
from gonghui.spending.selectors import overrides as waived
from gonghui.spending.services import plans
from gonghui.treasury import services as treasury

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SOURCE = "spending.plan:"
SEVERITY: dict[str, Literal["block", "warn", "unknown"]] = {Outcome.REFUSED: "block", Outcome.REASON: "warn", Outcome.UNKNOWN: "unknown"}


def book_of(union: Any) -> Any:
    """The open book of a union, or None."""
    return books.book_of(union)


@transaction.atomic
def plan_pay(*, actor: Actor, plan: Plan, on: date, files: tuple[Any, ...] = ()) -> Any:
    """Make the voucher of a confirmed plan (做凭证); the books decide again on the day it is paid.

    Raises: RuleViolation spending.no_book, spending.wrong_state.
    """
    plan = plans.lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    if plan.state != PlanState.APPROVED:
        raise RuleViolation("spending.wrong_state", "主席确认以后才能做凭证。")
    book = book_of(plan.union)
    if book is None:
        raise RuleViolation("spending.no_book", "本工会没有在平台上开账。请登记已支付，或先开账。")
    number, inquiry = plan.participants.count() or plan.count, quotes.of(plan)
    chosen = inquiry.chosen if inquiry is not None else None
    payee, amount = (chosen.supplier, chosen.total_fen) if chosen is not None else (plan.payee, plan.total_fen)
    if amount > plan.total_fen:
        raise RuleViolation(
            "spending.over_plan", f"选定的报价 {money.show(amount)} 超过计划 {money.show(plan.total_fen)}，请重新询价或修改计划。"
        )
    given = {"participants": number, "cash": plan.method == Method.CASH, "payee": payee, "plan": plan.number}
    voucher = finance.entry(
        actor=actor, book=book, event=EVENTS[plan.kind], on=on, amount=amount, words=f"{plan.title}（{plan.number}）",
        source=plan.source, facts=given, files=files,
    )  # fmt: skip
    Plan.objects.filter(pk=plan.pk).update(voucher_pk=voucher.pk)
    audit.record(actor, "spending.plan.voucher", plan, org_path=plan.union.path, voucher=voucher.pk, on=on)
    return voucher


def plan_of(voucher: Any) -> Plan | None:
    """The plan a voucher was made from."""
    head, _, pk = str(voucher.source or "").partition(SOURCE)
    return Plan.objects.select_related("union").filter(pk=int(pk)).first() if not head and pk.isdigit() else None


def guard(voucher: Any) -> list[Finding]:
    """The finance guard `spending` (凭证把关): decided on the voucher's day, amount and people, with or without a plan."""
    if voucher.reverses_id is not None or voucher.total_fen <= 0:
        return []  # a reversal only takes back what was decided before
    plan = plan_of(voucher)
    if plan is not None:
        draft = _as_paid(plan, voucher)
        found = [_finding(i, waived.granted_keys(plan, plans.digest(plan))) for i in _bad(draft, facts.history_for(plan))]
        return [*found, *_unasked(plan)]
    bare = bare_draft(voucher)
    if bare is None:
        return []
    return [_finding(i, frozenset()) for i in _bad(bare, facts.history_of(voucher.book.union, voucher.on))]


def passed(voucher: Any) -> list[Finding]:
    """What of the rules holds, each with its arithmetic and what is left (符合的规定), for the page of the voucher."""
    if voucher.reverses_id is not None or voucher.total_fen <= 0:
        return []
    plan = plan_of(voucher)
    draft = _as_paid(plan, voucher) if plan is not None else bare_draft(voucher)
    if draft is None:
        return []
    history = facts.history_for(plan) if plan is not None else facts.history_of(voucher.book.union, voucher.on)
    items = answers.judge(draft, history, near=False).items
    return [_holding(i) for i in items if i.outcome == Outcome.ALLOWED and i.decision.key != "finance.no_budget"]


def _holding(item: answers.Item) -> Finding:
    most = f"最多可以用 {money.show(item.allowed_fen)}。" if item.allowed_fen is not None else ""
    left = item.decision.values.get("left")
    rest = f"这次以前今年还剩 {money.show(left)}。" if isinstance(left, int) and not isinstance(left, bool) else ""
    text = f"{item.label}：{item.decision.verdict}（依据：{item.source}）。{most}{rest}"
    return Finding("ok", text, item.decision, f"spending.{item.question.name}"[:80])


def clears(rows: Sequence[Any]) -> set[int]:
    """Vouchers the guard has no question to (不必逐张把关): a reversal, nothing to judge."""
    return {
        v.pk for v in rows if v.reverses_id is not None or v.total_fen <= 0 or not (_judged(v) or str(v.source or "").startswith(SOURCE))
    }


def _judged(voucher: Any) -> bool:
    """Is a voucher without a plan one to judge: by its event, or since it was paid in cash?"""
    return (voucher.event or "") in BARE or bool((voucher.facts or {}).get("cash"))


def _unasked(plan: Plan) -> list[Finding]:
    """A festival purchase without its quotations is told, not stopped (还没有询价)."""
    lacking = quotes.lacking(plan)
    if lacking is None:
        return []
    source = next((str(u.version.source) for u in lacking.used), "")
    text = f"节日慰问品还没有选定供货单位：{lacking.verdict}（依据：{source}）。请在计划里补上报价，或说明理由。"
    return [Finding(severity="warn", text=text, slip=lacking, key="spending.quotations")]


def _as_paid(plan: Plan, voucher: Any) -> Draft:
    """The plan on the day of the voucher; an amount other than the plan's is laid on its largest line."""
    draft = facts.draft_of(plan, on=voucher.on, handed_out=False)
    extra = amount_of(voucher) - draft.total_fen
    if extra > 0 and draft.lines:
        draft = replace(draft, lines=(*draft.lines, Line(max(draft.lines, key=lambda x: x.total_fen).use, extra, 1, "与计划的差额")))
    elif extra < 0 and draft.lines:
        draft = _cheaper(draft, -extra)
    people = int((voucher.facts or {}).get("participants") or 0)
    if people and people != draft.people:
        draft = replace(draft, members=(), count=people)
    if (voucher.facts or {}).get("cash"):
        draft = replace(draft, method=Method.CASH)
    return draft


def _cheaper(draft: Draft, less: int) -> Draft:
    """Paid below the plan: the largest line costs less each, rounded up so that nothing is judged too kindly."""
    at = max(range(len(draft.lines)), key=lambda i: draft.lines[i].total_fen)
    line = draft.lines[at]
    return draft.with_line(at, unit_fen=max(0, -(-(line.total_fen - less) // line.quantity))) if line.quantity else draft


def amount_of(voucher: Any) -> int:
    """Total of the debit side in fen: what the voucher moves."""
    return int(voucher.total_fen)


def bare_draft(voucher: Any) -> Draft | None:
    """A voucher without a plan as a plan, from what finance asked; None when its event is not guarded."""
    taken = BARE.get(voucher.event or "")
    given: dict[str, Any] = dict(voucher.facts or {})
    union, amount = voucher.book.union, amount_of(voucher)
    cash = bool(given.get("cash"))
    if not _judged(voucher):
        return None
    kind, use = taken or (PlanKind.PURCHASE, Use.OTHER)
    people, winners = int(given.get("participants") or 0), int(given.get("winners") or 0)
    if voucher.event == "prize" and winners and winners < people:
        lines = (Line(Use.PRIZE, -(-amount // winners), winners, "奖品"),)
    elif (use in (Use.CARE, Use.FILM, Use.PASS, Use.MEAL) and people) or (use == Use.PARTICIPATION and people and amount % people == 0):
        lines = (Line(use, -(-amount // people), people),)
    else:
        lines = (Line(use, amount, 1),)
    asked = {k: v for k, v in given.items() if k not in ("participants", "winners", "cash", "part", "payee", "plan")}
    return Draft(
        kind=kind, on=voucher.on, at=law.place_of(union), lines=lines, count=people, unit_path=union.path,
        roll=facts.roll_on(union, voucher.on).count() if kind == PlanKind.FESTIVAL else 0, facts=asked,
        method=Method.CASH if cash else Method.TRANSFER, payee=str(given.get("payee") or ""), source=f"finance.voucher:{voucher.pk}",
        tables=figures.tables_of(union), budget=budgets.budget_for(union, voucher.on, kind, ""),
    )  # fmt: skip


def _bad(draft: Draft, history: Any) -> list[tuple[answers.Item, answers.Answer]]:
    answer = answers.judge(draft, history)
    return [(i, answer) for i in answer.failing if i.decision.key != "finance.no_budget"]  # treasury says that itself


def _finding(found: tuple[answers.Item, answers.Answer], granted: frozenset[str]) -> Finding:
    item, answer = found
    near = (answer.lifting or answer.proposals) if item.outcome == Outcome.REFUSED else answer.proposals
    how = f"可以这样改：{near[0].text}。" if near and item.outcome != Outcome.UNKNOWN else ""
    most = f"按规定最多可以用 {money.show(item.allowed_fen)}。" if item.allowed_fen is not None and item.outcome != Outcome.UNKNOWN else ""
    ground = f"{item.source}：“{item.quote}”" if item.quote else item.source
    missing = f"还缺：{'、'.join(item.missing)}。" if item.missing else ""
    text = f"{item.label}：{item.decision.verdict}（依据：{ground}）。{most}{missing}{how}"
    waived_already = item.question.name in granted
    severity = SEVERITY[item.outcome]
    if waived_already and severity == "block":
        severity, text = "warn", text + "这一条已经另一人批准例外办理。"
    return Finding(severity=severity, text=text, slip=item.decision, key=f"spending.{item.question.name}"[:80])


def done(voucher: Any, *, reversed: bool = False) -> None:
    """The finance hook after posting, and with the original after its reversal: a plan moves with its voucher and counts once."""
    if voucher.book.kind != BookKind.REAL:
        return
    plan = plan_of(voucher)
    if plan is not None:
        _plan_done(facts.SYSTEM, plan, voucher, undone=reversed)
    elif reversed:
        Spent.objects.filter(voucher_pk=voucher.pk, undone_on=None).update(undone_on=clock.today())
    else:
        _count(voucher)


def _plan_done(actor: Actor, plan: Plan, voucher: Any, *, undone: bool) -> None:
    to = PlanState.REVERSED if undone else PlanState.POSTED
    if plan.state == to:
        return
    changes = {} if undone else {"paid_on": voucher.on, "paid_fen": amount_of(voucher), "voucher_pk": voucher.pk}
    flows.PLAN.advance(plan, to, actor=actor, org_path=plan.union.path, changes=changes, voucher=voucher.pk)
    if undone:
        treasury.release(actor=actor, source=plan.source)
    if not undone:
        plans.keep(actor, plan, answers.judge(_as_paid(plan, voucher), facts.history_for(plan), near=False), "voucher")


def _count(voucher: Any) -> None:
    """A guarded voucher without a plan counts into the year's totals, once."""
    draft = bare_draft(voucher)
    if draft is None:
        return
    Spent.objects.get_or_create(
        voucher_pk=voucher.pk,
        defaults={
            "union": voucher.book.union, "use": draft.lines[0].use, "on": voucher.on, "amount_fen": amount_of(voucher), "people": draft.count,
            "payee": draft.payee[:80], "cash": draft.method == Method.CASH,
        },
    )  # fmt: skip


def let_through() -> list[str]:
    """Numbers of posted plans whose vouchers no rule refuses when they are asked again (放行的凭证), for the detectors."""
    plans_ = Plan.objects.filter(state=PlanState.POSTED)
    rows = {p.voucher_pk: p.number for p in plans_ if p.voucher_pk is not None}
    found = finance_reads.posted(rows)
    return [rows[v.pk] for v in found if not any(f.severity == "block" for f in guard(v))]
