"""A worker's timeline out of all apps: whole for the subject, by permission and scope for officers, nothing for strangers. Source: S051."""

from __future__ import annotations

import pytest

from gonghui.accounts.tests import make
from gonghui.core import clock
from gonghui.members import lines
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free]
SEEN = {"booking", "venue", "health", "match", "offer", "stay"}


def read(world: World, role: str, person: int, union: object, *, own: bool = False) -> dict[str, list[str]]:
    """What a role gets of each source it may open."""
    actor = make.actor(world.users[role])
    with clock.at(world.at):
        found = {s.key: [line.text for line in s.rows(actor, person, own)] for s in lines.open_to(actor, person, union)}
    return {key: rows for key, rows in found.items() if rows}


@pytest.mark.system("S051")
def test_the_subject_reads_every_source_and_nobody_elses(world: World) -> None:
    mine = {}
    for member in world.a.members:
        actor = make.actor(world.users["member_a"])
        if member.person_id == actor.person_id:
            mine = read(world, "member_a", member.person_id, None, own=True)
        else:
            assert read(world, "member_a", member.person_id, None) == {}
    assert {"booking", "venue"} <= set(mine) <= SEEN


@pytest.mark.system("S051")
@pytest.mark.invariant("ACC-01")
def test_an_officer_sees_by_permission_and_scope_and_the_chair_no_check(world: World) -> None:
    every: dict[str, set[str]] = {}
    for role in ("city", "township_a", "chair_a", "chair_b", "auditor_a"):
        for member in world.a.members:
            for key in read(world, role, member.person_id, member.union):
                every.setdefault(role, set()).add(key)
    assert {"health", "venue", "booking"} <= every["city"]
    assert "health" not in every.get("chair_a", set()), "the employer-paid level learns of no check"
    assert "chair_b" not in every, "nothing of a foreign tree"
