"""Practice cases (练习题) and what is wrong with an answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from gonghui.core import money
from gonghui.finance.rules.charts import DATA
from gonghui.finance.rules.events import EVENTS


@dataclass(frozen=True)
class Case:
    """One invented case with its answer."""

    key: str
    title: str
    story: str
    event: str
    amount: int
    hint: str
    participants: int | None
    part: int | None
    wrong: dict[str, str]
    winners: int | None = None


@lru_cache(maxsize=1)
def cases() -> dict[str, Case]:
    """All cases, in their order."""
    raw: list[dict[str, Any]] = yaml.safe_load((DATA / "practice.yaml").read_text(encoding="utf-8"))
    found = {
        row["key"]: Case(
            row["key"],
            row["title"],
            row["story"],
            row["event"],
            row["amount"],
            row["hint"],
            row.get("participants"),
            row.get("part"),
            row.get("wrong", {}),
            row.get("winners"),
        )
        for row in raw
    }
    strangers = sorted({e for c in found.values() for e in (c.event, *c.wrong)} - set(EVENTS))
    if strangers:
        raise ValueError(f"练习题里有不认识的事项 {strangers}")
    return found


def faults(case: Case, answer: dict[str, Any]) -> list[str]:
    """What is not right yet, as hints; empty when all is right."""
    said = []
    if answer.get("event") != case.event:
        return [case.wrong.get(str(answer.get("event")), f"事项选得不对。{case.hint}")]
    if answer.get("amount") != case.amount:
        said.append(f"金额应为 {money.show(case.amount)}，这里是 {money.show(int(answer.get('amount') or 0))}。请再看一遍题目。")
    if case.participants is not None and answer.get("participants") != case.participants:
        said.append(f"人数应为 {case.participants} 人。人数错了，人均就算不对。")
    if case.winners is not None and answer.get("winners") != case.winners:
        said.append(f"获奖人数应为 {case.winners} 人。获奖面要拿它和参加人数比。")
    if case.part is not None and answer.get("part") != case.part:
        said.append(f"应上解的部分是 {money.show(case.part)}，它不是本级的收入。")
    return said
