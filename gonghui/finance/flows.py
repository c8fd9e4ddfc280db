"""Life of vouchers and exceptions (凭证、例外的流程)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.finance.enums import OverrideState as O
from gonghui.finance.enums import VoucherState as V
from gonghui.finance.models import Override, Voucher

VOUCHER: Flow[Voucher] = Flow(
    "finance.voucher",
    {
        V.DRAFT: {V.CHECKED, V.DROPPED},
        V.CHECKED: {V.POSTED, V.DRAFT},
        V.POSTED: set(),
        V.DROPPED: set(),
    },
)
OVERRIDE: Flow[Override] = Flow(
    "finance.override",
    {O.ASKED: {O.GRANTED, O.REFUSED, O.VOID}, O.GRANTED: {O.VOID}, O.REFUSED: set(), O.VOID: set()},
)
