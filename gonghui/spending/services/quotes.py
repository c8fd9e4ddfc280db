"""Quotations (询价): goods are listed, suppliers' prices entered with their papers, one chosen with its reason. Source: S217, R142, R143."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.policy import services as policy
from gonghui.spending import flows
from gonghui.spending.enums import InquiryState, Perm, PlanKind, PlanState
from gonghui.spending.models import Goods, Inquiry, Plan, Quote, QuotePrice
from gonghui.spending.selectors import quotes as reads
from gonghui.spending.services import plans

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_GOODS, MOST_QUOTES, LEAST_REASON = 20, 12, 6
LIVE = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED)


def _open(actor: Actor, plan: Plan) -> tuple[Plan, Inquiry]:
    """The plan, locked, with its inquiry while that can still be changed; the first step begins it."""
    plan = plans.lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    if plan.state not in LIVE or plan.voucher_pk:
        raise RuleViolation("spending.wrong_state", f"这个计划{plan.get_state_display()}，询价不能再改。")
    inquiry = reads.of(plan) or Inquiry.objects.create(plan=plan, made_by=actor.ref, made_at=clock.now())
    if inquiry.state != InquiryState.OPEN:
        raise Conflict("spending.chosen", "供货单位已经选定。要改，请先写明理由重新询价。")
    return plan, inquiry


@transaction.atomic
def goods_add(*, actor: Actor, plan: Plan, name: str, quantity: int, spec: str = "", measure: str = "份") -> Goods:
    """List an article (列物品). What may not be given at a festival is refused with its clause.

    Raises: RuleViolation spending.goods_banned, spending.priced; BadInput spending.bad_goods; Conflict spending.goods_twice.
    Source: policy finance.festival_form, finance.festival_banned_goods, spending.card_words.
    """
    plan, inquiry = _open(actor, plan)
    name = name.strip()[:40]
    if not name or quantity <= 0 or inquiry.goods.count() >= MOST_GOODS:
        raise BadInput("spending.bad_goods", f"请填物品名称和大于零的数量，最多 {MOST_GOODS} 样。")
    if inquiry.quotes.exists():
        raise RuleViolation("spending.priced", "已经有报价，物品清单不能再改。请先撤去报价。")
    if plan.kind == PlanKind.FESTIVAL:
        decision = reads.goods_decision(plan, name)
        if decision.blocks:
            sources = [u.version.source for u in decision.used if u.clause in _failing(decision)]
            source = next((f"{x}：“{x.quote}”" if x.quote else str(x) for x in sources), "")
            raise RuleViolation(
                "spending.goods_banned",
                f"“{name}”不能作节日慰问品：{decision.verdict}（依据：{source}）。请换成节日用品或生活必需品。",
                slip=decision.as_json(),
            )
    try:
        with transaction.atomic():
            row = Goods.objects.create(
                inquiry=inquiry, name=name, spec=spec.strip()[:60], measure=measure.strip()[:8] or "份", quantity=quantity
            )
    except IntegrityError as fault:
        raise Conflict("spending.goods_twice", f"“{name}”已经列了。数量不同请先撤去再列。") from fault
    audit.record(actor, "spending.goods.added", row, org_path=plan.union.path, name=name, quantity=quantity)
    return row


def _failing(decision: policy.Decision) -> set[str]:
    return {c.clause.key for c in decision.clauses if c.result is False}


@transaction.atomic
def goods_remove(*, actor: Actor, plan: Plan, pk: int) -> None:
    """Take an article off the list (撤去物品) while nobody has priced it."""
    plan, inquiry = _open(actor, plan)
    if inquiry.quotes.exists():
        raise RuleViolation("spending.priced", "已经有报价，物品清单不能再改。请先撤去报价。")
    if not inquiry.goods.filter(pk=pk).delete()[0]:
        raise Conflict("spending.goods_gone", "清单里没有这样物品，请刷新后再看。")
    audit.record(actor, "spending.goods.removed", plan, org_path=plan.union.path, goods=pk)


@transaction.atomic
def quote_add(*, actor: Actor, plan: Plan, supplier: str, on: date, prices: Mapping[int, int], file: Any = None, note: str = "") -> Quote:
    """Enter what a supplier asks (登记报价), a price for every article, with its paper.

    Args: prices: article -> fen each. Raises: BadInput spending.bad_quote, spending.no_paper; Conflict spending.quoted.
    """
    plan, inquiry = _open(actor, plan)
    goods = list(inquiry.goods.all())
    if not goods:
        raise RuleViolation("spending.no_goods", "先列物品清单，再登记报价，几家才好比。")
    lacking = [g.name for g in goods if prices.get(g.pk, 0) <= 0]
    if lacking or not supplier.strip() or on > clock.today() or inquiry.quotes.count() >= MOST_QUOTES:
        what = f"还缺单价：{'、'.join(lacking)}。" if lacking else "请填供货单位，报价日期不晚于今天。"
        raise BadInput("spending.bad_quote", what)
    if file is None:
        raise BadInput("spending.no_paper", "请附上报价单的照片或 PDF，没有报价单的不算一家。")
    total = sum(prices[g.pk] * g.quantity for g in goods)
    try:
        with transaction.atomic():
            row = Quote.objects.create(
                inquiry=inquiry, supplier=supplier.strip()[:80], on=on, total_fen=total, file=file, note=note.strip()[:120], made_by=actor.ref,
                made_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("spending.quoted", f"{supplier.strip()[:80]}已经报过价。改价请先撤去原来的。") from fault
    QuotePrice.objects.bulk_create(QuotePrice(quote=row, goods=g, unit_fen=prices[g.pk]) for g in goods)
    audit.record(actor, "spending.quote.added", row, org_path=plan.union.path, supplier=row.supplier, total=total)
    return row


@transaction.atomic
def quote_remove(*, actor: Actor, plan: Plan, pk: int) -> None:
    """Take a quotation out (撤去报价) before one is chosen; the trail keeps its sum."""
    plan, inquiry = _open(actor, plan)
    row = inquiry.quotes.filter(pk=pk).first()
    if row is None:
        raise Conflict("spending.quote_gone", "没有这份报价，请刷新后再看。")
    audit.record(actor, "spending.quote.removed", plan, org_path=plan.union.path, supplier=row.supplier, total=row.total_fen)
    row.delete()


@transaction.atomic
def quote_choose(*, actor: Actor, plan: Plan, pk: int, reason: str) -> Inquiry:
    """Choose a supplier with a reason (选定供货单位); never above the plan; too few quotations or not the cheapest asks for more words.

    Raises: RuleViolation spending.reason_missing, spending.over_plan; Conflict spending.quote_gone.
    Source: policy spending.quotations.
    """
    plan, inquiry = _open(actor, plan)
    quotes = list(inquiry.quotes.all())
    chosen = next((q for q in quotes if q.pk == pk), None)
    if chosen is None:
        raise Conflict("spending.quote_gone", "没有这份报价，请刷新后再看。")
    if chosen.total_fen > plan.total_fen:
        over = money.show(chosen.total_fen - plan.total_fen)
        raise RuleViolation("spending.over_plan", f"{chosen.supplier}的报价比计划多 {over}。请另选一家，或先修改计划再判断。")
    lowest = chosen.total_fen == min(q.total_fen for q in quotes)
    words = reason.strip()
    decision = reads.decision(plan, total_fen=chosen.total_fen, quotes=len(quotes), lowest=lowest, reasoned=len(words) >= LEAST_REASON)
    if len(words) < LEAST_REASON:
        raise RuleViolation("spending.reason_missing", f"{decision.verdict}。请写明选{chosen.supplier}的理由，至少 {LEAST_REASON} 个字。")
    slip = policy.store(actor, decision, subject=f"plan:{plan.pk}", org_path=plan.union.path, perm=str(Perm.PLAN_VIEW))
    changes = {
        "chosen_id": chosen.pk, "reason": words[:300], "slip": slip, "decided_by": actor.ref, "decided_name": actor.name, "decided_at": clock.now(),
    }  # fmt: skip
    if plan.state == PlanState.DRAFT:
        Plan.objects.filter(pk=plan.pk).update(payee=chosen.supplier)
    return flows.INQUIRY.advance(
        inquiry,
        InquiryState.CHOSEN,
        actor=actor,
        org_path=plan.union.path,
        changes=changes,
        supplier=chosen.supplier,
        total=chosen.total_fen,
    )


@transaction.atomic
def quote_reopen(*, actor: Actor, plan: Plan, reason: str) -> Inquiry:
    """Ask again although one was chosen (重新询价), with a reason, before the voucher."""
    plan = plans.lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    inquiry = reads.of(plan)
    if inquiry is None or plan.state not in LIVE or plan.voucher_pk:
        raise RuleViolation("spending.wrong_state", f"这个计划{plan.get_state_display()}，询价不能再改。")
    if len(reason.strip()) < LEAST_REASON:
        raise RuleViolation("spending.reason_missing", f"请写明重新询价的理由，至少 {LEAST_REASON} 个字。")
    changes = {"chosen_id": None, "reopened": reason.strip()[:300]}
    return flows.INQUIRY.advance(inquiry, InquiryState.OPEN, actor=actor, org_path=plan.union.path, changes=changes, reason=reason[:300])
