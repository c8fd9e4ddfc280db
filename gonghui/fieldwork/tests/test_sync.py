"""Sync: each act once, in any order, three weeks apart; what collides is kept and shown; nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction

from gonghui.core import clock, verify
from gonghui.core.errors import Conflict, NotPermitted
from gonghui.core.models import AuditEntry
from gonghui.fieldwork.enums import ClashKind, ClashState, JoinState
from gonghui.fieldwork.models import Act, Clash, Doc, Edit, FollowUp, HelpRequest, OnSiteJoin, Visit
from gonghui.fieldwork.selectors import docs as reads
from gonghui.fieldwork.services import acts, clashes, devices, sync, visits
from gonghui.fieldwork.tests import make
from gonghui.members.models import Application
from gonghui.members.tests import make as members
from gonghui.orgs import services as orgs
from gonghui.orgs.models import CardBlock, Spot

pytestmark = [pytest.mark.django_db, pytest.mark.system("S008")]
DONE = {"state": "done", "visited_on": "2026-01-05", "outcome": "interested", "arguments": ["no_cost"]}


@pytest.fixture(autouse=True)
def _day():
    with clock.at(clock.datetime(2026, 3, 2, 9, tzinfo=clock.SHANGHAI)):
        yield


@pytest.fixture
def town():
    return make.township()


@pytest.fixture
def firm(town):
    return make.employer(town, "青石便民店", headcount=3)


@pytest.fixture
def mine(town):
    """(actor, phone)"""
    _user, actor = make.organiser(town)
    return actor, make.phone(actor)


def block(firm, name: str) -> str:
    return CardBlock.objects.filter(employer=firm, block=name).order_by("-on", "-pk").values_list("value", flat=True).first() or ""


def healthy() -> None:
    found = verify.run(["FLD-01", "FLD-02", "FLD-03"])
    assert found["ok"], found


def test_create_edit_edit_offline_arrives_as_one_visit(firm, mine) -> None:
    actor, phone = mine
    told = make.send(
        actor, phone,
        make.act("visit", 1, firm, key="visit-0001", purpose="build", state="planned", planned_on="2026-03-02"),
        make.act("visit", 2, firm, key="visit-0001", **DONE, note="先看看"),
        make.act("visit", 3, firm, key="visit-0001", note="第二次改过", next_visit="2026-03-16"),
    )  # fmt: skip
    assert [t["state"] for t in told] == ["applied"] * 3
    visit = Visit.objects.get()
    assert (visit.note, visit.outcome, visit.state) == ("第二次改过", "interested", "done")
    assert Spot.objects.get(employer=firm).state == "contact" and FollowUp.objects.get(employer=firm).next_visit.isoformat() == "2026-03-16"
    healthy()


@pytest.mark.fault(1)
def test_the_same_sending_ten_times_has_one_effect_and_one_answer(firm, mine) -> None:
    actor, phone = mine
    one = make.act("help", 1, firm, words="请一起去一次")
    answers = [make.send(actor, phone, one)[0] for _ in range(10)]
    assert HelpRequest.objects.count() == 1 and Act.objects.count() == 1
    assert answers[0] == {k: v for k, v in answers[9].items() if k != "again"} and answers[9]["again"]


def test_without_the_unique_id_the_effect_would_double(firm, mine) -> None:
    """Negative control: the handler alone, without the row of received acts, does it twice."""
    actor, phone = mine
    sent = acts.read(make.act("help", 1, firm, words="请一起去一次"))
    for _ in range(2):
        acts.HANDLERS[acts.ActKind.HELP](actor, phone.device, sent)
    assert HelpRequest.objects.count() == 2


def test_another_content_under_the_same_id_or_number_is_refused(firm, mine) -> None:
    actor, phone = mine
    one = make.act("help", 1, firm, words="第一件")
    make.send(actor, phone, one)
    told = make.send(actor, phone, {**one, "fields": {"words": "换了内容"}}, make.act("help", 1, firm, words="同号另一件"))
    assert {t["code"] for t in told} == {"fieldwork.uid_reused", "fieldwork.seq_reused"} and HelpRequest.objects.count() == 1


def test_any_order_of_arrival_ends_in_the_same_state(firm, town, mine) -> None:
    """Two phones, three acts: all six orders give the same values, the same register, the same conflicts."""
    actor, phone = mine
    _user, other = make.organiser(town, "吴敏")
    second = make.phone(other)
    rows = [
        (
            actor,
            phone,
            make.act("card", 1, firm, key="six", uid="act-order-1", made="2026-03-01T08:00:00+08:00", operation="正常", mood="稳定"),
        ),
        (actor, phone, make.act("card", 2, firm, key="six", uid="act-order-2", made="2026-03-01T10:00:00+08:00", operation="淡季")),
        (
            other,
            second,
            make.act(
                "card", 1, firm, key="six", uid="act-order-3", made="2026-03-01T09:00:00+08:00", operation="停业两周", headcount="3 人"
            ),
        ),
    ]
    seen = set()
    for order in permutations(rows):
        with transaction.atomic():
            for who, device, one in order:
                make.send(who, device, one)
            values = reads.values(reads.merged(Doc.objects.get(kind="card")))
            register = tuple(block(firm, b) for b in ("operation", "mood", "headcount"))
            open_ = tuple(Clash.objects.filter(state=ClashState.OPEN).values_list("kind", "field"))
            seen.add((tuple(sorted(values.items())), register, open_))
            healthy()
            transaction.set_rollback(True)
    assert seen == {((("headcount", "3 人"), ("mood", "稳定"), ("operation", "淡季")), ("淡季", "稳定", "3 人"), (("value", "operation"),))}


def test_what_does_not_collide_merges_and_what_collides_is_kept_side_by_side(firm, mine) -> None:
    """The phone fetched, went offline; meanwhile the desk changed one of the two blocks it fills in."""
    actor, phone = mine
    orgs.card_record(actor=members.system, employer=firm, card="six", values={"operation": "正常", "mood": "稳定"})
    FollowUp.objects.create(employer=firm, user_id=actor.user_id, since=clock.today())
    pack = sync.round_of(actor=actor, device=phone.device, sent=[])["pack"]
    base = pack["employers"][0]["cards"]["six"]["version"]
    assert pack["employers"][0]["cards"]["six"]["fields"] == {"operation": "正常", "mood": "稳定"}
    orgs.card_record(actor=members.system, employer=firm, card="six", values={"operation": "停产检修"})
    told = make.send(actor, phone, make.act("card", 1, firm, key="six", base=base, operation="订单多", hardship="1 人"))[0]
    assert (told["state"], told["clashes"]) == ("clash", 1)
    clash = Clash.objects.get()
    assert (clash.kind, clash.field) == (ClashKind.VALUE, "operation")
    assert {reads.plain(e.value) for e in Edit.objects.filter(uid__in=clash.heads)} == {"停产检修", "订单多"}
    assert block(firm, "hardship") == "1 人" and block(firm, "mood") == "稳定"
    clashes.clash_settle(actor=actor, clash=clash, choice="both")
    assert block(firm, "operation") in ("停产检修；订单多", "订单多；停产检修")
    assert Edit.objects.filter(field="operation").count() == 4, "every value stays in the history"
    with pytest.raises(Conflict):
        clashes.clash_settle(actor=actor, clash=clash, choice="both")
    healthy()


def test_an_edit_follows_the_employer_into_the_one_it_was_folded_into(firm, town, mine) -> None:
    actor, phone = mine
    kept = make.employer(town, "青石便民超市", headcount=4)
    orgs.card_record(actor=members.system, employer=kept, card="six", values={"operation": "全年营业"})
    make.send(actor, phone, make.act("visit", 1, firm, key="visit-merge", **DONE, note="归并前"))
    orgs.employer_merge(actor=members.system, survivor=kept, absorbed=firm, on=clock.today(), reason="同一家店两个照")
    told = make.send(
        actor, phone,
        make.act("card", 2, firm, key="six", base=3, operation="早八点到晚八点", mood="想学收银"),
        make.act("visit", 3, firm, key="visit-merge", note="归并后"),
    )  # fmt: skip
    assert [t["state"] for t in told] == ["clash", "applied"]
    assert block(kept, "mood") == "想学收银" and Visit.objects.get().employer == kept and Visit.objects.get().note == "归并后"
    assert Clash.objects.get(kind=ClashKind.VALUE).employer == kept and not CardBlock.objects.filter(employer=firm).exists()
    healthy()


def test_filling_in_against_a_cancelled_order_is_kept_and_shown(firm, town, mine) -> None:
    actor, phone = mine
    boss = members.officer(town, members.Role.TOWNSHIP, number=900)
    visit = visits.visit_order(actor=boss, employer=firm, user_id=actor.user_id, purpose="build", planned_on=clock.today())
    key, base = visit.doc.key, Doc.objects.get(pk=visit.doc_id).version
    visits.visit_edit(actor=boss, visit=visit, base=base, fields={"state": "cancelled"})
    told = make.send(
        actor, phone, make.act("visit", 1, firm, key=key, base=base, visited_on="2026-03-02", outcome="agreed", note="同意了")
    )[0]
    assert told["state"] == "clash"
    clash = Clash.objects.get(state=ClashState.OPEN)
    assert clash.kind == ClashKind.CLOSED
    visit.refresh_from_db()
    assert (visit.state, visit.outcome, visit.note) == ("planned", "agreed", "同意了")
    clashes.clash_settle(actor=actor, clash=clash, choice="close")
    visit.refresh_from_db()
    assert visit.state == "cancelled" and visit.note == "同意了", "closed by a person who saw it, and the words are still there"
    healthy()


@pytest.mark.fault(20)
def test_three_weeks_without_signal_loses_nothing(firm, town, mine) -> None:
    actor, phone = mine
    then = clock.now()
    sent = [
        make.act("visit", 1, firm, key="visit-weeks", made=then.isoformat(), **DONE, next_visit="2026-03-09"),
        make.act("card", 2, firm, key="six", made=then.isoformat(), operation="正常"),
    ]
    with clock.at(then + timedelta(days=21)):
        assert [t["state"] for t in make.send(actor, phone, *sent)] == ["applied", "applied"]
        assert [t.get("again") for t in make.send(actor, phone, *sent)] == [True, True]
        spot = Spot.objects.get(employer=firm)
        assert spot.next_visit == clock.today(), "the day agreed has passed: it is due now"
        healthy()
    assert CardBlock.objects.get(employer=firm).on == then.date(), "the card says when it was learned"


def test_rights_count_when_it_arrives(firm, town, mine) -> None:
    actor, phone = mine
    away = make.employer(make.township("远山镇工会"), "远山小店")
    told = make.send(actor, phone, make.act("help", 1, away, words="别处的店"))
    assert told[0]["state"] == "refused" and told[0]["code"] == "core.not_found" and not HelpRequest.objects.exists()
    assert not Act.objects.exists(), "what is refused is not kept as received: it may come again"


def test_a_refused_act_stops_no_other(firm, mine) -> None:
    actor, phone = mine
    told = make.send(
        actor,
        phone,
        make.act("visit", 1, firm, key="visit-bad1", outcome="不存在"),
        "不是事项",
        make.act("help", 3, firm, words="这件要到"),
    )  # type: ignore[arg-type]
    assert sorted(t["state"] for t in told) == ["applied", "refused", "refused"] and HelpRequest.objects.count() == 1


@pytest.mark.bar(20)
def test_a_lost_phone_is_cut_off_and_told_to_wipe(firm, mine) -> None:
    actor, phone = mine
    assert devices.device_of(phone.token)[1].user_id == actor.user_id
    devices.device_revoke(actor=actor, device=phone.device, why="丢在路上")
    with pytest.raises(NotPermitted) as refused:
        devices.device_of(phone.token)
    assert refused.value.facts["wipe"] and devices.is_cut_off(phone.device.public_id)
    with pytest.raises(NotPermitted):
        acts.receive(actor=actor, device=phone.device, sent=acts.read(make.act("help", 1, firm, words="迟到")))
    phone.device.refresh_from_db()
    assert phone.device.told_at is not None and phone.token not in str(vars(phone.device)), "the token is nowhere at rest"


def test_a_forged_token_opens_nothing_and_wipes_nobody(mine) -> None:
    _actor, phone = mine
    for token in ("", "x", phone.token[:-1] + ("A" if phone.token[-1] != "A" else "B"), phone.device.public_id):
        with pytest.raises(NotPermitted) as refused:
            devices.device_of(token)
        assert "wipe" not in refused.value.facts


def test_an_organiser_who_lost_the_role_is_cut_off(mine) -> None:
    actor, phone = mine
    from gonghui.accounts.models import Grant

    Grant.objects.filter(user_id=actor.user_id).update(revoked_at=clock.now())
    with pytest.raises(NotPermitted) as refused:
        devices.device_of(phone.token)
    assert refused.value.facts["wipe"]


@pytest.mark.system("S018", "S043")
def test_thirty_join_at_a_camp_and_duplicates_are_flagged(town, mine) -> None:
    """M02-4: applicants sign on the phone without signal; who is a member already, or comes twice, is flagged and kept."""
    actor, phone = mine
    camp = make.build("herder", "乌兰牧场牧民联合工会", town)
    already = members.person("巴图", id_number=members.id_number(7001))
    members.member(camp, who=already)

    def one(n: int, name: str, number: str) -> dict:
        said = {
            "name": name,
            "id_number": number,
            "phone": "",
            "kind": "seasonal",
            "agree": True,
            "signature": make.png(),
            "signed_name": name,
            "union": camp.pk,
        }
        return make.act("join", n, **said)

    sent = [one(n, f"牧民{n}", members.id_number(7100 + n)) for n in range(1, 29)]
    sent += [one(29, "牧民1", members.id_number(7101)), one(30, "巴图", members.id_number(7001))]
    told = make.send(actor, phone, *sent)
    assert [t["state"] for t in told].count("applied") == 28 and [t["state"] for t in told].count("held") == 2
    assert Application.objects.filter(channel="door", self_filled=True, signature_sealed__isnull=False).count() == 28
    doubtful = OnSiteJoin.objects.filter(state=JoinState.DOUBTFUL)
    assert doubtful.count() == 2 and all(d.payload_sealed for d in doubtful)
    assert not AuditEntry.objects.filter(data__contains=members.id_number(7001)).exists()
    for clash in Clash.objects.filter(kind=ClashKind.PERSON):
        clashes.clash_settle(actor=actor, clash=clash, choice="drop")
    assert not OnSiteJoin.objects.filter(payload_sealed__isnull=False).exists()
    assert all(t.get("again") for t in make.send(actor, phone, *sent)) and Application.objects.count() == 28
    healthy()


@pytest.mark.parametrize("missing", ["signature", "agree", "name"])
def test_nobody_joins_without_own_signature_and_consent(town, mine, missing: str) -> None:
    """R019: the applicant fills in, ticks and signs; an organiser cannot do it for them."""
    actor, phone = mine
    camp = make.build("herder", "乌兰牧场牧民联合工会", town)
    said = {
        "name": "牧民",
        "id_number": members.id_number(7300),
        "kind": "regular",
        "agree": True,
        "signature": make.png(),
        "union": camp.pk,
    }
    told = make.send(actor, phone, make.act("join", 1, **{**said, missing: False if missing == "agree" else ""}))
    assert told[0]["state"] == "refused" and not Application.objects.exists()


def test_what_the_register_refuses_is_kept_for_a_person(firm, mine) -> None:
    """The shop was written off while the phone was away: the card is not accepted, and not lost."""
    actor, phone = mine
    orgs.employer_status(actor=members.system, employer=firm, status="closed", on=clock.today(), evidence="歇业通知")
    told = make.send(actor, phone, make.act("card", 1, firm, key="six", operation="正常"))
    assert told[0]["state"] == "held"
    assert Clash.objects.get().kind == ClashKind.REFUSED and reads.values(reads.merged(Doc.objects.get()))["operation"] == "正常"


def test_photos_are_re_encoded_and_kept_with_the_visit(firm, mine) -> None:
    actor, phone = mine
    make.send(actor, phone, make.act("visit", 1, firm, key="visit-photo", **DONE, files={"photo": make.png(), "signature": make.png()}))
    visit = Visit.objects.get()
    assert {e.kind for e in visit.evidence.all()} == {"photo", "signature"} and all(e.file.restricted for e in visit.evidence.all())
    told = make.send(actor, phone, make.act("visit", 2, firm, key="visit-bad", **DONE, files={"photo": "data:image/png;base64,AAAA"}))
    assert told[0]["state"] == "refused" and not Doc.objects.filter(key="visit-bad").exists()
