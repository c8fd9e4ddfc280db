"""Reads of the rule base (规则库查询)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.policy import rules
from gonghui.policy.engine import facts, places, slip
from gonghui.policy.engine.records import (
    CONFIDENCE_LABELS,
    LEVEL_LABELS,
    SEVERITIES,
    SEVERITY_LABELS,
    STATE_LAW,
    Rule,
    Source,
    Version,
    plain,
)
from gonghui.policy.enums import Perm
from gonghui.policy.models import LocalValue, RuleReview, StoredDecision

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LEVEL = 4
AREAS = {
    "orgs": "组织建设", "members": "会员会籍", "figures": "统计口径与目标", "congress": "会员（代表）大会", "elections": "选举换届",
    "finance": "经费财务", "bargaining": "集体协商", "rights": "维权", "safety": "劳动保护", "assistance": "困难帮扶", "mutualaid": "互助保障",
    "services": "普惠服务", "merit": "评先创优", "training": "培训", "disclosure": "厂务公开", "office": "机关办公", "stats": "统计上报",
    "assessment": "考核评价", "people": "人员身份", "files": "档案", "approvals": "审批", "organising": "组建入会行动", "core": "平台", "benefits": "普惠和疗休养", "booking": "服务预约", "campaigns": "集中行动",
    "counsel": "心理关爱", "fieldwork": "上门服务", "income": "经费收缴", "oversight": "经审公开", "privacy": "个人信息保护", "spending": "支出把关",
    "treasury": "预算资产", "venues": "服务阵地",
}  # fmt: skip


def local_versions(unit_path: str) -> tuple[Version, ...]:
    """By-law values of the unit and of the units above it, as versions (本单位规定)."""
    if not unit_path:
        return ()
    paths = [unit_path[:end] for end in range(LEVEL, len(unit_path) + 1, LEVEL)] or [unit_path]
    pack = rules.live()
    return tuple(_version(row, pack.rules[row.key]) for row in LocalValue.objects.filter(unit_path__in=paths) if row.key in pack.rules)


def _version(row: LocalValue, rule: Rule) -> Version:
    base = next(v for v in rule.versions if v.clause == row.clause)
    value = rules.exact(row.value)
    whole = row.param == "value"
    return Version(
        key=row.key,
        clause=row.clause,
        since=row.since,
        until=row.until,
        jurisdiction=places.NATION,
        unit_path=row.unit_path,
        norm_level="policy",
        severity=base.severity,
        confidence="V",
        source=Source(text=row.source, title=row.source, version="本单位规定", article=row.article),
        value=value if whole else None,
        params={} if whole else {row.param: value},
        override=row.override,
    )


@dataclass(frozen=True)
class RuleRow:
    """A rule in a list (规则清单一行)."""

    rule: Rule
    now: Version | None
    review: RuleReview | None

    @property
    def verified(self) -> bool:
        return self.rule.confidence == "V"

    @property
    def due_on(self) -> date | None:
        """When it should be looked at again."""
        last = self.reviewed_on
        return last + timedelta(days=self.rule.review_after_days) if last else None

    @property
    def reviewed_on(self) -> date | None:
        marks = [d for d in (self.rule.reviewed_on, self.review.reviewed_on if self.review else None) if d]
        return max(marks) if marks else None

    @property
    def overdue(self) -> bool:
        return self.due_on is None or self.due_on < clock.today()

    @property
    def level(self) -> str:
        return LEVEL_LABELS[self.now.norm_level] if self.now else "—"

    @property
    def family(self) -> str:
        return family(self.now.norm_level) if self.now else ""

    @property
    def sources(self) -> list[str]:
        """Every text of the versions in force, each once."""
        today = clock.today()
        return list(dict.fromkeys(str(v.source) for v in self.rule.versions if v.in_force(today)))

    @property
    def confidence_label(self) -> str:
        return CONFIDENCE_LABELS[self.rule.confidence]


def family(norm_level: str) -> str:
    """state, union, policy or kpi: the kinds that look different on a slip."""
    return "state" if norm_level in STATE_LAW else "union" if norm_level == "union_norm" else norm_level


def rule_list(*, text: str = "", area: str = "", region: str = "", level: str = "", confidence: str = "", kind: str = "") -> list[RuleRow]:
    """Rules that match, in the order of their keys."""
    reviews = latest_reviews()
    today = clock.today()
    return [
        RuleRow(rule, _present(rule, today), reviews.get(rule.key))
        for key, rule in sorted(rules.live().rules.items())
        if (not area or rule.area == area)
        and (not kind or rule.kind == kind)
        and (not region or any(v.jurisdiction == region for v in rule.versions))
        and (not level or any(v.norm_level == level for v in rule.versions))
        and (not confidence or any(v.confidence == confidence for v in rule.versions))
        and (not text or text.lower() in searched(key, rule))
    ]


def searched(key: str, rule: Rule) -> str:
    """What the search box looks through."""
    parts: Iterable[Any] = [
        key,
        rule.label,
        rule.question,
        *rule.refs,
        *(v.source for v in rule.versions),
        *(c.label for c in rule.clauses),
    ]
    return " ".join(str(p) for p in parts).lower()


def _present(rule: Rule, on: date) -> Version | None:
    now = [v for v in rule.versions if v.in_force(on)]
    national = [v for v in now if v.jurisdiction == places.NATION]
    return next(iter(sorted(national or now, key=lambda v: -SEVERITIES.index(v.severity))), None)


def latest_reviews() -> dict[str, RuleReview]:
    """The last review of each rule."""
    out: dict[str, RuleReview] = {}
    for review in RuleReview.objects.order_by("pk"):
        out[review.key] = review
    return out


def reviews_of(key: str) -> QuerySet[RuleReview]:
    """Reviews of one rule, newest first."""
    return RuleReview.objects.filter(key=key)


def rule_get(key: str) -> Rule:
    """One rule, or 404."""
    try:
        return rules.live().rules[key]
    except KeyError:
        raise NotFound("policy.unknown_key", f"规则库里没有 {key}。可在规则库里按名称查找。", key=key) from None


def rule_hash(rule: Rule) -> str:
    """Hash of what the rule says: a review counts for exactly this text."""
    return hashlib.sha256(repr((rule.versions, rule.clauses, rule.outcome, rule.facts)).encode()).hexdigest()


def rule_dict(rule: Rule) -> dict[str, Any]:
    """A rule as `rules list|show --json` prints it."""
    return {
        "key": rule.key,
        "label": rule.label,
        "kind": rule.kind,
        "question": rule.question,
        "answers": dict(rule.answers),
        "unit": rule.unit,
        "type": rule.type,
        "relevant_date": rule.relevant_date,
        "facts": [f.as_dict() for f in rule.facts],
        "refs": list(rule.refs),
        "confidence": rule.confidence,
        "reviewed_on": plain(rule.reviewed_on),
    }


def version_dict(v: Version) -> dict[str, Any]:
    """One version in full."""
    return {
        "clause": v.clause,
        "from": v.id,
        "until": plain(v.until),
        "jurisdiction": v.jurisdiction,
        "norm_level": v.norm_level,
        "severity": v.weight,
        "confidence": v.confidence,
        "value": plain(v.value),
        "params": plain(v.params),
        "formula": v.formula,
        "override": v.override,
        "inclusive": v.inclusive,
        "rounding": v.rounding,
        "source": str(v.source),
        "number": v.source.number,
        "quote": v.source.quote,
        "note": v.note,
        "ref": v.ref,
    }


def review_queue() -> Iterator[dict[str, Any]]:
    """Rules that wait for a reviewer: not verified, said to differ, or overdue (待复核)."""
    for row in rule_list():
        why = []
        if not row.verified and not (row.review and row.review.verdict == "confirmed" and row.review.rule_hash == rule_hash(row.rule)):
            why.append(f"依据{CONFIDENCE_LABELS[row.rule.confidence]}")
        if row.review and row.review.verdict != "confirmed":
            why.append(row.review.get_verdict_display())
        if row.overdue:
            why.append(f"已过复核期（应于 {row.due_on} 前复核）" if row.due_on else "从未复核")
        if why:
            yield {
                "row": row,
                "why": why,
                "key": row.rule.key,
                "label": row.rule.label,
                "confidence": row.rule.confidence,
                "due_on": plain(row.due_on),
            }


def slip_get(*, actor: Actor, public_id: str) -> StoredDecision:
    """A stored slip the actor may see, or 404. A slip may ask for a permission of its own."""
    row = StoredDecision.objects.filter(slip_scope(actor)).filter(public_id=public_id).first()
    if row is None or (row.perm and not actor.may(row.perm, row.org_path)):
        raise NotFound("policy.no_slip", "没找到这张决定单。可能不存在，或不在您管理的范围内。")
    return row


def slip_scope(actor: Actor) -> Q:
    """Slips of the actor's part of the tree; a slip without a place only for those who see everything."""
    return actor.within_path(str(Perm.RULE_VIEW), "org_path")


def slip_list(*, actor: Actor, subject_kind: str = "", subject_id: str = "", key: str = "") -> QuerySet[StoredDecision]:
    """Slips of a thing, newest first, without those that ask for more than RULE_VIEW."""
    rows = StoredDecision.objects.filter(slip_scope(actor), perm="")
    for name, wanted in (("subject_kind", subject_kind), ("subject_id", subject_id), ("key", key)):
        rows = rows.filter(**{name: wanted}) if wanted else rows
    return rows


def stored_get(public_id: str) -> StoredDecision:
    """A stored slip for the command line of the operator, or 404."""
    row = StoredDecision.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound("policy.no_slip", f"没有编号为 {public_id} 的决定单，请核对编号。")
    return row


def slip_of(row: StoredDecision) -> dict[str, Any]:
    """View-model of a stored slip, as it was given (决定单)."""
    return {**slip.view(json.loads(row.body)), "public_id": row.public_id, "made_at": row.made_at, "made_by": row.made_by, "stored": row}


def local_list(*, actor: Actor, key: str = "") -> QuerySet[LocalValue]:
    """By-law values of the actor's part of the tree."""
    rows = LocalValue.objects.filter(actor.within_path(str(Perm.RULE_VIEW), "unit_path"))
    return rows.filter(key=key) if key else rows


def shown(rule: Rule, value: Any) -> str:
    """A value of the rule as a person reads it."""
    return facts.show(value, type=rule.type, unit=rule.unit)


def regions() -> list[tuple[str, str]]:
    """Places the rules speak of."""
    codes = {v.jurisdiction for rule in rules.live().rules.values() for v in rule.versions}
    return [(c, places.name(c)) for c in sorted(codes)]


def areas() -> list[tuple[str, str]]:
    """Areas of the rules."""
    return [(a, AREAS.get(a, a)) for a in sorted({rule.area for rule in rules.live().rules.values()})]


LEVELS = LEVEL_LABELS
CONFIDENCE = CONFIDENCE_LABELS
SEVERITY = SEVERITY_LABELS
