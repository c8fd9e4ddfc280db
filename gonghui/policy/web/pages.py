"""What the rule pages show (规则页面的内容): rows made from rules, cases and forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gonghui.core import clock, menu
from gonghui.core.http import Request
from gonghui.policy import examples, rules, selectors, services
from gonghui.policy.engine import facts, places
from gonghui.policy.engine.records import CONFIDENCE_LABELS, LEVEL_LABELS, SEVERITY_LABELS, Rule, Version
from gonghui.policy.enums import Perm
from gonghui.policy.forms import CaseForm
from gonghui.policy.models import LocalValue

ANSWERS = {True: "true", False: "false", "unknown": "unknown"}


def groups(rule: Rule) -> list[dict[str, Any]]:
    """Versions by clause: the nation first, the newest first."""
    today = clock.today()
    out = []
    for clause in rule.clauses:
        mine = [v for v in rule.versions if v.clause == clause.key]
        mine.sort(key=lambda v: (v.jurisdiction, -v.since.toordinal()))
        out.append({"clause": clause, "versions": [_version(rule, v, today) for v in mine]})
    return out


def _version(rule: Rule, v: Version, today: Any) -> dict[str, Any]:
    return {
        **selectors.version_dict(v),
        "place": places.name(v.jurisdiction),
        "now": v.in_force(today),
        "shown": "" if v.value is None else facts.show(v.value, type=rule.type, unit=rule.unit),
        "numbers": [(rule.params.get(name, name), _number(value)) for name, value in v.params.items()],
        "level_label": LEVEL_LABELS[v.norm_level],
        "severity_label": SEVERITY_LABELS[v.weight],
        "confidence_label": CONFIDENCE_LABELS[v.confidence],
    }


def _number(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "；".join("，".join(f"{k} {n}" for k, n in row.items()) for row in value)
    return facts.show(value)


def cases(rule: Rule) -> list[dict[str, Any]]:
    """The worked cases of a rule, each run now."""
    return [
        {
            **case,
            "facts": [(_label(rule, name), _shown(rule, name, value)) for name, value in case.get("facts", {}).items()],
            "place": places.name(places.code(case.get("at", ""))),
            "answer": _answer(rule, case),
            "ok": not examples.faults(rules.live(), rule.key, case),
        }
        for case in examples.of(rule.key)
    ]


def _label(rule: Rule, name: str) -> str:
    return next((f.label for f in rule.facts if f.name == name), name)


def _shown(rule: Rule, name: str, value: Any) -> str:
    spec = next((f for f in rule.facts if f.name == name), None)
    return facts.show(facts.value(spec, value), type=spec.type, unit=spec.unit, choices=spec.choices) if spec else str(value)


def _answer(rule: Rule, case: dict[str, Any]) -> str:
    if "value" in case:
        return str(case["value"])
    if rule.kind == "formula":
        got = case.get("values", {}).get("value")
        return facts.show(got, type=rule.type, unit=rule.unit) if got is not None else rule.answers["unknown"]
    if "outcome" not in case:  # a case about an amount only
        return "；".join(facts.show(v) for v in case.get("values", {}).values())
    return rule.answers[ANSWERS[case["outcome"]]]


def units(request: Request) -> list[tuple[str, str]]:
    """Units for which the reader may enter by-law values: where he works now, or the heads of his grants."""
    names = {p.name for p in menu.places_of(request)}
    held = request.actor.paths(str(Perm.LOCAL_EDIT))
    label = next(iter(names)) if len(names) == 1 else ""
    return [(path, label or f"单位 {path}") for path in held if path]


def local_rows(rows: Iterable[LocalValue]) -> list[LocalValue]:
    """By-law values, each told whether it is still open."""
    today, out = clock.today(), []
    for row in rows:
        row.open = row.until is None or row.until > today  # type: ignore[attr-defined]  # for the template only
        out.append(row)
    return out


def compare(key: str, base: CaseForm, other: CaseForm) -> list[dict[str, Any]]:
    """The two cases side by side. Raises: as `services.what_if` and `services.draft`."""
    text = other.cleaned_data.get("draft", "").strip()
    variation = services.Variation(
        label="假设",
        facts=other.facts(),
        on=other.cleaned_data.get("on"),
        at=other.cleaned_data.get("at") or None,
        draft=services.draft({key: text}) if text else None,
    )
    return services.what_if(
        key,
        [variation],
        on=base.cleaned_data.get("on") or clock.today(),
        at=base.cleaned_data.get("at") or places.NATION,
        facts=base.facts(),
    )
