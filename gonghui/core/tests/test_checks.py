"""Start-up refuses what is dangerous (OPS-02, OPS-03, bar 1)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import path
from django.urls.resolvers import RegexPattern, URLResolver

from gonghui.core import audit, checks, clock, schema
from gonghui.core.access import public
from gonghui.core.errors import Unavailable
from gonghui.core.models import DataKey
from gonghui.core.tests.site import Site

PRODUCTION = {
    "GONGHUI_ALLOWED_HOSTS": "gonghui.example.org",
    "GONGHUI_SITE_URL": "https://gonghui.example.org",
    "GONGHUI_SMS_GATEWAY": "gonghui.notices.gateways.HttpGateway",
    "GONGHUI_SMS_HTTP_URL": "https://sms.example.org/send",
    "GONGHUI_SMS_HTTP_TOKEN": "invented",
}
SAFE = {
    "DEBUG": False,
    "DEMO": False,
    "SECURE": True,
    "SECRET_KEY": "q7" * 10 + "Zx9-Kd_3" * 6,
    "ALLOWED_HOSTS": ["gonghui.example.org"],
    "SMS_GATEWAY": "x.HttpGateway",
}


def clean(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GONGHUI_")}
    return {**kept, "DJANGO_SETTINGS_MODULE": "gonghui.settings", "PYTHONWARNINGS": "ignore", **extra}


def deploy(**extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=clean(**extra), capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.bar(1)
@pytest.mark.engine_free
def test_production_settings_pass_the_deploy_check(tmp_path: Path) -> None:
    done = deploy(GONGHUI_DATA_DIR=str(tmp_path), **PRODUCTION)
    assert done.returncode == 0, done.stdout + done.stderr
    for wrong, code in (({"GONGHUI_DEBUG": "1", "GONGHUI_SECURE": "1"}, "core.E002"), ({"GONGHUI_ALLOWED_HOSTS": "*"}, "core.E005")):
        bad = deploy(GONGHUI_DATA_DIR=str(tmp_path), **{**PRODUCTION, **wrong})
        assert bad.returncode == 1 and code in bad.stderr


@pytest.mark.bar(1)
@pytest.mark.engine_free
def test_a_default_project_shows_the_seven_warnings(tmp_path: Path) -> None:
    """Negative control: the check can fail."""
    subprocess.run(
        [sys.executable, "-m", "django", "startproject", "plain", str(tmp_path)], check=True, env={**clean(), "DJANGO_SETTINGS_MODULE": ""}
    )
    env = {**clean(), "DJANGO_SETTINGS_MODULE": "plain.settings", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    found = {line.partition("(security.")[2][:4] for line in done.stderr.splitlines() if "(security." in line}
    assert len(found) == 7, found


@pytest.mark.invariant("OPS-03")
@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"DEBUG": True}, "core.E002"),
        ({"SECRET_KEY": "short"}, "core.E003"),
        ({"SECRET_KEY": "django-insecure-" + "abcdefghijk" * 6}, "core.E003"),
        ({"SECRET_KEY": "a" * 80}, "core.E003"),
        ({"DEMO": True}, "core.E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "core.E005"),
        ({"SMS_GATEWAY": "gonghui.notices.gateways.OutboxOnly"}, "core.E009"),
    ],
)
def test_each_dangerous_setting_is_refused_and_the_safe_ones_pass(wrong: dict[str, object], code: str) -> None:
    with override_settings(**SAFE):
        assert checks.dangerous_settings(None) == []
    with override_settings(**{**SAFE, **wrong}):
        assert code in [m.id for m in checks.dangerous_settings(None)]


@pytest.mark.invariant("OPS-03")
@pytest.mark.engine_free
def test_affected_sqlite_without_the_write_lock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.sqlite, "affected", lambda: True)
    options = {"ENGINE": "gonghui.core.sqlite", "OPTIONS": {}}
    monkeypatch.setattr(checks, "connections", _Connections(options))
    assert checks.write_lock(None) == []
    for wrong in ({"ENGINE": "django.db.backends.sqlite3"}, {"OPTIONS": {"file_lock": "never"}}):
        monkeypatch.setattr(checks, "connections", _Connections({**options, **wrong}))
        assert [m.id for m in checks.write_lock(None)] == ["core.E001"]
    monkeypatch.setattr(checks.sqlite, "affected", lambda: False)
    assert checks.write_lock(None) == []


class _Connections:
    def __init__(self, options: dict[str, object]) -> None:
        self.settings = {"default": options}

    def __iter__(self) -> object:
        return iter(self.settings)


@pytest.mark.invariant("OPS-03")
@pytest.mark.django_db
def test_a_missing_key_version_is_refused() -> None:
    DataKey.make("t.t")
    assert checks.keys(None, databases=["default"]) == []
    DataKey.objects.update(kek_version=77)
    assert [m.id for m in checks.keys(None, databases=["default"])] == ["core.E006"]


@pytest.mark.invariant("OPS-03")
@pytest.mark.fault(14)
@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "refused"), [(4, False), (6, True), (60 * 24, True)])
def test_a_clock_before_the_last_audit_entry_is_refused(minutes: int, refused: bool) -> None:
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        audit.append("system:x", "core.test.done")
    assert bool(list(checks.clock_faults())) is refused


@pytest.mark.invariant("OPS-02")
@pytest.mark.fault(38, 39)
@pytest.mark.django_db
def test_old_code_refuses_a_newer_schema_and_new_code_an_older_one() -> None:
    from django.db.migrations.recorder import MigrationRecorder

    schema.require()
    before = schema.stamp()
    rows = MigrationRecorder.Migration.objects
    newer = rows.create(app="core", name="9999_from_the_future")
    with pytest.raises(Unavailable) as refusal:
        schema.require()
    assert refusal.value.code == "core.schema_new" and schema.stamp() != before
    newer.delete()
    rows.filter(app="core", name="0001_initial").delete()
    with pytest.raises(Unavailable) as refusal:
        schema.require()
    assert refusal.value.code == "core.schema_old"


@pytest.mark.invariant("OPS-02", "OPS-03")
@pytest.mark.engine_free
def test_serve_refuses_a_wrong_clock_and_a_wrong_schema(site: Site) -> None:
    ahead = "from datetime import timedelta\nfrom gonghui.core import audit, clock\nwith clock.at(clock.now() + timedelta(hours=1)):\n    audit.append('system:x', 'core.test.done')\n"
    assert site.code(ahead).returncode == 0
    done = site.run("serve", "--port", "8133")
    assert done.returncode == 1 and "core.clock_back" in done.stderr
    assert (
        site.code(
            "from django.db import connection\nconnection.cursor().execute(\"DELETE FROM django_migrations WHERE app = 'notices'\")"
        ).returncode
        == 0
    )
    done = site.run("serve", "--port", "8133")
    assert done.returncode == 1 and "core.schema_old" in done.stderr


@pytest.mark.invariant("ACC-05")
@pytest.mark.engine_free
def test_a_view_without_declaration_is_found() -> None:
    def bare(request: object) -> None: ...

    def declared(request: object) -> None: ...

    bare.__module__ = declared.__module__ = "gonghui.demo.web"
    routes = [path("bare/", bare), path("declared/", public(declared))]  # type: ignore[type-var]
    assert list(checks.undeclared(URLResolver(RegexPattern(r"^/"), routes))) == ["bare/"]
    assert list(checks.declared_views(None)) == []
