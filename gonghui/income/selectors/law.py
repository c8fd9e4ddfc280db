"""What the rule base says of income (规则取值): one place asks, everything keeps the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from gonghui.core.errors import NotFound
from gonghui.income.enums import Level
from gonghui.income.rules.periods import Period
from gonghui.orgs.selectors import law as places
from gonghui.policy import services as policy


def ask(key: str, union: Any, on: date, facts: Mapping[str, Any]) -> policy.Decision:
    """A decision at the union's place, with its by-law values."""
    return places.decide(key, union, on, facts)


def number(key: str, union: Any, on: date) -> int:
    """A whole number of the rule base. Source: policy income.*."""
    return places.number(key, union, on)


def cite(slip: policy.Decision) -> str:
    """The texts a decision stands on with the day each came into force, in one line."""
    return _cited(used.version for used in slip.used)


def cite_clause(slip: policy.Decision) -> str:
    """Only the clause that decided: of a list of items the one the item stands in."""
    held = [version for c in slip.clauses if c.result is True for version in c.versions]
    return _cited(held) or cite(slip)


def _cited(versions: Iterable[Any]) -> str:
    return "；".join(dict.fromkeys(f"{v.source}（{v.since:%Y-%m-%d} 起）" for v in versions))[:160]


def lapsed(slip: policy.Decision) -> str:
    """The newest text of a rule for the place that is over, where none is in force (已经到期的规定): so that “cannot tell” says why."""
    if slip.clauses:
        return ""
    here = [v for v in slip.rule.versions if v.until and v.until < slip.on and slip.at.startswith(v.jurisdiction.rstrip("0"))]
    last = max(here, key=lambda v: (v.until, len(v.jurisdiction.rstrip("0"))), default=None)
    return f"{last.source}（{last.since:%Y-%m-%d} 至 {last.until:%Y-%m-%d}）" if last else ""


def due_on(union: Any, period: Period) -> tuple[date, str]:
    """The last day to pay for a period. Source: policy finance.levy_due."""
    slip = ask("finance.levy_due", union, period.last + timedelta(days=1), {"month": period.last_month})
    due = slip.values.get("due")
    if not isinstance(due, date):
        raise NotFound("income.no_due_rule", f"{period.label}没有生效的拨缴期限规定，请核对日期。")
    return due, cite(slip)


def levy(union: Any, period: Period, base_fen: int) -> tuple[int, str]:
    """What is owed on a wage base. Source: policy finance.levy."""
    slip = ask("finance.levy", union, period.last, {"base_fen": base_fen})
    return int(slip.values["value"]), cite(slip)


def component(union: Any, period: Period, item: str, local_in: bool | None) -> policy.Decision:
    """Does a wage item count? Source: policy finance.levy_component."""
    return ask("finance.levy_component", union, period.last, {"item": item, "local_in": local_in})


def split(union: Any, on: date, levy_fen: int) -> tuple[int, int, dict[Level, Fraction], str]:
    """Kept part, the part of the top, weights of the levels between. Source: policy finance.levy_split, income.levy_middle."""
    slip = ask("finance.levy_split", union, on, {"levy_fen": levy_fen})
    middle = ask("income.levy_middle", union, on, {"middle_fen": int(slip.values["middle"])}).values
    weights = {
        Level.PROVINCE: Fraction(middle["to_province"]),
        Level.CITY: Fraction(middle["to_city"]),
        Level.COUNTY: Fraction(middle["to_county"]),
    }
    return int(slip.values["keep"]), int(slip.values["top"]), weights, cite(slip)


def late_fee(union: Any, on: date, arrears_fen: int, due: date, demanded: date | None) -> policy.Decision:
    """The late fee to a day; places without one answer 0. Source: policy finance.late_fee."""
    return ask("finance.late_fee", union, on, {"arrears_fen": arrears_fen, "due_on": due, "demand_due_on": demanded})


def fee_of(slip: policy.Decision) -> int:
    """The amount of a late-fee decision; unknown counts as nothing, and the slip says what is missing."""
    fee = slip.values.get("fee")
    return int(fee) if fee is not None else 0


def dues(union: Any, on: date, wage_fen: int) -> tuple[int, str]:
    """Monthly dues of a wage. Source: policy members.dues."""
    slip = ask("members.dues", union, on, {"wage_fen": wage_fen})
    return int(slip.values["value"]), cite(slip)
