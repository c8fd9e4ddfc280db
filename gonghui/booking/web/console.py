"""Items on the console (项目设计、试算、发布)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.booking import forms
from gonghui.booking.enums import ItemState, Mode, Perm
from gonghui.booking.models import Item
from gonghui.booking.selectors import desk, planning, shop
from gonghui.booking.services import items, publishing, quotas
from gonghui.booking.web import common, mobile
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, page_of, render, tabs_of, told, whole_number

TABS = [("", "全部"), ("draft", "草稿"), ("published", "已发布"), ("paused", "暂停"), ("finished", "已结束")]


@officer(Perm.ITEM_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Items by state (预约项目)."""
    rows = desk.items(request.actor).exclude(state=ItemState.CANCELLED)
    form = forms.ItemFilter(request.GET)
    if form.is_valid():
        data = form.cleaned_data
        rows = rows.filter(name__icontains=data["q"]) if data["q"] else rows
        rows = rows.filter(category=data["category"]) if data["category"] else rows
        rows = rows.filter(mode=data["mode"]) if data["mode"] else rows
    counts = {value: rows.filter(state=value).count() if value else rows.count() for value, _label in TABS}
    tabs = tabs_of(request, [(v, label, counts[v]) for v, label in TABS])
    state = request.GET.get("state", "")
    if state in ItemState.values:
        rows = rows.filter(state=state)
    page = page_of(request, rows.prefetch_related("sessions").order_by("-created_at", "-pk"))
    sums = desk.left_of(Item.objects.filter(pk__in=[i.pk for i in page]))
    context = {
        "page": page, "tabs": tabs, "form": form, "trail": common.trail()[:1] and [("服务预约", "")],
        "lines": [(shop.card_of(i), sums.get(i.pk, (sum(s.capacity for s in i.sessions.all()), 0))) for i in page],
        "may_edit": request.actor.may(Perm.ITEM_EDIT), "chips": [],
    }  # fmt: skip
    return render(request, "booking/console/items.html", context)


@officer(Perm.ITEM_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Begin an item: three answers, then the designer (新建项目)."""
    union = common.union_of(request, required=True)
    form = forms.NewItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        item = items.item_create(actor=request.actor, union=union, **form.cleaned_data, **defaults())
        return HttpResponseRedirect(reverse("booking:design", args=[item.pk]))
    context = {"form": form, "union": union, "trail": common.trail(("新建项目", ""))}
    return render(request, "booking/console/new.html", context, status=422 if request.method == "POST" else 200)


def defaults() -> dict[str, Any]:
    """What the platform proposes for a new item; the organiser may change all of it. Source: policy booking.*"""
    from gonghui.policy import services as policy

    def number(key: str) -> int:
        return int(policy.value(f"booking.{key}", on=clock.today()).value)

    fair = {
        "caps": {"item": 1},
        "no_show_months": number("no_show_months"),
        "unused_months": number("unused_months"),
        "never_served_first": True,
    }
    return {"cancel_hours": number("cancel_hours"), "fair": fair}


@officer(Perm.ITEM_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One item: what it is, its sessions, what may be done (项目)."""
    item = desk.item_get(actor=request.actor, pk=pk)
    actor, draft = request.actor, item.state == ItemState.DRAFT
    slip = publishing.sessions_slip(item)
    sums = desk.left_of(Item.objects.filter(pk=item.pk)).get(item.pk)
    context = {
        "item": item, "card": shop.card_of(item), "slip": slip.as_slip(), "gaps": publishing.gaps(item) if draft else [],
        "near": publishing.near_items(item) if draft else [], "conditions": mobile.conditions(item), "sums": sums,
        "session_form": forms.SessionForm(), "reason": forms.ReasonForm(), "repeat": forms.RepeatForm(), "groups": desk.groups(actor)[:50],
        "may_edit": actor.may(Perm.ITEM_EDIT, item.union), "may_publish": actor.may(Perm.ITEM_PUBLISH, item.union),
        "draws": shop.draws_of(item) if item.mode == Mode.DRAW else {}, "questions": item.questions.filter(active=True).count(),
        "trail": common.trail((item.name, "")), "draft": draft, "tabs": item_tabs(item, "item"),
    }  # fmt: skip
    return render(request, "booking/console/item.html", context)


def item_tabs(item: Item, current: str) -> list[dict[str, Any]]:
    """Pages of one item."""
    names = [("item", "项目"), ("simulate", "试算")]
    if item.state != ItemState.DRAFT:
        names += [("board", "开放现场"), ("bookings", "预约名单"), ("waits", "候补"), ("report", "成效")]
    return [
        {"label": label, "url": reverse(f"booking:{name}", args=[item.pk]), "count": None, "current": name == current}
        for name, label in names
    ]


@officer(Perm.ITEM_EDIT)
@require_http_methods(["GET", "POST"])
def design(request: Request, pk: int) -> HttpResponse:
    """The designer with the live phone page beside it (项目设计)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.ITEM_EDIT)
    groups = desk.groups(request.actor)
    form = forms.ItemForm(request.POST or None, groups=groups, item=item)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.values()
            items.item_edit(actor=request.actor, item=item, **(data if not form.locked else {k: data[k] for k in items.TEXTS}))
            wanted = form.cleaned_data.get("exclusion")
            if not form.locked and str(item.exclusion_id or "") != wanted:
                group = desk.group_get(actor=request.actor, pk=int(wanted)) if wanted else None
                items.item_group(actor=request.actor, item=item, group=group)
            common.done(request, "已保存。")
            return HttpResponseRedirect(reverse("booking:item", args=[pk]))
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
    context = {
        "item": item, "form": form, "locked": form.locked, **preview_of(item, None),
        "trail": common.trail((item.name, reverse("booking:item", args=[pk])), ("设计", "")),
    }  # fmt: skip
    return render(request, "booking/console/design.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.ITEM_EDIT)
@require_POST
def preview(request: Request, pk: int) -> HttpResponse:
    """The phone page as it would look with what is typed now; nothing is stored (预览)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.ITEM_EDIT)
    form = forms.ItemForm(request.POST, groups=desk.groups(request.actor), item=item)
    form.is_valid()
    return render(request, "booking/console/_preview.html", preview_of(item, form))


def preview_of(item: Item, form: forms.ItemForm | None) -> dict[str, Any]:
    """The context of the phone page for an item that is not stored like this."""
    shown = desk.items_copy(item, form.values() if form is not None else {})
    sessions = list(item.sessions.all())
    slots = [mobile.Slot(s, s.capacity, 0, "open") for s in sessions]
    for slot in slots:
        slot.standing = mobile.nobody(slot.session)
    card = shop.Card(shown, shown.opens_at, shown.closes_at, None, sum(s.capacity for s in sessions), "open")
    first = slots[0] if slots else None
    return {
        "item": shown, "card": card, "slots": slots, "first": first, "conditions": mobile.conditions(shown), "preview": True, "key": "",
        "exclusive": list(shown.exclusion.items.exclude(pk=item.pk)[:3]) if shown.exclusion else [], "reserved": mobile.reserved(item),
    }  # fmt: skip


@officer(Perm.ITEM_EDIT)
@require_POST
def session_add(request: Request, pk: int) -> HttpResponse:
    """Add a session (加场次)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.ITEM_EDIT)
    form = forms.SessionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        shares = {str(kind): data.pop(str(kind)) or 0 for kind in items.SHARES}
        try:
            items.session_add(actor=request.actor, item=item, shares=shares, **data)
            common.done(request, f"已加“{data['label']}”。")
            return HttpResponseRedirect(reverse("booking:item", args=[pk]) + "#sessions")
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
    context = {"item": item, "session_form": form, "trail": common.trail((item.name, reverse("booking:item", args=[pk])), ("加场次", ""))}
    return render(request, "booking/console/session.html", context, status=422)


@officer(Perm.ITEM_EDIT)
@require_POST
def session_remove(request: Request, pk: int) -> HttpResponse:
    """Take a session out of a draft (删场次)."""
    session = desk.session_get(actor=request.actor, pk=pk, perm=Perm.ITEM_EDIT)
    told(request, lambda: items.session_remove(actor=request.actor, session=session), f"已删去“{session.label}”。")
    return HttpResponseRedirect(reverse("booking:item", args=[session.item_id]) + "#sessions")


@officer(Perm.ITEM_PUBLISH)
@require_POST
def session_resize(request: Request, pk: int) -> HttpResponse:
    """More or fewer places after publishing; never below what is taken (改份数)."""
    session = desk.session_get(actor=request.actor, pk=pk, perm=Perm.ITEM_PUBLISH)
    wanted = request.POST.get("capacity", "")
    if not (wanted.isascii() and wanted.isdigit() and 0 < int(wanted[:8]) <= 1_000_000):
        told(request, lambda: _fail("份数要写成 1 到 1,000,000 的整数。"), "")
    else:
        told(
            request,
            lambda: quotas.resize(actor=request.actor, session=session, capacity=int(wanted)),
            f"“{session.label}”已改为 {int(wanted)} 份。",
        )
    return HttpResponseRedirect(reverse("booking:item", args=[session.item_id]) + "#sessions")


@officer(Perm.ITEM_EDIT, Perm.ITEM_PUBLISH)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Publish, pause, resume, finish, discard, repeat, set exclusive (办理)."""
    item = desk.item_get(actor=request.actor, pk=pk)
    actor = request.actor
    if verb == "repeat":
        form = forms.RepeatForm(request.POST)
        if form.is_valid():
            made = items.item_repeat(actor=actor, item=item, opens_at=form.cleaned_data["opens_at"])
            common.done(request, f"第 {made.round_no} 期草稿已建好，试算后发布。")
            return HttpResponseRedirect(reverse("booking:item", args=[made.pk]))
        told(request, lambda: _fail("请先选新一期开始预约的时间。"), "")
        return HttpResponseRedirect(reverse("booking:item", args=[pk]))
    acts = {
        "publish": (lambda: publishing.item_publish(actor=actor, item=item), "已发布，职工现在看得到。"),
        "pause": (
            lambda: publishing.item_pause(actor=actor, item=item, reason=request.POST.get("reason", "")[:200]),
            "已暂停预约，已约的不受影响。",
        ),
        "resume": (lambda: publishing.item_resume(actor=actor, item=item), "已恢复预约。"),
        "finish": (lambda: publishing.item_finish(actor=actor, item=item), "已结束，成效对职工公开。"),
        "discard": (lambda: publishing.item_discard(actor=actor, item=item), "草稿已删去。"),
        "exclusive": (lambda: _exclusive(request, item), "已设为互斥，每人只能约一项。"),
    }
    if verb not in acts:
        raise NotFound()
    told(request, *acts[verb])
    return HttpResponseRedirect(
        reverse("booking:items") if verb == "discard" and item.state == ItemState.CANCELLED else reverse("booking:item", args=[pk])
    )


def _fail(text: str) -> None:
    from gonghui.core.errors import BadInput

    raise BadInput("booking.incomplete", text)


def _exclusive(request: Request, item: Item) -> None:
    """One tap: the other's group, or a new one for both."""
    wanted = request.POST.get("other", "")
    other = desk.item_get(actor=request.actor, pk=whole_number(wanted) or 0, perm=Perm.ITEM_EDIT)
    group = other.exclusion
    if group is None:
        reason = "两项价值相近、同期举办，各约一项，让更多工友有份。"
        since = min(d for d in (item.since, other.since, clock.today()) if d)
        group = items.group_save(actor=request.actor, union=item.union, name=f"{item.name[:24]}等"[:60], reason=reason, since=since)
        if other.state == ItemState.DRAFT:
            items.item_group(actor=request.actor, item=other, group=group)
    items.item_group(actor=request.actor, item=item, group=group)


@officer(Perm.ITEM_VIEW)
@require_GET
def simulate(request: Request, pk: int) -> HttpResponse:
    """The rules on last round's demand, before publishing (试算)."""
    item = desk.item_get(actor=request.actor, pk=pk)
    found = planning.simulation(item)
    form = forms.BudgetForm(request.GET)
    budget = form.cleaned_data.get("budget") if form.is_valid() else None
    base = planning.report(item.previous) if item.previous else None
    proposal = planning.proposal(base, budget_fen=budget) if base else None
    context = {
        "item": item, "found": found, "base": base, "proposal": proposal.as_slip() if proposal else None, "form": form,
        "places": proposal.values.get("places") if proposal else None, "own": sum(s.capacity for s in item.sessions.all()),
        "trail": common.trail((item.name, reverse("booking:item", args=[pk])), ("试算", "")), "tabs": item_tabs(item, "simulate"),
    }  # fmt: skip
    return render(request, "booking/console/simulate.html", context)


@officer(Perm.ITEM_EDIT)
@require_http_methods(["GET", "POST"])
def questions(request: Request, pk: int) -> HttpResponse:
    """The question bank of an item (题库)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.ITEM_EDIT)
    form = forms.QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            items.question_add(
                actor=request.actor, item=item, text=data["text"], options=data["options"].splitlines(), answer=data["answer"] - 1
            )
            common.done(request, "已加一题。")
            return HttpResponseRedirect(reverse("booking:questions", args=[pk]))
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
    rows = [(q, list(enumerate(q.options))) for q in item.questions.filter(active=True).order_by("pk")]
    context = {
        "item": item,
        "form": form,
        "rows": rows,
        "trail": common.trail((item.name, reverse("booking:item", args=[pk])), ("题库", "")),
    }
    return render(request, "booking/console/questions.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.ITEM_EDIT)
@require_POST
def question_drop(request: Request, pk: int) -> HttpResponse:
    """Use a question no more (停用题目)."""
    question = desk.question_get(actor=request.actor, pk=pk)
    told(request, lambda: items.question_drop(actor=request.actor, question=question), "已停用这一题。")
    return HttpResponseRedirect(reverse("booking:questions", args=[question.item_id]))


@officer(Perm.ITEM_VIEW)
@require_http_methods(["GET", "POST"])
def groups(request: Request) -> HttpResponse:
    """Exclusion groups (互斥组)."""
    union = common.union_of(request, required=True)
    form = forms.GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        items.group_save(actor=request.actor, union=union, **form.cleaned_data)
        common.done(request, "互斥组已建好，在项目设计里选它。")
        return HttpResponseRedirect(reverse("booking:groups"))
    rows = desk.groups(request.actor).prefetch_related("items")
    context = {
        "page": page_of(request, rows), "form": form, "union": union, "trail": common.trail(("互斥组", "")),
        "may_edit": request.actor.may(Perm.ITEM_EDIT, union),
    }  # fmt: skip
    return render(request, "booking/console/groups.html", context, status=422 if request.method == "POST" else 200)
