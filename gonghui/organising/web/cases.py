"""The page of a case and everything done on it (建会事项页)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts import selectors as accounts
from gonghui.approvals import selectors as approvals
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, RuleViolation
from gonghui.core.http import Request, download, render
from gonghui.documents import selectors as archive
from gonghui.documents import word
from gonghui.files import services as files
from gonghui.organising import forms, services
from gonghui.organising.enums import CaseKind, CaseState, Perm
from gonghui.organising.models import Case
from gonghui.organising.selectors import cases, election, splits
from gonghui.organising.services import building, common, opening, papers
from gonghui.organising.services.electing import Vote
from gonghui.organising.web import common as pages
from gonghui.orgs.enums import MatterKind, MatterState
from gonghui.orgs.selectors import unions
from gonghui.policy import selectors as slips

S = CaseState
WORKING = (S.APPLICATION, S.GROUP, S.RECRUITING, S.MEETING, S.EXECUTE, S.FILING, S.SETUP)
Act = Callable[[Request, Case, dict[str, Any]], Any]


@officer(Perm.CASE_VIEW)
@require_GET
def case(request: Request, pk: int) -> HttpResponse:
    """Where it stands, what to do next, who acts until when, what was written (事项详情)."""
    return _page(request, cases.case_get(actor=request.actor, pk=pk))


def _page(request: Request, row: Any, *, status: int = 200, bound: dict[str, Any] | None = None) -> HttpResponse:
    context = context_of(request, row)
    context["forms"] |= bound or {}
    context["bound"] = next(iter((bound or {}).values()), None)
    return render(request, "organising/console/case.html", context, status=status)


def context_of(request: Request, row: Any) -> dict[str, Any]:
    """Everything the page and its print show."""
    meeting = cases.meeting_of(row)
    checks = election.checks_of(row, meeting) if meeting is not None else []
    may = common.leads(request.actor, row) or request.actor.may(Perm.CASE_EDIT, row.org)
    names = accounts.names_of({s.actor for s in cases.steps_of(row) if s.actor})
    people = list(cases.applicants(row))
    return {
        "row": row, "way": cases.way_of(row), "steps": [(s, _who(s, names)) for s in reversed(cases.steps_of(row))],
        "may": may, "may_file": _may_file(request, row), "prep": list(row.prep.all()), "units": list(row.units.select_related("employer")),
        "applicants": people, "voters": list(cases.voters(row).values()) if row.state == S.MEETING else [],
        "kept": row.union.memberships.filter(until=None).count() if row.kind == "rebuild" else None, "split": splits.lines(row.union, row.parts), "joined": sum(1 for a in people if a.signed_at is not None), "meeting": meeting,
        "checks": [(c, c.slip.as_slip() if c.slip is not None else None) for c in checks], "stops": election.hard(checks),
        "fine": sum(1 for c in checks if c.ok is True),
        "documents": archive.documents_of(papers.subject_of(row)), "offered": papers.offered(row), "papers": list(row.papers.select_related("file")),
        "missing": opening.missing(row) if row.state == S.APPLICATION else [],
        "draft": papers.request_draft(row) if row.state == S.APPLICATION else None, "three": building.three_have(row), "forms": _forms(row),
        "approval": _approval(row), "slip": _slip(request, row), "titles": forms.TITLES, "join_url": request.build_absolute_uri(reverse("organising:m-join", args=[row.token])),
        "trail": [("建会看板", reverse("organising:board")), (row.name, "")],
    }  # fmt: skip


def _who(step: Any, names: dict[str, str]) -> str:
    """Who did a step; an account that shows only a masked number is told by its part in the case."""
    found = names.get(step.actor, "")
    return found if found and "*" not in found else str(step.who)


def _slip(request: Request, row: Any) -> Any:
    if not row.slip:
        return None
    from gonghui.organising.selectors.planning import SYSTEM

    return slips.slip_of(slips.slip_get(actor=SYSTEM, public_id=row.slip))


def _approval(row: Any) -> Any:
    from gonghui.organising.selectors.planning import SYSTEM

    return approvals.approval_list(actor=SYSTEM, state="pending").filter(subject_id=str(row.pk), kind__startswith="organising.").first()


def _may_file(request: Request, row: Any) -> bool:
    if row.state != S.FILING:
        return False
    inner = row.form in {"project", "organiser"}
    place = row.parent if inner else cases.registrar_of(row)
    return request.actor.may(Perm.CASE_REVIEW if inner else Perm.CASE_APPROVE, place)


def _forms(row: Any) -> dict[str, Any]:
    """Empty forms of the step, by verb."""
    found: dict[str, Any] = {"withdraw": forms.ReasonForm(prefix="w"), "paper": forms.PaperForm(prefix="p")}
    if row.state == S.APPLICATION:
        initial = {"name": row.name, "reason": row.reason, "congress_on": row.congress_on}
        found |= {"edit": _edit_form(row)(initial=initial, prefix="e")}
    if row.state in {S.APPLICATION, S.GROUP, S.RECRUITING}:
        found |= {
            "leader": forms.LeaderForm(initial={"name": row.chair_name}, prefix="l"),
            "prep": forms.PrepForm(prefix="g"),
            "unit": forms.UnitForm(prefix="u"),
        }
    if row.state in {S.GROUP, S.RECRUITING, S.MEETING}:
        found["applicant"] = forms.ApplicantForm(prefix="a")
    if row.state == S.MEETING:
        found["meeting"] = forms.MeetingForm(initial=_suggested(row), prefix="m")
    if row.state == S.FILING:
        found["filing"] = forms.FilingForm(prefix="f")
    if row.state == S.SETUP:
        found["setup"] = forms.SetupForm(prefix="s")
    return found


def _edit_form(row: Any) -> type[forms.EditForm]:
    """A change also says when the congress adopted it."""
    return forms.EditForm if row.kind == CaseKind.BUILD else forms.ChangeEditForm


def _suggested(row: Any) -> dict[str, Any]:
    """What the rules ask for, already filled in."""
    held = cases.meeting_of(row)
    if held is not None:
        fields = "held_on place posted_on entitled present issued returned seats candidates years chair_by delegates".split()
        return {f: getattr(held, f) for f in fields}
    n = len(cases.voters(row))
    return {"entitled": n, "present": n, "issued": n, "returned": n, **({"seats": 3, "candidates": 4} if n < 25 else {}), "years": "3"}


# -- acts --------------------------------------------------------------------------------------------------------


def _votes(request: Request, row: Any) -> list[Vote]:
    """Posts and votes of the table: `votes-<person>`, `post-<person>`."""
    found = []
    for pk in cases.voters(row):
        post, votes = request.POST.get(f"post-{pk}", ""), request.POST.get(f"votes-{pk}", "").strip()
        if not post or not votes:
            continue
        if not votes.isdigit() or len(votes) > 6:
            raise RuleViolation("organising.votes", f"得票要写成数字，这里是“{votes[:10]}”。")
        body, _, title = post.partition(":")
        flags: dict[str, Any] = {"admin_leader": f"head-{pk}" in request.POST, "relative": f"relative-{pk}" in request.POST}
        if post == "none":
            found.append(Vote(pk, int(votes), elected=False, **flags))
        elif post in dict(forms.TITLES):
            found.append(Vote(pk, int(votes), body=body, title=title, **flags))
    return found


def _meeting(request: Request, row: Any, data: dict[str, Any]) -> Any:
    return services.meeting_record(actor=request.actor, case=row, votes=_votes(request, row), **{**data, "years": int(data["years"])})


def _paper(request: Request, row: Any, data: dict[str, Any]) -> Any:
    common.may_work(request.actor, row)
    file = files.file_store(request.actor, upload=data["file"], purpose="organising", org_path=row.org.path)
    return services.paper_add(actor=request.actor, case=row, kind=data["kind"], file=file)


ACTS: dict[str, tuple[str, Any, Act, str]] = {
    "submit": ("", None, lambda r, c, d: services.case_submit(actor=r.actor, case=c), "已送审，批复后继续。"),
    "group": ("", None, lambda r, c, d: services.group_form(actor=r.actor, case=c), "筹备组已成立，开始发展会员。"),
    "recruited": ("", None, lambda r, c, d: services.recruiting_done(actor=r.actor, case=c), "可以开会选举了，选举文书已能打印。"),
    "report": ("", None, lambda r, c, d: services.result_submit(actor=r.actor, case=c), "选举结果已报批。"),
    "execute": ("", None, lambda r, c, d: services.change_execute(actor=r.actor, case=c), "已办理，会员会籍没有中断。"),
    "edit": ("e", forms.EditForm, lambda r, c, d: services.case_edit(actor=r.actor, case=c, **d), "已修改。"),
    "leader": ("l", forms.LeaderForm, lambda r, c, d: services.leader_set(actor=r.actor, case=c, name=d["name"], phone=d["phone"] or ""), "组长已定，可以用手机办理。"),
    "prep": ("g", forms.PrepForm, lambda r, c, d: services.prep_add(actor=r.actor, case=c, **d), "已加入筹备组。"),
    "unit": ("u", forms.UnitForm, lambda r, c, d: services.unit_add(actor=r.actor, case=c, employer=pages.named_employer(r, d["employer"]), reason=d["reason"]), "已列入参加单位。"),
    "applicant": ("a", forms.ApplicantForm, lambda r, c, d: services.applicant_name(actor=r.actor, case=c, **d), "已列入名单，等本人确认。"),
    "meeting": ("m", forms.MeetingForm, _meeting, "选举情况已登记，请看逐项核对。"),
    "filing": ("f", forms.FilingForm, lambda r, c, d: services.filing_done(actor=r.actor, case=c, **d), "备案登记已办。"),
    "setup": ("s", forms.SetupForm, lambda r, c, d: services.setup_done(actor=r.actor, case=c, **d), "全部办结。"),
    "withdraw": ("w", forms.ReasonForm, lambda r, c, d: services.case_withdraw(actor=r.actor, case=c, **d), "已撤回。"),
    "paper": ("p", forms.PaperForm, _paper, "材料已收存。"),
}  # fmt: skip


@officer(Perm.CASE_VIEW)
@require_POST
def case_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Do one step; what is refused stands in the form, on the same page."""
    row = cases.case_get(actor=request.actor, pk=pk)
    if verb not in ACTS:
        raise NotFound()
    prefix, form_class, do, said = ACTS[verb]
    back = reverse("organising:case", args=[pk])
    if form_class is None:
        return pages.told(request, lambda: do(request, row, {}), said=said, back=back)
    form_class = _edit_form(row) if verb == "edit" else form_class
    form = form_class(request.POST, request.FILES or None, prefix=prefix)
    if form.is_valid():
        try:
            do(request, row, form.cleaned_data)
        except pages.REFUSED as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(back)
    return _page(request, cases.case_get(actor=request.actor, pk=pk), status=422, bound={verb: form})


@officer(Perm.CASE_VIEW)
@require_POST
def paper_issue(request: Request, pk: int) -> HttpResponse:
    """Issue one of the documents of this step."""
    row = cases.case_get(actor=request.actor, pk=pk)
    back = reverse("organising:case", args=[pk]) + "#papers"
    kind = request.POST.get("kind", "")
    return pages.told(
        request, lambda: services.paper_issue(actor=request.actor, case=row, kind=kind), said="文书已出具，可打印或下载 Word。", back=back
    )


@officer(Perm.CASE_VIEW)
@require_GET
def case_print(request: Request, pk: int) -> HttpResponse:
    """The whole case as one would hand it in: cover with contents, all documents, the record (整卷打印)."""
    row = cases.case_get(actor=request.actor, pk=pk)
    context = context_of(request, row)
    sheets = [
        (d, archive.content_of(d), request.build_absolute_uri(reverse("documents:check_code", args=[d.public_id])))
        for d in context["documents"]
    ]
    if request.GET.get("as") == "word":
        data = word.pack((d.title, archive.word_of(d)) for d, _c, _u in sheets)
        return download(data, f"{word.safe(row.name)} 建会材料.zip", "application/zip")
    return render(request, "organising/print/case.html", {**context, "sheets": sheets, "issued": len(sheets)})


@officer(Perm.CASE_EDIT)
@require_GET
def change_find(request: Request) -> HttpResponse:
    """Find the union to be changed; those whose unit was reorganised stand first (找要变更的工会)."""
    words = request.GET.get("q", "")[:60].strip()
    rows = unions.union_visible(request.actor, Perm.CASE_EDIT).filter(ended_on=None, parent__isnull=False).select_related("parent")
    if words:
        rows = rows.filter(name__icontains=words) | rows.filter(code=words)
    else:
        rows = rows.filter(matters__kind=MatterKind.REBUILD, matters__state=MatterState.OPEN)
    context = {
        "rows": rows.distinct().order_by("path")[:30], "words": words,
        "trail": [("建会看板", reverse("organising:board")), ("变更立项", "")],
    }  # fmt: skip
    return render(request, "organising/console/change_find.html", context)


@officer(Perm.CASE_EDIT)
@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Rebuild, merge, split, hand over, dissolve a union (变更事项立项)."""
    union = unions.union_get(actor=request.actor, pk=pk, perm=Perm.CASE_EDIT)
    form = forms.ChangeForm(request.POST or None, initial={"kind": request.GET.get("kind", "rebuild")})
    back = reverse("orgs:union", args=[pk])
    return pages.act(
        request, form, lambda d: _change(request, union, d), title=f"{union.name}：变更立项", back=back, said="已立项，补齐后送审。", action="立项",
        lead="重建、合并、分立、移交、撤销都要经会员（代表）大会和上一级工会。会员的会籍一个也不能断。",
        to=lambda c: reverse("organising:case", args=[c.pk]), trail=[("建会看板", reverse("organising:board"))],
    )  # fmt: skip


def _change(request: Request, union: Any, data: dict[str, Any]) -> Any:
    target = pages.named_union(request, data["target"], anywhere=data["kind"] == "handover") if data.get("target") else None
    parts = splits.read(union, data.get("plan", "")) if data["kind"] == "split" else []
    return services.change_open(
        actor=request.actor,
        union=union,
        kind=data["kind"],
        reason=data["reason"],
        target=target,
        congress_on=data.get("congress_on"),
        name=data.get("name", "") if data["kind"] == "rebuild" else "",
        parts=parts,
    )
