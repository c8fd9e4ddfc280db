"""Templates and issued copies (文书): one source for page and Word, a copy never changes, the check page tells no names."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.db import Error, transaction
from django.test import Client
from docx import Document as Opened

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock, crypto
from gonghui.core.errors import Conflict, NotPermitted, RuleViolation
from gonghui.documents import kinds, rules, selectors, services, verify
from gonghui.documents.models import Archive, Document, Template

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
KIND = "organising.roster"
PEOPLE = [
    {"name": "李秀兰", "sex": "女", "unit": "青石茶厂", "id_mask": "3710**0012", "signed": "2026-03-05"},
    {"name": "王|强", "sex": "男"},
]
FACTS = {"union": "青石茶厂工会委员会", "members": 2, "people": PEOPLE}


def issue(**changes: object) -> Document:
    given = {
        "kind": KIND,
        "subject": "organising.case:1",
        "org_path": "00010001",
        "facts": FACTS,
        "org_name": "青石茶厂",
        "number": "",
        **changes,
    }
    return services.document_issue(actor=SYSTEM, **given)  # type: ignore[arg-type]


def source() -> str:
    return kinds.get(KIND).source


@pytest.mark.system("S007")
def test_page_and_word_say_the_same() -> None:
    row = issue()
    content = selectors.content_of(row)
    opened = Opened(io.BytesIO(selectors.word_of(row)))
    words = [p.text for p in opened.paragraphs if p.text] + [c.text for t in opened.tables for r in t.rows for c in r.cells if c.text]
    for line in rules.as_text(content.blocks).replace("\t", "\n").split("\n"):
        assert not line or line in words, line
    assert "李秀兰" in words and "王|强" in words  # a value with a bar does not become a cell


@pytest.mark.system("S007")
def test_a_new_version_never_changes_an_old_copy() -> None:
    old = issue()
    before = (old.digest, selectors.word_of(old)[:0], rules.as_text(selectors.content_of(old).blocks))
    draft = services.template_draft(actor=SYSTEM, kind=KIND, source=source().replace("入会人员花名册", "会员名单"), note="改标题")
    assert selectors.content_of(issue()).heading.endswith("花名册")  # a draft is not used
    services.template_activate(actor=SYSTEM, template=draft, on=clock.today())
    new = issue()
    assert (selectors.content_of(new).heading, new.template.number) == ("青石茶厂工会委员会会员名单", draft.number)
    old.refresh_from_db()
    assert (old.digest, b"", rules.as_text(selectors.content_of(old).blocks)) == before and selectors.whole(old)


def test_a_version_counts_from_its_day_and_never_backwards() -> None:
    draft = services.template_draft(actor=SYSTEM, kind=KIND, source=source() + "\n> 新落款\n", note="加落款")
    with pytest.raises(RuleViolation, match="已经过去"):
        services.template_activate(actor=SYSTEM, template=draft, on=clock.today() - timedelta(days=1))
    services.template_activate(actor=SYSTEM, template=draft, on=clock.today() + timedelta(days=3))
    assert issue().template.shipped
    with clock.at(clock.today() + timedelta(days=3)):
        assert issue().template == draft
    with pytest.raises(Conflict):
        services.template_activate(actor=SYSTEM, template=draft, on=clock.today())


@pytest.mark.parametrize("what", ["title", "delete", "archive", "template"])
def test_the_database_refuses_to_change_what_was_issued(what: str) -> None:
    row = issue()
    with pytest.raises(Error), transaction.atomic():
        if what == "title":
            Document.objects.filter(pk=row.pk).update(title="别的")
        elif what == "delete":
            Document.objects.filter(pk=row.pk).delete()
        elif what == "archive":
            Archive.objects.filter(pk=row.pk).delete()
        else:
            Template.objects.filter(pk=row.template_id).update(source="# 别的")


def test_an_altered_archive_is_found() -> None:
    """Negative control of the check: a text sealed anew with another content opens, but its digest gives it away."""
    row = issue()
    assert list(verify.copies_unchanged()) == []
    text = crypto.unseal(selectors.TABLE, selectors.FIELD, row.pk, row.archive.text_sealed).replace("李秀兰", "李秀花")
    Archive.objects.filter(pk=row.pk).update(text_sealed=crypto.seal(selectors.TABLE, selectors.FIELD, row.pk, text))
    assert len(list(verify.copies_unchanged())) == 1


def test_what_is_missing_is_named_and_nothing_is_issued() -> None:
    with pytest.raises(RuleViolation, match="还缺人数、名单"):
        issue(facts={"union": "青石茶厂工会委员会"})
    with pytest.raises(RuleViolation, match="没有这些字段"):
        issue(facts={**FACTS, "stranger": 1})
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [("# 标题\n{{stranger}}", "没有登记"), ("没有标题", "要有一行标题"), ("# 标题\n{{people.name}}", "只能用在"), ("# 标题\n|@people| {{people.phone}} |", "没有“phone”"), ("# 标题\n{{union", "没有写完")],
)  # fmt: skip
def test_a_source_that_does_not_fit_is_refused(text: str, said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        services.template_draft(actor=SYSTEM, kind=KIND, source=text, note="试")


def test_a_value_never_becomes_markup() -> None:
    row = issue(facts={**FACTS, "union": "# 假标题 {{people}}"})
    content = selectors.content_of(row)
    assert [b.kind for b in content.blocks].count("title") == 1 and "{{people}}" in content.heading


def test_numbers_run_by_office_and_year_and_are_never_used_twice() -> None:
    take = services.number_take
    with clock.at(date(2026, 5, 1)):
        assert [take(actor=SYSTEM, org_path="0001", word="江州工建") for _ in range(2)] == ["江州工建〔2026〕1号", "江州工建〔2026〕2号"]
        assert take(actor=SYSTEM, org_path="00010001", word="白桦工建") == "白桦工建〔2026〕1号"
    with clock.at(date(2027, 1, 1)):
        assert take(actor=SYSTEM, org_path="0001", word="江州工建") == "江州工建〔2027〕1号"


def test_the_public_page_tells_number_and_digest_but_no_names() -> None:
    row = issue(number="江州工建〔2026〕7号")
    for address in (f"/documents/check/{row.public_id}/", "/documents/check/?q=江州工建〔2026〕7号"):
        page = Client().get(address).content.decode()
        assert row.digest in page and "江州工建〔2026〕7号" in page and "这份文书有效" in page
        assert "李秀兰" not in page and "3710" not in page
    assert Client().get("/documents/check/?q=没有这个号").status_code == 404
    services.document_cancel(actor=SYSTEM, document=row, reason="名单有误，另行出具")
    assert "作废" in Client().get(f"/documents/check/{row.public_id}/").content.decode()


def test_only_who_may_edit_writes_a_version() -> None:
    with pytest.raises(NotPermitted):
        services.template_draft(actor=accounts.acting((Role.CHAIR, "00010001")), kind=KIND, source=source() + "- 项\n", note="改")


def test_copies_follow_their_union_in_the_tree() -> None:
    row = issue()
    services.scope_moved("00010001", "000100020001")
    row.archive.refresh_from_db()
    assert row.archive.org_path == "000100020001"


def test_the_pages_show_print_pack_and_edit() -> None:
    from gonghui.orgs.tests import make as orgs

    town = orgs.township()
    first, second = issue(org_path=town.path), issue(org_path=town.path)
    elsewhere = issue(org_path=orgs.township("别的镇工会").path)
    city = accounts.client(accounts.officer((Role.CITY, orgs.root().path)))
    chair = accounts.client(accounts.officer((Role.TOWNSHIP, town.path), username="zhen"))
    assert first.title in chair.get("/console/documents/").content.decode()
    assert chair.get(f"/console/documents/{elsewhere.pk}/").status_code == 404 == chair.get("/console/documents/999999/").status_code
    assert "李秀兰" in chair.get(f"/console/documents/{first.pk}/").content.decode()
    zipped = chair.get(f"/console/documents/pack/?pk={first.pk}&pk={second.pk}&as=word")
    assert zipped["Content-Type"] == "application/zip" and len(zipped.content) > 10_000
    assert chair.get(f"/console/documents/pack/?pk={first.pk}&pk={elsewhere.pk}").status_code == 404
    assert chair.post(f"/console/documents/templates/{KIND}/new/", {"source": "x"}).status_code == 403
    page = f"/console/documents/templates/{KIND}/"
    assert city.post(page + "new/", {"source": "# 甲 {{nobody}}", "note": "n", "act": "keep"}).status_code == 422
    look = city.post(page + "new/", {"source": source() + "> 预览一行\n", "note": "", "act": "look"})
    assert look.status_code == 200 and "预览一行" in look.content.decode() and not Template.objects.filter(shipped=False).exists()
    assert city.post(page + "new/", {"source": source() + "> 新的\n", "note": "加一行", "act": "keep"}).status_code == 302
    draft = Template.objects.get(shipped=False)
    assert city.post(f"{page}{draft.number}/activate/", {"on": clock.today().isoformat()}).status_code == 302
    draft.refresh_from_db()
    assert draft.active_from == clock.today()
