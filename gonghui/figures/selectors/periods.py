"""Statistical periods and the default date (统计期与默认截止日)."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from gonghui.core import clock
from gonghui.figures.models import StatPeriod


def period_list() -> QuerySet[StatPeriod]:
    return StatPeriod.objects.order_by("-closing")


def period_current() -> StatPeriod | None:
    return StatPeriod.objects.filter(current=True).first()


def default_date() -> date:
    """The current period's last day once it is past, else today (默认截止日)."""
    today, period = clock.today(), period_current()
    return period.closing if period is not None and period.closing < today else today
