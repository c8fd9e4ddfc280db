"""Any order of building, moving, merging and dissolving leaves one tree (ORG-01) and every employer in it (ORG-02)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from gonghui.core.errors import Refusal
from gonghui.orgs import checks, services
from gonghui.orgs.enums import UnionKind
from gonghui.orgs.models import Coverage, Employer, EmployerPlace, Union
from gonghui.orgs.tests import make


class Tree(RuleBasedStateMachine):
    """Acts on a small city; a refusal is fine, a broken tree is not."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.day = date(2021, 1, 1)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def city(self) -> None:
        towns = [make.township(f"{n}镇工会") for n in "甲乙丙"]
        for town in towns:
            federation = make.regional(town, f"{town.name}联合会")
            make.cover(federation, make.employer(town), since=date(2020, 2, 1))
        self.employers = sorted(Employer.objects.values_list("pk", flat=True))

    def later(self) -> date:
        self.day += timedelta(days=1)
        return self.day

    def pick(self, n: int) -> Union:
        rows = Union.objects.filter(ended_on=None).order_by("pk")
        return rows[n % rows.count()]

    @rule(a=st.integers(0, 50), b=st.integers(0, 50))
    def move(self, a: int, b: int) -> None:
        self.attempt(services.union_move, union=self.pick(a), new_parent=self.pick(b))

    @rule(a=st.integers(0, 50), kind=st.sampled_from([UnionKind.ENTERPRISE, UnionKind.REGIONAL, UnionKind.VILLAGE, UnionKind.WORKSHOP]))
    def build(self, a: int, kind: str) -> None:
        day = self.later()
        self.attempt(services.union_build, on_name="founded_on", day=day, parent=self.pick(a), kind=kind, name=f"新 {day} 工会")

    @precondition(lambda self: Union.objects.filter(ended_on=None).count() > 4)
    @rule(a=st.integers(0, 50), b=st.integers(0, 50))
    def merge(self, a: int, b: int) -> None:
        self.attempt(services.union_merge, union=self.pick(a), into=self.pick(b), document_no="文")

    @rule(a=st.integers(0, 50))
    def dissolve(self, a: int) -> None:
        self.attempt(
            services.union_dissolve, union=self.pick(a), document_no="文", reason="试", congress_adopted=True, higher_approved=True
        )

    def attempt(self, act, *, on_name: str = "on", day: date | None = None, **args) -> None:
        try:
            with transaction.atomic():
                act(actor=make.system, **{on_name: day or self.later()}, **args)
        except Refusal:
            pass

    @invariant()
    def one_tree(self) -> None:
        assert list(checks.tree()) == []

    @invariant()
    def every_employer_somewhere(self) -> None:
        assert sorted(Employer.objects.values_list("pk", flat=True)) == getattr(
            self, "employers", sorted(Employer.objects.values_list("pk", flat=True))
        )
        assert list(checks.places()) == []
        for pk in Employer.objects.values_list("pk", flat=True):
            spans = list(EmployerPlace.objects.filter(employer_id=pk).order_by("since").values_list("since", "until"))
            assert all(a[1] == b[0] for a, b in pairwise(spans)) and spans[-1][1] is None
            assert Coverage.objects.filter(employer_id=pk, until=None, main=True).count() <= 1


@pytest.mark.django_db
@pytest.mark.invariant("ORG-01", "ORG-02")
def test_any_history_leaves_one_tree():
    run_state_machine_as_test(
        Tree, settings=settings(max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck))
    )
