"""Publishing needs a second person; cases are shared and adopted."""

from __future__ import annotations

import pytest
from django.test import Client

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import services as approvals
from gonghui.approvals.models import Approval
from gonghui.core.errors import Conflict, Refusal
from gonghui.orgs.selectors import closure
from gonghui.orgs.tests import make
from gonghui.portal import services
from gonghui.portal.models import Adoption, Experience, Publication

pytestmark = pytest.mark.django_db


def people():
    root = make.root()
    return closure.node("root"), accounts.officer((Role.CITY, root.path), name="甲"), accounts.officer((Role.CITY, root.path), name="乙")


@pytest.mark.system("S272")
def test_a_text_is_written_approved_by_another_published_and_archived_in_the_browser():
    node, writer, boss = people()
    mine = accounts.client(writer)
    mine.post("/console/publish/new/", {"title": "职代会决议", "channel": "lan", "audience": "public", "body": "第一条。"})
    row = Publication.objects.get()
    assert row.state == "draft" and Client().get(f"/news/{row.pk}/").status_code == 404
    assert mine.post(f"/console/publish/{row.pk}/submit/").status_code == 302
    approval = Approval.objects.get()
    with pytest.raises(Refusal):
        approvals.approval_decide(actor=accounts.actor(writer), approval=approval, decision="approve")
    approvals.approval_decide(actor=accounts.actor(boss), approval=approval, decision="approve")
    row.refresh_from_db()
    assert row.state == "published"
    assert "第一条" in Client().get(f"/news/{row.pk}/").content.decode() and "职代会决议" in Client().get("/news/").content.decode()
    with pytest.raises(Conflict):
        services.publication_write(actor=accounts.actor(writer), union=node, title="改", body="改", publication=row)
    mine.post(f"/console/publish/{row.pk}/archive/")
    assert (
        "职代会决议" not in Client().get("/news/").content.decode()
        and "职代会决议" in Client().get("/news/?state=archive").content.decode()
    )


def test_what_is_for_officers_is_not_there_for_others():
    node, writer, boss = people()
    row = services.publication_write(actor=accounts.actor(writer), union=node, title="内部通报", body="略", audience="officers")
    services.publication_submit(actor=accounts.actor(writer), publication=row, union=node)
    approvals.approval_decide(actor=accounts.actor(boss), approval=Approval.objects.get(), decision="approve")
    assert Client().get(f"/news/{row.pk}/").status_code == 404
    assert accounts.client(accounts.worker()).get(f"/news/{row.pk}/").status_code == 404
    assert accounts.client(boss).get(f"/news/{row.pk}/").status_code == 200


def test_pages_of_publishing_name_no_outside_address():
    """A closed network has no other server."""
    people()
    page = Client().get("/news/").content.decode()
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page


@pytest.mark.system("S273")
def test_a_case_is_shared_found_by_tag_and_adopted_once():
    _node, writer, _boss = people()
    town = make.township()
    mine = accounts.client(writer)
    mine.post("/console/experience/new/", {"title": "一条街建会", "tags": "建会 小店", "summary": "逐户上门。", "point": town.code})
    case = Experience.objects.get()
    assert (case.tags, case.point_id) == (["建会", "小店"], town.pk)
    theirs = accounts.client(accounts.officer((Role.TOWNSHIP, town.path)))
    page = theirs.get("/console/experience/?tag=小店").content.decode()
    assert "一条街建会" in page and "示范点" in page
    assert "一条街建会" not in theirs.get("/console/experience/?tag=别的").content.decode()
    assert theirs.post(f"/console/experience/{case.pk}/adopt/", {"note": "照做"}).status_code == 302
    assert theirs.post(f"/console/experience/{case.pk}/adopt/").status_code == 409
    assert Adoption.objects.get().union_id == town.pk
    assert "1 家采用" in theirs.get("/console/experience/").content.decode()
