"""Duplicates (疑似重复): proposed by the platform, decided by a person, merged and unmerged without loss. Source: S001, S002, P03."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.accounts.actor import subtree
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.orgs import hooks
from gonghui.orgs.enums import EmployerStatus, Perm
from gonghui.orgs.models import CardBlock, Coverage, Duplicate, Employer, Licence, Merge, Union
from gonghui.orgs.rules import coverage as coverage_rules
from gonghui.orgs.rules import likeness
from gonghui.orgs.services import snapshots
from gonghui.orgs.services.common import not_future, sign, violate
from gonghui.orgs.services.coverage import coverage_put, settle
from gonghui.orgs.services.spots import spot_check
from gonghui.orgs.services.status import status_put, write_off_revert
from gonghui.orgs.services.track import employers_changing

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

STATES = {"open": "待处理", "merged": "已归并", "linked": "已并照", "distinct": "不是同一家"}


@transaction.atomic
def duplicates_scan(*, actor: Actor, org: Union) -> dict[str, int]:
    """Look for pairs in a subtree (查找疑似重复). Pairs decided before are not proposed again. Returns new pairs by kind."""
    actor.require(Perm.EMPLOYER_EDIT, org)
    rows = Employer.objects.filter(subtree(org.path, "union__path"), written_off_on=None)
    traits = (
        likeness.Traits(pk, name, address, bytes(op) if op else None, bytes(ph) if ph else None)
        for pk, name, address, op, ph in rows.values_list("pk", "name", "address", "operator_index", "phone_index").iterator(
            chunk_size=5000
        )
    )
    known = set(Duplicate.objects.values_list("first_id", "second_id"))
    fresh = [p for p in likeness.pairs(traits) if (p.first, p.second) not in known]
    today = clock.today()
    Duplicate.objects.bulk_create(
        (
            Duplicate(first_id=p.first, second_id=p.second, kind=p.kind, reasons=list(p.reasons), score=p.score, found_on=today)
            for p in fresh
        ),
        batch_size=500,
    )
    counts = {kind: sum(1 for p in fresh if p.kind == kind) for kind in likeness.KIND_LABELS}
    audit.record(actor, "orgs.duplicate.scan", org, org_path=org.path, found=counts)
    return counts


@transaction.atomic
def duplicate_decide(
    *, actor: Actor, duplicate: Duplicate, decision: str, survivor: Employer | None = None, on: date | None = None, reason: str = ""
) -> Duplicate:
    """Decide a pair (处理疑似重复): merged (同名或归并), linked (一企多照) or distinct.

    Raises: Conflict orgs.duplicate_decided; RuleViolation orgs.survivor_missing.
    """
    duplicate = Duplicate.objects.select_for_update().select_related("first__union", "second__union").get(pk=duplicate.pk)
    for employer in (duplicate.first, duplicate.second):
        actor.require(Perm.EMPLOYER_MERGE, employer.union)
    if duplicate.state != "open":
        raise Conflict("orgs.duplicate_decided", f"这一对已由{duplicate.decided_by}处理为“{duplicate.get_state_display()}”。")
    if decision not in {"merged", "linked", "distinct"}:
        violate("orgs.no_such_decision", "请选：归并、并照，或不是同一家。")
    if decision != "distinct":
        if survivor is None or survivor.pk not in {duplicate.first_id, duplicate.second_id}:
            violate("orgs.survivor_missing", "请选定保留哪一家。")
        absorbed = duplicate.second if survivor.pk == duplicate.first_id else duplicate.first
        status = EmployerStatus.SAME_NAME if decision == "merged" and duplicate.kind == likeness.SAME else EmployerStatus.MERGED
        employer_merge(
            actor=actor,
            survivor=survivor,
            absorbed=absorbed,
            on=on or clock.today(),
            reason=reason or "、".join(duplicate.reasons),
            status=status,
        )
    Duplicate.objects.filter(pk=duplicate.pk).update(state=decision, decided_by=sign(actor), decided_at=clock.now())
    duplicate.refresh_from_db()
    audit.record(
        actor,
        f"orgs.duplicate.{decision}",
        duplicate,
        org_path=duplicate.first.union.path,
        first=duplicate.first_id,
        second=duplicate.second_id,
        reason=reason,
    )
    return duplicate


@transaction.atomic
def duplicate_reopen(*, actor: Actor, duplicate: Duplicate, reason: str) -> Duplicate:
    """Take a decision back (撤销处理); a merge is undone whole."""
    duplicate = Duplicate.objects.select_for_update().select_related("first__union", "second__union").get(pk=duplicate.pk)
    for employer in (duplicate.first, duplicate.second):
        actor.require(Perm.EMPLOYER_MERGE, employer.union)
    if duplicate.state == "open":
        raise Conflict("orgs.duplicate_open", "这一对还没有处理，不用撤销。")
    pair = [duplicate.first_id, duplicate.second_id]
    merge = Merge.objects.filter(survivor_id__in=pair, absorbed_id__in=pair, undone_at=None).first()
    if merge is not None:
        employer_unmerge(actor=actor, merge=merge, reason=reason)
    old = duplicate.state
    Duplicate.objects.filter(pk=duplicate.pk).update(state="open", decided_by="", decided_at=None)
    duplicate.refresh_from_db()
    audit.record(actor, "orgs.duplicate.reopen", duplicate, org_path=duplicate.first.union.path, old=old, reason=reason)
    return duplicate


@transaction.atomic
def employer_merge(
    *, actor: Actor, survivor: Employer, absorbed: Employer, on: date, reason: str, status: str = EmployerStatus.MERGED
) -> Merge:
    """Fold one employer into another (归并): licences, card, coverage and own union go along and are remembered one by one."""
    rows = {
        e.pk: e
        for e in Employer.objects.select_for_update().select_related("union").filter(pk__in=[survivor.pk, absorbed.pk]).order_by("pk")
    }
    survivor, absorbed = rows[survivor.pk], rows[absorbed.pk]
    for employer in (survivor, absorbed):
        actor.require(Perm.EMPLOYER_MERGE, employer.union)
        if employer.written_off_on is not None:
            raise Conflict("orgs.employer_gone", f"{employer.name}已于 {employer.written_off_on} 核减，不能再归并。")
    if survivor.pk == absorbed.pk:
        violate("orgs.same_employer", "不能把单位归并到它自己。")
    not_future(on, "归并日期")
    if not reason.strip():
        violate("orgs.reason_missing", "请写明归并的理由。")
    with employers_changing([survivor.pk, absorbed.pk]):
        covered = list(Coverage.objects.filter(employer=absorbed, until=None).select_related("union"))
        kept = snapshots.take([survivor.pk])
        own = list(Union.objects.filter(employer=absorbed, ended_on=None).values_list("pk", flat=True))
        status_put(actor, absorbed, status, on=on, evidence=reason, merged_into=survivor)
        moved = {
            "licences": _move(Licence, absorbed, survivor),
            "blocks": _move(CardBlock, absorbed, survivor),
            "coverages": _take_over(actor, survivor, covered, on),
            "unions": own if not Union.objects.filter(employer=survivor, ended_on=None).exists() else [],
        }
        Union.objects.filter(pk__in=moved["unions"]).update(employer=survivor)
    undo = {"before": kept[survivor.pk], "after": snapshots.digest(snapshots.take([survivor.pk]))}
    merge = Merge.objects.create(
        survivor=survivor, absorbed=absorbed, moved={**moved, **undo}, on=on, actor=sign(actor), reason=reason[:200]
    )
    hooks.fire("employer_merged", absorbed.pk, survivor.pk, on)
    audit.record(
        actor,
        "orgs.employer.merge",
        merge,
        org_path=survivor.union.path,
        survivor=survivor.pk,
        absorbed=absorbed.pk,
        moved=moved,
        on=on,
        reason=reason,
    )
    return merge


def _move(model: Any, absorbed: Employer, survivor: Employer) -> list[int]:
    ids = list(model.objects.filter(employer=absorbed).values_list("pk", flat=True))
    model.objects.filter(pk__in=ids).update(employer=survivor)
    return ids


def _take_over(actor: Actor, survivor: Employer, covered: list[Coverage], on: date) -> list[int]:
    """Coverages the survivor lacks are opened for it; returns those opened."""
    have = [c.form for c in Coverage.objects.filter(employer=survivor, until=None)]
    opened = []
    for row in covered:
        if not coverage_rules.clashes(row.form, have):
            made = coverage_put(actor=actor, union=row.union, employer=survivor, form=row.form, since=on, reason=row.reason or "归并承接")
            opened.append(made.pk)
            have.append(row.form)
    return opened


@transaction.atomic
def employer_unmerge(*, actor: Actor, merge: Merge, reason: str) -> Merge:
    """Undo a merge (撤销归并): both employers stand as before."""
    merge = Merge.objects.select_for_update().select_related("survivor__union", "absorbed__union").get(pk=merge.pk)
    survivor, absorbed = merge.survivor, merge.absorbed
    for employer in (survivor, absorbed):
        actor.require(Perm.EMPLOYER_MERGE, employer.union)
    if merge.undone_at is not None:
        raise Conflict("orgs.merge_undone", "这次归并已经撤销过。")
    if survivor.written_off_on is not None:
        raise Conflict("orgs.survivor_gone", f"保留的{survivor.name}后来已核减，请先撤销那次核减。")
    if not reason.strip():
        violate("orgs.reason_missing", "请写明撤销的理由。")
    with employers_changing([survivor.pk, absorbed.pk]):
        _give_back(merge)
        write_off_revert(absorbed)
    Merge.objects.filter(pk=merge.pk).update(undone_at=clock.now())
    hooks.fire("employer_unmerged", absorbed.pk, survivor.pk, clock.today())
    audit.record(
        actor, "orgs.employer.unmerge", merge, org_path=survivor.union.path, survivor=survivor.pk, absorbed=absorbed.pk, reason=reason
    )
    return merge


def _give_back(merge: Merge) -> None:
    """What went along comes back; a survivor untouched since stands exactly as before, one that moved on keeps what is new."""
    moved = merge.moved
    untouched = snapshots.digest(snapshots.take([merge.survivor_id])) == moved["after"]
    Licence.objects.filter(pk__in=moved["licences"]).update(employer=merge.absorbed)
    CardBlock.objects.filter(pk__in=moved["blocks"]).update(employer=merge.absorbed)
    Union.objects.filter(pk__in=moved["unions"]).update(employer=merge.absorbed)
    if untouched:
        snapshots.restore({merge.survivor_id: moved["before"]})
        return
    Coverage.objects.filter(pk__in=moved["coverages"]).delete()
    settle(merge.survivor, merge.on)
    spot_check(merge.survivor, merge.on)
