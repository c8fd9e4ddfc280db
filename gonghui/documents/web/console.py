"""Console pages of documents (文书页面)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.core.http import Request, download, numbers, page_of, render
from gonghui.documents import forms, kinds, rules, selectors, services, word
from gonghui.documents.enums import Perm

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_IN_PACK = 40


@officer(Perm.DOCUMENT_VIEW)
@require_GET
def document_list(request: Request) -> HttpResponse:
    """Issued documents (文书台账)."""
    form = forms.ListFilter(request.GET, kinds=[(k.key, f"{k.group} · {k.label}") for k in kinds.all_kinds()])
    form.is_valid()
    data = form.cleaned_data
    rows = selectors.document_list(actor=request.actor, q=data.get("q", ""), kind=data.get("kind", ""))
    labels = {k.key: k.label for k in kinds.all_kinds()}
    page = page_of(request, rows)
    return render(
        request, "documents/console/list.html", {"form": form, "page": page, "rows": [(d, labels.get(d.kind, d.kind)) for d in page]}
    )


@officer(Perm.DOCUMENT_VIEW)
@require_GET
def document(request: Request, pk: int) -> HttpResponse:
    """One issued copy as a page to print."""
    row = selectors.document_get(actor=request.actor, pk=pk)
    return _sheet(request, [row], back=reverse("documents:list"))


def _sheet(request: Request, rows: list[object], back: str) -> HttpResponse:
    sheets = [(d, selectors.content_of(d), request.build_absolute_uri(reverse("documents:check_code", args=[d.public_id]))) for d in rows]  # type: ignore[arg-type, attr-defined]  # documents
    context = {"sheets": sheets, "back_url": back, "single": len(sheets) == 1, "may_cancel": request.actor.may(Perm.TEMPLATE_EDIT)}
    return render(request, "documents/print/sheets.html", context)


@officer(Perm.DOCUMENT_VIEW)
@require_GET
def document_word(request: Request, pk: int) -> HttpResponse:
    """The same copy as Word."""
    row = selectors.document_get(actor=request.actor, pk=pk)
    return download(selectors.word_of(row), f"{word.safe(row.title)}.docx", DOCX)


def _picked(request: Request) -> list[int]:
    found = numbers(request.GET.getlist("pk"))[:MOST_IN_PACK]
    if not found:
        raise NotFound("documents.none_picked", "没有选文书。请先勾选要打包的文书。")
    return found


@officer(Perm.DOCUMENT_VIEW)
@require_GET
def pack(request: Request) -> HttpResponse:
    """Several copies at once: pages in a row to print, or Word files in one zip (整包打印、下载)."""
    rows = selectors.documents_by_pk(actor=request.actor, pks=_picked(request))
    if request.GET.get("as") == "word":
        files = [(d.title, selectors.word_of(d)) for d in rows]
        return download(word.pack(files), f"文书 {clock.today():%Y%m%d}.zip", "application/zip")
    return _sheet(request, list(rows), back=reverse("documents:list"))


@officer(Perm.TEMPLATE_EDIT)
@require_http_methods(["GET", "POST"])
def cancel(request: Request, pk: int) -> HttpResponse:
    """Declare a copy void."""
    row = selectors.document_get(actor=request.actor, pk=pk)
    form = forms.CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.document_cancel(actor=request.actor, document=row, reason=form.cleaned_data["reason"])
        except (RuleViolation, Conflict) as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "已作废。公开查验页会显示“已作废”。")
            return HttpResponseRedirect(reverse("documents:list"))
    context = {"form": form, "row": row, "trail": [("文书台账", reverse("documents:list")), ("作废", "")]}
    return render(request, "documents/console/cancel.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.TEMPLATE_VIEW)
@require_GET
def template_list(request: Request) -> HttpResponse:
    """All kinds with the version in use (文书范本)."""
    rows = [(kind, selectors.template_on(kind.key)) for kind in kinds.all_kinds()]
    return render(request, "documents/console/templates.html", {"rows": rows})


def _kind(key: str) -> kinds.Kind:
    kind = kinds.find(key)
    if kind is None:
        raise NotFound()
    return kind


@officer(Perm.TEMPLATE_VIEW)
@require_GET
def template(request: Request, key: str) -> HttpResponse:
    """One kind: versions, fields, preview with sample values."""
    kind = _kind(key)
    content = selectors.preview(kind, selectors.source_on(kind))
    context = {
        "kind": kind, "content": content, "versions": list(selectors.template_rows(key)), "current": selectors.template_on(key),
        "form": forms.ActivateForm(initial={"on": clock.today()}), "may_edit": request.actor.may(Perm.TEMPLATE_EDIT),
        "trail": [("文书范本", reverse("documents:templates")), (kind.label, "")],
    }  # fmt: skip
    return render(request, "documents/console/template.html", context)


@officer(Perm.TEMPLATE_EDIT)
@require_http_methods(["GET", "POST"])
def template_new(request: Request, key: str) -> HttpResponse:
    """Write a new version; look at it before it is kept (新版、预览)."""
    kind = _kind(key)
    form = forms.TemplateForm(request.POST or None, initial={"source": selectors.source_on(kind)})
    content, status = None, 200
    if request.method == "POST":
        status = 422
        source = request.POST.get("source", "").replace("\r\n", "\n")
        for fault in rules.faults(source, kind.fields) if source.strip() else []:
            form.add_error("source", fault)
        if "source" not in form.errors:
            content = selectors.preview(kind, source)
        if form.is_valid() and request.POST.get("act") == "keep":
            try:
                row = services.template_draft(actor=request.actor, kind=key, source=source, note=form.cleaned_data["note"])
            except RuleViolation as refusal:
                form.add_error("source", refusal.message)
            else:
                messages.success(request, f"已存为第 {row.number} 版草稿，选好启用日期后生效。")
                return HttpResponseRedirect(reverse("documents:template", args=[key]))
        elif content is not None and request.POST.get("act") == "look":
            form.errors.pop("note", None)
            status = 200
    context = {
        "kind": kind, "form": form, "content": content,
        "trail": [("文书范本", reverse("documents:templates")), (kind.label, reverse("documents:template", args=[key])), ("新版", "")],
    }  # fmt: skip
    return render(request, "documents/console/template_new.html", context, status=status)


@officer(Perm.TEMPLATE_EDIT)
@require_POST
def template_activate(request: Request, key: str, number: int) -> HttpResponse:
    """A draft is used from a day on."""
    _kind(key)
    row = selectors.template_get(kind=key, number=number)
    form = forms.ActivateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选今天或以后的启用日期。")
        return HttpResponse(status=302, headers={"Location": reverse("documents:template", args=[key])})
    try:
        services.template_activate(actor=request.actor, template=row, on=form.cleaned_data["on"])
    except (RuleViolation, Conflict) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"第 {number} 版自 {row.active_from or form.cleaned_data['on']} 起启用。")
    return HttpResponseRedirect(reverse("documents:template", args=[key]))
