"""Stored slips, by-law values, reviews, drafts: what is kept, and what never changes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from gonghui.accounts.enums import Role
from gonghui.core import audit, triggers, verify
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.policy import checks, rules, selectors, services
from gonghui.policy.models import LocalValue, RuleReview, StoredDecision
from gonghui.policy.tests import make

pytestmark = pytest.mark.django_db
LATER = date(2026, 6, 1)


def draft_of(old: str, new: str, key: str = "orgs.committee_form") -> str:
    text = (rules.ROOT / f"{key.replace('.', '/')}.yaml").read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


def test_a_slip_keeps_facts_with_where_they_came_from() -> None:
    row = selectors.stored_get(make.slip())
    body = json.loads(row.body)
    assert (row.outcome, row.subject_kind, row.subject_id, row.pack_hash) == ("false", "union", "7", rules.live().hash)
    assert body["facts"][0] | {"label": ""} == {
        "name": "members",
        "label": "",
        "value": 24,
        "shown": "24 人",
        "source": "会员名册",
        "record": "roll:3",
        "as_of": None,
    }
    assert AuditEntry.objects.get(verb="policy.decision.stored").object_id == str(row.pk)
    assert list(checks.stored_slips()) == []


@pytest.mark.parametrize(
    "change", [lambda: StoredDecision.objects.update(outcome="true"), lambda: StoredDecision.objects.all()._raw_delete("default")]
)
def test_a_slip_admits_no_update_and_no_delete(change) -> None:
    make.slip()
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert StoredDecision.objects.get().outcome == "false"


def test_without_the_trigger_the_harm_happens_and_the_check_finds_it() -> None:
    make.slip()
    with connection.cursor() as cursor:
        triggers.drop(SimpleNamespace(connection=connection, execute=cursor.execute), "policy_storeddecision")
    StoredDecision.objects.update(outcome="true")
    assert len(list(checks.stored_slips())) == 1


def test_new_rules_only_make_a_report() -> None:
    number = make.slip(members=24)
    make.slip(members=3)
    lower = services.draft({"orgs.committee_form": draft_of("threshold: 25}", "threshold: 20}")})
    report = list(services.reevaluate(pack=lower))
    assert [(r["decision"], r["before"], r["after"]) for r in report if r["before"] != r["after"]] == [(number, "false", "true")]
    assert selectors.stored_get(number).outcome == "false" and list(services.reevaluate()) == []


def test_what_if_changes_nothing_but_the_table() -> None:
    lower = services.draft({"orgs.committee_form": draft_of("threshold: 25}", "threshold: 20}")})
    rows = services.what_if(
        "orgs.committee_form",
        [
            services.Variation("多一人", facts={"members": 25}),
            services.Variation("草案", draft=lower),
            services.Variation("深圳", at="440300"),
            services.Variation("照旧"),
        ],
        on=make.DAY,
        facts={"members": 24},
    )
    assert [(r["label"], r["outcome"], r["changed"]) for r in rows] == [
        ("现在", False, False), ("多一人", True, True), ("草案", True, True), ("深圳", True, True), ("照旧", False, False)
    ]  # fmt: skip
    assert any("25 → 20" in c for c in rows[2]["changes"])
    assert services.decide("orgs.committee_form", on=make.DAY, facts={"members": 24}).outcome is False


def test_a_faulty_draft_is_refused_with_its_faults() -> None:
    with pytest.raises(BadInput, match="缺少") as caught:
        services.draft({"orgs.committee_form": "label: 半截\n"})
    assert caught.value.errors


def local(**changes):
    data = {"key": "orgs.plenary_interval", "param": "months", "unit_path": "00010001", "unit_name": "甲厂工会", "value": "1", "since": make.DAY,
            "source": "甲厂工会议事规则", "article": "第三条"}  # fmt: skip
    return services.local_value_set(actor=make.actor(Role.CHAIR, "00010001"), **{**data, **changes})


def test_the_nearest_by_law_wins_for_the_unit_and_all_below_it() -> None:
    local()
    for path, months in (("000100010001", 1), ("00010002", 3), ("", 3)):
        got = services.decide("orgs.plenary_interval", on=LATER, facts={"last_held_on": LATER}, unit_path=path)
        assert got.values["months"] == months
    assert services.value("orgs.plenary_interval.months", on=date(2025, 12, 31), unit_path="00010001").value == 3
    got = services.decide("orgs.plenary_interval", on=LATER, facts={}, unit_path="00010001")
    assert "甲厂工会议事规则" in str(got.used[0].version.source) and "就近适用" in got.overridden[0].why


def test_a_by_law_may_only_be_stricter_where_the_rule_says_so() -> None:
    with pytest.raises(RuleViolation, match="更严") as caught:
        local(value="6")
    assert caught.value.code == "policy.not_stricter"
    with pytest.raises(RuleViolation) as caught:
        local(key="orgs.committee_form", param="threshold")
    assert caught.value.code == "policy.not_local"
    with pytest.raises(BadInput):
        local(value="1/0")
    assert LocalValue.objects.count() == 0


def test_a_by_law_of_another_unit_is_out_of_reach() -> None:
    with pytest.raises(NotFound):
        local(unit_path="00010002")
    with pytest.raises(NotPermitted):
        services.local_value_set(actor=make.actor(Role.CLERK, "00010001"), key="orgs.plenary_interval", param="months", unit_path="00010001",
                                 unit_name="", value="1", since=make.DAY, source="甲")  # fmt: skip
    row = local()
    with pytest.raises(NotFound):
        services.local_value_end(actor=make.actor(Role.CHAIR, "00010002"), pk=row.pk, last_day=LATER)
    with pytest.raises(Conflict):
        local()


def test_an_ended_by_law_still_stands_for_days_before() -> None:
    row = local()
    services.local_value_end(actor=make.actor(Role.CHAIR, "00010001"), pk=row.pk, last_day=date(2026, 3, 31))
    seen = [
        services.value("orgs.plenary_interval.months", on=day, unit_path="00010001").value for day in (date(2026, 3, 31), date(2026, 4, 1))
    ]
    assert seen == [1, 3] and AuditEntry.objects.filter(verb="policy.local.ended").exists()


def test_a_review_counts_for_the_text_it_saw_and_cannot_be_undone() -> None:
    def waiting() -> set[str]:
        return {item["key"] for item in selectors.review_queue()}

    assert "orgs.congress_form" in waiting()
    services.rule_review(actor=make.actor(), key="orgs.congress_form", verdict="confirmed", reviewed_on=date(2026, 1, 5))
    assert "orgs.congress_form" not in waiting()
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleReview.objects.update(verdict="differs")
    with pytest.raises(RuleViolation, match="没有到"):
        services.rule_review(actor=make.actor(), key="orgs.congress_form", verdict="confirmed", reviewed_on=date(2099, 1, 1))
    with pytest.raises(NotPermitted):
        services.rule_review(actor=make.actor(Role.CHAIR, "0001"), key="orgs.congress_form", verdict="confirmed")


def test_the_verification_runs_the_cases_and_the_slips() -> None:
    make.slip()
    result = verify.run(["POL-01", "POL-02"])
    assert result["ok"] and all(c["checked"] > 0 for c in result["checks"])


def test_the_difference_of_two_packs_names_the_rule(tmp_path: Path) -> None:
    from shutil import copytree

    copytree(rules.ROOT, tmp_path / "params")
    (tmp_path / "params/orgs/committee_form.yaml").write_text(draft_of("threshold: 25}", "threshold: 20}"), encoding="utf-8")
    assert [(d["key"], d["change"]) for d in services.diff_packs(tmp_path / "params")] == [("orgs.committee_form", "修改")]


def test_the_difference_of_two_days() -> None:
    changed = {d["key"] for d in services.diff_dates(date(2021, 12, 31), date(2022, 1, 1))}
    assert "orgs.committee_form" in changed and "orgs.usc_prefix" not in changed


def test_nothing_of_the_chain_is_broken_by_slips() -> None:
    make.slip()
    local()
    assert list(audit.faults()) == []
