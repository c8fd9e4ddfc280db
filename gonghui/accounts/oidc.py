"""Sign-in through another identity provider (统一身份认证), by setting; off by default.

allauth speaks OpenID Connect (discovery, state, PKCE, token, id token); who comes in, and whether a second factor of ours
follows, is settled here. Only officers who already have an account come in: the claim is the login name.
"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.accounts.enums import Factor, UserKind
from gonghui.accounts.models import User
from gonghui.core import audit
from gonghui.core.errors import NotFound

PROVIDER = "oidc"
REFUSED = "统一身份认证没有通过，或这里没有您的干部账号。请用登录名和口令登录，或联系系统管理员。"


def shown() -> dict[str, Any] | None:
    """Name of the provider for the login page, or None when it is off."""
    return {"name": settings.OIDC["name"]} if settings.OIDC else None


class _Protocol(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth carries no types
    """The protocol with our own callback address."""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("accounts:oidc_callback"))


def begin(request: HttpRequest) -> HttpResponse:
    """Off to the provider."""
    if not settings.OIDC:
        raise NotFound()
    provider = _Protocol(request, PROVIDER).get_provider()
    provider.oauth2_adapter_class = _Protocol
    answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN)
    return answer


def finish(request: HttpRequest) -> HttpResponse:
    """Back from the provider; `Adapter.pre_social_login` ends it."""
    if not settings.OIDC:
        raise NotFound()
    answer: HttpResponse = OAuth2CallbackView.adapter_view(_Protocol(request, PROVIDER))(request)
    return answer


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """What allauth asks us."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        raise ImmediateHttpResponse(_enter(request, sociallogin.account.extra_data))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> NoReturn:
        raise ImmediateHttpResponse(_refuse(request))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Nobody signs up through allauth."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def _set() -> dict[str, Any]:
    """The settings, as set."""
    return dict(settings.OIDC or {})


def _enter(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    """The officer whose login name the provider vouches for goes on to the second factor, unless the provider's is trusted."""
    from gonghui.accounts.web import flow  # the page flow stands above; allauth calls this module by setting

    claims = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}
    name = str(claims.get(_set()["claim"], "")).strip().lower()
    user = User.objects.filter(username=name, kind=UserKind.OFFICER, is_active=True).first() if name else None
    if user is None:
        audit.append("anonymous", "accounts.oidc.refused", data={"name": audit.digest("accounts.username", name)})
        return _refuse(request)
    flow.begin(request, user, Factor.OIDC if _set()["trusts_factor"] else "")
    return flow.onward(request, user)


def _refuse(request: HttpRequest) -> HttpResponse:
    messages.error(request, REFUSED)
    return HttpResponseRedirect(reverse("accounts:login"))
