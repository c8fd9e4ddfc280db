"""Figures of campaigns: who joined in them, each once, as of any day and down to the applications."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.campaigns.models import Campaign
from gonghui.campaigns.selectors import figures as joins
from gonghui.campaigns.selectors import progress
from gonghui.campaigns.services import campaigns
from gonghui.campaigns.tests import make
from gonghui.core import clock
from gonghui.figures import selectors as figures

pytestmark = [pytest.mark.django_db]
KEYS = {"campaigns.applied": "applied", "campaigns.approved": "approved", "campaigns.members": "members"}


@pytest.mark.system("S033")
def test_joins_equal_the_boards_of_the_campaigns_and_nobody_counts_twice() -> None:
    d = make.drive(categories=[make.category("migrant")])
    tea, pottery = d.shops[0][1], d.shops[1][1]
    for days, act in ((9, make.applied), (6, make.approved), (3, make.joined)):
        with clock.at(clock.today() - timedelta(days=days)):
            act(tea, migrant=True)
            act(pottery, migrant=True)
    make.joined(tea)  # no migrant worker: of no campaign yet
    start = d.campaign.since - timedelta(days=1)
    for back in (0, 3, 4, 8, 12):
        day = clock.today() - timedelta(days=back)
        shot, board = figures.snapshot(d.root.pk, day, since=start), progress.board(d.campaign, day).counts()
        assert {k: shot.get(k) for k in KEYS} == {k: board[m] for k, m in KEYS.items()}, day
        assert shot.get("campaigns.running") == 1
    town = figures.snapshot(d.towns[0].pk, clock.today(), since=start)
    assert (town.get("campaigns.applied"), town.get("campaigns.members"), town.get("campaigns.running")) == (3, 1, 0)
    # A second campaign over the same people: the boards show them twice, the figure once.
    more = {"name": "全员入会月", "goal": "人人入会", "since": d.campaign.since, "until": d.campaign.until}
    other = campaigns.campaign_plan(actor=d.officer, union=d.root, **more)
    planned = figures.snapshot(d.root.pk, clock.today(), since=start)
    assert planned.get("campaigns.applied") == 6  # one that is only planned counts for nothing
    Campaign.objects.filter(pk=other.pk).update(state="running")
    shot = figures.snapshot(d.root.pk, clock.today(), since=start)
    assert (shot.get("campaigns.applied"), shot.get("campaigns.running")) == (7, 2)
    assert progress.board(other, clock.today()).counts()["applied"] == 7


def test_the_applications_behind_a_figure_are_cut_to_the_reader() -> None:
    d = make.drive(categories=[make.category("migrant")])
    make.applied(d.shops[0][1], migrant=True)
    make.applied(d.shops[1][1], migrant=True)
    since, day = d.campaign.since - timedelta(days=1), clock.today()
    shown, hidden = joins.behind(d.officer, "campaigns.applied", d.root.pk, since, day)
    assert (len(shown), hidden) == (2, 0)
    town = accounts.acting((Role.TOWNSHIP, d.towns[0].path), username="zhen-j")
    shown, hidden = joins.behind(town, "campaigns.applied", d.root.pk, since, day)
    assert (len(shown), hidden) == (1, 1)
    client = accounts.client(accounts.officer((Role.TOWNSHIP, d.towns[0].path), username="zhen-p"))
    address = f"/console/campaigns/joins/?figure=campaigns.applied&from={since}&as_of={day}&org="
    assert client.get(address + str(d.towns[0].pk)).status_code == 200
    assert client.get(address + str(d.root.pk)).status_code == 404
