"""Charts of accounts by date (会计科目表), read from `data/charts.yaml` once.

Source: 《工会会计制度》财会〔2009〕7号, 财会〔2021〕7号 (ACC-1b, ACC-6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from gonghui.core.errors import RuleViolation
from gonghui.finance.enums import AccountClass, Level

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True)
class Account:
    """One account (会计科目). `credit_side`: its balance usually stands on the credit side.

    `below`: its detail accounts. `details`: those to post to instead of it; none for an open head, which takes postings beside them.
    """

    code: str
    name: str
    cls: str
    credit_side: bool
    basic: bool = True
    county: bool = True
    details: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def level(self) -> int:
        return 1 if len(self.code) == 3 else 2

    @property
    def extra(self) -> bool:
        """Stands only in the county chart; a grassroots union may use it when it needs it."""
        return self.county and not self.basic

    def fits(self, level: str) -> bool:
        """May a union of this level post here? Grassroots unions may borrow from the county chart."""
        return self.county if level == Level.COUNTY else True

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True)
class Chart:
    """A chart (科目表), in force from `since` to `until` inclusive."""

    key: str
    label: str
    source: str
    since: date
    until: date | None
    statements: tuple[str, ...]
    missing: str
    accounts: dict[str, Account] = field(repr=False)

    @cached_property
    def ordered(self) -> list[Account]:
        """All accounts in the order of their codes."""
        return [self.accounts[code] for code in sorted(self.accounts)]

    def name(self, code: str) -> str:
        """Full name: `职工活动支出—会员活动支出`."""
        account = self.accounts.get(code)
        if account is None:
            return code
        head = self.accounts.get(code[:3])
        return account.name if head is None or head is account else f"{head.name}—{account.name}"

    def leaves(self, level: str, *, extra: bool = True) -> list[Account]:
        """Accounts a union of this level may post to."""
        return [a for a in self.ordered if not a.details and a.fits(level) and (extra or level == Level.COUNTY or not a.extra)]


@lru_cache(maxsize=1)
def charts() -> tuple[Chart, ...]:
    """All charts, oldest first."""
    raw: dict[str, dict[str, Any]] = yaml.safe_load((DATA / "charts.yaml").read_text(encoding="utf-8"))
    return tuple(sorted((_chart(key, body) for key, body in raw.items()), key=lambda c: c.since))


def _chart(key: str, body: dict[str, Any]) -> Chart:
    names = {code: (cls, name) for cls in AccountClass.values for code, name in body["accounts"][cls].items()}
    accounts = {}
    for code, (cls, name) in names.items():
        head = code[:3]
        below = tuple(sorted(c for c in names if len(c) > 3 and c[:3] == code)) if len(code) == 3 else ()
        details = () if code in body.get("open_heads", ()) else below
        if head not in names:
            raise ValueError(f"科目 {code} 没有一级科目")
        credit = cls in {AccountClass.LIABILITY, AccountClass.NET, AccountClass.INCOME} or head in body.get("credit_side", ())
        accounts[code] = Account(
            code, name, cls, credit, head not in body.get("county_only", ()), head not in body.get("basic_only", ()), details, below
        )
    return Chart(key, body["label"], body["source"], body["since"], body.get("until"), tuple(body["statements"]), body["missing"], accounts)


def chart(on: date) -> Chart:
    """The chart in force on a day. Raises RuleViolation finance.no_chart."""
    for found in charts():
        if found.since <= on and (found.until is None or on <= found.until):
            return found
    raise RuleViolation("finance.no_chart", f"{on:%Y年%m月%d日} 没有录入适用的会计科目表，最早从 {charts()[0].since:%Y年%m月%d日} 起。")


def chart_of(key: str) -> Chart:
    """A chart by its year."""
    return next(c for c in charts() if c.key == key)


def level_of(kind: str) -> str:
    """Which chart a union of this kind uses: cities and counties the larger one (县级以上工会)."""
    return Level.COUNTY if kind in {"city", "county"} else Level.BASIC
