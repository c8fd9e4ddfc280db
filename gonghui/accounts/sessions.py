"""Life of a sign-in (会话): one row each, looked at on every request, so that ending it works at the next one (ACC-03)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from gonghui.accounts import network, rules, selectors
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Factor
from gonghui.accounts.models import SignIn, User
from gonghui.core import clock

ROW, SCOPES, FACTOR = "sign_in", "scopes", "factor"
BACKEND = "gonghui.accounts.backends.PasswordBackend"


def open_for(request: HttpRequest, user: User, factor: Factor, *, stepped_up: bool) -> None:
    """Sign in: a fresh session key, a row of its own; a fresh second factor counts as step-up."""
    kept = {key: request.session[key] for key in ("_language",) if key in request.session}
    request.session.flush()
    request.session.update({**kept, FACTOR: str(factor)})
    login(request, user, backend=BACKEND)
    if stepped_up:
        step_up(request)


def started(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Receiver of Django's `user_logged_in`: whatever path signs somebody in, it leaves a row that can be listed and ended."""
    now = clock.now()
    row = SignIn.objects.create(
        user=user,
        factor=request.session.get(FACTOR, Factor.DIRECT),
        network=network.of(request),
        device=device_of(str(request.META.get("HTTP_USER_AGENT") or "")),
        started_at=now,
        seen_at=now,
    )
    request.session[ROW] = row.pk
    request.session.pop(selectors.STEPPED_UP, None)


def device_of(agent: str) -> str:
    """A few words a person recognises."""
    systems = {
        "Android": "安卓手机",
        "iPhone": "苹果手机",
        "iPad": "苹果平板",
        "Windows": "Windows 电脑",
        "Macintosh": "苹果电脑",
        "Linux": "Linux 电脑",
    }
    browsers = {"MicroMessenger": "微信", "Edg/": "Edge", "Firefox": "火狐", "Chrome": "Chrome", "Safari": "Safari"}
    system = next((word for key, word in systems.items() if key in agent), "其他设备")
    return f"{system} {next((word for key, word in browsers.items() if key in agent), '')}".strip()


def row_id(request: HttpRequest) -> int:
    """The sign-in of this request; 0 for none."""
    return int(request.session.get(ROW) or 0)


def step_up(request: HttpRequest) -> None:
    """A fresh second factor (二次验证): dangerous acts are open for five minutes, under a new session key."""
    request.session.cycle_key()
    request.session[selectors.STEPPED_UP] = (clock.now() + rules.STEP_UP).timestamp()


def close(request: HttpRequest, why: str = "退出") -> None:
    """Sign out."""
    end(SignIn.objects.filter(pk=row_id(request)), why)
    logout(request)


def end(rows: QuerySet[SignIn], why: str) -> int:
    """End sign-ins; they stop counting at their next request."""
    return rows.filter(ended_at=None).update(ended_at=clock.now(), ended_why=why)


def resolve(request: HttpRequest) -> Actor:
    """Who acts in this request; a session that has ended is emptied."""
    session = request.session
    if SESSION_KEY not in session:
        return Actor.anonymous()
    row, scopes = selectors.signed_in(row_id(request), session[SESSION_KEY])
    now = clock.now()
    if row is None or not row.user.is_active or not selectors.alive(row, now) or not _hash_holds(session, row.user):
        if row is not None:
            end(SignIn.objects.filter(pk=row.pk), "超时或失效")
        logout(request)
        return Actor.anonymous()
    if now - row.seen_at >= rules.SEEN_EVERY:
        SignIn.objects.filter(pk=row.pk, ended_at=None).update(seen_at=now)
    request.user = row.user
    actor = selectors.actor_of(row.user, session, scopes)
    _rotate(session, actor)
    return actor


def _hash_holds(session: Any, user: User) -> bool:
    """A changed password ends every session that was opened with the old one."""
    return constant_time_compare(str(session.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash())


def _rotate(session: Any, actor: Actor) -> None:
    """A new session key when rights have changed since the last request."""
    now = [[s.role, s.path] for s in actor.scopes]
    if session.get(SCOPES) != now:
        if SCOPES in session:
            session.cycle_key()
        session[SCOPES] = now
