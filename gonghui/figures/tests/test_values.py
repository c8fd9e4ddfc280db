"""Figures through the register: rolls follow services, moves and corrections; the command says the same."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from gonghui.core import clock
from gonghui.figures import definitions, folding, selectors, services
from gonghui.figures.folding import Dims, Line, MemberFact
from gonghui.figures.models import Roll, StatPeriod
from gonghui.orgs.selectors import closure, facts
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db
END = date(2025, 12, 31)


def recount() -> dict:
    """All rolls counted anew from the records, by the pure fold."""
    found = folding.total([*facts.all_employer_facts(), *facts.union_facts().values()])
    lines = {n: [Line(*r) for r in rows] for n, rows in closure.lines_up(u.pk for u in facts.union_facts().values()).items()}
    return dict(folding.fold(found.items(), lines))


def rolls() -> dict:
    return {(u, k, d): n for u, k, d, n in Roll.objects.values_list("union_id", "key", "day", "n") if n}


@pytest.mark.invariant("RPT-01")
def test_rolls_follow_every_change_of_the_register():
    root, town, other = make.root(), make.township(), make.township("白石镇工会")
    federation = make.regional(town)
    firms = [make.employer(town) for _ in range(3)]
    make.cover(federation, firms[0])
    make.own_union(firms[1], town)
    assert rolls() == recount()
    from gonghui.orgs import services as orgs

    orgs.union_move(actor=make.system, union=closure_model(federation), new_parent=closure_model(other), on=date(2025, 5, 1))
    assert rolls() == recount()
    shot = selectors.snapshot(root.pk, END)
    assert (shot.get("employers"), shot.get("employers.organised"), shot.get("coverage.single"), shot.get("coverage.regional")) == (
        3,
        2,
        1,
        1,
    )
    assert (shot.get("unions.regional"), shot.get("unions.single"), shot.get("employers.moved")) == (1, 1, 0)
    assert selectors.snapshot(other.pk, END).get("employers.moved") == 1
    assert selectors.snapshot(town.pk, END).get("employers.moved") == -1


def closure_model(union):
    union.refresh_from_db()
    return union


def test_deltas_that_cancel_leave_no_trace():
    root = make.root()
    before = Roll.objects.count()
    services.post([(root.pk, "members", END, 2), (root.pk, "members", END, -2)])
    assert Roll.objects.count() == before


def test_members_post_and_correct():
    town = make.township()
    root = make.root()
    one = MemberFact(town.pk, "active", date(2025, 3, 1), None, Dims(sex="2", birth_year=1985, migrant=True))
    services.apply([(None, one)])
    assert selectors.snapshot(root.pk, END).get("members") == 1
    services.apply([(one, MemberFact(town.pk, "suspended", date(2025, 3, 1), None))])
    shot = selectors.snapshot(root.pk, END)
    assert (shot.get("members"), shot.get("members.suspended"), shot.get("members.with_suspended"), shot.age["35-44"]) == (0, 1, 1, 0)


@pytest.mark.system("S269")
def test_the_command_says_figures_with_definitions_as_of_any_date():
    town = make.township()
    make.root()
    for day in (date(2024, 12, 31), date(2025, 1, 1), END, date(2026, 1, 1)):
        make.employer(town, listed_on=day)
    out = StringIO()
    call_command("figures", "--org", "root", "--as-of", "2025-12-31", "--json", stdout=out)
    data = json.loads(out.getvalue())
    found = {row["key"]: row for row in data["figures"]}
    assert (data["org"], data["as_of"]) == ("root", "2025-12-31")
    assert [found[k]["value"] for k in ("employers.opening", "employers.new", "employers.written_off", "employers")] == [1, 2, 0, 3]
    assert found["rate.formation"] | {"definition": ""} == {
        "key": "rate.formation",
        "label": "建会率",
        "value": "0.0000",
        "numerator": 0,
        "denominator": 3,
        "unit": "%",
        "definition": "",
    }
    assert found["rate.joining"]["value"] is None
    needed = "employers employers.non_public employers.public employers.opening employers.new employers.written_off employers.organised unions.single unions.regional unions.industry coverage.single coverage.regional coverage.industry workers members members.migrant rate.formation rate.joining rate.contract"
    assert not set(needed.split()) - set(found)
    assert {f"employers.written_off.{r}" for r in ("deregistered", "closed", "moved", "renamed", "same_name", "failed", "merged")} <= set(
        found
    )
    assert all(row["definition"].endswith("。") for row in data["figures"])


def test_the_default_date_is_the_past_end_of_the_current_period():
    assert selectors.default_date() == clock.today()
    StatPeriod.objects.create(name="2025 年", opening=date(2025, 1, 1), closing=END, current=True)
    assert selectors.default_date() == END
    with clock.at(date(2025, 6, 1)):
        assert selectors.default_date() == date(2025, 6, 1)


@pytest.mark.parametrize(
    ("n", "of", "text"), [(214542, 233251, "0.9198"), (4138, 4138, "1.0000"), (1, 3, "0.3333"), (2, 3, "0.6667"), (1, 20000, "0.0001")]
)
def test_a_rate_is_written_with_four_places(n, of, text):
    from fractions import Fraction

    from gonghui.figures.selectors.values import _four

    assert _four(Fraction(n, of)) == text


def test_every_definition_has_what_it_refers_to():
    known = definitions.all_definitions()
    assert len(known) > 50
    assert definitions.find("members.birth=1985") is None  # shown as bands only
    assert definitions.get("members.education=20").key == "members.education=*"
    assert Counter(d.slug for d in known.values()).most_common(1)[0][1] == 1


def test_a_list_of_unions_costs_one_query(django_assert_num_queries):
    town = make.township()
    ids = [make.root().pk, town.pk, *(make.township(f"第{i}镇工会").pk for i in range(5))]
    with django_assert_num_queries(1):
        selectors.snapshots(ids, END)
