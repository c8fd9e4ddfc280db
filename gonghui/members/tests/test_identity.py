"""Who knows a name and an ID number, as an employer does, opens nobody's record (T: the employer-paid chair)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.models import User
from gonghui.accounts.tests import make as accounts
from gonghui.core import crypto
from gonghui.core.errors import NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.files.imports import services as imports
from gonghui.members.imports.tests import make as tables
from gonghui.members.models import Application
from gonghui.members.services import identity
from gonghui.members.tests import make
from gonghui.people.selectors import PHONE_LABEL

pytestmark = pytest.mark.django_db

OWN, OTHER = "13911110001", "13911110002"


def new_phone(number):
    """Somebody at a phone of the own who is tied to no person yet."""
    from gonghui.accounts.services import workers

    return accounts.client(workers.worker_of_phone(number, None))


def form_of(person, number, union, key="k"):
    return {
        "name": person.name,
        "id_number": number,
        "employer_name": "青石茶厂",
        "signed_name": person.name,
        "agree": "on",
        "union": union.pk,
        "key": key,
    }


def known(phone=OWN, n=611):
    return make.people.person_register(actor=make.system, name="乌兰", id_number=make.id_number(n, "2"), phone=phone), make.id_number(
        n, "2"
    )


def has_phone(person, number):
    person.refresh_from_db()
    return bytes(person.phone_index or b"") == crypto.blind(PHONE_LABEL, number)


@pytest.mark.parametrize("registered", [OWN, ""])
def test_name_and_number_from_another_phone_open_nothing(registered):
    _, union = make.shop()
    person, number = known(registered)
    thief = new_phone(OTHER)
    page = thief.post(reverse("members:m-join") + f"?union={union.pk}", form_of(person, number, union))
    assert page.status_code == 422 and "登记的手机号不是您登录用的号码" in page.content.decode()
    assert not Application.objects.exists() and not User.objects.filter(person_id=person.pk).exists() and not has_phone(person, OTHER)
    wrong = {**form_of(person, number, union), "name": "别人", "signed_name": "别人"}
    assert (
        "登记的手机号不是您登录用的号码" in thief.post(reverse("members:m-join"), wrong).content.decode()
    )  # the name is not confirmed either


def test_the_harm_without_the_guard(monkeypatch):
    """Negative control: were the phone not compared, the thief would stand for the worker."""
    _, union = make.shop()
    person, number = known()
    monkeypatch.setattr(identity, "phone_matches", lambda *_: True)
    new_phone(OTHER).post(reverse("members:m-join") + f"?union={union.pk}", form_of(person, number, union))
    assert User.objects.filter(person_id=person.pk).exists()


def test_the_registered_phone_and_a_new_person_go_straight_on():
    _, union = make.shop()
    person, number = known()
    known("13911110009", 613)
    own = new_phone(OWN)
    assert own.post(reverse("members:m-join") + f"?union={union.pk}", form_of(person, number, union)).status_code == 302
    assert Application.objects.get().person == person
    fresh = {**form_of(person, make.id_number(612), union, "k9"), "name": "江河", "signed_name": "江河"}
    assert new_phone(OTHER).post(reverse("members:m-join") + f"?union={union.pk}", fresh).status_code == 302
    assert has_phone(Application.objects.latest("pk").person, OTHER)


def test_a_phone_known_without_a_document_gets_it_and_makes_no_second_person():
    _, union = make.shop()
    person = make.people.person_register(actor=make.system, name="乌兰", id_kind="none", phone=OWN)
    phone = accounts.client(accounts.worker(person_id=person.pk, name=person.name))
    from gonghui.accounts.services.workers import _set_phone

    _set_phone(User.objects.get(person_id=person.pk), OWN)
    assert phone.post(reverse("members:m-join") + f"?union={union.pk}", form_of(person, make.id_number(615, "2"), union)).status_code == 302
    person.refresh_from_db()
    assert person.id_index is not None and Application.objects.get().person == person


def test_the_desk_sees_the_document_and_sets_the_phone():
    _, union = make.shop()
    person, number = known("")
    desk = accounts.client(accounts.officer((Role.TOWNSHIP, union.parent.path)))
    url = reverse("members:desk")
    data = {"id_kind": "resident", "id_number": number, "name": "乌兰", "phone": OWN, "seen": "on"}
    assert desk.get(url).status_code == 200
    assert "已看过证件原件" in desk.post(url, {k: v for k, v in data.items() if k != "seen"}).content.decode()
    assert "没有找到这个姓名和证件号的人" in desk.post(url, {**data, "name": "别人"}).content.decode()
    assert not has_phone(person, OWN)
    assert desk.post(url, data).status_code == 302 and has_phone(person, OWN)
    entry = AuditEntry.objects.get(verb="members.identity.phone_set")
    assert number not in str(entry.data) and OWN not in str(entry.data)
    assert new_phone(OWN).post(reverse("members:m-join") + f"?union={union.pk}", form_of(person, number, union)).status_code == 302


def test_the_workplace_has_no_desk_and_changes_no_phone():
    firm, union = make.shop()
    person, number = known()
    make.employed(person, firm)
    spell = make.member(union, who=person)
    chair, client = make.officer(union), accounts.client(accounts.officer((Role.CHAIR, union.path)))
    with pytest.raises((NotPermitted, NotFound)):
        identity.phone_set_at_desk(actor=chair, union=union, name="乌兰", id_number=number, phone=OTHER, seen=True)
    assert client.get(reverse("members:desk")).status_code == 403
    client.post(reverse("members:fill", args=[spell.pk]), {"phone": OTHER, "reason": "换号"})
    assert has_phone(person, OWN)
    client.post(
        reverse("members:apply") + f"?union={union.pk}",
        {**form_of(person, number, union), "id_kind": "resident", "phone": OTHER, "employment_kind": "regular", "channel": "door"},
    )
    assert has_phone(person, OWN)
    with pytest.raises(RuleViolation, match="本人登录用的"):
        identity.may_set_phone(chair, person, union.path)
    township = make.officer(union.parent, Role.TOWNSHIP)
    identity.may_set_phone(township, person, union.path)


def test_a_roster_from_the_workplace_fills_a_phone_and_replaces_none():
    at = tables.town()
    tables.run([tables.row(1, at), tables.row(2, at, 手机号="")])
    chair = make.officer(at["u1"])
    rows = [tables.row(1, at, 手机号=OTHER), tables.row(2, at, 手机号="13911110003")]
    result = imports.import_run(
        actor=chair, kind="roster", content=tables.content(rows), name="a.csv", org_path=at["u1"].path, as_of=tables.AS_OF
    )
    masks = set(make.people.Person.objects.values_list("phone_mask", flat=True))
    assert masks == {"138****0001", "139****0003"} and (result["updated"], result["unchanged"]) == (1, 1)
