"""Phone pages (手机端): the chair-to-be in three taps, and everybody who joins by the code. Source: P06, P07, R019."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts import selectors as accounts
from gonghui.accounts import services as users
from gonghui.accounts import throttle
from gonghui.accounts.actor import Actor
from gonghui.core.access import signed_in, worker
from gonghui.core.errors import NotFound, NotPermitted, Refusal
from gonghui.core.http import Request, download, render
from gonghui.documents import selectors as archive
from gonghui.documents import word
from gonghui.members.services import identity
from gonghui.organising import forms, services
from gonghui.organising.enums import CaseState
from gonghui.organising.selectors import cases
from gonghui.organising.services import opening, papers
from gonghui.people import selectors as people

SYSTEM = Actor.system("m.organising")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NEXT: dict[str, tuple[str, str]] = {
    CaseState.APPLICATION: ("submit", "送审请示"),
    CaseState.GROUP: ("group", "筹备组成立，开始发展会员"),
    CaseState.RECRUITING: ("recruited", "人齐了，转入开会选举"),
    CaseState.MEETING: ("report", "报批选举结果"),
}
SAY: dict[str, str] = {
    CaseState.APPLICATION: "请示已替您写好，看一遍就能送审。",
    CaseState.PENDING: "已送上级工会，等批复。有结果会通知您。",
    CaseState.GROUP: "上级已同意筹备。筹备组里至少要有一名职工代表。",
    CaseState.RECRUITING: "把入会码给工友扫，每人自己填、自己签名。",
    CaseState.MEETING: "开会投票后，请工建指导员或属地工会登记得票，核对通过再报批。",
    CaseState.RESULT: "选举结果已送上级工会，等批复。",
    CaseState.FILING: "工会已经批准成立，正在办法人登记。",
    CaseState.SETUP: "刻章、开户、挂牌，办好一样登记一样。",
    CaseState.DONE: "全部办结，恭喜工友们有了自己的工会。",
}


@worker
@require_GET
def home(request: Request) -> HttpResponse:
    """Unions I am building (我的建会)."""
    return render(request, "organising/mobile/home.html", {"rows": cases.my_cases(request.actor)})


@worker
@require_GET
def case(request: Request, pk: int) -> HttpResponse:
    """One case on the phone: where it stands, one button, the documents."""
    return _case(request, cases.case_mine(actor=request.actor, pk=pk))


def _case(request: Request, row: Any, status: int = 200) -> HttpResponse:
    people_ = list(cases.applicants(row))
    verb, action = NEXT.get(row.state, ("", ""))
    if row.leader_id != request.actor.person_id or (row.state == CaseState.MEETING and cases.meeting_of(row) is None):
        verb = ""
    context = {
        "row": row, "way": cases.way_of(row), "say": SAY.get(row.state, row.end_reason), "verb": verb, "action": action,
        "missing": opening.missing(row) if row.state == CaseState.APPLICATION else [],
        "draft": papers.request_draft(row) if row.state == CaseState.APPLICATION else None, "applicants": people_, "leads": row.leader_id == request.actor.person_id,
        "joined": sum(1 for a in people_ if a.signed_at is not None), "documents": archive.documents_of(papers.subject_of(row)),
        "link": request.build_absolute_uri(reverse("organising:m-join", args=[row.token])), "open": row.state in {"group", "recruiting", "meeting"},
    }  # fmt: skip
    return render(request, "organising/mobile/case.html", context, status=status)


@worker
@require_POST
def case_act(request: Request, pk: int) -> HttpResponse:
    """The one button of the step."""
    row = cases.case_mine(actor=request.actor, pk=pk)
    acts = {
        "submit": services.case_submit, "group": services.group_form, "recruited": services.recruiting_done, "report": services.result_submit,
    }  # fmt: skip
    do = acts.get(request.POST.get("verb", ""))
    if do is None:
        raise NotFound()
    try:
        do(actor=request.actor, case=row)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.message)
        return _case(request, cases.case_mine(actor=request.actor, pk=pk), status=422)
    messages.success(request, "办好了。")
    return HttpResponseRedirect(reverse("organising:m-case", args=[pk]))


@worker
@require_GET
def document(request: Request, pk: int, document: int) -> HttpResponse:
    """A document of my case as Word."""
    row = cases.case_mine(actor=request.actor, pk=pk)
    found = next((d for d in archive.documents_of(papers.subject_of(row)) if d.pk == document), None)
    if found is None or row.leader_id != request.actor.person_id:
        raise NotFound()
    return download(archive.word_of(found), f"{word.safe(found.title)}.docx", DOCX)


@signed_in
@require_http_methods(["GET", "POST"])
def join(request: Request, token: str) -> HttpResponse:
    """Fill in and sign one's own application by the code on the wall (扫码入会), R019."""
    if request.actor.is_officer:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    row = cases.case_of_token(token)
    if row is None:
        raise NotFound()
    person = people.person_get(actor=SYSTEM, pk=request.actor.person_id) if request.actor.person_id is not None else None
    known = person is not None
    form = (forms.SignForm if known else forms.JoinForm)(request.POST or None)
    status = 200
    if request.method == "POST":
        throttle.hit("organising.join", request.actor.ref, 20, timedelta(hours=1))
        status = 422
        if form.is_valid():
            try:
                _sign(request, row, person, form.cleaned_data)
            except Refusal as refusal:
                if refusal.status == 404:
                    raise
                form.add_error(None, refusal.message)
            else:
                messages.success(request, "申请已提交。工会批准成立后，您就是会员了。")
                return HttpResponseRedirect(reverse("organising:m-join", args=[token]))
    mine = row.applicants.filter(person=person, left_at=None).first() if person is not None else None
    return render(request, "organising/mobile/join.html", {"row": row, "form": form, "person": person, "mine": mine}, status=status)


def _sign(request: Request, row: Any, person: Any, data: dict[str, Any]) -> None:
    if person is None:
        assert request.actor.user_id is not None  # a signed-in person, by the view's declaration
        phone = accounts.phone_of(request.user)  # type: ignore[arg-type]  # signed in, by the view's declaration
        person = identity.person_for_joining(actor=request.actor, name=data["name"], id_number=data["id_number"], phone=phone)
        users.person_link(user_id=request.actor.user_id, person_id=person.pk, name=person.name)
    actor = Actor(ref=request.actor.ref, name=person.name, user_id=request.actor.user_id, person_id=person.pk)
    services.applicant_sign(actor=actor, case=row, person=person, signed_name=data["signed_name"], employer=row.employer)
