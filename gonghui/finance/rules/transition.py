"""From the chart of 2009 to that of 2021 (新旧衔接): a mapping that keeps every fen.

Source: 财会〔2021〕16号 (ACC-5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import yaml

from gonghui.core import money
from gonghui.core.errors import RuleViolation
from gonghui.finance.rules.charts import DATA, chart
from gonghui.finance.rules.lines import Line


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The mapping."""
    found: dict[str, Any] = yaml.safe_load((DATA / "transition.yaml").read_text(encoding="utf-8"))
    return found


def day() -> date:
    """The first day of the new chart."""
    found: date = table()["day"]
    return found


def mapped(old: Mapping[str, int], facts: Mapping[str, int] | None = None) -> dict[str, int]:
    """New balances, debit positive, from old ones.

    Args: facts: the `needs` of the table (`special`, `small`, `worn` …) in fen, what the papers of the union say.
    Raises: RuleViolation finance.transition_unmapped, finance.transition_fact.
    """
    rules, facts, found = table(), facts or {}, defaultdict[str, int](int)
    left = sorted(code for code, fen in old.items() if fen and code not in rules["map"])
    if left:
        raise RuleViolation(
            "finance.transition_unmapped",
            f"2021 年 12 月 31 日还有余额的科目 {'、'.join(left)} 没有衔接办法。收入、支出科目请先做年终结转，其余请先调整。",
            accounts=left,
        )
    for code, fen in old.items():
        found[rules["map"].get(code, code)] += fen
    held = old.get(rules["stock"]["of"], 0)  # what lies in store was paid out of the balance; from now on a fund stands for it
    found[rules["stock"]["from"]] += held
    found[rules["stock"]["to"]] -= held
    for name, need in rules["needs"].items():
        fen = int(facts.get(name) or 0)
        most = int(facts.get(need.get("within", ""), 0) or 0)
        if "within" in need and fen > most:
            raise _too_much(need, fen, most)
        _apply(found, need, fen)
    return {code: fen for code, fen in sorted(found.items()) if fen}


def _apply(found: dict[str, int], need: Mapping[str, Any], fen: int) -> None:
    """Move `fen` as the need says, no more than there is."""
    if not fen:
        return
    sign = -1 if need.get("side") == "credit" else 1
    if fen < 0 or ("from" in need and fen > sign * found.get(need["from"], 0)):
        raise _too_much(need, fen, sign * found.get(need.get("from", ""), 0))
    if "from" in need:
        found[need["from"]] -= sign * fen
        found[need["to"]] += sign * fen
    if "fund" in need:  # the fund follows its asset
        found[need["fund"][0]] += fen
        found[need["fund"][1]] -= fen
    if "pair" in need:
        found[need["pair"][0]] += fen
        found[need["pair"][1]] -= fen


def _too_much(need: Mapping[str, Any], fen: int, have: int) -> RuleViolation:
    return RuleViolation("finance.transition_fact", f"{need['label']}填了 {money.show(fen)}，不能小于 0 或多于 {money.show(have)}。")


def lines(new: Mapping[str, int]) -> list[Line]:
    """Opening lines of the new chart; balanced because the old balances were."""
    chart(day())
    return [Line(code, max(fen, 0), max(-fen, 0), words="新旧衔接") for code, fen in sorted(new.items())]
