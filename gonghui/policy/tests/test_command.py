"""`gonghui rules …`: one JSON document on stdout, refusals on stderr."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from gonghui.policy.tests import make


def run(*args: str) -> Any:
    out = io.StringIO()
    call_command("rules", *args, stdout=out)
    return out.getvalue()


def test_a_stranger_reads_the_facts_from_the_list_and_calls_decide(tmp_path: Path) -> None:
    listed = {r["key"]: r for r in json.loads(run("list", "--json"))}
    fact = listed["orgs.committee_form"]["facts"][0]
    assert {"name", "type", "unit", "meaning"} <= set(fact)
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({fact["name"]: 25}), encoding="utf-8")
    data = json.loads(run("decide", "orgs.committee_form", "--on", "2026-01-01", "--at", "37", "--facts", str(path), "--json"))
    assert data["outcome"] is True and data["rules"][0]["jurisdiction"] == "000000"


def test_facts_come_from_stdin_and_people_get_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"members": 24}'))
    text = run("decide", "orgs.committee_form", "--on", "2026-01-01", "--facts", "-")
    assert "算法 会员人数 24 人 ≥ 会员人数线 25 人：不成立" in text and "再增加 1 人" in text


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["decide", "orgs.nothing", "--json"], 1),
        (["decide", "orgs.committee_form", "--facts", "missing.json"], 1),
        (["decide", "orgs.committee_form", "--at", "海边"], 1),
        (["show", "orgs.nothing"], 1),
        (["diff"], 1),
        (["decide", "orgs.committee_form", "--on", "昨天"], 2),
        (["fly"], 2),
        ([], 2),
    ],
)
def test_refusals_and_bad_usage_have_their_own_codes(args: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        call_command("rules", *args)
    out, err = capsys.readouterr()
    assert caught.value.code == code and out == "" and err


def test_broken_json_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("{", "[1]"):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        with pytest.raises(SystemExit):
            run("decide", "orgs.committee_form", "--facts", "-")


@pytest.mark.django_db
def test_why_review_diff_show_and_recheck() -> None:
    number = make.slip()
    assert json.loads(run("why", number, "--json"))["verdict"].startswith("会员不足")
    assert json.loads(run("review", "--json")) and json.loads(run("recheck", "--json")) == []
    changed = json.loads(run("diff", "--from", "2021-12-31", "--to", "2022-01-01", "--at", "000000", "--json"))
    assert {"before", "after"} <= set(changed[0])
    assert json.loads(run("show", "orgs.committee_form", "--json"))["versions"][0]["quote"]
    with pytest.raises(SystemExit):
        run("why", "J000000000000")
