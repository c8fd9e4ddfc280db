"""Between password and second factor (登录中途): kept in the session for ten minutes; nobody is signed in yet."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme

from gonghui.accounts import rules, selectors, services, sessions
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Factor, UserKind
from gonghui.accounts.models import User
from gonghui.core import clock, crypto, menu
from gonghui.core.context import FONT_COOKIE

PENDING, NEXT, SEED, PHONE = "pending", "next", "totp_seed", "worker_phone"
DEVICE = "device"
DEVICE_AGE = 180 * 24 * 3600
YEAR = 365 * 24 * 3600


def safe_next(request: HttpRequest, wanted: str | None) -> str:
    """A path on this site, or ""."""
    ok = url_has_allowed_host_and_scheme(wanted or "", allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return str(wanted) if ok else ""


def remember_next(request: HttpRequest) -> None:
    """Where to go after signing in."""
    if wanted := safe_next(request, request.GET.get("next")):
        request.session[NEXT] = wanted


def begin(request: HttpRequest, user: User, factor: str = "") -> None:
    """The password is right (or another identity provider says so)."""
    after = request.session.get(NEXT, "")
    request.session.flush()
    request.session.update({PENDING: {"user": user.pk, "until": (clock.now() + rules.PENDING).timestamp(), "factor": factor}, NEXT: after})


def pending(request: HttpRequest) -> User | None:
    """The officer on the way in, while the ten minutes last."""
    kept = request.session.get(PENDING)
    if not kept or kept["until"] < clock.now().timestamp():
        request.session.pop(PENDING, None)
        return None
    return User.objects.filter(pk=kept["user"], is_active=True).first()


def prove(request: HttpRequest, factor: Factor) -> None:
    """The second factor is right; steps may still be missing."""
    request.session[PENDING] = {**request.session[PENDING], "factor": str(factor)}


def proven(request: HttpRequest) -> str:
    """How the second factor was given, or "" when it was not yet."""
    return str((request.session.get(PENDING) or {}).get("factor", ""))


def onward(request: HttpRequest, user: User) -> HttpResponse:
    """To the next missing step, or in: second factor, new password, set up the factor."""
    missing = services.steps_missing(user)
    if not proven(request) and "totp" not in missing:
        return HttpResponseRedirect(reverse("accounts:factor"))
    if "password" in missing:
        return HttpResponseRedirect(reverse("accounts:new_password"))
    if "totp" in missing:
        return HttpResponseRedirect(reverse("accounts:totp_setup"))
    return enter(request, user, Factor(proven(request)))


def enter(request: HttpRequest, user: User, factor: Factor, answer: HttpResponse | None = None) -> HttpResponse:
    """Sign in and go where one wanted to."""
    after = request.session.get(NEXT, "")
    sessions.open_for(request, user, factor, stepped_up=factor in {Factor.TOTP, Factor.RECOVERY})
    response = answer or HttpResponseRedirect(after or home(user))
    if user.text_size:
        response.set_cookie(FONT_COOKIE, user.text_size, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    if user.kind == UserKind.OFFICER:
        remember_device(request, response, user)
    return response


def home(user: User) -> str:
    """Where one's pages open."""
    if user.kind == UserKind.OFFICER:
        return menu.fixed("home") or "/"
    return reverse("accounts:welcome") if user.person_id is None else menu.fixed("mobile") or "/"


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """A mark of a browser in which this name has signed in: strangers who fail with the name do not lock its owner out."""
    value = signing.dumps({"u": user.username, "d": get_random_string(16)}, salt="accounts.device")
    response.set_cookie(DEVICE, value, max_age=DEVICE_AGE, secure=request.is_secure(), httponly=True, samesite="Lax", path="/accounts/")


def device(request: HttpRequest, username: str) -> str:
    """The mark of this browser for this name, or ""."""
    try:
        found = signing.loads(request.COOKIES.get(DEVICE, ""), salt="accounts.device", max_age=DEVICE_AGE)
    except signing.BadSignature:
        return ""
    return str(found["d"]) if found["u"] == username.strip().lower() else ""


def keep(request: HttpRequest, name: str, value: str) -> None:
    """Put something private into the session: sealed, because sessions lie in the database."""
    request.session[name] = crypto.seal("accounts.session", name, 0, value).hex()


def kept(request: HttpRequest, name: str) -> str:
    """What `keep` put there, or ""."""
    sealed = request.session.get(name)
    try:
        return crypto.unseal("accounts.session", name, 0, bytes.fromhex(sealed)) if sealed else ""
    except crypto.Unsealable:
        return ""


def actor_on_the_way(user: User) -> Actor:
    """An officer without rights yet, who may only finish the account."""
    return Actor(ref=selectors.ref_of(user), name=user.name, user_id=user.pk, person_id=user.person_id, is_officer=True)
