"""Spells: one at a time, never overwritten, counted at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from gonghui.core.errors import Conflict, RuleViolation
from gonghui.members.models import Membership
from gonghui.members.services import spells
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.system("S040")
def test_a_member_counts_at_the_union_and_everywhere_above_at_once():
    town = make.township()
    firm, union = make.shop(parent=town)
    who = make.person(sex="2")
    make.employed(who, firm)
    make.member(union, who=who)
    assert [make.roll(u, "members") for u in (union, town, make.root())] == [1, 1, 1]
    assert (
        make.roll(make.root(), "members.sex=2"),
        make.roll(make.root(), "workers"),
        make.roll(make.root(), "members.sector=non_public"),
    ) == (1, 1, 1)
    assert make.roll(make.root(), "members", date(2023, 12, 31)) == 0


def test_ending_and_changing_keep_every_spell_and_the_figures_follow():
    town = make.township()
    _, a = make.shop(parent=town)
    _, b = make.shop("白云服装厂", parent=town)
    first = make.member(a)
    second = spells.change_spell(actor=make.system, spell=first, on=date(2025, 5, 1), ended="transferred", union=b)
    assert [(m.union_id, m.since, m.until) for m in Membership.objects.order_by("since")] == [
        (a.pk, date(2024, 1, 1), date(2025, 5, 1)),
        (b.pk, date(2025, 5, 1), None),
    ]
    assert (make.roll(a, "members"), make.roll(b, "members"), make.roll(town, "members")) == (0, 1, 1)
    assert (make.roll(a, "members", date(2025, 4, 30)), make.roll(b, "members", date(2025, 4, 30))) == (1, 0)
    spells.end_spell(actor=make.system, spell=second, on=date(2026, 1, 1), ended="left")
    assert make.roll(make.root(), "members") == 0


@pytest.mark.invariant("MEM-01")
def test_two_open_or_overlapping_spells_are_refused_in_words():
    _, union = make.shop()
    who = make.person()
    spell = make.member(union, who=who)
    with pytest.raises(Conflict, match="已有会籍"):
        make.member(union, who=who, since=date(2025, 1, 1))
    spells.end_spell(actor=make.system, spell=spell, on=date(2025, 1, 1), ended="left")
    later = make.member(union, who=who, since=date(2025, 6, 1))
    with pytest.raises(RuleViolation, match="同一天只能有一处会籍"):
        spells.correct_spell(actor=make.system, spell=later, reason="补登早期会籍", since=date(2024, 12, 1))
    spells.correct_spell(actor=make.system, spell=later, reason="补登早期会籍", since=date(2025, 1, 1))
    assert make.roll(union, "members", date(2025, 3, 1)) == 1


@pytest.mark.invariant("MEM-01")
def test_the_database_itself_refuses_an_overlap_and_without_the_guard_the_harm_happens():
    _, union = make.shop()
    who = make.person()
    make.member(union, who=who)
    late = {
        "person": who,
        "union": union,
        "since": date(2023, 1, 1),
        "until": date(2024, 3, 1),
        "joined_on": date(2023, 1, 1),
        "ended": "left",
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.create(**late)
    assert Membership.objects.filter(person=who).count() == 1
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute('DROP TRIGGER "membership_apart_insert"')
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute('ALTER TABLE "members_membership" DROP CONSTRAINT "membership_apart"')
    Membership.objects.create(**late)  # negative control: nothing else stops it
    from gonghui.members import verify

    failures = list(verify.one_at_a_time())
    assert len(failures) == 1 and "重叠" in failures[0]


def test_a_correction_needs_a_reason_and_a_grant():
    _, union = make.shop()
    _, other = make.shop("别家厂")
    spell = make.member(union)
    from gonghui.core.errors import NotFound

    with pytest.raises(RuleViolation, match="理由"):
        spells.correct_spell(actor=make.officer(union), spell=spell, reason="改", joined_on=date(2023, 1, 1))
    with pytest.raises(NotFound):
        spells.correct_spell(actor=make.officer(other), spell=spell, reason="登记错误更正", joined_on=date(2023, 1, 1))


def test_a_corrected_person_counts_under_the_right_group_from_the_first_day():
    from gonghui.people import services as people

    _, union = make.shop()
    spell = make.member(union)
    people.person_correct(actor=make.system, person=spell.person, reason="性别登记错误", sex="2", migrant=True)
    assert (make.roll(union, "members.sex=1"), make.roll(union, "members.sex=2"), make.roll(union, "members.migrant")) == (0, 1, 1)


@pytest.mark.invariant("MEM-03")
def test_a_merge_leaves_one_member_and_can_be_undone_without_loss():
    from gonghui.members import verify
    from gonghui.people import services as people

    town = make.township()
    firm, a = make.shop(parent=town)
    _, b = make.shop("白云服装厂", parent=town)
    one, two = make.member(a), make.member(b, since=date(2024, 6, 1))
    make.employed(one.person, firm)
    make.employed(two.person, firm)
    assert make.roll(town, "members") == 2
    merge = people.person_merge(actor=make.system, survivor=one.person, absorbed=two.person, reason="同一个人")
    assert (make.roll(town, "members"), make.roll(town, "workers"), make.roll(b, "members")) == (1, 1, 0)
    assert not list(verify.merged_empty()) and not list(verify.one_at_a_time())
    people.person_unmerge(actor=make.system, merge=merge, reason="不是同一个人")
    assert (make.roll(town, "members"), make.roll(b, "members"), make.roll(town, "workers")) == (2, 1, 2)


def test_workers_move_with_their_employer():
    from gonghui.orgs import services as orgs

    town, other = make.township(), make.township("白云镇工会")
    firm = make.employer(town)
    make.employed(make.person(), firm)
    federation = make.build("regional", "白云镇区域工会联合会", other)
    assert make.roll(town, "workers") == 1
    orgs.coverage_add(actor=make.system, union=federation, employer=firm, form="regional", since=date(2024, 1, 1))
    assert (make.roll(town, "workers"), make.roll(federation, "workers"), make.roll(other, "workers")) == (0, 1, 1)
    assert make.roll(town, "workers", date(2023, 12, 31)) == 1


@pytest.mark.invariant("MEM-07")
def test_rebuilding_from_the_records_gives_the_same_rolls():
    from django.apps import apps

    from gonghui.figures import services as figures
    from gonghui.members.services import folding

    test_ending_and_changing_keep_every_spell_and_the_figures_follow()
    rows = apps.get_model("figures", "Roll").objects
    before = {(r.union_id, r.key, r.day): r.n for r in rows.all() if r.n}
    figures.rebuild(folding.all_facts())
    assert {(r.union_id, r.key, r.day): r.n for r in rows.all() if r.n} == before
