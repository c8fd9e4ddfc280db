"""The SMS outbox: an outage never reaches the business; bounded, isolated, once (JOB-01, JOB-03, JOB-04, faults 26 and 41)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise, permutations

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from gonghui.accounts import hooks
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotPermitted, TooMany, Unavailable
from gonghui.notices import breaker, gateways, outbox, rules, selectors, services, texts
from gonghui.notices.enums import SmsState
from gonghui.notices.models import Sms

SYSTEM = Actor.system("test")
PHONE = "13900007707"
pytestmark = pytest.mark.django_db


class Fake(ThreadingHTTPServer):
    """A gateway with modes: ok, down, refuse (200 but failed), slow, drop (takes it and hangs up)."""

    mode = "ok"
    taken: list[str]


class Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        mode = self.server.mode
        if mode in {"ok", "drop"} and body["reference"] not in self.server.taken:
            self.server.taken.append(body["reference"])
        if mode == "slow":
            time.sleep(1.5)
        if mode == "drop":
            self.connection.close()
            return
        answer = json.dumps({"code": 0 if mode == "ok" else 17, "id": "g1"}).encode()
        self.send_response(500 if mode == "down" else 200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def gateway(settings: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    server = Fake(("127.0.0.1", 0), Handler)
    server.taken = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_GATEWAY = "gonghui.notices.gateways.HttpGateway"  # type: ignore[attr-defined]
    monkeypatch.setenv("GONGHUI_SMS_HTTP_URL", f"http://127.0.0.1:{server.server_port}/send")
    monkeypatch.setenv("GONGHUI_SMS_HTTP_TOKEN", "invented")
    monkeypatch.setenv("GONGHUI_SMS_HTTP_TIMEOUT", "1")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _closed_breaker() -> Iterator[None]:
    breaker.sms.worked()
    yield
    breaker.sms.worked()


def send(phone: str = PHONE, **more: object) -> Sms:
    return services.sms_send(SYSTEM, phone=phone, template="notices.plain", params={"text": "您的申请已受理。"}, **more)  # type: ignore[arg-type]


def later(**more: float) -> object:
    return clock.at(clock.now() + timedelta(**more))


@pytest.mark.invariant("PRI-02")
def test_number_and_text_lie_sealed_and_masked() -> None:
    sms = send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_sms")
        raw = b"|".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in cursor.fetchone())
    assert PHONE.encode() not in raw and "已受理".encode() not in raw and sms.phone_mask == "139****7707"
    assert (selectors.phone_of(sms), selectors.text_of(sms)) == (PHONE, "【工会】您的申请已受理。")


@pytest.mark.invariant("JOB-03")
@pytest.mark.fault(41)
@pytest.mark.parametrize("mode", ["down", "refuse", "slow", "drop"])
def test_an_outage_touches_neither_the_business_nor_its_time(gateway: Fake, mode: str) -> None:
    gateway.mode = mode
    began = time.monotonic()
    with transaction.atomic():
        sms = send()
    assert time.monotonic() - began < 0.5 and Sms.objects.filter(pk=sms.pk, state=SmsState.QUEUED).exists()
    assert outbox.pump() == 0
    sms.refresh_from_db()
    assert sms.state == SmsState.QUEUED and sms.tries == 1 and sms.not_before > clock.now() and sms.note
    gateway.mode = "ok"
    with later(minutes=2):  # type: ignore[attr-defined]
        assert outbox.pump() == 1
    sms.refresh_from_db()
    assert sms.state == SmsState.SENT and gateway.taken == [sms.reference]


@pytest.mark.invariant("JOB-04")
@pytest.mark.fault(41)
def test_five_tries_then_set_aside_then_sent_again_by_hand(gateway: Fake) -> None:
    gateway.mode = "refuse"
    sms = send()
    for n in range(5):
        with later(minutes=10 * n):  # type: ignore[attr-defined]
            breaker.sms.worked()
            outbox.pump()
    sms.refresh_from_db()
    assert (sms.state, sms.tries) == (SmsState.DEAD, 5) and "网关退回：17" in sms.note
    with later(hours=2):  # type: ignore[attr-defined]
        assert outbox.pump() == 0
        with pytest.raises(NotPermitted):
            services.sms_resend(make.acting((Role.CHAIR, "0001")), sms=sms)
        client = make.client(make.officer((Role.SYSADMIN, "")))
        assert "139****7707" in client.get("/console/notices/sms/?state=dead").content.decode()
        assert client.post(f"/console/notices/sms/{sms.pk}/resend").status_code == 302
        gateway.mode = "ok"
        assert outbox.pump() == 1
        with pytest.raises(Conflict):
            services.sms_resend(make.acting((Role.SYSADMIN, "")), sms=Sms.objects.get(pk=sms.pk))


@pytest.mark.fault(41)
def test_the_breaker_opens_after_five_failures_and_an_outage_costs_no_further_tries(gateway: Fake) -> None:
    gateway.mode = "down"
    for i in range(30):
        send(f"1390000{i:04}")
    outbox.pump()
    assert breaker.sms.is_open and sum(Sms.objects.values_list("tries", flat=True)) == 5
    outbox.pump()
    assert sum(Sms.objects.values_list("tries", flat=True)) == 5
    gateway.mode = "ok"
    with later(minutes=3):  # type: ignore[attr-defined]
        assert outbox.pump() + outbox.pump() == 30 and not breaker.sms.is_open


@pytest.mark.invariant("JOB-01")
def test_a_crash_after_the_gateway_took_it_sends_under_the_same_reference(gateway: Fake) -> None:
    sms = send()
    claimed = outbox._claim()
    assert claimed is not None
    gateways.current().send(PHONE, "x", claimed.reference)  # then kill -9
    assert outbox.pump() == 0
    with later(minutes=2):  # type: ignore[attr-defined]
        assert outbox.pump() == 1
    assert gateway.taken == [sms.reference]


def test_without_a_gateway_a_code_is_refused_by_name_and_a_notice_is_set_aside(settings: object) -> None:
    settings.SMS_GATEWAY = "gonghui.notices.gateways.Unset"  # type: ignore[attr-defined]
    with pytest.raises(Unavailable) as refusal:
        hooks.send_code(PHONE, "login", "123456")
    assert refusal.value.code == "notices.sms_unset" and not Sms.objects.exists()
    sms = send()
    outbox.pump()
    sms.refresh_from_db()
    assert sms.state == SmsState.DEAD and "没有开通" in sms.note


def test_a_code_is_wiped_once_handed_over_and_never_sent_late(gateway: Fake) -> None:
    hooks.send_code(PHONE, "login", "123456")
    outbox.pump()
    sms = Sms.objects.get()
    assert sms.state == SmsState.SENT and sms.params_sealed is None
    hooks.send_code("13900007708", "login", "654321")
    with later(minutes=30):  # type: ignore[attr-defined]
        assert outbox.pump() == 0
    late = Sms.objects.get(phone_mask="139****7708")
    assert late.state == SmsState.DEAD and late.params_sealed is None
    with pytest.raises(Conflict):
        services.sms_resend(make.acting((Role.SYSADMIN, "")), sms=late)


def test_a_second_code_within_a_minute_is_refused_and_a_notice_waits() -> None:
    hooks.send_code(PHONE, "login", "123456")
    with pytest.raises(TooMany) as refusal:
        hooks.send_code(PHONE, "login", "123457")
    assert 0 < refusal.value.retry_after <= 60
    assert send().not_before - clock.now() > timedelta(seconds=50)
    with later(minutes=3):  # type: ignore[attr-defined]
        hooks.send_code(PHONE, "login", "123458")


@given(st.lists(st.integers(0, 86400), max_size=8))
def test_no_number_ever_gets_two_a_minute_or_six_a_day(offsets: list[int]) -> None:
    now = datetime(2026, 1, 2, tzinfo=clock.SHANGHAI)
    sent: list[datetime] = []
    for offset in sorted(offsets):
        moment = now + timedelta(seconds=offset)
        sent.append(moment + rules.wait(sent, moment))
    sent.sort()
    assert all(b - a >= rules.MINUTE for a, b in pairwise(sent))
    assert all(sent[i + rules.PER_DAY] - sent[i] >= rules.DAY for i in range(len(sent) - rules.PER_DAY))


@pytest.mark.fault(26, 41)
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_delivery_reports_come_twice_and_in_any_order(order: tuple[int, ...]) -> None:
    sms = send()
    outbox.pump()
    at = datetime(2026, 1, 1, 12, tzinfo=clock.SHANGHAI)
    reports = [(False, at), (True, at + timedelta(seconds=5)), (True, at + timedelta(seconds=5)), (False, at + timedelta(seconds=2))]
    for n in order:
        services.sms_report(reference=sms.reference, delivered=reports[n][0], at=reports[n][1])
    sms.refresh_from_db()
    assert sms.state == SmsState.DELIVERED and sms.reported_at == at + timedelta(seconds=5)
    assert services.sms_report(reference="unknown", delivered=True, at=at) is False


def test_a_report_before_our_own_note_is_not_overwritten() -> None:
    sms = send()
    claimed = outbox._claim()
    assert claimed is not None
    services.sms_report(reference=sms.reference, delivered=True, at=clock.now())
    outbox._offer(claimed)
    sms.refresh_from_db()
    assert sms.state == SmsState.DELIVERED


def test_reports_are_taken_only_with_the_gateways_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    sms = send()
    outbox.pump()
    body = json.dumps([{"reference": sms.reference, "delivered": True, "at": "2026-01-01T12:00:00+08:00"}])
    client = Client()

    def post(signature: str, text: str = body) -> int:
        return client.post("/api/notices/sms/report", text, content_type="application/json", headers={"X-Signature": signature}).status_code

    monkeypatch.delenv("GONGHUI_SMS_REPORT_SECRET", raising=False)
    assert post("x") == 503
    monkeypatch.setenv("GONGHUI_SMS_REPORT_SECRET", "invented")
    assert post("x") == 403 and post(services.signature(b"[1]"), "[1]") == 422
    assert post(services.signature(body.encode())) == 200 == post(services.signature(body.encode()))
    sms.refresh_from_db()
    assert sms.state == SmsState.DELIVERED


def test_a_template_wants_exactly_its_parameters() -> None:
    with pytest.raises(LookupError):
        services.sms_send(SYSTEM, phone=PHONE, template="no.such")
    for params in ({}, {"text": "x", "more": "y"}):
        with pytest.raises(ValueError, match="需要"):
            texts.render("notices.plain", params)
    with pytest.raises(ValueError, match="重复"):
        texts.register("notices.plain", "别的")


def test_the_demo_page_exists_only_in_the_demo(settings: object) -> None:
    send()
    assert Client().get("/demo/outbox/").status_code == 404
    settings.DEMO = True  # type: ignore[attr-defined]
    page = Client().get("/demo/outbox/").content.decode()
    assert PHONE in page and "已受理" in page
