"""Build, rename and move unions (组建、更名、调整隶属). The tree is a path per node and a dated closure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr

from gonghui.accounts.actor import subtree
from gonghui.core import audit, bulk, clock
from gonghui.core.errors import Conflict
from gonghui.orgs import hooks
from gonghui.orgs.enums import CoverageForm, Mode, Perm, Stage, UnionState
from gonghui.orgs.models import Employer, Union, UnionLine
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.services import coverage, guards, slips
from gonghui.orgs.services.common import event, lock_tree, lock_union, must_be_alive, not_future, refuse, violate
from gonghui.orgs.services.track import unions_created

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def union_build(
    *,
    actor: Actor,
    parent: Union | None,
    kind: str,
    name: str,
    founded_on: date | None = None,
    code: str = "",
    mode: str = Mode.SINGLE,
    state: str = UnionState.ACTIVE,
    employer: Employer | None = None,
    document_no: str = "",
    note: str = "",
    **details: Any,
) -> Union:
    """Put a union into the tree (组建工会).

    Args: parent None only for the one root; employer whose own union it becomes (its coverage is added); details: see guards.DETAILS.
    Raises: NotPermitted; RuleViolation orgs.parent_kind, orgs.form_missing, orgs.host_missing, orgs.project_short, orgs.own_union_twice …
    Source: R005, R006, R014, R015; S014–S020.
    """
    day = founded_on or clock.today()
    guards.may_build(actor, parent)
    lock_tree()
    parent = lock_union(parent) if parent else None
    guards.approved(actor, parent, kind, document_no)
    guards.check_build(parent, kind=kind, name=name, mode=mode, day=day, employer=employer, details=details)
    union = _insert(parent, kind=kind, name=name.strip(), code=code, mode=mode, state=state, founded_on=day, employer=employer, **details)
    _open_lines(union, parent, day)
    event(
        union,
        "build",
        day,
        new={"name": union.name, "kind": kind, "mode": mode, "parent": parent.pk if parent else None},
        document_no=document_no,
        note=note,
    )
    slip = slips.joint(actor, union, parent, day, {}) if union.form and parent is not None else ""
    unions_created([union.pk])
    if employer is not None and kind in rules.OWN and state == UnionState.ACTIVE:
        coverage.coverage_put(actor=actor, union=union, employer=employer, form=CoverageForm.SINGLE, since=day)
    audit.record(
        actor,
        "orgs.union.build",
        union,
        org_path=union.path,
        name=union.name,
        kind=kind,
        parent=parent,
        on=day,
        document_no=document_no,
        slip=slip,
    )
    return union


def _insert(parent: Union | None, *, code: str, **fields: Any) -> Union:
    pk = bulk.reserve_ids(Union, 1)[0]
    path, depth = rules.ROOT_PATH, 0
    if parent is not None:
        path, depth = allocate(parent), parent.depth + 1
    return Union.objects.create(
        pk=pk, code=code or f"GH{pk:08d}", path=path, depth=depth, parent=parent, stage=Stage.NEW, created_at=clock.now(), **fields
    )


def allocate(parent: Union) -> str:
    """The next free path below a locked parent. Places are never used twice."""
    Union.objects.filter(pk=parent.pk).update(next_child=F("next_child") + 1)
    number = parent.next_child
    parent.next_child += 1
    return parent.path + rules.segment(number)


def _open_lines(union: Union, parent: Union | None, day: date) -> None:
    rows = [(union.pk, union.pk, 0, day, None)]
    if parent is not None:
        above = UnionLine.objects.filter(descendant=parent, until=None).values_list("ancestor_id", "depth", "since")
        rows += [(pk, union.pk, depth + 1, max(day, since), None) for pk, depth, since in above]
    bulk.insert(UnionLine, ("ancestor_id", "descendant_id", "depth", "since", "until"), rows)


@transaction.atomic
def union_rename(*, actor: Actor, union: Union, name: str, on: date, short_name: str = "", document_no: str = "") -> Union:
    """Give a union another name from a day (更名). Earlier names stay readable as of their dates."""
    actor.require(Perm.UNION_EDIT, union)
    union = lock_union(union)
    must_be_alive(union)
    not_future(on, "更名日期")
    name = name.strip()
    if not name or name == union.name:
        violate("orgs.same_name", "新名称和现在的名称一样。请填写新的全称。")
    refuse(rules.form_fault(union.kind, union.form, name))
    old = {"name": union.name, "short_name": union.short_name}
    union.name, union.short_name = name, short_name
    union.save(update_fields=["name", "short_name"])
    event(union, "rename", on, old=old, new={"name": name, "short_name": short_name}, document_no=document_no)
    guards.certificate_follow(actor, union, on, "更名")
    audit.record(actor, "orgs.union.rename", union, org_path=union.path, old=old["name"], new=name, on=on)
    return union


@transaction.atomic
def union_move(*, actor: Actor, union: Union, new_parent: Union, on: date, document_no: str = "", note: str = "") -> Union:
    """Hang a union with all below it under another parent from a day (调整隶属, ORG-02).

    Members, employers and balances stay with their unions; only the lines above change.
    Raises: RuleViolation orgs.move_into_itself, orgs.same_parent, orgs.move_before; Conflict orgs.root.
    """
    actor.require(Perm.UNION_MOVE, union)
    actor.require(Perm.UNION_MOVE, new_parent)
    lock_tree()
    union, new_parent = lock_union(union), lock_union(new_parent)
    _check_move(union, new_parent, on)
    old_path, old_parent = union.path, union.parent_id
    new_path = allocate(new_parent)
    _rewrite(union, new_parent, old_path, new_path)
    relink(union.pk, new_parent.pk, on)
    event(union, "move", on, old={"parent": old_parent}, new={"parent": new_parent.pk}, document_no=document_no, note=note)
    guards.scope_moved(actor, old_path, new_path)
    hooks.fire("path_moved", old_path, new_path)
    hooks.fire("union_moved", union.pk, on, old_parent, new_parent.pk)
    union.refresh_from_db()
    audit.record(
        actor,
        "orgs.union.move",
        union,
        org_path=union.path,
        old=old_parent,
        new=new_parent.pk,
        old_path=old_path,
        on=on,
        document_no=document_no,
    )
    return union


def _check_move(union: Union, new_parent: Union, on: date) -> None:
    must_be_alive(union)
    must_be_alive(new_parent)
    not_future(on, "调整日期")
    if union.parent_id is None:
        raise Conflict("orgs.root", f"{union.name}是最上级，不能挂到别的工会下面。")
    if new_parent.path.startswith(union.path):
        violate("orgs.move_into_itself", f"{new_parent.name}就在{union.name}下面，不能作它的上级。请选别的上级工会。")
    if new_parent.pk == union.parent_id:
        violate("orgs.same_parent", f"{union.name}现在的上级就是{new_parent.name}。")
    refuse(rules.placement_fault(union.kind, new_parent.kind, new_parent.name))
    opened = UnionLine.objects.filter(descendant=union, depth=1, until=None).values_list("since", flat=True).first()
    if on < max(filter(None, [opened, new_parent.founded_on])):
        violate(
            "orgs.move_before",
            f"调整日期 {on} 早于现在这条隶属关系的开始（{opened}）或新上级的成立（{new_parent.founded_on}）。请核对日期。",
        )
    deepest = max(len(p) for p in Union.objects.filter(subtree(union.path)).values_list("path", flat=True)) - len(union.path)
    if len(new_parent.path) + rules.LEVEL + deepest > rules.LEVEL * rules.MOST_LEVELS:
        violate("orgs.too_deep", f"移过去后超过 {rules.MOST_LEVELS} 级。请选更高一级的上级工会。")


def _rewrite(union: Union, new_parent: Union, old_path: str, new_path: str) -> None:
    """New paths of the whole subtree in one statement; no new path is an old one, since the place is fresh."""
    shift = (len(new_path) - len(old_path)) // rules.LEVEL
    Union.objects.filter(subtree(old_path)).update(
        path=Concat(Value(new_path), Substr("path", len(old_path) + 1)), depth=F("depth") + shift
    )
    Union.objects.filter(pk=union.pk).update(parent=new_parent)


def relink(union_id: int, parent_id: int | None, on: date) -> None:
    """Close the lines of a subtree to what no longer stands above it and open those to what does, from `on`."""
    below = dict(UnionLine.objects.filter(ancestor_id=union_id, until=None).values_list("descendant_id", "depth"))
    founded = dict(Union.objects.filter(pk__in=below).values_list("pk", "founded_on"))
    above = list(UnionLine.objects.filter(descendant_id=parent_id, until=None).values_list("ancestor_id", "depth"))
    wanted = {(a, d): up + 1 + down for a, up in above for d, down in below.items()}
    lines = UnionLine.objects.filter(descendant_id__in=below, until=None).exclude(ancestor_id__in=below)
    have = {(a, d): depth for a, d, depth in lines.values_list("ancestor_id", "descendant_id", "depth")}
    gone = [key for key, depth in have.items() if wanted.get(key) != depth]
    _close(lines, gone, on)
    kept = {key for key in have if key not in set(gone)}
    rows = [(a, d, depth, max(on, founded[d]), None) for (a, d), depth in wanted.items() if (a, d) not in kept]
    bulk.insert(UnionLine, ("ancestor_id", "descendant_id", "depth", "since", "until"), rows)


def _close(lines: Any, pairs: Iterable[tuple[int, int]], on: date) -> None:
    by_ancestor: dict[int, list[int]] = {}
    for ancestor, descendant in pairs:
        by_ancestor.setdefault(ancestor, []).append(descendant)
    for ancestor, descendants in by_ancestor.items():
        held = lines.filter(ancestor_id=ancestor, descendant_id__in=descendants)
        UnionLine.objects.filter(Q(pk__in=held.filter(since__gte=on).values("pk"))).delete()
        UnionLine.objects.filter(pk__in=held.filter(since__lt=on).values("pk")).update(until=on)
