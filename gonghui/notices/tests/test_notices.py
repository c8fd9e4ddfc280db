"""Messages in the site: to account or person, once, own only, masked, read (站内消息)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make
from gonghui.core import menu
from gonghui.core.models import AuditEntry
from gonghui.notices import selectors, services
from gonghui.notices.models import Notice

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db


def send(**more: object) -> int:
    return services.notice_send(SYSTEM, **{"kind": "task", "title": "转会申请等您审批", "link": "/console/x/", **more})  # type: ignore[arg-type]


def test_a_message_reaches_its_account_or_person_once() -> None:
    user = make.officer((Role.CHAIR, "0001"), person_id=5)
    assert send(users=[user.pk], once="t1") == 1
    send(users=[user.pk], once="t1")
    send(persons=[5, 6], once="t1")
    assert selectors.notices_of(make.actor(user)).count() == 2 == menu.unread_count(make.actor(user))
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(kind="task", title="x", created_at=Notice.objects.first().created_at)  # type: ignore[union-attr]


@pytest.mark.invariant("PRI-01")
def test_numbers_in_the_text_are_masked() -> None:
    send(persons=[5], title="13900001234 的申请", body="证件 110101199003070013")
    notice = Notice.objects.get()
    assert "13900001234" not in notice.title and "139****1234" in notice.title and "110101199003070013" not in notice.body


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_only_paths_of_this_site_are_linked(link: str) -> None:
    with pytest.raises(ValueError, match="本站"):
        send(persons=[5], link=link)


@pytest.mark.invariant("JOB-03", "AUD-03")
def test_a_message_goes_with_its_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        send(persons=[5])
        raise RuntimeError
    assert not Notice.objects.exists()


@pytest.mark.invariant("ACC-01")
def test_the_pages_show_and_open_only_my_own() -> None:
    mine, other = make.officer((Role.CHAIR, "0001")), make.officer((Role.CHAIR, "0001"))
    send(users=[mine.pk])
    send(users=[other.pk], title="别人的事")
    client = make.client(mine)
    page = client.get("/console/notices/").content.decode()
    assert "转会申请等您审批" in page and "别人的事" not in page
    foreign, own = Notice.objects.get(user=other), Notice.objects.get(user=mine)
    missing = client.post("/console/notices/999999/open")
    assert client.post(f"/console/notices/{foreign.pk}/open").status_code == missing.status_code == 404
    opened = client.post(f"/console/notices/{own.pk}/open")
    assert (opened.status_code, opened["Location"]) == (302, "/console/x/")
    assert AuditEntry.objects.filter(verb="notices.notice.read").count() == 1 and selectors.unread_count(make.actor(mine)) == 0
    assert client.get(f"/console/notices/{own.pk}/open").status_code == 405


def test_a_worker_reads_on_the_phone() -> None:
    user = make.worker(person_id=77)
    send(persons=[77], title="理发预约成功", link="/m/x/")
    client = make.client(user)
    assert "理发预约成功" in client.get("/m/notices/").content.decode()
    assert client.post("/m/notices/read-all").status_code == 302 and selectors.unread_count(make.actor(user)) == 0
    assert "还没有消息" in make.client(make.worker(person_id=78)).get("/m/notices/").content.decode()


@pytest.mark.parametrize("n", [3, 30])
def test_the_list_costs_the_same_for_3_and_30(n: int, django_assert_max_num_queries: object) -> None:
    user = make.officer((Role.CHAIR, "0001"))
    for _ in range(n):
        send(users=[user.pk])
    client = make.client(user)
    client.get("/console/notices/")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get("/console/notices/")
