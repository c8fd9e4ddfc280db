"""Townships and zones graded by one standard (乡镇、园区分类): every criterion is read from the records, nothing is typed. Source: S029, S222, S224."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet

from gonghui.campaigns.enums import Perm
from gonghui.core import clock
from gonghui.figures import selectors as figures
from gonghui.orgs.enums import Body, PostTitle, UnionKind
from gonghui.orgs.selectors import law, unions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

GRADED = (UnionKind.TOWNSHIP, UnionKind.TOWNSHIP_FEDERATION, UnionKind.ZONE)
LEVELS = {1: "一类", 2: "二类", 3: "三类", 4: "三类以下", 0: "不能评定"}
TONES = {1: "ok", 2: "info", 3: "warn", 4: "bad", 0: "line"}
KEYS = ("employers.organised", "employers.non_public", "members", "workers", "unions")


@dataclass(frozen=True)
class Graded:
    """One township or zone with its class and what is missing for the first (一地的类别)."""

    union: Any
    slip: Decision
    formation: Fraction | None
    joining: Fraction | None
    unions: int

    @property
    def level(self) -> int:
        """1 to 4; 0 while a fact is unknown."""
        found = self.slip.values.get("level")
        return int(found) if found is not None else 0

    @property
    def word(self) -> str:
        return LEVELS[self.level]

    @property
    def tone(self) -> str:
        return TONES[self.level]

    @property
    def wide(self) -> bool:
        return any(c.clause.key == "wide" and c.result is True for c in self.slip.clauses)

    @property
    def missing(self) -> list[str]:
        """Criteria not met or not known."""
        return [c.clause.label for c in self.slip.clauses if c.clause.kind == "condition" and c.result is not True]


def places(actor: Actor) -> QuerySet[Any]:
    """Townships, streets and zones in scope, with what their own registers hold: one statement."""
    today = clock.today()
    live_term = Q(terms__since__lte=today, terms__until__gt=today) & (Q(terms__ended_on=None) | Q(terms__ended_on__gt=today))
    chair = Q(posts__title=PostTitle.CHAIR, posts__body=Body.COMMITTEE, posts__since__lte=today) & (
        Q(posts__until=None) | Q(posts__until__gt=today)
    )
    rows = unions.union_visible(actor, Perm.CAMPAIGN_VIEW).filter(kind__in=GRADED, ended_on=None).exclude(state="preparing")
    return rows.annotate(
        committees=Count("terms", filter=live_term & Q(terms__body=Body.COMMITTEE), distinct=True),
        audits=Count("terms", filter=live_term & Q(terms__body=Body.AUDIT), distinct=True),
        chairs=Count("posts", filter=chair, distinct=True),
        valid=Count("certificates", filter=Q(certificates__cancelled_on=None, certificates__valid_until__gt=today), distinct=True),
        open_accounts=Count("accounts", filter=Q(accounts__until=None), distinct=True),
    ).order_by(F("path"))


def graded(rows: Sequence[Any]) -> list[Graded]:
    """These places held against the standard, best first. Source: policy campaigns.place_class."""
    today = clock.today()
    shots = figures.snapshots([u.pk for u in rows], today, KEYS)
    found = []
    for union in rows:
        shot = shots[union.pk]
        formation, joining = shot.ratio("employers.organised", "employers.non_public"), shot.ratio("members", "workers")
        below = max(0, shot.get("unions") - 1)
        facts = {
            "formation": formation, "joining": joining, "certificate": union.valid > 0, "account": union.open_accounts > 0,
            "chair": union.chairs > 0 and union.committees > 0, "audit": union.audits > 0, "unions": below,
        }  # fmt: skip
        slip = law.decide("campaigns.place_class", union, today, {k: v for k, v in facts.items() if v is not None})
        found.append(Graded(union, slip, formation, joining, below))
    return sorted(found, key=lambda g: (g.level or 9, g.union.path))


def distribution(rows: Sequence[Graded]) -> list[tuple[str, int]]:
    """How many in each class, for the chart."""
    held = Counter(g.level for g in rows)
    return [(LEVELS[n], held[n]) for n in (1, 2, 3, 4, 0) if n or held[n]]


def of_union(actor: Actor, pk: int) -> Graded | None:
    """The class of one place, None for a union that is not graded."""
    rows = graded(list(places(actor).filter(pk=pk)))
    return rows[0] if rows else None
