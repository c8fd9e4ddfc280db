"""Every page of the books opens and works (账务页面)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import fastexcel
import pytest
from django.test import Client
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.finance import services
from gonghui.finance.models import Book, Override, Period, Posting, PracticeTry, Voucher
from gonghui.finance.rules import Finding
from gonghui.finance.selectors.boards import account_register
from gonghui.finance.tests import make
from gonghui.finance.web import common

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 31)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with clock.at(MARCH):
        yield


@pytest.fixture
def book() -> Book:
    found = make.book()
    make.opening(found)
    make.posted(found, 12_300)
    make.draft(found, 400, event="warmth", words="送温暖")
    make.checked(found, 500, event="sports", words="趣味运动会")
    return found


def browser(role: Role, book: Book) -> Client:
    return accounts.client(accounts.officer((role, book.union.path), name=f"{role.label}某"))


@pytest.mark.system("S208")
def test_every_page_of_a_book_opens(book):
    reader = browser(Role.FINANCE, book)
    one = Voucher.objects.filter(book=book, state="posted").first()
    paths = [
        *(reverse(f"finance:{n}", args=[book.pk]) for n in ("book", "new", "expert", "opening", "bundle", "trial", "ledger", "statements", "periods", "agent")),
        *(reverse(f"finance:{n}") for n in ("books", "open", "summary", "accounts", "inbox", "practice")),
        *(reverse("finance:voucher", args=[v.pk]) for v in Voucher.objects.filter(book=book)),
        reverse("finance:voucher_print", args=[one.pk]), reverse("finance:new", args=[book.pk]) + "?event=hospital",
        *(reverse(f"finance:{n}", args=[book.pk]) + "?print=1" for n in ("trial", "ledger", "statements")),
        *(reverse(f"finance:{n}", args=[book.pk]) + "?format=xlsx" for n in ("trial", "statements")),
        reverse("finance:summary") + "?format=xlsx", reverse("finance:practice_case", args=["levy"]), reverse("finance:book", args=[book.pk]) + "?q=看望&month=202603",
        reverse("finance:ledger", args=[book.pk]) + "?account=501", reverse("finance:books") + "?state=waiting", reverse("finance:books") + "?format=xlsx", reverse("finance:book", args=[book.pk]) + "?format=xlsx",
        reverse("finance:ledger", args=[book.pk]) + "?format=xlsx", reverse("finance:shares", args=["50105"]), reverse("finance:shares", args=["102"]) + "?format=xlsx",
    ]  # fmt: skip
    for path in paths:
        assert reader.get(path).status_code == 200, path


def test_the_printed_statements_name_who_signs_them(book):
    page = browser(Role.FINANCE, book).get(reverse("finance:statements", args=[book.pk]) + "?print=1").content.decode()
    assert "法定代表人：" in page and "主管会计工作的负责人：" in page and "会计机构负责人（会计主管人员）：" in page


def test_the_change_of_charts_asks_for_every_fact_of_its_table():
    from gonghui.finance.rules import transition
    from gonghui.finance.web.reports import _transition_form

    form = _transition_form({"used": "12.50"})
    assert list(form.fields) == list(transition.table()["needs"]) and form.is_valid() and form.cleaned_data["used"] == 1250


def test_the_trial_balance_on_the_page_is_even(book):
    text = browser(Role.AUDITOR, book).get(reverse("finance:trial", args=[book.pk])).content.decode()
    assert "合计" in text and "10,000.00" in text and "123.00" in text


@pytest.mark.system("S208")
def test_a_newcomer_books_a_visit_from_one_page(book):
    clerk = browser(Role.FINANCE, book)
    url = reverse("finance:new", args=[book.pk]) + "?event=hospital"
    data = {"on": "2026-03-20", "amount": "200", "words": "看望住院会员", "participants": "1"}
    looked = clerk.post(url, {**data, "look": "1"})
    assert looked.status_code == 200 and "还没有附件" in looked.content.decode()
    assert not Voucher.objects.filter(total_fen=20_000).exists()  # looking keeps nothing
    from django.core.files.uploadedfile import SimpleUploadedFile

    kept = clerk.post(url, {**data, "save": "1", "papers": SimpleUploadedFile("签收单.png", PNG, "image/png")})
    row = Voucher.objects.get(total_fen=20_000)
    assert kept.status_code == 302 and row.facts["participants"] == 1 and row.files.count() == 1
    checker, cashier = browser(Role.CHAIR, book), browser(Role.CASHIER, book)
    checker.post(reverse("finance:voucher_act", args=[row.pk, "check"]))
    cashier.post(reverse("finance:voucher_act", args=[row.pk, "post"]))
    row.refresh_from_db()
    assert (row.state, row.number) == ("posted", 2)
    paper = cashier.get(reverse("finance:paper", args=[row.files.get().pk]))
    assert paper.status_code == 302


def test_missing_and_bad_fields_answer_422(book):
    clerk = browser(Role.FINANCE, book)
    assert clerk.post(reverse("finance:new", args=[book.pk]) + "?event=hospital", {"amount": "x"}).status_code == 422
    assert (
        clerk.post(
            reverse("finance:expert", args=[book.pk]), {"on": "2026-03-01", "words": "不平", "account0": "102", "debit0": "5"}
        ).status_code
        == 422
    )
    assert clerk.post(reverse("finance:open"), {}).status_code == 422
    assert clerk.post(reverse("finance:practice_case", args=["levy"]), {}).status_code == 422


def test_expert_mode_keeps_its_lines_and_can_be_edited(book):
    clerk = browser(Role.FINANCE, book)
    bare = clerk.post(reverse("finance:expert", args=[book.pk]), {"on": "2026-03-01", "words": "试", "debit0": "120.5", "account1": "102"})
    said = bare.content.decode()
    assert bare.status_code == 422 and "第 1 行填了金额，还没有选科目。" in said and "第 2 行选了科目" in said and 'value="120.5"' in said
    data = {
        "on": "2026-03-01",
        "words": "宣传展板",
        "account0": "50103",
        "debit0": "88.50",
        "account1": "102",
        "credit1": "88.50",
        "kind": "normal",
    }
    assert clerk.post(reverse("finance:expert", args=[book.pk]), data).status_code == 302
    row = Voucher.objects.get(words="宣传展板")
    assert clerk.get(reverse("finance:voucher_edit", args=[row.pk])).status_code == 200
    clerk.post(reverse("finance:voucher_edit", args=[row.pk]), {**data, "debit0": "90", "credit1": "90"})
    row.refresh_from_db()
    assert row.total_fen == 9000


@pytest.mark.invariant("LED-10")
def test_a_block_needs_a_reason_and_another_person(book, monkeypatch):
    from gonghui.finance import hooks

    monkeypatch.setitem(hooks._guards, "trial", lambda v: [Finding("block", "人均超过标准。", None, "cap")])
    row = make.draft(book, 900, event="prize", words="奖品")
    checker, clerk = browser(Role.CHAIR, book), browser(Role.FINANCE, book)
    checker.post(reverse("finance:voucher_act", args=[row.pk, "check"]))
    assert Voucher.objects.get(pk=row.pk).state == "draft"  # blocked
    short = clerk.post(reverse("finance:voucher_act", args=[row.pk, "ask"]), {"key": "trial.cap", "reason": "统一"})
    assert short.status_code == 422 and ">统一</textarea>" in short.content.decode()  # what was typed stays
    clerk.post(reverse("finance:voucher_act", args=[row.pk, "ask"]), {"key": "trial.cap", "reason": "省级决赛统一标准"})
    asked = Override.objects.get()
    clerk.post(reverse("finance:override", args=[asked.pk, "grant"]))
    assert Override.objects.get().state == "asked"  # not by the one who asked
    checker.post(reverse("finance:override", args=[asked.pk, "grant"]))
    checker.post(reverse("finance:voucher_act", args=[row.pk, "check"]))
    assert Voucher.objects.get(pk=row.pk).state == "checked"
    monkeypatch.setitem(hooks._guards, "trial", lambda v: [])
    free = make.draft(book, 901, event="prize", words="奖品")  # negative control: without the guard nothing stops it
    assert services.voucher_check(actor=make.checker(book), voucher=free).state == "checked"


@pytest.mark.invariant("LED-06")
def test_months_close_in_order_and_reopen_only_by_the_auditors(book):
    clerk, auditor = browser(Role.FINANCE, book), browser(Role.AUDITOR, book)
    close, reopen = (reverse("finance:period_act", args=[book.pk, verb]) for verb in ("close", "reopen"))
    clerk.post(close, {"month": "202603"})
    assert not Period.objects.filter(state="closed").exists()  # vouchers wait, and January is open
    clerk.post(close, {"month": "202601"})
    assert Period.objects.get(month=202601).state == "closed"
    assert clerk.post(reopen, {"month": "202601", "note": "补一张凭证"}).status_code == 403
    auditor.post(reopen, {"month": "202601", "note": ""})
    assert Period.objects.get(month=202601).state == "closed"
    auditor.post(reopen, {"month": "202601", "note": "补一张凭证"})
    assert Period.objects.get(month=202601).state == "open" and Period.objects.get(month=202601).reopened == 1


def test_practice_hints_until_it_is_right(book):
    reader = browser(Role.CASHIER, book)
    url = reverse("finance:practice_case", args=["hospital"])
    wrong = reader.post(url, {"event": "warmth", "amount": "500", "participants": "1"})
    assert "困难职工" in wrong.content.decode()
    right = reader.post(url, {"event": "hospital", "amount": "500", "participants": "1"})
    assert "做对了" in right.content.decode() and "50105" in right.content.decode()
    assert list(PracticeTry.objects.values_list("right", flat=True)) == [False, True]
    assert Book.objects.filter(kind="practice").count() == 1
    assert Voucher.objects.filter(book__kind="practice").count() == 0


@pytest.mark.system("S210")
def test_the_account_register_says_who_has_no_account(book):
    from gonghui.orgs.services import posts

    town = book.union.parent
    reader = browser(Role.TOWNSHIP, make.book(town))
    assert "没有账户" in reader.get(reverse("finance:accounts")).content.decode()
    posts.certificate_add(
        actor=make.orgs.system, union=book.union, number="工法证字 1 号", issued_on=date(2025, 1, 5), valid_until=date(2028, 1, 5)
    )
    posts.account_set(actor=make.orgs.system, union=book.union, bank="江州农商行", number="6222021001112223334", since=date(2026, 1, 5))
    register = account_register(make.officer(Role.TOWNSHIP, town, 5))
    assert register.rows.get(pk=book.union.pk).bank == "江州农商行"
    assert {k: n for k, _l, n in register.tabs}["none"] == register.rows.count() - 1


def test_a_foreign_book_is_not_there(book):
    stranger = browser(Role.FINANCE, make.book(make.union("外厂")))
    for name in ("book", "trial", "ledger", "statements", "periods", "new", "expert", "agent"):
        assert stranger.get(reverse(f"finance:{name}", args=[book.pk])).status_code == 404
    assert stranger.get(reverse("finance:voucher", args=[Voucher.objects.filter(book=book).first().pk])).status_code == 404


@pytest.mark.system("S208")
def test_the_rules_speak_while_the_form_is_filled_and_search_knows_everyday_words(book):
    clerk, url = browser(Role.FINANCE, book), reverse("finance:new", args=[book.pk])
    assert clerk.get(url + "?q=粽子").url == url + "?event=festival"  # one hit opens at once
    assert "购买固定资产" in clerk.get(url + "?q=电脑", headers={"HX-Request": "true"}).content.decode()
    line = clerk.get(url + "?q=利息&on=2026-03-21&amount=48.12&words=三季度利息&detail=江州农商行")  # from a line of the bank
    assert 'value="48.12"' in clerk.get(line.url).content.decode() and "event=other_income" in line.url
    asked = {"on": "2026-03-20", "amount": "300", "words": "奖品", "participants": "60", "winners": "40"}
    said = clerk.post(url + "?event=prize", asked, headers={"HX-Request": "true"}).content.decode()
    assert "获奖面符合规定" in said and "没有批准的预算" in said and "<h1" not in said
    assert not Voucher.objects.filter(total_fen=30_000).exists()
    too_many = clerk.post(url + "?event=prize", {**asked, "winners": "61", "save": "1"})
    assert too_many.status_code == 422 and "多于参加的 60 人" in too_many.content.decode() and 'value="300"' in too_many.content.decode()


def test_a_voucher_made_from_an_event_is_changed_the_same_way(book):
    clerk, row = browser(Role.FINANCE, book), Voucher.objects.get(words="送温暖")
    url = reverse("finance:voucher_edit", args=[row.pk])
    page = clerk.get(url).content.decode()
    assert 'value="4.00"' in page and "第 1 行科目" not in page and "第 1 行科目" in clerk.get(url + "?lines=1").content.decode()
    clerk.post(url, {"on": "2026-03-11", "amount": "5", "words": "送温暖", "participants": "3", "detail": "东街超市", "save": "1"})
    row.refresh_from_db()
    assert (row.total_fen, row.event, row.facts["participants"], row.facts["payee"]) == (500, "warmth", 3, "东街超市")


def test_opening_balances_by_hand_must_balance(book):
    other = make.book(make.union("青石二厂"))
    clerk, url = browser(Role.FINANCE, other), reverse("finance:opening", args=[other.pk])
    wrong = clerk.post(url, {"a102": "1000", "a322": "900"})
    assert wrong.status_code == 422 and "相差 ¥100.00" in wrong.content.decode() and 'value="1000"' in wrong.content.decode()
    clerk.post(url, {"a102": "1000", "a162": "500", "a163": "100", "a30104": "400", "a322": "1000"})
    made = Voucher.objects.get(book=other)
    assert (made.kind, made.total_fen, [x.credit for x in made.lines if x.account == "163"]) == ("opening", 150_000, [10_000])


def test_what_stands_behind_the_statements(book):
    from gonghui.finance.selectors import notes

    special = make.posted(book, 5_000, event="special_received", facts={"project": "帮扶资金"}, words="专项补助")
    make.posted(book, 2_000, event="warmth", facts={"project": "帮扶资金"}, words="送温暖")
    make.posted(book, 700, event="advance_paid", facts={"detail": "李某"}, words="借备用金")
    found = notes.notes(book, MARCH)
    assert found.projects == [("帮扶资金", 5_000, 2_000, 3_000)] and ("135 其他应收款", "李某", 700) in found.dealings
    made = browser(Role.FINANCE, book).get(reverse("finance:statements", args=[book.pk]) + "?format=xlsx").content
    third = [[c for c in row if c] for row in fastexcel.read_excel(made).load_sheet("附注", header_row=None).to_polars().rows()]
    assert ["帮扶资金", 50.0, 20.0, 30.0] in [[_number(c) for c in row] for row in third]
    assert special.number and notes.shares(Book.objects.filter(kind="real"), "403", MARCH) == [(book, 5_000)]


def _number(cell):
    return float(cell) if str(cell).replace(".", "").isdigit() else cell


def test_the_board_puts_a_book_with_too_little_money_first(book):
    from gonghui.finance.selectors import boards

    poor = make.book(make.union("清水厂"))
    make.posted(poor, 900)
    first = boards.exceptions_first(Book.objects.filter(kind="real"), MARCH).first()
    assert first == poor and ("账上钱为负", "bad") in boards.lines([first], MARCH)[0].marks
    assert boards.tab_counts(Book.objects.filter(kind="real"), MARCH)["short"] == 1  # the other one is not marked


def test_a_voucher_is_found_by_its_amount_and_booked_anew_after_its_reversal(book):
    clerk, row = browser(Role.FINANCE, book), Voucher.objects.get(book=book, number=1, event="hospital")
    url = reverse("finance:book", args=[book.pk])
    assert (
        "看望住院会员" in clerk.get(url + "?q=123.00").content.decode() and "没有符合条件" in clerk.get(url + "?q=123.01").content.decode()
    )
    clerk.post(reverse("finance:voucher_act", args=[row.pk, "reverse"]), {"note": "金额记错了"})
    page = clerk.get(reverse("finance:voucher", args=[row.pk])).content.decode()
    assert "照原来的内容重新记一笔" in page and "amount=123.00" in page


def test_a_month_is_printed_for_binding_with_its_cover(book):
    page = browser(Role.AUDITOR, book).get(reverse("finance:bundle", args=[book.pk]) + "?month=202603").content.decode()
    assert "共 1 张" in page and "壹佰贰拾叁元整" in page and page.count("记字第 1 号") == 2  # on the cover and on the voucher
    assert "没有记账凭证" in browser(Role.AUDITOR, book).get(reverse("finance:bundle", args=[book.pk]) + "?month=202602").content.decode()


def test_a_ledger_too_long_for_one_file_says_so_instead_of_leaving_lines_out(book, monkeypatch):
    reader, here = browser(Role.FINANCE, book), reverse("finance:ledger", args=[book.pk])
    lines = Posting.objects.filter(book=book, account="102").count()
    for most, status in ((lines, 200), (lines - 1, 422)):
        monkeypatch.setattr(common, "MOST_ROWS", most)
        for kind in ("?format=xlsx", "?print=1"):
            answer = reader.get(here + kind)
            assert answer.status_code == status
    assert "请缩短日期范围" in answer.content.decode()
