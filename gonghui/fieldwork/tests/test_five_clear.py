"""The five-clear card of a two-new organisation under the same sequences as the six-grasp card: edited, merged, written off, late.

Which test shows which sequence, for all kinds of documents:
create–edit–edit: `test_sync.test_create_edit_edit_offline_arrives_as_one_visit`, here for the card; edit against edit:
`test_sync.test_what_does_not_collide_…`, here for a coded block; edit against merge of the employer:
`test_sync.test_an_edit_follows_the_employer_…`, here for the card; delete against edit: `test_sync.test_filling_in_against_a_cancelled_order_…`,
here against a written-off employer; out of order: `test_sync.test_any_order_of_arrival_…`, `test_merge.test_order_of_arrival_…`; repeated:
`test_sync.test_the_same_sending_ten_times_…`; three weeks apart: `test_sync.test_three_weeks_…`, here for the card; killed on the way:
`gonghui drill sync`; the network really cut: `tests/journeys/test_m01_field.py`.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction

from gonghui.core import clock, verify
from gonghui.fieldwork.enums import ClashKind, ClashState
from gonghui.fieldwork.models import Clash, Doc, Edit, FollowUp
from gonghui.fieldwork.selectors import docs as reads
from gonghui.fieldwork.services import clashes, sync
from gonghui.fieldwork.tests import make
from gonghui.members.tests import make as members
from gonghui.orgs import services as orgs
from gonghui.orgs.models import CardBlock
from gonghui.orgs.selectors import employers

pytestmark = [pytest.mark.django_db, pytest.mark.system("S005", "S008")]
FILLED = {
    "area": "青石街两个门店",
    "operation": "网店为主",
    "workforce": "6 人，5 人是农民工",
    "investor": "周老板，在店里",
    "reason": "family",
}


@pytest.fixture
def town() -> Any:
    return make.township()


@pytest.fixture
def firm(town: Any) -> Any:
    return make.employer(town, "青石电商工作室", headcount=6, two_new=True)


@pytest.fixture
def mine(town: Any) -> Any:
    """(actor, phone)"""
    _user, actor = make.organiser(town)
    return actor, make.phone(actor)


def card(firm: Any) -> dict[str, str]:
    """What the register says on the five-clear card."""
    rows = CardBlock.objects.filter(employer=firm, card="five").order_by("on", "pk")
    return dict(rows.values_list("block", "value"))


def healthy() -> None:
    found = verify.run(["FLD-01", "FLD-02", "FLD-03"])
    assert found["ok"], found


def test_the_phone_takes_the_card_along_and_fills_it_in_three_goes(firm: Any, mine: Any) -> None:
    actor, phone = mine
    FollowUp.objects.create(employer=firm, user_id=actor.user_id, since=clock.today())
    pack = sync.round_of(actor=actor, device=phone.device, sent=[])["pack"]["employers"][0]
    assert set(pack["cards"]) == {"six", "five"} and pack["cards"]["five"]["fields"] == {}
    base = pack["cards"]["five"]["version"]
    first = {k: FILLED[k] for k in ("area", "operation")}
    told = make.send(
        actor, phone, make.act("card", 1, firm, key="five", base=base, **first),
        make.act("card", 2, firm, key="five", base=base, operation="线上线下各半", workforce=FILLED["workforce"]),
        make.act("card", 3, firm, key="five", base=base, investor=FILLED["investor"], reason="family"),
    )  # fmt: skip
    assert [t["state"] for t in told] == ["applied"] * 3
    assert card(firm) == {**FILLED, "operation": "线上线下各半"}
    [_six, five] = employers.cards_of(firm)
    assert five.complete and Clash.objects.count() == 0
    healthy()


def test_the_coded_reason_said_twice_differently_is_kept_side_by_side(firm: Any, mine: Any) -> None:
    actor, phone = mine
    orgs.card_record(actor=members.system, employer=firm, card="five", values={"reason": "few", "area": "青石街"})
    told = make.send(actor, phone, make.act("card", 1, firm, key="five", base=0, reason="owner", investor="周老板"))[0]
    assert told["state"] == "clash"
    clash = Clash.objects.get(state=ClashState.OPEN)
    assert (clash.kind, clash.field) == (ClashKind.VALUE, "reason")
    assert {reads.plain(e.value) for e in Edit.objects.filter(uid__in=clash.heads)} == {"few", "owner"}
    assert card(firm)["investor"] == "周老板"  # what does not collide is in
    uid = Edit.objects.get(field="reason", value='"owner"').uid
    clashes.clash_settle(actor=actor, clash=clash, choice=uid)
    assert card(firm)["reason"] == "owner" and Edit.objects.filter(field="reason").count() == 3
    healthy()


def test_what_is_not_on_the_card_or_not_coded_is_refused_and_stops_nothing(firm: Any, mine: Any) -> None:
    actor, phone = mine
    told = make.send(
        actor, phone, make.act("card", 1, firm, key="five", mood="稳定"), make.act("card", 2, firm, key="five", reason="就是不想"),
        make.act("card", 3, firm, key="five", area="青石街"),
    )  # fmt: skip
    assert [t["state"] for t in told] == ["refused", "refused", "applied"] and card(firm) == {"area": "青石街"}


def test_the_card_follows_the_employer_it_was_folded_into(firm: Any, town: Any, mine: Any) -> None:
    actor, phone = mine
    kept = make.employer(town, "青石电商公司", headcount=9, two_new=True)
    orgs.card_record(actor=members.system, employer=kept, card="five", values={"operation": "年销百万"})
    orgs.employer_merge(actor=members.system, survivor=kept, absorbed=firm, on=clock.today(), reason="同一家两个照")
    told = make.send(actor, phone, make.act("card", 1, firm, key="five", base=2, operation="网店为主", area="青石街"))[0]
    assert told["state"] == "clash" and card(kept)["area"] == "青石街"
    assert Clash.objects.get(state=ClashState.OPEN).employer == kept and not card(firm)
    healthy()


def test_filling_in_the_card_of_an_employer_written_off_meanwhile_loses_nothing(firm: Any, mine: Any) -> None:
    """Delete against edit: the register closed the shop while the organiser stood in it."""
    actor, phone = mine
    orgs.employer_status(actor=members.system, employer=firm, status="deregistered", on=clock.today(), evidence="注销通知")
    told = make.send(actor, phone, make.act("card", 1, firm, key="five", **FILLED))[0]
    assert told["state"] in ("applied", "held", "clash"), told
    doc = Doc.objects.get(kind="card", employer=firm, key__endswith=":five")
    assert reads.values(reads.merged(doc)) == FILLED
    shown = card(firm) == FILLED
    kept = Clash.objects.filter(doc=doc, state=ClashState.OPEN, kind=ClashKind.REFUSED).exists()
    assert shown or kept, "neither in the register nor before a person"
    healthy()


def test_any_order_and_three_weeks_apart_end_alike(firm: Any, town: Any, mine: Any) -> None:
    actor, phone = mine
    _user, other = make.organiser(town, "吴敏")
    second, then = make.phone(other), clock.now()
    late = then - timedelta(days=21)
    rows = [
        (actor, phone, make.act("card", 1, firm, key="five", uid="act-five-01", made=late.isoformat(), area="青石街", reason="few")),
        (actor, phone, make.act("card", 2, firm, key="five", uid="act-five-02", made=then.isoformat(), reason="owner")),
        (other, second, make.act("card", 1, firm, key="five", uid="act-five-03", made=then.isoformat(), reason="family", workforce="6 人")),
    ]
    seen = set()
    for order in permutations(rows):
        with transaction.atomic():
            for who, device, one in [*order, *order]:  # and all of it once more
                make.send(who, device, one)
            open_ = tuple(Clash.objects.filter(state=ClashState.OPEN).values_list("kind", "field"))
            seen.add((tuple(sorted(card(firm).items())), open_, Edit.objects.exclude(uid__startswith="reg:").count()))
            healthy()
            transaction.set_rollback(True)
    assert len(seen) == 1 and next(iter(seen))[1] == (("value", "reason"),), seen
