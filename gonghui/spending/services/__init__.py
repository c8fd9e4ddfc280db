"""What spending does for others (支出把关). `from gonghui.spending import services as spending`."""

from __future__ import annotations

from gonghui.spending.services.data import LineData, PlanData
from gonghui.spending.services.figures import figure_end, figure_set
from gonghui.spending.services.overrides import override_ask, override_decide
from gonghui.spending.services.plans import (
    plan_cancel,
    plan_change,
    plan_make,
    plan_open,
    plan_record,
    plan_settle,
    plan_sign,
    plan_submit,
    plan_withdraw,
)
from gonghui.spending.services.quotes import goods_add, goods_remove, quote_add, quote_choose, quote_remove, quote_reopen
from gonghui.spending.services.vouchers import plan_pay

__all__ = [
    "LineData",
    "PlanData",
    "figure_end",
    "figure_set",
    "goods_add",
    "goods_remove",
    "override_ask",
    "override_decide",
    "plan_cancel",
    "plan_change",
    "plan_make",
    "plan_open",
    "plan_pay",
    "plan_record",
    "plan_settle",
    "plan_sign",
    "plan_submit",
    "plan_withdraw",
    "quote_add",
    "quote_choose",
    "quote_remove",
    "quote_reopen",
]
