"""What field work adds to the access sweep (权限扫描部件)."""

from __future__ import annotations

from typing import Any

from gonghui.core import clock
from gonghui.fieldwork.models import Clash, Doc, HelpRequest
from gonghui.fieldwork.services import devices, docs, follow_ups, helps, visits
from gonghui.orgs.tests import make

ARGS: dict[str, str] = {
    "fieldwork:visit.pk": "fieldwork.Visit",
    "fieldwork:visit_print.pk": "fieldwork.Visit",
    "fieldwork:order.employer": "orgs.Employer",
    "fieldwork:stage.pk": "fieldwork.FollowUp",
    "fieldwork:clash.pk": "fieldwork.Clash",
    "fieldwork:device_revoke.pk": "fieldwork.Device",
    "fieldwork:help_answer.pk": "fieldwork.HelpRequest",
    "fieldwork:portfolio_end.pk": "fieldwork.Portfolio",
    "fieldwork:month.user": "accounts.User",
    "fieldwork:week.user": "accounts.User",
    "fieldwork:shop.pk": "orgs.Employer",
    "fieldwork:report.pk": "orgs.Employer",
    "fieldwork:card.pk": "orgs.Employer",
    "fieldwork:card.kind": "=six",
    "fieldwork:standing.public_id": "=0123456789abcdef0123456789abcdef",
}
READS_THAT_WRITE: dict[str, set[str]] = {"fieldwork:card": {"fieldwork_doc", "fieldwork_edit"}}
TOKENLESS = {"fieldwork:exchange"}


def furnish(world: Any, tree: Any) -> None:
    """One of each thing: a portfolio, a visit, a conflict, a phone, a request for help."""
    union, firm, system = tree.union, tree.employer, make.system
    me = _actor(tree)
    tree.rows["portfolio"] = follow_ups.portfolio_set(actor=system, user_id=me.user_id or 0, union=union)
    tree.rows["follow_up"] = follow_ups.follow_up_assign(actor=system, employer=firm, user_id=me.user_id or 0)
    visit = visits.visit_order(actor=system, employer=firm, user_id=me.user_id or 0, purpose="build", planned_on=clock.today())
    tree.rows["visit"] = visit
    doc = Doc.objects.select_for_update().get(pk=visit.doc_id)
    docs.write(doc, ref="user:1", fields={"note": f"{firm.name}甲"}, uid=f"sweep-{tree.key}-1", base=0, device="A", seq=1)
    found = docs.write(doc, ref="user:2", fields={"note": f"{firm.name}乙"}, uid=f"sweep-{tree.key}-2", base=0, device="B", seq=1)
    docs.clashes_follow(doc, found, me.user_id)
    visits.show(system, doc, found)
    tree.rows["clash"] = Clash.objects.get(doc=doc)
    tree.rows["device"] = devices.device_register(actor=me, name="手机").device
    tree.rows["help"] = helps.help_ask(actor=system, employer=firm, words="请一起去")
    assert HelpRequest.objects.filter(employer=firm).exists()


def _actor(tree: Any) -> Any:
    from gonghui.accounts.enums import Role
    from gonghui.accounts.tests import make as accounts

    return accounts.acting((Role.ORGANISER, tree.union.path), username=f"road-{tree.key}", name="走访人")


UNREACHED = {"fieldwork:exchange", "fieldwork:month", "fieldwork:week"}
"""Addresses that ask for a later step, a pass or a code the small world does not hold; their own tests open them."""
