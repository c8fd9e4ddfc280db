"""`gonghui drill`: a few rounds here, hundreds by hand (演练)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from gonghui.portal.drill.operations import OPERATIONS, _import_check

pytestmark = [pytest.mark.engine_free, pytest.mark.first, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]


@pytest.mark.fault(1)
@pytest.mark.invariant("MEM-02", "MEM-06")
@pytest.mark.parametrize("name", list(OPERATIONS))
def test_killed_in_the_middle_everything_holds(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gonghui.cli", "drill", name, "--rounds", "3", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    report = json.loads(done.stdout or "{}")
    assert report.get("ok") is True, (report, done.stderr[-1500:])
    assert report["rounds"] == 3 and report["begun"] > 0


def test_the_drill_would_see_half_a_batch(world: object, db: None) -> None:
    """Negative control: a file acknowledged as imported whose people are missing is found."""
    facts = {"codes": [["x", "y"]], "members": []}
    found = list(
        _import_check(
            facts, {"begun": {"0": {}}, "done": {"0": {"counts": {"rows": 30, "created": 30, "updated": 0, "unchanged": 0, "rejected": 0}}}}
        )
    )
    assert len(found) == 1 and "已回报" in found[0]
