"""Tests of treasury look at its own guard; what the apps above add to the vouchers is theirs to test."""

from __future__ import annotations

import pytest

from gonghui.finance import hooks


@pytest.fixture(autouse=True)
def _own_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_guards", {k: v for k, v in hooks._guards.items() if k == "budget"})
    monkeypatch.setattr(hooks, "_done", {k: v for k, v in hooks._done.items() if k == "treasury"})
