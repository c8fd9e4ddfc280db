"""The demo city as anybody builds it (演示城市): counts kept, truth listed, the same from the same seed, detectors measured."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gonghui.portal.demo import city, detect, files, plan

pytestmark = [pytest.mark.engine_free, pytest.mark.first]
ROOT = Path(__file__).resolve().parents[3]
SCALE = 0.02
DETECTORS = {name: key for name, (key, _look, _named) in detect.DETECTORS.items()}


def gonghui(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own, as a user types it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GONGHUI_", "DJANGO_"))} | {"GONGHUI_DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "gonghui.cli", *words], env=env, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )


def asked(data: Path, *words: str) -> Any:
    done = gonghui(data, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    data = tmp_path_factory.mktemp("city") / "var"
    yield data, asked(data, "demo", "--no-serve", "--seed", "11", "--scale", str(SCALE), "--data", str(data))


@pytest.fixture(scope="module")
def figures(built: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    rows = asked(built[0], "figures", "--org", "root", "--as-of", "2025-12-31")["figures"]
    return {r["key"]: r for r in rows}


def test_the_full_city_is_the_city_of_the_source() -> None:
    whole = plan.make(7, 1.0)
    assert (whole.opening + whole.public, whole.opening, whole.public, whole.new, sum(whole.written_off.values()), whole.closing) == (
        4603,
        4232,
        371,
        43,
        137,
        4138,
    )
    assert (whole.covered_single, whole.covered_regional, whole.covered_industry) == (506, 2848, 784)
    assert (whole.workers, whole.members, whole.migrant_members) == (233_251, 214_542, 167_842)


@pytest.mark.parametrize("scale", [0.01, 0.02, 0.3, 1.0, 2.5])
def test_the_identities_hold_at_every_scale(scale: float) -> None:
    p = plan.make(3, scale)
    assert p.opening + p.new - sum(p.written_off.values()) == p.closing == p.covered_single + p.covered_regional + p.covered_industry
    made = city.build(p)
    at_work = [e for e in made.employers if e.code.startswith("QY")]
    assert sum(e.workers for e in at_work) == p.workers
    assert sum(e.members for e in at_work) == p.members
    assert sum(e.migrants for e in at_work) == p.migrant_members
    assert all(e.migrants <= e.members <= e.workers for e in at_work)


def test_what_was_planned_is_what_is_counted_after_all_the_business_since(built: Any, figures: dict[str, Any]) -> None:
    p = plan.make(11, SCALE)
    wanted = {
        "employers.non_public": p.closing, "employers.public": p.public, "employers.opening": p.opening + p.public, "employers.new": p.new, "employers.written_off": sum(p.written_off.values()),
        "employers.organised": p.closing, "unions.single": p.covered_single, "unions.regional": p.regional, "unions.industry": p.industry, "coverage.single": p.covered_single,
        "coverage.regional": p.covered_regional, "coverage.industry": p.covered_industry, "workers": p.workers, "members": p.members, "members.migrant": p.migrant_members,
    }  # fmt: skip
    assert {k: figures[k]["value"] for k in wanted} == wanted
    assert (figures["rate.joining"]["numerator"], figures["rate.joining"]["denominator"]) == (p.members, p.workers)


def test_the_business_since_then_does_change_later_figures(built: Any, figures: dict[str, Any]) -> None:
    """The control of the test above: applications and transfers were really booked, only later."""
    later = {r["key"]: r["value"] for r in asked(built[0], "figures", "--org", "root", "--as-of", date.today().isoformat())["figures"]}
    assert later["members"] > figures["members"]["value"]


def test_every_check_holds(built: Any) -> None:
    found = asked(built[0], "verify")
    assert [c["id"] for c in found["checks"] if not c["ok"]] == []


def test_the_truth_lists_every_fault_without_whole_numbers(built: Any) -> None:
    text = (built[0] / "demo" / "truth.json").read_text(encoding="utf-8")
    truth = json.loads(text)
    assert set(DETECTORS.values()) <= set(truth)
    assert all(truth[key] for key in DETECTORS.values())
    longest = max(len(part) for row in [*truth["duplicate_persons"], *truth["wrong_check_digit"]] for part in row)
    assert longest <= len("QY000001")


def test_detectors_find_what_was_planted(built: Any) -> None:
    rows = {r["name"]: r for r in asked(built[0], "bench", "detect")}
    assert set(rows) == set(DETECTORS)
    for row in rows.values():
        assert row["precision"] >= detect.BAR and row["recall"] >= detect.BAR, row


def test_scoring_counts_misses_and_false_alarms() -> None:
    assert detect.score([1, 2, 3, 4], [1, 2]) == (0.5, 1.0, pytest.approx(2 / 3))
    assert detect.score([1, 1], [1]) == (0.5, 1.0, pytest.approx(2 / 3))
    assert detect.score([], [1]) == (0.0, 0.0, 0.0)
    assert detect.score([], []) == (1.0, 1.0, 1.0)


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(built: Any, tmp_path: Path) -> None:
    for seed, same in ((11, True), (12, False)):
        wanted = plan.make(seed, SCALE)
        list(files.write(wanted, city.build(wanted), tmp_path / str(seed)))
        one, two = ({f.name: f.read_bytes() for f in place.iterdir()} for place in (tmp_path / str(seed), built[0] / "demo"))
        planted, later = json.loads(one.pop("truth.json")), json.loads(two.pop("truth.json"))  # chapters add what they plant
        assert (planted == {key: later.get(key) for key in planted}) is same
        assert (one == two) is same


def test_a_built_city_is_used_and_another_is_refused(built: Any) -> None:
    data, report = built
    again = gonghui(data, "demo", "--no-serve", "--seed", "11", "--scale", str(SCALE), "--data", str(data))
    assert again.returncode == 0 and "直接使用" in again.stdout
    assert all(a["login"] in again.stdout for a in report["accounts"]) and "/demo/codes/" in again.stdout
    other = gonghui(data, "demo", "--no-serve", "--seed", "12", "--scale", str(SCALE), "--data", str(data))
    assert other.returncode == 1 and "另一座演示城市" in other.stderr


def test_a_broken_build_is_taken_up_again_and_foreign_data_never_cleared(built: Any, tmp_path: Path) -> None:
    """A build that was stopped leaves its mark; a database without the mark belongs to somebody."""
    data = tmp_path / "var"
    shutil.copytree(built[0], data)
    words = ("demo", "--no-serve", "--scale", "0.01", "--data", str(data))
    (data / "DEMO").write_text('{"building": true}', encoding="utf-8")
    again = gonghui(data, *words)
    assert again.returncode == 0 and "清掉重新生成" in again.stdout
    (data / "DEMO").unlink()
    size = (data / "gonghui.sqlite3").stat().st_size
    for more in ((), ("--fresh",)):
        refused = gonghui(data, *words, *more)
        assert refused.returncode == 1 and "不会写进去" in refused.stderr
        assert not (data / "DEMO").exists() and (data / "gonghui.sqlite3").stat().st_size >= size


def test_there_is_an_account_for_every_role_that_works(built: Any) -> None:
    roles = {a["role"] for a in built[1]["accounts"]}
    assert {"市总工会干部", "乡镇（街道）工会主席", "基层工会主席", "工建指导员", "系统管理员", "安全管理员", "审计管理员", "职工"} <= roles
