"""The REST API under generated requests (接口模糊测试): whatever is sent, an answer of the contract, never a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.orgs.tests import make

pytestmark = pytest.mark.engine_free
CONTRACT = json.loads((settings.BASE_DIR.parent / "docs" / "openapi.json").read_text(encoding="utf-8"))
EXAMPLES = 6
EACH = sorted(
    (path, method) for path, item in CONTRACT["paths"].items() for method in item if method in {"get", "post", "put", "patch", "delete"}
)


@pytest.fixture
def officer(db: None) -> dict[str, str]:
    """Cookies and token of a city officer."""
    root = make.root()
    make.employer(make.township())
    browser = accounts.client(accounts.officer((Role.CITY, root.path)))
    browser.get("/console/")
    return {k: v.value for k, v in browser.cookies.items()}


@pytest.mark.bar(6)
@pytest.mark.parametrize(("path", "method"), EACH)
def test_every_address_of_the_api_answers_anything_without_a_fault(officer: dict[str, str], path: str, method: str) -> None:
    operation = schemathesis.openapi.from_dict(CONTRACT)[path][method]
    application, seen = get_wsgi_application(), set()

    @hypothesis_settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def asked(case: Any) -> None:
        case.operation.app = application
        answer = case.call(cookies=officer, headers={"X-CSRFToken": officer.get(settings.CSRF_COOKIE_NAME, "")}, app=application)
        seen.add(answer.status_code)
        assert answer.status_code < 500, (answer.status_code, case.as_curl_command())
        if answer.status_code >= 400:
            assert set(answer.json()) >= {"code", "message"}, answer.text[:300]

    asked()
    assert seen, "nothing was asked"
