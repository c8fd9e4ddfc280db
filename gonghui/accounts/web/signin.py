"""Officers come in (干部登录): password, second factor, first-time steps, step-up, out."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.accounts import network, oidc, services, sessions
from gonghui.accounts.enums import Factor, UserKind
from gonghui.accounts.forms import FactorForm, NewPasswordForm, SignInForm, SmsCodeForm, TotpForm, refuse
from gonghui.accounts.models import User
from gonghui.accounts.web import flow
from gonghui.core.access import public, signed_in
from gonghui.core.errors import BadInput, TooMany
from gonghui.core.http import Request, render


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Login name and password (登录)."""
    flow.remember_next(request)
    form = SignInForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["username"]
        try:
            user = services.password_check(**form.cleaned_data, network=network.of(request), device=flow.device(request, name))
        except (BadInput, TooMany) as fault:
            return _refused(request, "accounts/login.html", form, fault)
        flow.begin(request, user)
        return flow.onward(request, user)
    return render(request, "accounts/login.html", {"form": form, "oidc": oidc.shown()}, status=status)


def _refused(
    request: HttpRequest,
    template: str,
    form: SignInForm | FactorForm | SmsCodeForm | TotpForm,
    fault: BadInput | TooMany,
    **context: object,
) -> HttpResponse:
    refuse(form, fault)
    response = render(request, template, {"form": form, "oidc": oidc.shown(), **context}, status=fault.status)
    if isinstance(fault, TooMany):
        response["Retry-After"] = str(fault.retry_after)
    return response


@public
@require_http_methods(["GET", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """The second factor (动态口令)."""
    user = flow.pending(request)
    if user is None:
        return HttpResponseRedirect(reverse("accounts:login"))
    form = FactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            used = services.factor_check(user=user, code=form.cleaned_data["code"])
        except (BadInput, TooMany) as fault:
            return _refused(request, "accounts/factor.html", form, fault)
        flow.prove(request, used)
        return flow.onward(request, user)
    return render(request, "accounts/factor.html", {"form": form}, status=200 if request.method == "GET" else 422)


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """A password that must be changed (首次登录改口令)."""
    user = flow.pending(request)
    if user is None or "password" not in services.steps_missing(user) or not _second_done(request, user):
        return HttpResponseRedirect(reverse("accounts:login"))
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.password_set(actor=flow.actor_on_the_way(user), user=user, password=form.cleaned_data["new"])
        except BadInput as fault:
            refuse(form, fault, "new")
        else:
            return flow.onward(request, user)
    return render(request, "accounts/new_password.html", {"form": form}, status=200 if request.method == "GET" else 422)


def _second_done(request: HttpRequest, user: User) -> bool:
    """Somebody who has a second factor must have shown it before changing anything."""
    return bool(flow.proven(request)) or "totp" in services.steps_missing(user)


@public
@require_http_methods(["GET", "POST"])
def totp_setup(request: HttpRequest) -> HttpResponse:
    """Set up the second factor on the way in (首次设动态口令)."""
    user = flow.pending(request)
    if user is None or "totp" not in services.steps_missing(user):
        return HttpResponseRedirect(reverse("accounts:login"))
    seed = flow.kept(request, flow.SEED) or services.totp_new()
    flow.keep(request, flow.SEED, seed)
    form = TotpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = services.totp_enrol(actor=flow.actor_on_the_way(user), user=user, seed=seed, code=form.cleaned_data["code"])
        except BadInput as fault:
            refuse(form, fault, "code")
        else:
            return _in_with_codes(request, user, codes)
    context = {"form": form, "seed": seed, "uri": services.totp_uri(user, seed)}
    return render(request, "accounts/totp_setup.html", context, status=200 if request.method == "GET" else 422)


def _in_with_codes(request: HttpRequest, user: User, codes: list[str]) -> HttpResponse:
    """Signed in; the recovery codes are shown this once and kept nowhere."""
    after = request.session.get(flow.NEXT, "") or flow.home(user)
    return flow.enter(request, user, Factor.TOTP, render(request, "accounts/recovery.html", {"codes": codes, "after": after}))


@public
@require_POST
def oidc_login(request: HttpRequest) -> HttpResponse:
    """Off to the other identity provider (统一身份认证)."""
    return oidc.begin(request)


@public
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """Back from it."""
    return oidc.finish(request)


@signed_in
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Out (退出)."""
    officer = cast(Request, request).actor.is_officer
    sessions.close(request)
    return HttpResponseRedirect(reverse("accounts:login" if officer else "accounts:worker_login"))


@signed_in
@require_http_methods(["GET", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """A fresh second factor before a dangerous act (二次验证)."""
    user = cast(User, request.user)
    officer = user.kind == UserKind.OFFICER
    flow.remember_next(request)
    kind = FactorForm if officer else SmsCodeForm
    form = kind(request.POST if "code" in request.POST else None)
    if request.method == "POST" and "send" in request.POST and not officer:
        services.step_up_send(user=user, network=network.of(request))
        return HttpResponseRedirect(reverse("accounts:step_up") + "?sent=1")
    if request.method == "POST" and form.is_valid():
        try:
            services.step_up_check(user=user, code=form.cleaned_data["code"])
        except (BadInput, TooMany) as fault:
            return _refused(request, "accounts/step_up.html", form, fault, officer=officer)
        after = request.session.pop(flow.NEXT, "")
        sessions.step_up(request)
        return HttpResponseRedirect(after or flow.home(user))
    return render(request, "accounts/step_up.html", {"form": form, "officer": officer}, status=422 if form.is_bound else 200)
