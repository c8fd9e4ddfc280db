"""Doors of the phone (手机入口): shell, service worker, manifest, registration, sync. The shell holds nobody's data."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from gonghui.accounts import throttle
from gonghui.core.access import officer, public
from gonghui.core.errors import BadInput, NotPermitted
from gonghui.core.http import Request, render
from gonghui.fieldwork.enums import Perm
from gonghui.fieldwork.selectors import desk
from gonghui.fieldwork.services import devices, sync
from gonghui.orgs.rules.cards import BLOCKS

LEAFLET = (
    "职工不用您多花钱就有人管：看病有互助，困难有帮扶，孩子有托管。",
    "有矛盾先在工会说，少打官司，少误工。",
    "小店不用单独建会，加入一条街、市场或行业的联合工会就行，不用您跑手续。",
    "建会以后，职工的培训、体检、节日活动由工会办。",
)
SCRIPTS = ("store", "sync", "sign", "screens", "forms", "kit")
SHELL = (
    "vendor/bootstrap-5.3.8/bootstrap.min.css", "vendor/htmx.org-2.0.11/htmx.min.js", "js/app.js", "css/app.css", "img/seal.svg", "fieldwork/kit.css", "vendor/icons.svg",
    *(f"fieldwork/{name}.js" for name in SCRIPTS), "fieldwork/icon-192.png", "fieldwork/icon-512.png",
)  # fmt: skip


def _anybodys(request: HttpRequest) -> None:
    """A kept page must not carry anybody's cookie."""
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False


@csrf_exempt  # changes nothing and must be cacheable without a cookie, so that it opens without a network
@public
@require_GET
def kit(request: HttpRequest) -> HttpResponse:
    """The field kit (外勤包): an empty shell; all data comes from the phone's own store."""
    context = {
        "scripts": [f"fieldwork/{n}.js" for n in SCRIPTS],
        "blocks": {k: [list(i) for i in v.items()] for k, v in BLOCKS.items()},
        "leaflet": LEAFLET,
    }
    response = render(request, "fieldwork/mobile/kit.html", context)
    _anybodys(request)
    response["Cache-Control"] = "no-cache"
    return response


@csrf_exempt
@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with the list of what it keeps; it stands beside the pages it serves."""
    shell = [reverse("fieldwork:kit"), reverse("fieldwork:manifest"), *map(static, SHELL)]
    path = finders.find("fieldwork/sw.js")
    assert isinstance(path, str)
    with open(path, encoding="utf-8") as held:  # noqa: PTH123  # a file of our own
        code = held.read()
    text = f"self.SHELL = {json.dumps(shell)};\nself.KIT = {json.dumps(reverse('fieldwork:kit'))};\n{code}"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@csrf_exempt
@public
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What the phone needs to install it."""
    icons = [{"src": static(f"fieldwork/icon-{n}.png"), "sizes": f"{n}x{n}", "type": "image/png"} for n in (192, 512)]
    said = {
        "name": "上门服务外勤包", "short_name": "外勤包", "lang": "zh-CN", "start_url": reverse("fieldwork:kit"), "scope": "/m/fieldwork/",
        "display": "standalone", "background_color": "#f7f4ef", "theme_color": "#b8232a", "icons": icons,
    }  # fmt: skip
    response = JsonResponse(said)
    response["Content-Type"] = "application/manifest+json"
    response["Cache-Control"] = "no-cache"
    return response


@officer(Perm.VISIT_EDIT)
@require_GET
def enrol(request: Request) -> HttpResponse:
    """The page on which a phone is registered (登记手机)."""
    mine = desk.device_list(actor=request.actor).filter(user_id=request.actor.user_id or 0)[:10]
    return render(request, "fieldwork/mobile/enrol.html", {"devices": mine})


@officer(Perm.VISIT_EDIT)
@require_POST
def register(request: Request) -> HttpResponse:
    """Register this phone; token and secret are given once, over the signed-in session."""
    throttle.hit("fieldwork.register", request.actor.ref, 20, timedelta(hours=1))
    made = devices.device_register(actor=request.actor, name=request.POST.get("name", ""))
    said = {"device": made.device.public_id, "token": made.token, "secret": made.secret, "name": request.actor.name}
    return JsonResponse(said, headers={"Cache-Control": "no-store"})


def _token(request: HttpRequest) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Device" or not token:
        raise NotPermitted("fieldwork.device_unknown", "这台手机没有登记。请登录后重新登记。")
    return token


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as fault:
        raise BadInput("fieldwork.body", "上送的内容读不出来。") from fault
    if not isinstance(said, dict) or not isinstance(said.get("acts", []), list):
        raise BadInput("fieldwork.body", "上送的内容读不出来。")
    return said


@csrf_exempt  # the session is not looked at: the phone shows its own token in a header no other site can send
@public
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """Send and fetch. The token opens this door only, with the rights its owner holds at this moment."""
    device, actor = devices.device_of(_token(request))
    throttle.hit("fieldwork.sync", device.public_id, 600, timedelta(hours=1))
    said = _body(request)
    answer = sync.round_of(actor=actor, device=device, sent=said.get("acts", []), here=_here(said.get("here")))
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def _here(value: Any) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
        return None
    latitude, longitude = float(value[0]), float(value[1])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


@csrf_exempt
@public
@require_GET
def standing(request: HttpRequest, public_id: str) -> HttpResponse:
    """For a phone that is still locked: must it wipe itself? Says nothing else, and the same of a phone nobody knows."""
    return JsonResponse({"wipe": devices.is_cut_off(public_id)}, headers={"Cache-Control": "no-store"})
