"""What commits runs in a place of its own, which is gone afterwards (试验场)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gonghui.core import bench, scratch
from gonghui.core.errors import BadInput


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The calls that would have been made, with what the place looked like then."""
    calls: list[Any] = []

    def run(words: tuple[str, ...], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        folder = Path(env["GONGHUI_DATA_DIR"])
        calls.append((words, folder, env["GONGHUI_DATABASE_URL"], (folder / scratch.MARK).exists()))
        return subprocess.CompletedProcess(words, 1 if "broken" in words else 0, "" if "broken" in words else '[{"name": "x", "ok": true}]')

    monkeypatch.setattr(scratch, "_run", run)
    return calls


@pytest.mark.django_db
def test_a_bench_that_commits_never_runs_on_an_installations_own_data(
    seen: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GONGHUI_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(bench, "_benches", {"heavy": lambda **options: {"here": True, **options}})
    monkeypatch.setattr(bench, "_commits", {"heavy"})
    if connection.vendor == "sqlite":
        assert bench.run("heavy", {"rows": 4, "workers": "2"}) == [{"name": "x", "ok": True}]
        words, folder, url, marked = seen[0]
        assert words == ("bench", "heavy", "--set", "rows=4", "--set", "workers=2", "--json")
        assert marked and folder != tmp_path and str(folder) in url and not folder.exists()
    (tmp_path / scratch.MARK).touch()
    assert bench.run("heavy", {"rows": 4}) == [{"here": True, "rows": 4}]  # it is such a place itself
    monkeypatch.setattr(bench, "_commits", set())
    (tmp_path / scratch.MARK).unlink()
    assert bench.run("heavy", {}) == [{"here": True}]


def test_what_breaks_there_is_told_with_its_exit_code(seen: list[Any]) -> None:
    with pytest.raises(BadInput, match="退出码 1"):
        scratch.command("drill", "broken", engine="sqlite")
    assert not seen[0][1].exists()
