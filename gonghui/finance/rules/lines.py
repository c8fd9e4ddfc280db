"""Lines of a voucher (分录): whole fen, one side each, debit equals credit, account valid on the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from gonghui.core import money
from gonghui.core.errors import RuleViolation
from gonghui.finance.rules.charts import chart

if TYPE_CHECKING:
    from gonghui.policy.services import Decision

LIMIT = money.LIMIT
MOST_LINES = 200


@dataclass(frozen=True)
class Line:
    """One line (分录): fen on one side; `project` empty for 基本支出; `detail` the counterpart; `words` 摘要."""

    account: str
    debit: int = 0
    credit: int = 0
    detail: str = ""
    project: str = ""
    words: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for storing a draft."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Finding:
    """What a guard says about a voucher (提示). `key` names it within the voucher; `ok` only comes from `hooks.passed`."""

    severity: Literal["block", "warn", "unknown", "ok"]
    text: str
    slip: Decision | None = None
    key: str = ""


def check_lines(lines: Sequence[Line], on: date, level: str, *, red: bool = False) -> int:
    """The voucher's total in fen, or a refusal.

    Args: red: red-ink amounts are allowed (红字), as in reversals.
    Raises: RuleViolation finance.lines_*, finance.unbalanced, finance.account_unknown, finance.account_level.
    Source: 《工会会计制度》 via policy finance.account_code; LED-01, LED-13.
    """
    if not 2 <= len(lines) <= MOST_LINES:
        raise RuleViolation("finance.lines_count", f"凭证有 {len(lines)} 行分录，应有 2 至 {MOST_LINES} 行，有借有贷。")
    for n, line in enumerate(lines, 1):
        _check_one(n, line, red=red)
    _check_accounts(lines, on, level)
    debit, credit = sum(line.debit for line in lines), sum(line.credit for line in lines)
    if debit != credit:
        raise RuleViolation(
            "finance.unbalanced",
            f"借方合计 {money.show(debit)}，贷方合计 {money.show(credit)}，相差 {money.show(abs(debit - credit))}。请改到相等。",
            debit=debit,
            credit=credit,
        )
    if abs(debit) > LIMIT:
        raise RuleViolation("finance.lines_amount", "凭证合计超过系统能记的最大金额，请核对。")
    return debit


def _check_one(n: int, line: Line, *, red: bool) -> None:
    for amount in (line.debit, line.credit):
        if type(amount) is not int:
            raise RuleViolation("finance.lines_amount", f"第 {n} 行的金额不是整数分。")
    if (line.debit != 0) == (line.credit != 0):
        raise RuleViolation("finance.lines_side", f"第 {n} 行要么填借方，要么填贷方，只填一边，不能为 0。")
    amount = line.debit or line.credit
    if abs(amount) > LIMIT:
        raise RuleViolation("finance.lines_amount", f"第 {n} 行的金额超过系统能记的最大金额，请核对。")
    if amount < 0 and not red:
        raise RuleViolation("finance.lines_red", f"第 {n} 行是负数。更正已记账的凭证请用“冲销”，不要填负数。")


def _check_accounts(lines: Iterable[Line], on: date, level: str) -> None:
    table = chart(on)
    for n, line in enumerate(lines, 1):
        account = table.accounts.get(line.account)
        if account is None:
            raise RuleViolation(
                "finance.account_unknown",
                f"第 {n} 行的科目 {line.account} 在 {on:%Y年%m月%d日} 的科目表（{table.label}）里没有，请另选科目。",
                account=line.account,
            )
        if not account.fits(level):
            raise RuleViolation(
                "finance.account_level",
                f"第 {n} 行的科目 {account.code} {account.name} 不在县级以上工会的科目表里，请另选科目。",
                account=line.account,
            )
        if account.details:
            raise RuleViolation(
                "finance.account_detail",
                f"第 {n} 行的科目 {account.code} {account.name} 有明细科目，请记到明细，例如 {account.details[0]}。",
                account=line.account,
            )
