"""The audit chain: unbroken, append-only, found when touched, verified without Django (AUD-01…07)."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from gonghui.accounts.actor import Actor
from gonghui.core import audit, heads
from gonghui.core.models import AuditEntry, AuditHead

ACTOR = Actor.system("test")
VERIFIER = Path(settings.BASE_DIR).parent / "tools" / "verify_audit.py"
pytestmark = pytest.mark.django_db


def fill(n: int = 8) -> None:
    for i in range(n):
        audit.record(ACTOR, "core.test.done", org_path="0001", number=i, text=f"第 {i} 次")


def unlock() -> None:
    """What a database administrator would do before he edits."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER core_auditentry_{verb}")
        else:
            cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")


@pytest.mark.invariant("AUD-01")
def test_an_untouched_chain_has_no_fault_and_is_dense() -> None:
    fill()
    assert list(audit.faults()) == []
    assert list(AuditEntry.objects.values_list("seq", flat=True)) == list(range(1, 9))


@pytest.mark.invariant("AUD-02")
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_table_refuses_update_and_delete(verb: str) -> None:
    fill(2)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(seq=1).update(verb="x") if verb == "update" else AuditEntry.objects.filter(seq=1).delete()
    assert AuditEntry.objects.get(seq=1).verb == "core.test.done"


@pytest.mark.invariant("AUD-02")
@pytest.mark.fault(48)
@pytest.mark.parametrize("field", [f for f in audit.FIELDS if f not in ("seq",)] + ["hash"])
def test_one_changed_field_is_found_and_located(field: str) -> None:
    fill()
    unlock()
    at = random.Random(field).randint(1, 8)
    value = {"at": "2020-01-01 00:00:00+00:00", "prev": "f" * 64, "hash": "e" * 64}.get(field, "changed")
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE core_auditentry SET "{field}" = %s WHERE seq = %s', [value, at])
    found = list(audit.faults())
    assert found and f"第 {at} 条" in found[0]


@pytest.mark.invariant("AUD-02")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM core_auditentry WHERE seq = 4",
        "UPDATE core_auditentry SET seq = 99 WHERE seq = 4",
        "DELETE FROM core_auditentry WHERE seq > 6",
    ],
)
def test_a_missing_moved_or_cut_entry_is_found(statement: str) -> None:
    fill()
    unlock()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(audit.faults())


@pytest.mark.invariant("AUD-07")
def test_a_chain_cut_and_mended_below_a_published_head_is_found(tmp_path: Path, settings: object) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    fill(3)
    first = heads.publish()
    fill(3)
    second = heads.publish()
    assert heads.publish() == second and [h["seq"] for h in heads.published()] == [3, 6]
    assert list(heads.faults()) == [] and AuditEntry.objects.get(seq=3).hash == first["hash"]
    unlock()
    kept = AuditEntry.objects.get(seq=4)
    AuditEntry.objects.filter(seq__gt=4).delete()
    AuditHead.objects.update(seq=4, hash=kept.hash)
    assert list(audit.faults()) == []  # the chain alone looks whole: that is why heads are published
    assert "短于" in next(heads.faults())


@pytest.mark.invariant("AUD-03")
def test_the_entry_goes_with_its_transaction() -> None:
    fill(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        fill(1)
        raise RuntimeError
    assert AuditEntry.objects.count() == 1 == AuditHead.objects.get().seq
    fill(1)
    assert list(audit.faults()) == []


@pytest.mark.invariant("AUD-06")
def test_sensitive_values_go_in_as_keyed_digest() -> None:
    one, two, other = audit.digest("phone", "13800002207"), audit.digest("phone", "13800002207"), audit.digest("id", "13800002207")
    assert one == two != other and "2207" not in one


def exported(tmp_path: Path) -> Path:
    target = tmp_path / "audit.jsonl"
    call_command("export_audit", str(target), "--json", stdout=open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    return target


def verifier(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", str(VERIFIER), *args], capture_output=True, text=True, check=False)


@pytest.mark.invariant("AUD-07", "AUD-02")
def test_the_stand_alone_verifier_accepts_the_export_and_knows_heads(tmp_path: Path) -> None:
    fill()
    target = exported(tmp_path)
    head = AuditHead.objects.get()
    third = AuditEntry.objects.get(seq=3)
    assert verifier(str(target), "--head", f"3:{third.hash}", "--head", f"8:{head.hash}").returncode == 0
    wrong = verifier(str(target), "--head", "3:" + "0" * 64)
    assert wrong.returncode == 1 and "第 3 条链头" in wrong.stderr
    assert (
        "gonghui" not in VERIFIER.read_text(encoding="utf-8").split('"""')[2]
        and "django" not in VERIFIER.read_text(encoding="utf-8").split('"""')[2]
    )


@pytest.mark.invariant("AUD-02")
def test_every_flipped_byte_of_an_export_is_found(tmp_path: Path) -> None:
    """In one process, through the verifier's own function, over every seventh byte and every line cut or swapped."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("verify_audit", VERIFIER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    fill(4)
    raw = exported(tmp_path).read_bytes()
    lines = raw.splitlines(keepends=True)
    bad = tmp_path / "bad.jsonl"

    def refused(content: bytes) -> bool:
        bad.write_bytes(content)
        try:
            return bool(list(module.check(str(bad), {})))
        except UnicodeDecodeError:
            return True

    def said(content: bytes) -> object:
        try:
            return [json.loads(x) for x in content.splitlines()]
        except ValueError:
            return None

    missed = []
    for i in range(0, len(raw), 7):
        flipped = raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1 :]
        if not refused(flipped) and said(flipped) != said(raw):
            missed.append(i)
    assert missed == []
    assert refused(b"".join(lines[:-1])) and refused(b"".join(lines[1:])) and refused(lines[1] + lines[0] + b"".join(lines[2:]))
    assert not refused(raw)
