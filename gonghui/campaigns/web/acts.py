"""The small forms of a campaign's room (办理表单): verb, form, service, words, tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gonghui.accounts import selectors as accounts
from gonghui.campaigns import forms
from gonghui.campaigns.models import Campaign, Team
from gonghui.campaigns.services import campaigns, logs, registers, sites, teams
from gonghui.campaigns.web import common
from gonghui.core.errors import BadInput
from gonghui.core.http import Request
from gonghui.orgs.selectors import employers

Do = Callable[[Request, Campaign, dict[str, Any]], Any]


@dataclass(frozen=True)
class Act:
    """One form of the room."""

    form: type[forms.Part]
    do: Do
    text: str
    tab: str
    title: str
    button: str


def team_pick(campaign: Campaign, pk: str) -> Team | None:
    """A team chosen in a form; its campaign is checked by the form's choices."""
    return campaign.teams.filter(pk=int(pk)).first() if pk else None


def _team_add(request: Request, row: Campaign, data: dict[str, Any]) -> Any:
    login, leader = data.pop("login").strip(), None
    if login:
        found = accounts.user_of_name(login)
        if found is None:
            raise BadInput("campaigns.leader", f"没有找到登录名“{login}”，请核对，或只写队长姓名。")
        leader = found.pk
    return teams.team_add(actor=request.actor, campaign=row, leader_id=leader, **data)


def _assign(request: Request, row: Campaign, data: dict[str, Any]) -> Any:
    code = data["employer"].strip()
    firm = employers.employer_visible(request.actor).select_related("union").filter(code=code).first() if code else None
    if code and firm is None:
        raise BadInput("campaigns.employer", f"没有找到编号是“{code}”的单位。")
    team = common.needed(team_pick(row, data["team"]), "请选小队。")
    return teams.assign(actor=request.actor, team=team, union=common.union_pick(request, data["union"]), employer=firm)


def _target(request: Request, row: Campaign, data: dict[str, Any]) -> Any:
    data |= {"team": team_pick(row, data["team"]), "union": common.union_pick(request, data["union"])}
    return teams.target_set(actor=request.actor, campaign=row, **data)


def publicity(request: Request, row: Campaign, data: dict[str, Any]) -> Any:
    data |= {"team": team_pick(row, data["team"]), "reach": data["reach"] or 0, "file": common.kept(request, data["file"], row.union.path)}
    return logs.publicity_add(actor=request.actor, campaign=row, **data)


def service(request: Request, row: Campaign, data: dict[str, Any]) -> Any:
    data["team"] = team_pick(row, data["team"])
    return logs.service_add(actor=request.actor, campaign=row, **data)


def _inspect(request: Request, row: Campaign, data: dict[str, Any]) -> Any:
    team = common.needed(team_pick(row, data.pop("team")), "请选小队。")
    return logs.inspection_add(actor=request.actor, team=team, **data)


def _charge(request: Request, row: Campaign, data: dict[str, Any]) -> Any:
    team = common.needed(team_pick(row, data.pop("team")), "请选小队。")
    data["union"] = common.union_pick(request, data["union"])
    return logs.charge_add(actor=request.actor, team=team, **data)


def _site(request: Request, row: Campaign, data: dict[str, Any]) -> Any:
    data["union"] = common.needed(common.union_pick(request, data["union"]), "请选入会的工会。")
    return sites.site_open(actor=request.actor, campaign=row, **data)


def _plain(call: Callable[..., Any]) -> Do:
    return lambda request, row, data: call(actor=request.actor, campaign=row, **data)


ACTS: dict[str, Act] = {
    "leader": Act(forms.LeaderForm, _plain(campaigns.leader_add), "已登记。", "", "登记领导小组", "登记"),
    "partner": Act(forms.PartnerForm, _plain(campaigns.partner_add), "已登记协作单位。", "", "登记协作单位", "登记"),
    "attendee": Act(forms.AttendeeForm, _plain(campaigns.attendee_add), "已登记到会。", "", "登记到会", "登记"),
    "team": Act(forms.TeamForm, _team_add, "已组队。", "teams", "组队", "组队"),
    "assign": Act(forms.AssignForm, _assign, "已包干。", "teams", "分包干范围", "包干"),
    "target": Act(forms.TargetForm, _target, "已定指标。", "teams", "定指标", "定指标"),
    "plan": Act(forms.PlanForm, _plain(campaigns.plan_add), "已列入计划。", "plan", "列入计划", "列入"),
    "publicity": Act(forms.PublicityForm, publicity, "已登记宣传。", "publicity", "登记宣传", "登记"),
    "service": Act(forms.ServiceForm, service, "已登记服务。", "services", "登记服务", "登记"),
    "inspection": Act(forms.InspectionForm, _inspect, "已登记检查，当日的数一并留存。", "inspections", "登记检查", "登记"),
    "charge": Act(forms.ChargeForm, _charge, "已记责任账。", "charges", "记责任账", "记账"),
    "site": Act(forms.SiteForm, _site, "已摆桌，二维码可以用了。", "sites", "摆一张桌", "摆桌"),
    "rate": Act(forms.RateForm, _plain(registers.rate_declare), "两个数对得上，已登记。", "rates", "登记申报的率", "核对并登记"),
}
LOGS = ("publicity", "service")
"""What a team leader may write too."""
