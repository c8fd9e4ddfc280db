"""Pages of points for officers (阵地管理端)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, attempt, download, faults, page_of, render, tabs_of, told
from gonghui.files import services as files
from gonghui.venues import exports, forms
from gonghui.venues.enums import Facility, Perm, TicketState, VenueKind, VenueState
from gonghui.venues.rules import hours
from gonghui.venues.selectors import common as values
from gonghui.venues.selectors import gap as gaps
from gonghui.venues.selectors import library, points
from gonghui.venues.selectors import life as uses
from gonghui.venues.services import care, life, slots
from gonghui.venues.services import points as acts
from gonghui.venues.web import common


def _asked(request: Request) -> dict[str, Any]:
    get = request.GET
    return {"kind": get.get("kind", "")[:10], "state": get.get("state", "")[:10], "q": get.get("q", "")[:60], "late": bool(get.get("late"))}


@officer(Perm.VENUE_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Points in scope (服务阵地)."""
    rows = points.venue_list(actor=request.actor, **_asked(request))
    counts = points.kind_counts(actor=request.actor)
    context = {
        "page": page_of(request, rows, size=100 if request.GET.get("print") else 20), "form": forms.VenueFilter(request.GET or None),
        "tabs": tabs_of(request, [("", "全部", None), *((s.value, s.label, None) for s in VenueState)]),
        "kinds": [(VenueKind(k).label, n) for k, n in counts.items()], "total": sum(counts.values()),
        "may_edit": request.actor.may(Perm.VENUE_EDIT), "pass_line": values.number("venues.check_pass"), "trail": [("服务阵地", "")],
    }  # fmt: skip
    return render(request, "venues/print/venues.html" if request.GET.get("print") else "venues/console/venues.html", context)


@officer(Perm.VENUE_VIEW)
@require_GET
def export(request: Request) -> HttpResponse:
    """The list as xlsx (导出)."""
    name, data = exports.venues(request.actor, _asked(request))
    return download(data, name, XLSX)


def _form_page(
    request: Request, form: Any, title: str, action: str, back: str, union: Any, status: int, *, upload: bool = False
) -> HttpResponse:
    context = {
        "form": form, "title": title, "action": action, "back": back, "union": union, "upload": upload, "trail": common.trail((title, "")),
    }  # fmt: skip
    return render(request, "venues/console/form.html", context, status=status)


@officer(Perm.VENUE_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Register a point (登记阵地)."""
    union, status = common.union_of(request, Perm.VENUE_EDIT), 200
    form = forms.VenueForm(request.POST or None, initial={"opened_on": clock.today(), **{f"day{n}": "08:30-17:30" for n in range(5)}})
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = attempt(form, lambda: acts.venue_add(actor=request.actor, union=union, **form.values()))
            if made:
                return common.go("venues:venue", made.pk)
    return _form_page(request, form, "登记阵地", "登记", reverse("venues:venues"), union, status)


@officer(Perm.VENUE_EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a point (修改阵地)."""
    row, status = points.venue_get(actor=request.actor, pk=pk, perm=Perm.VENUE_EDIT), 200
    form = forms.VenueForm(request.POST or None, initial=forms.initial_of(row))
    for name in ("kind", "opened_on"):
        del form.fields[name]
    if request.method == "POST":
        status = 422
        if form.is_valid() and attempt(form, lambda: acts.venue_edit(actor=request.actor, venue=row, **form.values())):
            return common.go("venues:venue", pk)
    return _form_page(request, form, "修改阵地", "保存", reverse("venues:venue", args=[pk]), row.union, status)


@officer(Perm.VENUE_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One point with all that hangs on it (阵地)."""
    row, actor = points.venue_get(actor=request.actor, pk=pk), request.actor
    open_, words = values.now_of(row)
    equipment = list(row.equipment.all())
    needed = set(values.value("venues.site_six")) - set(row.facilities) if row.kind == VenueKind.REST else set()
    labels = dict(Facility.choices)
    context = {
        "row": row, "open": open_, "words": words, "week": hours.week_words(row.hours), "exceptions": row.exceptions.filter(on__gte=clock.today()),
        "span_words": hours.show, "equipment": equipment, "broken": sum(e.broken for e in equipment), "checks": row.checks.all()[:8],
        "ratings": row.ratings.all()[:6], "may_handle": actor.may(Perm.TICKET_HANDLE, row.union), "tickets": points.ticket_list(actor=actor).filter(Q(venue=row) | Q(centre=row))[:6], "offers": row.offers.all(),
        "duties": row.duties.filter(on__gte=clock.today())[:14], "slots": points.slots_of(row)[:24], "use": points.use_of(row),
        "line": points.centre_line(actor=actor, venue=row) if row.kind == VenueKind.CENTRE else None,
        "books": library.totals(row) if row.kind in (VenueKind.LIBRARY, VenueKind.HOME) else None, "missing": sorted(str(labels[f]) for f in needed if f in labels),
        "may_edit": actor.may(Perm.VENUE_EDIT, row.union) and row.state != VenueState.CLOSED,
        "may_check": row.state != VenueState.CLOSED and (actor.may(Perm.CHECK_RECORD, row.union) or care.may_inspect(actor, row.union)),
        "pass_line": values.number("venues.check_pass"), "move": forms.MoveForm(auto_id="m_%s"), "exception": forms.ExceptionForm(auto_id="e_%s", initial=forms.today()),
        "thing": forms.EquipmentForm(auto_id="q_%s"), "offer": forms.OffersForm(auto_id="o_%s", initial={"rows": "\n".join(f"{o.name} | {o.words}" for o in row.offers.all())}),
        "years": uses.years(row), "gatherings": uses.gatherings(row)[:8],
        "gathering": forms.GatheringForm(auto_id="g_%s", initial=forms.today()), "money": forms.MoneyForm(auto_id="y_%s", initial={"year": clock.today().year}),
        "duty": forms.DutyForm(auto_id="d_%s", initial=forms.today()), "slot": forms.SlotForm(auto_id="s_%s", initial={"since": clock.today(), "until": clock.today()}),
        "has_offers": row.kind in (VenueKind.STATION, VenueKind.CENTRE, VenueKind.HOME), "trail": common.trail((row.name, "")),
    }  # fmt: skip
    return render(request, "venues/console/venue.html", context)


@officer(Perm.VENUE_EDIT)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Small acts on a point (办理)."""
    row, actor = points.venue_get(actor=request.actor, pk=pk, perm=Perm.VENUE_EDIT), request.actor
    kinds: dict[str, Any] = {
        "move": forms.MoveForm, "exception": forms.ExceptionForm, "equipment": forms.EquipmentForm, "offers": forms.OffersForm,
        "duty": forms.DutyForm, "slots": forms.SlotForm, "gathering": forms.GatheringForm, "gathering-void": forms.VoidForm, "money": forms.MoneyForm,
    }  # fmt: skip
    if verb not in kinds:
        raise NotFound()
    form = kinds[verb](request.POST)
    if not form.is_valid():
        faults(request, form)
        return common.go("venues:venue", pk)
    data = form.cleaned_data
    does: dict[str, tuple[Any, str]] = {
        "move": (lambda: acts.venue_move(actor=actor, venue=row, **data), "已改，手机上同时显示。"),
        "exception": (lambda: acts.exception_set(actor=actor, venue=row, **data), "已登记特殊开放日。"),
        "equipment": (lambda: acts.equipment_set(actor=actor, venue=row, **data), "设备清单已更新。"),
        "offers": (lambda: acts.offers_set(actor=actor, venue=row, rows=form.pairs()), "服务事项已更新。"),
        "duty": (lambda: acts.duty_set(actor=actor, venue=row, **data), "已排班。"),
        "slots": (lambda: slots.slots_make(actor=actor, venue=row, **data), "时段已开放，会员可以在手机上约。"),
        "gathering": (lambda: life.gathering_record(actor=actor, venue=row, **data), "活动已登记，计入本年使用。"),
        "gathering-void": (lambda: life.gathering_void(actor=actor, venue=row, **data), "已作废，不再计入。"),
        "money": (lambda: life.money_set(actor=actor, venue=row, **data), "年度经费已登记。"),
    }
    told(request, *does[verb])
    return common.go("venues:venue", pk)


# -- checks ------------------------------------------------------------------------------------------------------------


@officer(Perm.VENUE_VIEW)
@require_GET
def checks(request: Request) -> HttpResponse:
    """Checks in scope (检查记录)."""
    line, kind = values.number("venues.check_pass"), request.GET.get("state", "")
    rows = points.check_list(
        actor=request.actor, kind=kind if kind in ("self", "inspection") else "", below=line if kind == "low" else None
    )
    labels = [("", "全部", None), ("self", "自查", None), ("inspection", "上级检查", None), ("low", f"低于 {line} 分", None)]
    context = {
        "page": page_of(request, rows),
        "tabs": tabs_of(request, labels),
        "pass_line": line,
        "trail": common.trail(("检查记录", "")),
    }
    return render(request, "venues/console/checks.html", context)


@officer(Perm.CHECK_RECORD)
@require_http_methods(["GET", "POST"])
def check_new(request: Request, pk: int) -> HttpResponse:
    """Walk through the checklist (检查)."""
    actor = request.actor
    row, status = points.venue_get(actor=actor, pk=pk, perm=Perm.CHECK_RECORD), 200
    upper = care.may_inspect(actor, row.union)
    form = forms.CheckForm(
        request.POST or None, request.FILES or None, items=values.checklist(row.kind), upper=upper,
        initial={**forms.today(), "checker": actor.name, "kind": "inspection" if upper else "self"},
    )  # fmt: skip
    if request.method == "POST":
        status = 422
        if form.is_valid() and attempt(form, lambda: _check(request, row, dict(form.cleaned_data))):
            return common.go("venues:venue", pk)
    return _form_page(request, form, f"检查：{row.name}", "保存检查", reverse("venues:venue", args=[pk]), row.union, status, upload=True)


def _check(request: Request, row: Any, data: dict[str, Any]) -> Any:
    upload, good = data.pop("photo"), [int(n) for n in data.pop("good")]
    photo = files.file_store(request.actor, upload=upload, purpose="venues.check", org_path=row.union.path) if upload else None
    return care.check_record(actor=request.actor, venue=row, good=good, photo=photo, **data)


@officer(Perm.VENUE_VIEW)
@require_GET
def check(request: Request, pk: int) -> HttpResponse:
    """One check, item by item, to look at or print (检查单)."""
    row = points.check_get(actor=request.actor, pk=pk)
    context = {"row": row, "pass_line": values.number("venues.check_pass", row.on), "trail": common.trail((row.venue.name, reverse("venues:venue", args=[row.venue_id])), (f"{row.on} 检查", ""))}  # fmt: skip
    return render(request, "venues/print/check.html" if request.GET.get("print") else "venues/console/check.html", context)


@officer(Perm.VENUE_VIEW)
@require_GET
def check_photo(request: Request, pk: int) -> HttpResponse:
    """The photo of a check."""
    row = points.check_get(actor=request.actor, pk=pk)
    if row.photo is None:
        raise NotFound()
    return HttpResponseRedirect(files.file_link(request.actor, row.photo, granted=True))


# -- tickets, slots, ratings, gap ----------------------------------------------------------------------------------------


@officer(Perm.TICKET_HANDLE)
@require_GET
def tickets(request: Request) -> HttpResponse:
    """Repairs and requests (报修和求助)."""
    state, kind = request.GET.get("state", "")[:10], request.GET.get("kind", "")[:10]
    rows = points.ticket_list(actor=request.actor, state=state, kind=kind)
    labels = [("", "全部", None), *((s.value, s.label, None) for s in TicketState)]
    context = {"page": page_of(request, rows), "tabs": tabs_of(request, labels), "trail": common.trail(("报修和求助", ""))}
    return render(request, "venues/console/tickets.html", context)


@officer(Perm.TICKET_HANDLE)
@require_http_methods(["GET", "POST"])
def ticket_new(request: Request, pk: int) -> HttpResponse:
    """Take something down at the desk (登记事项)."""
    row, status = points.venue_get(actor=request.actor, pk=pk, perm=Perm.TICKET_HANDLE), 200
    form = forms.TicketForm(request.POST or None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = attempt(form, lambda: care.ticket_open(actor=request.actor, venue=row, **form.cleaned_data))
            if made:
                return common.go("venues:ticket", made.pk)
    return _form_page(request, form, f"登记事项：{row.name}", "登记", reverse("venues:venue", args=[pk]), row.union, status)


@officer(Perm.TICKET_HANDLE)
@require_GET
def ticket(request: Request, pk: int) -> HttpResponse:
    """One ticket (事项)."""
    row, actor = points.ticket_get(actor=request.actor, pk=pk), request.actor
    at = row.centre if row.state == "referred" and row.centre is not None else row.venue
    context = {
        "row": row, "answer": forms.AnswerForm(), "centres": points.centres(row.venue) if row.kind == "service" else [],
        "mine": actor.may(Perm.TICKET_HANDLE, at.union) and row.closed_at is None, "at": at,
        "trail": common.trail(("报修和求助", reverse("venues:tickets")), (row.title, "")),
    }  # fmt: skip
    return render(request, "venues/console/ticket.html", context)


@officer(Perm.TICKET_HANDLE)
@require_POST
def ticket_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Take up, refer, finish (办理事项)."""
    row, actor, said = points.ticket_get(actor=request.actor, pk=pk, perm=Perm.TICKET_HANDLE), request.actor, request.POST
    if verb == "take":
        told(request, lambda: care.ticket_take(actor=actor, ticket=row), "已受理。")
    elif verb == "refer":
        wanted = said.get("centre", "")
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 16):
            raise NotFound()
        told(request, lambda: care.ticket_refer(actor=actor, ticket=row, centre_id=int(wanted)), "已转职工服务中心，提出人收到通知。")
    elif verb in ("done", "refuse"):
        told(
            request,
            lambda: care.ticket_close(actor=actor, ticket=row, answer=said.get("answer", ""), done=verb == "done"),
            "已办结，提出人收到通知。",
        )
    else:
        raise NotFound()
    return common.go("venues:ticket", pk)


@officer(Perm.VENUE_VIEW)
@require_GET
def reservations(request: Request) -> HttpResponse:
    """Slots from today on (场地预约)."""
    rows = points.slot_list(actor=request.actor, since=clock.today()).filter(capacity__gt=0)
    context = {
        "may_edit": request.actor.may(Perm.VENUE_EDIT),
        "page": page_of(request, rows, size=40),
        "trail": common.trail(("场地预约", "")),
    }
    return render(request, "venues/console/reservations.html", context)


@officer(Perm.VENUE_EDIT)
@require_http_methods(["GET", "POST"])
def slot(request: Request, pk: int) -> HttpResponse:
    """Who comes in a slot; taking it back (时段名单)."""
    row = points.slot_get(actor=request.actor, pk=pk, perm=Perm.VENUE_EDIT)
    if request.method == "POST":
        told(
            request,
            lambda: slots.slot_drop(actor=request.actor, slot=row, reason=request.POST.get("reason", "")),
            "时段已取消，已约的人收到通知。",
        )
        return common.go("venues:reservations")
    context = {
        "row": row, "people": row.reservations.filter(state="booked").select_related("person").order_by("at"), "form": forms.ReasonForm(),
        "may_edit": request.actor.may(Perm.VENUE_EDIT, row.venue.union) and row.starts_at > clock.now() and row.capacity,
        "trail": common.trail(("场地预约", reverse("venues:reservations")), (row.venue.name, "")),
    }  # fmt: skip
    return render(request, "venues/console/slot.html", context)


@officer(Perm.VENUE_VIEW)
@require_GET
def ratings(request: Request) -> HttpResponse:
    """What workers say (评价)."""
    low = request.GET.get("state") == "low"
    context = {
        "page": page_of(request, points.rating_list(actor=request.actor, low=low)),
        "tabs": tabs_of(request, [("", "全部", None), ("low", "两星及以下", None)]), "trail": common.trail(("评价", "")),
    }  # fmt: skip
    return render(request, "venues/console/ratings.html", context)


@officer(Perm.VENUE_VIEW)
@require_GET
def gap(request: Request) -> HttpResponse:
    """Members without a point nearby (服务缺口)."""
    form = forms.GapForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    metres = given.get("metres") or values.number("venues.near_metres")
    kind = given.get("kind", "")
    if request.GET.get("xlsx"):
        name, data = exports.gap(request.actor, {"metres": metres, "kind": kind})
        return download(data, name, XLSX)
    found = gaps.gap(actor=request.actor, metres=metres, kind=kind)
    context = {"found": found, "form": form if request.GET else forms.GapForm(initial={"metres": metres}), "km": f"{metres / 1000:g}", "kind": VenueKind(kind).label if kind else "", "holes": found.holes[:15], "trail": common.trail(("服务缺口", ""))}  # fmt: skip
    return render(request, "venues/console/gap.html", context)
