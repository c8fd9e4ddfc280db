"""What other apps add to a worker's timeline, and who sees it (职工动态, S051)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.members import lines
from gonghui.members.enums import Perm
from gonghui.members.services import rosters, transfers
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sources() -> Iterator[list[tuple[str, int, bool]]]:
    """A plain source and a sensitive one; each call is kept."""
    asked: list[tuple[str, int, bool]] = []

    def rows(key: str) -> lines.Rows:
        def found(actor, person_id: int, own: bool) -> list[lines.Line]:
            asked.append((key, person_id, own))
            return [lines.Line(date(2026, 1, 5), f"{key}的记录", url="/m/")]

        return found

    lines.register("outing", "活动", perm=Perm.MEMBER_VIEW, rows=rows("outing"))
    lines.register("talk", "心理咨询", perm=Perm.MEMBER_VIEW, rows=rows("talk"), sensitive=True)
    yield asked
    lines.unregister("outing")
    lines.unregister("talk")


@pytest.mark.system("S051")
@pytest.mark.parametrize(
    ("role", "plain", "sensitive"), [(Role.TOWNSHIP, True, True), (Role.CHAIR, True, False), (Role.CLERK, True, False)]
)
def test_a_sensitive_source_is_never_shown_at_the_level_the_employer_pays(sources, role, plain, sensitive) -> None:
    _firm, union = make.shop()
    spell = make.member(union)
    desk = accounts.client(accounts.officer((role, union.path if role != Role.TOWNSHIP else union.parent.path)))
    url = reverse("members:member", args=[spell.pk])
    page = desk.get(url).content.decode()
    assert ("outing的记录" in page, "talk的记录" in page, "心理咨询" in page) == (plain, sensitive, sensitive)
    assert ("talk的记录" in desk.get(f"{url}?line=talk").content.decode()) is sensitive  # nor by asking for it
    assert "outing的记录" not in desk.get(f"{url}?line=job").content.decode()
    assert all(person == spell.person_id and not own for _key, person, own in sources)


def test_without_the_rule_the_chair_would_see_it(sources, monkeypatch) -> None:
    """Negative control: with the second look taken out the sensitive line stands on the chair's page."""
    _firm, union = make.shop()
    spell = make.member(union)
    monkeypatch.setattr(lines, "open_to", lambda actor, person_id, union: list(lines._sources.values()))
    desk = accounts.client(accounts.officer((Role.CHAIR, union.path)))
    assert "talk的记录" in desk.get(reverse("members:member", args=[spell.pk])).content.decode()


@pytest.mark.system("S051")
def test_the_subject_sees_all_of_it_on_the_phone_and_nobody_elses(sources) -> None:
    _firm, union = make.shop()
    _other, target = make.shop()
    spell, stranger = make.member(union), make.member(union)
    rosters.note_add(actor=make.system, person=spell.person, union=union, kind="training", on=clock.today(), text="电工复训")
    rosters.note_add(actor=make.system, person=stranger.person, union=union, kind="training", on=clock.today(), text="别人的事")
    transfers.transfer_open(actor=make.worker(spell.person), membership=spell, target=target)
    phone = accounts.client(accounts.worker(person_id=spell.person_id))
    url = reverse("members:m-timeline")
    page = phone.get(url).content.decode()
    for text in ("outing的记录", "talk的记录", "电工复训", target.name, union.name):
        assert text in page, text
    assert "别人的事" not in page
    assert "电工复训" not in phone.get(f"{url}?line=talk").content.decode()
    assert {(person, own) for _key, person, own in sources} == {(spell.person_id, True)}
    assert accounts.client(accounts.worker(person_id=None)).get(url).status_code == 302


def test_a_key_is_registered_once() -> None:
    with pytest.raises(ValueError, match="重复"):
        lines.register("spell", "会籍", perm=Perm.MEMBER_VIEW, rows=lambda actor, person_id, own: [])
