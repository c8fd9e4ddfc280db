"""The Personal Information Protection Law, one test for each article the register and membership meet (bar 28).

Articles 55–57 are proved in `gonghui/privacy/tests`, 47 (erasure, retention) also in `test_rights.py`, 45 (copy) in core's privacy tests.
"""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.models import User
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import NotFound, NotPermitted, RuleViolation
from gonghui.members.enums import RequestKind, RequestState
from gonghui.members.models import Consent, DataRequest, Membership
from gonghui.members.services import consents, identity, joining, service_cards
from gonghui.members.services import privacy as rights
from gonghui.members.tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.bar(28)]


def mine(spell):
    """The member's own phone."""
    held = User.objects.filter(person_id=spell.person_id, kind="worker").first()
    return accounts.client(held or accounts.worker(person_id=spell.person_id))


def test_article_15_withdrawing_is_one_tap_like_consenting() -> None:
    _, union = make.shop()
    spell = make.member(union)
    browser, url = mine(spell), reverse("members:m-consents")
    given = browser.post(url, {"purpose": "services"})
    assert given.status_code == 302 and consents.consent_live(spell.person_id, "services")
    taken = browser.post(url, {"purpose": "services", "verb": "withdraw"})
    assert taken.status_code == 302 and not consents.consent_live(spell.person_id, "services")
    page = browser.get(url).content.decode()
    assert consents.notices()["services"].title in page


def test_article_16_optional_consent_refused_costs_no_service() -> None:
    """Joining and the card need the membership notice only; nothing optional is asked for or missed."""
    _, union = make.shop()
    row = make.applied(union)
    assert {c.purpose for c in Consent.objects.filter(person=row.person, withdrawn_at=None)} == {"membership"}
    joining.application_approve(actor=make.officer(union), application=row)
    spell = Membership.objects.get(person=row.person, until=None)
    for purpose in ("services", "signature", "account"):
        assert not consents.consent_live(spell.person_id, purpose)
    for name in ("members:m-home", "members:m-card", "members:m-data"):
        assert mine(spell).get(reverse(name)).status_code == 200


def test_article_17_the_notice_says_what_the_law_lists_and_its_version_is_kept() -> None:
    for notice in consents.notices().values():
        assert all(len(part) > 3 for part in (notice.title, notice.what, notice.why, notice.kept, notice.effect)), notice.purpose
    _, union = make.shop()
    spell = make.member(union)
    row = consents.consent_give(actor=make.worker(spell.person), person=spell.person, purpose="services")
    assert (row.version, row.notice_hash) == (consents.notices()["services"].version, consents.notices()["services"].hash)
    assert consents.notices()["services"].what in mine(spell).get(reverse("members:m-consents")).content.decode()


def test_article_24_a_judgement_is_explained_and_looked_at_by_a_person_of_the_union_above() -> None:
    town = make.township()
    _, union = make.shop(parent=town)
    spell = make.member(union)
    browser, words = mine(spell), "判我不能转会，我已经换了单位"
    browser.post(reverse("members:m-ask"), {"kind": "review", "words": "短"})
    assert not DataRequest.objects.exists(), "a review needs to know what it is about"
    browser.post(reverse("members:m-ask"), {"kind": "review", "words": words})
    row = DataRequest.objects.get(kind=RequestKind.REVIEW)
    assert row.union == town and row.state == RequestState.OPEN
    with pytest.raises(NotFound):
        rights.request_decide(actor=make.officer(union), request=row, agree=True, reason="维持原判定")
    above = make.officer(town, Role.TOWNSHIP, number=5)
    with pytest.raises(RuleViolation, match="至少"):
        rights.request_decide(actor=above, request=row, agree=True, reason="")
    rights.request_decide(actor=above, request=row, agree=True, reason="已核实新单位，转会照办")
    assert "已核实新单位" in browser.get(reverse("members:m-data")).content.decode()


def test_articles_29_and_30_what_is_sensitive_needs_a_consent_of_its_own() -> None:
    _, union = make.shop()
    spell = make.member(union)
    consents.consent_give(actor=make.worker(spell.person), person=spell.person, purpose="membership")
    notice = consents.notices()["account"]
    assert notice.sensitive and notice.effect
    with pytest.raises(RuleViolation, match="有效同意"):
        service_cards.service_card_link(
            actor=make.worker(spell.person), person=spell.person, bank="江州银行", account="6222020000000000000"
        )
    consents.consent_give(actor=make.worker(spell.person), person=spell.person, purpose="account")
    service_cards.service_card_link(actor=make.worker(spell.person), person=spell.person, bank="江州银行", account="6222020000000000000")


@pytest.mark.parametrize(("today", "refused"), [(date(2025, 3, 31), True), (date(2025, 4, 1), False), (date(2025, 4, 2), False)])
def test_article_31_below_fourteen_the_guardian_consents(today: date, refused: bool) -> None:
    child = make.person(id_number="", birth_date=date(2011, 4, 1))
    with clock.at(today):
        if refused:
            with pytest.raises(RuleViolation, match="监护人"):
                consents.consent_give(actor=make.worker(child), person=child, purpose="services")
            row = consents.consent_give(actor=make.worker(child), person=child, purpose="services", guardian="母亲 林秀")
            assert row.guardian == "母亲 林秀"
        else:
            assert consents.consent_give(actor=make.worker(child), person=child, purpose="services").guardian == ""


def test_article_45_a_copy_to_read_and_one_for_a_machine() -> None:
    _, union = make.shop()
    spell, other = make.member(union), make.member(union)
    text = json.loads(mine(spell).post(reverse("members:m-export"), {"as": "json"}).content)
    assert spell.person.name in str(text) and str(other.person.phone_mask) not in str(text)
    assert mine(spell).post(reverse("members:m-export"), {"as": "xlsx"}).content[:2] == b"PK"


def test_article_46_a_correction_is_made_or_refused_with_its_reason() -> None:
    _, union = make.shop()
    spell = make.member(union)
    me, chair = make.worker(spell.person), make.officer(union)
    row = rights.request_make(actor=me, person=spell.person, kind="correct", field="name", value="沈新名", words="户口本上是这个名")
    rights.request_decide(actor=chair, request=row, agree=True)
    spell.person.refresh_from_db()
    assert spell.person.name == "沈新名"


def test_article_47_what_may_go_goes_and_what_stays_is_named() -> None:
    _, union = make.shop()
    spell = make.member(union)
    me = make.worker(spell.person)
    consents.consent_give(actor=me, person=spell.person, purpose="services")
    row = rights.request_make(actor=me, person=spell.person, kind="erase")
    assert not consents.consent_live(spell.person_id, "services") and any("现有会籍" in line for line in row.answer)


def test_article_48_the_rules_of_processing_are_explained_at_once() -> None:
    _, union = make.shop()
    spell = make.member(union)
    browser = mine(spell)
    browser.post(reverse("members:m-ask"), {"kind": "explain"})
    row = DataRequest.objects.get(kind=RequestKind.EXPLAIN)
    assert row.state == RequestState.DONE and len(row.answer) > len(consents.notices())
    assert all(any(n.title in line for line in row.answer) for n in consents.notices().values())
    assert "人工复核" in browser.get(reverse("members:m-data")).content.decode()


def test_article_49_a_near_relative_asks_at_the_desk_for_one_who_died() -> None:
    town = make.township()
    _, union = make.shop(parent=town)
    who = make.person(id_number=make.id_number(880))
    spell = make.member(union, who=who)
    desk = accounts.acting((Role.TOWNSHIP, town.path), username="desk", name="窗口")
    found = identity.person_at_desk(actor=desk, union=town, id_number=make.id_number(880))
    said = {"relative": "林秀", "relation": "配偶", "words": "办理抚恤要会籍证明"}
    with pytest.raises(RuleViolation, match="没有登记这位会员去世"):
        rights.relative_request(actor=desk, person=found, union=town, **said)
    Membership.objects.filter(pk=spell.pk).update(until=clock.today(), ended="died")
    with pytest.raises(NotPermitted):
        rights.relative_request(actor=make.officer(union), person=found, union=union, **said)
    row = rights.relative_request(actor=desk, person=found, union=town, **said)
    rights.request_decide(actor=desk, request=row, agree=True, reason="已提供会籍证明复印件")
    row.refresh_from_db()
    assert row.state == RequestState.DONE and "林秀" in row.words
    with pytest.raises(NotPermitted):
        rights.request_make(actor=make.worker(who), person=who, kind="relative", words="冒充近亲属")


def test_article_49_the_page_of_the_desk() -> None:
    town = make.township()
    _, union = make.shop(parent=town)
    spell = make.member(union, who=make.person(id_number=make.id_number(881)))
    Membership.objects.filter(pk=spell.pk).update(until=clock.today(), ended="died")
    browser = accounts.client(accounts.officer((Role.TOWNSHIP, town.path), totp=True))
    url = reverse("members:desk_relative") + f"?union={town.pk}"
    data = {"union": town.pk, "id_number": make.id_number(881), "relative": "林秀", "relation": "配偶", "words": "办理抚恤", "seen": "on"}
    assert browser.get(url).status_code == 200
    assert browser.post(url, {**data, "seen": ""}).status_code == 422
    unknown = browser.post(url, {**data, "id_number": make.id_number(882)})
    assert unknown.status_code == 422 and "没有这个证件号" in unknown.content.decode()
    assert browser.post(url, data).status_code == 302 and DataRequest.objects.get().kind == RequestKind.RELATIVE


def test_article_50_a_refusal_gives_its_reason_and_reaches_the_person() -> None:
    _, union = make.shop()
    spell = make.member(union)
    row = rights.request_make(
        actor=make.worker(spell.person), person=spell.person, kind="correct", field="name", value="沈新名", words="想改"
    )
    chair = make.officer(union)
    with pytest.raises(RuleViolation, match="至少"):
        rights.request_decide(actor=chair, request=row, agree=False, reason="不")
    rights.request_decide(actor=chair, request=row, agree=False, reason="与户口簿登记不一致")
    row.refresh_from_db()
    assert row.state == RequestState.REFUSED and row.answer == ["与户口簿登记不一致"]
    assert "与户口簿登记不一致" in mine(spell).get(reverse("members:m-data")).content.decode()
