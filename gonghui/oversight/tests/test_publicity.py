"""Half-yearly statements, questions without askers, workbench, classes (S219, S221)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.finance import services as finance
from gonghui.members.tests import make as members
from gonghui.notices.models import Notice
from gonghui.oversight import exports, jobs, verify
from gonghui.oversight.models import Faq, Question, Statement
from gonghui.oversight.selectors import publicity as reads
from gonghui.oversight.selectors import training as class_reads
from gonghui.oversight.selectors import workbench
from gonghui.oversight.services import publicity, training
from gonghui.oversight.tests import make
from gonghui.spending.enums import Use
from gonghui.spending.services import LineData, override_ask, override_decide  # type: ignore[attr-defined]
from gonghui.spending.tests import make as spending

pytestmark = pytest.mark.django_db
AFTER = date(2026, 7, 10)


def kept(vouchers: int = 3) -> Any:
    with clock.at(date(2026, 6, 30)):
        union = make.union()
        make.book(union, vouchers)
    return union


def hands(union: Any) -> tuple[Any, Any]:
    return make.hand(Role.FINANCE, union, "钱会计"), make.hand(Role.CHAIR, union, "张主席")


def published(union: Any) -> Statement:
    clerk, chair = hands(union)
    with clock.at(AFTER):
        row = publicity.statement_make(actor=clerk, union=union, year=2026, half=1, words="看望了生病的会员")
        return publicity.statement_publish(actor=chair, statement=row)


def member_of(union: Any) -> Any:
    return members.worker(union.memberships.order_by("pk").first().person)


@pytest.mark.system("S219")
def test_the_statement_is_what_the_books_say_and_never_changes() -> None:
    union = kept()
    clerk, chair = hands(union)
    with clock.at(date(2026, 6, 30)), pytest.raises(RuleViolation, match="还没有结束"):
        publicity.statement_make(actor=clerk, union=union, year=2026, half=1)
    with clock.at(AFTER):
        row = publicity.statement_make(actor=clerk, union=union, year=2026, half=1)
        f = row.figures
        assert (f["income_fen"], f["expense_fen"], f["dues_fen"]) == (60_000, 33_000, 60_000)
        assert (f["opening_fen"], f["closing_fen"]) == (1_000_000, 1_027_000), "what came in less what went out"
        assert f["surplus_fen"] == 27_000 and row.due_on == date(2026, 7, 30)
        with pytest.raises(RuleViolation, match="编制人"):
            both = accounts.acting((Role.FINANCE, union.path), (Role.CHAIR, union.path))
            publicity.statement_publish(actor=both, statement=publicity.statement_make(actor=both, union=union, year=2026, half=1))
        row = publicity.statement_make(actor=clerk, union=union, year=2026, half=1)
        book = row.book
        made = finance.entry(actor=clerk, book=book, event="hospital", on=date(2026, 6, 20), amount=500, words="补记")
        finance.voucher_check(actor=chair, voucher=made)
        finance.voucher_post(actor=make.hand(Role.CASHIER, union, "周出纳"), voucher=made)
        with pytest.raises(RuleViolation, match="账又变了"):
            publicity.statement_publish(actor=chair, statement=row)
        row = publicity.statement_make(actor=clerk, union=union, year=2026, half=1)
        publicity.statement_publish(actor=chair, statement=row)
        with pytest.raises(Conflict, match="已经公布"):
            publicity.statement_make(actor=clerk, union=union, year=2026, half=1)
    assert list(verify.published()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Statement.objects.filter(pk=row.pk).update(words="改写")


@pytest.mark.system("S219")
def test_a_member_asks_and_nobody_in_the_union_learns_who() -> None:
    union = kept()
    row = published(union)
    asker = member_of(union)
    _clerk, chair = hands(union)
    with clock.at(AFTER):
        question = publicity.question_ask(actor=asker, statement=row, words="会员生日为什么没有蛋糕")
        with pytest.raises(NotFound):
            stranger = members.worker(members.person())
            publicity.question_ask(actor=stranger, statement=row, words="别的工会的钱花哪了")
        seen = reads.question_get(actor=chair, pk=question.pk)
        assert "person_id" not in seen.__dict__ and not hasattr(reads.asked(row)[0], "person")
        with pytest.raises(RuleViolation, match="依据"):
            publicity.question_answer(actor=chair, question=seen, answer="按规定可以发，今年安排。", public=True)
        publicity.question_answer(actor=chair, question=seen, answer="按规定可以发，今年安排。", rule="finance.birthday", public=True)
        assert Faq.objects.get().clause.startswith("会员生日") and reads.faqs(union, "蛋糕")
        assert apps.get_model("notices.Notice").objects.filter(person_id=asker.person_id, title__contains="答复").count() == 1
        with pytest.raises(Conflict):
            publicity.question_answer(actor=chair, question=seen, answer="再答一次看看")
        user = accounts.officer((Role.CHAIR, union.path), totp=True)
        desk = accounts.client(user, stepped_up=True)
        for n in range(4):
            publicity.question_ask(actor=asker, statement=row, words=f"第 {n} 个问题是什么")
        waiting = Question.objects.filter(state="asked").latest("pk")
        for url in (reverse("oversight:statement", args=[row.pk]), reverse("oversight:answer", args=[waiting.pk])):
            page = desk.get(url).content.decode()
            assert "个问题是什么" in page and asker.name not in page and "person" not in page
        with pytest.raises(Exception, match="明天再提"):
            publicity.question_ask(actor=asker, statement=row, words="今天的第六个问题")


@pytest.mark.system("S219")
def test_a_late_half_year_warns_the_union_above_once_and_not_before_its_day() -> None:
    union = kept(1)
    with clock.at(date(2026, 7, 1)):
        town = accounts.officer((Role.TOWNSHIP, union.parent.path), name="镇主席")
    notices = apps.get_model("notices.Notice").objects.filter(user_id=town.pk, title__contains="逾期没有公布")
    with clock.at(date(2026, 7, 30)):
        assert jobs.publication() == {"told": 0} and not notices.exists()
    with clock.at(date(2026, 7, 31)):
        assert jobs.publication()["told"] >= 1 and jobs.publication() == {"told": 0}
        assert notices.count() == 1 and union.name in notices.get().title
        assert [b.union_id for b in reads.missing(accounts.actor(town), clock.today())] == [union.pk]
    published(union)
    with clock.at(date(2026, 8, 1)):
        assert not reads.missing(accounts.actor(town), clock.today()).exists()


@pytest.mark.system("S219")
def test_pages_of_officers_and_of_the_phone() -> None:
    union = kept()
    with clock.at(AFTER):
        desk = accounts.client(accounts.officer((Role.FINANCE, union.path), totp=True), stepped_up=True)
        chair = accounts.client(accounts.officer((Role.CHAIR, union.path), totp=True), stepped_up=True)
        assert desk.post(reverse("oversight:statement_new"), {"half": "1999-1"}).status_code == 422
        made = desk.post(reverse("oversight:statement_new"), {"half": "2026-1", "words": "看望会员"})
        assert made.status_code == 302 and "¥330.00" in desk.get(made.url).content.decode()
        phone = accounts.client(accounts.worker(person_id=member_of(union).person_id))
        pk = Statement.objects.get().pk
        mine = reverse("oversight:m-statement", args=[pk])
        assert phone.get(mine).status_code == 404, "a draft is not told"
        chair.post(made.url + "publish/")
        assert "上半年" in phone.get(reverse("oversight:m-statements")).content.decode()
        assert phone.post(mine, {"words": "短"}).status_code == 422
        assert phone.post(mine, {"words": "现金为什么这么多"}).status_code == 302
        assert "现金为什么这么多" in phone.get(mine).content.decode()
        answer = reverse("oversight:answer", args=[Question.objects.get().pk])
        assert chair.post(answer, {"answer": ""}).status_code == 422
        assert chair.post(answer, {"answer": "存在银行，现金很少。", "rule": "finance.cash_limit", "public": "on"}).status_code == 302
        assert "存在银行" in phone.get(reverse("oversight:m-faq") + "?q=现金").content.decode()
        everything = phone.get(reverse("oversight:m-faq"))
        assert everything.status_code == 200 and "发东西要签字吗" not in everything.content.decode(), "no such clause at this place"
        assert (
            "《现金管理暂行条例》" in everything.content.decode() and "日起</p>" in everything.content.decode()
        )  # the clause with its day
        assert "<svg" in chair.get(made.url + "print/").content.decode()
        assert union.name in chair.get(reverse("oversight:statements")).content.decode()
        found = chair.get(reverse("oversight:statements") + "?view=missing&q=没有的")
        assert (
            found.status_code == 200 and 'name="view" value="missing"' in found.content.decode()
        )  # looking for a union stays in this list


# -- workbench


@pytest.mark.system("S218")
def test_every_total_is_the_sum_of_its_vouchers_and_three_clicks_reach_the_people() -> None:
    union = kept(4)
    who = make.auditor(union)
    book = reads.books.book_of(union)
    since, until = date(2026, 1, 1), date(2026, 6, 30)
    whole = workbench.board(who, book, since, until)
    assert whole.income_fen == 60_000 and whole.expense_fen == 46_000
    for t in [*whole.income, *whole.expense, *whole.other]:
        assert sum(fen for _v, fen in workbench.listed(who, book, t.key, since, until)) == t.fen
    with pytest.raises(NotFound):
        workbench.listed(who, book, "999", since, until)
    desk = accounts.client(accounts.officer((Role.AUDITOR, union.parent.path), totp=True), stepped_up=True)
    url = reverse("oversight:board", args=[book.pk]) + f"?since={since}&until={until}"
    first = re.findall(r'href="(/console/oversight/workbench/\d+/5[^"]+)"', desk.get(url).content.decode())[0].replace("&amp;", "&")
    page = desk.get(first).content.decode()
    assert "与总数一致" in page
    second = re.findall(r'href="(/console/oversight/trail/\d+/)"', page)[0]
    page = desk.get(second).content.decode()
    assert "钱会计" in page and "张主席" in page and "周出纳" in page and "没有附件" in page
    third = re.findall(r'href="(/console/finance/vouchers/\d+/)"', page)[0]
    assert desk.get(third).status_code == 200


@pytest.mark.system("S218")
def test_overrides_of_vouchers_and_plans_stand_in_one_list() -> None:
    union = make.union()
    clerk, chair = spending.clerk(union), spending.chair(union)
    plan = spending.plan(union, LineData(Use.PARTICIPATION, 100_000, 2, "参与奖"), actor=clerk, count=2)
    row = override_ask(actor=clerk, plan=plan, reason="上级统一组织的比赛，奖品由上级定")[0]
    override_decide(actor=chair, override=row, grant=True, opinion="同意")
    who = make.auditor(union)
    assert [r.state for r in workbench_rows(who)] == ["granted"] and workbench_rows(who, origin="voucher") == []
    assert workbench_rows(make.hand(Role.AUDITOR, spending.orgs.township("另一镇"), "别处经审")) == []
    desk = accounts.client(accounts.officer((Role.AUDITOR, union.parent.path), totp=True), stepped_up=True)
    url = reverse("oversight:overrides")
    assert "上级统一组织的比赛" in desk.get(url).content.decode()
    assert "上级统一组织的比赛" in desk.get(url + "?print=1").content.decode()
    assert "没有例外" in desk.get(url + "?state=refused").content.decode()
    assert desk.post(url + "export/", {"purpose": "经审会例会"}).status_code == 302
    name, data = exports.overrides(who, {})
    assert name.endswith(".xlsx") and len(data) > 1000


def workbench_rows(actor: Any, **more: Any) -> list[Any]:
    from gonghui.oversight.selectors import overrides

    return overrides.rows(actor, **more)


# -- classes


@pytest.mark.system("S221")
def test_a_class_is_about_what_people_asked_and_is_passed_on() -> None:
    union = kept(1)
    row = published(union)
    town = union.parent
    root = town.parent
    head, local = make.hand(Role.CITY, root, "市干部"), make.hand(Role.TOWNSHIP, town, "镇主席")
    _clerk, chair = hands(union)
    with clock.at(date(2026, 10, 24)):
        question = publicity.question_ask(actor=member_of(union), statement=row, words="为什么不能发现金")
        publicity.question_answer(actor=chair, question=question, answer="要走银行转账。", rule="finance.cash_limit")
        klass = training.class_make(
            actor=head, union=root, title="财务经审培训沟通会", on=date(2026, 10, 24), place="市总工会", unions=[town]
        )
        assert [(a.rule, a.asked) for a in klass.agenda.all()] == [("finance.cash_limit", 1)]
        assert Notice.objects.filter(title__startswith="请参加", user_id=local.user_id).count() == 1
        assert not Notice.objects.filter(title__startswith="请参加", user_id=chair.user_id).exists()  # the union below is not invited
        assert (class_reads.yearly(root, 2026).outcome, class_reads.yearly(town, 2026).outcome) == (True, False)  # called; not yet come
        with pytest.raises(RuleViolation, match="填到会人数"):
            training.class_hold(actor=head, klass=klass, people={})
        training.class_hold(actor=head, klass=klass, people={town.pk: 2})
        with pytest.raises(Conflict):
            training.class_hold(actor=head, klass=klass, people={town.pk: 2})
        assert class_reads.yearly(town, 2026).outcome is True
        assert training.cascade_remind(actor=make.system) == 0
        with clock.at(date(2026, 11, 24)):  # the day after the thirtieth
            assert training.cascade_remind(actor=make.system) > 0 and training.cascade_remind(actor=make.system) == 0
            assert Notice.objects.filter(title__startswith="培训还没有传达", user_id=local.user_id).count() == 1
        assert klass.people == 2 and [c.union_id for c in class_reads.cascade(local)] == [town.pk]
        child = training.class_make(actor=local, union=town, title="传达", on=clock.today(), place="镇里", unions=[union], parent=klass)
        assert [a.rule for a in child.agenda.all()] == ["finance.cash_limit"]
        with pytest.raises(NotFound):
            training.class_make(actor=local, union=town, title="越级", on=clock.today(), place="镇里", unions=[root])
        assert class_reads.cascade(local).exists(), "called is not held"
        training.class_hold(actor=local, klass=child, people={union.pk: 5})
        assert not class_reads.cascade(local).exists()
        assert not klass.invited.get().late
    with clock.at(date(2026, 10, 23)), pytest.raises(RuleViolation, match="还没有开"):
        training.class_hold(actor=head, klass=klass, people={town.pk: 2})
    with clock.at(date(2026, 10, 24) + timedelta(days=1)):
        desk = accounts.client(accounts.officer((Role.TOWNSHIP, town.path), totp=True), stepped_up=True)
        body = {"title": "镇财务培训", "on": "2026-10-20", "place": "镇会议室", "unions": [union.pk]}
        assert desk.post(reverse("oversight:class_new"), {**body, "unions": []}).status_code == 422
        made = desk.post(reverse("oversight:class_new"), body)
        assert made.status_code == 302 and "多少钱以下可以付现金" in desk.get(made.url).content.decode()
        assert desk.post(made.url + "hold/", {f"people-{union.pk}": "x"}).status_code == 422
        assert desk.post(made.url + "hold/", {f"people-{union.pk}": "3"}).status_code == 302
        assert desk.get(made.url + "print/").status_code == 200 and desk.get(reverse("oversight:classes")).status_code == 200
        assert desk.get(reverse("oversight:class_new") + f"?from={klass.pk}").status_code == 200
