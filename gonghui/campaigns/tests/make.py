"""Named figures and small factories of campaigns: a city, two towns, a team in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.campaigns.models import Campaign, Category, Team
from gonghui.campaigns.services import campaigns, teams
from gonghui.core import clock
from gonghui.members.tests import make as members
from gonghui.orgs.tests import make as register

system = Actor.system("test")


def category(basis: str, code: str = "") -> Category:
    return Category.objects.get(basis=basis, code=code, until=None)


@dataclass
class Drive:
    """A campaign with its places and people."""

    root: Any
    towns: list[Any]
    shops: list[tuple[Any, Any]]
    campaign: Campaign
    teams: list[Team]
    officer: Actor
    leader: Any


def drive(*, start: bool = True, since: date | None = None, **more: Any) -> Drive:
    """A campaign of the city over two towns; the first team's leader has an account."""
    root = register.root()
    towns = [register.township(name, root) for name in ("青石镇工会", "乙岸乡工会")]
    shops = [members.shop(name, town) for name, town in zip(("青石茶厂", "乙岸陶厂"), towns, strict=True)]
    officer = accounts.acting((Role.ORGANISATION, root.path), username="zuzhi-c", name="组织部")
    leader = accounts.officer((Role.ORGANISER, towns[0].path), username="duizhang-c", name="许队长")
    since = since or clock.today() - timedelta(days=20)
    more = {"name": "农民工入会集中行动", "goal": "农民工会员增加", "since": since, "until": since + timedelta(days=60), **more}
    row = campaigns.campaign_plan(actor=officer, union=root, **more)
    campaigns.leader_add(actor=officer, campaign=row, duty="head", name="陈主席", title="市总工会")
    made = [
        teams.team_add(actor=officer, campaign=row, name=f"{n}队", leader_name=f"队长{n}", leader_id=leader.pk if n == "一" else None)
        for n in "一二"
    ]
    for team, town in zip(made, towns, strict=True):
        teams.assign(actor=officer, team=team, union=town)
        teams.target_set(actor=officer, campaign=row, measure="members", value=2, team=team)
    if start:
        campaigns.campaign_start(actor=officer, campaign=row)
        row.refresh_from_db()
    return Drive(root, towns, shops, row, made, officer, leader)


def applied(union: Any, **values: Any) -> Any:
    """Somebody filed an application at the union."""
    return members.applied(union, members.person(**values))


def approved(union: Any, **values: Any) -> Any:
    from gonghui.members.services import joining

    row = applied(union, **values)
    return joining.application_approve(actor=system, application=row)


def joined(union: Any, **values: Any) -> Any:
    """Through all three gates."""
    from gonghui.members.services import joining

    return joining.gate_three(actor=system, application=approved(union, **values), how="desk")


def drive_of(d: Drive, name: str) -> Campaign:
    """Another running campaign of the same city, about everybody."""
    until = clock.today() + timedelta(days=30)
    row = campaigns.campaign_plan(actor=d.officer, union=d.root, name=name, goal="人人入会", since=clock.today(), until=until)
    campaigns.leader_add(actor=d.officer, campaign=row, duty="head", name="陈主席")
    team = teams.team_add(actor=d.officer, campaign=row, name="一队", leader_name="队长")
    teams.assign(actor=d.officer, team=team, union=d.root)
    teams.target_set(actor=d.officer, campaign=row, measure="members", value=2, team=team)
    campaigns.campaign_start(actor=d.officer, campaign=row)
    row.refresh_from_db()
    return row
