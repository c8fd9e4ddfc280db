"""Desks of the union (工会窗口): identity, service cards, members not heard of, seasons."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound, Refusal, RuleViolation
from gonghui.core.http import Request, numbers, page_of, render, tabs_of, told
from gonghui.members import forms
from gonghui.members.enums import Perm, Standing
from gonghui.members.models import Membership, ServiceCard
from gonghui.members.selectors import members as reads
from gonghui.members.selectors import policy_values, seasons
from gonghui.members.services import identity, privacy, service_cards, standing
from gonghui.members.web import common
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind

MOST_BULK = 500


@officer(Perm.IDENTITY_DESK)
@require_http_methods(["GET", "POST"])
def identity_desk(request: Request) -> HttpResponse:
    """Document seen, phone set (核对证件、登记手机号)."""
    union = common.union_of(request, required=True)
    form, status = forms.DeskForm(request.POST or None), 200
    if request.method == "POST":
        common.limited(request, "desk", 60)
        status = 422
        if form.is_valid():
            try:
                person = identity.phone_set_at_desk(actor=request.actor, union=union, **form.cleaned_data)
                common.done(request, f"已为{person.name}登记手机号 {person.phone_mask}。请本人用这个号码登录办理。")
                return HttpResponseRedirect(reverse("members:desk") + f"?union={union.pk}")
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    return render(
        request, "members/console/desk.html", {"form": form, "union": union, "trail": common.trail(("核对身份", ""))}, status=status
    )


@officer(Perm.IDENTITY_DESK)
@require_http_methods(["GET", "POST"])
def relative(request: Request) -> HttpResponse:
    """A near relative of a member who died (近亲属请求): answered in the list of requests like any other."""
    union = common.union_of(request, required=True)
    form, status = forms.RelativeForm(request.POST or None), 200
    if request.method == "POST":
        common.limited(request, "desk", 60)
        status = 422
        if form.is_valid():
            data = {k: v for k, v in form.cleaned_data.items() if k not in {"seen", "id_number"}}
            try:
                person = identity.person_at_desk(actor=request.actor, union=union, id_number=form.cleaned_data["id_number"])
                privacy.relative_request(actor=request.actor, person=person, union=union, **data)
                common.done(request, "已登记。答复期限内在“资料请求”里答复，答复内容会留档。")
                return HttpResponseRedirect(reverse("members:requests"))
            except Refusal as refusal:
                if refusal.status == 403:
                    raise
                form.add_error(None, refusal.message)
    trail = common.trail(("近亲属请求", ""))
    return render(request, "members/console/relative.html", {"form": form, "union": union, "trail": trail}, status=status)


# -- members not heard of ----------------------------------------------------------------------------------------


def _stale(request: Request, union: Any) -> tuple[Any, int]:
    months = policy_values.number("members.unconfirmed_months", clock.today(), union)
    return reads.unconfirmed(reads.current(request.actor, union), months), months


@officer(Perm.MEMBER_VIEW)
@require_GET
def stale(request: Request) -> HttpResponse:
    """Members of whom nothing was heard for long (久未核实), P02."""
    union = common.union_of(request, required=True)
    rows, months = _stale(request, union)
    page = page_of(request, reads.listed(rows, "joined"))
    jobs = reads.current_jobs([m.person_id for m in page])
    context = {
        "union": union, "page": page, "months": months, "lines": [(m, jobs.get(m.person_id)) for m in page], "may_edit": request.actor.may(Perm.MEMBER_EDIT),
        "trail": common.trail((union.name, reverse("members:list") + f"?union={union.pk}"), ("久未核实", "")),
    }  # fmt: skip
    return render(request, "members/console/stale.html", context)


@officer(Perm.MEMBER_EDIT)
@require_POST
def stale_act(request: Request) -> HttpResponse:
    """Ask them, or say that they were asked and are here (提醒、核实)."""
    union = common.union_of(request, required=True)
    rows, _months = _stale(request, union)
    if request.POST.get("all") != "1":
        rows = rows.filter(pk__in=numbers(request.POST.getlist("pk")))
    acts = {
        "remind": ("发核实提醒", lambda m: _ask(request, m)),
        "confirm": ("登记已核实", lambda m: standing.membership_confirm(actor=request.actor, membership=m)),
    }
    if (verb := request.POST.get("verb", "")) not in acts:
        raise BadInput("members.no_verb", "请先选“提醒”或“登记已核实”，再提交。")
    title, act = acts[verb]
    ok, skipped = common.each(rows.select_related("person", "union", "group")[:MOST_BULK], act)
    back = reverse("members:stale") + f"?union={union.pk}"
    context = {
        "title": title,
        "done": ok,
        "skipped": skipped,
        "back_url": back,
        "back_text": "回到久未核实",
        "trail": common.trail(("久未核实", back), (title, "")),
    }
    return render(request, "members/console/bulk.html", context)


def _ask(request: Request, spell: Membership) -> None:
    request.actor.require(Perm.MEMBER_EDIT, spell.union)
    body = f"您还是{spell.union.name}的会员吗？请打开“我的会籍”点一下“我还在”，换了单位的请办转会。不答复也不会退会。"
    once = f"members.stale.{spell.pk}.{clock.today()}"
    if not notices.notice_send(
        request.actor, kind=NoticeKind.REMINDER, title="请核实会籍", body=body, link="/m/members/", persons=[spell.person_id], once=once
    ):
        raise RuleViolation("members.reminded", "今天已经提醒过。")


# -- seasons -----------------------------------------------------------------------------------------------------


@officer(Perm.MEMBER_VIEW)
@require_GET
def seasonal(request: Request) -> HttpResponse:
    """Seasonal workers with their window, what the seasons did, the gap by form of employment (季节工会籍)."""
    union, today = common.union_of(request, required=True), clock.today()
    page = page_of(request, seasons.seasonal(request.actor, union))
    spells = seasons.spells_of([j.person_id for j in page], request.actor)
    lines = [(j, spells.get(j.person_id), seasons.next_change(j, today)) for j in page]
    gaps = seasons.gaps(request.actor, union)
    bars = [(g.label, g.missing) for g in sorted(gaps, key=lambda g: -g.missing) if g.missing]
    worst = f"{bars[0][0]}还有 {bars[0][1]:,} 人没有入会，缺口最大。" if bars else "登记的职工都已入会。"
    context = {
        "union": union, "page": page, "lines": lines, "gaps": gaps, "bars": bars, "worst": worst, "steps": seasons.steps(request.actor, union)[:10],
        "may_edit": request.actor.may(Perm.MEMBER_EDIT, union), "paused": Standing.SUSPENDED,
        "trail": common.trail((union.name, reverse("members:list") + f"?union={union.pk}"), ("季节工会籍", "")),
    }  # fmt: skip
    return render(request, "members/console/seasonal.html", context)


@officer(Perm.MEMBER_EDIT)
@require_POST
def seasonal_run(request: Request) -> HttpResponse:
    """Pause and resume now what the season says (现在按季节办理), in the own scope."""
    union = common.union_of(request, required=True)
    mine = set(reads.current(request.actor, union).values_list("pk", flat=True))
    due = {spell.pk: resume for spell, resume in standing.seasonal_due() if spell.pk in mine}
    rows = Membership.objects.filter(pk__in=due).select_related("person", "union")
    ok, skipped = common.each(rows, lambda m: standing.seasonal_step(actor=request.actor, spell=m, resume=due[m.pk]))
    back = reverse("members:seasonal") + f"?union={union.pk}"
    context = {
        "title": "按季节办理",
        "done": ok,
        "skipped": skipped,
        "back_url": back,
        "back_text": "回到季节工会籍",
        "trail": common.trail(("季节工会籍", back), ("办理结果", "")),
    }
    return render(request, "members/console/bulk.html", context)


# -- service cards -----------------------------------------------------------------------------------------------


def _cards(request: Request) -> Any:
    from django.db.models import Exists, OuterRef

    seen = Membership.objects.filter(request.actor.within(Perm.SERVICE_CARD_EDIT, "union"), person=OuterRef("person_id"), until=None)
    return ServiceCard.objects.filter(Exists(seen)).select_related("person")


@officer(Perm.SERVICE_CARD_EDIT)
@require_GET
def cards(request: Request) -> HttpResponse:
    """Service cards with what came back (会员服务卡)."""
    rows = _cards(request).filter(until=None)
    tab = request.GET.get("state", "")
    counts = {"": rows.count(), "returned": rows.filter(state="returned").count()}
    page = page_of(
        request,
        (rows.filter(state="returned") if tab == "returned" else rows).prefetch_related("returns").order_by("state", "person__name", "pk"),
    )
    lines = [(c, sorted(c.returns.all(), key=lambda r: (r.on, r.pk), reverse=True)[:3]) for c in page]
    context = {
        "page": page, "lines": lines, "tabs": tabs_of(request, [("", "全部", counts[""]), ("returned", "退汇待核", counts["returned"])]), "form": forms.ReturnForm(),
        "trail": common.trail(("会员服务卡", "")),
    }  # fmt: skip
    return render(request, "members/console/service_cards.html", context)


@officer(Perm.SERVICE_CARD_EDIT)
@require_POST
def card_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Check before payment, register a return, put right, stop (付款前核验、退汇、恢复、停用)."""
    row, actor = _cards(request).filter(pk=pk).first(), request.actor
    if row is None or verb not in ("check", "returned", "restore", "close"):
        raise NotFound()
    form = forms.ReturnForm(request.POST if verb == "returned" else None)
    if verb == "returned" and not form.is_valid():
        common.refused(request, RuleViolation("members.return", "；".join(str(e) for errors in form.errors.values() for e in errors)))
        return common.back(request, "members:service_cards")
    acts = {
        "check": (
            lambda: service_cards.service_card_check(actor=actor, person_id=row.person_id),
            f"{row.person.name}的服务卡可以付款，核验已记录。",
        ),
        "returned": (
            lambda: service_cards.service_card_returned(actor=actor, card=row, **form.values()),
            "退汇已登记，核对清楚前不再向这张卡付款。",
        ),
        "restore": (
            lambda: service_cards.service_card_restore(actor=actor, card=row, outcome=request.POST.get("outcome", "")),
            "已核对，恢复付款。",
        ),
        "close": (lambda: service_cards.service_card_close(actor=actor, card=row), "服务卡已停用。"),
    }
    told(request, *acts[verb])
    return common.back(request, "members:service_cards")
