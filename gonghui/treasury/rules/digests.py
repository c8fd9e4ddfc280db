"""What an approval signs (审批摘要): payee, account, amount, purpose. Source: AID-03, R10."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from gonghui.core.audit import canonical


def payment(values: Sequence[object]) -> str:
    """Text that stands for one payment: hashed at approval and compared at payout."""
    return canonical(list(values))


def batch(account: int, lines: Iterable[tuple[str, int, str]]) -> str:
    """Digest of a batch from (transfer number, fen, digest of the payment), in order of the numbers."""
    ordered = sorted(lines)
    return hashlib.sha256(canonical([account, len(ordered), sum(fen for _no, fen, _d in ordered), ordered]).encode()).hexdigest()
