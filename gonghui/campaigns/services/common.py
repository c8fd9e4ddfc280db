"""What the writes share (公用办理): the campaign's row under lock, who may write, constraints as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from gonghui.campaigns.enums import CampaignState, Perm
from gonghui.campaigns.models import Campaign
from gonghui.campaigns.selectors import scope
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.campaigns.models import Team

OPEN = (CampaignState.DRAFT, CampaignState.RUNNING)


def held(actor: Actor, campaign: Campaign, perm: str = Perm.CAMPAIGN_EDIT, states: tuple[str, ...] = OPEN) -> Campaign:
    """The campaign's row, locked, in one of the states. Raises: NotFound, NotPermitted, Conflict campaigns.state."""
    if not actor.may(perm, campaign.union) and scope.visible(actor).filter(pk=campaign.pk).exists():
        raise NotPermitted("campaigns.not_yours", f"这个行动由{campaign.union.name}主办，请主办工会办理。")
    actor.require(perm, campaign.union)
    return _locked(campaign, states)


def _locked(campaign: Campaign, states: tuple[str, ...]) -> Campaign:
    row = Campaign.objects.select_for_update(of=("self",)).select_related("union").get(pk=campaign.pk)
    if row.state not in states:
        raise Conflict("campaigns.state", f"行动现在是“{CampaignState(row.state).label}”，不能再改。需要改时请先重新打开。")
    return row


def held_to_log(actor: Actor, campaign: Campaign, team: Team | None) -> Campaign:
    """As `held`, for the daily log: a team leader writes for the own team. Raises as well: NotPermitted campaigns.not_your_team."""
    if not scope.visible(actor).filter(pk=campaign.pk).exists():
        raise NotFound()
    actor.require(Perm.LOG_EDIT)
    if not actor.may(Perm.LOG_EDIT, campaign.union) and team not in scope.teams_to_log(actor, campaign):
        raise NotPermitted("campaigns.not_your_team", "这支小队不归您负责，请由队长或主办工会登记。")
    return _locked(campaign, (CampaignState.RUNNING,))


def saved(row: Any) -> Any:
    """Keep a new row; what a constraint or a field refuses is said in its own sentence (code campaigns.values)."""
    try:
        row.full_clean(validate_unique=False, validate_constraints=True)
        with transaction.atomic():
            row.save()
    except ValidationError as fault:
        raise BadInput("campaigns.values", "；".join(fault.messages)) from fault
    except IntegrityError as fault:
        raise Conflict("campaigns.values", "这一条已经登记过了。") from fault
    return row


def belongs(campaign: Campaign, team: Team | None) -> None:
    """A team named must be one of this campaign. Raises NotFound."""
    if team is not None and team.campaign_id != campaign.pk:
        raise NotFound()
