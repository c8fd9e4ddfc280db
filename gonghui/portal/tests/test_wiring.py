"""Where siblings meet: large exports wait for an approval, reminders become messages (R33, 接线)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gonghui.accounts import selectors as accounts
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as people
from gonghui.approvals import selectors as approvals
from gonghui.approvals import services as decide
from gonghui.approvals.enums import Decision
from gonghui.core.errors import NotFound, Refusal
from gonghui.files import kinds
from gonghui.files import services as files
from gonghui.files.enums import ExportState, Perm
from gonghui.notices import selectors as notices
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    root = make.root()
    town = make.township(parent=root)
    chair, upper = people.officer((Role.CHAIR, town.path)), people.officer((Role.CITY, root.path))
    monkeypatch.setitem(
        kinds._kinds, "test.list", kinds.Kind("test.list", "名单", Perm.EXPORT_START, lambda actor, args, row: ("x.csv", b"a"), True)
    )
    return {"town": town, "chair": chair, "upper": upper, "actor": accounts.actor_of(chair), "boss": accounts.actor_of(upper)}


def ask(world: dict[str, Any], count: int) -> Any:
    return files.export_start(world["actor"], "test.list", "核对三季度会费", count, org_path=world["town"].path)


@pytest.mark.parametrize(("count", "state"), [(499, ExportState.QUEUED), (500, ExportState.QUEUED), (501, ExportState.WAITING)])
def test_above_500_persons_an_export_waits_for_approval(world: dict[str, Any], count: int, state: str) -> None:
    assert ask(world, count).state == state
    assert len([i for i in approvals.inbox(world["boss"]) if i.kind == "files.export"]) == (state == ExportState.WAITING)


def test_the_upper_union_approves_and_the_asker_hears_of_it(world: dict[str, Any], client: Client) -> None:
    row = ask(world, 501)
    approval = approvals.approval_list(actor=world["boss"]).get(kind="files.export")
    with pytest.raises(Refusal):
        decide.approval_decide(actor=world["actor"], approval=approval, decision=Decision.APPROVE, opinion="同意")
    client.force_login(world["upper"])
    decide.approval_decide(actor=world["boss"], approval=approval, decision=Decision.APPROVE, opinion="同意")
    row.refresh_from_db()
    assert (row.state, row.approver) == (ExportState.QUEUED, world["boss"].ref)
    assert notices.unread_count(world["actor"]) == 1


def test_an_export_of_another_tree_is_not_found_by_who_may_approve_elsewhere(world: dict[str, Any]) -> None:
    from gonghui.files import selectors

    row = ask(world, 501)
    stranger = accounts.actor_of(people.officer((Role.TOWNSHIP, "zzzz")))
    with pytest.raises(NotFound):
        selectors.export_seen(actor=stranger, pk=row.pk)
    assert selectors.export_seen(actor=world["boss"], pk=row.pk) == row
