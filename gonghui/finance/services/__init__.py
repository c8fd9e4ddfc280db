"""Writes of the books (账务办理)."""

from __future__ import annotations

from gonghui.finance.services.books import book_agent_set, book_close, book_open
from gonghui.finance.services.bringing import Bring, vouchers_bring
from gonghui.finance.services.drafting import vouchers_draft, vouchers_drop
from gonghui.finance.services.duties import apart
from gonghui.finance.services.overrides import finding_override, override_ask, override_decide
from gonghui.finance.services.periods import period_close, period_reopen, periods_close
from gonghui.finance.services.posting import voucher_post, vouchers_post
from gonghui.finance.services.vouchers import (
    entry,
    voucher_attach,
    voucher_check,
    voucher_draft,
    voucher_drop,
    voucher_edit,
    voucher_return,
    voucher_reverse,
)
from gonghui.finance.services.yearend import transition_draft, year_close

__all__ = [
    "Bring",
    "apart",
    "book_agent_set",
    "book_close",
    "book_open",
    "entry",
    "finding_override",
    "override_ask",
    "override_decide",
    "period_close",
    "period_reopen",
    "periods_close",
    "transition_draft",
    "voucher_attach",
    "voucher_check",
    "voucher_draft",
    "voucher_drop",
    "voucher_edit",
    "voucher_post",
    "voucher_return",
    "voucher_reverse",
    "vouchers_bring",
    "vouchers_draft",
    "vouchers_drop",
    "vouchers_post",
    "year_close",
]
