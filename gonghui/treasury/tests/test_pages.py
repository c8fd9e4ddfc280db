"""What treasury says on the pages of the books: what is left, what stops, what is unusual, what is filled in (页面上的预算与付款)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from gonghui.accounts.models import User
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.finance.models import Book
from gonghui.finance.selectors import boards
from gonghui.treasury.selectors import marks
from gonghui.treasury.services import guard
from gonghui.treasury.tests import make

pytestmark = [pytest.mark.django_db]
NOW = date(2025, 10, 10)


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.at(NOW):
        yield


def browser(actor: Any) -> Any:
    return accounts.client(User.objects.get(pk=actor.user_id))


@pytest.mark.system("S209")
def test_a_voucher_says_what_its_item_has_left_or_how_it_would_pass() -> None:
    of = make.union()
    make.in_force(of)
    fits = make.voucher(of, 500_000, checked=False)
    (held,) = guard.passed(fits)
    assert "在预算以内" in held.text and "办完还剩 ¥15,000.00" in held.text and not list(guard.check(fits))
    over = make.voucher(of, 2_500_000, checked=False)
    assert next(f.text for f in guard.check(over)).endswith("可以这样改：减到 ¥20,000.00 以内，或先按程序调整预算。")
    assert not list(guard.passed(over))
    (none,) = guard.check(make.voucher(of, 100, "publicity", checked=False))
    assert "把这一项列进去" in none.text


@pytest.mark.system("S208")
def test_the_board_marks_the_book_over_its_budget_and_the_one_without() -> None:
    rich, poor, bare = make.union("甲厂"), make.union("乙厂"), make.union("丙厂")
    make.in_force(rich)
    make.in_force(poor, [make.ROWS[0], make.ROWS[3]])
    for of in (rich, poor):
        make.posted(of, 1_900_000)
    assert {b.union.name for b in boards.tab(boards.exceptions_first(_books(), NOW), "no_budget")} == {bare.name}
    assert boards.tab_counts(_books(), NOW)["over_budget"] == 0  # negative control: both are within their budgets
    make.posted(poor, 150_000, event="meal")
    assert [b.union_id for b in boards.tab(boards.exceptions_first(_books(), NOW), "over_budget")] == [poor.pk]
    (line,) = boards.lines(boards.tab(boards.exceptions_first(_books(), NOW), "over_budget"), NOW)
    assert ("超预算", "bad") in line.marks


def _books() -> Any:
    return Book.objects.filter(kind="real").select_related("union")


@pytest.mark.system("S208")
def test_a_payment_takes_over_what_its_voucher_says_and_a_paid_one_says_so() -> None:
    of = make.union()
    make.in_force(of)
    row = make.voucher(of, 88_000)
    desk = browser(make.maker(of))
    url = reverse("treasury:payment_new") + f"?union={of.pk}&ground=v{row.pk}"
    page = desk.get(url).content.decode()
    assert 'value="880.00"' in page and 'value="办活动"' in page
    made = make.payment(of, 88_000, voucher=row)
    wrong = {"words": "办活动", "amount_fen": "8800000", "payee": "西街文体店"}  # more than the voucher
    back = desk.post(reverse("treasury:payment_edit", args=[made.pk]), wrong)
    assert back.status_code == 422 and 'value="西街文体店"' in back.content.decode()
    assert "已经全部提出付款" in desk.get(url).content.decode()


def test_before_a_month_is_closed_its_depreciation_is_asked_for() -> None:
    from gonghui.treasury.services import assets

    of = make.union()
    assert list(marks.before_closing(make.book(of), 202509)) == []  # nothing to write off, no bank lines
    assets.asset_add(actor=make.maker(of), union=of, name="电脑", kind="computer", cost_fen=460_000, bought_on=date(2025, 9, 2), years=6)
    assert "折旧还没有计提" in next(iter(marks.before_closing(make.book(of), 202509)))


def test_a_refused_disposal_keeps_what_was_typed() -> None:
    from gonghui.treasury.services import assets

    of = make.union()
    (row, *_) = assets.asset_add(
        actor=make.maker(of), union=of, name="电脑", kind="computer", cost_fen=460_000, bought_on=date(2025, 9, 2), years=6
    )
    url, typed = (
        reverse("treasury:asset_act", args=[row.pk, "dispose"]),
        {"on": "2025-08-01", "reason": "雷击损坏，无法修复", "proceeds_fen": "12.50"},
    )
    desk = browser(make.maker(of))
    page = desk.post(url, typed)
    said = page.content.decode()
    assert page.status_code == 422 and "雷击损坏，无法修复" in said and 'value="12.50"' in said and "<details open" in said
    new = desk.post(reverse("treasury:asset_new"), {"name": "投影仪", "quantity": "x"})
    assert new.status_code == 422 and 'value="投影仪"' in new.content.decode()


def test_a_refused_purchase_of_a_project_keeps_what_was_typed() -> None:
    from gonghui.treasury.enums import ProjectKind
    from gonghui.treasury.services import projects

    of = make.union()
    row = projects.project_open(actor=make.maker(of), union=of, name="职工书屋", kind=ProjectKind.choices[0][0], begun_on=NOW)
    page = browser(make.maker(of)).post(
        reverse("treasury:project_act", args=[row.pk, "purchase"]), {"name": "书架", "supplier": "东街家具", "quantity": "0"}
    )
    said = page.content.decode()
    assert page.status_code == 422 and 'value="东街家具"' in said and "<details open" in said
