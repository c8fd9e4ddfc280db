"""Statistical periods and the default date (统计期与默认截止日)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from gonghui.core import clock
from gonghui.figures.models import StatPeriod


def period_list() -> QuerySet[StatPeriod]:
    return StatPeriod.objects.order_by("-closing")


PERIOD = "figures.period"
"""Where a request remembers the current period."""


def period_current() -> StatPeriod | None:
    return StatPeriod.objects.filter(current=True).first()


def default_date(memo: dict[str, Any] | None = None) -> date:
    """The current period's last day once it is past, else today (默认截止日). `memo` is the actor's, where the period may be known."""
    today, period = clock.today(), memo[PERIOD] if memo and PERIOD in memo else period_current()
    return period.closing if period is not None and period.closing < today else today
