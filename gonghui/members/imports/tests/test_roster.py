"""A roster is imported: everybody once, nothing ended by absence, every figure true."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.core.errors import RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.figures.models import Roll
from gonghui.files.imports import services as imports
from gonghui.files.imports.models import ImportBatch, ImportRow
from gonghui.members.imports import rolls
from gonghui.members.imports.tests import make
from gonghui.members.models import Employment, Membership, Transfer
from gonghui.members.services import folding
from gonghui.people.models import Person
from gonghui.people.tests.make import id_number

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def at():
    return make.town()


def counted() -> Counter[tuple[int, str, date]]:
    return Counter({(r.union_id, r.key, r.day): r.n for r in Roll.objects.all() if r.n and r.key.split(".")[0] in ("workers", "members")})


def recounted() -> Counter[tuple[int, str, date]]:
    """What the records themselves say, folded anew."""
    from gonghui.figures import services as figures

    Roll.objects.all().delete()
    figures.apply((None, f) for f in folding.all_facts())
    return counted()


def said(result):
    return tuple(result[k] for k in ("created", "updated", "unchanged", "rejected"))


@pytest.mark.system("S046")
@pytest.mark.invariant("MEM-05")
def test_a_roster_makes_people_members_and_figures(at):
    result = make.run([make.row(n, at) for n in range(10)] + [make.row(20, at, "two", 是否会员="否", 入会日期="")])
    assert said(result) == (11, 0, 0, 0), result["problems"]
    assert (Person.objects.count(), Employment.objects.count(), Membership.objects.count()) == (11, 11, 10)
    person = Person.objects.get(name="职工甲", id_mask__endswith=id_number(0)[-4:])
    assert (person.sex, person.birth_date, person.ethnic, person.education, person.migrant) == ("2", date(1988, 3, 15), "01", "60", True)
    before = counted()
    assert before and before == recounted()
    again = make.run([make.row(n, at) for n in range(10)] + [make.row(20, at, "two", 是否会员="否", 入会日期="")])
    assert said(again) == (0, 0, 11, 0) and counted() == before
    assert AuditEntry.objects.filter(verb="files.import.committed").count() == 2


@pytest.mark.parametrize(
    ("hired", "joined"), [("2024-03-01", "2024-04-01"), ("2024-03-01", "2023-01-05"), ("2015-01-01", "2015-01-01"), ("2021-01-01", "")]
)
def test_bulk_counts_equal_the_facts(at, hired, joined):
    rows = [
        make.row(
            n,
            at,
            入职日期=hired,
            入会日期=joined,
            用工形式=("季节工", "合同制")[n % 2],
            是否农民工=("是", "否", "")[n % 3],
            民族=("回", "")[n % 2],
        )
        for n in range(6)
    ]
    assert make.run(rows)["created"] == 6
    assert counted() == recounted()


def test_the_comparison_above_can_fail(at, monkeypatch):
    """Negative control: a forgotten dimension shows."""
    monkeypatch.setattr(rolls, "BASE", ("sex",))
    make.run([make.row(1, at)])
    assert counted() != recounted()


@pytest.mark.invariant("MEM-07")
def test_absence_ends_nothing(at):
    make.run([make.row(n, at) for n in range(3)])
    make.run([make.row(0, at)])
    assert Membership.objects.filter(until=None).count() == 3 and Employment.objects.filter(until=None).count() == 3


@pytest.mark.invariant("MEM-01")
def test_a_member_elsewhere_is_asked_about_never_doubled(at):
    make.run([make.row(1, at)])
    result = make.run([make.row(1, at, "two")])
    assert said(result) == (0, 0, 0, 1) and result["problems"][0]["code"] == "member_elsewhere"
    assert Membership.objects.count() == 1 and Employment.objects.count() == 1


def test_the_choice_to_transfer_asks_the_present_union(at):
    make.run([make.row(1, at)])
    batch = imports.batch_upload(
        actor=make.Actor.system("t"),
        kind="roster",
        content=make.content([make.row(1, at, "two")]),
        name="x.csv",
        org_path="",
        as_of=make.AS_OF,
    )
    imports.batch_map(actor=make.Actor.system("t"), batch=batch, mapping=batch.mapping)
    imports.batch_check(actor=make.Actor.system("t"), batch=batch)
    imports.row_fix(actor=make.Actor.system("t"), row=ImportRow.objects.get(), values={}, choice="transfer")
    imports.batch_commit(actor=make.Actor.system("t"), batch=batch)
    imports.commit_now(actor=make.Actor.system("t"), batch=batch)
    asked = Transfer.objects.get()
    assert (asked.state, asked.source_id, asked.target_id) == ("requested", at["u1"].pk, at["u2"].pk)
    assert Membership.objects.count() == 1 and Employment.objects.count() == 2
    imports.batch_undo(actor=make.Actor.system("t"), batch=ImportBatch.objects.get(pk=batch.pk), reason="导错了")
    assert not Transfer.objects.exists() and Employment.objects.count() == 1


def test_known_people_follow_the_table_and_the_figures_follow_them(at):
    make.run([make.row(n, at) for n in range(4)])
    result = make.run([make.row(1, at, 学历="大学本科", 手机号="13900000001"), make.row(2, at, "one", 岗位="质检员"), make.row(3, at)])
    assert said(result) == (0, 2, 1, 0)
    changed = Person.objects.get(education="20")
    assert changed.phone_mask == "139****0001" and Employment.objects.filter(post="质检员").exists()
    assert counted() == recounted()


def test_another_name_for_a_known_number_is_asked_about(at):
    make.run([make.row(1, at)])
    result = make.run([make.row(1, at, 姓名="别名")])
    assert said(result) == (0, 0, 0, 1) and [p["code"] for p in result["problems"]] == ["name_differs"]


@pytest.mark.invariant("MEM-04")
def test_real_people_are_never_refused_for_area_year_or_digit(at):
    good = id_number(5)
    wrong = good[:17] + ("1" if good[17] != "1" else "2")
    rows = [
        make.row(1, at, 证件号码=id_number(1, area="660099")),
        make.row(2, at, 证件号码=id_number(2, born="18990101")),
        make.row(3, at, 证件号码=wrong),
        make.row(4, at, 证件号码="E12345678"),
    ]
    result = make.run(make.text([(*make.HEAD, "证件种类"), *[(*r, "护照" if i == 3 else "") for i, r in enumerate(rows)]]))
    assert said(result) == (4, 0, 0, 0), result["problems"]
    assert dict(Person.objects.values_list("id_kind", "id_check").filter(id_kind="passport")) == {"passport": "unverified"}
    assert Person.objects.filter(id_check="unverified").count() == 2 and any("校验位" in n for n in result["notes"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"证件号码": "1.50799E+17"}, "id"), ({"证件号码": "990101198803"}, "id"), ({"手机号": "1380000"}, "phone"), ({"单位编号": "没有"}, "employer"), ({"工会代码": "没有"}, "union"),
        ({"入会日期": "2030-01-01"}, "dates"), ({"入职日期": "去年"}, "date"), ({"姓名": ""}, "empty"), ({"证件号码": "", "手机号": ""}, "who"), ({"是否会员": "可能"}, "flag"),
    ],
)  # fmt: skip
def test_each_fault_is_named_and_keeps_only_its_row_out(at, change, code):
    result = make.run([make.row(1, at), make.row(2, at, **change)])
    assert said(result) == (1, 0, 0, 1) and code in {p["code"] for p in result["problems"]}
    assert {p["row"] for p in result["problems"]} == {3}


def test_an_employer_outside_the_scope_looks_like_none(at):
    result = make.run([make.row(1, at, "two")], org_path=at["u1"].path)
    assert said(result)[3] == 1 and {p["code"] for p in result["problems"]} == {"employer", "union"}


def test_people_without_a_document_are_recognised_or_asked_about(at):
    rows = [make.row(1, at, 证件号码="")]
    assert said(make.run(rows)) == (1, 0, 0, 0)
    assert said(make.run(rows)) == (0, 0, 1, 0)
    result = make.run([make.row(1, at, "two", 证件号码="")])
    assert result["problems"][0]["code"] == "same_person" and Person.objects.count() == 1


def test_the_same_number_twice_in_a_table(at):
    result = make.run([make.row(1, at), make.row(1, at), make.row(1, at, "two", 是否会员="否", 入会日期="")])
    assert said(result) == (1, 0, 1, 1) and result["problems"][0]["code"] == "twice"


def test_undo_takes_everything_back(at):
    make.run([make.row(1, at)])
    before = counted()
    result = make.run([make.row(1, at, 学历="大学本科"), *[make.row(n, at) for n in range(2, 6)]])
    batch = ImportBatch.objects.get(pk=result["batch"])
    imports.batch_undo(actor=make.Actor.system("t"), batch=batch, reason="导错了表")
    assert counted() == before == recounted()
    assert Person.objects.count() == 1 and Person.objects.get().education == "60"


def test_undo_is_refused_when_somebody_moved_on(at):
    result = make.run([make.row(1, at), make.row(2, at)])
    spell = Membership.objects.order_by("pk").first()
    Membership.objects.filter(pk=spell.pk).update(until=date(2026, 1, 1), ended="left")
    with pytest.raises(RuleViolation) as refused:
        imports.batch_undo(actor=make.Actor.system("t"), batch=ImportBatch.objects.get(pk=result["batch"]), reason="导错了")
    assert (refused.value.code == "imports.undo_blocked" and "职*" in refused.value.message) or "职" in refused.value.message
    assert Person.objects.count() == 2


@pytest.mark.invariant("MEM-05")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_then_b_equals_b_then_a_without_conflicts(at, data):
    """Two rosters that do not contradict each other may come in any order."""
    numbers = data.draw(st.lists(st.integers(1, 12), min_size=1, max_size=8, unique=True))
    cut = data.draw(st.integers(0, len(numbers)))
    shared = data.draw(st.lists(st.sampled_from(numbers), max_size=3, unique=True))
    first, second = (
        numbers[:cut] + [n for n in shared if n not in numbers[:cut]],
        numbers[cut:] + [n for n in shared if n not in numbers[cut:]],
    )

    def world(*files):
        from django.db import transaction

        with transaction.atomic():
            for numbers in files:
                if numbers:
                    result = make.run([make.row(n, at) for n in numbers])
                    assert sum(said(result)) == result["rows"] == len(numbers)
            state = (
                sorted((p.id_mask, p.name, p.education) for p in Person.objects.all()),
                sorted(Membership.objects.values_list("person__id_mask", "union_id", "since", "until")),
                sorted(Employment.objects.values_list("person__id_mask", "employer_id", "since", "kind")),
                counted(),
            )
            transaction.set_rollback(True)
        return state

    assert world(first, second) == world(second, first)


def test_problem_rows_carry_no_clear_numbers(at):
    make.run([make.row(1, at, 证件号码="990101198803")])
    row = ImportRow.objects.get()
    assert b"990101198803" not in bytes(row.cells) and "990101198803" not in str(row.problems)


def test_the_own_roster_of_a_factory_need_not_name_the_factory(db: None) -> None:
    at = make.town()
    rows = [make.row(n, at, 单位编号="", 工会代码="") for n in range(1, 4)]
    done = make.run(rows, org_path=at["u1"].path)
    assert (done["created"], done["rejected"]) == (3, 0)
    assert at["one"].employments.count() == 3
    above = make.run([make.row(9, at, 单位编号="", 工会代码="")], org_path=at["town"].path)
    assert above["rejected"] == 1  # above several factories the row must say which
