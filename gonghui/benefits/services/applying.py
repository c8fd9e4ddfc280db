"""Applications, the order, the public list, moving up, attendance (报名、排序、公示、递补、到场)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.benefits import flows
from gonghui.benefits.enums import LIVE_STAYS, Origin, Perm, ProgrammeState, StayState
from gonghui.benefits.models import Batch, Programme, Share, StayApplication
from gonghui.benefits.rules import order
from gonghui.benefits.selectors import common
from gonghui.benefits.selectors import stays as reads
from gonghui.core import audit, clock, crypto
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def alias_of(programme: Programme, person: int, serial: int) -> str:
    """The pseudonym in the draw (公示编号): a keyed hash, so nobody chooses it."""
    value = int.from_bytes(crypto.blind("benefits.stay.alias", f"{programme.pk}:{person}:{serial}"), "big")
    letters = "".join(ALPHABET[(value >> (5 * i)) & 31] for i in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


@transaction.atomic
def apply(*, actor: Actor, programme: Programme, person_id: int | None = None, words: str = "") -> StayApplication:
    """Put a name down (报名): the member at the phone, or the union for one of its members.

    Raises: RuleViolation benefits.not_eligible with the slip's words; Conflict benefits.apply_closed, benefits.applied.
    Source: policy benefits.stay_eligible.
    """
    person = common.me(actor) if person_id is None else person_id
    spell = common.spell_of(person)
    if person_id is not None:
        if spell is None:
            raise NotFound()
        actor.require(Perm.STAY_PROPOSE, spell.union)
    row = Programme.objects.select_related("union").get(pk=programme.pk)
    if row.state != ProgrammeState.OPEN or row.apply_until <= clock.now():
        raise Conflict("benefits.apply_closed", "这个计划现在不接受报名。")
    slip = reads.eligible(row, person)
    share = reads.share_of(row, spell.union.path) if spell is not None else None
    if slip.blocks or spell is None or share is None:
        raise RuleViolation("benefits.not_eligible", common.reasons(slip))
    serial = StayApplication.objects.filter(programme=row, person=person).count()
    try:
        with transaction.atomic():
            made = StayApplication.objects.create(
                programme=row, share=share, person_id=person, union=spell.union, origin=Origin.SELF if person_id is None else Origin.UNION,
                words=words.strip()[:200], applied_at=clock.now(), alias=alias_of(row, person, serial), last_on=reads.last_stay(person),
            )  # fmt: skip
    except IntegrityError:
        raise Conflict("benefits.applied", "已经报过名，不用再报。") from None
    made.slip = policy.store(actor, slip, subject=f"stay:{made.pk}", org_path=spell.union.path, perm=Perm.STAY_VIEW)
    made.save(update_fields=["slip"])
    audit.record(actor, "benefits.stay.applied", made, org_path=spell.union.path)
    return made


def _decide(actor: Actor, row: StayApplication) -> None:
    """Who judges is whoever organises, or a union above the one the person belongs to: not the employer's own chair."""
    path = row.programme.union.path
    actor.require(Perm.STAY_DECIDE, path if actor.may(Perm.STAY_DECIDE, path) else row.union)


@transaction.atomic
def decide(*, actor: Actor, application: StayApplication, good: bool, why: str = "") -> StayApplication:
    """Accept or refuse an application, with words when refused (审核)."""
    _decide(actor, application)
    if application.programme.state != ProgrammeState.OPEN:
        raise Conflict("benefits.list_made", "名单已经公示。公示里有异议的，请用“取消入选”。")
    if not good and len(why.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写不通过的原因，本人会看到。")
    done = flows.STAY.advance(
        application,
        StayState.APPROVED if good else StayState.REJECTED,
        actor=actor,
        org_path=application.union.path,
        changes={"decided_why": why.strip()[:200]},
    )
    if not good:
        _tell(actor, [done.person_id], f"“{done.programme.name}”没有通过审核", done.decided_why)
    return done


@transaction.atomic
def undecide(*, actor: Actor, application: StayApplication) -> StayApplication:
    """Take the judgement back (撤回审核)."""
    _decide(actor, application)
    if application.programme.state != ProgrammeState.OPEN:
        raise Conflict("benefits.list_made", "名单已经公示，不能撤回审核。")
    if (
        StayApplication.objects.filter(programme=application.programme_id, person=application.person_id, state__in=LIVE_STAYS)
        .exclude(pk=application.pk)
        .exists()
    ):
        raise Conflict("benefits.applied", "这个人已经另外报了名。")
    return flows.STAY.advance(application, StayState.APPLIED, actor=actor, org_path=application.union.path, changes={"decided_why": ""})


@transaction.atomic
def withdraw(*, actor: Actor, application: StayApplication) -> StayApplication:
    """The member takes the name back, or gives up the place; the next in order moves up (撤回、放弃)."""
    if application.person_id != common.me(actor):
        raise NotFound()
    return _leave(actor, application, StayState.WITHDRAWN, StayState.GIVEN_UP, "")


@transaction.atomic
def strike(*, actor: Actor, application: StayApplication, why: str) -> StayApplication:
    """Objection upheld, or the person cannot go: the place goes to the next in order (取消入选)."""
    _decide(actor, application)
    if len(why.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写取消的原因，本人会看到。")
    done = _leave(actor, application, StayState.REJECTED, StayState.REJECTED, why.strip()[:200])
    _tell(actor, [done.person_id], f"“{done.programme.name}”取消入选", done.decided_why)
    return done


def _leave(actor: Actor, row: StayApplication, early: str, late: str, why: str) -> StayApplication:
    """Out of the programme; whoever held a place leaves it and its batch to the next."""
    if row.programme.state in (ProgrammeState.CLOSED, ProgrammeState.CANCELLED):
        raise Conflict("benefits.programme_over", "计划已经办结或取消。")
    batch, held = row.batch, row.state == StayState.LISTED
    done = flows.STAY.advance(
        row, late if held else early, actor=actor, org_path=row.union.path, changes={"decided_why": why, "batch": None}
    )
    if held:
        Share.objects.filter(pk=row.share_id, taken__gt=0).update(taken=F("taken") - 1)
        if batch is not None:
            Batch.objects.filter(pk=batch.pk, seated__gt=0).update(seated=F("seated") - 1)
        move_up(actor=actor, share=row.share, batch=batch)
    return done


@transaction.atomic
def move_up(*, actor: Actor, share: Share, batch: Batch | None = None) -> StayApplication | None:
    """The first who waits in this share gets the free place (递补): nobody is passed over."""
    following = (
        StayApplication.objects.filter(share=share, state=StayState.WAITING)
        .select_related("programme__union", "union")
        .order_by("rank")
        .first()
    )
    if following is None or not Share.objects.filter(pk=share.pk, taken__lt=F("places")).update(taken=F("taken") + 1):
        return None
    where = batch if batch is not None and _sit(batch.pk) else None
    flows.STAY.advance(
        following, StayState.LISTED, actor=actor, org_path=following.union.path, changes={"listed_at": clock.now(), "batch": where}
    )
    audit.record(actor, "benefits.stay.moved_up", following, org_path=following.union.path, rank=following.rank)
    _tell(actor, [following.person_id], f"“{following.programme.name}”轮到您了", "前面有人放弃名额，按次序由您递补。")
    return following


def _sit(batch: int) -> bool:
    """One place of a batch, or none left."""
    return bool(Batch.objects.filter(pk=batch, seated__lt=F("capacity")).update(seated=F("seated") + 1))


def _tell(actor: Actor, people: list[int], title: str, body: str) -> None:
    notices.notice_send(actor, kind=NoticeKind.RESULT, title=title[:80], body=body[:300], link="/m/benefits/stays/", persons=people)


# -- the list ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def programme_post(*, actor: Actor, programme: Programme) -> Programme:
    """Order everybody, list as many as each union has places, reveal the seed, post the list (排序并公示).

    Raises: RuleViolation benefits.apply_running, benefits.undecided, benefits.nobody. Source: policy benefits.publicity_days.
    """
    actor.require(Perm.STAY_EDIT, programme.union)
    row = Programme.objects.select_for_update().select_related("union").get(pk=programme.pk)
    if row.apply_until > clock.now():
        raise RuleViolation("benefits.apply_running", "报名还没有截止，截止以后才能排序公示。")
    if open_ := row.applications.filter(state=StayState.APPLIED).count():
        raise RuleViolation("benefits.undecided", f"还有 {open_} 人没有审核。")
    rows = list(row.applications.filter(state=StayState.APPROVED).select_related("share", "union"))
    if not rows:
        raise RuleViolation("benefits.nobody", "没有审核通过的报名，不能公示。")
    last = reads.last_stays([a.person_id for a in rows])
    for share in {a.share_id: a.share for a in rows}.values():
        _place(actor, row, share, [a for a in rows if a.share_id == share.pk], last)
    days = common.number("benefits.publicity_days", row.union)
    changes = {"posted_on": clock.today(), "posted_until": clock.today() + timedelta(days=days - 1)}
    done = flows.PROGRAMME.advance(row, ProgrammeState.POSTED, actor=actor, org_path=row.union.path, changes=changes)
    audit.record(actor, "benefits.order.posted_list", done, org_path=row.union.path, people=len(rows))
    return done


def _place(actor: Actor, programme: Programme, share: Share, rows: list[StayApplication], last: dict[int, Any]) -> None:
    """One union's order: ranks, reasons, who is in and who waits."""
    by_alias = {a.alias: a for a in rows}
    found = order.ordered(
        [order.Candidate(a.alias, last.get(a.person_id), a.applied_at) for a in rows], programme.tie_break, programme.seed
    )
    for n, c in enumerate(found, 1):
        a, inside = by_alias[c.alias], n <= share.places
        why = order.why(found, n, share.places, programme.tie_break, programme.seed)
        changes = {"rank": n, "why": why[:300], "last_on": c.last_on, "listed_at": clock.now() if inside else None}
        flows.STAY.advance(a, StayState.LISTED if inside else StayState.WAITING, actor=actor, org_path=a.union.path, changes=changes)
    seated = min(len(found), share.places)
    if not Share.objects.filter(pk=share.pk, taken=0, places__gte=seated).update(taken=seated):
        raise Conflict("benefits.share_moved", "名额刚刚变过，请再公示一次。")


@transaction.atomic
def programme_unpost(*, actor: Actor, programme: Programme, reason: str) -> Programme:
    """Take the list back to put something right; the seed stays the one that was committed (撤回公示)."""
    actor.require(Perm.STAY_EDIT, programme.union)
    if len(reason.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写撤回公示的原因。")
    done = flows.PROGRAMME.advance(
        programme,
        ProgrammeState.OPEN,
        actor=actor,
        org_path=programme.union.path,
        changes={"posted_on": None, "posted_until": None},
        reason=reason.strip()[:200],
    )
    rows = StayApplication.objects.filter(programme=done, state__in=[StayState.LISTED, StayState.WAITING])
    rows.update(state=StayState.APPROVED, rank=None, why="", listed_at=None, batch=None)
    Share.objects.filter(programme=done).update(taken=0)
    Batch.objects.filter(programme=done).update(seated=0)
    audit.record(actor, "benefits.order.unposted", done, org_path=done.union.path, reason=reason.strip()[:200])
    return done


@transaction.atomic
def programme_confirm(*, actor: Actor, programme: Programme) -> Programme:
    """The days of posting are over: the list stands, people are put into batches by their order (确定名单)."""
    actor.require(Perm.STAY_EDIT, programme.union)
    if programme.posted_until is not None and clock.today() <= programme.posted_until:
        raise RuleViolation("benefits.posting", f"公示到 {programme.posted_until:%Y-%m-%d}，之后才能确定。")
    done = flows.PROGRAMME.advance(programme, ProgrammeState.CONFIRMED, actor=actor, org_path=programme.union.path)
    for row in done.applications.filter(state=StayState.LISTED, batch=None).order_by("rank", "share__union__path"):
        for batch in done.batches.order_by("number"):
            if _sit(batch.pk):
                StayApplication.objects.filter(pk=row.pk).update(batch=batch)
                break
    people = list(done.applications.filter(state=StayState.LISTED).values_list("person_id", flat=True))
    _tell(actor, people, f"“{done.name}”名单已确定", "请到手机“疗休养”里看批次。去不了的请尽早放弃，名额让给下一位。")
    return done


@transaction.atomic
def seat(*, actor: Actor, application: StayApplication, batch: Batch) -> StayApplication:
    """Move a person to another batch (换批次)."""
    actor.require(Perm.STAY_EDIT, application.programme.union)
    if batch.programme_id != application.programme_id or application.state != StayState.LISTED:
        raise Conflict("benefits.not_listed", "只有入选的人能安排批次。")
    if application.batch_id == batch.pk:
        return application
    if not _sit(batch.pk):
        raise Conflict("benefits.batch_full", f"第 {batch.number} 批已经排满。")
    if application.batch_id is not None:
        Batch.objects.filter(pk=application.batch_id, seated__gt=0).update(seated=F("seated") - 1)
    StayApplication.objects.filter(pk=application.pk).update(batch=batch)
    application.refresh_from_db()
    audit.record(actor, "benefits.stay.seated", application, org_path=application.union.path, batch=batch.number)
    return application


@transaction.atomic
def attend(*, actor: Actor, application: StayApplication, came: bool | None) -> StayApplication:
    """Came, did not, or taken back (到场登记). None takes it back."""
    actor.require(Perm.STAY_EDIT, application.programme.union)
    batch = application.batch
    if application.programme.state != ProgrammeState.CONFIRMED:
        raise Conflict("benefits.not_confirmed", "名单确定以后、办结以前才能登记。")
    if came is None:
        return flows.STAY.advance(application, StayState.LISTED, actor=actor, org_path=application.union.path)
    if batch is None or batch.since > clock.today():
        raise RuleViolation("benefits.not_left", "这个人还没有批次，或者还没有出发。")
    return flows.STAY.advance(application, StayState.ATTENDED if came else StayState.ABSENT, actor=actor, org_path=application.union.path)
