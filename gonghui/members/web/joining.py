"""Applications, batches, gates and ceremonies on the console (入会办理)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, numbers, page_of, render, tabs_of, told, whole_number
from gonghui.files import services as files
from gonghui.members import forms
from gonghui.members.enums import LIVE_CARDS, ApplicationState, DocumentKind, Perm
from gonghui.members.models import Batch, Card
from gonghui.members.selectors import joining as reads
from gonghui.members.selectors import members as member_reads
from gonghui.members.services import ceremonies, identity, joining, slips
from gonghui.members.web import common

SIGN_IN = "请本人用手机号登录，在“我的会籍”里确认签名，之后才能批准。"
DESK = (
    "这个人登记的手机号不是您填的号码（没有改）。请本人用登记的手机号登录确认；没有手机号或换了号的，带证件到街道（乡镇）以上工会窗口登记。"
)
TABS = [
    ("submitted", "待审核"),
    ("returned", "退回补正"),
    ("approved", "待领证"),
    ("done", "已领证"),
    ("refused", "未批准"),
    ("withdrawn", "本人撤回"),
]


@officer(Perm.APPLICATION_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Applications by state, and the batches (入会办理)."""
    rows = reads.applications(request.actor)
    counts, channels = reads.tallies(rows)
    state = request.GET.get("state", "submitted")
    if state in ApplicationState.values:
        rows = rows.filter(state=state)
    page = page_of(request, rows.order_by("-submitted_at", "-pk"), count=counts.get(state, 0) if state in ApplicationState.values else None)
    tabs = tabs_of(request, [(k, v, counts.get(k, 0)) for k, v in TABS])
    for tab, (key, _label) in zip(tabs, TABS, strict=True):
        tab["current"] = key == state
    batches = list(reads.batches(request.actor)[:12])
    context = {
        "page": page, "tabs": tabs, "batches": batches, "batch_form": forms.BatchForm(), "union": common.union_of(request), "state": state,
        "lines": [(a, reads.card_due(a) if a.state == "approved" else None) for a in page],
        "channels": channels, "trail": common.trail(("入会办理", "")),
        "may_file": request.actor.may(Perm.APPLICATION_FILE), "may_batch": request.actor.may(Perm.BATCH_EDIT),
    }  # fmt: skip
    return render(request, "members/console/joining.html", context)


@officer(Perm.APPLICATION_FILE)
@require_http_methods(["GET", "POST"])
def apply(request: Request) -> HttpResponse:
    """An officer files a form for a worker, who then confirms on the own phone (登记入会申请)."""
    union = common.union_of(request, required=True)
    batches = Batch.objects.filter(union=union, state="open").order_by("-pk")
    form = forms.ApplyForm(request.POST or None, initial={"name": request.GET.get("name", "")[:60]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        common.limited(request, "apply", 300)
        try:
            person = identity.person_for_joining(
                actor=request.actor, name=data["name"], id_kind=data["id_kind"], id_number=data["id_number"], phone=data["phone"]
            )
            batch = batches.filter(pk=whole_number(request.POST.get("batch")) or 0).first()
            row = joining.application_submit(
                actor=request.actor, person=person, union=union, channel=data["channel"], employer=union.employer,
                employer_name=data["employer_name"] or (union.employer.name if union.employer else ""), employment_kind=data["employment_kind"],
                self_filled=False, batch=batch, agency=common.employer_named(data["agency_name"]) if data["agency_name"].strip() else None,
                agency_name=data["agency_name"],
            )  # fmt: skip
            known = identity.phone_matches(person, data["phone"])
            common.done(request, "已登记。" + (SIGN_IN if known else DESK))
            return HttpResponseRedirect(reverse("members:application", args=[row.pk]))
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
    status = 422 if request.method == "POST" else 200
    join_link = request.build_absolute_uri(reverse("members:m-join") + f"?union={union.pk}")
    context = {
        "form": form,
        "union": union,
        "batches": batches,
        "join_link": join_link,
        "trail": common.trail(("入会办理", reverse("members:joining")), ("登记会员", "")),
    }
    return render(request, "members/console/apply.html", context, status=status)


@officer(Perm.APPLICATION_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One application (入会申请)."""
    row = reads.application_get(actor=request.actor, pk=pk)
    on, person = clock.today(), row.person
    eligible = slips.ask(
        "members.eligible",
        {"wage_earner": True, "labour_relation": bool(row.employer_id or row.employer_name), "new_form": row.employment_kind == "gig" or bool(person.group), "applies": row.signed_at is not None},
        on=on, union=row.union,
    )  # fmt: skip
    context = {
        "row": row, "person": person, "card": person.cards.order_by("-pk").first(), "due": reads.card_due(row), "slip": eligible.as_slip(),
        "groups": row.union.groups.filter(until=None).order_by("name"), "reason": forms.ReasonForm(), "faults": member_reads.faults_of(person),
        "may_decide": request.actor.may(Perm.APPLICATION_DECIDE, row.union) and request.actor.ref != row.filed_by,
        "may_file": request.actor.may(Perm.APPLICATION_FILE, row.union),
        "trail": common.trail(("入会办理", reverse("members:joining")), (person.name, "")),
    }  # fmt: skip
    return render(request, "members/console/application.html", context)


@officer(Perm.APPLICATION_VIEW)
@require_GET
def print_form(request: Request, pk: int) -> HttpResponse:
    """The application as the official form (入会申请表)."""
    import base64

    row = reads.application_get(actor=request.actor, pk=pk)
    drawing = joining.drawing_of(row)
    image = "data:image/png;base64," + base64.b64encode(drawing).decode() if drawing else ""
    return render(
        request, "members/print/application.html", {"row": row, "person": row.person, "drawing": image, "printed_at": clock.now()}
    )


@officer(Perm.APPLICATION_DECIDE, Perm.APPLICATION_FILE)
@require_POST
def decide(request: Request, pk: int, verb: str) -> HttpResponse:
    """Approve, return, refuse, resume (决定)."""
    row = reads.application_get(actor=request.actor, pk=pk)
    reason = request.POST.get("reason", "")
    group = row.union.groups.filter(pk=whole_number(request.POST.get("group")) or 0, until=None).first()
    acts = {
        "approve": (
            lambda: joining.application_approve(
                actor=request.actor, application=row, group=group, approval_no=request.POST.get("approval_no", "")
            ),
            "已批准入会，会员证已编号。",
        ),
        "return": (lambda: joining.application_return(actor=request.actor, application=row, reason=reason), "已退回，本人会收到理由。"),
        "refuse": (lambda: joining.application_refuse(actor=request.actor, application=row, reason=reason), "已作出决定，本人会收到理由。"),
        "resume": (lambda: joining.application_resume(actor=request.actor, application=row), "已重新提交。"),
    }
    told(request, *acts[verb])
    return common.back(request, "members:application", pk)


@officer(Perm.APPLICATION_DECIDE)
@require_POST
def approve_many(request: Request) -> HttpResponse:
    """Approve several at once (批量批准): done, skipped, why."""
    ids = numbers(request.POST.getlist("pk"))[:200]
    ok, skipped = [], []
    for row in reads.applications(request.actor).filter(pk__in=ids).order_by("pk"):
        try:
            joining.application_approve(actor=request.actor, application=row)
            ok.append(row)
        except Refusal as refusal:
            skipped.append((row, refusal.message))
    context = {"done": ok, "skipped": skipped, "trail": common.trail(("入会办理", reverse("members:joining")), ("批量批准", ""))}
    return render(request, "members/console/approved.html", context)


# -- batches -----------------------------------------------------------------------------------------------------


@officer(Perm.BATCH_EDIT)
@require_POST
def batch_new(request: Request) -> HttpResponse:
    """A new batch (新建批次)."""
    union, form = common.union_of(request, required=True), forms.BatchForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    try:
        row = joining.batch_open(actor=request.actor, union=union, name=name)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        common.refused(request, refusal)
        return HttpResponseRedirect(reverse("members:joining"))
    return HttpResponseRedirect(reverse("members:batch", args=[row.pk]))


@officer(Perm.APPLICATION_VIEW)
@require_GET
def batch(request: Request, pk: int) -> HttpResponse:
    """A batch with its gates and papers (三关三有)."""
    return render(request, "members/console/batch.html", _batch(request, reads.batch_get(actor=request.actor, pk=pk)))


def _batch(request: Request, row: Any, **more: Any) -> dict[str, Any]:
    gates = reads.gates_of(row)
    papers = [
        (d, files.file_link(request.actor, d.file, granted=True)) for d in row.documents.select_related("file").order_by("kind", "-pk")
    ]
    have = {d.kind for d, _link in papers}
    three = [
        ("申请书", row.applications.filter(signed_at__isnull=False).exists() or "application" in have),
        ("花名册", {"roster_paper", "roster_electronic"} <= have),
        ("批文", "approval" in have or bool(row.approval_no)),
    ]
    people = row.applications.select_related("person").order_by("state", "person__name")
    return {
        "row": row, "gates": gates, "papers": papers, "three": three, "people": page_of(request, people, size=50), "counted": reads.batch_counted(row),
        "ceremonies": row.ceremonies.order_by("-at"), "document_form": forms.DocumentForm(), "reconcile_form": forms.ReconcileForm(),
        "ceremony_form": forms.CeremonyForm(), "may_edit": request.actor.may(Perm.BATCH_EDIT, row.union) and row.state == "open",
        "may_decide": request.actor.may(Perm.APPLICATION_DECIDE, row.union), "kinds": DocumentKind.choices,
        "trail": common.trail(("入会办理", reverse("members:joining")), (row.name, "")), **more,
    }  # fmt: skip


@officer(Perm.BATCH_EDIT)
@require_POST
def batch_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Upload, reconcile, plan a ceremony, close (批次办理)."""
    row = reads.batch_get(actor=request.actor, pk=pk)
    form: Any = {"document": forms.DocumentForm, "reconcile": forms.ReconcileForm, "ceremony": forms.CeremonyForm}.get(verb)
    if form is not None:
        form = form(request.POST, request.FILES) if verb == "document" else form(request.POST)
        if not form.is_valid():
            return render(request, "members/console/batch.html", _batch(request, row, **{f"{verb}_form": form}), status=422)
    acts = {
        "document": (lambda: _document(request, row, form.cleaned_data), "材料已上传。"),
        "reconcile": (
            lambda: joining.batch_reconcile(actor=request.actor, batch=row, **form.cleaned_data),
            "两种名册人数一致，已登记核对。",
        ),
        "ceremony": (
            lambda: ceremonies.ceremony_plan(actor=request.actor, batch=row, **form.cleaned_data),
            "仪式已安排，打开仪式页可以打印签到码。",
        ),
        "close": (lambda: joining.batch_close(actor=request.actor, batch=row), "三关都已通过，批次办结。"),
    }
    told(request, *acts[verb])
    return HttpResponseRedirect(reverse("members:batch", args=[pk]))


def _document(request: Request, row: Any, data: dict[str, Any]) -> None:
    request.actor.require(Perm.BATCH_EDIT, row.union)
    file = files.file_store(request.actor, upload=data["file"], purpose="members.batch", org_path=row.union.path)
    joining.batch_document_add(actor=request.actor, batch=row, kind=data["kind"], file=file, people=data["people"])


@officer(Perm.APPLICATION_VIEW)
@require_GET
def ceremony(request: Request, pk: int) -> HttpResponse:
    """A ceremony: the code for the table, who has come (入会仪式)."""
    row = reads.ceremony_get(actor=request.actor, pk=pk)
    link = request.build_absolute_uri(reverse("members:m-ceremony", args=[row.token]))
    come = row.attendances.select_related("application__person").order_by("-at")
    everybody = row.batch.applications.exclude(state__in=["withdrawn", "refused"]).select_related("person").order_by("person__name", "pk")
    here = {c.application_id for c in come}
    if request.GET.get("print"):
        cards = dict(Card.objects.filter(person__applications__in=everybody, state__in=LIVE_CARDS).values_list("person_id", "number"))
        sheet = [(a, cards.get(a.person_id, ""), a.pk in here) for a in everybody]
        return render(request, "members/print/ceremony.html", {"row": row, "sheet": sheet, "present": len(here), "at": clock.now()})
    photos = [(p, files.file_link(request.actor, p.file, granted=True)) for p in row.photos.select_related("file").order_by("pk")]
    context = {
        "row": row, "link": link, "come": come, "total": len(everybody), "absent": [a for a in everybody if a.pk not in here], "photos": photos,
        "photo_form": forms.PhotoForm(), "may_photo": request.actor.may(Perm.BATCH_EDIT, row.batch.union),
        "may_edit": request.actor.may(Perm.BATCH_EDIT, row.batch.union) and row.closed_at is None,
        "trail": common.trail(("入会办理", reverse("members:joining")), (row.batch.name, reverse("members:batch", args=[row.batch_id])), (row.title, "")),
    }  # fmt: skip
    return render(request, "members/console/ceremony.html", context)


@officer(Perm.BATCH_EDIT)
@require_POST
def ceremony_close(request: Request, pk: int) -> HttpResponse:
    """End of the ceremony (仪式结束)."""
    row = reads.ceremony_get(actor=request.actor, pk=pk)
    try:
        told = ceremonies.ceremony_close(
            actor=request.actor, ceremony=row, note=request.POST.get("note", ""), oath_by=request.POST.get("oath_by", "")
        )
        skipped = "；".join(f"{s['name']}：{s['why']}" for s in told["skipped"])
        common.done(request, f"仪式已结束，{told['done']} 人完成发证关。" + (f"没有完成的：{skipped}。" if skipped else ""))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        common.refused(request, refusal)
    return HttpResponseRedirect(reverse("members:ceremony", args=[pk]))


@officer(Perm.BATCH_EDIT)
@require_POST
def ceremony_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Mark somebody present, keep a photo (登记到场、存照片)."""
    row = reads.ceremony_get(actor=request.actor, pk=pk)
    if verb == "present":
        chosen = request.POST.get("application", "")
        application = row.batch.applications.filter(pk=whole_number(chosen) or 0).first()
        if application is None:
            raise NotFound()
        told(request, lambda: ceremonies.ceremony_present(actor=request.actor, ceremony=row, application=application), "已登记到场。")
    elif verb == "photo":
        form = forms.PhotoForm(request.POST, request.FILES)
        if form.is_valid():
            told(request, lambda: _photo(request, row, form.cleaned_data), "照片已存。")
        else:
            common.refused(request, NotFound("members.photo", "请选一张照片再上传。"))
    else:
        raise NotFound()
    return HttpResponseRedirect(reverse("members:ceremony", args=[pk]))


def _photo(request: Request, row: Any, data: dict[str, Any]) -> None:
    request.actor.require(Perm.BATCH_EDIT, row.batch.union)
    file = files.file_store(request.actor, upload=data["file"], purpose="members.ceremony", org_path=row.batch.union.path)
    ceremonies.ceremony_photo(actor=request.actor, ceremony=row, file=file, caption=data["caption"])
