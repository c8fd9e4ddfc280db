"""Life of a campaign (集中行动的状态)."""

from __future__ import annotations

from gonghui.campaigns.enums import CampaignState as S
from gonghui.campaigns.models import Campaign
from gonghui.core.flow import Flow

CAMPAIGN: Flow[Campaign] = Flow(
    "campaigns.campaign",
    {S.DRAFT: {S.RUNNING}, S.RUNNING: {S.SETTLED}, S.SETTLED: {S.CLOSED, S.RUNNING}, S.CLOSED: {S.SETTLED}},
)
"""A settled one may be reopened to run on, a closed one goes back to settled, each with a reason."""
