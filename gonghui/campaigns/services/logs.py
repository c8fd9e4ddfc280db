"""The daily log (日常登记): publicity with proof, services, weekly inspections, accounts by name. Source: S033, S034."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.campaigns.enums import CampaignState, Line, Perm, Result
from gonghui.campaigns.models import Campaign, Charge, Inspection, Publicity, ServiceLog, Team
from gonghui.campaigns.rules import progress as rules
from gonghui.campaigns.selectors import progress
from gonghui.campaigns.services.common import belongs, held, held_to_log, saved
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

RUNNING = (CampaignState.RUNNING,)


def _past(day: date | None) -> None:
    if day is not None and day > clock.today():
        raise BadInput("campaigns.day", "日期不能晚于今天。")


@transaction.atomic
def publicity_add(
    *,
    actor: Actor,
    campaign: Campaign,
    line: str,
    channel: str,
    title: str,
    team: Team | None = None,
    planned_on: date | None = None,
    published_on: date | None = None,
    reach: int = 0,
    link: str = "",
    file: Any = None,
) -> Publicity:
    """Plan or log an item of the three lines (登记宣传). What is out needs its proof. Raises: BadInput campaigns.proof, campaigns.day."""
    belongs(campaign, team)
    row = held_to_log(actor, campaign, team)
    _past(published_on)
    if planned_on is None and published_on is None:
        raise BadInput("campaigns.day", "请写计划日期或发布日期。")
    _proved(line, published_on, link, file)
    made: Publicity = saved(
        Publicity(
            campaign=row, team=team, line=line, channel=channel.strip(), title=title.strip(), planned_on=planned_on, published_on=published_on,
            reach=reach, link=link.strip(), file=file, actor=actor.ref, at=clock.now(),
        )
    )  # fmt: skip
    audit.record(actor, "campaigns.publicity.recorded", made, org_path=row.union.path, line=line, reach=reach)
    return made


@transaction.atomic
def publicity_publish(*, actor: Actor, item: Publicity, published_on: date, reach: int, link: str = "", file: Any = None) -> Publicity:
    """What was planned is out now (登记发布). Raises: Conflict campaigns.published."""
    row = held_to_log(actor, item.campaign, item.team)
    _past(published_on)
    _proved(item.line, published_on, link, file)
    values = {"published_on": published_on, "reach": reach, "link": link.strip(), "file": file}
    if not Publicity.objects.filter(pk=item.pk, published_on=None).update(**values):
        raise Conflict("campaigns.published", "这一条已经登记发布。")
    item.refresh_from_db()
    audit.record(actor, "campaigns.publicity.published", item, org_path=row.union.path, reach=reach)
    return item


def _proved(line: str, published_on: date | None, link: str, file: Any) -> None:
    if published_on is not None and line != Line.MEETING and not link.strip() and file is None:
        raise BadInput("campaigns.proof", f"{Line(line).label}宣传发布后要有链接或证明材料，请补上一样。")


@transaction.atomic
def service_add(
    *, actor: Actor, campaign: Campaign, kind: str, on: date, words: str, people: int, before_joining: int = 0, team: Team | None = None
) -> ServiceLog:
    """Log a service given while organising (登记服务). Raises: BadInput."""
    belongs(campaign, team)
    row = held_to_log(actor, campaign, team)
    _past(on)
    made: ServiceLog = saved(
        ServiceLog(
            campaign=row, team=team, kind=kind, on=on, words=words.strip(), people=people, before_joining=before_joining, actor=actor.ref, at=clock.now()
        )
    )  # fmt: skip
    audit.record(actor, "campaigns.service.recorded", made, org_path=row.union.path, people=people)
    return made


@transaction.atomic
def inspection_add(*, actor: Actor, team: Team, on: date, found: str, remedy: str = "", due_on: date | None = None) -> Inspection:
    """Inspect a team (周检查): its numbers of that day are kept with it. Raises: BadInput, Conflict."""
    row = held(actor, team.campaign, states=RUNNING)
    _past(on)
    shot = next(r for r in progress.board(row, on).rows if r.team is not None and r.team.pk == team.pk)
    counts = {c.measure.value: [c.done, c.target] for c in shot.cells}
    made: Inspection = saved(
        Inspection(
            campaign=row, team=team, on=on, found=found.strip(), remedy=remedy.strip(), due_on=due_on if remedy.strip() else None, counts=counts,
            actor=actor.ref,
        )
    )  # fmt: skip
    audit.record(actor, "campaigns.inspection.recorded", made, org_path=row.union.path, on=on)
    return made


@transaction.atomic
def inspection_done(*, actor: Actor, inspection: Inspection, outcome: str) -> Inspection:
    """The remedy was carried out (整改完成). Raises: BadInput, Conflict campaigns.done."""
    row = held(actor, inspection.campaign, states=RUNNING)
    if not outcome.strip():
        raise BadInput("campaigns.outcome", "请写整改结果。")
    moved = Inspection.objects.filter(pk=inspection.pk, done_on=None).update(done_on=clock.today(), outcome=outcome.strip()[:200])
    if not moved:
        raise Conflict("campaigns.done", "这项整改已经登记完成。")
    inspection.refresh_from_db()
    audit.record(actor, "campaigns.inspection.done", inspection, org_path=row.union.path)
    return inspection


@transaction.atomic
def charge_add(
    *, actor: Actor, team: Team, name: str, task: str, due_on: date, union: Any = None, measure: str = "", target: int | None = None
) -> Charge:
    """Give one person a task (责任到人). With a measure it is counted at settlement, in the union named or the team's area. Raises: BadInput."""
    row = held(actor, team.campaign)
    if union is not None and not union.path.startswith(row.union.path):
        raise NotFound()
    if not name.strip() or not task.strip():
        raise BadInput("campaigns.values", "请写责任人和任务。")
    made: Charge = saved(
        Charge(campaign=row, team=team, name=name.strip(), task=task.strip(), due_on=due_on, union=union, measure=measure, target=target)
    )
    audit.record(actor, "campaigns.charge.made", made, org_path=row.union.path, measure=measure, target=target)
    return made


@transaction.atomic
def charge_settle(*, actor: Actor, charge: Charge, result: str = "", reason: str = "") -> Charge:
    """Settle one person's account (逐人结账).

    A measured one is counted from the register, nobody types its result; another one needs a word. What is not done needs a reason.
    Raises: BadInput campaigns.result, campaigns.reason; Conflict campaigns.settled.
    """
    row = held(actor, charge.campaign, Perm.CAMPAIGN_SETTLE, RUNNING)
    counted: int | None = None
    if charge.measure and charge.target:
        path = charge.union.path if charge.union else ""
        counted = progress.done_in(row, charge.measure, clock.today(), path, charge.team_id)
        result = rules.judged(counted, charge.target)
    if result not in (Result.DONE, Result.PARTIAL, Result.FAILED):
        raise BadInput("campaigns.result", "请选结账结果。")
    if result != Result.DONE and not reason.strip():
        raise BadInput("campaigns.reason", f"结果是“{Result(result).label}”{_number(counted, charge)}，请写原因和下一步。")
    moved = Charge.objects.filter(pk=charge.pk, result=Result.OPEN).update(
        result=result, counted=counted, reason=reason.strip()[:200], settled_on=clock.today(), actor=actor.ref
    )
    if not moved:
        raise Conflict("campaigns.settled", "这笔责任账已经结过。")
    charge.refresh_from_db()
    audit.record(actor, "campaigns.charge.settled", charge, org_path=row.union.path, result=result, counted=counted, target=charge.target)
    return charge


def _number(counted: int | None, charge: Charge) -> str:
    return f"（指标 {charge.target}，数到 {counted}）" if counted is not None else ""


@transaction.atomic
def charge_reopen(*, actor: Actor, charge: Charge, reason: str) -> Charge:
    """Open an account again (重开责任账), while the campaign runs. Raises: BadInput campaigns.reason; Conflict."""
    row = held(actor, charge.campaign, Perm.CAMPAIGN_SETTLE, RUNNING)
    if not reason.strip():
        raise BadInput("campaigns.reason", "请写重开的理由。")
    old = {"result": charge.result, "counted": charge.counted}
    if not Charge.objects.filter(pk=charge.pk).exclude(result=Result.OPEN).update(result="", counted=None, settled_on=None, actor=""):
        raise Conflict("campaigns.settled", "这笔责任账还没有结。")
    charge.refresh_from_db()
    audit.record(actor, "campaigns.charge.reopened", charge, org_path=row.union.path, reason=reason.strip()[:200], old=old)
    return charge
