"""Factories of accounts for all tests (账号测试工厂)."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta
from itertools import count

from django.contrib.auth.hashers import make_password
from django.test import Client

from gonghui.accounts import rules, selectors
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role, UserKind
from gonghui.accounts.models import Grant, User
from gonghui.accounts.services import credentials
from gonghui.core import clock

PASSWORD = "lantern-orchid-42-Brook"
SEED = base64.b32encode(b"01234567890123456789").decode()
_numbers = count(1)
_encoded: list[str] = []


def officer(
    *grants: tuple[Role | str, str],
    username: str = "",
    name: str = "张三",
    person_id: int | None = None,
    totp: bool = False,
    until: date | None = None,
) -> User:
    """An officer with grants [(role, org path)]; the password is PASSWORD, the seed SEED when `totp`."""
    if not _encoded:
        _encoded.append(make_password(PASSWORD))
    user = User.objects.create(
        username=username or f"officer{next(_numbers)}",
        name=name,
        person_id=person_id,
        password=_encoded[0],
        date_joined=clock.now(),
        password_changed_at=clock.now(),
    )
    for role, path in grants:
        give(user, role, path, until=until)
    if totp:
        credentials.totp_store(user, credentials.seed_bytes(SEED))
    return user


def give(user: User, role: Role | str, path: str, *, until: date | None = None, name: str = "") -> Grant:
    """A grant as a plain row."""
    return Grant.objects.create(
        user=user,
        role=role,
        org_path=path,
        org_name=name,
        since=clock.today() - timedelta(days=30),
        until=until,
        reason="测试",
        granted_by="system:test",
    )


def worker(*, person_id: int | None = None, name: str = "李工友") -> User:
    """A worker's account."""
    user = User(username=f"w-test{next(_numbers)}", name=name, kind=UserKind.WORKER, person_id=person_id, date_joined=clock.now())
    user.set_unusable_password()
    user.save()
    return user


def actor(user: User, *, stepped_up: bool = False) -> Actor:
    """The actor behind a user, grants read now."""
    found = {selectors.STEPPED_UP: clock.now().timestamp() + 300} if stepped_up else {}
    return selectors.actor_of(User.objects.get(pk=user.pk), found)


def acting(*grants: tuple[Role | str, str], **more: object) -> Actor:
    """The actor of a fresh officer."""
    return actor(officer(*grants, **more))  # type: ignore[arg-type]


def code(user: User | None = None, *, at: datetime | None = None, seed: str = SEED) -> str:
    """The code of the authenticator app."""
    return rules.totp(credentials.seed_bytes(seed), rules.step_of((at or clock.now()).timestamp()))


def client(user: User, *, stepped_up: bool = False, **headers: str) -> Client:
    """A browser in which the user is signed in."""
    browser = Client(**headers)
    browser.force_login(user)
    if stepped_up:
        session = browser.session
        session[selectors.STEPPED_UP] = clock.now().timestamp() + 300
        session.save()
    return browser
