"""Nobody but the counsellor (会谈记录只有咨询师能看): every role of the small world asks every address, and nothing betrays who came (S182).

Each guard has its negative control: the counsellor does read, the plain table does hold what is not sealed, the log does speak.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client as Browser
from django.urls import reverse

from gonghui.accounts.tests import make as accounts
from gonghui.core import crypto
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.models import AuditEntry
from gonghui.counsel.models import Appointment, Client, Look, Record, Risk
from gonghui.counsel.services import risks, sessions
from gonghui.counsel.tests import make
from gonghui.members.tests import make as members
from gonghui.notices.models import Notice
from tests import sweep as sweeps
from tests.conftest import world
from tests.world import ROLES

pytestmark = pytest.mark.django_db
__all__ = ["world"]
SECRETS = ("a会谈记录", "b会谈记录", "a来信", "b来信", "下次带上日记", "说到想结束生命", make.PHONE)


READING = "appointment talk act desk hours risk risk-act stats gathering m-care m-mine m-session".split()
"""Where something of a session could be read; tests/house asks all addresses for foreign objects."""


def _mine(world: Any) -> tuple[Appointment, Any]:
    row = Appointment.objects.select_related("counsellor__union", "client", "slot").get(client__alias="a化名")
    return row, accounts.actor(row.counsellor.user)


@pytest.mark.system("S182")
@pytest.mark.engine_free
def test_no_role_reads_a_record_at_any_address_and_foreign_looks_like_missing(world: Any) -> None:
    found = sweeps.run(world, names=[f"counsel:{n}" for n in READING], keep=True)
    assert found.unknown == [] and sweeps.leaks(found) == []
    assert [f"{a.route.name} {a.role}" for a in found.answers if a.status >= 500] == []
    told = [f"{a.route.name} {a.method} as {a.role}" for a in found.answers for secret in SECRETS if secret.encode() in a.raw]
    assert [t for t in told if not t.startswith("counsel:risk-act POST")] == []
    assert {t.rpartition(" ")[2] for t in told} <= {"city"}, "the reason of a danger is for those who decide on it, and nothing else is"
    assert {a.role for a in found.answers} == set(ROLES)


def test_no_role_opens_a_record_through_the_service_and_the_counsellor_does(world: Any) -> None:
    row, who = _mine(world)
    for role, actor in sweeps.actors_of(world).items():
        with pytest.raises(NotFound):
            sessions.talk_open(actor=actor, row=row)
        with pytest.raises(Refusal):
            sessions.record_write(actor=actor, row=row, text="冒名")
        with pytest.raises(Refusal):
            risks.contact_open(actor=actor, risk=row.risks.get())
        assert not Look.objects.filter(user=actor.user_id or 0).exists(), role
    letters, records = sessions.talk_open(actor=who, row=row)
    assert [t for _r, t in records] == ["a会谈记录"] and {s.text for s in letters} == {"a来信", "下次带上日记"}
    look = Look.objects.get(appointment=row)
    entry = AuditEntry.objects.filter(verb="counsel.look.opened").latest("seq")
    assert (look.user_id, look.kind, entry.actor) == (who.user_id, "talk", who.ref), "each time it is put down who opened"


def test_another_counsellor_and_a_counsellor_who_lost_the_role_read_nothing(world: Any) -> None:
    row, who = _mine(world)
    _other, second = make.counsellor(world.a.town, "陆敏")
    with pytest.raises(NotFound):
        sessions.talk_open(actor=second, row=row)
    without = type(who)(ref=who.ref, name=who.name, user_id=who.user_id, is_officer=True)
    with pytest.raises(NotFound):
        sessions.talk_open(actor=without, row=row)


def test_with_the_check_taken_away_and_the_holder_forged_the_seal_still_holds(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row, who = _mine(world)
    city = sweeps.actors_of(world)["city"]
    monkeypatch.setattr(sessions, "_mine", lambda actor, row: None)
    assert sessions.talk_open(actor=city, row=row)[1] == [], "the harm of the missing check stops at the holder"
    Record.objects.filter(appointment=row).update(holder=city.user_id)
    with pytest.raises(crypto.Unsealable):
        sessions.talk_open(actor=city, row=row)
    record = Record.objects.get(appointment=row)
    assert crypto.unseal("counsel.record", str(who.user_id), record.pk, record.text_sealed or b"") == "a会谈记录"


def _cells() -> Iterator[tuple[str, str]]:
    """Every cell of every table as text, bytes too."""
    for model in apps.get_models():
        for values in model._default_manager.values_list():
            for value in values:
                text = bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                yield model._meta.label, text


def test_no_row_holds_clear_text_and_no_row_joins_a_person_to_counsel(world: Any) -> None:
    person = world.a.members[2].person
    ref = f"worker:{person.pk}"
    everything = list(_cells())
    assert any(label == "counsel.Client" and text == "a化名" for label, text in everything), "what is not sealed is found: the search works"
    assert [label for label, text in everything for secret in SECRETS if secret in text] == []
    assert not [
        f
        for m in apps.get_app_config("counsel").get_models()
        for f in m._meta.concrete_fields
        if f.related_model and f.related_model._meta.label == "people.Person"
    ]
    assert not AuditEntry.objects.filter(verb__startswith="counsel.", actor__startswith="worker:").exists()
    assert not AuditEntry.objects.filter(verb__startswith="counsel.", data__contains=person.name).exists()
    booked = AuditEntry.objects.filter(verb="counsel.appointment.booked")
    assert booked.exists() and {e.actor for e in booked} == {"anonymous"} and ref not in {e.actor for e in booked}
    row, _who = _mine(world)
    assert crypto.blind("counsel.client.person", str(person.pk)) == bytes(Client.objects.get(pk=row.client_id).person_index or b""), (
        "only the key finds the person"
    )


def test_no_message_address_or_log_line_betrays_it(world: Any, caplog: pytest.LogCaptureFixture) -> None:
    town, union = world.a.town, world.a.union
    row, who = make.counsellor(town, "秦越")
    free, other = make.slot(row, 30), make.slot(row, 60)
    person = members.member(union).person
    phone = accounts.client(accounts.worker(person_id=person.pk))
    before = Notice.objects.count()
    with caplog.at_level(logging.DEBUG):
        data = {"slot": free.pk, "alias": "小舟", "topic": "mood", "phone_number": "13900001111", "words": "想找人说说"}
        made = phone.post(reverse("counsel:m-counsellor", args=[row.pk]), data)
        assert made.status_code == 302
        place = made["Location"]
        booked = Appointment.objects.get(slot=free)
        for verb, more in (("letter", {"text": "明天能早点吗"}), ("letter", {}), ("move", {"slot": other.pk}), ("nothing", {})):
            phone.post(f"{place}{verb}/", more)
        phone.get("/m/care/mine/nosuchcode/")
        booked.refresh_from_db()
        make.booking.letter_send(actor=who, row=booked, text="可以，三点")
        make.booking.cancel(actor=who, row=booked)
    assert "/m/care/mine/nosuchcode/" in caplog.text, "the log does speak"
    mobile = [r.route for r in sweeps.routes() if r.name.startswith("counsel:m-")]
    words = ("counsel", "咨询", "心理", "小舟", "想找人说说", "明天能早点", "13900001111")
    assert len(mobile) == 7 and not [r for r in [*mobile, place] for w in words if w in r]
    assert not [w for w in words if w in caplog.text]
    sent = list(Notice.objects.order_by("pk")[before:])
    assert len(sent) == 2 and {n.person_id for n in sent} == {person.pk}
    assert not [w for n in sent for w in words if w in f"{n.title}{n.body}{n.link}{n.once}{n.kind}"]
    assert not apps.get_model("notices.Sms")._default_manager.filter(template__startswith="counsel").exists()
    assert "想找人说说" in phone.get(place).content.decode() and phone.get(place)["Cache-Control"] == "no-store"


def test_the_counsellor_sees_the_alias_and_never_the_name(world: Any) -> None:
    row, _who = _mine(world)
    person = world.a.members[2].person
    desk = accounts.client(row.counsellor.user)
    pages = [desk.get(reverse("counsel:appointment", args=[row.pk])), desk.post(reverse("counsel:talk", args=[row.pk]))]
    text = "".join(p.content.decode() for p in pages)
    assert [p.status_code for p in pages] == [200] * 2 and "a化名" in text and "a会谈记录" in pages[1].content.decode()
    assert "a会谈记录" not in pages[0].content.decode() and person.name not in text and make.PHONE not in text
    assert pages[1]["Cache-Control"] == "no-store"


def test_a_worker_without_a_phone_and_a_stranger_get_the_usual_doors(world: Any) -> None:
    row, _who = _mine(world)
    assert Browser().get("/m/care/").status_code == 302
    stranger = world.client("member_b")
    for address in (f"/m/care/mine/{row.code}/", f"/m/care/people/{row.counsellor_id}/"):
        assert stranger.get(address).status_code == 404
    assert Risk.objects.filter(appointment=row).count() == 1
