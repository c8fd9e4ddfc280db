"""People: the vault, the check digit, merging without loss, who looked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core import clock, crypto
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.people import hooks, rules, selectors, services
from gonghui.people.enums import IdCheck, IdKind, Sex
from gonghui.people.models import Person, Reveal
from gonghui.people.tests import make

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "problem", "check"),
    [
        (make.id_number(1), "", IdCheck.OK),
        (" ’" + make.id_number(1).lower() + "\u3000", "", IdCheck.OK),
        ("９９０１０１" + make.id_number(1)[6:], "", IdCheck.OK),
        (make.id_number(1)[:17] + "?", "characters", IdCheck.UNVERIFIED),
        ("1.50799E+17", "scientific", IdCheck.UNVERIFIED),
        (make.id_number(1)[:16], "length", IdCheck.UNVERIFIED),
        (make.id_number(1, born="18880315"), "", IdCheck.OK),
    ],
)
def test_a_number_is_read_as_people_type_it(text, problem, check):
    read = rules.resident_read(text, TODAY)
    assert (read.problem, read.check) == (problem, check)


@pytest.mark.invariant("MEM-04")
def test_a_wrong_check_digit_is_accepted_as_unverified_and_says_so():
    good = make.id_number(1)
    wrong = good[:17] + ("1" if good[17] != "1" else "2")
    read = rules.resident_read(wrong, TODAY)
    assert (read.problem, read.check, "check_digit" in read.warnings) == ("", IdCheck.UNVERIFIED, True)


def test_area_and_birth_year_only_warn():
    read = rules.resident_read(make.id_number(1, born="18880315"), TODAY, frozenset({"110000"}))
    assert set(read.warnings) == {"birth", "area"} and not read.problem


def test_an_old_number_becomes_the_new_one():
    new = make.id_number(1, born="19500101")
    read = rules.resident_read(new[:6] + new[8:17], TODAY)
    assert (read.number, read.warnings) == (new, ("old15",))


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    read = rules.id_read(IdKind.RESIDENT, text, TODAY)
    assert read.problem or read.number == "" or len(read.number) == 18
    rules.phone_read(text)
    rules.name_read(text)


@pytest.mark.parametrize(
    ("text", "digits", "fault"),
    [
        ("１３８ 0013-8000", "13800138000", ""),
        ("+8613800138000", "13800138000", ""),
        ("1380013800", "", "少 1 位"),
        ("1.38E+10", "", "科学计数"),
        ("", "", ""),
    ],
)
def test_a_phone_is_eleven_digits(text, digits, fault):
    got, message = rules.phone_read(text)
    assert got == digits and fault in message


@pytest.mark.django_db
class TestVault:
    def test_a_person_is_sealed_and_found_by_number(self):
        person = make.person(1, phone="13800138000")
        stored = Person.objects.get(pk=person.pk)
        assert make.id_number(1).encode() not in bytes(stored.id_sealed)
        assert crypto.unseal("people.person", "id_number", person.pk, stored.id_sealed) == make.id_number(1)
        assert (stored.id_mask, stored.phone_mask) == ("9901**********" + make.id_number(1)[-4:], "138****8000")
        assert (stored.sex, stored.birth_date) == (Sex.FEMALE if int(make.id_number(1)[16]) % 2 == 0 else Sex.MALE, date(1988, 3, 15))
        assert selectors.person_find(id_number=make.id_number(1)) == [person]
        assert selectors.person_find(phone="13800138000", name="张三") == [person]
        assert selectors.person_find() == []

    @pytest.mark.invariant("MEM-03")
    def test_a_number_is_registered_once(self):
        person = make.person(1)
        with pytest.raises(Conflict) as refused:
            make.person(1, name="李四")
        assert refused.value.facts["person"] == person.pk
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.create(name="李四", id_index=person.id_index, created_at=clock.now())

    def test_the_audit_log_holds_no_number(self):
        make.person(1, phone="13800138000")
        data = "".join(AuditEntry.objects.values_list("data", flat=True))
        assert make.id_number(1) not in data and "13800138000" not in data and "张三" not in data

    def test_a_correction_tells_those_above(self, monkeypatch):
        heard = []
        monkeypatch.setattr(hooks, "_changed", [lambda before, after: heard.append((before.sex, after.sex))])
        person = make.person(2, sex=Sex.MALE)
        services.person_correct(actor=make.system(), person=person, reason="本人更正", sex=Sex.FEMALE)
        assert heard == [(Sex.MALE, Sex.FEMALE)]
        services.person_correct(actor=make.system(), person=person, reason="本人更正", sex=Sex.FEMALE)
        assert len(heard) == 1

    @pytest.mark.invariant("MEM-03")
    def test_a_merge_leaves_one_record_and_can_be_undone(self):
        keep, gone = make.person(1), make.person(2)
        services.person_reveal(actor=make.system(), person=gone, field="id_number", reason_code="verify", reason="核对身份")
        merge = services.person_merge(actor=make.system(), survivor=keep, absorbed=gone, reason="同一人两张证件")
        assert Person.objects.get(pk=gone.pk).merged_into_id == keep.pk
        assert Reveal.objects.filter(person=keep).count() == 1
        assert selectors.person_get(actor=make.system(), pk=gone.pk) == keep
        with pytest.raises(Conflict):
            services.person_merge(actor=make.system(), survivor=keep, absorbed=gone, reason="再来")
        services.person_unmerge(actor=make.system(), merge=merge, reason="合并错了")
        assert Person.objects.get(pk=gone.pk).merged_into_id is None
        assert Reveal.objects.filter(person=gone).count() == 1

    @pytest.mark.bar(1)
    def test_a_look_needs_a_reason_and_is_seen(self):
        person = make.person(1)
        with pytest.raises(RuleViolation):
            services.person_reveal(actor=make.officer(), person=person, field="id_number", reason_code="verify", reason="看看")
        assert services.person_reveal(
            actor=make.officer(), person=person, field="id_number", reason_code="verify", reason="核对身份"
        ) == make.id_number(1)
        assert [(r.actor, r.field) for r in selectors.reveal_list(person=person)] == [("user:7", "id_number")]
        assert AuditEntry.objects.filter(verb="people.person.revealed").count() == 1

    @pytest.mark.bar(3)
    def test_the_thirty_first_person_within_an_hour_asks_for_the_second_factor(self):
        people = [make.person(n) for n in range(1, 33)]

        def look(person, **more):
            return services.person_reveal(
                actor=make.officer(**more), person=person, field="id_number", reason_code="verify", reason="核对身份"
            )

        for person in people[:30]:
            look(person)
        with pytest.raises(NotPermitted) as refused:
            look(people[30])
        assert refused.value.code == "people.step_up"
        look(people[0])
        look(people[30], stepped_up=True)
        with clock.at(clock.now() + timedelta(minutes=61)):
            look(people[31])

    def test_an_officer_of_another_unit_finds_nobody(self):
        person = make.person(1)
        stranger = make.officer("chair", "00010002")
        with pytest.raises(NotFound):
            selectors.person_get(actor=stranger, pk=person.pk)
        with pytest.raises(NotFound):
            services.person_correct(actor=stranger, person=person, reason="更正", org_path="00010002", name="王五")
        assert not selectors.person_list(actor=stranger).exists()

    @pytest.mark.invariant("PRI-07")
    def test_a_copy_holds_all_and_only_the_subjects_data(self):
        one, other = make.person(1, phone="13800138000"), make.person(2, name="李四", phone="13900139000")
        for person in (one, other):
            services.person_reveal(actor=make.system(), person=person, field="phone", reason_code="contact", reason="联系本人")
        text = str(services.person_export(actor=make.system(), person=one))
        assert make.id_number(1) in text and "13800138000" in text and "联系本人" in text
        assert make.id_number(2) not in text and "李四" not in text and "13900139000" not in text

    @pytest.mark.invariant("PRI-07")
    def test_every_column_that_points_at_a_person_is_known(self):
        known = set(hooks.references())
        assert {("members.membership", "person_id"), ("people.reveal", "person_id"), ("accounts.user", "person_id")} <= known

    @pytest.mark.parametrize("bad", [{"name": " "}, {"id_number": "123"}, {"phone": "138"}])
    def test_bad_input_is_named(self, bad):
        with pytest.raises(BadInput):
            services.person_register(**{"actor": make.system(), "name": "张三", **bad})
        assert not Person.objects.exists()
