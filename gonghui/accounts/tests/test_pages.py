"""Pages of accounts: who may open them, what they change and what not (ACC-05, ACC-06)."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, path

from gonghui.accounts import hooks, services, urls
from gonghui.accounts.enums import Role
from gonghui.accounts.models import Grant, SignIn, User
from gonghui.accounts.tests import make
from gonghui.core import access, checks, clock
from gonghui.core.models import AuditEntry

pytestmark = pytest.mark.django_db
CITY, TOWN = "0001", "00010002"
USERS = "/console/accounts/users/"


@pytest.fixture(autouse=True)
def orgs(monkeypatch) -> None:
    found = [(CITY, "江州市总工会"), (TOWN, "东河镇工会"), ("00010003", "西河镇工会")]
    monkeypatch.setattr(hooks, "_finders", [lambda actor, words: [row for row in found if words in row[1]]])


def sysadmin(**more) -> Client:
    return make.client(make.officer((Role.SYSADMIN, "")), stepped_up=True, **more)


def secadmin(**more) -> Client:
    return make.client(make.officer((Role.SECADMIN, "")), stepped_up=True, **more)


# -- every view declares who may come in -------------------------------------------------------------------------


@pytest.mark.invariant("ACC-05")
def test_every_view_declares_who_may_come_in() -> None:
    assert list(checks.undeclared(get_resolver())) == []


@pytest.mark.invariant("ACC-05")
def test_a_view_without_a_declaration_is_found() -> None:
    """Negative control."""

    def bare(request):
        raise AssertionError("never called")

    bare.__module__ = "gonghui.accounts.web.bare"

    class Resolver:
        url_patterns = [path("bare/", bare), path("open/", access.public(bare))]

    assert list(checks.undeclared(Resolver())) == ["bare/"]


@pytest.mark.invariant("ACC-05")
def test_doors_hold_for_strangers_workers_and_officers_without_rights() -> None:
    worker, nobody = make.client(make.worker(person_id=1)), make.client(make.officer())
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        declared: access.Access = pattern.callback.access
        if declared.door is access.Door.PUBLIC:
            continue
        url = "/" + str(pattern.pattern).replace("<int:pk>", "1")
        assert Client().get(url).status_code == 302, url
        if declared.door is access.Door.OFFICER:
            assert worker.get(url).status_code == 403, url
            if declared.perms:
                assert nobody.get(url).status_code == 403, url


# -- users and grants --------------------------------------------------------------------------------------------


def test_system_administrator_makes_an_account_without_any_right() -> None:
    client = sysadmin()
    assert client.get(USERS + "new/").status_code == 200
    page = client.post(USERS + "new/", {"username": "qianzw", "name": "钱志文", "title": "部长"})
    user = User.objects.get(username="qianzw")
    once = page.context["password"]
    assert user.must_change_password and not user.grants.exists() and once in page.content.decode()
    assert once not in client.get(f"{USERS}{user.pk}/").content.decode()
    assert client.post(USERS + "new/", {"username": "qianzw", "name": "别人"}).status_code == 422
    assert client.post(USERS + "new/", {"username": "钱", "name": "别人"}).status_code == 422


def test_security_administrator_gives_and_revokes_on_the_page() -> None:
    client, user = secadmin(), make.officer(name="孙建国")
    url = f"{USERS}{user.pk}/grants/new/"
    assert client.get(url).status_code == 200
    ask = client.post(url, {"role": "township", "org": "河镇", "reason": "任命文件 3 号"})
    assert ask.status_code == 422 and "西河镇工会" in ask.content.decode()
    assert client.post(url, {"role": "township", "org": "河镇", "org_path": TOWN, "reason": "任命文件 3 号"}).status_code == 302
    row = Grant.objects.get(user=user)
    assert (row.role, row.org_path, row.org_name) == ("township", TOWN, "东河镇工会")
    assert "东河镇工会" in client.get(f"{USERS}{user.pk}/").content.decode()
    assert client.post(f"/console/accounts/grants/{row.pk}/revoke/", {"reason": "短"}).status_code == 422
    assert client.post(f"/console/accounts/grants/{row.pk}/revoke/", {"reason": "调离岗位"}).status_code == 302
    assert Grant.objects.get(pk=row.pk).revoked_at is not None


def test_granting_needs_a_fresh_factor() -> None:
    client, user = make.client(make.officer((Role.SECADMIN, ""))), make.officer()
    answer = client.post(f"{USERS}{user.pk}/grants/new/", {"role": "chair", "org": "东河", "reason": "任命文件 3 号"})
    assert answer.url.startswith("/accounts/step-up/") and not Grant.objects.filter(user=user).exists()


@pytest.mark.invariant("ACC-01")
def test_outside_the_scope_an_account_is_not_there() -> None:
    foreign = make.officer((Role.CHAIR, "0002"), name="外地干部")
    client = make.client(make.officer((Role.SECADMIN, CITY)), stepped_up=True)
    assert "外地干部" not in client.get(USERS + "?q=外地").content.decode()
    absent = client.get(f"{USERS}999999/")
    seen = client.get(f"{USERS}{foreign.pk}/")
    assert absent.status_code == seen.status_code == 404
    assert _plain(absent).replace("users/999999/", "N") == _plain(seen).replace(f"users/{foreign.pk}/", "N")
    assert client.post(f"/console/accounts/grants/{foreign.grants.get().pk}/revoke/", {"reason": "不该成功"}).status_code == 404


def _plain(page) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken":)"[^"]+"', "", page.content.decode())


def test_disabling_ends_all_sign_ins_and_not_oneself() -> None:
    user = make.officer((Role.CHAIR, TOWN))
    theirs, client = make.client(user), sysadmin()
    assert client.post(f"{USERS}{user.pk}/active/", {"reason": "离岗交接"}).status_code == 302
    assert theirs.get("/console/accounts/me/").status_code == 302
    me = SignIn.objects.get(pk=client.session["sign_in"]).user
    assert client.post(f"{USERS}{me.pk}/active/", {"reason": "误操作了"}).status_code == 403


@pytest.mark.invariant("ACC-06")
@pytest.mark.parametrize("role", [*Role, None])
def test_posting_every_field_of_the_model_changes_only_the_allowed_ones(role) -> None:
    target = make.officer((Role.CHAIR, CITY), username="target", name="原名", person_id=11, totp=True)
    frozen = [f.attname for f in User._meta.concrete_fields if f.attname not in {"name", "title", "email"}]
    before = User.objects.values(*frozen).get(pk=target.pk)
    client = make.client(
        make.officer((role, "" if role in {"sysadmin", "secadmin", "auditadmin"} else CITY)) if role else make.officer(), stepped_up=True
    )
    everything = {f.name: "1" for f in User._meta.concrete_fields} | {
        "name": "新名",
        "title": "新职",
        "email": "a@b.cn",
        "kind": "worker",
        "grants": "sysadmin",
        "role": "sysadmin",
        "is_staff": "1",
    }
    answer = client.post(f"{USERS}{target.pk}/edit/", everything)
    assert User.objects.values(*frozen).get(pk=target.pk) == before
    target.refresh_from_db()
    assert (target.name == "新名") is (role == Role.SYSADMIN) is (answer.status_code == 302)
    assert target.grants.count() == 1


@pytest.mark.invariant("ACC-06")
def test_without_the_allow_list_the_sweep_would_fail(monkeypatch) -> None:
    """Negative control: a form that took the model's fields would let the kind through."""
    from django.forms import modelform_factory

    target = make.officer((Role.CHAIR, CITY))
    form = modelform_factory(User, fields="__all__")(
        {"username": "x", "name": "新名", "kind": "worker", "password": "p", "date_joined": "2025-01-01"}, instance=target
    )
    assert form.is_valid(), form.errors
    form.save()
    assert User.objects.get(pk=target.pk).kind == "worker"


def test_the_list_costs_the_same_for_three_and_for_thirty(django_assert_max_num_queries) -> None:
    client = sysadmin()
    for n in range(30):
        make.officer((Role.CHAIR, TOWN), name=f"干部{n}")
    client.get(USERS)
    with django_assert_max_num_queries(10):
        assert client.get(USERS).status_code == 200


# -- audit log ---------------------------------------------------------------------------------------------------


def test_audit_administrator_filters_drills_and_exports() -> None:
    auditor = make.officer((Role.AUDITADMIN, ""), name="冯磊")
    client, other = make.client(auditor, stepped_up=True), make.officer(name="=cmd|'/c calc'!A0")
    services.grant_give(actor=make.acting((Role.SECADMIN, "")), user=other, role=Role.CHAIR, org_path=TOWN, reason="任命文件 1 号")
    services.preferences_set(actor=make.actor(other), text_size="xl")
    page = client.get("/console/accounts/audit/").content.decode()
    assert "accounts.grant.given" in page and "accounts.preferences.set" in page
    drilled = client.get(f"/console/accounts/audit/?kind=accounts.user&object={other.pk}").content.decode()
    assert "accounts.preferences.set" in drilled and "accounts.grant.given" not in drilled
    assert "没有这样的记录" in client.get("/console/accounts/audit/?since=2000-01-01&until=2000-01-02").content.decode()
    answer = client.get(f"/console/accounts/audit/export/?who=user:{other.pk}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2 and rows[1][2].startswith("'=cmd")
    assert AuditEntry.objects.filter(verb="accounts.audit.exported").count() == 1


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.CITY])
def test_others_do_not_read_the_audit_log(role) -> None:
    client = make.client(make.officer((role, "" if role != Role.CITY else CITY)), stepped_up=True)
    assert client.get("/console/accounts/audit/").status_code == 403
    assert client.get("/console/accounts/audit/export/").status_code == 403


# -- my account --------------------------------------------------------------------------------------------------


def test_text_size_goes_along_to_the_next_computer() -> None:
    user = make.officer((Role.CITY, CITY), totp=True)
    make.client(user).post("/accounts/text-size/", {"size": "xl", "next": "/console/accounts/me/"})
    fresh = Client()
    fresh.post("/accounts/login/", {"username": user.username, "password": make.PASSWORD})
    fresh.post("/accounts/login/factor/", {"code": make.code()})
    assert fresh.cookies["fs"].value == "xl"


def test_a_new_phone_replaces_the_old_one() -> None:
    user = make.officer((Role.CITY, CITY), totp=True)
    client = make.client(user, stepped_up=True)
    seed = client.get("/console/accounts/security/totp/").context["seed"]
    shown = client.post("/console/accounts/security/totp/", {"code": make.code(seed=seed)})
    assert len(shown.context["codes"]) == 10
    with clock.at(clock.now().replace(microsecond=0) + clock.timedelta(minutes=2)):
        assert services.factor_check(user=user, code=make.code(seed=seed)) == "totp"


def test_pages_show_themselves() -> None:
    client = secadmin()
    for url in (
        USERS,
        "/console/accounts/roles/",
        "/console/accounts/roles/?role=city",
        "/console/accounts/me/",
        "/console/accounts/security/",
        "/m/accounts/security/",
    ):
        assert client.get(url).status_code == 200, url
    assert "accounts.grant.edit" in client.get("/console/accounts/roles/").content.decode()
    for url in ("/accounts/login/", "/m/login/"):
        assert Client().get(url).status_code == 200


def test_createadmin_prints_three_accounts_once(capsys) -> None:
    from django.core.management import call_command

    call_command("createadmin")
    assert capsys.readouterr().out.count("一次性口令") == 3
    with pytest.raises(SystemExit) as stopped:
        call_command("createadmin")
    assert stopped.value.code == 1
