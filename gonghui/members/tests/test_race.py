"""Two desks at the same moment: of two that take one member exactly one wins (fault 29), on either engine."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.accounts.tests.crowd import crowd
from gonghui.core.errors import Refusal
from gonghui.members import verify
from gonghui.members.models import Membership, Transfer
from gonghui.members.services import transfers
from gonghui.members.tests import make

ROUNDS = 50


def race(acts):
    """Run the acts at once, each in a connection of its own: "won" or the code of the refusal."""

    def tried(act):
        def run():
            try:
                act()
            except Refusal as refusal:
                return refusal.code
            return "won"

        return run

    return crowd([tried(act) for act in acts])


@pytest.mark.usefixtures("own_database")
@pytest.mark.fault(29)
@pytest.mark.invariant("MEM-02")
def test_of_two_unions_that_claim_one_member_one_wins_fifty_times():
    town = make.township()
    _, home = make.shop(parent=town)
    claimants = [make.shop(f"{name}厂", parent=town)[1] for name in ("东", "西")]
    actors = [make.officer(u, number=50 + i) for i, u in enumerate(claimants)]
    for _ in range(ROUNDS):
        spell = make.member(home, since=date(2024, 1, 1))
        row = transfers.transfer_open(actor=make.system, membership=spell, target=None, cause="employment_end")
        acts = [
            lambda a=a, u=u, r=row: transfers.transfer_accept(actor=a, transfer=Transfer.objects.get(pk=r.pk), union=u)
            for a, u in zip(actors, claimants, strict=True)
        ]
        outcome = race(acts)
        assert outcome.count("won") == 1, outcome
        assert all(
            o in ("won", "core.wrong_state", "core.state_moved", "members.other_target", "members.spell_moved", "core.busy")
            for o in outcome
        ), outcome
        assert Membership.objects.filter(person=spell.person, until=None).count() == 1
    assert sum(make.roll(u, "members") for u in claimants) == ROUNDS and make.roll(home, "members") == 0
    assert not list(verify.transfers_whole()) and not list(verify.one_at_a_time())
