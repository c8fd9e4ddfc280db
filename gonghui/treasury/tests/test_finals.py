"""Final accounts (决算): from the closed year, explained, examined, approved, reported, sent back, frozen; reminders of budgets."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import services as approvals
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.finance import services as finance
from gonghui.notices.models import Notice
from gonghui.treasury import verify
from gonghui.treasury.enums import FinalState
from gonghui.treasury.models import BudgetReminder, FinalAccount, FinalLine
from gonghui.treasury.selectors import finals as reads
from gonghui.treasury.services import finals, reminders
from gonghui.treasury.tests import make

pytestmark = pytest.mark.django_db
AFTER = date(2026, 1, 20)


def _year(union: Any) -> None:
    """A budget, an income, two spendings, one of them twice what was planned."""
    make.in_force(union)
    book, on = make.book(union), date(2025, 6, 3)
    clerk = make.maker(union)
    for event, fen in (("levy_received", 10_000_000), ("festival", 2_900_000), ("sports", 1_000_000)):
        made = finance.entry(actor=clerk, book=book, event=event, on=on, amount=fen, words="全年", facts={"participants": 60, "part": 0})
        made = finance.voucher_check(actor=make.chair(union), voucher=made)
        finance.voucher_post(actor=make.cashier(union), voucher=made)


def _closed(union: Any, year: int = 2025) -> None:
    clerk, book = make.maker(union), make.book(union)
    made = finance.year_close(actor=clerk, book=book, year=year)
    finance.voucher_post(actor=make.cashier(union), voucher=finance.voucher_check(actor=make.chair(union), voucher=made))
    finance.periods_close(actor=clerk, book=book, until=year * 100 + 12)


@pytest.fixture
def union() -> Any:
    """A union whose year 2025 is closed, seen from January 2026."""
    with clock.at(AFTER):
        made = make.union()
        _year(made)
        _closed(made)
        yield made


def explained(union: Any) -> FinalAccount:
    row = finals.final_prepare(actor=make.maker(union), union=union, year=2025)
    words = dict.fromkeys(row.lines.filter(must=True).values_list("pk", flat=True), "活动改到明年办")
    return finals.final_explain(actor=make.maker(union), final=row, words=words, notes="")


def approved(union: Any) -> FinalAccount:
    row = finals.final_submit(actor=make.maker(union), final=explained(union))
    approvals.approval_decide(actor=make.auditor(union), approval=row.approval, decision="approve", opinion="账实相符，同意")
    row.approval.refresh_from_db()
    approvals.approval_decide(actor=make.chair(union), approval=row.approval, decision="approve")
    row.refresh_from_db()
    return row


def upper(union: Any) -> Any:
    return make.someone(union.parent, Role.CITY, "shangji")


@pytest.mark.system("S209")
def test_it_is_assembled_from_the_closed_book_beside_the_budget(union: Any) -> None:
    row = finals.final_prepare(actor=make.maker(union), union=union, year=2025)
    assert (row.income_fen, row.spending_fen, row.surplus_fen) == (10_000_000, 3_900_000, 6_100_000)
    assert (row.budget_income_fen, row.budget_spending_fen) == (10_000_000, 7_000_000)
    lines = {(x.account, x.activity): (x.budget_fen, x.done_fen, x.must) for x in row.lines.all()}
    assert lines["50105", "festival"] == (3_000_000, 2_900_000, False)  # within a tenth
    assert lines["50102", ""] == (2_000_000, 1_000_000, True)
    assert row.sheet["sums"]["assets"][1] == 6_100_000 == row.sheet["sums"]["net"][1]
    assert row.seal == reads.seal_of(make.book(union), 2025) != ""
    with pytest.raises(Conflict):
        finals.final_prepare(actor=make.maker(union), union=union, year=2025)


@pytest.mark.system("S209")
def test_an_open_or_untransferred_year_gives_no_final_account() -> None:
    with clock.at(AFTER):
        union = make.union()
        _year(union)
        with pytest.raises(RuleViolation) as caught:
            finals.final_prepare(actor=make.maker(union), union=union, year=2025)
        assert caught.value.code == "treasury.year_open"
        finance.periods_close(actor=make.maker(union), book=make.book(union), until=202512)
        with pytest.raises(RuleViolation) as caught:
            finals.final_prepare(actor=make.maker(union), union=union, year=2025)
        assert caught.value.code == "treasury.year_untransferred"
        assert not FinalAccount.objects.exists()


@pytest.mark.system("S209")
def test_differences_are_explained_before_it_goes_to_the_audit_committee(union: Any) -> None:
    row = finals.final_prepare(actor=make.maker(union), union=union, year=2025)
    with pytest.raises(RuleViolation) as caught:
        finals.final_submit(actor=make.maker(union), final=row)
    assert caught.value.code == "treasury.final_unexplained"
    row = finals.final_explain(actor=make.maker(union), final=row, words={}, notes="各项活动因厂房搬迁改到下一年度举办")
    row = finals.final_submit(actor=make.maker(union), final=row)
    assert [s.label for s in row.approval.steps.order_by("level")] == ["经费审查委员会审查", "工会委员会批准"]
    with pytest.raises(NotPermitted):
        approvals.approval_decide(actor=make.chair(union), approval=row.approval, decision="approve")  # not before the audit committee
    with pytest.raises(Conflict):
        finals.final_explain(actor=make.maker(union), final=row, words={}, notes="改")


@pytest.mark.system("S209")
def test_it_is_approved_reported_sent_back_with_a_reason_and_in_the_end_frozen(union: Any) -> None:
    row = approved(union)
    assert (row.state, row.opinion, row.examined_on, row.approved_on) == (FinalState.APPROVED, "账实相符，同意", AFTER, AFTER)
    above = upper(union)
    with pytest.raises(Conflict):
        finals.final_decide(actor=above, final=row, accept=True)
    row = finals.final_report(actor=make.maker(union), final=row, document_no="青工〔2026〕1 号")
    assert row.slip and reads.to_decide(actor=above).get() == row
    with pytest.raises(NotFound):
        finals.final_decide(actor=make.chair(union), final=row, accept=True)
    with pytest.raises(RuleViolation):
        finals.final_decide(actor=above, final=row, accept=False, reason="不行")
    row = finals.final_decide(actor=above, final=row, accept=False, reason="文体活动少支一半，请写清原因")
    assert (row.state, row.returned) == (FinalState.RETURNED, "文体活动少支一半，请写清原因")
    finals.final_explain(actor=make.maker(union), final=row, words={}, notes="秋季运动会因天气取消，结余转下年使用")
    row = finals.final_submit(actor=make.maker(union), final=row)
    for actor in (make.auditor(union), make.chair(union)):
        row.approval.refresh_from_db()
        approvals.approval_decide(actor=actor, approval=row.approval, decision="approve")
    row.refresh_from_db()
    row = finals.final_report(actor=make.maker(union), final=row)
    row = finals.final_decide(actor=above, final=row, accept=True)
    assert (row.state, row.decided_on) == (FinalState.ACCEPTED, AFTER)
    assert list(verify.finals_true()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        FinalAccount.objects.filter(pk=row.pk).update(income_fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        FinalLine.objects.filter(final=row).update(done_fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        FinalLine.objects.create(final=row, side="income", account="408", name="补")


def test_books_reopened_since_are_noticed_and_the_figures_taken_anew(union: Any) -> None:
    row = explained(union)
    finance.period_reopen(actor=make.auditor(union), book=make.book(union), month=202512, reason="补记一笔会费")
    with pytest.raises(Conflict) as caught:
        finals.final_submit(actor=make.maker(union), final=row)
    assert caught.value.code == "treasury.final_moved"
    with pytest.raises(RuleViolation):
        finals.final_refresh(actor=make.maker(union), final=row)
    finance.periods_close(actor=make.maker(union), book=make.book(union), until=202512)
    row = finals.final_refresh(actor=make.maker(union), final=row)
    assert not row.lines.filter(must=True, words="").exists()  # what was said is kept
    assert finals.final_submit(actor=make.maker(union), final=row).state == FinalState.PENDING
    FinalAccount.objects.filter(pk=row.pk).update(seal="0" * 64)
    assert len(list(verify.finals_true())) == 1  # the check sees it


@pytest.mark.system("S209")
def test_page_print_and_workbook_and_only_the_own_scope(union: Any) -> None:
    clerk = accounts.client(accounts.officer((Role.FINANCE, union.path), name="钱会计"))
    made = clerk.post(reverse("treasury:final_new"), {"union": union.pk, "year": "2025"})
    row = FinalAccount.objects.get()
    assert made.url == reverse("treasury:final", args=[row.pk])
    page = clerk.get(made.url).content.decode()
    assert "¥61,000.00" in page and "要说明" in page and "封存的账" in page
    line = row.lines.filter(must=True).first()
    clerk.post(reverse("treasury:final_explain", args=[row.pk]), {f"words-{line.pk}": "活动改期", "notes": "其余各项结余转入下年继续使用"})
    assert clerk.post(reverse("treasury:final_act", args=[row.pk, "submit"])).status_code == 302
    row.refresh_from_db()
    assert row.state == FinalState.PENDING
    printed = clerk.get(made.url + "?print=1").content.decode()
    assert "经费决算表" in printed and "活动改期" in printed
    data = clerk.get(reverse("treasury:final_export", args=[row.pk])).content
    said = " ".join(str(v) for row_ in pl.read_excel(io.BytesIO(data), has_header=False).rows() for v in row_)
    assert "活动改期" in said and "收入合计" in said
    assert "2025" in clerk.get(reverse("treasury:finals")).content.decode()
    assert clerk.post(reverse("treasury:final_act", args=[row.pk, "nonsense"])).status_code == 404
    assert clerk.post(reverse("treasury:final_new"), {"union": union.pk, "year": "x"}).status_code == 422
    stranger = accounts.client(accounts.officer((Role.FINANCE, make.union("白石茶厂").path), name="李会计"))
    for name in ("final", "final_export"):
        assert stranger.get(reverse(f"treasury:{name}", args=[row.pk])).status_code == 404
    assert stranger.post(reverse("treasury:final_act", args=[row.pk, "submit"])).status_code == 404


@pytest.mark.system("S209")
def test_the_union_above_reminds_those_without_a_budget_once_in_a_while() -> None:
    with clock.at(AFTER):
        union, other = make.union(), make.union("白石茶厂")
        make.in_force(other, year=2026)
        clerk, chair, above = make.maker(union), make.chair(union), upper(union)
        make.maker(other)
        found = reminders.budget_remind(actor=above, union=union.parent, year=2026)
        assert ([u.pk for u in found.told], found.lately) == ([union.pk], 0)
        assert set(Notice.objects.values_list("user_id", flat=True)) == {clerk.user_id, chair.user_id}
        assert reminders.budget_remind(actor=above, union=union.parent, year=2026).lately == 1
        with pytest.raises(NotPermitted):
            reminders.budget_remind(actor=chair, union=union, year=2026)
    with clock.at(date(2026, 2, 4)):  # fifteen days later
        assert len(reminders.budget_remind(actor=above, union=union.parent, year=2026).told) == 1
        assert BudgetReminder.objects.count() == 2
        make.in_force(union, year=2026)
        with pytest.raises(Conflict):
            reminders.budget_remind(actor=above, union=union.parent, year=2026)


def test_reminding_in_the_browser() -> None:
    with clock.at(AFTER):
        union = make.union()
        make.maker(union)
        city = accounts.client(accounts.officer((Role.CITY, union.parent.path), name="市总"))
        where = reverse("treasury:consolidated") + f"?union={union.parent.pk}&year=2026"
        assert "提醒这些工会编预算" in city.get(where).content.decode()
        said = city.post(reverse("treasury:budget_remind"), {"union": union.parent.pk, "year": "2026"}, follow=True).content.decode()
        assert re.search("已提醒 1 个工会", said) and "2026-01-20 提醒过" in said
        assert city.post(reverse("treasury:budget_remind"), {"union": union.parent.pk, "year": "1"}).status_code == 422
