"""Worker pages (职工端): join, my union, my card, my data, consents, transfer, leave."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts.actor import Actor
from gonghui.core import audit, clock, idempotency, privacy
from gonghui.core.access import signed_in, worker
from gonghui.core.errors import NotFound, NotPermitted, Refusal
from gonghui.core.http import Request, download, render, told, whole_number
from gonghui.files.export import Column, export_table
from gonghui.members import forms
from gonghui.members.enums import LIVE_CARDS, LIVE_TRANSFERS, ConsentPurpose, RequestKind
from gonghui.members.models import Card, Consent
from gonghui.members.selectors import joining as joining_reads
from gonghui.members.selectors import links, places
from gonghui.members.selectors import members as reads
from gonghui.members.services import cards, ceremonies, consents, exits, identity, joining, service_cards, standing, transfers
from gonghui.members.services import privacy as data_rights
from gonghui.members.web import common
from gonghui.members.web.console import _target
from gonghui.orgs.selectors import unions
from gonghui.people import selectors as people

SYSTEM = Actor.system("m.members")


def _person(request: Request) -> Any:
    if request.actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return people.person_get(actor=SYSTEM, pk=request.actor.person_id)


def _chair(union: Any) -> Any:
    """The chair of the union (双亮): name and post, for the member's page."""
    return union.posts.filter(until=None, title="chair", body="committee").select_related("person").first()


@worker
@require_GET
def home(request: Request) -> HttpResponse:
    """My membership: my union, my chair, my card, what is under way (我的会籍)."""
    person = _person(request)
    spell, application = reads.mine(person.pk), joining_reads.my_application(person.pk)
    card = Card.objects.filter(person_id=person.pk, state__in=LIVE_CARDS).first()
    context = {
        "person": person, "spell": spell, "chair": _chair(spell.union) if spell else None, "application": application, "card": card,
        "transfer": person.transfers.filter(state__in=LIVE_TRANSFERS).select_related("source", "target").first(),
        "faults": reads.faults_of(person) if spell else [], "stale": reads.is_stale(spell) if spell else False, "form": forms.JoinForm(initial={"key": "x"}),
    }  # fmt: skip
    return render(request, "members/mobile/home.html", context)


# -- joining -----------------------------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "POST"])
def join(request: Request, token: str = "") -> HttpResponse:
    """The application on the phone (申请入会): at most five fields to type."""
    if request.actor.is_officer:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    ceremony = joining_reads.ceremony_of(token) if token else None
    if token and (ceremony is None or ceremony.closed_at is not None):
        raise NotFound()
    person = _person(request) if request.actor.person_id is not None else None
    if person is not None:
        current = joining_reads.my_application(person.pk)
        if current is not None and current.state in ("submitted", "approved", "returned"):
            if ceremony is not None:
                ceremonies.ceremony_check_in(actor=request.actor, token=token)
                common.done(request, "已签到。")
            return HttpResponseRedirect(reverse("members:m-application"))
    start = ceremony.batch.union if ceremony else _start(request)
    form = forms.JoinForm(
        request.POST or None,
        initial={"name": person.name if person else "", "key": f"join-{clock.now().timestamp():.6f}", "union": start.pk if start else ""},
    )
    if person is not None and person.id_index is not None:
        del form.fields["name"], form.fields["id_number"]
    status = 200
    if request.method == "POST":
        common.limited(request, "join", 20)
        status = 422
        if form.is_valid():
            try:
                _apply(request, person, form.cleaned_data, start, ceremony)
                return HttpResponseRedirect(reverse("members:m-application"))
            except Refusal as refusal:
                if refusal.status == 404:
                    raise
                form.add_error(None, refusal.message)
    context = {
        "form": form, "start": start, "ceremony": ceremony, "person": person, "notice": consents.notices()["membership"],
        "links": [link for link in links.offered(person, ceremony) if link.instead],
    }  # fmt: skip
    return render(request, "members/mobile/join.html", context, status=status)


def _start(request: Request) -> Any:
    """The union of the code that was scanned, if any."""
    wanted = request.GET.get("union") or request.POST.get("union") or ""
    return unions.union_get(actor=SYSTEM, pk=pk) if (pk := whole_number(wanted)) else None


def _apply(request: Request, person: Any, data: dict[str, Any], start: Any, ceremony: Any) -> None:
    from gonghui.accounts import services as accounts

    if person is None or person.id_index is None:
        assert request.actor.user_id is not None  # a signed-in person, by the view's declaration
        phone = _phone_of(request)
        person = identity.person_for_joining(
            actor=request.actor, name=data["name"], id_number=data["id_number"], phone=phone, own=person, group=data.get("group") or ""
        )
        accounts.person_link(user_id=request.actor.user_id, person_id=person.pk, name=person.name)
    agency_name = data.get("agency_name", "").strip()
    agency = _employer(agency_name, None) if agency_name else None
    actor = Actor(ref=request.actor.ref, name=person.name, user_id=request.actor.user_id, person_id=person.pk)
    gig = bool(data.get("group")) or not data.get("employer_name")
    employer = _employer(data.get("employer_name", ""), start)
    private = bool(data.get("private"))
    route = (
        places.Route(ceremony.batch.union, "chosen")
        if ceremony
        else places.route(employer, private=private, agency=agency, start=start or _root())
    )
    if route is None:
        raise NotFound("members.no_route", "没有找到可以受理的工会。请扫工会门口的入会码，或拨打页脚电话。")
    if employer is None and start is not None and not gig and not private:
        route = places.Route(start, "chosen")

    def do() -> dict[str, Any]:
        consents.consent_give(actor=actor, person=person, purpose=ConsentPurpose.MEMBERSHIP)
        drawing = _drawing(data.get("signature", ""))
        if drawing:
            consents.consent_give(actor=actor, person=person, purpose=ConsentPurpose.SIGNATURE)
        row = joining.application_submit(
            actor=actor, person=person, union=route.union, step=route.step, employer=employer, employer_name=data.get("employer_name", ""),
            employment_kind="dispatched" if agency_name else "gig" if gig else "regular", agency=agency, agency_name=agency_name, private=private, signed=joining.Signed(data.get("signed_name") or person.name, drawing),
            batch=ceremony.batch if ceremony else None, channel="collective" if ceremony else "personal",
        )  # fmt: skip
        if ceremony:
            ceremonies.ceremony_check_in(actor=actor, token=ceremony.token)
        return {"application": row.pk}

    body = {k: str(v) for k, v in data.items() if k not in ("key", "signature")}
    idempotency.once(actor, data["key"], body, do)


def _root() -> Any:
    return unions.union_of_code("root")


def _employer(name: str, start: Any) -> Any:
    """The employer meant: the scanned union's own, else the one employer of exactly this name."""
    if start is not None and start.employer is not None and name.strip() in ("", start.employer.name):
        return start.employer
    if len(name.strip()) < 4:
        return None
    root = _root()
    rows = type(root)._meta.get_field("employer").related_model._default_manager  # orgs.Employer
    found = list(rows.filter(name=name.strip(), written_off_on=None, merged_into=None).select_related("union")[:2])
    return found[0] if len(found) == 1 else None


def _phone_of(request: Request) -> str:
    """The phone the worker signed in with."""
    from gonghui.core import crypto

    user: Any = request.user
    return crypto.unseal("accounts.user", "phone", user.pk, user.phone_sealed) if user.phone_sealed else ""


def _drawing(text: str) -> bytes:
    """The drawing from the pad: a PNG as data link."""
    head = "data:image/png;base64,"
    if not text.startswith(head):
        return b""
    try:
        return base64.b64decode(text[len(head) :], validate=True)
    except (binascii.Error, ValueError):
        return b""


@worker
@require_http_methods(["GET", "POST"])
def application(request: Request) -> HttpResponse:
    """My application and what comes next (我的申请)."""
    person = _person(request)
    row = joining_reads.my_application(person.pk)
    if row is None:
        return HttpResponseRedirect(reverse("members:m-join"))
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        acts = {
            "withdraw": (lambda: joining.application_withdraw(actor=request.actor, application=row), "申请已撤回。"),
            "resume": (
                lambda: joining.application_resume(actor=request.actor, application=row, employer_name=request.POST.get("employer_name")),
                "已重新提交。",
            ),
            "sign": (lambda: _sign(request, row), "已确认签名，等工会决定。"),
        }
        if verb in acts:
            told(request, *acts[verb])
        return HttpResponseRedirect(reverse("members:m-application"))
    steps = ["提交申请", "工会审核", "领会员证", "完成"]
    current = {"submitted": 2, "returned": 1, "approved": 3, "done": 4}.get(row.state, 2)
    card = Card.objects.filter(person_id=person.pk, state="allocated").first()
    context = {
        "row": row,
        "steps": steps,
        "current": current,
        "due": joining_reads.card_due(row),
        "card": card,
        "person": person,
        "route": places.STEPS.get(row.route_slip, ""),
        "links": links.offered(person),
    }
    return render(request, "members/mobile/application.html", context)


def _sign(request: Request, row: Any) -> None:
    consents.consent_give(actor=request.actor, person=row.person, purpose=ConsentPurpose.MEMBERSHIP)
    joining.application_sign(actor=request.actor, application=row, signed=joining.Signed(request.POST.get("signed_name", "")))


@signed_in
@require_GET
def ceremony(request: Request, token: str) -> HttpResponse:
    """The code on the table (签到码): check in, or join on the spot."""
    row = joining_reads.ceremony_of(token)
    if row is None:
        raise NotFound()
    return HttpResponseRedirect(reverse("members:m-join-at", args=[token]))


# -- card --------------------------------------------------------------------------------------------------------


@worker
@require_http_methods(["GET", "POST"])
def card(request: Request) -> HttpResponse:
    """My card with its code (我的会员证)."""
    person = _person(request)
    row = Card.objects.filter(person_id=person.pk, state__in=LIVE_CARDS).select_related("union").first()
    spell = reads.mine(person.pk)
    if request.method == "POST" and row is not None:
        if request.POST.get("verb") == "lose":
            told(request, lambda: cards.card_lose(actor=request.actor, card=row), "已挂失，新证号已编好，领到后请确认。")
        else:
            told(request, lambda: cards.card_confirm(actor=request.actor, card=row), "已确认领取，您的入会手续全部办完。")
        return HttpResponseRedirect(reverse("members:m-card"))
    code = cards.code_of(row) if row and spell else ""
    link = request.build_absolute_uri(reverse("members:card-verify")) + "#" + code if code else ""
    from gonghui.members.rules import payload

    read = payload.split(code) if code else None
    return render(
        request,
        "members/mobile/card.html",
        {"card": row, "spell": spell, "person": person, "link": link, "code": code, "valid": read.valid_until if read else None},
    )


# -- my data -----------------------------------------------------------------------------------------------------


@worker
@require_http_methods(["GET", "POST"])
def data(request: Request) -> HttpResponse:
    """My data: see, correct, who looked (我的资料)."""
    person = _person(request)
    form, status = forms.CorrectForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                data_rights.request_make(actor=request.actor, person=person, kind=RequestKind.CORRECT, **form.cleaned_data)
                common.done(request, "已收到，工会会按期答复。")
                return HttpResponseRedirect(reverse("members:m-data"))
            except Refusal as refusal:
                form.add_error(None, refusal.message)
    context = {
        "person": person, "form": form, "faults": reads.faults_of(person), "looked": people.reveal_list(person=person)[:20],
        "requests": person.data_requests.order_by("-pk")[:10], "spell": reads.mine(person.pk), "fields": data_rights.FIELDS,
    }  # fmt: skip
    return render(request, "members/mobile/data.html", context, status=status)


@worker
@require_POST
def data_export(request: Request) -> HttpResponse:
    """A copy of everything about me (导出我的资料), JSON or xlsx."""
    person = _person(request)
    found = people.person_export(person=person) | privacy.subject_data(person_id=person.pk, user_id=request.actor.user_id)
    audit.record(request.actor, "members.data.exported", person, tables=len(found))
    if request.POST.get("as") == "xlsx":
        rows = [(label, str(name), str(value)) for label, items in found.items() for item in items for name, value in item.items()]
        content = export_table(["类别", Column("项目", width=20), Column("内容", width=60)], rows, title="我的资料", actor=request.actor)
        return download(content, "我的资料.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    text = json.dumps(found, ensure_ascii=False, indent=2, default=str)
    return download(text.encode(), "我的资料.json", "application/json")


@worker
@require_POST
def erase(request: Request) -> HttpResponse:
    """Ask for erasure (删除请求): what goes, what stays and why."""
    person = _person(request)
    told(
        request,
        lambda: data_rights.request_make(actor=request.actor, person=person, kind=RequestKind.ERASE),
        "删除请求已办，哪些保留、为什么保留，写在下面。",
    )
    return HttpResponseRedirect(reverse("members:m-data"))


@worker
@require_POST
def ask(request: Request) -> HttpResponse:
    """Ask for a review by a person, or for an explanation (人工复核、说明处理规则)."""
    person, kind = _person(request), request.POST.get("kind", "")
    if kind in {RequestKind.REVIEW, RequestKind.EXPLAIN}:
        told(
            request,
            lambda: data_rights.request_make(actor=request.actor, person=person, kind=kind, words=request.POST.get("words", "")),
            "已收到，上级工会会派人复核并答复。" if kind == RequestKind.REVIEW else "处理规则写在下面“我的请求”里。",
        )
    return HttpResponseRedirect(reverse("members:m-data"))


@worker
@require_http_methods(["GET", "POST"])
def consent(request: Request) -> HttpResponse:
    """What I agreed to; withdrawing is as easy (我的同意)."""
    person = _person(request)
    if request.method == "POST":
        purpose = request.POST.get("purpose", "")
        if purpose in ConsentPurpose.values:
            if request.POST.get("verb") == "withdraw":
                told(
                    request,
                    lambda: consents.consent_withdraw(actor=request.actor, person=person, purpose=purpose),
                    "已撤回，下一次使用前生效。",
                )
            else:
                told(request, lambda: consents.consent_give(actor=request.actor, person=person, purpose=purpose), "已记录您的同意。")
        return HttpResponseRedirect(reverse("members:m-consents"))
    rows = [(n, consents.consent_live(person.pk, n.purpose)) for n in consents.notices().values()]
    past = Consent.objects.filter(person_id=person.pk).order_by("-given_at")[:20]
    return render(request, "members/mobile/consents.html", {"rows": rows, "past": past})


# -- moving and leaving ------------------------------------------------------------------------------------------


@worker
@require_http_methods(["GET", "POST"])
def transfer(request: Request) -> HttpResponse:
    """Move to another union (转会)."""
    person, spell = _person(request), None
    spell = reads.mine(person.pk)
    live = person.transfers.filter(state__in=LIVE_TRANSFERS).select_related("source", "target").first()
    form, status = forms.TransferForm(request.POST or None), 200
    if request.method == "POST":
        if request.POST.get("verb") == "withdraw" and live is not None:
            told(request, lambda: transfers.transfer_withdraw(actor=request.actor, transfer=live), "已撤回，您仍在原工会。")
            return HttpResponseRedirect(reverse("members:m-transfer"))
        status = 422
        if form.is_valid() and spell is not None:
            try:
                transfers.transfer_open(actor=request.actor, membership=spell, target=_target(request))
                common.done(request, "已提交，原工会确认后由新工会接收。办理期间会籍不断。")
                return HttpResponseRedirect(reverse("members:m-transfer"))
            except Refusal as refusal:
                form.add_error("words", refusal.message)
    return render(request, "members/mobile/transfer.html", {"spell": spell, "transfer": live, "form": form}, status=status)


@worker
@require_http_methods(["GET", "POST"])
def leave(request: Request) -> HttpResponse:
    """Leave the union (退会): a declaration, free."""
    person = _person(request)
    spell = reads.mine(person.pk)
    if request.method == "POST" and spell is not None:
        if request.POST.get("sure") != "1":
            common.refused(request, NotFound("members.sure", "请先勾选“我确认退会”。"))
        elif told(
            request,
            lambda: exits.leave(actor=request.actor, membership=spell, reason=request.POST.get("reason", "")),
            "已办理退会，会员证已注销。随时欢迎您再来。",
        ):
            return HttpResponseRedirect(reverse("members:m-home"))
        return HttpResponseRedirect(reverse("members:m-leave"))
    return render(request, "members/mobile/leave.html", {"spell": spell})


@worker
@require_POST
def confirm(request: Request) -> HttpResponse:
    """I am still here (我还在): answers the question of the union."""
    spell = reads.mine(_person(request).pk)
    if spell is None:
        raise NotFound()
    told(request, lambda: standing.membership_confirm(actor=request.actor, membership=spell), "谢谢，已记下您还在。")
    return HttpResponseRedirect(reverse("members:m-home"))


@worker
@require_POST
def disclose(request: Request) -> HttpResponse:
    """Let the workplace know (告诉单位)."""
    spell = reads.mine(_person(request).pk)
    if spell is None:
        raise NotFound()
    told(
        request, lambda: joining.application_disclose(actor=request.actor, membership=spell), "已公开，单位一级的工会现在可以看到您的会籍。"
    )
    return HttpResponseRedirect(reverse("members:m-home"))


@worker
@require_http_methods(["GET", "POST"])
def account(request: Request) -> HttpResponse:
    """My service card (我的服务卡)."""
    person = _person(request)
    row = person.service_cards.filter(until=None).first()
    form, status = forms.AccountForm(request.POST or None), 200
    if request.method == "POST":
        if request.POST.get("verb") == "close" and row is not None:
            told(request, lambda: service_cards.service_card_close(actor=request.actor, card=row), "服务卡已停用。")
            return HttpResponseRedirect(reverse("members:m-account"))
        status = 422
        if form.is_valid():
            try:
                consents.consent_give(actor=request.actor, person=person, purpose=ConsentPurpose.ACCOUNT)
                service_cards.service_card_link(
                    actor=request.actor, person=person, bank=form.cleaned_data["bank"], account=form.cleaned_data["account"]
                )
                common.done(request, "服务卡已登记。")
                return HttpResponseRedirect(reverse("members:m-account"))
            except Refusal as refusal:
                form.add_error("account", refusal.message)
    return render(request, "members/mobile/account.html", {"card": row, "form": form}, status=status)
