"""Year-end transfers (年终结转): income and expenditure to the balances, designated and other apart.

Source: 《工会会计制度》 2021 (ACC-4); 2009: 331 结余 (ACC 9.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gonghui.core.errors import RuleViolation
from gonghui.finance.rules.charts import chart
from gonghui.finance.rules.lines import Line

TARGETS = {"2009": ("331", "331"), "2021": ("322", "321")}
"""(other, designated) by chart."""
BY_HAND = {"404": "财政拨款结转、结余"}
STEADY = ("411", "521")


def closing_lines(net: Mapping[tuple[str, bool], int], on: date) -> list[Line]:
    """Lines that empty every income and expenditure account.

    Args: net: (account, designated) -> debit minus credit of the year, fen.
    Raises: RuleViolation finance.closing_by_hand where the text asks for a split that the books cannot know.
    """
    by_hand = sorted({code for (code, _p), fen in net.items() if fen and (code[:3] in BY_HAND or code[:3] in STEADY)})
    if by_hand:
        raise RuleViolation(
            "finance.closing_by_hand",
            f"科目 {'、'.join(by_hand)} 的年终结转要分财政拨款、预算稳定调节基金，系统不能代分，请用专业模式制单。",
            accounts=by_hand,
        )
    other, special = TARGETS[chart(on).key]
    lines = [_empty(code, fen, project) for (code, project), fen in sorted(net.items()) if fen]
    for target, chosen in ((special, True), (other, False)):
        fen = sum(f for (_c, p), f in net.items() if p is chosen)
        lines += _into(target, fen, chosen)
    return lines


def _empty(code: str, fen: int, project: bool) -> Line:
    return Line(code, max(-fen, 0), max(fen, 0), project="项目" if project else "", words="年终结转")


def _into(target: str, fen: int, project: bool) -> list[Line]:
    """Income and expenditure of one kind arrive as one net amount."""
    return [Line(target, max(fen, 0), max(-fen, 0), words="年终结转" + ("（指定用途）" if project else ""))] if fen else []
