"""What campaigns adds to the sweep (权限扫描的集中行动部分): a running campaign with one of each part in both trees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.campaigns.services import campaigns, logs, registers, sites, teams
from gonghui.core import clock
from gonghui.orgs import services as orgs

system = Actor.system("test")
ROOM = ("room", "edit", "live", "report", "records", "export", "act")
ARGS: dict[str, str] = {
    **{f"campaigns:{n}.pk": "campaigns.Campaign" for n in ROOM},
    "campaigns:records.measure": "=members",
    "campaigns:export.kind": "=progress",
    "campaigns:act.verb": "=reopen",
    "campaigns:zone.pk": "orgs.Union",
    "campaigns:two_new_set.pk": "orgs.Employer",
    "campaigns:category_act.pk": "campaigns.Category",
    "campaigns:category_act.verb": "=rename",
    "campaigns:plan_done.pk": "campaigns.PlanItem",
    "campaigns:publish.pk": "campaigns.Publicity",
    "campaigns:inspection_done.pk": "campaigns.Inspection",
    "campaigns:charge_act.pk": "campaigns.Charge",
    "campaigns:charge_act.verb": "=reopen",
    "campaigns:remove.pk": "campaigns.Leader",
    "campaigns:remove.kind": "=leader",
    "campaigns:m-team.pk": "campaigns.Team",
    "campaigns:m-log.pk": "campaigns.Team",
    "campaigns:m-log.verb": "=service",
}
SHARED = {"campaigns.Category"}
UNREACHED = {"campaigns:category_act", "campaigns:zone"}
"""The world has no zone: its unions are townships and what lies below."""


def furnish(world: Any, tree: Any) -> None:
    """A campaign of the township with a team over all of it."""
    today = clock.today()
    row = campaigns.campaign_plan(
        actor=system, union=tree.town, name="入会集中行动", goal="会员增加", since=today - timedelta(days=3), until=today + timedelta(days=30),
        party_org="镇党委", kickoff_on=today, kickoff_place="礼堂",
    )  # fmt: skip
    campaigns.leader_add(actor=system, campaign=row, duty="head", name="组长")
    team = teams.team_add(actor=system, campaign=row, name="一队", leader_name="队长")
    teams.assign(actor=system, team=team, union=tree.town)
    teams.target_set(actor=system, campaign=row, measure="members", value=5, team=team)
    campaigns.campaign_start(actor=system, campaign=row)
    campaigns.plan_add(actor=system, campaign=row, step="check", due_on=today, words="查进度", party_words="查覆盖")
    logs.publicity_add(actor=system, campaign=row, line="meeting", channel="动员会", title="动员会", planned_on=today)
    logs.inspection_add(actor=system, team=team, on=today, found="进度慢", remedy="加人", due_on=today)
    logs.charge_add(actor=system, team=team, name="责任人", task="开会", due_on=today)
    sites.site_link(actor=system, campaign=row, kind="field", batch=tree.rows["ceremony"].batch)
    blank = tree.rows["blank"]
    orgs.employer_edit(actor=system, employer=blank, two_new=True)
    registers.rate_declare(
        actor=system, campaign=row, name="入会率", numerator=66, numerator_words="会员", denominator=67, denominator_words="职工", claimed="99%", as_of=today
    )  # fmt: skip
