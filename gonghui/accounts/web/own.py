"""One's own account (我的账号): password, second factor, sign-ins, text size."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.accounts import selectors, services, sessions
from gonghui.accounts.enums import UserKind
from gonghui.accounts.forms import ChangePasswordForm, TotpForm, refuse
from gonghui.accounts.models import User
from gonghui.accounts.web import flow
from gonghui.core.access import officer, signed_in
from gonghui.core.context import FONT_COOKIE
from gonghui.core.errors import BadInput
from gonghui.core.http import Request, render


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


@officer()
def profile(request: Request) -> HttpResponse:
    """Who I am and what I may do (我的账户)."""
    return render(request, "accounts/console/profile.html", {"me": _me(request), "grants": selectors.grants_active(_me(request))})


@signed_in
@require_POST
def text_size(request: Request) -> HttpResponse:
    """Text size, kept with the account (字号)."""
    size = request.POST.get("size", "")
    services.preferences_set(actor=request.actor, text_size=size)
    response = HttpResponseRedirect(flow.safe_next(request, request.POST.get("next")) or flow.home(_me(request)))
    response.set_cookie(FONT_COOKIE, size, max_age=flow.YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    return response


@officer()
def security(request: Request) -> HttpResponse:
    """Password, second factor, sign-ins (登录与安全)."""
    return _security(request)


def _security(request: Request, status: int = 200, form: ChangePasswordForm | None = None) -> HttpResponse:
    me = _me(request)
    context = {
        "me": me,
        "form": form or ChangePasswordForm(),
        "has_totp": selectors.has_totp(me.pk),
        "left": selectors.recovery_left(me.pk),
        "rows": selectors.sign_in_list(me.pk),
        "here": request.session.get(sessions.ROW),
    }
    return render(request, "accounts/console/security.html", context, status=status)


@officer()
@sensitive_post_parameters()
@require_POST
def password(request: Request) -> HttpResponse:
    """Change the password (改口令); the other sign-ins end."""
    form, me = ChangePasswordForm(request.POST), _me(request)
    if form.is_valid():
        try:
            services.password_change(
                actor=request.actor,
                user=me,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                keep=request.session.get(sessions.ROW),
            )
        except BadInput as fault:
            refuse(form, fault, "old" if fault.code == "accounts.wrong_password" else "new")
        else:
            request.session.cycle_key()
            request.session[HASH_SESSION_KEY] = me.get_session_auth_hash()
            messages.success(request, "口令已改。其他设备上的登录都已下线。")
            return HttpResponseRedirect(reverse("accounts:security"))
    return _security(request, 422, form)


@officer(step_up=True)
@require_http_methods(["GET", "POST"])
def totp(request: Request) -> HttpResponse:
    """A new phone (换动态口令)."""
    me, form = _me(request), TotpForm(request.POST or None)
    seed = (flow.kept(request, flow.SEED) if request.method == "POST" else "") or services.totp_new()
    flow.keep(request, flow.SEED, seed)
    if request.method == "POST" and form.is_valid():
        try:
            codes = services.totp_enrol(
                actor=request.actor, user=me, seed=seed, code=form.cleaned_data["code"], keep=request.session.get(sessions.ROW)
            )
        except BadInput as fault:
            refuse(form, fault, "code")
        else:
            request.session.pop(flow.SEED, None)
            request.session.cycle_key()
            return render(request, "accounts/recovery.html", {"codes": codes, "after": reverse("accounts:security")})
    context = {"form": form, "seed": seed, "uri": services.totp_uri(me, seed), "again": True}
    return render(request, "accounts/totp_setup.html", context, status=422 if form.is_bound else 200)


@officer(step_up=True)
@require_POST
def recovery_new(request: Request) -> HttpResponse:
    """Fresh recovery codes (换恢复码)."""
    codes = services.recovery_new(actor=request.actor, user=_me(request))
    return render(request, "accounts/recovery.html", {"codes": codes, "after": reverse("accounts:security")})


@signed_in
@require_POST
def session_end(request: Request, pk: int) -> HttpResponse:
    """End one sign-in (下线)."""
    services.session_end(actor=request.actor, pk=pk)
    messages.success(request, "那台设备已下线。")
    return HttpResponseRedirect(_security_page(request))


@signed_in
@require_POST
def session_end_others(request: Request) -> HttpResponse:
    """End all other sign-ins (其他设备全部下线)."""
    count = services.session_end_others(actor=request.actor, keep=request.session.get(sessions.ROW))
    messages.success(request, f"其他 {count} 处登录已下线。")
    return HttpResponseRedirect(_security_page(request))


def _security_page(request: HttpRequest) -> str:
    return reverse("accounts:security" if _me(request).kind == UserKind.OFFICER else "accounts:m-security")
