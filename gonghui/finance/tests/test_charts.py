"""Charts, events, transition, year end: what the regulations say (科目表、事项、衔接、年终)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.core import clock, money
from gonghui.core.errors import RuleViolation
from gonghui.finance import services
from gonghui.finance.rules import EVENTS, Line, chart, chart_of, check_lines, lines_for, transition
from gonghui.finance.rules.closing import closing_lines
from gonghui.finance.rules.practice import cases
from gonghui.finance.selectors import ledger, statements
from gonghui.finance.tests import make
from gonghui.policy import services as policy

OLD, NEW = date(2021, 12, 31), date(2022, 1, 1)


def level1(key: str, level: str) -> set[str]:
    return {a.code for a in chart_of(key).ordered if a.level == 1 and (a.basic if level == "basic" else a.county)}


@pytest.mark.system("S208")
@pytest.mark.parametrize("level", ["basic", "county"])
def test_level_one_accounts_are_those_of_the_rule_base(level):
    for day, key in ((OLD, "2009"), (NEW, "2021")):
        for code in {f"{n}" for n in range(100, 530)}:
            slip = policy.decide("finance.account_code", on=day, facts={"code": code, "level": level, "needed": False})
            assert (slip.outcome is True) == (code in level1(key, level)), (day, code)


def test_twenty_four_and_forty_five_accounts():
    assert len(level1("2021", "basic")) == 24
    assert len(level1("2021", "county")) == 45


def test_the_same_number_means_something_else_before_and_after():
    assert (chart(OLD).name("221"), chart(NEW).name("221")) == ("应付上级经费", "代管经费")
    assert chart(OLD).name("50102").startswith("职工活动支出") and chart(NEW).name("50102") == "职工活动支出—文体活动支出"
    with pytest.raises(RuleViolation):
        check_lines([Line("50105", 5), Line("102", credit=5)], OLD, "basic")
    with pytest.raises(RuleViolation):
        check_lines([Line("201", 5), Line("501", credit=5)], NEW, "basic")  # 501 has details


@pytest.mark.parametrize("key", sorted(EVENTS))
def test_every_event_gives_an_even_voucher(key):
    for day in (date(2021, 6, 1), date(2025, 6, 1)):
        for level in ("basic", "county"):
            if EVENTS[key].fits(day, level):
                facts = {"part": 40} if EVENTS[key].part else {}
                assert check_lines(lines_for(key, on=day, level=level, amount=101, facts=facts), day, level) >= 101


def test_buying_an_asset_books_both_sides():
    lines = lines_for("asset", on=NEW, level="basic", amount=460_000)
    assert {(x.account, x.debit, x.credit) for x in lines} == {
        ("507", 460_000, 0),
        ("162", 460_000, 0),
        ("102", 0, 460_000),
        ("30104", 0, 460_000),
    }


def test_practice_answers_are_events_of_the_table():
    assert all(case.event in EVENTS for case in cases().values())


@pytest.mark.invariant("LED-01")
@given(
    st.lists(st.tuples(st.sampled_from(["102", "121", "141", "162", "225", "301", "322", "331"]), st.integers(-(10**9), 10**9)), max_size=8)
)
@settings(max_examples=60, deadline=None)
def test_the_transition_keeps_every_fen(rows):
    old: dict[str, int] = {}
    for code, fen in rows:
        old[code] = old.get(code, 0) + fen
    rest = sum(old.values())
    old["331"] = old.get("331", 0) - rest  # what makes the books even
    new = transition.mapped(old)
    assert sum(new.values()) == sum(old.values()) == 0
    assert new.get("135", 0) == old.get("121", 0) and new.get("30104", 0) == old.get("301", 0)


def test_the_facts_of_the_transition_move_asset_and_fund_together():
    old = {"162": 500_000, "301": -500_000, "102": 90_000, "331": -90_000}
    new = transition.mapped(old, {"small": 60_000, "worn": 100_000, "special": 30_000})
    assert new == {
        "102": 90_000,
        "141": 60_000,
        "162": 440_000,
        "163": -100_000,
        "30101": -60_000,
        "30104": -340_000,
        "321": -30_000,
        "322": -60_000,
    }
    assert sum(new.values()) == 0
    with pytest.raises(RuleViolation):
        transition.mapped(old, {"special": 90_001})
    with pytest.raises(RuleViolation):
        transition.mapped({"401": -5, "102": 5})  # income not yet closed


def test_what_lies_in_store_has_its_fund_after_the_change():
    """财会〔2021〕16号 二（一）3, 4, 5; 二（二）2; 四（一）."""
    old = {"102": 100_000, "132": 30_000, "141": 40_000, "162": 50_000, "221": -20_000, "22203": -5_000, "301": -50_000, "331": -145_000}
    facts = {
        "prepared_lower": 10_000,
        "prepared_upper": 8_000,
        "small": 9_000,
        "used": 4_000,
        "fiscal_carried": 6_000,
        "fiscal_left": 1_000,
    }
    new = transition.mapped(old, facts)
    assert new == {
        "102": 100_000,
        "132": 20_000,
        "135": 10_000,
        "141": 45_000,
        "162": 41_000,
        "211": -12_000,
        "215": -13_000,
        "30101": -45_000,
        "30104": -41_000,
        "322": -98_000,
        "331": -6_000,
        "332": -1_000,
    }
    assert new["141"] == -new["30101"] and sum(new.values()) == 0
    for name, fen in (("used", 9_001), ("prepared_upper", 20_001), ("prepared_lower", 30_001), ("fiscal_left", 200_000)):
        with pytest.raises(RuleViolation):
            transition.mapped(old, {**facts, name: fen})


def test_details_are_those_of_the_texts():
    """Counts of the detail accounts as the texts list them; names end as the texts end them."""
    for key, heads in (
        ("2009", {"112": 2, "131": 3, "222": 3, "321": 3, "403": 7, "501": 4, "502": 6, "503": 5, "504": 4, "505": 7, "506": 7}),
        ("2021", {"121": 2, "131": 2, "212": 2, "301": 6, "321": 4, "322": 5, "331": 4, "332": 5, "403": 2, "404": 2, "501": 6, "503": 5, "504": 6,
                  "505": 4, "506": 4, "507": 7, "508": 2}),
    ):  # fmt: skip
        table = chart_of(key)
        assert {a.code: len(a.below) for a in table.ordered if a.below} == heads
        assert {code for head in heads for code in table.accounts[head].below} == {a.code for a in table.ordered if a.level == 2}
    new = chart_of("2021").accounts
    assert all(a.name.endswith("支出") for code, a in new.items() if a.level == 2 and code[:3] in {"501", "503", "504", "505"})
    assert [new[c].name for c in ("50104", "50301", "50304", "50406", "50706", "32203")] == [
        "劳模职工疗休养支出", "劳动和技能竞赛活动支出", "职工书屋活动支出", "其他维权支出", "信息网络购建", "本年收支结转",
    ]  # fmt: skip


def test_an_open_head_and_its_details_both_take_postings():
    for account in ("507", "50706"):
        assert check_lines([Line(account, 5), Line("102", credit=5)], NEW, "basic") == 5
    with pytest.raises(RuleViolation):
        check_lines([Line("505", 5), Line("102", credit=5)], NEW, "basic")


@pytest.mark.system("S208")
@pytest.mark.django_db
def test_a_ledger_that_crosses_the_change_of_charts():
    with clock.at(date(2022, 2, 1)):
        book = make.book(since=date(2021, 1, 1))
        make.opening_old(book)
        make.posted(book, 30_000, event="sports", on=date(2021, 5, 5), words="运动会")
        year = services.year_close(actor=make.maker(book), book=book, year=2021)
        services.voucher_check(actor=make.checker(book), voucher=year)
        services.voucher_post(actor=make.poster(book), voucher=year)
        bridge = services.transition_draft(actor=make.maker(book), book=book, facts={"worn": 5_000})
        services.voucher_check(actor=make.checker(book), voucher=bridge)
        services.voucher_post(actor=make.poster(book), voucher=bridge)
        assert ledger.balance(book, "102", OLD) == 970_000 == ledger.balance(book, "102", NEW)
        assert ledger.balance(book, "331", OLD) == 970_000 and ledger.balance(book, "322", NEW) == 970_000
        assert (ledger.balance(book, "163", NEW), ledger.balance(book, "30104", NEW)) == (5_000, 195_000)
        assert statements.balance_sheet(book, NEW).even


@pytest.mark.django_db
def test_the_year_end_parts_designated_money_from_the_rest():
    with clock.at(date(2026, 12, 31)):
        book = make.book()
        make.posted(book, 50_000, event="special_received", facts={"project": "建家"}, words="专项补助")
        make.posted(book, 20_000, event="home", facts={"project": "建家"}, words="建家")
        make.posted(book, 90_000, event="other_income", words="利息")
        row = services.year_close(actor=make.maker(book), book=book, year=2026)
        services.voucher_check(actor=make.checker(book), voucher=row)
        services.voucher_post(actor=make.poster(book), voucher=row)
        assert (ledger.balance(book, "321", row.on), ledger.balance(book, "322", row.on)) == (30_000, 90_000)
        income = statements.income_statement(book, row.on)
        assert (income.income_year, income.expense_year) == (140_000, 20_000)  # the transfer does not empty the statement
        assert statements.balance_sheet(book, row.on).even
        with pytest.raises(RuleViolation):
            closing_lines({("404", False): -5}, row.on)


@pytest.mark.invariant("LED-07")
@given(st.integers(0, 10**12), st.lists(st.fractions(0, 1), min_size=1, max_size=6).filter(lambda w: sum(w) > 0))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_shares_sum_to_the_whole_each_within_a_fen(fen, weights):
    parts = money.split(fen, weights)
    total = sum(weights, Fraction(0))
    assert sum(parts) == fen
    assert all(abs(part - Fraction(fen) * w / total) < 1 for part, w in zip(parts, weights, strict=True))
