"""Which passwords are taken (bar 9, F9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from gonghui.accounts import rules, services
from gonghui.accounts.models import OldPassword, User
from gonghui.accounts.tests import make
from gonghui.core import clock, menu
from gonghui.core.errors import BadInput

pytestmark = pytest.mark.bar(9)


@pytest.mark.parametrize(
    "password",
    [
        "short-one-1",
        "x" * 129,
        "password1234",
        "P@ssw0rd2025!!",
        "gonghui123456",
        "ZongGongHui-2025",
        "woaini1314520",
        "aaaaaaaaaaaa",
        "123456789012",
        "abcabcabcabc",
        "qwertyuiop123",
        "abcdefghijklm",
        "我爱我的祖国我爱我的祖国",
        "!!!劳动最光荣2025!!!",
    ],
)
def test_common_passwords_are_refused(password: str) -> None:
    assert rules.password_faults(password, "asvs")


@pytest.mark.parametrize(
    "password", ["lantern orchid brook seven", "工会楼下那棵老槐树年年开花呢", "kx7-plum-harbour", "a b c d e f g h i 9 j"]
)
def test_long_own_passwords_pass_without_classes(password: str) -> None:
    assert rules.password_faults(password, "asvs") == []


def test_name_login_and_phone_are_refused() -> None:
    personal = ["zhaoxm", "赵雪梅", "13800001234"]
    for password in ("zhaoxm-lantern-77", "赵雪梅的办公室在三楼东边", "my13800001234phone"):
        assert "姓名" in rules.password_faults(password, "asvs", personal)[0]


def test_djbh3_asks_for_three_classes() -> None:
    assert "3 类" in rules.password_faults("lantern orchid brook", "djbh3")[0]
    assert rules.password_faults("Lantern orchid brook", "djbh3") == []
    assert rules.password_faults("lantern orchid brook", "asvs") == []


@pytest.mark.django_db
def test_djbh3_remembers_five_and_asvs_only_the_current(settings) -> None:
    user = make.officer()
    settings.PASSWORD_POLICY = "djbh3"
    used = [f"Harbour-plum-{n}-evening" for n in range(6)]
    for password in used:
        services.password_set(actor=make.actor(user), user=user, password=password)
    for again in used[1:]:
        with pytest.raises(BadInput):
            services.password_set(actor=make.actor(user), user=user, password=again)
    assert OldPassword.objects.filter(user=user).count() == 5
    settings.PASSWORD_POLICY = "asvs"
    with pytest.raises(BadInput):
        services.password_set(actor=make.actor(user), user=user, password=used[5])
    services.password_set(actor=make.actor(user), user=user, password=used[4])


@pytest.mark.django_db
@pytest.mark.parametrize(("policy", "after"), [("djbh3", "/accounts/login/password/"), ("asvs", None)])
def test_ninety_days_only_under_djbh3(settings, policy, after) -> None:
    settings.PASSWORD_POLICY = policy
    user, client = make.officer(totp=True), Client()
    User.objects.filter(pk=user.pk).update(password_changed_at=clock.now() - timedelta(days=90))
    client.post("/accounts/login/", {"username": user.username, "password": make.PASSWORD})
    assert client.post("/accounts/login/factor/", {"code": make.code()}).url == (after or menu.fixed("home") or "/")


@pytest.mark.django_db
def test_nothing_is_cut_off_or_trimmed() -> None:
    user, password = make.officer(), "  " + "长" * 60 + " tail of a very long sentence 9 "
    services.password_set(actor=make.actor(user), user=user, password=password)
    assert services.password_check(username=user.username, password=password, network="192.0.2.1") == user
    for wrong in (password.strip(), password[:-1]):
        with pytest.raises(BadInput):
            services.password_check(username=user.username, password=wrong, network="192.0.2.1")


@pytest.mark.django_db
def test_changing_one_s_password_ends_the_other_sign_ins_and_keeps_this_one() -> None:
    user = make.officer()
    here, there = make.client(user), make.client(user)
    fresh = "harbour plum evening 7"
    wrong = here.post("/console/accounts/security/password/", {"old": "no", "new": fresh, "again": fresh})
    assert wrong.status_code == 422 and "现在的口令不对" in wrong.content.decode()
    assert here.post("/console/accounts/security/password/", {"old": make.PASSWORD, "new": fresh, "again": fresh}).status_code == 302
    assert here.get("/console/accounts/me/").status_code == 200
    assert there.get("/console/accounts/me/").status_code == 302
