"""Audit: a draw anyone can repeat, nobody audits own books, findings with clause mended with proof (S218)."""

from __future__ import annotations

import importlib.util
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotPermitted, RuleViolation
from gonghui.finance import services as finance
from gonghui.oversight import exports, jobs, verify
from gonghui.oversight.enums import FindingState, TaskState
from gonghui.oversight.models import AuditTask, Sample
from gonghui.oversight.rules import form, sampling
from gonghui.oversight.selectors import audits as reads
from gonghui.oversight.selectors import law, todo
from gonghui.oversight.services import audits, findings
from gonghui.oversight.tests import make

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]


def script() -> Any:
    spec = importlib.util.spec_from_file_location("check_sample", ROOT / "tools" / "check_sample.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def begun(vouchers: int = 12) -> tuple[Any, Any, Any]:
    """A union with books, its auditor, the task begun."""
    with clock.at(date(2026, 6, 30)):
        union = make.union()
        make.book(union, vouchers)
    with clock.at(make.VISIT):
        who = make.auditor(union)
        return union, who, audits.task_begin(actor=who, task=make.task(union, who), seed="开奖号 0731")


def looked(who: Any, task: Any) -> None:
    for n in task.samples.values_list("n", flat=True):
        audits.sample_look(actor=who, task=task, n=n, fine=True)


def faults(look: Any) -> list[str]:
    return list(look())


# -- the draw


@pytest.mark.system("S218")
def test_the_draw_comes_out_the_same_for_anyone(tmp_path: Path) -> None:
    _union, _who, task = begun()
    text = exports.roster(task).decode()
    assert script().faults(text) == [] and faults(verify.draws_repeat) == []
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    assert script().main([str(file)]) == 0
    assert task.size == 10 and len(task.roster.split("\n")) == 13, "ten at least, of twelve condolences and the dues"
    assert list(task.samples.values_list("key", flat=True)) == sampling.drawn(task.seed, task.roster.split("\n"), 10)


@pytest.mark.parametrize("what", ["amount", "dropped", "seed", "swapped", "headless"])
def test_a_tampered_list_is_found_by_the_script(what: str) -> None:
    _union, _who, task = begun()
    lines = exports.roster(task).decode().splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("2026"))
    if what == "amount":
        key, fen, digest = lines[first].split(",")
        lines[first] = f"{key},{int(fen) + 1},{digest}"
    elif what == "dropped":
        del lines[first]
    elif what == "seed":
        lines[0] += "1"
    elif what == "swapped":
        lines[-1], lines[-2] = lines[-2], lines[-1]
    else:
        del lines[2]
    assert script().faults("\n".join(lines)) != []


def test_what_was_drawn_stays_drawn_in_the_database() -> None:
    _union, who, task = begun()
    with pytest.raises(Conflict):
        audits.task_begin(actor=who, task=task, seed="another")
    for rows, change in ((AuditTask.objects, {"seed": "x"}), (AuditTask.objects, {"roster": ""}), (Sample.objects, {"n": 99})):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.filter(**({"pk": task.pk} if rows is AuditTask.objects else {"task": task, "n": 1})).update(**change)


def test_size_and_form_follow_the_rule_base() -> None:
    assert [sampling.size_for(n, 10, 20) for n in (0, 9, 10, 50, 51, 55, 56)] == [0, 9, 10, 10, 11, 11, 12]
    day = date(2026, 7, 1)
    assert sum(i.full for i in law.form_items(day)) == law.full(day) == 100
    assert form.items(["a|b|3|x;y"])[0].reasons == ("x", "y")


# -- who may audit


@pytest.mark.system("S218")
@pytest.mark.parametrize("role", [Role.FINANCE, Role.CASHIER, Role.FINANCE_HEAD, Role.CHAIR])
def test_nobody_audits_the_books_he_keeps(role: Role) -> None:
    with clock.at(make.VISIT):
        union = make.union(0)
        make.finance.book_open(actor=make.system, union=union, since=date(2026, 1, 1))
        who = make.auditor(union)
        task = make.task(union, who)
        both = accounts.acting((Role.AUDITOR, union.parent.path), (role, union.path), name="两头的人")
        with pytest.raises(RuleViolation, match="不能审计"):
            audits.team_add(actor=who, task=task, user_id=both.user_id)
        free = make.hand(Role.AUDITOR, union.parent, "另一位经审")
        audits.team_add(actor=who, task=task, user_id=free.user_id)
        assert {pk for pk, _n in reads.candidates(task)} >= {free.user_id} and both.user_id not in {pk for pk, _n in reads.candidates(task)}


def test_a_hand_in_one_voucher_is_enough_and_counts_later_too() -> None:
    union, who, task = begun(2)
    book = reads.books.book_of(union)
    accounts.give(accounts.User.objects.get(pk=who.user_id), Role.FINANCE, union.path)
    keeper = accounts.actor(accounts.User.objects.get(pk=who.user_id))
    with clock.at(make.VISIT + timedelta(days=1)):
        finance.entry(actor=keeper, book=book, event="hospital", on=make.VISIT, amount=100, words="看望会员")
        with pytest.raises(RuleViolation, match="办理过"):
            audits.sample_look(actor=who, task=task, n=1, fine=True)
    assert any("办理过" in f for f in faults(verify.independence))


def test_an_audit_reaches_one_level_down_a_check_reaches_further() -> None:
    with clock.at(make.VISIT):
        union = make.union(0)
        root = union.parent.parent
        top = make.hand(Role.AUDITOR, root, "市经审")
        plan = audits.plan_make(actor=top, union=root, year=2026)
        span = {"since": make.H1[0], "until": make.H1[1], "visit_on": make.VISIT}
        with pytest.raises(RuleViolation, match="下一级"):
            audits.task_add(actor=top, plan=plan, union=union, **span)
        audits.task_add(actor=top, plan=plan, union=union, kind="visit", **span)
        audits.task_add(actor=top, plan=plan, union=union.parent, **span)
        with pytest.raises(Conflict):
            audits.task_add(actor=top, plan=plan, union=union.parent, **span)
        with pytest.raises(RuleViolation, match="审计组"):
            audits.plan_issue(actor=top, plan=plan)
        with pytest.raises(Conflict):
            audits.plan_make(actor=top, union=root, year=2026)


# -- form, findings, rectification


@pytest.mark.system("S218")
def test_from_the_form_to_the_last_proof() -> None:
    union, who, task = begun(3)
    chair = make.hand(Role.CHAIR, union, "张主席")
    with clock.at(make.VISIT):
        with pytest.raises(BadInput, match="满分"):
            findings.scores_set(actor=who, task=task, values={"cash": (11, "超限额")})
        with pytest.raises(RuleViolation, match="扣分原因"):
            findings.scores_set(actor=who, task=task, values={"cash": (3, " ")})
        assert findings.scores_set(actor=who, task=task, values={"cash": (3, "超限额付现金"), "asset": (2, "没有盘点")}) == 95
        note = findings.finding_add(
            actor=who,
            task=task,
            title="没有签收表",
            words="慰问没有签收。",
            rule="finance.three_systems",
            advice="补签。",
            item="welfare",
            sample=1,
        )
        assert note.clause.startswith("财务三项制度：")
        assert note.voucher is not None and "《" in note.clause
        assert not reads.findings(chair).exists(), "notes are for auditors"
        with pytest.raises(RuleViolation, match="没有查看"):
            findings.task_report(actor=who, task=task, opinion="账目基本清楚。")
        looked(who, task)
        with pytest.raises(RuleViolation, match="今天以后"):
            findings.task_report(actor=who, task=task, opinion="账目基本清楚。", due_on=make.VISIT)
        task = findings.task_report(actor=who, task=task, opinion="账目基本清楚，手续要补齐。")
        assert (task.state, task.total, task.number) == (TaskState.REPORTED, 95, "经审〔2026〕1 号")
        note.refresh_from_db()
        assert note.due_on == make.VISIT + timedelta(days=30)
        assert [i.title for s in todo.inbox(chair) for i in map(s.make, s.rows)].count("没有签收表") == 1
        with pytest.raises(RuleViolation, match="证明"):
            findings.rectify(actor=chair, finding=note, words="已经补签全部清单")
        with pytest.raises(NotPermitted):
            findings.rectify(actor=who, finding=note, words="已经补签全部清单", files=[make.paper(chair, union)])
        findings.rectify(actor=chair, finding=note, words="已经补签全部清单", files=[make.paper(chair, union)])
        with pytest.raises(RuleViolation, match="期限"):
            findings.follow_up(actor=who, finding=note, accepted=False, opinion="还缺两人")
        later = make.VISIT + timedelta(days=10)
        findings.follow_up(actor=who, finding=note, accepted=False, opinion="还缺两人", due_on=later)
        findings.rectify(actor=chair, finding=note, words="缺的两人也补签了", files=[make.paper(chair, union)])
        stranger = make.auditor(union, "没进组的人")
        with pytest.raises(RuleViolation, match="审计组"):
            findings.follow_up(actor=stranger, finding=note, accepted=True, opinion="看过了")
        done = findings.follow_up(actor=who, finding=note, accepted=True, opinion="清单齐全")
        task.refresh_from_db()
        assert (done.state, task.state) == (FindingState.CLOSED, TaskState.CLOSED)


def test_without_findings_the_report_closes_the_task_and_an_overdue_one_goes_up_once() -> None:
    _union, who, task = begun(1)
    with clock.at(make.VISIT):
        looked(who, task)
        assert findings.task_report(actor=who, task=task, opinion="没有发现问题。").state == TaskState.CLOSED
    other, who, task = begun(1)
    with clock.at(make.VISIT):
        town = accounts.officer((Role.TOWNSHIP, other.parent.path), name="镇主席")
        looked(who, task)
        note = findings.finding_add(
            actor=who, task=task, title="超限额付现", words="付现金。", rule="finance.cash_limit", advice="改为转账。"
        )
        findings.task_report(actor=who, task=task, opinion="现金管理要加强。")
    note.refresh_from_db()
    with clock.at(note.due_on):
        assert jobs.escalate() == {"told": 0}, "on the day itself it is not late"
    with clock.at(note.due_on + timedelta(days=1)):
        assert jobs.escalate() == {"told": 1} and jobs.escalate() == {"told": 0}
        assert apps.get_model("notices.Notice").objects.filter(user_id=town.pk, title__contains="逾期没有整改").count() == 1
        assert reads.findings(accounts.actor(town), state="late").count() == 1


@pytest.mark.system("S218")
def test_pages_from_plan_to_report() -> None:
    with clock.at(date(2026, 6, 30)):
        union = make.union(0)
        make.book(union, 3)
    with clock.at(make.VISIT):
        user = accounts.officer((Role.AUDITOR, union.parent.path), name="吴经审", totp=True)
        desk = accounts.client(user, stepped_up=True)
        made = desk.post(reverse("oversight:plan_new"), {"year": 2026, "words": "支出"})
        assert made.status_code == 302
        assert desk.post(reverse("oversight:plan_new"), {"year": 2026}).status_code == 422
        span = {"since": "2026-01-01", "until": "2026-06-30", "visit_on": "2026-07-06", "kind": "audit"}
        assert desk.post(made.url, {**span, "union": union.pk, "until": "2025-01-01"}).status_code == 422
        before = desk.get(made.url).content.decode()
        task_url = desk.post(made.url, {**span, "union": union.pk}).url
        task = AuditTask.objects.get()
        waiting, months = reads.unvisited(actor=Actor.system("test"), union=union.parent, on=make.VISIT)
        assert months == 6 and "6 个月里没有查过账的下一级工会" in before and f"{union.name}" in before and union not in waiting
        assert union in reads.unvisited(actor=Actor.system("test"), union=union.parent, on=date(2027, 1, 6))[0]
        assert desk.post(task_url + "team/", {"user": user.pk, "lead": "on"}).status_code == 302
        desk.post(made.url + "issue/")
        assert desk.post(task_url + "begin/", {"seed": "1" * 65}).status_code == 422  # a public seed is not replaced in silence
        assert not task.samples.exists()
        desk.post(task_url + "begin/", {"seed": "12"})
        task.refresh_from_db()
        assert reads.comes_out_again(task) and "刚按种子重算，一致" in desk.get(task_url).content.decode()
        for broken in ({"seed": "13"}, {"roster": task.roster.split("\n", 1)[1]}, {"size": task.size - 1}):  # negative controls
            assert not reads.comes_out_again(
                AuditTask(**{f: getattr(task, f) for f in ("pk", "seed", "roster", "roster_digest", "size")} | broken)
            )
        n = task.samples.count()
        assert n == 4
        for i in range(1, n + 1):
            desk.post(f"{task_url}samples/{i}/", {"fine": "no" if i == 1 else "yes", "note": "没有附件" if i == 1 else ""})
        assert desk.post(task_url + "scores/", {"off-cash": "99"}).status_code == 422
        assert desk.post(task_url + "scores/", {"off-voucher": "4", "why-voucher": "附件缺失"}).status_code == 302
        bad = {"title": "没有附件", "rule": "finance.festival_form", "words": "事实", "advice": "补附件", "sample": "1", "item": "voucher"}
        assert desk.post(task_url + "findings/new/", {**bad, "rule": ""}).status_code == 422
        assert desk.post(task_url + "findings/new/", bad).status_code == 302
        assert desk.post(task_url + "report/", {"opinion": ""}).status_code == 422
        assert desk.post(task_url + "report/", {"opinion": "账目清楚，附件要补齐。"}).status_code == 302
        page = desk.get(task_url).content.decode()
        assert "经审〔2026〕1 号" in page and "待整改" in page and "96" in page
        for url in (task_url + "print/", made.url + "print/", reverse("oversight:tasks") + "?state=reported", reverse("oversight:plans")):
            assert union.name in desk.get(url).content.decode() or url.endswith("plans/")
        found = reverse("oversight:findings")
        assert (
            "没有附件" in desk.get(found + "?state=open").content.decode()
            and "没有附件" not in desk.get(found + "?state=closed").content.decode()
        )
        assert "没有附件" in desk.get(found + "?print=1").content.decode()
        name, content = exports.findings(accounts.actor(user), {"state": "open"})
        assert name == "审计问题台账.xlsx" and openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].max_row >= 2
        assert desk.post(found + "export/?state=open", {"purpose": "汇报整改"}).status_code == 302
        chair = accounts.client(accounts.officer((Role.CHAIR, union.path), totp=True), stepped_up=True)
        finding = reverse("oversight:finding", args=[task.findings.get().pk])
        assert chair.post(finding + "rectify/", {"words": "补齐了"}).status_code == 422
        paper = SimpleUploadedFile("补齐.csv", "附件,页数\n发票,1\n".encode(), "text/csv")
        assert chair.post(finding + "rectify/", {"words": "已补齐全部附件", "papers": paper}).status_code == 302
        proof = task.findings.get().rectifications.get().proofs.get()
        assert desk.get(f"{finding}proofs/{proof.pk}/").status_code == 302
        assert desk.post(finding + "follow/", {"verb": "back", "opinion": "缺一张"}).status_code == 422
        assert desk.post(finding + "follow/", {"verb": "accept", "opinion": "齐全"}).status_code == 302
        task.refresh_from_db()
        assert task.state == TaskState.CLOSED
