"""The member list and a member's page (会员名册、会员页)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import Request, chips, numbers, page_of, render, tabs_of, told, whole_number
from gonghui.files import services as files
from gonghui.members import forms
from gonghui.members.enums import LIVE_CARDS, LIVE_TRANSFERS, EmploymentKind, Perm, Standing
from gonghui.members.models import Card, Membership
from gonghui.members.selectors import members as reads
from gonghui.members.selectors import policy_values
from gonghui.members.selectors import timeline as lines
from gonghui.members.services import cards, identity, spells, standing, transfers
from gonghui.members.services import rosters as roster_services
from gonghui.members.web import common
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.orgs.selectors import unions
from gonghui.people import services as people

MOST_BULK = 500
SEARCHES, EXPORTS = 60, 30
"""Searches a minute and exports an hour of one account."""


@officer(Perm.MEMBER_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """The member list (会员名册)."""
    union = common.union_of(request)
    if request.GET.get("q", "").strip():
        common.limited(request, "search", SEARCHES, timedelta(minutes=1))
    rows = reads.current(request.actor, union)
    groups = union.groups.filter(until=None).order_by("name") if union else ()
    form = forms.ListFilter(request.GET or None, groups=groups)
    if form.is_valid():
        rows = reads.filtered(rows, form.cleaned_data)
    counts = reads.tab_counts(rows)
    tab = request.GET.get("state", "")
    if tab in reads.TABS and tab:
        rows = rows.filter(reads.TABS[tab][1])
    page = page_of(request, reads.listed(rows, request.GET.get("sort", "")), count=counts.get(tab, counts[""]))
    jobs = reads.current_jobs([m.person_id for m in page])
    lines = [(m, jobs.get(m.person_id), reads.faults_of(m.person)) for m in page]
    context = {
        "union": union, "form": form, "page": page, "lines": lines, "groups": groups, "chips": chips(request, form),
        "tabs": tabs_of(request, [(k, v[0], counts[k]) for k, v in reads.TABS.items()]), "purpose": forms.PurposeForm(),
        "trail": common.trail((union.name if union else "全部", "")), "clear_url": f"?union={union.pk}" if union else "?",
        "may_export": request.actor.may(Perm.MEMBER_EXPORT), "may_edit": request.actor.may(Perm.MEMBER_EDIT),
        "may_file": request.actor.may(Perm.APPLICATION_FILE), "may_card": request.actor.may(Perm.CARD_ISSUE),
        "may_move": request.actor.may(Perm.TRANSFER_DECIDE),
    }  # fmt: skip
    return render(request, "members/console/list.html", context, fragment="members/console/_list.html")


@officer(Perm.MEMBER_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One member (会员页)."""
    spell = reads.member_get(actor=request.actor, pk=pk)
    return render(request, "members/console/member.html", _member(request, spell))


def _member(request: Request, spell: Membership, **more: Any) -> dict[str, Any]:
    past, jobs = reads.history(spell.person_id)
    past, person = lines.visible(request.actor, past), spell.person
    kind = request.GET.get("line", "")
    live = person.transfers.filter(state__in=LIVE_TRANSFERS).select_related("source", "target").first()
    months = policy_values.number("members.unconfirmed_months", clock.today(), spell.union)
    line_tabs = tabs_of(
        request,
        [
            ("", "全部", None),
            *[
                (k, v, None)
                for k, v in lines.kinds(request.actor, person, spell.union, request.actor.may(Perm.NOTE_VIEW, spell.union)).items()
            ],
        ],
        name="line",
    )
    may = {
        p.name.lower(): request.actor.may(p, spell.union) for p in (Perm.MEMBER_EDIT, Perm.TRANSFER_DECIDE, Perm.CARD_ISSUE, Perm.NOTE_VIEW)
    }
    return {
        "spell": spell, "person": person, "spells": past, "jobs": jobs, "faults": reads.faults_of(person), "transfer": live,
        "card": person.cards.filter(state__in=LIVE_CARDS).first(), "cards": person.cards.order_by("-pk")[:5],
        "exit": person.exits.filter(state="open").first(), "groups": spell.union.groups.filter(until=None).order_by("name"),
        "timeline": lines.timeline(actor=request.actor, person=person, spells=past, jobs=jobs, notes=may["note_view"], kind=kind, union=spell.union), "line_tabs": line_tabs,
        "age": lines.age_of(person.birth_date, clock.today()), "kinds": EmploymentKind.choices, "reveal": forms.RevealForm(auto_id="reveal-%s"), "transfer_form": forms.TransferForm(auto_id="transfer-%s"),
        "exit_form": forms.ExitForm(auto_id="exit-%s"), "note_form": forms.NoteForm(auto_id="note-%s"),
        "employ_form": forms.EmployForm(auto_id="job-%s"), "fill_form": forms.SexForm(auto_id="fill-%s"),
        "stale": reads.unconfirmed(Membership.objects.filter(pk=spell.pk), months).exists(), "months": months, "may": may,
        "service_card": person.service_cards.filter(until=None).first(), "retain_reasons": [("retired", "离休或退休"), ("unemployed", "失业"), ("unit_ended", "单位终止")],
        "trail": common.trail((spell.union.name, reverse("members:list") + f"?union={spell.union_id}"), (person.name, "")), **more,
    }  # fmt: skip


@officer(Perm.MEMBER_VIEW)
@require_POST
def reveal(request: Request, pk: int) -> HttpResponse:
    """Open one number for a recorded reason (查看完整号码)."""
    spell = reads.member_get(actor=request.actor, pk=pk)
    form = forms.RevealForm(request.POST, auto_id="reveal-%s")
    context: dict[str, Any] = {"reveal": form}
    if form.is_valid():
        try:
            data = form.cleaned_data
            value = people.person_reveal(actor=request.actor, person=spell.person, org_path=spell.union.path, **data)
            context = {"revealed": (dict(form.fields["field"].choices)[data["field"]], value)}  # type: ignore[attr-defined]
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            form.add_error("reason", refusal.message)
    status = 200 if "revealed" in context else 422
    return render(request, "members/console/member.html", _member(request, spell, **context), status=status)


def _act(request: Request, pk: int, act: Callable[[Membership], Any], text: str) -> HttpResponse:
    spell = reads.member_get(actor=request.actor, pk=pk)
    told(request, lambda: act(spell), text)
    now = Membership.objects.filter(person_id=spell.person_id).order_by("-since", "-pk").values_list("pk", flat=True).first()
    if now is not None and Membership.objects.filter(reads.scope(request.actor), pk=now).exists():
        return common.back(request, "members:member", now)
    return common.back(request, "members:list")


@officer(Perm.MEMBER_EDIT)
@require_POST
def group_set(request: Request, pk: int) -> HttpResponse:
    """Put into a group (调整小组)."""
    return _act(
        request,
        pk,
        lambda m: standing.group_set(actor=request.actor, membership=m, group=_group(m, request.POST.get("group", ""))),
        "已调整小组。",
    )


def _group(spell: Membership, pk: str) -> Any:
    return spell.union.groups.filter(pk=whole_number(pk) or 0, until=None).first()


@officer(Perm.MEMBER_EDIT)
@require_POST
def retain(request: Request, pk: int) -> HttpResponse:
    """Keep the membership (保留会籍)."""
    return _act(
        request,
        pk,
        lambda m: standing.retain(actor=request.actor, membership=m, reason=request.POST.get("reason", "")),
        "已转为保留会籍，保留期间不交会费。",
    )


@officer(Perm.MEMBER_EDIT)
@require_POST
def resume(request: Request, pk: int) -> HttpResponse:
    """Back to active (恢复会籍)."""
    return _act(request, pk, lambda m: transfers.membership_return(actor=request.actor, membership=m), "会籍已恢复。")


@officer(Perm.TRANSFER_DECIDE)
@require_POST
def transfer(request: Request, pk: int) -> HttpResponse:
    """Open a transfer (转移会籍)."""
    return _act(
        request,
        pk,
        lambda m: transfers.transfer_open(actor=request.actor, membership=m, target=_target(request)),
        "已发起转会，等对方接收。",
    )


def _target(request: HttpRequest) -> Any:
    """The union meant: by id, or the one match of the words in the whole federation."""
    from gonghui.accounts.actor import Actor

    system = Actor.system("transfer")
    if chosen := whole_number(request.POST.get("target")):
        return unions.union_get(actor=system, pk=chosen)
    words = request.POST.get("words", "").strip()
    if not words:
        return None
    found = list(unions.union_search(actor=system, words=words)[:6])
    exact = [u for u in found if words in (u.name, u.code)]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    names = "、".join(u.name for u in found[:5])
    raise BadInput("members.which_union", f"“{words}”找到 {len(found)} 个工会{f'：{names}' if found else ''}。请写全称或组织代码。")


@officer(Perm.MEMBER_EDIT)
@require_POST
def employment_end(request: Request, pk: int, job: int) -> HttpResponse:
    """Register the end of work (离职登记)."""

    def act(m: Membership) -> Any:
        form = forms.EmployForm(request.POST)
        _valid(form)
        row = m.person.employments.filter(pk=job).select_related("employer__union").first()
        if row is None:
            raise NotFound()
        return transfers.employment_end(actor=request.actor, employment=row, on=form.cleaned_data["on"])

    return _act(request, pk, act, "已登记离职，会籍等新工会接收，不会中断。")


@officer(Perm.MEMBER_EDIT)
@require_POST
def employment_correct(request: Request, pk: int, job: int) -> HttpResponse:
    """Correct form of employment and season window, note a secondment (更正用工形式、季节窗口，登记借调)."""
    form = forms.JobForm(request.POST)

    def act(m: Membership) -> Any:
        row = m.person.employments.filter(pk=job).select_related("employer__union").first()
        if row is None:
            raise NotFound()
        if not form.is_valid():
            raise BadInput("members.employment", "；".join(str(e) for errors in form.errors.values() for e in errors))
        data = form.cleaned_data
        if request.POST.get("verb") == "second":
            host = common.employer_named(data["host"]) if data["host"].strip() else None
            return spells.secondment_set(actor=request.actor, employment=row, host=host, since=data["host_since"], until=data["host_until"])
        changes = {k: data[k] for k in ("kind", "season_from", "season_to")}
        return spells.correct_employment(actor=request.actor, employment=row, reason=data["reason"], **changes)

    return _act(request, pk, act, "已登记，会籍仍在原工会。" if request.POST.get("verb") == "second" else "劳动关系已更正。")


@officer(Perm.CARD_ISSUE)
@require_POST
def card(request: Request, pk: int, verb: str) -> HttpResponse:
    """Number, hand over or replace a card (会员证办理)."""

    def act(m: Membership) -> Any:
        live = Card.objects.filter(person_id=m.person_id, state__in=LIVE_CARDS).select_related("union").first()
        if verb == "issue":
            return cards.card_issue_missing(actor=request.actor, membership=m)
        if live is None:
            raise NotFound()
        return (
            cards.card_hand_over(actor=request.actor, card=live) if verb == "receive" else cards.card_lose(actor=request.actor, card=live)
        )

    words = {"issue": "已编号，等本人领取。", "receive": "已登记领取。", "lose": "已挂失并补编新证号，旧证作废。"}
    return _act(request, pk, act, words[verb])


@officer(Perm.MEMBER_EDIT)
@require_POST
def note(request: Request, pk: int) -> HttpResponse:
    """A further entry (登记动态)."""
    form = forms.NoteForm(request.POST)

    def act(m: Membership) -> Any:
        _valid(form)
        return roster_services.note_add(actor=request.actor, person=m.person, union=m.union, **form.cleaned_data)

    return _act(request, pk, act, "已登记。")


def _valid(form: Any) -> None:
    """What is missing in a small form is said on the page one comes back to. Raises: BadInput members.fill."""
    if not form.is_valid():
        raise BadInput("members.fill", "".join(str(e) for errors in form.errors.values() for e in errors))


@officer(Perm.MEMBER_EDIT)
@require_POST
def fill(request: Request, pk: int) -> HttpResponse:
    """Fill in what is missing (补资料)."""
    form = forms.SexForm(request.POST)

    def act(m: Membership) -> Any:
        _valid(form)
        changes = {k: v for k, v in form.cleaned_data.items() if v and k != "reason"}
        if "phone" in changes:
            identity.may_set_phone(request.actor, m.person, m.union.path)
        if "id_number" in changes:
            changes["id_kind"] = "resident"
        return people.person_correct(
            actor=request.actor, person=m.person, reason=form.cleaned_data["reason"], org_path=m.union.path, **changes
        )

    return _act(request, pk, act, "资料已更新。")


@officer(Perm.MEMBER_VIEW)
@require_POST
def bulk(request: Request) -> HttpResponse:
    """One act for many (批量): done, skipped, why."""
    ids = numbers(request.POST.getlist("pk"))
    rows = reads.current(request.actor).filter(pk__in=ids[:MOST_BULK]).select_related("person", "union", "group")
    if request.POST.get("all") == "1":
        found = reads.current(request.actor, common.union_of(request))
        data = dict(request.GET.items())
        rows = reads.filtered(found, data).select_related("person", "union", "group")[:MOST_BULK]
    verb = request.POST.get("verb", "")
    if verb == "print":
        return _cards_sheet(request, list(rows))
    acts: dict[str, tuple[str, Callable[[Membership], Any]]] = {
        "remind": ("发补资料提醒", lambda m: _remind(request, m)),
        "group": (
            "调整小组",
            lambda m: standing.group_set(actor=request.actor, membership=m, group=_group(m, request.POST.get("group", ""))),
        ),
        "transfer": ("转移会籍", lambda m: transfers.transfer_open(actor=request.actor, membership=m, target=_target(request))),
        "card": ("编会员证号", lambda m: cards.card_issue_missing(actor=request.actor, membership=m)),
    }
    if verb not in acts:
        raise BadInput("members.no_verb", "请先选好要对这些会员做什么，再提交。")
    title, act = acts[verb]
    ok, skipped = common.each(rows, act)
    context = {
        "title": title,
        "done": ok,
        "skipped": skipped,
        "back_url": request.POST.get("next") or reverse("members:list"),
        "trail": common.trail((title, "")),
    }
    return render(request, "members/console/bulk.html", context)


def _remind(request: Request, spell: Membership) -> None:
    from gonghui.core.errors import RuleViolation

    request.actor.require(Perm.MEMBER_EDIT, spell.union)
    missing = reads.faults_of(spell.person)
    if not missing:
        raise RuleViolation("members.complete", "资料已齐全，不用提醒。")
    once = f"members.fill.{spell.pk}.{clock.today()}"
    body = f"您的会籍资料{'、'.join(missing)}，请在“我的资料”里补上。"
    if not notices.notice_send(
        request.actor,
        kind=NoticeKind.REMINDER,
        title="请补会籍资料",
        body=body,
        link="/m/members/data/",
        persons=[spell.person_id],
        once=once,
    ):
        raise RuleViolation("members.reminded", "今天已经提醒过。")


def _cards_sheet(request: Request, rows: list[Membership]) -> HttpResponse:
    found = {
        c.person_id: c for c in Card.objects.filter(person_id__in=[m.person_id for m in rows], state__in=LIVE_CARDS).select_related("union")
    }
    sheet = [(m, found[m.person_id], cards.code_of(found[m.person_id])) for m in rows if m.person_id in found]
    if sheet:
        cards.cards_printed(actor=request.actor, cards=[c for _m, c, _q in sheet])
    context = {
        "sheet": sheet,
        "missing": [m for m in rows if m.person_id not in found],
        "back_url": request.POST.get("next") or reverse("members:list"),
    }
    return render(request, "members/print/cards.html", context)


@officer(Perm.MEMBER_EXPORT)
@require_POST
def export(request: Request) -> HttpResponse:
    """Ask for the list as xlsx (导出会员名册)."""
    common.limited(request, "export", EXPORTS)
    union = common.union_of(request)
    args: dict[str, Any] = {k: v for k, v in request.GET.items() if k in forms.ListFilter.base_fields and v}
    count = reads.filtered(reads.current(request.actor, union), args).count()
    args["form"] = args.pop("kind", "")  # `kind` names the export itself
    if union is not None:
        args["union"] = union.pk
    row = files.export_start(
        request.actor, "members.list", request.POST.get("purpose", ""), count, org_path=union.path if union else "", **args
    )
    return HttpResponseRedirect(reverse("files:export", args=[row.pk]))


@officer(Perm.MEMBER_EDIT)
@require_POST
def correct(request: Request, pk: int) -> HttpResponse:
    """Correct the dates of a spell (更正会籍)."""
    from gonghui.core.forms import DayField

    def act(m: Membership) -> Any:
        changes = {}
        for name in ("since", "joined_on"):
            if text := request.POST.get(name, ""):
                try:
                    changes[name] = DayField().clean(text)
                except Exception as fault:
                    raise BadInput("members.bad_dates", "日期要写成 2026-11-23 这样。") from fault
        return spells.correct_spell(actor=request.actor, spell=m, reason=request.POST.get("reason", ""), **changes)

    return _act(request, pk, act, "已更正，原来的登记留在审计记录里。")


STANDING_TONE = {Standing.ACTIVE: "ok", Standing.IN_TRANSIT: "info", Standing.SUSPENDED: "warn", Standing.RETAINED: "line"}
