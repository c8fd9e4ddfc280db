"""Activities and matches (文体活动与赛事): sign-up, draw, fixtures, results, prizes. Source: S186; R130."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.services import flows
from gonghui.services.enums import ActivityState, Division, EntryMode, Format, Perm, Stage
from gonghui.services.models import Activity, Bout, Entry, Prize
from gonghui.services.rules import fixtures
from gonghui.services.selectors import activities as reads
from gonghui.services.selectors import health
from gonghui.spending import services as spending
from gonghui.spending.enums import PlanKind, Use
from gonghui.spending.services import LineData, PlanData

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FIELDS = (
    "title", "kind", "venue", "since", "until", "sign_up_until", "mode", "divisions", "format", "pools", "through", "third_place", "win_points",
    "draw_points", "loss_points", "most_entries",
)  # fmt: skip
LEAST = 2


@transaction.atomic
def activity_make(*, actor: Actor, union: Any, values: Mapping[str, Any]) -> Activity:
    """Prepare an activity (筹备活动).

    Raises: BadInput services.divisions.
    """
    actor.require(Perm.ACTIVITY_EDIT, union)
    fields = {name: values[name] for name in FIELDS if name in values}
    if not fields.get("divisions") or any(d not in Division.values for d in fields["divisions"]):
        raise BadInput("services.divisions", "请至少选一个组别。")
    row = Activity.objects.create(union=union, made_at=clock.now(), **fields)
    audit.record(actor, "services.activity.created", row, org_path=union.path, kind=row.kind)
    return row


@transaction.atomic
def activity_open(*, actor: Actor, activity: Activity) -> Activity:
    """Open sign-up (开放报名)."""
    actor.require(Perm.ACTIVITY_EDIT, activity.union)
    if activity.state == ActivityState.DRAWN and activity.bouts.exclude(played_at=None).exists():
        raise RuleViolation("services.played", "已经有比赛成绩，不能退回报名。")
    activity.bouts.all().delete()
    Entry.objects.filter(activity=activity).update(lot=None, pool=None)
    return flows.ACTIVITY.advance(
        activity, ActivityState.OPEN, actor=actor, org_path=activity.union.path, changes={"seed": "", "drawn_at": None}
    )


@transaction.atomic
def activity_cancel(*, actor: Actor, activity: Activity) -> Activity:
    """Call it off (取消活动)."""
    actor.require(Perm.ACTIVITY_EDIT, activity.union)
    return flows.ACTIVITY.advance(activity, ActivityState.CANCELLED, actor=actor, org_path=activity.union.path)


@transaction.atomic
def entry_add(*, actor: Actor, activity: Activity, division: str, name: str, people: int = 1) -> Entry:
    """The organiser enters a team or a person (代为报名)."""
    actor.require(Perm.ACTIVITY_EDIT, activity.union)
    return _enter(actor, activity, division, name, people, activity.union_id, None)


@transaction.atomic
def sign_up(*, actor: Actor, activity: Activity, division: str, name: str = "", people: int = 1) -> Entry:
    """The member on the phone signs up, alone or as the leader of a team (本人报名).

    Raises: NotFound when the activity is not open to the person; RuleViolation services.wrong_division, services.late.
    """
    mine = health.standing(actor.person_id) if actor.person_id else None
    if actor.person_id is None or mine is None or activity.union.path not in mine.paths:
        raise NotFound()
    if clock.today() > activity.sign_up_until:
        raise RuleViolation("services.late", f"报名已于 {activity.sign_up_until} 截止。")
    single = activity.mode == EntryMode.SINGLE
    if single and division != Division.OPEN and (division == Division.WOMEN) != mine.woman:
        raise RuleViolation("services.wrong_division", "请选自己的组别。登记的性别有误的，请到“我的会籍”更正。")
    if Entry.objects.filter(activity=activity, person=actor.person_id, withdrawn_at=None).exists():
        raise Conflict("services.entered", "您已经报名这个活动。")
    return _enter(actor, activity, division, actor.name if single else name, 1 if single else people, mine.union_id, actor.person_id)


def _enter(actor: Actor, activity: Activity, division: str, name: str, people: int, union: int, person: int | None) -> Entry:
    activity = Activity.objects.select_for_update(of=("self",)).select_related("union").get(pk=activity.pk)
    if activity.state != ActivityState.OPEN:
        raise RuleViolation("services.not_open", "现在不能报名。")
    if division not in activity.divisions or not name.strip():
        raise BadInput("services.division", "请选这个活动有的组别，并填名字。")
    same = Entry.objects.filter(activity=activity, division=division, withdrawn_at=None)
    if same.count() >= activity.most_entries:
        raise Conflict("services.entries_full", f"这个组已报满 {activity.most_entries} 个。")
    taken = "这个组里已有同名的报名，请改一个名字。"
    if same.filter(name=name.strip()).exists():
        raise Conflict("services.name_taken", taken)
    try:
        with transaction.atomic():
            row = Entry.objects.create(
                activity=activity,
                division=division,
                name=name.strip(),
                union_id=union,
                person_id=person,
                people=max(1, people),
                made_at=clock.now(),
            )
    except IntegrityError as fault:
        raise Conflict("services.name_taken", taken) from fault
    audit.record(actor, "services.entry.registered", row, org_path=activity.union.path, activity=activity.pk)
    return row


@transaction.atomic
def entry_withdraw(*, actor: Actor, entry: Entry) -> None:
    """Leave before the draw (退出报名): the person, or the organiser.

    Raises: RuleViolation services.drawn.
    """
    if actor.person_id is None or actor.person_id != entry.person_id:
        actor.require(Perm.ACTIVITY_EDIT, entry.activity.union)
    if not Entry.objects.filter(pk=entry.pk, withdrawn_at=None, activity__state=ActivityState.OPEN).update(withdrawn_at=clock.now()):
        raise RuleViolation("services.drawn", "抽签以后不能退出。要弃权的，请告诉主办单位，由对方得胜。")
    audit.record(actor, "services.entry.withdrawn", entry, org_path=entry.activity.union.path)


@transaction.atomic
def activity_draw(*, actor: Actor, activity: Activity, seed: str) -> Activity:
    """Draw the lots by the published seed and set up the fixtures (抽签编排). Anybody can recompute both.

    Raises: RuleViolation services.too_few, services.through; BadInput services.seed; Conflict core.wrong_state.
    """
    actor.require(Perm.ACTIVITY_EDIT, activity.union)
    if not seed.strip():
        raise BadInput("services.seed", "请填抽签种子。")
    changes = {"seed": seed.strip()[:40], "drawn_at": clock.now()}
    activity = flows.ACTIVITY.advance(activity, ActivityState.DRAWN, actor=actor, org_path=activity.union.path, changes=changes)
    for division in activity.divisions:
        _draw(activity, division)
    return activity


def _draw(activity: Activity, division: str) -> None:
    entries = {e.pk: e for e in reads.entries(activity, division)}
    label = Division(division).label
    if len(entries) < LEAST:
        raise RuleViolation("services.too_few", f"{label}只有 {len(entries)} 个报名，至少要 {LEAST} 个。请延长报名或改组别。")
    order = fixtures.drawn(list(entries), activity.seed)
    if activity.format == Format.POOLS and len(entries) < activity.pools * max(LEAST, activity.through):
        raise RuleViolation(
            "services.through",
            f"{label} {len(entries)} 个报名，分 {activity.pools} 组、每组 {activity.through} 名出线不够，请改用别的赛制或减少小组。",
        )
    groups: list[list[int]] = []
    found: list[fixtures.Match] = []
    if activity.format != Format.SCORED:
        groups, found = fixtures.fixtures(
            activity.format, order, count=activity.pools, through=activity.through, third=activity.third_place
        )
    pool_of = {e: n for n, group in enumerate(groups, 1) for e in group}
    for lot, pk in enumerate(order, 1):
        entries[pk].lot, entries[pk].pool = lot, pool_of.get(pk)
    Entry.objects.bulk_update(entries.values(), ["lot", "pool"])
    days = (activity.until - activity.since).days
    last = max((m.round for m in found), default=1)
    Bout.objects.bulk_create(
        Bout(
            activity=activity, division=division, stage=m.stage, pool=m.pool, round=m.round, number=m.number, home_id=m.home.entry, away_id=m.away.entry,
            home_from=m.home.origin, away_from=m.away.origin, on=activity.since + timedelta(days=days * (m.round - 1) // max(1, last - 1) if last > 1 else 0),
        )
        for m in found
    )  # fmt: skip


@transaction.atomic
def bout_result(*, actor: Actor, bout: Bout, home: int, away: int) -> Bout:
    """Put down a result (登记成绩); winners and places go on by themselves. A mistake can be put right until the next bout is played.

    Raises: RuleViolation services.sides_open, services.no_draw, services.next_played.
    """
    actor.require(Perm.ACTIVITY_EDIT, bout.activity.union)
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=bout.activity_id)
    bout.refresh_from_db()
    if activity.state != ActivityState.DRAWN:
        raise RuleViolation("services.not_on", "活动没有在比赛中，不能登记成绩。")
    if bout.home_id is None or bout.away_id is None:
        raise RuleViolation("services.sides_open", "对阵还没有出来，先登记前面场次的成绩。")
    if bout.stage != Stage.POOL and home == away:
        raise RuleViolation("services.no_draw", "这一场要分出胜负。加时或点球以后的比分，请一并填上。")
    later = Bout.objects.filter(activity=activity, division=bout.division).exclude(played_at=None)
    marks = (f"W{bout.number}", f"L{bout.number}")
    depends = later.filter(home_from__in=marks) | later.filter(away_from__in=marks)
    if bout.stage == Stage.POOL:
        depends = later.exclude(stage=Stage.POOL)
    if depends.exists():
        raise RuleViolation("services.next_played", "后面的场次已经有成绩，这一场不能再改。")
    old = [bout.home_score, bout.away_score]
    Bout.objects.filter(pk=bout.pk).update(home_score=home, away_score=away, played_at=clock.now())
    bout.refresh_from_db()
    if bout.stage == Stage.POOL:
        _places(activity, bout.division)
    else:
        won, lost = (bout.home_id, bout.away_id) if home > away else (bout.away_id, bout.home_id)
        _pass(activity, bout.division, {marks[0]: won, marks[1]: lost})
    audit.record(actor, "services.bout.recorded", bout, org_path=bout.activity.union.path, old=old, new=[home, away])
    return bout


def _pass(activity: Activity, division: str, known: Mapping[str, int | None]) -> None:
    rows = Bout.objects.filter(activity=activity, division=division)
    for mark, entry in known.items():
        rows.filter(home_from=mark).update(home=entry)
        rows.filter(away_from=mark).update(away=entry)


def _places(activity: Activity, division: str) -> None:
    """When all pool bouts are played, the places go into the knock-out; before that they stay open."""
    pool_bouts = Bout.objects.filter(activity=activity, division=division, stage=Stage.POOL)
    whole = not pool_bouts.filter(played_at=None).exists()
    known: dict[str, int | None] = {}
    for pool, table in reads.tables(activity, division).items():
        known |= {f"P{pool}-{rank}": row.entry if whole else None for rank, row in enumerate(table, 1)}
    _pass(activity, division, known)


@transaction.atomic
def entry_mark(*, actor: Actor, entry: Entry, score: Decimal) -> Entry:
    """The mark of the jury (登记评分), for what is ranked and not played."""
    actor.require(Perm.ACTIVITY_EDIT, entry.activity.union)
    if entry.activity.state != ActivityState.DRAWN or entry.activity.format != Format.SCORED:
        raise RuleViolation("services.not_scored", "只有评分排名的活动，抽签排出场次后才登记评分。")
    Entry.objects.filter(pk=entry.pk).update(score=score)
    audit.record(actor, "services.entry.rated", entry, org_path=entry.activity.union.path, old=entry.score, new=score)
    entry.score = score
    return entry


@transaction.atomic
def activity_finish(*, actor: Actor, activity: Activity) -> Activity:
    """End it with all results (结束活动).

    Raises: RuleViolation services.unplayed.
    """
    actor.require(Perm.ACTIVITY_EDIT, activity.union)
    open_ = activity.bouts.filter(played_at=None).count()
    if activity.format == Format.SCORED:
        open_ = activity.entries.filter(withdrawn_at=None, score=None).count()
    if open_:
        raise RuleViolation("services.unplayed", f"还有 {open_} 场（个）没有成绩，登记后再结束。")
    return flows.ACTIVITY.advance(activity, ActivityState.DONE, actor=actor, org_path=activity.union.path)


@transaction.atomic
def prizes_by_rank(*, actor: Actor, activity: Activity, ranks: int, unit_fen: int, words: str) -> list[Prize]:
    """A prize for each of the first of every group (按名次设奖); set anew each time. R130: the first five."""
    _prizes_open(actor, activity)
    Prize.objects.filter(activity=activity, use__in=(Use.PRIZE, Use.TEAM)).delete()
    team = activity.mode == EntryMode.TEAM
    size = max((e.people for e in activity.entries.filter(withdrawn_at=None)), default=1)
    rows = [
        Prize(
            activity=activity, use=Use.TEAM if team else Use.PRIZE, division=d, rank=rank, unit_fen=unit_fen, quantity=1, people=size if team else 0,
            words=words.strip()[:60],
        )
        for d in activity.divisions
        for rank in range(1, ranks + 1)
    ]  # fmt: skip
    Prize.objects.bulk_create(rows)
    audit.record(actor, "services.prize.set", activity, org_path=activity.union.path, ranks=ranks, unit_fen=unit_fen)
    return rows


@transaction.atomic
def prizes_for_all(*, actor: Actor, activity: Activity, unit_fen: int, words: str) -> Prize:
    """A small prize for everybody who takes part (设参与奖); set anew each time.

    Raises: RuleViolation services.nobody.
    """
    _prizes_open(actor, activity)
    heads = reads.heads(activity)
    if not heads:
        raise RuleViolation("services.nobody", "还没有人报名，先报名再设参与奖。")
    Prize.objects.filter(activity=activity, use=Use.PARTICIPATION).delete()
    row = Prize.objects.create(activity=activity, use=Use.PARTICIPATION, unit_fen=unit_fen, quantity=heads, words=words.strip()[:60])
    audit.record(actor, "services.prize.set", activity, org_path=activity.union.path, people=heads, unit_fen=unit_fen)
    return row


def _prizes_open(actor: Actor, activity: Activity) -> None:
    actor.require(Perm.ACTIVITY_EDIT, activity.union)
    if activity.spending_id is not None:
        raise Conflict("services.prizes_planned", "奖项已经编成支出计划，要改请到支出计划里改。")


@transaction.atomic
def prizes_plan(*, actor: Actor, activity: Activity) -> Activity:
    """Hand the prizes to the plans of spending, where every rule decides again and the chair confirms (编成支出计划).

    Raises: NotPermitted without the right to plan; RuleViolation services.prizes_refused.
    """
    _prizes_open(actor, activity)
    prizes = list(activity.prizes.order_by("pk"))
    if not prizes:
        raise RuleViolation("services.no_prizes", "还没有奖项。")
    answer = reads.judged(activity)
    if answer is not None and str(answer.outcome) == "refused":
        raise RuleViolation("services.prizes_refused", answer.headline)
    lines = [LineData(p.use, p.unit_fen, p.quantity, p.words, p.people, p.rank) for p in prizes]
    data = PlanData(
        PlanKind.ACTIVITY, f"{activity.title}奖品", activity.since, lines, count=max(1, reads.heads(activity)), place=activity.venue
    )
    plan = spending.plan_make(actor=actor, union=activity.union, data=data)
    Activity.objects.filter(pk=activity.pk).update(spending=plan.pk)
    activity.refresh_from_db()
    audit.record(actor, "services.activity.planned", activity, org_path=activity.union.path, plan=plan.pk)
    return activity
