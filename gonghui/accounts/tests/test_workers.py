"""Workers come in by phone (T11, R22, bars 11, 13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from gonghui.accounts import codes, hooks, services
from gonghui.accounts.enums import CodePurpose, UserKind
from gonghui.accounts.models import LoginCode, SignIn, User
from gonghui.accounts.tests import make
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, TooMany, Unavailable

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13800001234", "13900005678"


@pytest.fixture(autouse=True)
def outbox(monkeypatch) -> list[tuple[str, str, str]]:
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setattr(hooks, "_senders", [lambda *message: sent.append(message)])
    monkeypatch.setattr(hooks, "_linkers", [])
    return sent


def send(phone: str = PHONE) -> None:
    services.code_send(phone=phone, network="203.0.113.7")


def check(phone: str, code: str) -> User:
    return services.worker_check(phone=phone, code=code, network="203.0.113.7")


def test_phone_and_code_lead_in_and_a_stranger_to_the_way_to_join(outbox) -> None:
    client = Client()
    assert client.get("/m/accounts/security/").url.startswith("/m/login/")
    assert client.post("/m/login/", {"phone": "138 0000 1234"}).url == "/m/login/code/"
    stored = Session.objects.get(pk=client.session.session_key)
    assert PHONE not in str(stored.get_decoded())
    phone, purpose, code = outbox[0]
    assert (phone, purpose, len(code)) == (PHONE, "sign_in", 6)
    assert client.post("/m/login/code/", {"code": code}).url == "/m/welcome/"
    page = client.get("/m/welcome/").content.decode()
    assert "138****1234" in page and PHONE not in page
    user = User.objects.get()
    assert (user.kind, user.person_id, SignIn.objects.get().factor) == (UserKind.WORKER, None, "sms")
    assert PHONE.encode() not in bytes(user.phone_sealed)


def test_a_member_is_tied_to_his_person(outbox, monkeypatch) -> None:
    monkeypatch.setattr(hooks, "_linkers", [lambda phone: 42 if phone == PHONE else None])
    send()
    assert check(PHONE, outbox[0][2]).person_id == 42
    client = Client()
    client.force_login(User.objects.get())
    assert client.get("/m/welcome/").status_code == 302


def test_a_number_handed_on_opens_no_foreign_account(outbox, monkeypatch) -> None:
    monkeypatch.setattr(hooks, "_linkers", [lambda phone: 42])
    send()
    old = check(PHONE, outbox[0][2])
    session = make.client(old)
    monkeypatch.setattr(hooks, "_linkers", [lambda phone: 43])
    with clock.at(clock.now() + timedelta(minutes=2)):
        send()
        new = check(PHONE, outbox[1][2])
        assert (new.pk == old.pk, new.person_id) == (False, 43)
        assert session.get("/m/accounts/security/").status_code == 302


def test_a_person_with_a_new_number_keeps_the_account(outbox, monkeypatch) -> None:
    monkeypatch.setattr(hooks, "_linkers", [lambda phone: 42])
    send(PHONE)
    first = check(PHONE, outbox[0][2])
    send(OTHER)
    assert check(OTHER, outbox[1][2]).pk == first.pk
    assert User.objects.count() == 1


def test_a_code_lives_five_minutes_takes_five_tries_and_counts_once(outbox) -> None:
    send()
    code = outbox[0][2]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    with clock.at(clock.now() + timedelta(minutes=5)), pytest.raises(BadInput):
        check(PHONE, code)
    for _ in range(4):
        with pytest.raises(BadInput):
            check(PHONE, wrong)
    assert check(PHONE, code)
    with pytest.raises(BadInput):
        check(PHONE, code)


def test_the_sixth_try_fails_even_with_the_right_code(outbox) -> None:
    send()
    code = outbox[0][2]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        with pytest.raises(BadInput):
            check(PHONE, wrong)
    with pytest.raises(BadInput):
        check(PHONE, code)


def test_if_tries_were_not_counted_the_sixth_would_pass(outbox) -> None:
    """Negative control."""
    send()
    code = outbox[0][2]
    for _ in range(5):
        with pytest.raises(BadInput):
            check(PHONE, "000000" if code != "000000" else "000001")
    LoginCode.objects.update(tries=0)
    assert check(PHONE, code)


def test_a_code_fits_its_number_and_purpose_and_lies_hashed(outbox) -> None:
    send()
    code = outbox[0][2]
    assert code.encode() not in bytes(LoginCode.objects.get().digest)
    with pytest.raises(BadInput):
        check(OTHER, code)
    with pytest.raises(BadInput):
        codes.check(PHONE, CodePurpose.STEP_UP, code)


def test_one_a_minute_five_a_day_per_number(outbox) -> None:
    start = clock.now().replace(hour=9)
    with clock.at(start):
        send()
        with pytest.raises(TooMany) as refused:
            send()
        assert refused.value.retry_after <= 60
    for n in range(1, 5):
        with clock.at(start + timedelta(minutes=2 * n)):
            send()
    with clock.at(start + timedelta(hours=1)):
        with pytest.raises(TooMany):
            send()
        send(OTHER)
    with clock.at(start + timedelta(days=1)):
        send()
    assert len(outbox) == 7


def test_the_budget_of_the_day_holds_over_all_numbers(outbox, settings) -> None:
    settings.SMS_DAILY_BUDGET = 3
    for n in range(3):
        send(f"1380000000{n}")
    with pytest.raises(TooMany):
        send("13800000009")
    assert len(outbox) == 3


def test_five_hundred_workers_behind_one_address_get_their_codes(outbox) -> None:
    for n in range(500):
        phone = f"138{n:08}"
        send(phone)
        check(phone, outbox[-1][2])
    assert SignIn.objects.count() == 0 and User.objects.count() == 500


@pytest.mark.bar(13)
def test_known_and_unknown_numbers_get_the_same_answer(outbox, monkeypatch) -> None:
    monkeypatch.setattr(hooks, "_linkers", [lambda phone: 42 if phone == PHONE else None])
    send()
    check(PHONE, outbox[0][2])
    with clock.at(clock.now() + timedelta(minutes=2)):
        answers = [(r.status_code, r.url) for r in (Client().post("/m/login/", {"phone": p}) for p in (PHONE, OTHER))]
    assert answers[0] == answers[1] == (302, "/m/login/code/")


def test_without_a_gateway_nothing_is_promised(monkeypatch) -> None:
    monkeypatch.setattr(hooks, "_senders", [])
    with pytest.raises(Unavailable):
        send()
    assert not LoginCode.objects.exists()


def test_workers_step_up_by_code(outbox) -> None:
    send()
    user = check(PHONE, outbox[0][2])
    client = make.client(user)
    with clock.at(clock.now() + timedelta(minutes=2)):
        client.post("/accounts/step-up/", {"send": "1"})
        assert outbox[1][1] == "step_up"
        assert client.post("/accounts/step-up/", {"code": outbox[1][2]}).status_code == 302
        assert client.session["stepped_up_until"] > clock.now().timestamp()


def test_merged_persons_share_one_account(outbox) -> None:
    kept, gone = make.worker(person_id=1), make.worker(person_id=2)
    moved = services.persons_merged(kept=1, gone=2)
    gone.refresh_from_db()
    assert (gone.person_id, gone.is_active) == (None, False)
    services.persons_unmerged(gone=2, moved=moved)
    gone.refresh_from_db()
    assert (gone.person_id, gone.is_active) == (2, True)
    services.persons_merged(kept=1, gone=2)
    services.persons_merged(kept=9, gone=1)
    kept.refresh_from_db()
    assert (kept.person_id, kept.is_active) == (9, True)


def test_who_knows_name_and_id_number_does_not_take_over_a_live_account() -> None:
    owner, thief = make.worker(person_id=8), make.worker()
    with pytest.raises(Conflict) as refused:
        services.person_link(user_id=thief.pk, person_id=8)
    assert refused.value.code == "accounts.person_taken"
    User.objects.filter(pk=owner.pk).update(is_active=False)
    services.person_link(user_id=thief.pk, person_id=8, name="李工友")
    thief.refresh_from_db()
    assert thief.person_id == 8
