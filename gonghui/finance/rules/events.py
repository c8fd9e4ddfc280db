"""What happened (发生了什么): an event gives the accounts, so that nobody has to know them. Read from `data/events.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from gonghui.core.errors import RuleViolation
from gonghui.finance.rules.charts import DATA, chart, charts
from gonghui.finance.rules.lines import Line

BANK, CASH = "102", "101"


@dataclass(frozen=True)
class Event:
    """One kind of event (业务事项)."""

    key: str
    label: str
    group: str
    hint: str
    flow: str
    asks: tuple[str, ...]
    part: str
    project: bool
    confidence: str
    forms: tuple[dict[str, Any], ...]
    find: str = ""

    def found_by(self, words: str) -> bool:
        """Do the words somebody searched with mean this (找事项)?"""
        text = f"{self.label} {self.hint} {self.group} {self.find}"
        return all(word in text for word in words.split())

    def form(self, on: date) -> dict[str, Any] | None:
        """How it is booked on a day."""
        return next((f for f in self.forms if f["from"] <= on and on <= f.get("until", date.max)), None)

    def fits(self, on: date, level: str) -> bool:
        """Can it be booked on that day by a union of that level?"""
        form = self.form(on)
        return form is not None and all(_side(s, level) for pair in form["pairs"] for s in pair[:2])


def _load() -> dict[str, Event]:
    raw: dict[str, dict[str, Any]] = yaml.safe_load((DATA / "events.yaml").read_text(encoding="utf-8"))
    found = {}
    for key, body in raw.items():
        found[key] = Event(
            key,
            body["label"],
            body["group"],
            body["hint"],
            body["flow"],
            tuple(body.get("asks", ())),
            body.get("part", ""),
            bool(body.get("project")),
            body.get("confidence", "V"),
            tuple(body["forms"]),
            body.get("find", ""),
        )
        _valid(found[key])
    return found


def _valid(event: Event) -> None:
    """Every account of an event stands in the chart of its dates."""
    for form in event.forms:
        for pair in form["pairs"]:
            for side in pair[:2]:
                for code in side.values() if isinstance(side, dict) else [side]:
                    account = chart(max(form["from"], charts()[0].since)).accounts.get(BANK if code == "money" else code)
                    if account is None or account.details:
                        raise ValueError(f"事项 {event.key} 的科目 {code} 不能记账")


def amount_of(key: str, on: date, lines: Sequence[Line]) -> int:
    """The amount somebody entered, read back from the lines of the event (按分录还原金额)."""
    form = event(key).form(on) or {"pairs": []}
    wholes = len([share for _debit, _credit, share in form["pairs"] if share == "all"])
    return sum(line.debit for line in lines) // max(wholes, 1)


def _side(side: Any, level: str) -> str:
    return str(side.get(str(level), "")) if isinstance(side, dict) else str(side)


EVENTS: dict[str, Event] = _load()


def event(key: str) -> Event:
    """An event by key. Raises RuleViolation finance.event_unknown."""
    if key not in EVENTS:
        raise RuleViolation("finance.event_unknown", f"没有“{key}”这个事项，请从列表里选。")
    return EVENTS[key]


def lines_for(key: str, *, on: date, level: str, amount: int, facts: Mapping[str, Any] | None = None, words: str = "") -> list[Line]:
    """The lines of an event (分录).

    Args: amount: fen; facts: `cash` pay in cash, `part` fen of the part the event asks for, `project`, `detail`.
    Raises: RuleViolation finance.event_*.
    """
    what, facts = event(key), facts or {}
    form = what.form(on)
    if form is None or not what.fits(on, level):
        raise RuleViolation("finance.event_date", f"“{what.label}”在 {on:%Y年%m月%d日} 没有对应的科目，请用专业模式选科目。", event=key)
    part = int(facts.get("part") or 0)
    if not 0 <= part <= amount:
        raise RuleViolation("finance.event_part", f"{what.part or '其中一部分'}不能小于 0，也不能多于总额。")
    sums = {"all": amount, "part": part, "rest": amount - part}
    money = CASH if facts.get("cash") else BANK
    extra: dict[str, Any] = {
        "detail": str(facts.get("detail") or "")[:60],
        "project": str(facts.get("project") or "")[:60],
        "words": words[:80],
    }
    lines: list[Line] = []
    for debit, credit, share in form["pairs"]:
        if fen := sums[share]:
            left, right = (money if s == "money" else s for s in (_side(debit, level), _side(credit, level)))
            lines += [Line(left, debit=fen, **extra), Line(right, credit=fen, **extra)]
    return _merged(lines)


def _merged(lines: list[Line]) -> list[Line]:
    """Lines of one account and side become one, debits first."""
    found: dict[tuple[str, bool], Line] = {}
    for line in lines:
        key = (line.account, line.debit != 0)
        old = found.get(key, Line(line.account, 0, 0, line.detail, line.project, line.words))
        found[key] = Line(line.account, old.debit + line.debit, old.credit + line.credit, line.detail, line.project, line.words)
    return sorted(found.values(), key=lambda x: x.debit == 0)
