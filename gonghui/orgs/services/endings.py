"""Merge, split and dissolve unions (合并、分立、撤销). Nothing ends while something lives in it (ORG-03). Source: TUL-13-1, CON-16-1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core.errors import RuleViolation
from gonghui.orgs import flows, hooks
from gonghui.orgs.enums import MatterKind, Perm, UnionState
from gonghui.orgs.models import Certificate, Coverage, Employer, EmployerPlace, Group, Lead, Matter, Post, Term, Union, UnionLine
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors import law, policy_values
from gonghui.orgs.services import coverage, matters, places, tree
from gonghui.orgs.services.common import event, lock_tree, lock_union, must_be_alive, not_future, refuse, violate
from gonghui.orgs.services.track import employers_changing, unions_changing

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@dataclass
class Part:
    """One of the unions a split makes: its name and the employers that go to it."""

    name: str
    kind: str
    employers: Sequence[int] = ()
    children: Sequence[int] = ()
    details: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def union_dissolve(
    *,
    actor: Actor,
    union: Union,
    on: date,
    document_no: str,
    reason: str,
    congress_adopted: bool | None = None,
    higher_approved: bool | None = None,
    unit_ended: bool | None = None,
) -> Union:
    """Dissolve a union (撤销工会).

    Args: unit_ended None reads it from the employer's status; the two consents as the papers say.
    Raises: RuleViolation orgs.dissolve_blocked naming every obstacle; orgs.dissolution when the law forbids it.
    Source: policy orgs.dissolution; ORG-03.
    """
    actor.require(Perm.UNION_DISSOLVE, union)
    lock_tree()
    union = lock_union(union)
    _may_end(union, on, document_no)
    _lawful(union, on, unit_ended, congress_adopted, higher_approved)
    _unblocked(union, [*_inside(union), *_reasons("before_dissolve", union)], "撤销")
    with unions_changing([union.pk]):
        _own_coverage_ends(union, on)
        _close(actor, union, UnionState.DISSOLVED, on, None, document_no, reason)
    hooks.fire("union_ended", union.pk, None, on)
    return union


@transaction.atomic
def union_merge(*, actor: Actor, union: Union, into: Union, on: date, document_no: str, reason: str = "") -> Union:
    """Merge a union into another (合并工会): children, employers and members go along, nothing is lost (ORG-02)."""
    actor.require(Perm.UNION_DISSOLVE, union)
    actor.require(Perm.UNION_DISSOLVE, into)
    lock_tree()
    union, into = lock_union(union), lock_union(into)
    _may_end(union, on, document_no)
    must_be_alive(into)
    if into.path.startswith(union.path):
        violate("orgs.merge_into_itself", f"{into.name}就在{union.name}下面，不能并入它。请先调整隶属。")
    _unblocked(union, _reasons("before_merge", union, into), "合并")
    for child in Union.objects.filter(parent=union, ended_on=None):
        refuse(rules.placement_fault(child.kind, into.kind, into.name))
        tree.union_move(actor=actor, union=child, new_parent=into, on=on, document_no=document_no, note=f"随{union.name}合并")
    union.refresh_from_db()
    with unions_changing([union.pk]):
        _employers_follow(union, into, on)
        _close(actor, union, UnionState.MERGED, on, into, document_no, reason)
    event(into, "absorb", on, new={"union": union.pk, "name": union.name}, document_no=document_no)
    hooks.fire("union_ended", union.pk, into.pk, on)
    return union


@transaction.atomic
def union_split(*, actor: Actor, union: Union, parts: Sequence[Part], on: date, document_no: str, reason: str = "") -> list[Union]:
    """Split a union into several (分立工会). Every employer and child is given to one part; members follow their employer,
    the rest go to the first part."""
    actor.require(Perm.UNION_DISSOLVE, union)
    lock_tree()
    union = lock_union(union)
    _may_end(union, on, document_no)
    if union.parent is None:
        violate("orgs.root", f"{union.name}是最上级，不能分立。")
    if len(parts) < 2:
        violate("orgs.split_parts", "分立至少成立两个工会。")
    _all_given(union, parts)
    made = [
        tree.union_build(
            actor=actor,
            parent=union.parent,
            kind=p.kind,
            name=p.name,
            founded_on=on,
            document_no=document_no,
            note=f"由{union.name}分立",
            **p.details,
        )
        for p in parts
    ]
    for part, new in zip(parts, made, strict=True):
        for child in Union.objects.filter(pk__in=part.children, parent=union):
            tree.union_move(actor=actor, union=child, new_parent=new, on=on, document_no=document_no)
        _employers_follow(union, new, on, only=part.employers)
    union.refresh_from_db()
    with unions_changing([union.pk]):
        _close(actor, union, UnionState.SPLIT, on, made[0], document_no, reason)
    hooks.fire("union_ended", union.pk, made[0].pk, on)
    return made


def _may_end(union: Union, on: date, document_no: str) -> None:
    must_be_alive(union)
    not_future(on)
    if on < union.founded_on:
        violate("orgs.before_union", f"日期 {on} 早于{union.name}成立（{union.founded_on}）。")
    if union.parent_id is None:
        violate("orgs.root", f"{union.name}是最上级，不能撤销、合并或分立。")
    if not document_no.strip():
        violate("orgs.document_missing", "请写明批准或报告的文号。")


def _lawful(union: Union, on: date, unit_ended: bool | None, congress: bool | None, approved: bool | None) -> None:
    if unit_ended is None:
        unit_ended = union.employer is not None and union.employer.written_off_on is not None
    facts = {"unit_ended": unit_ended, "congress_adopted": congress, "higher_approved": approved}
    decision = law.decide("orgs.dissolution", union, on, facts)
    if decision.blocks:
        raise RuleViolation(
            "orgs.dissolution",
            f"{decision.verdict}：单位没有终止的，须经会员（代表）大会通过，并由上一级工会批准。",
            slip=decision.as_json(),
        )
    if decision.outcome is None:
        violate("orgs.dissolution_unknown", "请写明会员（代表）大会是否通过、上一级工会是否批准。")


def _inside(union: Union) -> list[str]:
    """What lives in a union in this app (ORG-03), and what its project still has to hand back (S019)."""
    found = []
    for matter in Matter.objects.filter(union=union, kind=MatterKind.PROJECT_END, state="open"):
        left = [item for item, held in matter.checklist.items() if not held.get("done")]
        if left:
            found.append(f"项目完工清单没办完（{'、'.join(left)}）")
    if below := Union.objects.filter(parent=union, ended_on=None).count():
        found.append(f"下级工会 {below} 个")
    covered = Coverage.objects.filter(union=union, until=None).exclude(employer_id=union.employer_id or 0).count()
    if covered:
        found.append(f"覆盖的单位 {covered} 家")
    placed = (
        Employer.objects.filter(union=union, written_off_on=None)
        .exclude(pk=union.employer_id or 0)
        .exclude(coverages__union=union, coverages__until=None)
        .count()
    )
    if placed:
        found.append(f"负责的单位 {placed} 家")
    return found


def _reasons(name: str, *args: Any) -> list[str]:
    return [reason for answer in hooks.fire(name, *args) for reason in (answer or [])]


def _unblocked(union: Union, reasons: Iterable[str], act: str) -> None:
    listed = list(reasons)
    if listed:
        raise RuleViolation("orgs.dissolve_blocked", f"{union.name}还有{'、'.join(listed)}，不能{act}。请先转移或办结。", reasons=listed)


def _own_coverage_ends(union: Union, on: date) -> None:
    for row in Coverage.objects.filter(union=union, until=None).select_related("employer"):
        coverage.coverage_close(row, on, "工会撤销")
    for employer in Employer.objects.filter(union=union):
        with employers_changing([employer.pk]):
            places.place_set(employer, _elsewhere(employer, union), on)


def _elsewhere(employer: Employer, union: Union) -> int:
    found = places.answerable(employer)
    return found if found != union.pk else (union.parent_id or found)


def _employers_follow(union: Union, to: Union, on: date, only: Sequence[int] | None = None) -> None:
    """Coverage and place of employers go over to another union, dated."""
    covered = Coverage.objects.filter(union=union, until=None).select_related("employer")
    placed = Employer.objects.filter(union=union)
    if only is not None:
        covered, placed = covered.filter(employer_id__in=only), placed.filter(pk__in=only)
    ids = {c.employer_id for c in covered} | set(placed.values_list("pk", flat=True))
    with employers_changing(ids):
        for row in covered:
            if row.since < on:
                Coverage.objects.filter(pk=row.pk).update(until=on, end_reason="工会合并或分立")
                Coverage.objects.create(union=to, employer_id=row.employer_id, form=row.form, main=row.main, since=on, reason=row.reason)
            else:
                Coverage.objects.filter(pk=row.pk).update(union=to)
        for employer in Employer.objects.filter(pk__in=ids):
            target = places.answerable(employer) if employer.organised else to.pk
            places.place_set(employer, to.pk if target == union.pk else target, on)
    if union.employer_id and to.employer_id is None and to.kind in rules.OWN and (only is None or union.employer_id in only):
        Union.objects.filter(pk=to.pk).update(employer_id=union.employer_id)


def _all_given(union: Union, parts: Sequence[Part]) -> None:
    placed = set(EmployerPlace.objects.filter(union=union, until=None).values_list("employer_id", flat=True))
    wanted = placed | set(Coverage.objects.filter(union=union, until=None).values_list("employer_id", flat=True))
    given = [pk for p in parts for pk in p.employers]
    below = set(Union.objects.filter(parent=union, ended_on=None).values_list("pk", flat=True))
    passed = [pk for p in parts for pk in p.children]
    if sorted(given) != sorted(wanted) or sorted(passed) != sorted(below):
        violate(
            "orgs.split_not_all",
            f"{union.name}的 {len(wanted)} 家单位和 {len(below)} 个下级工会，每个都要正好分给一个新工会。现在分了 {len(set(given))} 家、{len(set(passed))} 个。",
        )


def _close(actor: Actor, union: Union, state: str, on: date, successor: Union | None, document_no: str, reason: str) -> None:
    """State, lines, posts, terms, groups and leads end on the day."""
    UnionLine.objects.filter(descendant=union, until=None, since__gte=on).delete()
    UnionLine.objects.filter(descendant=union, until=None).update(until=on)
    day = on
    Post.objects.filter(union=union, until=None).update(until=day, reason="工会" + str(UnionState(state).label)[1:])
    Term.objects.filter(union=union, ended_on=None, until__gt=day).update(ended_on=day)
    Group.objects.filter(union=union, until=None).update(until=day)
    Lead.objects.filter(lower=union, until=None).update(until=day)
    Lead.objects.filter(upper=union, until=None).update(until=day)
    for kind in (MatterKind.EMPLOYER_GONE, MatterKind.PROJECT_END):
        matters.done_silently(kind, str(UnionState(state).label), union=union)
    event(
        union,
        str(state),
        on,
        old={"state": union.state},
        new={"state": str(state), "successor": successor.pk if successor else None},
        document_no=document_no,
        note=reason,
    )
    _deregister(actor, union, on)
    flows.UNION.advance(
        union,
        state,
        actor=actor,
        org_path=union.path,
        changes={"ended_on": on, "successor": successor},
        document_no=document_no,
        reason=reason,
    )


def _deregister(actor: Actor, union: Union, on: date) -> None:
    if Certificate.objects.filter(union=union, cancelled_on=None).exists():
        days = policy_values.number("orgs.certificate_change_days", on)
        due = on + timedelta(days=days) if days else None
        matters.open_matter(actor, MatterKind.CERTIFICATE, union=union, on=on, due_on=due, note="工会已终止，须办理法人资格证注销登记")


__all__ = ["Part", "union_dissolve", "union_merge", "union_split"]
