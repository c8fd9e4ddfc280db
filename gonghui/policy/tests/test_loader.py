"""Faulty rule files stop the start-up, named by file and key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from gonghui.policy import examples, rules
from gonghui.policy.engine import loader
from gonghui.policy.engine.records import PackError
from gonghui.policy.tests import make

GOOD = """
label: 试验规则
kind: decision
facts: {n: {type: int, label: 人数}}
params: {limit: 人数线}
values:
  - {from: 2020-01-01, params: {limit: 10}, formula: "reach(n, limit)", norm_level: law, severity: block, confidence: V, source: {text: 甲法, article: 第一条}}
reviewed_on: 2026-01-01
"""


def faults(text: str) -> str:
    with pytest.raises(PackError) as caught:
        make.rule(text)
    return "\n".join(caught.value.faults)


def test_the_good_rule_loads() -> None:
    assert make.rule(GOOD).rules["test.rule"].label == "试验规则"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("label: 试验规则", "label: 试验规则\nlable: 错", "test/rule.yaml: lable: 不认识的键"),
        ("label: 试验规则", "label: 试验规则\nlabel: 又一个", "键 label 写了两次"),
        (", source: {text: 甲法, article: 第一条}", "", "test/rule.yaml: values[0].source: 缺少依据"),
        ("text: 甲法", "text: 丙法", "_sources.yaml 里没有《丙法》"),
        ("article: 第一条", "artikel: 第一条", "values[0].source.artikel: 不认识的键"),
        ("norm_level: law", "norm_level: lore", "values[0].norm_level"),
        ("confidence: V", "confidence: X", "values[0].confidence"),
        ("severity: block", "severity: stop", "values[0].severity"),
        ("from: 2020-01-01", "from: 某日", "values[0].from"),
        ("limit: 10}, formula", "limit: 1.5}, formula", "小数"),
        ("reach(n, limit)", "reach(m, limit)", "公式里的 m 不是事实、参数或前面的条款"),
        ("reach(n, limit)", "open(n)", "公式里用了没有的函数"),
        ("reach(n, limit)", "n > other.rule", "不是已有的参数规则"),
        ("type: int", "type: number", "facts.n.type"),
        ("reviewed_on: 2026-01-01", "", "reviewed_on: 缺少"),
        ("from: 2020-01-01", "from: 2020-01-01, until: 2019-01-01", "values[0].until"),
        ("from: 2020-01-01", "from: 2020-01-01, jurisdiction: 37", "values[0].jurisdiction"),
    ],
)
def test_each_fault_is_named(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in GOOD
    (tmp_path / "_sources.yaml").write_text("甲法: {title: 甲法}\n乙章程: {title: 乙章程}\n", encoding="utf-8")
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "rule.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        loader.load(tmp_path)
    assert said in "\n".join(caught.value.faults) and "rule.yaml" in str(caught.value)


def version(**changes: str) -> str:
    base = {
        "from": "2020-01-01",
        "formula": '"n > 3"',
        "norm_level": "law",
        "severity": "warn",
        "confidence": "V",
        "source": "{text: 甲法}",
    }
    return "  - {" + ", ".join(f"{k}: {v}" for k, v in {**base, **changes}.items()) + "}"


def two(first: str, second: str) -> str:
    return f"label: 两版\nkind: decision\nfacts: {{n: {{type: int, label: 人数}}}}\nvalues:\n{first}\n{second}\nreviewed_on: 2026-01-01\n"


def test_two_versions_of_one_place_and_day_are_a_fault() -> None:
    assert "同一地区同一时间有两个版本" in faults(two(version(), version(**{"from": "2021-01-01"})))
    make.rule(two(version(until="2020-12-31"), version(**{"from": "2021-01-01"})))


def test_a_union_norm_may_not_replace_state_law_only_tighten_or_add() -> None:
    local = {"jurisdiction": '"370000"', "norm_level": "union_norm"}
    assert "工会规定不能取代国家法律" in faults(two(version(), version(**local)))
    make.rule(two(version(), version(**local, override="add")))


def test_tighten_must_say_which_way_is_stricter() -> None:
    assert "往哪边算严" in faults(two(version(), version(jurisdiction='"370000"', override="tighten")))
    assert "往哪边算严" in faults(GOOD.replace("label: 试验规则", "label: 试验规则\nlocal: {limit: tighten}"))


def test_a_target_never_stands_in_one_clause_with_a_norm() -> None:
    assert "工作目标不能和法规写在同一条款" in faults(two(version(), version(jurisdiction='"370000"', norm_level="kpi", override="add")))


def test_a_mutated_threshold_makes_a_worked_case_fail(tmp_path: Path) -> None:
    copytree(rules.ROOT, tmp_path / "params")
    path = tmp_path / "params" / "orgs" / "committee_form.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("threshold: 25}", "threshold: 26}"), encoding="utf-8")
    mutated = loader.load(tmp_path / "params")
    mine = [(k, c) for k, c in examples.every() if k == "orgs.committee_form"]
    assert [c["name"] for k, c in mine if examples.faults(mutated, k, c)]
    assert not [c["name"] for k, c in mine if examples.faults(rules.live(), k, c)]
    assert mutated.hash != rules.live().hash


def test_a_changed_source_is_another_pack(tmp_path: Path) -> None:
    copytree(rules.ROOT, tmp_path / "params")
    path = tmp_path / "params" / "_sources.yaml"
    assert loader.load(tmp_path / "params").hash == rules.live().hash
    path.write_text(path.read_text(encoding="utf-8").replace("version: 2021 修正", "version: 2030 修正"), encoding="utf-8")
    assert loader.load(tmp_path / "params").hash != rules.live().hash


def test_the_start_up_stops_on_a_faulty_file(tmp_path: Path) -> None:
    copytree(rules.ROOT, tmp_path / "params")
    (tmp_path / "params" / "orgs" / "bad.yaml").write_text("label: 坏\n", encoding="utf-8")
    code = f"import pathlib; from gonghui.policy import rules; rules.ROOT = pathlib.Path({str(tmp_path / 'params')!r}); import django; django.setup()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert ran.returncode != 0 and "orgs/bad.yaml: values: 缺少" in ran.stderr


def test_the_live_rules_cover_the_contract() -> None:
    wanted = """orgs.committee_form orgs.womens_committee orgs.fulltime_chair orgs.fulltime_staff orgs.term_years orgs.congress_form
    orgs.approver orgs.dissolution orgs.build_deadline orgs.workshop_committee orgs.project_union orgs.industrial_posts orgs.joint_form
    orgs.leadership orgs.chair_eligible orgs.committee_member_eligible orgs.legal_person_certificate orgs.congress_yearly
    orgs.plenary_interval orgs.chair_vacancy members.eligible members.join_route members.application_self_filled members.three_documents
    members.card_days members.retained members.deemed_left members.leave_is_free members.expulsion members.one_active members.seasonal
    figures.formation_rate_target figures.formation_rate_floor figures.joining_rate_target figures.joining_rate_floor figures.small_cell
    figures.suppression members.dues members.inactive_months""".split()
    assert not set(wanted) - set(rules.live().rules)
    seen = {ref for rule in rules.live().rules.values() for ref in rule.refs}
    assert not {f"R{n:03}" for n in [*range(1, 30), *range(172, 177)]} - seen
