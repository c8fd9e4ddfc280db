"""A roster made by a stranger goes through the wizard: other column names, GBK, mixed faults, no manual."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import jobs
from gonghui.files.imports.enums import BatchState
from gonghui.files.imports.models import HeaderMemory, ImportBatch, ImportRow
from gonghui.files.imports.tests.make import text
from gonghui.members.imports.tests import make
from gonghui.members.models import Membership
from gonghui.people.models import Person
from gonghui.people.tests.make import id_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make.town()


@pytest.fixture
def desk(client, at):
    user = accounts.officer((Role.TOWNSHIP, at["town"].path), name="赵雪梅")
    client.force_login(user, backend="gonghui.accounts.backends.PasswordBackend")
    return client


def stranger(at) -> bytes:
    """Title rows above, other words, full width, an old number, dates of three kinds, faults mixed in."""
    one = at["one"]
    head = ("序号", "职工姓名", "公民身份号码", "男女", "文化程度", "联系方式", "所在单位", "进厂日期", "加入工会时间", "牌号")
    rows = [("", "青石镇二〇二六年职工花名册"), (), head]
    rows.append(("1", "王 秀兰", "'" + id_number(1).lower(), "女", "大专", "１３８００００００01", one.name, "2024/3/1", "2024.4.1", ""))
    rows.append(("2", "张国庆", "1.50799E+17", "男", "高中", "13800000002", one.name, "20240301", "2024年4月1日", ""))
    rows.append(("3", "高娃", id_number(3), "女", "没上过", "1380000003", one.name, "2024-03-01", "2024-04-01", ""))
    rows.append(
        ("4", "斯琴", id_number(4), "女", "小学", "13800000004", one.name[0] + "（" + one.name[1:] + "）", "2024-03-01", "2024-04-01", "")
    )
    rows.append(("5", "包玉山", id_number(5), "男", "初中", "13800000005", one.name, "2024-03-01", "2024-04-01", ""))
    return text(rows, "gb18030")


def upload(desk, at, content: bytes, name: str = "花名册（最终版）.csv"):
    data = {"kind": "roster", "file": SimpleUploadedFile(name, content), "target": at["town"].path, "as_of": "2026-11-01"}
    return desk.post(reverse("files:imports:home"), data)


@pytest.mark.system("S046")
def test_a_strangers_roster_comes_in_without_a_manual(desk, at):
    answer = upload(desk, at, stranger(at))
    assert answer.status_code == 302, answer.content.decode()
    batch = ImportBatch.objects.get()
    page = desk.get(answer.url).content.decode()
    assert "职工姓名" in page and "第 3 行" in page and batch.mapping["id_number"] == "c2"
    answer = desk.post(answer.url, batch.mapping)
    assert answer.status_code == 302 and answer.url == reverse("files:imports:check", args=[batch.pk])
    page = desk.get(answer.url).content.decode()
    assert {r.row: r.cause for r in ImportRow.objects.all()} == {5: "id", 6: "phone", 7: "employer"}
    assert "科学计数" in page and "少 1 位" in page and f"改成：{at['one'].name}" in page and "自动整理" in page
    assert id_number(5) not in page and id_number(3) not in page
    rows = {r.row: r for r in ImportRow.objects.all()}
    here = answer.url
    typed = {f"f-{rows[5].pk}-id_number": id_number(2), f"f-{rows[6].pk}-phone": "13800000003"}
    page = desk.post(here, {**typed, "do": f"take:{rows[7].pk}|employer_name"}, follow=True).content.decode()
    assert not ImportRow.objects.filter(state="open").exists() and "已改好" in page
    assert "先导入" not in page and "导入 5 行" in page
    answer = desk.post(here, {"do": "commit"}, follow=True)
    assert "可以离开" in answer.content.decode()
    jobs.run_all()
    page = desk.get(reverse("files:imports:detail", args=[batch.pk])).content.decode()
    assert "已导入" in page and re.search(r"5</b> 行<small>新增", page)
    assert Person.objects.count() == Membership.objects.count() == 5
    assert Person.objects.get(name="王秀兰").phone_mask == "138****0001"
    assert HeaderMemory.objects.filter(kind="roster", org_path=at["town"].path).count() >= 6


def test_good_rows_first_then_the_rest_and_the_bad_rows_as_a_file(desk, at):
    upload(desk, at, stranger(at))
    batch = ImportBatch.objects.get()
    desk.post(reverse("files:imports:map", args=[batch.pk]), batch.mapping)
    here = reverse("files:imports:check", args=[batch.pk])
    answer = desk.get(reverse("files:imports:bad-rows", args=[batch.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    from gonghui.files.imports import reading

    table = reading.read(answer.content).frame
    assert "原因" in str(table.rows()) and "科学计数" in str(table.rows())
    desk.post(here, {"do": "commit"})
    assert ImportBatch.objects.get().state == BatchState.CHECKED, "rows still wait"
    desk.post(here, {"do": "good"})
    jobs.run_all()
    batch.refresh_from_db()
    assert (batch.created, batch.rejected) == (2, 3)
    answer = desk.post(reverse("files:imports:follow", args=[batch.pk]))
    page = desk.get(answer.url).content.decode()
    assert "第 5 行" in page and ImportBatch.objects.count() == 2
    answer = desk.post(reverse("files:imports:undo", args=[batch.pk]), {"reason": "导错了表"}, follow=True)
    assert "已撤销" in answer.content.decode() and not Person.objects.exists()


def test_a_row_is_skipped_and_taken_back(desk, at):
    upload(desk, at, stranger(at))
    batch = ImportBatch.objects.get()
    desk.post(reverse("files:imports:map", args=[batch.pk]), batch.mapping)
    row, here = ImportRow.objects.order_by("row").first(), reverse("files:imports:check", args=[batch.pk])
    desk.post(here, {"do": f"skip:{row.pk}"})
    assert ImportRow.objects.get(pk=row.pk).state == "skipped"
    desk.post(here, {"do": f"unskip:{row.pk}"})
    assert ImportRow.objects.get(pk=row.pk).state == "open"


def test_clean_ups_are_listed_and_taken_back(desk, at):
    upload(desk, at, stranger(at))
    batch = ImportBatch.objects.get()
    desk.post(reverse("files:imports:map", args=[batch.pk]), batch.mapping)
    here = reverse("files:imports:tidied", args=[batch.pk])
    assert "王 秀兰" in desk.get(here).content.decode()
    desk.post(here, {"cell": "4|name"})
    assert "已撤回" in desk.get(here).content.decode()
    batch.refresh_from_db()
    assert batch.options["untidy"] == [[4, "name"]]


def test_nobody_sees_or_touches_a_batch_of_another_unit(desk, at, client):
    upload(desk, at, stranger(at))
    batch = ImportBatch.objects.get()
    other = accounts.officer((Role.CHAIR, at["u2"].path), name="外人")
    client.force_login(other, backend="gonghui.accounts.backends.PasswordBackend")
    for name in ("detail", "map", "check", "tidied", "progress", "bad-rows"):
        assert client.get(reverse(f"files:imports:{name}", args=[batch.pk])).status_code == 404, name
    for name in ("undo", "abandon", "follow"):
        assert client.post(reverse(f"files:imports:{name}", args=[batch.pk]), {"reason": "想撤"}).status_code == 404, name
    assert upload(client, at, stranger(at)).status_code == 422
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 x",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100,
        b"<html><body>x</body></html>",
        '姓名,证件号码\n"张三,1'.encode(),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(desk, at, content):
    answer = upload(desk, at, content)
    assert answer.status_code == 422 and "field-error" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_template_comes_back_in(desk, at):
    answer = desk.get(reverse("files:imports:template", args=["roster"]))
    upload(desk, at, answer.content, "模板.xlsx")
    assert len(ImportBatch.objects.get().mapping) == 24
