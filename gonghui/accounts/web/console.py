"""Console pages of accounts (账号管理): users, grants, my account, who may do what."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.accounts import permissions, rules, selectors, services, throttle
from gonghui.accounts.enums import Perm, Role
from gonghui.accounts.forms import GrantForm, OfficerEditForm, OfficerForm, ReasonForm, UserFilter, refuse
from gonghui.accounts.hooks import orgs_found
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import Conflict, Refusal
from gonghui.core.http import Request, page_of, render


def _status(request: HttpRequest) -> int:
    return 200 if request.method == "GET" else 422


@officer(Perm.USER_VIEW)
def users(request: Request) -> HttpResponse:
    """Officers' accounts (账号)."""
    form = UserFilter(request.GET or None)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if data.get("q"):
        throttle.spend(rules.SEARCH, request.actor.ref)
    rows = selectors.user_list(actor=request.actor, words=data.get("q", ""), role=data.get("role", ""), state=data.get("state", ""))
    context = {"form": form, "page": page_of(request, rows), "may_edit": request.actor.may(Perm.USER_EDIT, "")}
    return render(request, "accounts/console/users.html", context)


@officer(Perm.USER_EDIT)
@require_http_methods(["GET", "POST"])
def user_new(request: Request) -> HttpResponse:
    """A new account (建账号)."""
    form = OfficerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = services.officer_create(actor=request.actor, **form.cleaned_data)
        except Conflict as fault:
            refuse(form, fault, "username")
        except Refusal as fault:
            refuse(form, fault)
        else:
            return render(request, "accounts/console/password_once.html", {"user_": user, "password": password})
    return render(request, "accounts/console/user_new.html", {"form": form}, status=_status(request))


@officer(Perm.USER_VIEW)
def user_detail(request: Request, pk: int) -> HttpResponse:
    """One account with its grants (账号详情)."""
    return _detail(request, pk)


def _detail(request: Request, pk: int, status: int = 200, **forms: Any) -> HttpResponse:
    user, actor = selectors.user_get(actor=request.actor, pk=pk), request.actor
    context = {
        "user_": user,
        "grants": selectors.grant_list(actor=actor, user=user) if actor.may(Perm.GRANT_VIEW) else [],
        "sessions": selectors.sign_in_list(user.pk) if actor.may(Perm.USER_EDIT, "") else [],
        "has_totp": selectors.has_totp(user.pk),
        "may_edit": actor.may(Perm.USER_EDIT, "") and user.pk != actor.user_id,
        "may_grant": actor.may(Perm.GRANT_EDIT) and user.pk != actor.user_id,
        "may_audit": actor.may(Perm.AUDIT_VIEW),
        "edit_form": OfficerEditForm(initial={"name": user.name, "title": user.title, "email": user.email}),
        "reason_form": ReasonForm(),
        "reset_form": ReasonForm(auto_id="reset_%s"),
        "active_form": ReasonForm(auto_id="active_%s"),
        "sees_grants": actor.may(Perm.GRANT_VIEW),
        "today": clock.today(),
        "reset_lines": ["原口令、动态口令和恢复码全部作废，登录全部下线。", "您会看到一次性口令，当面或电话告诉本人。"],
        "off_lines": ["所有登录立即下线，不能再登录。", "授权保留，重新启用后恢复。"],
        "on_lines": ["本人可以再登录，原有授权继续有效。"],
        **forms,
    }
    return render(request, "accounts/console/user.html", context, status=status)


@officer(Perm.USER_EDIT)
@require_POST
def user_edit(request: Request, pk: int) -> HttpResponse:
    """Name, post, mail (改资料)."""
    user, form = selectors.user_get(actor=request.actor, pk=pk), OfficerEditForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, 422, edit_form=form)
    services.officer_edit(actor=request.actor, user=user, **form.cleaned_data)
    messages.success(request, "资料已改。")
    return HttpResponseRedirect(reverse("accounts:user", args=[pk]))


@officer(Perm.USER_EDIT, step_up=True)
@require_POST
def user_active(request: Request, pk: int) -> HttpResponse:
    """Disable or enable (停用、启用)."""
    user, form = selectors.user_get(actor=request.actor, pk=pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, 422, reason_form=form)
    user = services.officer_set_active(actor=request.actor, user=user, active=not user.is_active, reason=form.cleaned_data["reason"])
    messages.success(request, f"{user.name}的账号已{'启用' if user.is_active else '停用，所有登录已下线'}。")
    return HttpResponseRedirect(reverse("accounts:user", args=[pk]))


@officer(Perm.USER_EDIT, step_up=True)
@require_POST
def user_reset(request: Request, pk: int) -> HttpResponse:
    """A one-time password, shown once (重置)."""
    user, form = selectors.user_get(actor=request.actor, pk=pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, 422, reason_form=form)
    password = services.officer_reset(actor=request.actor, user=user, reason=form.cleaned_data["reason"])
    return render(request, "accounts/console/password_once.html", {"user_": user, "password": password})


@officer(Perm.GRANT_EDIT, step_up=True)
@require_http_methods(["GET", "POST"])
def grant_new(request: Request, pk: int) -> HttpResponse:
    """Give a role: choose the union first by words, then confirm (授权)."""
    user = selectors.user_get(actor=request.actor, pk=pk)
    form = GrantForm(request.POST or None)
    found: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = orgs_found(request.actor, data["org"])
        chosen = next(((path, name) for path, name in found if path == data["org_path"]), found[0] if len(found) == 1 else None)
        if chosen is None:
            form.add_error("org", "请在下面查到的工会里选一个。" if found else f"没查到“{data['org']}”，请换几个字再查。")
        else:
            try:
                services.grant_give(
                    actor=request.actor,
                    user=user,
                    role=data["role"],
                    org_path=chosen[0],
                    org_name=chosen[1],
                    until=data["until"],
                    reason=data["reason"],
                )
            except Refusal as fault:
                refuse(form, fault)
            else:
                messages.success(request, f"已授权：{user.name}，{Role(data['role']).label}，{chosen[1]}。下一次点击起生效。")
                return HttpResponseRedirect(reverse("accounts:user", args=[pk]))
    return render(request, "accounts/console/grant_new.html", {"user_": user, "form": form, "found": found[:20]}, status=_status(request))


@officer(Perm.GRANT_EDIT, step_up=True)
@require_POST
def grant_revoke(request: Request, pk: int) -> HttpResponse:
    """Take a right away (撤销)."""
    grant, form = selectors.grant_get(actor=request.actor, pk=pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, grant.user_id, 422, reason_form=form)
    services.grant_revoke(actor=request.actor, grant=grant, reason=form.cleaned_data["reason"])
    messages.success(request, "授权已撤销，立即生效。")
    return HttpResponseRedirect(reverse("accounts:user", args=[grant.user_id]))


@officer(Perm.GRANT_VIEW)
def roles(request: Request) -> HttpResponse:
    """Who may do what: roles × permissions (权限一览)."""
    chosen = request.GET.get("role", "")
    columns = [r for r in Role if not chosen or r.value == chosen]
    groups: dict[str, list[tuple[str, list[bool]]]] = {}
    for perm in sorted(permissions.known()):
        app = perm.split(".")[0]
        title = apps.get_app_config(app).verbose_name if apps.is_installed(f"gonghui.{app}") else app
        groups.setdefault(str(title), []).append((perm, [perm in permissions.of_role(r) for r in columns]))
    return render(request, "accounts/console/roles.html", {"columns": columns, "groups": groups.items(), "roles": Role, "chosen": chosen})
