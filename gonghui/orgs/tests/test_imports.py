"""Importers of employers and unions: verdicts, bridge, idempotence, undo."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.accounts.enums import Role
from gonghui.core.errors import NotFound, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.files.imports import services as imports
from gonghui.files.imports.models import ImportBatch
from gonghui.orgs import checks, hooks, services
from gonghui.orgs.models import Certificate, Coverage, Employer, EmployerPlace, Licence, Post, Spot, Term, Union, UnionLine
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db

HEAD = "单位编号,企业名称,注册号,单位性质,地址,法定代表人,电话,职工人数,农民工数,成立日期,经营状态,状态日期,状态依据,所属工会代码,覆盖形式,覆盖工会代码,覆盖日期"


def load(kind: str, text: str, path: str = "0001", **more) -> dict:
    return imports.import_run(
        actor=more.pop("actor", make.system),
        kind=kind,
        content=text.encode(more.pop("encoding", "gb18030")),
        name="表.csv",
        org_path=path,
        **more,
    )


def sheet(*lines: str) -> str:
    return "\n".join([HEAD, *lines]) + "\n"


@pytest.fixture
def town() -> Union:
    return make.township()


@pytest.fixture
def federation(town) -> Union:
    return make.regional(town)


def counts(report: dict) -> tuple[int, int, int, int]:
    return tuple(report[k] for k in ("created", "updated", "unchanged", "rejected"))


@pytest.mark.system("S001", "S002")
def test_a_strangers_list_goes_in_and_says_what_it_did(town, federation):
    text = sheet(
        f"A1,青石一厂,91370000MA0000001X,非公,人民路 1 号,张三,13800000001,３０,12,2015-03-01,正常,,,{town.code},区域,{federation.code},2020-05-01",
        f"A2,青石二厂,,非公有制,东街 2 号,李四,13800000002,8,2,2016/4/1,注销,2024-05-01,注销通知,{town.code},,,",
        f"A3,青石三厂,,机关企事业,,,,,,2016-04-01,在业,,,{town.code},,,",
        f"A4,青石四厂,,非公,,,,5,9,2016-04-01,正常,,,{town.code},,,",
        "A5,青石五厂,,非公,,,,5,1,2016-04-01,正常,,,ZZ-9,,,",
        f"A1,青石一厂又名,,非公,,,,5,1,2016-04-01,正常,,,{town.code},,,",
        f"A6,青石六厂,,非公,,,,5,1,2016-04-01,注销,,,{town.code},,,",
    )
    report = load("employers", text)
    assert counts(report) == (3, 0, 0, 4)
    assert sum(counts(report)) == report["rows"] == 7
    assert {p["row"]: p["code"] for p in report["problems"]} == {5: "counts", 6: "union", 7: "double", 8: "status"}
    one, two, three = (Employer.objects.get(code=c) for c in ("A1", "A2", "A3"))
    assert (one.headcount, one.organised, one.union_id, one.phone_mask) == (30, True, federation.pk, "138****0001")
    assert (two.status, two.written_off_on) == ("deregistered", date(2024, 5, 1))
    assert (three.sector, three.headcount) == ("public", None)
    assert list(EmployerPlace.objects.filter(employer=one).order_by("since").values_list("union_id", "since")) == [
        (town.pk, date(2015, 3, 1)),
        (federation.pk, date(2020, 5, 1)),
    ]
    assert [s.employer_id for s in Spot.objects.filter(until=None)] == [three.pk]
    assert AuditEntry.objects.filter(verb="orgs.employer.import").count() == 1
    assert list(checks.places()) == []


def test_the_same_file_twice_changes_nothing(town, federation):
    text = sheet(
        f"A1,青石一厂,91370000MA0000001X,非公,人民路 1 号,张三,13800000001,30,12,2015-03-01,正常,,,{town.code},区域,{federation.code},2020-05-01"
    )
    assert counts(load("employers", text)) == (1, 0, 0, 0)
    heard = []
    hooks.register("employers_changed", heard.extend)
    assert counts(load("employers", text)) == (0, 0, 1, 0)
    assert counts(load("employers", text.replace(",30,", ",31,"), dry_run=True)) == (0, 1, 0, 0)
    hooks.unregister("employers_changed", heard.extend)
    assert heard == []
    assert Employer.objects.get().headcount == 30, "预览不写库"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_encoding(town, encoding):
    text = sheet(f"A1,青石一厂,,非公,,,,30,12,2015-03-01,正常,,,{town.code},,,")
    assert counts(load("employers", text, encoding=encoding)) == (1, 0, 0, 0)
    assert Employer.objects.get().name == "青石一厂"


def test_an_import_is_taken_back_whole(town, federation):
    load("employers", sheet(f"A1,青石一厂,,非公,,,,30,12,2015-03-01,正常,,,{town.code},区域,{federation.code},2020-05-01"))
    before = Employer.objects.values().get(), list(Coverage.objects.values()), list(EmployerPlace.objects.order_by("pk").values())
    second = load(
        "employers",
        sheet(
            f"A1,青石一厂,,非公,,,,44,12,2015-03-01,注销,2024-05-01,注销通知,{town.code},,,",
            f"A9,青石九厂,91370000MA0000009X,非公,,,,3,1,2016-04-01,正常,,,{town.code},,,",
        ),
    )
    assert counts(second) == (1, 1, 0, 0)
    heard = []
    hooks.register("employers_changed", heard.extend)
    imports.batch_undo(actor=make.system, batch=ImportBatch.objects.get(pk=second["batch"]), reason="传错了文件")
    hooks.unregister("employers_changed", heard.extend)
    assert (Employer.objects.values().get(), list(Coverage.objects.values()), list(EmployerPlace.objects.order_by("pk").values())) == before
    assert Licence.objects.count() == 0
    assert len([b for b, a in heard if a is None]) == 1 and len(heard) == 2
    assert list(checks.places()) == []


def test_no_undo_over_what_came_later(town, federation):
    load("employers", sheet(f"A1,青石一厂,,非公,,,,30,12,2015-03-01,正常,,,{town.code},,,"))
    second = load("employers", sheet(f"A1,青石一厂,,非公,,,,44,12,2015-03-01,正常,,,{town.code},,,"))
    make.cover(federation, Employer.objects.get())
    with pytest.raises(RuleViolation) as refused:
        imports.batch_undo(actor=make.system, batch=ImportBatch.objects.get(pk=second["batch"]), reason="传错了文件")
    assert refused.value.code == "imports.undo_blocked"
    assert Employer.objects.get().headcount == 44


def test_a_township_imports_only_into_its_own_scope(town):
    other = make.township("白水镇工会")
    clerk = make.officer(Role.TOWNSHIP, town)
    theirs = make.employer(other, "白水茶厂", code="B1")
    text = sheet(
        f"B1,白水茶厂,,非公,,,,99,1,2016-04-01,正常,,,{town.code},,,", f"B2,白水新厂,,非公,,,,9,1,2016-04-01,正常,,,{other.code},,,"
    )
    report = load("employers", text, path=town.path, actor=clerk)
    assert counts(report) == (0, 0, 0, 2)
    assert {p["code"] for p in report["problems"]} == {"scope", "union"}
    theirs.refresh_from_db()
    assert theirs.headcount == 30
    with pytest.raises(NotFound):
        load("employers", text, path=other.path, actor=clerk)


UNIONS = """组织代码,名称,类别,联合形式,建会方式,上级代码,成立日期,届次,届次起,届次止,主席姓名,法人证书号
T1-E1,青石厂工会委员会,基层工会委员会,,单建,T1,2012-01-01,3,2024-01-01,2027-01-01,李秀兰,81370000MC0000001X
T1,青石镇工会委员会,乡镇（街道）工会,,单建,C,2005-01-01,4,2023-01-01,2028-01-01,孙建国,
C,江州市总工会,县（市、区）总工会,,单建,,1990-01-01,,,,,
X1,幸福社区联合工会,联合基层工会,③一条街工会,联建,T1,2012-01-01,,,,,
X2,无主工会,基层工会委员会,,单建,ZZ,2012-01-01,,,,,
X3,另一棵树总工会,县（市、区）总工会,,单建,,1990-01-01,,,,,
"""


def test_a_union_list_builds_the_tree_in_any_order():
    report = load("unions", UNIONS, path="")
    assert counts(report) == (3, 0, 0, 3)
    assert {p["row"]: p["code"] for p in report["problems"]} == {5: "form", 6: "parent", 7: "parent"}
    city, town, firm = (Union.objects.get(code=c) for c in ("C", "T1", "T1-E1"))
    assert (city.path, town.path, firm.path) == ("0001", "00010001", "000100010001")
    assert UnionLine.objects.get(ancestor=city, descendant=firm).since == date(2012, 1, 1)
    assert (Term.objects.get(union=firm).number, Post.objects.get(union=firm).person.name) == (3, "李秀兰")
    assert Certificate.objects.get().union_id == firm.pk
    assert list(checks.tree()) == list(checks.posts()) == []
    assert counts(load("unions", UNIONS, path="")) == (0, 0, 3, 3)
    services.union_build(actor=make.system, parent=town, kind="village", name="东村工会")
    assert Union.objects.get(name="东村工会").path == "000100010002"


def test_a_union_list_is_taken_back():
    report = load("unions", UNIONS, path="")
    imports.batch_undo(actor=make.system, batch=ImportBatch.objects.get(pk=report["batch"]), reason="传错了文件")
    assert Union.objects.count() == 0


def test_an_own_union_learns_whose_it_is(town):
    union = make.build("enterprise", "青石一厂工会", town)
    load("employers", sheet(f"A1,青石一厂,,非公,,,,30,12,2015-03-01,正常,,,{town.code},单建,{union.code},2020-05-01"))
    union.refresh_from_db()
    assert union.employer == Employer.objects.get()
