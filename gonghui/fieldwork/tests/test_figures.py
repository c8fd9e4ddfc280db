"""Figures of field work: visits, outcomes, followed employers, as of any day and down to the records."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.fieldwork.models import FollowUp, Visit
from gonghui.fieldwork.selectors import figures as visit_figures
from gonghui.fieldwork.tests import make
from gonghui.figures import selectors as figures

pytestmark = [pytest.mark.django_db]


def recount(union: Any, since: date, day: date) -> Counter[str]:
    """Each visit and follow-up looked at one by one."""
    out: Counter[str] = Counter()
    for v in Visit.objects.select_related("employer__union"):
        if v.state != "done" or v.visited_on is None or not since < v.visited_on <= day or not v.employer.union.path.startswith(union.path):
            continue
        out.update(["visits.done", f"visits.purpose={v.purpose}"])
        out.update([f"visits.outcome={v.outcome}"] if v.outcome else [])
        out.update([f"visits.refusal={v.refusal}"] if v.outcome == "refused" and v.refusal else [])
        out.update(["visits.won"] if v.outcome in ("agreed", "joined") else [])
        out.update(["visits.complete"] if v.card_complete else [])
    for f in FollowUp.objects.select_related("employer__union"):
        if f.since <= day and (f.until is None or f.until > day) and f.employer.union.path.startswith(union.path):
            out["visits.following"] += 1
    return out


@pytest.mark.system("S011")
def test_visits_and_outcomes_equal_a_naive_recount_on_random_days() -> None:
    towns = [make.township(), make.township("白云镇工会")]
    organisers = [make.organiser(t, f"指导员{i}")[1] for i, t in enumerate(towns)]
    phones = [make.phone(a) for a in organisers]
    shops = [[make.employer(t, f"{t.name}店{i}", headcount=5) for i in range(4)] for t in towns]
    dice, start = random.Random(3), clock.today() - timedelta(days=300)
    outcomes = ("agreed", "refused", "interested", "absent")
    for n in range(14):
        side, on = n % 2, start + timedelta(days=20 * n)
        outcome = dice.choice(outcomes)
        more = {"refusal": dice.choice(("cost", "few"))} if outcome == "refused" else {}
        sent = make.act(
            "visit", n // 2 + 1, shops[side][dice.randrange(4)], key=f"v-{n:08d}", state="done", visited_on=on.isoformat(), outcome=outcome,
            purpose=dice.choice(("build", "join")), **more,
        )  # fmt: skip
        with clock.at(on):
            [reply] = make.send(organisers[side], phones[side], {**sent, "made": clock.now().isoformat()})
        assert reply["state"] == "applied", reply
    system, seen = Actor.system("test"), Counter[str]()
    for day in [start + timedelta(days=dice.randrange(-5, 305)) for _ in range(6)]:
        for union in (make.root(), *towns):
            shot = figures.snapshot(union.pk, day)
            want = recount(union, shot.since, day)
            have = {r.key: r.value for r in figures.figures(actor=system, union=union, as_of=day) if r.key.startswith("visits.")}
            assert {k: v for k, v in have.items() if v} == {k: v for k, v in want.items() if v}, (day, union.name)
            for key in (k for k in want if k != "visits.following"):
                assert visit_figures.behind(key, union.pk, shot.since, day).count() == want[key], key
            seen.update(want)
    assert all(seen[k] for k in ("visits.done", "visits.won", "visits.outcome=refused", "visits.following"))
