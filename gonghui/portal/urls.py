"""Root urls: every app's own `urls`, the portal's pages last."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from gonghui.portal import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"gonghui.{name}.urls")) for name in settings.GONGHUI_APPS if name != "portal" and find_spec(f"gonghui.{name}.urls")
]
urlpatterns += [path("api/", include((api.urls(), "ninja"), namespace="api")), path("", include("gonghui.portal.pages"))]

handler400 = "gonghui.core.refusals.bad_request"
handler403 = "gonghui.core.refusals.not_permitted"
handler404 = "gonghui.core.refusals.not_found"
handler500 = "gonghui.core.refusals.server_error"
