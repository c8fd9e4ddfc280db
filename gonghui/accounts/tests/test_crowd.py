"""Many at once (并发): one code, one bucket, one administrator."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gonghui.accounts import services, throttle
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.models import Bucket, Grant
from gonghui.accounts.services import signin
from gonghui.accounts.tests import make
from gonghui.accounts.tests.crowd import crowd
from gonghui.core.errors import RuleViolation, TooMany

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.mark.bar(11)
def test_of_twenty_who_use_one_recovery_code_one_comes_in() -> None:
    user = make.officer(totp=True)
    code = services.recovery_new(actor=make.actor(user), user=user)[0].replace("-", "")
    results = crowd([lambda: signin._use_recovery(user.pk, code) for _ in range(20)])
    assert results.count(True) == 1 and results.count(False) == 19, results


@pytest.mark.bar(11)
def test_of_twenty_who_use_one_code_one_comes_in() -> None:
    user = make.officer(totp=True)
    code = make.code()
    results = crowd([lambda: signin._use_totp(user.pk, code) for _ in range(20)])
    assert results.count(True) == 1, results


@pytest.mark.bar(10, 15)
def test_a_limit_counts_right_under_concurrency() -> None:
    results = crowd([lambda: throttle.hit("test", "k", 10, timedelta(minutes=1)) for _ in range(40)])
    assert sum(isinstance(r, int) for r in results) == 10
    assert all(isinstance(r, int | TooMany) for r in results), results
    assert Bucket.objects.get().count == 40


@pytest.mark.invariant("ACC-04")
def test_two_administrator_roles_given_at_once_to_one_person_end_with_one() -> None:
    user, system = make.officer(), Actor.system("test")

    def give(role: Role):
        return lambda: services.grant_give(actor=system, user=user, role=role, org_path="", reason="测试并发")

    results = crowd([give(role) for role in (Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN)])
    assert Grant.objects.filter(user=user, revoked_at=None).count() == 1, results
    assert sum(isinstance(r, RuleViolation) for r in results) == 2, results
