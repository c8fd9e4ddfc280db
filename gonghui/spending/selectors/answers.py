"""The answer to a plan (判断): every rule asked, the overall outcome, the nearest plan that passes. Nothing is stored here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gonghui.core.errors import NotFound
from gonghui.orgs.selectors.law import NATION
from gonghui.policy import services as policy
from gonghui.policy.selectors import LEVELS
from gonghui.spending.enums import Outcome
from gonghui.spending.rules import knobs as knobs_of
from gonghui.spending.rules import nearest, verdict
from gonghui.spending.rules.draft import Draft, History
from gonghui.spending.rules.questions import TABLE, Question, questions

STALE = ("有没有新标准没有查到", "可能已经提高", "有没有新规定没有查到", "新规定没有录入")
"""How a version says that its text may be out of date."""

STATE_LAW = ("law", "admin_regulation", "departmental_rule", "local_regulation")
SENSIBLE = 10


@dataclass(frozen=True)
class Item:
    """One rule and its answer (一条规则的回答)."""

    question: Question
    decision: policy.Decision
    outcome: Outcome

    @property
    def label(self) -> str:
        about = self.question.about
        return f"{self.decision.rule.label}{'：' + about if about and not about.isascii() else ''}"

    @property
    def lacking(self) -> str:
        """Which of several conditions is not met (不符合哪一项); nothing where there is one only, or it is met."""
        if self.decision.outcome is not False or len(self.decision.clauses) < 2:
            return ""
        return "、".join(c.clause.label for c in self.decision.clauses if c.result is False and c.clause.kind == "condition")

    @property
    def said(self) -> str:
        """The verdict with the condition that is not met."""
        return f"{self.decision.verdict}，不符合“{self.lacking}”" if self.lacking else self.decision.verdict

    @property
    def level(self) -> tuple[str, str]:
        """State law, union norm, local figure or the platform's own, with its tone (级别): of the version that decided."""
        version = self._first
        if version is None:
            return "", "line"
        if version.norm_level in STATE_LAW:
            return LEVELS[version.norm_level], "bad"
        local = self.decision.at != NATION and (version.jurisdiction not in ("", NATION) or version.unit_path)
        return (f"当地{'本级' if version.unit_path else ''}规定", "warn") if local else (LEVELS[version.norm_level], "info")

    @property
    def figure(self) -> str:
        """The text a local figure entered by a union comes from (当地数额), nothing where the rule base has the number."""
        head = f"{TABLE}："
        facts = self.decision.facts.values()
        return next((f.source.removeprefix(head) for f in facts if str(f.source or "").startswith(head)), "")

    @property
    def since(self) -> Any:
        """The day the deciding text came into force."""
        return self._first.since if self._first is not None else None

    @property
    def _first(self) -> Any:
        used = self.decision.used
        failing = {c.clause.key for c in self.decision.clauses if c.result is False}
        first = next((u for u in used if u.clause in failing), used[0] if used else None)
        return first.version if first else None

    @property
    def stale(self) -> bool:
        """Does the text used say that it may be out of date?"""
        return any(any(mark in used.version.note for mark in STALE) for used in self.decision.used)

    @property
    def source(self) -> str:
        """The text it stands on, first the one that decided."""
        return str(self._first.source) if self._first is not None else ""

    @property
    def quote(self) -> str:
        """The clause in its own words, of the version that says no."""
        failing = {c.clause.key for c in self.decision.clauses if c.result is False}
        return next((u.version.source.quote for u in self.decision.used if u.clause in failing and u.version.source.quote), "")

    @property
    def allowed_fen(self) -> int | None:
        """The most this rule allows here, where it says so."""
        found = self.decision.values.get("allowed")
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    @property
    def missing(self) -> list[str]:
        """What would have to be known, in words."""
        return [self.decision.rule.fact(name).label for name in self.decision.missing]


@dataclass
class Answer:
    """What the platform says to a plan (总的回答)."""

    draft: Draft
    items: list[Item]
    proposals: list[nearest.Proposal[Draft]] = field(default_factory=list)
    still_reason: bool = False
    """The proposals lift every refusal, and leave something that asks for a reason."""
    lifting: list[nearest.Proposal[Draft]] = field(default_factory=list)
    """Smaller changes than the proposals, where there are such: they lift the refusals only."""

    @property
    def outcome(self) -> Outcome:
        return verdict.overall(i.outcome for i in self.items)

    @property
    def failing(self) -> list[Item]:
        """Those that do not simply pass, the worst first."""
        found = [i for i in self.items if i.outcome != Outcome.ALLOWED]
        return sorted(found, key=lambda i: verdict.ORDER.index(i.outcome))

    @property
    def headline(self) -> str:
        """One sentence for lists and messages."""
        bad = self.failing
        if not bad:
            return f"可以办，比对了 {len(self.items)} 条规则。"
        first = bad[0]
        why = f"还缺：{'、'.join(first.missing)}" if first.outcome == Outcome.UNKNOWN and first.missing else first.said
        return f"{first.label}：{why}{'' if len(bad) == 1 else f'（另有 {len(bad) - 1} 条）'}。"

    @property
    def short_fen(self) -> int:
        """What the budget line lacks for it (预算还差), fen."""
        return max(self.draft.total_fen - (self.draft.budget.left_fen or 0), 0) if self.draft.budget.has_line else 0

    @property
    def flags(self) -> list[dict[str, str]]:
        """The rules that did not pass, for records and detectors."""
        return [{"key": i.question.name, "outcome": str(i.outcome)} for i in self.failing]

    @property
    def missing(self) -> list[str]:
        """Everything that would have to be known."""
        return list(dict.fromkeys(name for i in self.items if i.outcome == Outcome.UNKNOWN for name in i.missing))

    def values(self, key: str) -> dict[str, Any]:
        """Numbers of one rule: ceiling, left, average."""
        return next((dict(i.decision.values) for i in self.items if i.decision.key == key), {})


def judge(draft: Draft, history: History, *, pack: Any = None, near: bool = True) -> Answer:
    """Ask every rule that touches the plan (判断计划).

    Args: pack a draft version of the rules instead of the live ones; near also looks for the nearest plan that passes.
    """
    items = _ask(draft, history, pack)
    answer = Answer(draft, items)
    if near and answer.outcome in (Outcome.REFUSED, Outcome.REASON):
        _propose(answer, history, pack)
    return answer


def _ask(draft: Draft, history: History, pack: Any, only: frozenset[str] = frozenset()) -> list[Item]:
    found = []
    for q in questions(draft, history):
        if only and q.key not in only:
            continue
        facts = {name: policy.Fact(value, source=source) for name, (value, source) in q.facts.items()}
        try:
            decision = policy.decide(q.key, on=draft.on, at=draft.at or "000000", facts=facts, unit_path=draft.unit_path, pack=pack)
        except NotFound:
            if q.silent:
                continue
            raise
        if q.silent and not decision.clauses:
            continue  # nothing of the kind is in force here on that day
        found.append(Item(q, decision, verdict.of_one(decision)))
    return found


def _propose(answer: Answer, history: History, pack: Any) -> None:
    """Ways to a plan without any no, the budget left among it; and the smaller ways to one that is no longer refused."""
    found = _nearest(answer, history, pack, frozenset({Outcome.REFUSED, Outcome.REASON}))
    whole = [p for p in found if p.plan.total_fen * SENSIBLE >= answer.draft.total_fen]  # a tenth of it is no plan any more
    both = {i.outcome for i in answer.items} >= {Outcome.REFUSED, Outcome.REASON}
    lift = _nearest(answer, history, pack, frozenset({Outcome.REFUSED})) if both or not whole else []
    answer.proposals, answer.still_reason = (whole, False) if whole else (lift, bool(lift))
    said = {p.text for p in answer.proposals}
    answer.lifting = [p for p in lift if p.text not in said]


def _nearest(answer: Answer, history: History, pack: Any, bad: frozenset[Outcome]) -> list[nearest.Proposal[Draft]]:
    """Ways to a plan in which no rule answers as `bad`, and nothing has become unknown."""
    unknown = {i.question.key for i in answer.items if i.outcome == Outcome.UNKNOWN}
    failing = frozenset(i.question.key for i in answer.items if i.outcome in bad)
    if not failing:
        return []

    def clean(draft: Draft, only: frozenset[str]) -> bool:
        items = _ask(draft, history, pack, only)
        return not any(i.outcome in bad or (i.outcome == Outcome.UNKNOWN and i.question.key not in unknown) for i in items)

    def passes(draft: Draft) -> bool:
        return draft.total_fen > 0 and clean(draft, failing) and clean(draft, frozenset())

    return nearest.nearest(answer.draft, knobs_of.knobs(answer.draft, history), passes)


def meal(
    area: str, on: date, *, kind: str, meal_fen: int, travel_fen: int | None, unit_fen: int | None, unit_path: str = ""
) -> policy.Decision:
    """The meal calculator (误餐、用餐标准): place and date, what may be spent."""
    facts = {"kind": kind, "meal_fen": meal_fen, "travel_fen": travel_fen, "unit_meal_fen": unit_fen}
    given = {k: v for k, v in facts.items() if v is not None}
    return policy.decide("finance.meal_ceiling", on=on, at=area, facts=given, unit_path=unit_path)
