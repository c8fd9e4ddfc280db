"""A machine over spells and transfers: whatever is done in whatever order, the invariants of membership hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.members import jobs, verify
from gonghui.members.models import Membership, Transfer
from gonghui.members.services import exits, spells, standing, transfers
from gonghui.members.tests import make

STEPS = st.lists(
    st.tuples(
        st.sampled_from("join leave open open_away release accept decline withdraw unclaimed retain resume season correct".split()),
        st.integers(0, 2),  # who
        st.integers(0, 2),  # which union
        st.integers(0, 40),  # days later
    ),
    min_size=3,
    max_size=14,
)


def step(verb, who, union, actor):
    spell = Membership.objects.filter(person=who, until=None).select_related("union").first()
    live = Transfer.objects.filter(person=who, state__in=["requested", "in_transit"]).first()
    if verb == "join":
        spells.open_spell(actor=actor, person=who, union=union, on=clock.today())
    elif verb == "unclaimed":
        jobs.unclaimed()
    elif spell is None:
        return
    elif verb == "leave":
        exits.leave(actor=make.worker(who), membership=spell)
    elif verb == "open":
        transfers.transfer_open(actor=make.worker(who), membership=spell, target=union)
    elif verb == "open_away":
        transfers.transfer_open(actor=actor, membership=spell, target=None)
    elif verb == "retain":
        standing.retain(actor=actor, membership=spell, reason="retired")
    elif verb == "resume":
        transfers.membership_return(actor=actor, membership=spell)
    elif verb == "season":
        standing.seasonal_step(actor=actor, spell=spell, resume=spell.standing == "suspended")
    elif verb == "correct":
        spells.correct_spell(actor=actor, spell=spell, reason="补登早期会籍", since=spell.since - timedelta(days=20))
    elif live is not None:
        acts = {
            "release": lambda: transfers.transfer_release(actor=actor, transfer=live),
            "accept": lambda: transfers.transfer_accept(actor=actor, transfer=live, union=None if live.target_id else union),
            "decline": lambda: transfers.transfer_decline(actor=actor, transfer=live, reason="没有这名职工"),
            "withdraw": lambda: transfers.transfer_withdraw(actor=actor, transfer=live),
        }
        acts[verb]()


@pytest.mark.django_db
@pytest.mark.invariant("MEM-01", "MEM-02", "MEM-07")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_no_order_of_acts_breaks_membership(steps):
    with transaction.atomic():
        town = make.township()
        unions = [make.shop(f"甲{i}厂", parent=town)[1] for i in range(3)]
        people = [make.person() for _ in range(3)]
        actor, day = make.system, clock.today() - timedelta(days=600)
        for verb, who, union, later in steps:
            day += timedelta(days=later)
            with clock.at(day):
                try:
                    with transaction.atomic():
                        step(verb, people[who], unions[union], actor)
                except Refusal:
                    continue
        for check in (verify.one_at_a_time, verify.transfers_whole, verify.ended_with_reason):
            assert not list(check()), check.__name__
        counted = Membership.objects.filter(until=None, standing__in=["active", "in_transit"]).count()
        with clock.at(day):
            assert make.roll(make.root(), "members", day) == counted
            assert (
                sum(make.roll(u, "members", day) for u in [*unions, town])
                == counted
                + make.roll(town, "members", day)
                - Membership.objects.filter(until=None, standing__in=["active", "in_transit"], union=town).count()
            )
        transaction.set_rollback(True)
