"""The decision slip as data (决定单): `full` is what is stored, `view` what the panel shows (UI.md §7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gonghui.policy.engine import facts, places
from gonghui.policy.engine.records import CONFIDENCE_LABELS, LEVEL_LABELS, SEVERITY_LABELS, STATE_LAW, Version, answer, plain

if TYPE_CHECKING:
    from gonghui.policy.engine.decision import Decision

TONES = {"bad": ("不符合", "x"), "warn": ("要说明", "help-circle"), "ok": ("符合", "check"), "info": ("告知", "info-circle")}
ORDER = ("bad", "warn", "info", "ok")
SHOWN_FACTS = 3


def full(decision: Decision) -> dict[str, Any]:
    """Everything of a decision as plain data: enough to print the slip years later, when the rules are others."""
    return {
        **decision.as_json(),
        "label": decision.rule.label,
        "question": decision.rule.question,
        "verdict": decision.verdict,
        "advice": decision.rule.advice,
        "relevant_date": decision.rule.relevant_date,
        "on": decision.on.isoformat(),
        "at": decision.at,
        "unit_path": decision.unit_path,
        "blocks": decision.blocks,
        "facts": [_fact(decision, name) for name in decision.facts],
        "clauses": [_clause(decision, c) for c in decision.clauses],
        "overridden": [{**_version(u.version), "clause": u.label, "why": u.why, "result": plain(u.result)} for u in decision.overridden],
        "conflicts": [c.as_dict() for c in decision.conflicts],
        "pack": decision.pack,
        "reviewed_on": plain(decision.rule.reviewed_on),
        "reviewed_by": decision.rule.reviewed_by,
    }


def _fact(decision: Decision, name: str) -> dict[str, Any]:
    spec, fact = decision.rule.fact(name), decision.facts[name]
    return {
        "name": name,
        "label": spec.label,
        "value": plain(fact.value),
        "shown": facts.show(fact.value, type=spec.type, unit=spec.unit, choices=spec.choices),
        "source": fact.source,
        "record": fact.record,
        "as_of": plain(fact.as_of),
    }


def _version(v: Version) -> dict[str, Any]:
    return {
        "key": v.key,
        "version": v.id,
        "until": plain(v.until),
        "source": str(v.source),
        "number": v.source.number,
        "issuer": v.source.issuer,
        "quote": v.source.quote,
        "source_note": v.source.note,
        "note": v.note,
        "ref": v.ref,
        "norm_level": v.norm_level,
        "jurisdiction": v.jurisdiction,
        "unit_path": v.unit_path,
        "confidence": v.confidence,
        "severity": v.weight,
        "declared": v.severity,
    }


def _clause(decision: Decision, c: Any) -> dict[str, Any]:
    return {
        "key": c.clause.key,
        "label": c.clause.label,
        "kind": c.clause.kind,
        "hint": c.clause.hint,
        "result": answer(c.result) if c.clause.kind not in ("number", "value") else plain(c.result),
        "shown": _shown(decision, c),
        "severity": c.severity,
        "reads": list(c.reads),
        "steps": [s.as_dict() for s in c.steps],
        "versions": [*(_version(v) for v in c.versions), *({**_version(r.version), "value": plain(r.value)} for r in c.refs)],
    }


def _shown(decision: Decision, c: Any) -> str:
    if c.clause.kind in ("number", "value"):
        return facts.show(c.result, type="" if c.clause.unit else decision.rule.type, unit=c.clause.unit or decision.rule.unit)
    return facts.show(c.result)


def tone(clause: Mapping[str, Any]) -> str:
    """bad, warn, info or ok: colour and word of one clause."""
    result, kind = clause["result"], clause["kind"]
    if result == "unknown" or result is None:
        return "warn"
    if kind == "condition":
        return "ok" if result else "bad" if clause["severity"] == "block" else "warn" if clause["severity"] == "warn" else "info"
    if kind == "ban" and result:
        return "bad" if clause["severity"] == "block" else "warn"
    return "info"


def word(clause: Mapping[str, Any]) -> str:
    """The word on the tag."""
    result, kind = clause["result"], clause["kind"]
    if result == "unknown" or result is None:
        return "缺事实"
    words = {"duty": ("须做", "不要求"), "option": ("可以", "不适用"), "ban": ("不得", "不禁止")}
    if kind in words:
        return words[kind][0 if result else 1]
    return "算得" if kind in ("number", "value") else TONES[tone(clause)][0]


def view(data: Mapping[str, Any]) -> dict[str, Any]:
    """View-model of the panel, from `full` data fresh or stored. Failing clauses first."""
    rows = [_row(data, clause) for clause in data["clauses"]]
    rows.sort(key=lambda r: ORDER.index(r["tone"]))
    missing = [f for f in data["facts"] if f["name"] in data["missing"]]
    return {
        **data,
        "tone": _tone(data),
        "severity_label": SEVERITY_LABELS[data["severity"]],
        "place": places.name(data["at"]),
        "rows": rows,
        "missing_facts": missing,
        "aside": [{**o, **_words(o), "shown": facts.show(o["result"])} for o in data["overridden"]],
        "unverified": any(r["unverified"] for r in rows),
        "kpi": any(v["norm_level"] == "kpi" for c in data["clauses"] for v in c["versions"]),
    }


def _tone(data: Mapping[str, Any]) -> str:
    """Tone of the verdict panel."""
    if data["outcome"] == "unknown" or data["conflicts"]:
        return "warn"
    if any(c["kind"] in ("condition", "ban") for c in data["clauses"]):
        worst = min((tone(c) for c in data["clauses"] if c["kind"] in ("condition", "ban")), key=ORDER.index)
        return "ok" if data["outcome"] is True else worst
    return "ok"


def _row(data: Mapping[str, Any], clause: Mapping[str, Any]) -> dict[str, Any]:
    colour = tone(clause)
    first = clause["versions"][0]
    read = [f for f in data["facts"] if f["name"] in clause["reads"]]
    return {
        **clause,
        "tone": colour,
        "word": word(clause),
        "icon": TONES[colour][1],
        "open": colour in ("bad", "warn"),
        "sources": [{**v, **_words(v)} for v in clause["versions"]],
        "unverified": first["confidence"] != "V",
        "bar": _bar(clause, read),
        "facts": read,
        "now": clause["shown"] if clause["kind"] in ("number", "value") else _now(read),
    }


def _now(read: list[Mapping[str, Any]]) -> str:
    """The facts a clause looked at, the telling ones first: what is not simply a no."""
    telling = [f for f in read if f["value"] is not False] or read
    said = "；".join(f"{f['label']} {f['shown']}" for f in telling[:SHOWN_FACTS])
    return f"{said} 等 {len(read)} 项" if len(telling) > SHOWN_FACTS else said


def _words(v: Mapping[str, Any]) -> dict[str, Any]:
    family = "state" if v["norm_level"] in STATE_LAW else "union" if v["norm_level"] == "union_norm" else v["norm_level"]
    return {
        "level_label": LEVEL_LABELS[v["norm_level"]],
        "family": family,
        "confidence_label": CONFIDENCE_LABELS[v["confidence"]],
        "place": "本单位" if v.get("unit_path") else places.name(v["jurisdiction"]),
        "verified": v["confidence"] == "V",
    }


def _bar(clause: Mapping[str, Any], read: list[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Value and limit of the first plain numeric comparison, for the threshold bar; in yuan where the fact is an amount."""
    for step in clause["steps"]:
        left, _, right = step["expression"].partition(" >= ")
        if not right:
            left, _, right = step["expression"].partition(" <= ")
        if left.lstrip("-").isdigit() and right.isdigit() and int(right) > 0:
            money = any(f["value"] == int(left) and str(f["shown"]).startswith("¥") for f in read)
            kind = "fen" if money else ""
            shown, limit = (facts.show(int(n), type=kind) for n in (left, right))
            return {"value": int(left), "limit": int(right), "shown": shown, "text": f"标准 {limit}"}
    return None
