"""Joining: by the worker's own hand, through three gates; private joining looks the same to the workplace."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.members.models import Application, Employment, Membership
from gonghui.members.selectors import joining as reads
from gonghui.members.selectors import places
from gonghui.members.services import cards, ceremonies, consents, joining, service_cards
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.system("S043")
def test_from_the_phone_to_the_card_a_worker_becomes_a_member():
    firm, union = make.shop()
    row = make.applied(union, employer=firm, channel="personal")
    chair = make.officer(union)
    joining.application_approve(actor=chair, application=row)
    spell = Membership.objects.get(person=row.person, until=None)
    assert (spell.union, spell.channel, bool(spell.card_no)) == (union, "personal", True)
    assert make.roll(make.root(), "members") == 1 and make.roll(make.root(), "workers") == 1
    row.refresh_from_db()
    assert row.state == "approved" and reads.card_due(row) == clock.today() + timedelta(days=30)
    card = row.person.cards.get()
    cards.card_confirm(actor=make.worker(row.person), card=card)
    row.refresh_from_db()
    assert (row.state, row.issued_on, row.person.cards.get().state) == ("done", clock.today(), "issued")


def test_without_consent_without_own_signature_or_by_the_maker_nobody_is_approved():
    _, union = make.shop()
    who = make.person()
    with pytest.raises(RuleViolation, match="同意"):
        joining.application_submit(actor=make.worker(who), person=who, union=union, signed=joining.Signed(who.name), employer_name="厂")
    clerk, chair = make.officer(union, Role.CLERK, 2), make.officer(union)
    row = joining.application_submit(actor=clerk, person=who, union=union, self_filled=False, channel="door", employer_name="厂")
    with pytest.raises(RuleViolation, match="本人填写"):
        joining.application_approve(actor=chair, application=row)
    with pytest.raises(NotPermitted):
        joining.application_sign(actor=clerk, application=row, signed=joining.Signed(who.name))
    consents.consent_give(actor=make.worker(who), person=who, purpose="membership")
    joining.application_sign(actor=make.worker(who), application=row, signed=joining.Signed(who.name))
    other = make.officer(union, Role.CHAIR, 2)  # the same account as the clerk who filed it
    with pytest.raises(RuleViolation, match="录入申请的人"):
        joining.application_approve(actor=other, application=Application.objects.get(pk=row.pk))
    joining.application_approve(actor=chair, application=Application.objects.get(pk=row.pk))
    assert Membership.objects.filter(person=who, until=None).count() == 1


@pytest.mark.invariant("PRI-06")
def test_a_withdrawn_consent_stops_the_next_step():
    _, union = make.shop()
    row = make.applied(union)
    consents.consent_withdraw(actor=make.worker(row.person), person=row.person, purpose="membership")
    with pytest.raises(RuleViolation, match="有效同意"):
        joining.application_approve(actor=make.officer(union), application=row)
    assert not Membership.objects.exists()


def test_return_resume_refuse_withdraw_and_no_double_application():
    _, union = make.shop()
    row, chair = make.applied(union), make.officer(union)
    with pytest.raises(Conflict, match="不用重复提交"):
        make.applied(union, who=row.person)
    joining.application_return(actor=chair, application=row, reason="单位名称写错了")
    joining.application_resume(actor=make.worker(row.person), application=row, employer_name="白云厂")
    joining.application_refuse(actor=chair, application=row, reason="本人已在外地入会")
    row.refresh_from_db()
    assert (row.state, row.reason, row.employer_name) == ("refused", "本人已在外地入会", "白云厂")
    again = make.applied(union, who=row.person)
    joining.application_withdraw(actor=make.worker(row.person), application=again)
    assert Application.objects.get(pk=again.pk).state == "withdrawn"


def test_another_unions_officer_sees_nothing_and_decides_nothing():
    _, union = make.shop()
    _, other = make.shop("别家厂")
    row = make.applied(union)
    with pytest.raises(NotFound):
        joining.application_approve(actor=make.officer(other), application=row)
    with pytest.raises(NotFound):
        reads.application_get(actor=make.officer(other), pk=row.pk)


@pytest.mark.system("S036", "S037")
def test_a_campaign_counts_only_after_the_third_gate():
    from gonghui.files import services as files

    _, union = make.shop()
    chair = make.officer(union)
    batch = joining.batch_open(actor=chair, union=union, name="春季集中入会")
    rows = [make.applied(union, batch=batch, channel="collective") for _ in range(2)]
    asked, filed, issued = reads.gates_of(batch)
    assert asked.passed and not filed.passed and not issued.passed
    assert list(filed.missing) == ["缺花名册（纸质扫描件）", "缺花名册（电子稿）", "缺批文", "2 份申请委员会还没有决定"]
    for row in rows:
        joining.application_approve(actor=chair, application=row)
    paper = files.file_make(chair, name="名册.csv", data=b"a,b\n1,2\n", purpose="members", org_path=union.path)
    for kind in ("roster_paper", "roster_electronic", "approval"):
        joining.batch_document_add(actor=chair, batch=batch, kind=kind, file=paper, people=2)
    with pytest.raises(RuleViolation, match="纸质名册 2 人，电子名册 3 人"):
        joining.batch_reconcile(actor=chair, batch=batch, paper=2, electronic=3)
    joining.batch_reconcile(actor=chair, batch=batch, paper=2, electronic=2)
    assert reads.gates_of(batch)[1].passed and reads.batch_counted(batch) == 0
    with pytest.raises(RuleViolation, match="2 人还没有领到会员证"):
        joining.batch_close(actor=chair, batch=batch)
    for row in rows:
        cards.card_hand_over(actor=chair, card=row.person.cards.get())
    assert reads.batch_counted(batch) == 2
    assert joining.batch_close(actor=chair, batch=batch).state == "closed"


@pytest.mark.system("S047")
def test_a_ceremony_passes_the_third_gate_for_those_present_only():
    _, union = make.shop()
    chair = make.officer(union)
    batch = joining.batch_open(actor=chair, union=union, name="集中入会仪式")
    here, absent, early = [make.applied(union, batch=batch) for _ in range(3)]
    for row in (here, absent):
        joining.application_approve(actor=chair, application=row)
    when = datetime(2026, 3, 1, 9, tzinfo=clock.SHANGHAI)
    ceremony = ceremonies.ceremony_plan(actor=chair, batch=batch, title="入会仪式", place="职工之家一楼", at=when)
    for row in (here, here, early):
        ceremonies.ceremony_check_in(actor=make.worker(row.person), token=ceremony.token)
    told = ceremonies.ceremony_close(actor=chair, ceremony=ceremony)
    assert (told["done"], [s["why"] for s in told["skipped"]]) == (1, ["申请还是“待审核”"])
    assert [Application.objects.get(pk=r.pk).state for r in (here, absent, early)] == ["done", "approved", "submitted"]
    with pytest.raises(Conflict):
        ceremonies.ceremony_check_in(actor=make.worker(absent.person), token=ceremony.token)


def test_the_route_goes_own_union_covering_union_territory_and_the_agency_first():
    town = make.township()
    firm, own = make.shop(parent=town)
    bare = make.employer(town, "无工会厂")
    federation = make.build("regional", "青石镇区域工会联合会", town)
    assert places.route(firm).union == own
    assert (places.route(bare).union, places.route(bare).step) == (town, "territory")
    make.cover(federation, bare)
    bare.refresh_from_db()
    assert (places.route(bare).union, places.route(bare).step) == (federation, "cover")
    assert (places.route(firm, agency=bare).step, places.route(bare, agency=firm).union) == ("user_unit", own) or places.route(
        bare, agency=firm
    ).union == own
    assert places.route(firm, private=True).union == town
    pool = make.build("pool", "青石镇会员库", town)
    assert (places.route(None, start=town).union, places.route(None, start=town).step) == (pool, "pool")


def test_to_the_workplace_a_private_member_looks_like_somebody_who_never_joined():
    """Twin worlds: everything the employer's chair can read is equal whether or not the worker joined privately."""
    from gonghui.members.models import Comparison
    from gonghui.members.selectors import members, rosters
    from gonghui.people import selectors as people

    town = make.township()
    firm, union = make.shop(parent=town)
    who = make.person()
    make.employed(who, firm)
    chair = make.officer(union)

    def seen() -> object:
        on = clock.today()
        source = {k: rosters.lines(k, rosters.roster(actor=chair, union=union, kind=k, on=on)) for k in ("workers", "members")}
        return (
            source,
            list(members.current(chair).values_list("pk")),
            list(reads.applications(chair).values_list("pk")),
            reads.state_counts(reads.applications(chair)),
            [p.pk for p in people.person_list(actor=chair)],
            make.roll(union, "members"),
            Comparison.objects.count(),
        )

    before = seen()
    route = places.route(firm, private=True)
    row = make.applied(route.union, who=who, employer=firm, private=True)
    assert seen() == before
    joining.application_approve(actor=make.officer(town, Role.TOWNSHIP, 7), application=row)
    assert seen() == before and make.roll(town, "members") == 1
    with pytest.raises(RuleViolation, match="上一级工会受理"):
        make.applied(union, private=True)
    spell = Membership.objects.get(person=who, until=None)
    with pytest.raises(NotPermitted):
        joining.application_disclose(actor=make.officer(town, Role.TOWNSHIP, 7), membership=spell)
    joining.application_disclose(actor=make.worker(who), membership=spell)
    assert Employment.objects.filter(person=who, until=None).count() == 1


@pytest.mark.system("S044")
def test_card_lost_replaced_and_verified_away_from_the_server():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    from gonghui.members.rules import payload

    _, union = make.shop()
    spell = make.member(union)
    chair = make.officer(union)
    card = cards.card_issue_missing(actor=chair, membership=spell)
    code = cards.code_of(card)
    assert spell.person.name not in code and cards.code_check(code)["ok"]
    read = payload.split(code)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(cards.public_key()))
    r, s = int.from_bytes(read.signature[:32], "big"), int.from_bytes(read.signature[32:], "big")
    point.verify(encode_dss_signature(r, s), read.body.encode(), ec.ECDSA(hashes.SHA256()))  # with the public key alone
    forged = code.replace(card.number, card.number[:-1] + str((int(card.number[-1]) + 1) % 10))
    assert cards.code_check(forged)["word"] == "签名不对"
    fresh = cards.card_lose(actor=make.worker(spell.person), card=card)
    assert (cards.code_check(code)["word"], fresh.replaces_id, Membership.objects.get(pk=spell.pk).card_no) == (
        "已挂失",
        card.pk,
        fresh.number,
    )
    with clock.at(clock.today() + timedelta(days=31)):
        assert cards.code_check(cards.code_of(fresh))["ok"] and cards.code_check(code)["word"] == "二维码已过期"
    with pytest.raises(Conflict):
        cards.card_issue_missing(actor=chair, membership=spell)


@pytest.mark.system("S045")
def test_service_card_is_sealed_checked_before_payment_and_stopped_after_a_return():
    from gonghui.members.models import ServiceCard

    _, union = make.shop()
    who = make.member(union).person
    me = make.worker(who)
    with pytest.raises(RuleViolation, match="同意"):
        service_cards.service_card_link(actor=me, person=who, bank="江州银行", account="6217000012345678")
    consents.consent_give(actor=me, person=who, purpose="account")
    card = service_cards.service_card_link(actor=me, person=who, bank="江州银行", account="6217 0000 1234 5678")
    assert card.account_mask == "**** 5678" and b"6217" not in bytes(ServiceCard.objects.get().account_sealed)
    assert service_cards.service_card_check(actor=make.system, person_id=who.pk).pk == card.pk
    service_cards.service_card_returned(actor=make.system, card=card, fault="账户名不符")
    with pytest.raises(RuleViolation, match="退汇待核"):
        service_cards.service_card_check(actor=make.system, person_id=who.pk)


def test_a_drawn_signature_needs_its_own_consent_and_goes_with_it():
    from gonghui.core.errors import BadInput

    _, union = make.shop()
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 40
    who = make.person()
    with pytest.raises(RuleViolation, match="手写签名留存"):
        make.applied(union, who=who, signed=joining.Signed(who.name, png))
    consents.consent_give(actor=make.worker(who), person=who, purpose="signature")
    with pytest.raises(BadInput):
        make.applied(union, who=who, signed=joining.Signed(who.name, b"<svg/>"))
    row = make.applied(union, who=who, signed=joining.Signed(who.name, png))
    assert joining.drawing_of(Application.objects.get(pk=row.pk)) == png
    consents.consent_withdraw(actor=make.worker(who), person=who, purpose="signature")
    assert Application.objects.get(pk=row.pk).signature_sealed is None
