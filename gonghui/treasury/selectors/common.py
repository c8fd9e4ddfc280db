"""What reads and writes share: the place of a union, rule values, the tables of the books (公用查询)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from gonghui.core.errors import NotFound
from gonghui.finance.rules import charts
from gonghui.orgs.selectors import unions
from gonghui.policy import services as policy
from gonghui.treasury.models import Match

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gonghui.policy.services import Decision

NATION = "000000"


def voucher_model() -> Any:
    """The vouchers of the books below."""
    return Match._meta.get_field("voucher").related_model


def posting_model() -> Any:
    """Their posted lines."""
    return voucher_model()._meta.get_field("postings").related_model


def area_of(union: Any) -> str:
    """The GB/T 2260 code of a union's place: its own, else the nearest above (所在地)."""
    if union.area:
        return str(union.area)[:6]
    found = [a.area for a in unions.ancestors(union) if a.area]
    return str(found[-1])[:6] if found else NATION


def decide(key: str, union: Any, on: date, facts: Mapping[str, Any]) -> Decision:
    """One decision for a union at its place."""
    return policy.decide(key, on=on, at=area_of(union), facts=facts, unit_path=union.path)


def number(key: str, union: Any, on: date, default: int = 0) -> int:
    """A whole number of the rule base for a union, or the default on days before it was in force."""
    try:
        return int(policy.value(key, on=on, at=area_of(union), unit_path=union.path).value)
    except NotFound as fault:
        if fault.code != "policy.not_in_force":
            raise
        return default


def account_name(code: str, on: date) -> str:
    """Name of an account by the chart of the day: `职工活动支出—会员活动`."""
    return charts.chart(on).name(code)
