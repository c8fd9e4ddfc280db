"""Workers come in by phone (职工登录)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gonghui.accounts import network, selectors, services
from gonghui.accounts.enums import Factor
from gonghui.accounts.forms import PhoneForm, SmsCodeForm, refuse
from gonghui.accounts.models import User
from gonghui.accounts.web import flow
from gonghui.core.access import public, signed_in
from gonghui.core.errors import BadInput, TooMany
from gonghui.core.http import Request, render


@public
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """The phone number (职工登录)."""
    flow.remember_next(request)
    form = PhoneForm(request.POST or None, initial={"phone": flow.kept(request, flow.PHONE)})
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            services.code_send(phone=phone, network=network.of(request))
        except TooMany as fault:
            refuse(form, fault)
            return _late(
                render(
                    request, "accounts/mobile/login.html", {"form": form, "waiting": flow.kept(request, flow.PHONE) == phone}, status=429
                ),
                fault,
            )
        flow.keep(request, flow.PHONE, phone)
        return HttpResponseRedirect(reverse("accounts:worker_code"))
    return render(request, "accounts/mobile/login.html", {"form": form}, status=status)


@public
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code of the message (验证码)."""
    phone = flow.kept(request, flow.PHONE)
    if not phone:
        return HttpResponseRedirect(reverse("accounts:worker_login"))
    form = SmsCodeForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            user = services.worker_check(phone=phone, code=form.cleaned_data["code"], network=network.of(request))
        except (BadInput, TooMany) as fault:
            refuse(form, fault, "code" if isinstance(fault, BadInput) else None)
            response = render(request, "accounts/mobile/code.html", {"form": form, "phone": phone}, status=fault.status)
            return _late(response, fault) if isinstance(fault, TooMany) else response
        if user.is_active:
            return flow.enter(request, user, Factor.SMS)
        form.add_error(None, "这个账号已停用。请打客服电话或联系您的工会。")
    return render(request, "accounts/mobile/code.html", {"form": form, "phone": phone}, status=status)


def _late(response: HttpResponse, fault: TooMany) -> HttpResponse:
    response["Retry-After"] = str(fault.retry_after)
    return response


@signed_in
def welcome(request: HttpRequest) -> HttpResponse:
    """Signed in, but nobody in the register has this phone: the way to join (还没有会籍)."""
    if cast(Request, request).actor.person_id is not None:
        return HttpResponseRedirect(flow.home(cast(User, request.user)))
    return render(request, "accounts/mobile/welcome.html", {"phone": selectors.phone_of(cast(User, request.user))})


@signed_in
def security(request: HttpRequest) -> HttpResponse:
    """A worker's sign-ins (登录与安全)."""
    return render(
        request,
        "accounts/mobile/security.html",
        {"rows": selectors.sign_in_list(cast(User, request.user).pk), "here": request.session.get("sign_in")},
    )
