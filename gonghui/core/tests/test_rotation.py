"""Key rotation: nothing lost, nothing left under the old key, resumable after a crash (PRI-04, fault 45, bar 23)."""

from __future__ import annotations

import json

import pytest

from gonghui.accounts.actor import Actor
from gonghui.core import crypto, rotation
from gonghui.core.errors import BadInput, Unavailable
from gonghui.core.models import AuditEntry, DataKey
from gonghui.core.tests.site import Site
from gonghui.notices import selectors, services
from gonghui.notices.models import Sms

TABLE = "notices.sms"
pytestmark = pytest.mark.django_db


@pytest.fixture
def messages() -> list[str]:
    phones = [f"1390000{i:04}" for i in range(7)]
    for phone in phones:
        services.sms_send(Actor.system("t"), phone=phone, template="notices.plain", params={"text": "您好"})
    return phones


def read() -> list[str]:
    crypto.forget_keys()
    return [selectors.phone_of(s) for s in Sms.objects.order_by("pk")]


def key_ids() -> set[int]:
    return {crypto.key_id_of(v) for pair in Sms.objects.values_list("phone_sealed", "params_sealed") for v in pair}


@pytest.mark.invariant("PRI-04")
@pytest.mark.bar(23)
def test_after_rotation_no_value_has_the_old_key(messages: list[str]) -> None:
    old = key_ids()
    done = rotation.rotate_data(TABLE, settle=0)
    assert done["resealed"] == 14 and set(done["retired"]) == old and key_ids() == {done["key"]}
    assert read() == messages and list(rotation.faults()) == [] and not rotation.unfinished()
    assert AuditEntry.objects.filter(verb="core.datakey.rotated").count() == 1


@pytest.mark.invariant("PRI-04")
@pytest.mark.fault(45)
@pytest.mark.parametrize("point", ["before_batch", "after_row", "after_batch"])
def test_a_crash_on_the_way_loses_nothing_and_the_next_run_finishes(
    messages: list[str], point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    seen = []

    def crash(at: str) -> None:
        seen.append(at)
        if at == point and len(seen) > 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate_data(TABLE, settle=0, fault=crash)
    assert read() == messages and rotation.unfinished() == [TABLE]
    keys = DataKey.objects.filter(table=TABLE).count()
    monkeypatch.setattr(crypto, "KEY_MEMORY", 0)
    rotation.rotate_data(TABLE, settle=0)
    assert read() == messages and len(key_ids()) == 1 and DataKey.objects.filter(table=TABLE).count() == keys == 2


@pytest.mark.invariant("PRI-04")
def test_a_value_sealed_meanwhile_with_the_old_key_keeps_it_alive(messages: list[str]) -> None:
    old = DataKey.objects.get(table=TABLE).pk
    first = rotation.rotate_data(TABLE, settle=60)
    assert first["retired"] == []  # too young: another process may still seal with the old one
    late = Sms.objects.order_by("pk").first()
    assert late is not None
    Sms.objects.filter(pk=late.pk).update(phone_sealed=crypto.seal_with(old, TABLE, "phone", late.reference, messages[0]))
    again = rotation.rotate_data(TABLE, settle=0)
    assert again["resealed"] == 1 and again["retired"] == [old] and set(read()) == set(messages)


@pytest.mark.invariant("PRI-04")
def test_verification_finds_a_value_under_a_retired_or_unknown_key(messages: list[str]) -> None:
    from gonghui.core import clock

    DataKey.objects.filter(table=TABLE).update(retired_at=clock.now())
    assert any("已停用" in f for f in rotation.faults())
    Sms.objects.filter(pk=Sms.objects.first().pk).update(phone_sealed=b"\x01\x01\x00\x0f\x42\x40" + b"x" * 40)  # type: ignore[union-attr]
    assert any("不认识的密钥" in f for f in rotation.faults())


@pytest.mark.invariant("PRI-04")
@pytest.mark.fault(45)
def test_a_new_master_key_only_wraps_anew_and_old_backups_still_open(messages: list[str], tmp_path: object, settings: object) -> None:
    where = tmp_path / "keys.json"  # type: ignore[operator]
    where.write_bytes(crypto.service().where.read_bytes())
    settings.KEY_FILE = where  # type: ignore[attr-defined]
    crypto.forget_keys()
    sealed = bytes(Sms.objects.order_by("pk").first().phone_sealed)  # type: ignore[union-attr]
    before = DataKey.objects.get(table=TABLE)
    done = rotation.rotate_kek()
    after = DataKey.objects.get(table=TABLE)
    assert done["wrapped"] >= 1 and after.kek_version == before.kek_version + 1 and bytes(after.wrapped) != bytes(before.wrapped)
    assert read() == messages and bytes(Sms.objects.order_by("pk").first().phone_sealed) == sealed  # type: ignore[union-attr]
    assert set(json.loads(where.read_text())["kek"]) == {str(before.kek_version), str(after.kek_version)}
    ring = json.loads(where.read_text())
    where.write_text(json.dumps({**ring, "kek": {"1": ring["kek"]["1"]}}))
    crypto.forget_keys()
    with pytest.raises(Unavailable):
        read()


def test_the_index_is_made_anew_after_a_new_index_key(messages: list[str], tmp_path: object, settings: object) -> None:
    ring = json.loads(crypto.service().where.read_text())
    where = tmp_path / "keys.json"  # type: ignore[operator]
    where.write_text(json.dumps({**ring, "index": "ab" * 32}))
    settings.KEY_FILE = where  # type: ignore[attr-defined]
    crypto.forget_keys()
    assert not Sms.objects.filter(phone_index=crypto.blind("notices.sms.phone", messages[3])).exists()
    assert rotation.reindex()["notices.Sms.phone_index"] == 7
    assert Sms.objects.get(phone_index=crypto.blind("notices.sms.phone", messages[3]))
    assert rotation.reindex()["notices.Sms.phone_index"] == 0


def test_an_unknown_table_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"notices\.sms"):
        rotation.rotate_data("no.such")


@pytest.mark.engine_free
def test_the_command_rotates_a_site(site: Site) -> None:
    done = site.json("rotate_keys", "--data", TABLE, "--settle", "0")
    assert done["tables"][0]["resealed"] == 24 and done["tables"][0]["retired"]
    assert site.json("rotate_keys", "--kek")["kek"] == 2
    assert site.json("verify", "--only", "PRI-04")["checks"][0]["checked"] == 24
