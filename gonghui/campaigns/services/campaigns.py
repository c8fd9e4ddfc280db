"""The campaign itself (行动的办理): plan, edit, start, settle, close, reopen; leading group, partners, plan, attendance. Source: S031, S033, S038."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.campaigns import flows
from gonghui.campaigns.enums import SHARED, CampaignState, Perm
from gonghui.campaigns.models import Attendee, Campaign, Category, Leader, Partner, PlanItem
from gonghui.campaigns.selectors import progress
from gonghui.campaigns.services.common import held, saved
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gonghui.accounts.actor import Actor

FIELDS = ("name", "goal", "since", "until", "pilot", "document_no", "party_org", "kickoff_on", "kickoff_place")


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    since, until, kick = values.get("since"), values.get("until"), values.get("kickoff_on")
    if not str(values.get("name", "")).strip() or not str(values.get("goal", "")).strip():
        raise BadInput("campaigns.values", "请写行动名称和目标。")
    if since is None or until is None or until < since:
        raise BadInput("campaigns.values", "结束日期不能早于开始日期。")
    if kick is not None and kick > until:
        raise BadInput("campaigns.values", "启动日期不能晚于结束日期。")
    return {k: v.strip() if isinstance(v, str) else v for k, v in values.items()}


@transaction.atomic
def campaign_plan(
    *,
    actor: Actor,
    union: Any,
    name: str,
    goal: str,
    since: date,
    until: date,
    categories: Iterable[Category] = (),
    pilot: str = "",
    document_no: str = "",
    party_org: str = "",
    kickoff_on: date | None = None,
    kickoff_place: str = "",
) -> Campaign:
    """Prepare a campaign (筹备行动). Raises: NotPermitted; BadInput campaigns.values; Conflict campaigns.name."""
    actor.require(Perm.CAMPAIGN_EDIT, union)
    values = _checked(
        {
            "name": name, "goal": goal, "since": since, "until": until, "pilot": pilot, "document_no": document_no, "party_org": party_org,
            "kickoff_on": kickoff_on, "kickoff_place": kickoff_place,
        }
    )  # fmt: skip
    if Campaign.objects.filter(union=union, name=values["name"]).exists():
        raise Conflict("campaigns.name", f"{union.name}已有“{values['name']}”，请换一个名称。")
    row: Campaign = saved(Campaign(union=union, maker_ref=actor.ref, created_at=clock.now(), **values))
    row.categories.set(categories)
    audit.record(actor, "campaigns.campaign.planned", row, org_path=union.path, name=row.name)
    return row


@transaction.atomic
def campaign_edit(*, actor: Actor, campaign: Campaign, categories: Iterable[Category] | None = None, **changes: Any) -> Campaign:
    """Correct a campaign (修改行动), with what stood before in the audit. Raises as `campaign_plan`; Conflict campaigns.state."""
    row = held(actor, campaign)
    if unknown := set(changes) - set(FIELDS):
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    values = _checked({**{f: getattr(row, f) for f in FIELDS}, **changes})
    if Campaign.objects.filter(union=row.union, name=values["name"]).exclude(pk=row.pk).exists():
        raise Conflict("campaigns.name", f"{row.union.name}已有“{values['name']}”，请换一个名称。")
    old = {f: getattr(row, f) for f in FIELDS if getattr(row, f) != values[f]}
    Campaign.objects.filter(pk=row.pk).update(**{f: values[f] for f in old})
    more: dict[str, Any] = {}
    if categories is not None:
        before, chosen = set(row.categories.values_list("pk", flat=True)), list(categories)
        if before != {c.pk for c in chosen}:
            row.categories.set(chosen)
            more = {"old_categories": sorted(before), "categories": sorted(c.pk for c in chosen)}
    row.refresh_from_db()
    if old or more:
        audit.record(actor, "campaigns.campaign.edited", row, org_path=row.union.path, old=old, new={f: values[f] for f in old}, **more)
    return row


@transaction.atomic
def campaign_start(*, actor: Actor, campaign: Campaign) -> Campaign:
    """Begin (启动). Raises: RuleViolation campaigns.not_ready with what is missing."""
    row = held(actor, campaign, states=(CampaignState.DRAFT,))
    missing = []
    if not row.leaders.filter(duty="head").exists():
        missing.append("领导小组组长")
    if not row.teams.exists():
        missing.append("至少一支小队")
    elif names := [t.name for t in row.teams.filter(assignments=None)]:
        missing.append(f"{'、'.join(names)}的包干范围")
    if not row.targets.exists():
        missing.append("指标")
    if missing:
        raise RuleViolation("campaigns.not_ready", f"还不能启动，缺：{'；'.join(missing)}。", missing=missing)
    return flows.CAMPAIGN.advance(row, CampaignState.RUNNING, actor=actor, org_path=row.union.path)


@transaction.atomic
def campaign_settle(*, actor: Actor, campaign: Campaign) -> Campaign:
    """Settle (结账): only when each person's account is settled; the day's numbers are frozen. Raises: RuleViolation campaigns.open_charges."""
    row = held(actor, campaign, Perm.CAMPAIGN_SETTLE, (CampaignState.RUNNING,))
    left = list(row.charges.filter(result="").values_list("name", flat=True)[:20])
    if left:
        raise RuleViolation("campaigns.open_charges", f"还有 {len(left)} 笔责任账没有结：{'、'.join(left)}。请先逐人结账。")
    today = clock.today()
    shot = progress.board(row, today)
    frozen = {
        "as_of": today.isoformat(),
        "totals": shot.counts(),
        "targets": {c.measure.value: c.target for c in shot.totals if c.target},
        "teams": {r.name: {c.measure.value: c.done for c in r.cells} for r in shot.rows},
    }
    return flows.CAMPAIGN.advance(
        row, CampaignState.SETTLED, actor=actor, org_path=row.union.path, changes={"frozen": frozen, "settled_on": today}
    )


@transaction.atomic
def campaign_close(*, actor: Actor, campaign: Campaign, summary: str) -> Campaign:
    """Close with a report (办结). Raises: BadInput campaigns.summary."""
    row = held(actor, campaign, Perm.CAMPAIGN_SETTLE, (CampaignState.SETTLED,))
    if len(summary.strip()) < 10:
        raise BadInput("campaigns.summary", "请写总结：做了什么、结果怎样、还有什么没做完。")
    changes = {"summary": summary.strip()[:3000], "closed_on": clock.today()}
    return flows.CAMPAIGN.advance(row, CampaignState.CLOSED, actor=actor, org_path=row.union.path, changes=changes)


@transaction.atomic
def campaign_reopen(*, actor: Actor, campaign: Campaign, reason: str) -> Campaign:
    """Open again with a reason (重新打开): a closed one becomes settled, a settled one runs. Raises: BadInput campaigns.reason."""
    row = held(actor, campaign, Perm.CAMPAIGN_SETTLE, (CampaignState.SETTLED, CampaignState.CLOSED))
    if not reason.strip():
        raise BadInput("campaigns.reason", "请写重新打开的理由。")
    to = CampaignState.SETTLED if row.state == CampaignState.CLOSED else CampaignState.RUNNING
    changes: dict[str, Any] = {"closed_on": None} if to == CampaignState.SETTLED else {"settled_on": None, "frozen": {}}
    return flows.CAMPAIGN.advance(
        row, to, actor=actor, org_path=row.union.path, changes=changes, reason=reason.strip()[:200], frozen=row.frozen
    )


def _part(actor: Actor, campaign: Campaign, row: Any, verb: str, **said: Any) -> Any:
    made = saved(row)
    audit.record(actor, f"campaigns.{verb}", made, org_path=campaign.union.path, **said)
    return made


@transaction.atomic
def leader_add(*, actor: Actor, campaign: Campaign, duty: str, name: str, title: str = "") -> Leader:
    """Name somebody of the leading group (登记领导小组). Raises: BadInput."""
    row = held(actor, campaign)
    made: Leader = _part(actor, row, Leader(campaign=row, duty=duty, name=name.strip(), title=title.strip()), "leader.added", duty=duty)
    return made


@transaction.atomic
def partner_add(*, actor: Actor, campaign: Campaign, kind: str, name: str, task: str = "") -> Partner:
    """Name a department or association (登记协作单位)."""
    row = held(actor, campaign)
    made: Partner = _part(actor, row, Partner(campaign=row, kind=kind, name=name.strip(), task=task.strip()), "partner.added", name=name)
    return made


@transaction.atomic
def plan_add(*, actor: Actor, campaign: Campaign, step: str, due_on: date, words: str, party_words: str = "") -> PlanItem:
    """Add a step to the calendar (登记计划). The three shared steps name the party organisation's part too (S038). Raises: BadInput."""
    row = held(actor, campaign)
    if step in SHARED and not row.party_org:
        raise BadInput("campaigns.no_party_org", "请先在“修改行动”里写联动的党组织，再登记同部署、同检查、同考核。")
    made: PlanItem = _part(
        actor,
        row,
        PlanItem(campaign=row, step=step, due_on=due_on, words=words.strip(), party_words=party_words.strip()),
        "plan.added",
        step=step,
        due_on=due_on,
    )
    return made


@transaction.atomic
def plan_done(*, actor: Actor, item: PlanItem, on: date, side: str = "union", note: str = "") -> PlanItem:
    """One side did its part (登记完成): `union` or `party`. Raises: BadInput campaigns.day, Conflict campaigns.done."""
    row = held(actor, item.campaign)
    column = {"union": "done_on", "party": "party_done_on"}[side]
    if on > clock.today():
        raise BadInput("campaigns.day", "完成日期不能晚于今天。")
    if side == "party" and not item.party_words:
        raise BadInput("campaigns.no_party_part", "这一项没有党组织的事项。")
    moved = PlanItem.objects.filter(pk=item.pk, **{f"{column}__isnull": True}).update(
        **{column: on, **({"note": note[:200]} if note else {})}
    )
    if not moved:
        raise Conflict("campaigns.done", "这一项已经登记完成。")
    item.refresh_from_db()
    audit.record(actor, "campaigns.plan.done", item, org_path=row.union.path, side=side, on=on)
    return item


@transaction.atomic
def attendee_add(*, actor: Actor, campaign: Campaign, unit: str, people: int) -> Attendee:
    """Who came to the kick-off, by unit (登记到会). Raises: BadInput, Conflict."""
    row = held(actor, campaign)
    if row.kickoff_on is None or row.kickoff_on > clock.today():
        raise BadInput("campaigns.kickoff", "启动会还没有开，开过以后再登记到会人数。")
    made: Attendee = _part(actor, row, Attendee(campaign=row, unit=unit.strip(), people=people), "attendee.added", people=people)
    return made


@transaction.atomic
def part_remove(*, actor: Actor, part: Any) -> None:
    """Take back an entry of the plan (移除): leader, partner, target, assignment, plan item, attendance. What it said stays in the audit."""
    campaign = part.team.campaign if hasattr(part, "team_id") and not hasattr(part, "campaign_id") else part.campaign
    row = held(actor, campaign)
    said = {f.attname: str(getattr(part, f.attname)) for f in part._meta.concrete_fields if f.attname not in ("id", "name")}
    audit.record(actor, f"campaigns.{part._meta.model_name}.removed", part, org_path=row.union.path, was=said)
    part.delete()
