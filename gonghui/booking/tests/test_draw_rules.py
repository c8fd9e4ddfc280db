"""The draw: recomputable, each entrant once, and checked by a script that knows nothing of the project (BK-08)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.booking.rules import draw

pytestmark = [pytest.mark.system("S171"), pytest.mark.invariant("BK-08")]
SCRIPT = Path(__file__).resolve().parents[3] / "tools" / "check_draw.py"
SEED = "5f" * 32
ALIASES = st.lists(st.text("ABCDEFGH", min_size=4, max_size=6), unique=True, max_size=12)


def people(n: int, tags: int = 0) -> list[draw.Entrant]:
    return [draw.Entrant(f"AAAA-{i:04d}", i % 2, ("first_time",) if i < tags else ()) for i in range(n)]


def proof(n: int = 20, places: int = 6, reserve: int = 2, tags: int = 5) -> dict[str, Any]:
    rows = people(n, tags)
    found = draw.outcome(SEED, rows, places, [("first_time", reserve)])
    return draw.document(
        draw="gonghui-1-1", title="观影券 · 中午", commit=draw.commitment("gonghui-1-1", SEED), closes_at="2026-05-08T12:00+08:00", places=places,
        reserves=[("first_time", reserve)], entrants=rows, seed=SEED, winners=found.winners, waiting=found.waiting,
    )  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(ALIASES, st.integers(0, 15), st.integers(0, 5), st.randoms())
def test_each_entrant_once_and_no_place_stays_idle(aliases: list[str], places: int, reserve: int, random: Any) -> None:
    rows = [draw.Entrant(a, i % 2, ("night_shift",) if i % 3 == 0 else ()) for i, a in enumerate(aliases)]
    found = draw.outcome(SEED, rows, places, [("night_shift", reserve)])
    assert sorted([*found.winners, *found.waiting]) == sorted(aliases)
    assert len(found.winners) == min(places, len(aliases))
    random.shuffle(rows)  # the order of the list does not matter
    assert draw.outcome(SEED, rows, places, [("night_shift", reserve)]) == found


@settings(max_examples=40, deadline=None)
@given(ALIASES)
def test_nobody_turns_the_numbers_of_others_by_entering(aliases: list[str]) -> None:
    rows = [draw.Entrant(a) for a in aliases]
    with_one = draw.outcome(SEED, [*rows, draw.Entrant("ZZZZZZZ")], 0)
    assert [a for a in with_one.waiting if a != "ZZZZZZZ"] == list(draw.outcome(SEED, rows, 0).waiting)


def test_class_stands_before_luck_and_reserves_before_all() -> None:
    rows = [draw.Entrant(f"A{i}", 1) for i in range(50)] + [draw.Entrant("B", 0)]
    assert draw.outcome(SEED, rows, 1).winners == ("B",)
    tagged = [draw.Entrant(f"A{i}", 0) for i in range(50)] + [draw.Entrant("C", 1, ("small_union",))]
    assert draw.outcome(SEED, tagged, 2, [("small_union", 1)]).winners[0] == "C"


def test_an_alias_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        draw.outcome(SEED, [draw.Entrant("A"), draw.Entrant("A")], 1)


def run(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(path), *more], capture_output=True, text=True, check=False, timeout=30
    )


def test_the_script_agrees_with_the_platform(tmp_path: Path) -> None:
    found = proof()
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    done = run(file, "--commitment", found["commitment"], "--list-digest", found["list_digest"], "--alias", found["winners"][0])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "相符" in done.stdout and "第 1 名" in done.stdout
    assert "import gonghui" not in SCRIPT.read_text(encoding="utf-8") and draw.faults(found) == []


TAMPERED = {
    "winner swapped": lambda p: p["winners"].reverse(),
    "a winner added": lambda p: p["winners"].append(p["waiting"].pop()),
    "another seed": lambda p: p.update(seed="00" * 32),
    "an entrant removed": lambda p: p["entries"].pop(),
    "an entrant added": lambda p: p["entries"].append({"alias": "ZZZZ-0001", "class": 0, "tags": []}),
    "a tag given": lambda p: p["entries"][9]["tags"].append("first_time"),
    "a class changed": lambda p: p["entries"][3].update({"class": 0}),
    "one place more": lambda p: p.update(places=7),
    "a reserve more": lambda p: p["reserves"].append({"tag": "first_time", "places": 1}),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_found_by_script_and_page(name: str, tmp_path: Path) -> None:
    found = proof()
    TAMPERED[name](found)
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    done = run(file)
    assert done.returncode == 1 and "不符" in done.stdout, name
    assert draw.faults(found)


def test_a_proof_made_up_afterwards_is_found_by_what_was_noted_before(tmp_path: Path) -> None:
    noted = proof()
    other = "77" * 32
    rows = people(20, 5)
    result = draw.outcome(other, rows, 6, [("first_time", 2)])
    forged = {
        **noted,
        "seed": other,
        "commitment": draw.commitment("gonghui-1-1", other),
        "winners": list(result.winners),
        "waiting": list(result.waiting),
    }
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(forged), encoding="utf-8")
    assert run(file).returncode == 0  # consistent in itself
    done = run(file, "--commitment", noted["commitment"])
    assert done.returncode == 1 and "事先记下" in done.stdout


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text("{", encoding="utf-8")
    assert run(file).returncode == 2
