"""When several cash payments are one (现金拆分): by payee, by purpose, by plan. Source: R148; policy treasury.split_ties."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

ORDINAL = re.compile(r"第?[0-9０-９一二三四五六七八九十]+(?:批|次|笔|期|部分|份)|[之（(]?[一二三四五六七八九十][）)]?$")
TIES = {
    "payee_day": "同一收款人、同一天",
    "payee_purpose": "同一收款人、同一种类",
    "purpose": "同一事由",
    "plan": "同一项计划或凭证",
}
"""How two payments may be tied, in words."""


@dataclass(frozen=True)
class Cash:
    """A cash payment as the rule sees it (现金付款)."""

    key: int
    on: date
    fen: int
    payee: str
    kind: str
    words: str
    plan: str = ""
    """What it was planned or booked as: `spending.plan:3`, else its voucher."""


def purpose(words: str) -> str:
    """What a payment is for, without batch numbers and signs: `购买奖品（第二批）` and `购买奖品3` are the same."""
    plain = re.sub(r"[\s（）()【】\[\]，,。.、：:；;—_-]", "", ORDINAL.sub("", words.strip()))
    return re.sub(r"[0-9０-９]+$", "", plain).lower()


def tie(one: Cash, other: Cash, days: int, wanted: Collection[str]) -> str:
    """By which of the wanted ties the other belongs to this one, the strongest first; empty when by none."""
    near = abs((one.on - other.on).days) <= days
    same_payee = one.payee.strip() == other.payee.strip() != ""
    held = {
        "plan": bool(one.plan) and one.plan == other.plan,
        "payee_day": same_payee and one.on == other.on,
        "payee_purpose": same_payee and near and (one.kind == other.kind or purpose(one.words) == purpose(other.words)),
        "purpose": near and bool(purpose(one.words)) and purpose(one.words) == purpose(other.words),
    }
    return next((name for name, holds in held.items() if holds and name in wanted), "")
