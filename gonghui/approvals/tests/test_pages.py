"""The inbox and the approval's page (待办、审批页)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import kinds, selectors, services
from gonghui.approvals.kinds import Item
from gonghui.approvals.models import Approval, Delegation
from gonghui.approvals.tests import make
from gonghui.core import clock

pytestmark = pytest.mark.django_db
INBOX = "/console/inbox/"


@pytest.fixture
def town():
    user = accounts.officer((Role.TOWNSHIP, make.TOWN), name="孙建国")
    return user, accounts.client(user)


def form(row: Approval, decision: str, opinion: str = "") -> dict[str, object]:
    return {"decision": decision, "opinion": opinion, "level": row.level, "round": row.round}


def test_the_inbox_holds_approvals_returned_ones_and_items_of_others_by_urgency(town, monkeypatch) -> None:
    user, client = town
    today = clock.today()
    later = make.submit(make.clerk(), "1", due_on=today + timedelta(days=9))
    late = make.submit(make.clerk(), "2", due_on=today - timedelta(days=1))
    back = make.submit(accounts.actor(user), "3")
    services.approval_decide(actor=make.township(), approval=back, decision="return", opinion="缺附件")
    other = Item("visit:1", "test.visit", "走访", "走访某厂", "/x/", "某厂", today)
    monkeypatch.setattr(kinds, "_providers", {"test": lambda actor: [other]})
    assert [i.key for i in selectors.inbox(accounts.actor(user))][:3] == [f"approval:{late.pk}", "visit:1", f"approval:{later.pk}"]
    page = client.get(INBOX).content.decode()
    assert "等您办的共 4 件" in page and "退回修改" in page and "已超期 1 天" in page
    assert "走访某厂" not in client.get(INBOX + f"?kind={make.KIND}").content.decode()
    assert client.get(INBOX + "?due=overdue").context["page"].paginator.count == 1
    assert "没有符合条件" in client.get(INBOX + "?q=没有的字").content.decode()
    assert list(selectors.overdue()) == [Approval.objects.get(subject_id="2")]


def test_deciding_on_the_page(town) -> None:
    _, client = town
    row = make.submit(make.clerk())
    page = client.get(f"/console/approvals/{row.pk}/").content.decode()
    assert "我来办" in page and "镇工会审核" in page
    refused = client.post(f"/console/approvals/{row.pk}/decide/", form(row, "return"))
    assert refused.status_code == 422 and "写明理由" in refused.content.decode()
    assert client.post(f"/console/approvals/{row.pk}/decide/", form(row, "approve")).status_code == 302
    row.refresh_from_db()
    assert row.level == 2
    stale = client.post(f"/console/approvals/{row.pk}/decide/", {**form(row, "approve"), "level": 1})
    assert stale.status_code == 409
    assert "我办过的" in client.get(INBOX + "history/").content.decode()


def test_bulk_says_done_and_skipped_and_why(town) -> None:
    user, client = town
    good, mine, foreign = make.submit(make.clerk(), "1"), make.submit(accounts.actor(user), "2"), make.submit(make.clerk(), "3")
    Approval.objects.filter(pk=foreign.pk).update(org_path="0009")
    foreign.steps.update(org_path="0009")
    page = client.post(INBOX + "approve/", {"key": [f"approval:{r.pk}" for r in (good, mine, foreign)] + ["approval:x", "visit:1"]})
    text = page.content.decode()
    assert "同意 1 件，跳过 2 件" in text and "不能审批自己送审的事" in text
    assert "事情 3" not in text, "what one does not see has no title"
    good.refresh_from_db()
    assert good.level == 2


def test_the_maker_withdraws_and_hands_in_again_and_reminds(town) -> None:
    clerk = accounts.officer((Role.CLERK, make.UNIT))
    client, row = accounts.client(clerk), make.submit(accounts.actor(clerk))
    page = client.get(f"/console/approvals/{row.pk}/").content.decode()
    assert "不能自己审批" in page and "/decide/" not in page
    assert "已提醒 1 位" in client.post(f"/console/approvals/{row.pk}/remind/", follow=True).content.decode()
    assert "已撤回" in client.post(f"/console/approvals/{row.pk}/withdraw/", follow=True).content.decode()
    assert "从第一个环节开始" in client.post(f"/console/approvals/{row.pk}/resubmit/", {"note": "补了附件"}, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.state, row.round, row.note) == ("pending", 2, "补了附件")


def test_a_foreign_approval_is_not_there() -> None:
    row = make.submit(make.clerk())
    client = accounts.client(accounts.officer((Role.CITY, "0009")))
    for url in (f"/console/approvals/{row.pk}/", "/console/approvals/999999/"):
        assert client.get(url).status_code == 404
    assert client.post(f"/console/approvals/{row.pk}/decide/", form(row, "approve")).status_code == 404
    assert row.title not in client.get("/console/approvals/").content.decode()


def test_delegation_on_the_page(town) -> None:
    _, client = town
    accounts.officer((Role.CLERK, make.UNIT), name="钱志文")
    accounts.officer((Role.CLERK, "0009"), name="钱外地")
    today = clock.today()
    data = {"taker": "钱", "since": today, "until": today + timedelta(days=3), "reason": "出差"}
    assert client.post("/console/approvals/delegations/", data).status_code == 302
    given = Delegation.objects.get()
    assert given.taker.name == "钱志文", "only officers of one's own line"
    assert "钱志文" in client.get("/console/approvals/delegations/").content.decode()
    client.post(f"/console/approvals/delegations/{given.pk}/revoke/")
    assert Delegation.objects.get().revoked_at is not None


def test_the_inbox_costs_the_same_for_three_and_for_thirty(town) -> None:
    _, client = town

    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as seen:
            client.get(INBOX)
        return len([q for q in seen if "approvals_" in q["sql"]]), len(seen)

    for n in range(3):
        make.submit(make.clerk(), str(n))
    client.get(INBOX)
    few = cost()
    for n in range(3, 30):
        make.submit(make.clerk(), str(n))
    assert cost() == few
    assert few[0] == 2, "steps, the rare ones: page and menu badge share them"
