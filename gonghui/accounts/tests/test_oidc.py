"""Sign-in through another identity provider, played by a small server on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from gonghui.accounts.enums import Role
from gonghui.accounts.models import SignIn
from gonghui.accounts.tests import make

pytestmark = pytest.mark.django_db


class Provider(BaseHTTPRequestHandler):
    name = "nobody"
    seen: dict[str, list[str]] = {}

    def _json(self, data: dict) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        root = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.endswith("/openid-configuration"):
            return self._json(
                {
                    "issuer": root,
                    "authorization_endpoint": f"{root}/auth",
                    "token_endpoint": f"{root}/token",
                    "userinfo_endpoint": f"{root}/me",
                    "jwks_uri": f"{root}/keys",
                }
            )
        return self._json({"sub": "1", "preferred_username": Provider.name})

    def do_POST(self) -> None:
        root = f"http://127.0.0.1:{self.server.server_port}"
        Provider.seen = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        claims = {"iss": root, "aud": "gonghui", "sub": "1", "exp": int(time.time()) + 60, "iat": int(time.time())}
        self._json({"access_token": "t", "token_type": "Bearer", "id_token": jwt.encode(claims, "k" * 32, algorithm="HS256")})

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def provider(settings) -> Iterator[type[Provider]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    issuer = f"http://127.0.0.1:{server.server_port}"
    settings.OIDC = {
        "issuer": issuer,
        "client_id": "gonghui",
        "secret": "s",
        "name": "政务统一认证",
        "claim": "preferred_username",
        "trusts_factor": False,
    }
    app = {"provider_id": "oidc", "name": "政务统一认证", "client_id": "gonghui", "secret": "s", "settings": {"server_url": issuer}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield Provider
    server.shutdown()
    server.server_close()
    thread.join(5)


def come_back(client: Client, state: str | None = None):
    away = client.post("/accounts/oidc/")
    asked = parse_qs(urlsplit(away.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    return client.get("/accounts/oidc/callback/", {"code": "c", "state": state or asked["state"][0]})


def test_off_by_default() -> None:
    assert Client().post("/accounts/oidc/").status_code == 404
    assert Client().get("/accounts/oidc/callback/").status_code == 404
    assert "accounts/oidc" not in Client().get("/accounts/login/").content.decode()


def test_a_known_officer_goes_on_to_the_second_factor(provider) -> None:
    user, client = make.officer((Role.CITY, "0001"), totp=True), Client()
    provider.name = user.username
    assert "政务统一认证" in client.get("/accounts/login/").content.decode()
    assert come_back(client).url == "/accounts/login/factor/"
    assert "code_verifier" in provider.seen
    assert not SignIn.objects.exists()
    assert client.post("/accounts/login/factor/", {"code": make.code()}).status_code == 302
    assert SignIn.objects.get().user == user


def test_a_trusted_provider_s_factor_suffices_but_opens_no_dangerous_act(provider, settings) -> None:
    settings.OIDC["trusts_factor"] = True
    user, client = make.officer((Role.CITY, "0001"), totp=True), Client()
    provider.name = user.username
    come_back(client)
    assert SignIn.objects.get().factor == "oidc"
    assert "stepped_up_until" not in client.session


@pytest.mark.parametrize("who", ["stranger", "disabled", "worker"])
def test_others_stay_out(provider, who) -> None:
    user = make.officer((Role.CITY, "0001"), totp=True)
    type(user).objects.filter(pk=user.pk).update(is_active=who != "disabled", kind="worker" if who == "worker" else "officer")
    provider.name = "stranger" if who == "stranger" else user.username
    client = Client()
    assert come_back(client).url == "/accounts/login/"
    assert not SignIn.objects.exists() and "pending" not in client.session
    assert "没有您的干部账号" in client.get("/accounts/login/").content.decode()


def test_a_forged_state_is_refused(provider) -> None:
    user, client = make.officer((Role.CITY, "0001"), totp=True), Client()
    provider.name = user.username
    assert come_back(client, state="forged").url == "/accounts/login/"
    assert "pending" not in client.session
