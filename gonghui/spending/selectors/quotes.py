"""Quotations as they are compared (询价查询)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy
from gonghui.spending.enums import InquiryState, PlanKind
from gonghui.spending.models import Inquiry, Plan, Quote
from gonghui.spending.selectors import plans

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

CARD = "shopping_card"


def of(plan: Plan) -> Inquiry | None:
    """The inquiry of a plan, if one was begun."""
    return Inquiry.objects.filter(plan=plan).select_related("chosen").first()


def quote_get(*, actor: Actor, pk: int) -> Quote:
    """One quotation of a plan in scope, or 404."""
    row = Quote.objects.filter(inquiry__plan__in=plans.plan_visible(actor), pk=pk).select_related("inquiry__plan__union", "file").first()
    if row is None:
        raise NotFound()
    return row


@dataclass(frozen=True)
class Row:
    """One article and what each supplier asks for it (比价行)."""

    goods: Any
    prices: list[tuple[int | None, bool]]
    """Unit price of each quotation in order, and whether it is the lowest."""


def table(inquiry: Inquiry) -> tuple[list[Quote], list[Row]]:
    """Quotations, the cheapest first, and the articles beside them (比价表)."""
    quotes = list(inquiry.quotes.select_related("file").prefetch_related("prices"))
    known = {(p.quote_id, p.goods_id): p.unit_fen for q in quotes for p in q.prices.all()}
    rows = []
    for goods in inquiry.goods.all():
        asked = [known.get((q.pk, goods.pk)) for q in quotes]
        low = min((fen for fen in asked if fen is not None), default=None)
        rows.append(Row(goods, [(fen, fen is not None and fen == low) for fen in asked]))
    return quotes, rows


def goods_decision(plan: Plan, name: str) -> policy.Decision:
    """May this article be given at a festival (能不能发)? A card under the name of goods is asked about as a card.

    Source: policy finance.festival_form, spending.card_words.
    """
    union, day = plan.union, plan.on
    words = policy.value("spending.card_words", on=day, at=law.place_of(union), unit_path=union.path).value
    if any(str(word) in name for word in words):
        return law.decide("finance.festival_form", union, day, {"form": CARD, "to_all": True})
    banned = policy.value("finance.festival_banned_goods", on=day, at=law.place_of(union), unit_path=union.path).value
    known = next((str(word) for word in banned if str(word) in name), name)
    return law.decide("finance.festival_form", union, day, {"form": "goods", "goods": known, "to_all": True})


def decision(plan: Plan, *, total_fen: int, quotes: int, lowest: bool, reasoned: bool) -> policy.Decision:
    """Were enough asked, was the cheapest taken or the reason given (询价规则)? Source: policy spending.quotations."""
    facts = {"total_fen": total_fen, "quotes": quotes, "lowest": lowest, "reasoned": reasoned}
    return law.decide("spending.quotations", plan.union, clock.today(), facts)


def lacking(plan: Plan) -> policy.Decision | None:
    """What a festival plan still lacks of its quotations, None when nothing does (还缺的询价)."""
    if plan.kind != PlanKind.FESTIVAL:
        return None
    inquiry = of(plan)
    if inquiry is not None and inquiry.state == InquiryState.CHOSEN:
        return None
    number = inquiry.quotes.count() if inquiry is not None else 0
    facts = {"total_fen": plan.total_fen, "quotes": number, "lowest": True}
    found = law.decided("spending.quotations", plan.union, plan.on, facts)
    return found if found is not None and found.outcome is not True else None
