"""The union list in bulk (工会组织批量登记): the tree, terms, chairs, certificates, in a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import ProtectedError

from gonghui.core import audit, clock
from gonghui.core.errors import RuleViolation
from gonghui.orgs import hooks
from gonghui.orgs.enums import Body, Perm, PostTitle, Stage, UnionState
from gonghui.orgs.models import Certificate, Post, Term, Union, UnionEvent, UnionLine
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors.facts import union_facts
from gonghui.orgs.services.common import lock_tree
from gonghui.orgs.services.track import unions_changing, unions_created
from gonghui.people import services as people
from gonghui.people.enums import IdKind

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.imports.unions import UnionRow

CHUNK = 1000


@transaction.atomic
def unions_import(
    *, actor: Actor, new: Sequence[UnionRow], changed: Sequence[tuple[UnionRow, int, dict[str, Any]]], org_path: str
) -> dict[str, Any]:
    """Write a judged union list (导入工会组织). `new` has every parent before its children. Returns what the undo needs."""
    actor.require(Perm.UNION_BUILD, org_path or None)
    lock_tree()
    made = _build(new)
    _lines(made)
    people_made = _details(actor, made)
    unions_created([u.pk for u, _ in made])
    old = _change(changed)
    audit.record(actor, "orgs.union.import", None, org_path=org_path, created=len(made), updated=len(changed))
    return {"created": [u.pk for u, _ in made], "old": old, "people": people_made}


def _build(new: Sequence[UnionRow]) -> list[tuple[Union, UnionRow]]:
    """Rows of the tree level by level; `next_child` of every parent moves once."""
    parents = {u.code: u for u in Union.objects.select_for_update().filter(code__in={r.parent for r in new if r.parent})}
    now, made, touched = clock.now(), [], set()
    for row in new:
        parent = parents.get(row.parent) if row.parent else None
        union = Union(
            code=row.code, name=row.name, kind=row.kind, form=row.form, mode=row.mode, state=UnionState.ACTIVE, stage=Stage.NEW,
            founded_on=row.founded_on, created_at=now, path=rules.ROOT_PATH, depth=0, **row.details,
        )  # fmt: skip
        if parent is not None:
            union.parent, union.depth = parent, parent.depth + 1
            union.path = parent.path + rules.segment(parent.next_child)
            parent.next_child += 1
            touched.add(parent.code)
        parents[row.code] = union
        made.append((union, row))
    for depth in sorted({u.depth for u, _ in made}):
        level = [u for u, _ in made if u.depth == depth]
        for union in level:
            union.parent_id = union.parent.pk if union.parent is not None else None
        Union.objects.bulk_create(level, batch_size=CHUNK)
    stored = [parents[code] for code in touched if parents[code] not in {u for u, _ in made}]
    Union.objects.bulk_update([*stored, *(u for u, _ in made if u.code in touched)], ["next_child"], batch_size=CHUNK)
    return made


def _lines(made: Sequence[tuple[Union, UnionRow]]) -> None:
    by_path = {u.path: u for u, _ in made}
    missing = {p for u, _ in made for p in rules.ancestors(u.path)} - set(by_path)
    by_path |= {u.path: u for u in Union.objects.filter(path__in=missing)}
    lines = []
    for union, _row in made:
        for path in rules.ancestors(union.path):
            above = by_path[path]
            lines.append(
                UnionLine(ancestor=above, descendant=union, depth=union.depth - above.depth, since=max(union.founded_on, above.founded_on))
            )
    UnionLine.objects.bulk_create(lines, batch_size=CHUNK)
    now = clock.now()
    UnionEvent.objects.bulk_create(
        (
            UnionEvent(
                union=u,
                kind="build",
                on=u.founded_on,
                new={"name": u.name, "kind": u.kind, "mode": u.mode, "parent": u.parent_id},
                note="导入",
                recorded_at=now,
            )
            for u, _ in made
        ),
        batch_size=CHUNK,
    )


def _details(actor: Actor, made: Sequence[tuple[Union, UnionRow]]) -> list[int]:
    """Terms, chairs, certificates."""
    terms = {
        u.pk: Term(
            union=u,
            body=Body.COMMITTEE,
            number=r.term or 1,
            since=r.term_since,
            until=r.term_until,
            years=_years(r.term_since, r.term_until),
        )
        for u, r in made
        if r.term_since and r.term_until
    }
    Term.objects.bulk_create(terms.values(), batch_size=CHUNK)
    posts, persons = [], []
    for union, row in made:
        if row.chair:
            person = people.person_register(actor=actor, name=row.chair, org_path=union.path, id_kind=IdKind.NONE, source="工会组织导入")
            persons.append(person.pk)
            since = row.term_since or union.founded_on
            posts.append(
                Post(union=union, term=terms.get(union.pk), person=person, title=PostTitle.CHAIR, body=Body.COMMITTEE, since=since)
            )
    Post.objects.bulk_create(posts, batch_size=CHUNK)
    Certificate.objects.bulk_create(
        (
            Certificate(
                union=u,
                number=r.certificate,
                credit_code=r.certificate if len(r.certificate) == 18 else "",
                issued_on=r.term_since or u.founded_on,
                valid_until=r.term_until or u.founded_on,
            )
            for u, r in made
            if r.certificate
        ),
        batch_size=CHUNK,
    )
    return persons


def _years(since: date, until: date) -> int:
    return max(1, round((until - since).days / 365.25))


def _change(changed: Sequence[tuple[UnionRow, int, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    today, now, old = clock.today(), clock.now(), {}
    with unions_changing(pk for _, pk, _ in changed):
        for _row, pk, differs in changed:
            union = Union.objects.select_for_update().get(pk=pk)
            before = {k: getattr(union, k) for k in differs}
            old[str(pk)] = before
            Union.objects.filter(pk=pk).update(**differs)
            kind = "rename" if "name" in differs else "edit"
            UnionEvent.objects.create(union=union, kind=kind, on=today, old=before, new=differs, note="导入", recorded_at=now)
    return old


@transaction.atomic
def unions_import_undo(*, actor: Actor, kept: dict[str, Any], org_path: str) -> None:
    """Take an imported union list back (撤销导入). Raises: RuleViolation imports.undo_blocked."""
    actor.require(Perm.UNION_BUILD, org_path or None)
    gone = union_facts(kept["created"])
    hooks.fire("unions_changed", [(fact, None) for fact in gone.values()])
    hooks.fire("unions_removed", list(gone))
    try:
        for model in (Post, Term, Certificate, UnionEvent):
            model._default_manager.filter(union_id__in=kept["created"]).delete()
        UnionLine.objects.filter(descendant_id__in=kept["created"]).delete()
        for depth in sorted(set(Union.objects.filter(pk__in=kept["created"]).values_list("depth", flat=True)), reverse=True):
            Union.objects.filter(pk__in=kept["created"], depth=depth).delete()
    except ProtectedError as fault:
        names = sorted({str(o._meta.verbose_name) for o in fault.protected_objects})
        raise RuleViolation(
            "imports.undo_blocked", f"这一批工会下已有{'、'.join(names)}，不能整批撤销。请先撤销后来导入的内容。"
        ) from fault
    for pk, before in kept["old"].items():
        Union.objects.filter(pk=pk).update(**before)
    audit.record(actor, "orgs.union.import_undone", None, org_path=org_path, removed=len(gone), restored=len(kept["old"]))
