"""Reads of unions (工会查询): one, many, the tree now and as of a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core.errors import NotFound
from gonghui.core.http import whole_number
from gonghui.orgs.enums import Perm, UnionKind
from gonghui.orgs.models import Employer, Union, UnionEvent, UnionLine
from gonghui.orgs.rules.tree import GRASSROOTS, LEVEL, TERRITORIAL

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_FOUND = 30


def union_visible(actor: Actor, perm: str = Perm.UNION_VIEW) -> QuerySet[Union]:
    """Unions in the actor's scope. A second leadership line adds only those that share their data (ORG-04)."""
    if actor.is_system:  # an empty filter vanishes in an `or`, and would leave only the shared ones
        return Union.objects.all()
    return Union.objects.filter(actor.within(perm) | shared_with(actor, perm))


def shared_with(actor: Actor, perm: str = Perm.UNION_VIEW) -> Q:
    """Unions whose second line to the actor's own unions is listed for sharing."""
    if actor.is_system:
        return Q(pk__in=[])
    upper = Union.objects.filter(actor.within(perm))
    return Q(leads_up__shares_data=True, leads_up__until=None, leads_up__upper__in=upper)


def union_get(*, actor: Actor, pk: int, perm: str = Perm.UNION_VIEW) -> Union:
    """One union the actor may see, or 404."""
    rows = Union.objects.filter(pk__in=union_visible(actor, perm).filter(pk=pk).values("pk"))
    return get_object_or_404(rows.select_related("parent", "employer", "host", "successor"))


def union_asked(actor: Actor, wanted: str, perm: str = Perm.UNION_VIEW) -> Union | None:
    """The union a page is about (本页工会): the one asked for by its key, else the actor's own, else the highest in scope.

    None when nothing is asked for and the actor has no scope. Raises: NotFound for one outside the scope, or nonsense.
    """
    if wanted:
        pk = whole_number(wanted)
        if pk is None:
            raise NotFound()
        return union_get(actor=actor, pk=pk, perm=perm)
    rows = Union.objects.filter(union_scope(actor, perm), ended_on=None).select_related("parent").order_by("depth", "path")
    return (rows.filter(path=actor.home).first() if actor.home else None) or rows.first()


def union_wanted(actor: Actor, wanted: str, perm: str = Perm.UNION_VIEW) -> Union:
    """As `union_asked`. Raises: NotFound also for an actor without scope."""
    union = union_asked(actor, wanted, perm)
    if union is None:
        raise NotFound()
    return union


def union_of_code(code: str) -> Union:
    """A union by its code, `root` for the highest; no scope: for commands and jobs. Raises: NotFound orgs.no_such_code."""
    rows = Union.objects.filter(depth=0) if code == "root" else Union.objects.filter(code=code)
    union = rows.first()
    if union is None:
        raise NotFound("orgs.no_such_code", f"没有组织代码 {code}。请核对代码，最上级可写 root。", wanted=code)
    return union


def union_find(actor: Actor, words: str) -> list[tuple[str, str]]:
    """Living unions by name or code, (path, name): for choosing one in a form."""
    found = union_search(actor=actor, words=words)[:MOST_FOUND]
    return [(u.path, u.name) for u in found]


def union_search(*, actor: Actor, words: str, perm: str = Perm.UNION_VIEW) -> QuerySet[Union]:
    """Unions whose name, short name or code contains every word."""
    rows = Union.objects.filter(actor.within(perm), ended_on=None)
    for word in words.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(short_name__icontains=word) | Q(code__istartswith=word))
    return rows.order_by("depth", "path")


def roots(actor: Actor, perm: str = Perm.UNION_VIEW) -> list[Union]:
    """The highest unions of the actor's scope: where a tree begins."""
    paths = actor.paths(perm)
    return list(Union.objects.filter(depth=0) if "" in paths else Union.objects.filter(path__in=paths).order_by("path"))


def children(*, actor: Actor, union: Union, ended: bool = False) -> QuerySet[Union]:
    """Direct children, with whether they have children."""
    below = Union.objects.filter(parent=OuterRef("pk"), ended_on=None)
    rows = Union.objects.filter(union_scope(actor), parent=union)
    if not ended:
        rows = rows.filter(ended_on=None)
    return rows.annotate(has_children=Exists(below)).order_by("path")


def orphans(actor: Actor) -> QuerySet[Union]:
    """Grassroots unions that no township, zone or city system stands above: gaps of the small three tiers (小三级网络缺口). Source: S022."""
    link = TERRITORIAL - {UnionKind.CITY, UnionKind.COUNTY} | {UnionKind.CITY_INDUSTRIAL}
    held = UnionLine.objects.filter(descendant=OuterRef("pk"), until=None, depth__gt=0, ancestor__kind__in=link)
    return Union.objects.filter(union_scope(actor), ~Exists(held), kind__in=GRASSROOTS - {UnionKind.DIRECT}, ended_on=None).order_by("path")


def counted_children(*, actor: Actor, union: Union) -> list[Union]:
    """Direct children with the employers of their whole subtree: three queries for any number of children."""
    rows = list(children(actor=actor, union=union))
    width = len(union.path) + LEVEL
    firms = Employer.objects.filter(subtree(union.path, "union__path"), written_off_on=None).annotate(at=Substr("union__path", 1, width))
    employers = dict(firms.order_by().values_list("at").annotate(n=Count("pk")))
    for row in rows:
        row.employer_count = employers.get(row.path, 0)  # type: ignore[attr-defined]  # read by the template
    return rows


def union_scope(actor: Actor, perm: str = Perm.UNION_VIEW) -> Q:
    return actor.within(perm)


def ancestors(union: Union, on: date | None = None) -> QuerySet[Union]:
    """Those above a union, highest first, now or on a day."""
    lines = UnionLine.objects.filter(descendant=union, depth__gt=0)
    lines = lines.filter(until=None) if on is None else lines.filter(_on(on))
    depths = dict(lines.values_list("ancestor_id", "depth"))
    rows = Union.objects.filter(pk__in=depths)
    return rows.order_by("depth") if on is None else rows.filter(pk__in=depths).order_by("path")


def _on(day: date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}since__lte": day}) & (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": day}))


def children_on(union: Union, day: date) -> QuerySet[Union]:
    """Direct children as of a day (某日的下级)."""
    return Union.objects.filter(pk__in=UnionLine.objects.filter(_on(day), ancestor=union, depth=1).values("descendant_id")).order_by("path")


def descendants_on(union: Union, day: date) -> QuerySet[Union]:
    """All below and the union itself as of a day."""
    return Union.objects.filter(pk__in=UnionLine.objects.filter(_on(day), ancestor=union).values("descendant_id"))


def union_on(union: Union, day: date) -> dict[str, Any]:
    """Name, kind, form, mode, parent as they stood on a day (某日的登记): today's values, later changes taken back."""
    state: dict[str, Any] = {
        f: getattr(union, f) for f in ("name", "short_name", "kind", "form", "mode", "stage", "pilot", "host_id", "target_mode")
    }
    state["parent"] = union.parent_id
    for event in UnionEvent.objects.filter(union=union, on__gt=day).exclude(kind="build").order_by("-on", "-pk"):
        state |= {k: v for k, v in event.old.items() if k in state}
    return state
