"""Writes around rosters (花名册): snapshots, comparison, sign-off; activists and worker notes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.members.enums import COUNTED, DiffClass, DiffState, Perm
from gonghui.members.models import Activist, ActivistDeed, Comparison, Difference, Employment, Membership, RosterSnapshot, WorkerNote
from gonghui.members.rules import compare as rules
from gonghui.members.selectors import members as reads
from gonghui.members.selectors import rosters

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


# -- snapshots ---------------------------------------------------------------------------------------------------


@transaction.atomic
def snapshot_make(*, actor: Actor, union: Any, kind: str, as_of: date, purpose: str) -> RosterSnapshot:
    """Freeze a roster (制作快照) for an election or an inspection. Raises: NotPermitted; RuleViolation members.purpose, members.future."""
    actor.require(Perm.MEMBER_EDIT, union)
    if len(purpose.strip()) < 4:
        raise RuleViolation("members.purpose", "请写明快照用途，至少 4 个字，例如“换届选举名册”。")
    if as_of > clock.today():
        raise RuleViolation("members.future", f"截止日期 {as_of} 晚于今天，名册还没有定。")
    source = rosters.roster(actor=actor, union=union, kind=kind, on=as_of)
    rows = [line.frozen() for line in rosters.lines(kind, source)]
    row = RosterSnapshot.objects.create(
        union=union, kind=kind, as_of=as_of, purpose=purpose.strip()[:120], rows=rows, count=len(rows), hash=seal_of(rows),
        actor=actor.ref, made_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "members.snapshot.made", row, org_path=union.path, kind=kind, as_of=as_of, count=len(rows), hash=row.hash)
    return row


def seal_of(rows: list[dict[str, Any]]) -> str:
    """SHA-256 over the canonical JSON of the list."""
    return hashlib.sha256(audit.canonical(rows).encode()).hexdigest()


# -- comparison --------------------------------------------------------------------------------------------------


@transaction.atomic
def comparison_run(*, actor: Actor, union: Any, name: str, origin: str, listed: Iterable[rules.Listed], file_hash: str = "") -> Comparison:
    """Compare a list with the register (名册比对). Nobody's membership is changed by it (MEM-07).

    Raises: NotPermitted; BadInput members.comparison_empty.
    """
    actor.require(Perm.ROSTER_IMPORT, union)
    rows = list(listed)
    if not rows:
        raise BadInput("members.comparison_empty", "名单里没有人。请检查文件的工作表和表头。")
    known = list(_known(union))
    verdicts = rules.compare(rows, known)
    case = Comparison.objects.create(
        union=union, name=name.strip()[:80] or f"名册比对 {clock.today()}", origin=origin[:16], as_of=clock.today(), listed=len(rows),
        registered=sum(k.member for k in known), file_hash=file_hash, actor=actor.ref, made_at=clock.now(),
    )  # fmt: skip
    Difference.objects.bulk_create(
        [
            Difference(
                comparison=case,
                row_no=v.row_no,
                person_id=v.person,
                name=v.name[:60],
                id_mask=v.id_mask,
                verdict=v.verdict,
                why=v.why[:160],
                state=DiffState.KEPT if v.verdict == DiffClass.MATCHED else DiffState.OPEN,
            )
            for v in verdicts
        ],
        batch_size=500,
    )
    counts = {c.value: sum(v.verdict == c for v in verdicts) for c in DiffClass}
    audit.record(actor, "members.comparison.run", case, org_path=union.path, **counts)
    return case


def _known(union: Any) -> Iterable[rules.Known]:
    """Members of the union and all below, and workers of the employers it answers for."""
    from gonghui.accounts.actor import subtree

    members = Membership.objects.filter(subtree(union.path, "union__path"), until=None, standing__in=COUNTED, private=False)
    ids = set(members.values_list("person_id", flat=True))
    workers = Employment.objects.filter(subtree(union.path, "employer__union__path"), until=None)
    for rows, member in ((members, True), (workers, False)):
        for row in rows.select_related("person").order_by("person_id").iterator(chunk_size=2000):
            p = row.person
            if not member and p.pk in ids:
                continue
            ids.add(p.pk)
            complete = not reads.faults_of(p)
            yield rules.Known(p.pk, p.name, _key(p.id_index), _key(p.phone_index), p.id_mask, member, complete)


def _key(index: Any) -> bytes | None:
    return bytes(index) if index is not None else None


@transaction.atomic
def difference_settle(*, actor: Actor, difference: Difference, state: str, note: str) -> Difference:
    """Say what was done about a difference (处理差异)."""
    case = difference.comparison
    actor.require(Perm.ROSTER_IMPORT, case.union)
    if case.signed_on is not None:
        raise Conflict("members.comparison_signed", "这次比对已经签认，不能再改。")
    if state not in (DiffState.DONE, DiffState.KEPT) or len(note.strip()) < 2:
        raise RuleViolation("members.reason", "请写明怎么处理的，例如“已补办入会”“本人仍在岗”。")
    values = {"state": state, "handled_by": actor.ref, "handled_on": clock.today(), "handled_note": note.strip()[:160]}
    Difference.objects.filter(pk=difference.pk).update(**values)
    difference.refresh_from_db()
    audit.record(actor, "members.difference.settled", difference, org_path=case.union.path, state=state)
    return difference


@transaction.atomic
def comparison_sign(*, actor: Actor, comparison: Comparison) -> Comparison:
    """Sign the clean-up off (签认) with counts before and after. Raises: RuleViolation members.differences_open, members.maker_decides."""
    actor.require(Perm.APPLICATION_DECIDE, comparison.union)
    if actor.ref == comparison.actor:
        raise RuleViolation("members.maker_decides", "做比对的人不能自己签认，请由工会负责人签认。")
    left = comparison.differences.filter(state=DiffState.OPEN).count()
    if left:
        raise RuleViolation("members.differences_open", f"还有 {left} 条差异没有处理，处理完才能签认。", left=left)
    after = sum(k.member for k in _known(comparison.union))
    moved = Comparison.objects.filter(pk=comparison.pk, signed_on=None).update(signed_on=clock.today(), signed_by=actor.ref, after=after)
    if not moved:
        raise Conflict("members.comparison_signed", "这次比对已经签认过。")
    comparison.refresh_from_db()
    audit.record(actor, "members.comparison.signed", comparison, org_path=comparison.union.path, before=comparison.registered, after=after)
    return comparison


# -- activists and notes -----------------------------------------------------------------------------------------


@transaction.atomic
def activist_add(*, actor: Actor, union: Any, person: Any, skills: str = "") -> Activist:
    """Register an activist (登记积极分子). Raises: NotPermitted; Conflict members.activist_once; RuleViolation members.not_member."""
    actor.require(Perm.ACTIVIST_EDIT, union)
    if not Membership.objects.filter(person_id=person.pk, until=None).exists():
        raise RuleViolation("members.not_member", "积极分子应当是会员。请先办理入会。")
    try:
        with transaction.atomic():
            row = Activist.objects.create(union=union, person_id=person.pk, skills=skills.strip()[:120], since=clock.today())
    except IntegrityError as fault:
        raise Conflict("members.activist_once", "这个人已经是本工会的积极分子。") from fault
    audit.record(actor, "members.activist.added", row, org_path=union.path, person=person.pk)
    return row


@transaction.atomic
def activist_deed(*, actor: Actor, activist: Activist, on: date, task: str, minutes: int = 0) -> ActivistDeed:
    """Note what an activist did (登记工作) and how long."""
    actor.require(Perm.ACTIVIST_EDIT, activist.union)
    if on > clock.today() or not task.strip() or not 0 <= minutes <= 24 * 60:
        raise RuleViolation("members.deed", "请写明工作内容；日期不能晚于今天，一天用时最多 24 小时。")
    row = ActivistDeed.objects.create(activist=activist, on=on, task=task.strip()[:120], minutes=minutes, actor=actor.ref)
    audit.record(actor, "members.activist.deed", row, org_path=activist.union.path)
    return row


@transaction.atomic
def activist_rate(*, actor: Actor, activist: Activist, year: int, rating: str) -> ActivistDeed:
    """Annual rating (年度考评): 优秀、合格、待提高; once a year."""
    actor.require(Perm.ACTIVIST_EDIT, activist.union)
    if rating not in ("优秀", "合格", "待提高"):
        raise RuleViolation("members.rating", "考评分优秀、合格、待提高三档，请选一档。")
    try:
        with transaction.atomic():
            row = ActivistDeed.objects.create(
                activist=activist, on=clock.today(), task=f"{year} 年度考评", rating_year=year, rating=rating, actor=actor.ref
            )
    except IntegrityError as fault:
        raise Conflict("members.rating_once", f"{year} 年度已经考评过。") from fault
    audit.record(actor, "members.activist.rated", row, org_path=activist.union.path, year=year, rating=rating)
    return row


@transaction.atomic
def activist_end(*, actor: Actor, activist: Activist) -> Activist:
    """No longer an activist (退出积极分子)."""
    actor.require(Perm.ACTIVIST_EDIT, activist.union)
    if not Activist.objects.filter(pk=activist.pk, until=None).update(until=clock.today()):
        raise Conflict("members.activist_ended", "这名积极分子已经退出。")
    activist.refresh_from_db()
    audit.record(actor, "members.activist.ended", activist, org_path=activist.union.path)
    return activist


@transaction.atomic
def note_add(*, actor: Actor, person: Any, union: Any, kind: str, on: date, text: str) -> WorkerNote:
    """A further entry of the worker's timeline (登记职工动态): no medical results, only that a check took place."""
    actor.require(Perm.MEMBER_EDIT, union)
    if on > clock.today() or len(text.strip()) < 2:
        raise RuleViolation("members.note", "请写明内容；日期不能晚于今天。体检只登记参加，不登记结果。")
    row = WorkerNote.objects.create(
        person_id=person.pk, union=union, kind=kind, on=on, text=text.strip()[:160], actor=actor.ref, recorded_at=clock.now()
    )
    audit.record(actor, "members.note.added", row, org_path=union.path, kind=kind)
    return row
