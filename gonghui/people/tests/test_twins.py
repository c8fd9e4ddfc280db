"""Records that may be one person (疑似重复人员): proposed, decided, taken back; cut to scope."""

from __future__ import annotations

import pytest

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.people import selectors, services
from gonghui.people.models import Person, Twin
from gonghui.people.tests import make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
PHONE = "15400001111"


def wrong(number: str) -> str:
    """The number with a wrong check digit."""
    return number[:17] + ("0" if number[17] != "0" else "1")


def person(serial: int, name: str = "张三", phone: str = PHONE, *, bad: bool = False) -> Person:
    number = make.id_number(serial)
    return services.person_register(actor=SYSTEM, name=name, id_number=wrong(number) if bad else number, phone=phone)


def twin() -> Twin:
    person(1), person(2, bad=True)
    assert services.twins_scan(actor=SYSTEM) == 1
    return Twin.objects.get()


def test_same_name_and_phone_with_an_unverified_document_is_proposed_once() -> None:
    row = twin()
    assert (row.first_id < row.second_id, row.state) == (True, "open")
    assert row.reasons[:2] == ["姓名相同", "手机号相同"]
    assert services.twins_scan(actor=SYSTEM) == 0
    assert AuditEntry.objects.filter(verb="people.twin.scan").count() == 2


@pytest.mark.parametrize(
    ("name", "phone", "bad"),
    [("李四", PHONE, True), ("张三", "15400002222", True), ("张三", PHONE, False)],
    ids=["a family shares a phone", "two of one name", "both documents verified"],
)
def test_what_is_not_proposed(name: str, phone: str, bad: bool) -> None:
    person(1), person(2, name, phone, bad=bad)
    assert services.twins_scan(actor=SYSTEM) == 0


def test_merge_and_take_back_loses_nothing() -> None:
    row = twin()
    services.twin_decide(actor=SYSTEM, twin=row, survivor=row.first, note="证件已核对")
    assert Person.objects.get(pk=row.second_id).merged_into_id == row.first_id
    with pytest.raises(Conflict):
        services.twin_decide(actor=SYSTEM, twin=row, survivor=None, note="再来一次")
    services.twin_reopen(actor=SYSTEM, twin=row, note="合错了")
    assert Person.objects.get(pk=row.second_id).merged_into_id is None
    assert list(AuditEntry.objects.filter(verb__startswith="people.twin.").order_by("pk").values_list("verb", flat=True)) == [
        "people.twin.scan", "people.twin.merged", "people.twin.reopened",
    ]  # fmt: skip


def test_distinct_is_remembered_and_needs_words() -> None:
    row = twin()
    with pytest.raises(RuleViolation, match="怎么核对"):
        services.twin_decide(actor=SYSTEM, twin=row, survivor=None, note=" ")
    services.twin_decide(actor=SYSTEM, twin=row, survivor=None, note="两兄弟")
    assert services.twins_scan(actor=SYSTEM) == 0
    assert Person.objects.filter(merged_into=None).count() == 2


def test_outside_the_scope_there_is_no_pair() -> None:
    row = twin()
    town = Actor(ref="user:9", user_id=9, is_officer=True, scopes=(Scope(Role.TOWNSHIP, "00010001"),))
    assert list(selectors.twin_list(actor=town)) == []
    with pytest.raises(NotFound):
        selectors.twin_get(actor=town, pk=row.pk)
    with pytest.raises((NotFound, NotPermitted)):
        services.twin_decide(actor=town, twin=row, survivor=None, note="不是")


def test_the_page_shows_both_sides_masked() -> None:
    row = twin()
    browser = accounts.client(accounts.officer((Role.CITY, "0001")))
    page = browser.get("/console/people/twins/").content.decode()
    assert row.first.id_mask in page and row.second.id_mask in page and "未核验" in page
    assert make.id_number(1) not in page
    answer = browser.post(f"/console/people/twins/{row.pk}/", {"decision": "distinct", "note": "两兄弟"})
    assert (answer.status_code, Twin.objects.get().state) == (302, "distinct")
