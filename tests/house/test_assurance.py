"""Every invariant, fault and bar of this stage has a test, and the list in docs is the tests' own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine_free
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import assurance  # noqa: E402


def test_every_id_has_a_test() -> None:
    assert {kind: ids for kind, ids in assurance.missing().items() if ids} == {}


def test_the_list_is_up_to_date() -> None:
    assert assurance.OUT.read_text(encoding="utf-8") == assurance.text(), "run: python tools/assurance.py"


def test_a_gap_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(assurance.WANTED, "fault", ["999"])
    assert assurance.missing()["fault"] == ["999"]
