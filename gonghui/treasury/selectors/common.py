"""What reads and writes share: the tables of the books, the names of their accounts (公用查询)."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.finance.rules import charts
from gonghui.treasury.models import Match


def voucher_model() -> Any:
    """The vouchers of the books below."""
    return Match._meta.get_field("voucher").related_model


def posting_model() -> Any:
    """Their posted lines."""
    return voucher_model()._meta.get_field("postings").related_model


def account_name(code: str, on: date) -> str:
    """Name of an account by the chart of the day: `职工活动支出—会员活动`."""
    return charts.chart(on).name(code)
