"""Every field has a level, every link to a person is registered (bar 20, PRI-07)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings

from gonghui.accounts.actor import Actor
from gonghui.accounts.tests import make
from gonghui.core import privacy, rotation
from gonghui.notices import services
from gonghui.notices.models import Notice

DECLARED = list(settings.GONGHUI_APPS)


@pytest.mark.bar(20)
@pytest.mark.invariant("PRI-07")
@pytest.mark.engine_free
@pytest.mark.parametrize("app", DECLARED)
def test_every_field_has_a_level_and_every_link_a_way(app: str) -> None:
    assert list(privacy.faults(app)) == []


@pytest.mark.bar(20)
@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda e: e["personal"].remove("title"), "没有分级"),
        (lambda e: e["internal"].append("title"), "两个级别"),
        (lambda e: e["internal"].append("nonsense"), "不是字段"),
        (lambda e: e.pop("subject"), "指向个人"),
        (lambda e: e.update(secret=[]), "不认识的级别"),
    ],
)
def test_each_gap_is_found(change: object, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import copy

    stated = copy.deepcopy(privacy.declared("notices"))
    change(stated["notices.Notice"])  # type: ignore[operator]
    monkeypatch.setattr(privacy, "declared", lambda label: stated)
    assert any(said in fault for fault in privacy.faults("notices"))


@pytest.mark.engine_free
def test_a_field_without_level_is_not_shown() -> None:
    with pytest.raises(LookupError):
        privacy.level_of(Notice, "nonsense")
    assert privacy.level_of(Notice, "title") == "personal"


@pytest.mark.engine_free
def test_sealed_columns_of_the_platform_are_known_to_rotation() -> None:
    ours = ("core.", "notices.", "files.")
    assert [name for name in rotation.unregistered() if name.startswith(ours)] == []
    assert apps.get_model("notices.Sms")


@pytest.mark.invariant("PRI-07")
@pytest.mark.django_db
@pytest.mark.bar(28)
def test_a_person_gets_all_and_only_their_data() -> None:
    user = make.officer(person_id=41)
    services.notice_send(Actor.system("t"), kind="news", title="给41", persons=[41])
    services.notice_send(Actor.system("t"), kind="news", title="给账号", users=[user.pk])
    services.notice_send(Actor.system("t"), kind="news", title="给别人", persons=[42])
    found = privacy.subject_data(person_id=41, user_id=user.pk)
    assert [row["标题"] for row in found["notices.Notice"]] == ["给41", "给账号"] and found["accounts.User"][0]["登录名"] == user.username
    assert "密码" not in str(found) and "password" not in str(found)
    assert privacy.subject_data(person_id=999) == {}
