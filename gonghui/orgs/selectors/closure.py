"""The tree and its dated closure for the layers above (工会树与上下级关系)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from gonghui.accounts.actor import LEVEL, Actor
from gonghui.core.errors import NotFound
from gonghui.orgs.models import Union, UnionLine

CHUNK, MEMO = 900, "orgs.nodes"


@dataclass
class Node:
    """A union as the layers above need it to place figures (工会树上的一个节点)."""

    pk: int
    code: str
    name: str
    kind: str
    state: str
    path: str
    depth: int
    parent_id: int | None

    @property
    def leaf(self) -> bool:
        """A grassroots union, below which nobody is ranked."""
        return self.kind in {"enterprise", "workshop", "sub_branch", "school", "organ", "branch", "project", "organiser"}


_FIELDS = ("pk", "code", "name", "kind", "state", "path", "depth", "parent_id")


def _nodes(rows: QuerySet[Union]) -> list[Node]:
    return [Node(*row) for row in rows.values_list(*_FIELDS)]


def node(code: str) -> Node:
    """The union with this code; `root` is the whole federation. Raises NotFound orgs.no_union."""
    rows = Union.objects.filter(depth=0) if code == "root" else Union.objects.filter(code=code)
    if found := _nodes(rows[:1]):
        return found[0]
    raise NotFound("orgs.no_union", f"没有组织代码为 {code} 的工会。请核对代码，或用 root 看全市。", org=code)


def node_by_pk(pk: int) -> Node | None:
    return next(iter(_nodes(Union.objects.filter(pk=pk))), None)


def node_by_path(path: str) -> Node | None:
    """The union with exactly this path; the root for the empty one."""
    return next(iter(_nodes(Union.objects.filter(path=path) if path else Union.objects.filter(depth=0))), None)


def nodes_at(paths: Iterable[str]) -> list[Node]:
    return _nodes(Union.objects.filter(path__in=list(paths)).order_by("path"))


def all_nodes() -> list[Node]:
    return _nodes(Union.objects.order_by("path"))


def trail(found: Node, actor: Actor | None = None) -> list[Node]:
    """From the root down to the union itself; with an actor, from what is known in this request already."""
    paths = _above(found.path)
    return nodes_at(paths) if actor is None else nodes_for(actor, paths)


def _above(path: str) -> list[str]:
    return [path[:end] for end in range(LEVEL, len(path) + 1, LEVEL)]


def node_near(actor: Actor, path: str) -> Node | None:
    """The union with exactly this path, read together with those above it and those of the actor's grants."""
    return next(iter(nodes_for(actor, _above(path))[-1:]), None) if path else node_by_path(path)


def nodes_for(actor: Actor, paths: Iterable[str]) -> list[Node]:
    """Unions by path, in order. What the frame of the page and the page itself ask for is read once in a request."""
    known: dict[str, Node | None] = actor.memo.setdefault(MEMO, {})
    wanted = list(paths)
    if any(p not in known for p in wanted):
        missing = {*wanted, *(s.path for s in actor.scopes if s.path)} - known.keys()
        known.update(dict.fromkeys(missing))
        known.update({n.path: n for n in nodes_at(missing)})
    return [n for n in (known[p] for p in sorted(set(wanted))) if n is not None]


def children_on(pk: int, on: date) -> list[Node]:
    """Who stood directly below on a day, by name of path."""
    rows = UnionLine.objects.filter(Q(until=None) | Q(until__gt=on), ancestor_id=pk, depth=1, since__lte=on).values("descendant_id")
    return _nodes(Union.objects.filter(pk__in=rows).order_by("path"))


def lines_up(ids: Iterable[int]) -> dict[int, list[tuple[int, int, date, date | None]]]:
    """Lines above each union, itself included: (ancestor, depth, since, until)."""
    out: dict[int, list[tuple[int, int, date, date | None]]] = defaultdict(list)
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        rows = UnionLine.objects.filter(descendant_id__in=wanted[start : start + CHUNK])
        for found, ancestor, depth, since, until in rows.values_list("descendant_id", "ancestor_id", "depth", "since", "until"):
            out[found].append((ancestor, depth, since, until))
    return out


def lines_above(union_id: int, on: date) -> set[int]:
    """Who stands above the union on a day, without itself."""
    rows = UnionLine.objects.filter(descendant_id=union_id, depth__gt=0, since__lte=on)
    return {pk for pk, until in rows.values_list("ancestor_id", "until") if until is None or until > on}


def lines_on(on: date) -> list[tuple[int, int, int]]:
    """The tree as it stood on a day: (ancestor, descendant, depth). A union's first lines reach back before its founding."""
    first: dict[int, date] = {}
    rows = list(UnionLine.objects.values_list("ancestor_id", "descendant_id", "depth", "since", "until"))
    for _a, low, depth, since, _until in rows:
        if depth == 0:
            first[low] = min(since, first.get(low, since))
    return [
        (high, low, depth)
        for high, low, depth, since, until in rows
        if since <= max(on, first[low]) and (until is None or until > max(on, first[low]))
    ]
