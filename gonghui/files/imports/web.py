"""The import wizard (导入向导): upload, map, check, write, result. Works without script; every step can be left and resumed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotPermitted, RuleViolation
from gonghui.core.http import XLSX, Request, download, page_of, render, whole_number
from gonghui.core.models import Job
from gonghui.files.export import export_table
from gonghui.files.imports import guard, protocol, selectors, services
from gonghui.files.imports.cleaning import KINDS
from gonghui.files.imports.enums import BatchState
from gonghui.files.imports.forms import MapForm, ReasonForm, UploadForm
from gonghui.files.imports.models import ImportBatch, ImportRow

STEPS = ["上传文件", "核对表头", "检查错误", "确认导入"]
ABANDONING = ["上传的表和已改的内容会删除。", "系统里的资料不受影响。"]
UNDOING = ["这一批新增的人员、劳动关系和会籍会删除。", "更新过的资料回到导入前。", "汇总数字同时回退；审计记录保留。"]


def _upload_form(request: Request, data: Any = None, files: Any = None) -> UploadForm:
    kinds = selectors.kinds(request.actor)
    if not kinds:
        raise NotPermitted("core.no_permission", "您没有导入资料的权限。需要时请联系本级安全管理员授权。")
    found = dict(t for h in kinds for t in selectors.targets(request.actor, h))
    return UploadForm(
        data,
        files,
        kinds=kinds,
        targets=list(found.items()),
        initial={"kind": request.GET.get("kind"), "target": request.GET.get("target")},
    )


@officer()
def home(request: Request) -> HttpResponse:
    """Upload, and the batches so far."""
    form = _upload_form(request, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_url(_upload(request, form)))
        except BadInput as refusal:
            form.add_error("file", refusal.message)
    context = {
        "form": form,
        "page": page_of(request, selectors.batch_list(actor=request.actor)),
        "steps": STEPS,
        "kinds": selectors.kinds(request.actor),
    }
    return render(request, "files/imports/home.html", context, status=422 if form.errors else 200)


def _upload(request: Request, form: UploadForm) -> ImportBatch:
    data = form.cleaned_data
    file: UploadedFile[Any] = data["file"]
    if (file.size or 0) > guard.MOST_BYTES:
        raise BadInput(
            "imports.too_big",
            f"文件有 {(file.size or 0) / guard.MIB:.1f} MB，最多 {guard.MOST_BYTES // guard.MIB} MB。请把表拆成几份上传。",
        )
    names = dict(form.fields["target"].choices)  # type: ignore[attr-defined]  # a ChoiceField
    return services.batch_upload(
        actor=request.actor,
        kind=data["kind"],
        content=file.read(),
        name=file.name or "表",
        org_path=data["target"],
        org_name=names.get(data["target"], ""),
        as_of=data["as_of"],
    )


@officer()
@require_GET
def template(request: Request, kind: str) -> HttpResponse:
    """An empty table with the usual heads and one example row."""
    handler = next((h for h in selectors.kinds(request.actor) if h.kind == kind), None)
    if handler is None:
        raise NotPermitted("core.no_permission", "您没有导入这类资料的权限。")
    content = export_table(
        [c.label for c in handler.columns],
        [list(row) for row in handler.samples or [[c.example for c in handler.columns]]],
        title=f"{handler.label}模板",
        actor=request.actor,
        marked=False,
    )
    return download(content, f"{handler.label}模板.xlsx", XLSX)


@officer()
def mapping(request: Request, pk: int) -> HttpResponse:
    """Step 2: which column is which."""
    batch = selectors.batch_get(actor=request.actor, pk=pk)
    handler = protocol.handler(batch.kind)
    form = MapForm(request.POST or None, batch=batch, handler=handler)
    if request.method == "POST" and form.is_valid():
        try:
            services.batch_map(actor=request.actor, batch=batch, mapping=form.cleaned_data)
            services.batch_check(actor=request.actor, batch=batch)
            return HttpResponseRedirect(_url(batch))
        except BadInput as refusal:
            form.add_error(None, refusal.message)
    context = {"batch": batch, "form": form, "handler": handler, "steps": STEPS, "unused": _unused(batch)}
    return render(request, "files/imports/map.html", context, status=422 if form.errors else 200)


def _unused(batch: ImportBatch) -> list[str]:
    return [t for c, t in batch.headers.items() if c not in batch.mapping.values()]


@officer()
def check(request: Request, pk: int) -> HttpResponse:
    """Step 3: only the rows in trouble, grouped by cause, mended in place."""
    batch = selectors.batch_get(actor=request.actor, pk=pk)
    if batch.state not in (BatchState.CHECKED, BatchState.MAPPED):
        return HttpResponseRedirect(_url(batch))
    if request.method == "POST":
        return _act(request, batch)
    if batch.state == BatchState.MAPPED and batch.job_id is None:
        services.batch_check(actor=request.actor, batch=batch)
    return render(request, "files/imports/check.html", _check_context(request, batch))


def _check_context(request: Request, batch: ImportBatch) -> dict[str, Any]:
    handler, cause = protocol.handler(batch.kind), request.GET.get("cause", "")
    rows = ImportRow.objects.filter(batch=batch).order_by("row")
    page = page_of(request, rows.filter(cause=cause) if cause else rows)
    counts, labels = selectors.state_counts(batch), selectors.causes(handler)
    by_cause = selectors.cause_counts(batch)
    total = sum(n for _c, n in by_cause)
    tabs = [{"label": "全部问题", "url": "?", "count": total, "current": not cause}]
    tabs += [{"label": labels.get(c, "其他"), "url": f"?cause={c}", "count": n, "current": c == cause} for c, n in by_cause]
    waiting = counts["open"] + counts["choice"]
    return {
        "batch": batch, "handler": handler, "steps": STEPS, "page": page, "lines": selectors.lines(list(page), handler), "tabs": tabs, "counts": counts, "waiting": waiting,
        "total": total, "done": total - waiting, "good": batch.rows - waiting - counts["skipped"], "clean": batch.rows - total, "job": _job(batch) if batch.state == BatchState.MAPPED else None,
        "tidied": [(KINDS.get(k, k), n) for k, n in batch.tidied.items()], "tidied_sum": sum(batch.tidied.values()), "consequences": ABANDONING,
    }  # fmt: skip


def _act(request: Request, batch: ImportBatch) -> HttpResponse:
    """One form, many buttons: what was typed is saved first, whatever was pressed."""
    typed = _save_typed(request, batch)
    do, _, arg = request.POST.get("do", "save").partition(":")
    here = f"{reverse('files:imports:check', args=[batch.pk])}?{request.GET.urlencode()}"
    if protocol.handler(batch.kind).together and do in ("save", "skip", "unskip", "take", "commit", "good"):
        return _act_together(request, batch, do, arg, here, typed)
    if do in ("skip", "unskip") and (pk := whole_number(arg)) is not None:
        row = selectors.row_get(batch=batch, pk=pk)
        services.row_skip(actor=request.actor, row=row, skip=do == "skip")
        return HttpResponseRedirect(f"{here}#r{row.row}")
    if do == "take" and arg.count("|") == 1:
        return _take(request, batch, arg, here)
    if do == "recheck":
        services.batch_check(actor=request.actor, batch=batch)
        messages.success(request, "已重新检查。")
    if do in ("commit", "good"):
        return _commit(request, batch, do, here)
    if do == "later":
        messages.success(request, "已保存。下次从“数据导入”里接着改。")
        return HttpResponseRedirect(reverse("files:imports:home"))
    return HttpResponseRedirect(here)


def _commit(request: Request, batch: ImportBatch, do: str, here: str) -> HttpResponse:
    try:
        services.batch_commit(actor=request.actor, batch=batch, only_good=do == "good")
    except RuleViolation as refusal:
        messages.warning(request, refusal.message)
        return HttpResponseRedirect(here)
    return HttpResponseRedirect(reverse("files:imports:detail", args=[batch.pk]))


def _act_together(request: Request, batch: ImportBatch, do: str, arg: str, here: str, typed: bool) -> HttpResponse:
    """Where one row changes what others mean: the act, then the whole table again."""
    if do in ("skip", "unskip") and (pk := whole_number(arg)) is not None:
        row = selectors.row_get(batch=batch, pk=pk)
        services.row_skip(actor=request.actor, row=row, skip=do == "skip")
        here, typed = f"{here}#r{row.row}", True
    if do == "take" and arg.count("|") == 1:
        here, typed = _take(request, batch, arg, here).url, True  # type: ignore[attr-defined]  # a redirect
    if typed:
        services.batch_check(actor=request.actor, batch=batch)
    if do in ("commit", "good") and batch.state == BatchState.CHECKED:
        return _commit(request, batch, do, here)
    return HttpResponseRedirect(here)


def _take(request: Request, batch: ImportBatch, arg: str, here: str) -> HttpResponse:
    pk, key = arg.split("|")
    row = selectors.row_get(batch=batch, pk=whole_number(pk) or 0)
    offered = next((p["suggestion"] for p in row.problems if p["column"] == key and p["suggestion"]), "")
    if offered:
        services.row_fix(actor=request.actor, row=row, values={key: offered})
    return HttpResponseRedirect(f"{here}#r{row.row}")


def _save_typed(request: Request, batch: ImportBatch) -> bool:
    """Keep what was typed or chosen; was there anything?"""
    found = False
    typed: dict[int, dict[str, str]] = {}
    chosen: dict[int, str] = {}
    for name, value in request.POST.items():
        kind, _, rest = name.partition("-")
        number, _, key = rest.partition("-")
        pk = whole_number(number)
        if kind == "f" and pk is not None:
            typed.setdefault(pk, {})[key] = str(value)[:500]
        elif kind == "c" and pk is not None and value:
            chosen[pk] = str(value)
    for row in ImportRow.objects.filter(batch=batch, pk__in={*typed, *chosen}):
        cells, fixes = services.row_cells(row), services.row_fixes(row)
        changed = {k: v for k, v in typed.get(row.pk, {}).items() if v != fixes.get(k, cells.get(k) or "")}
        if changed or chosen.get(row.pk, row.choice) != row.choice:
            services.row_fix(actor=request.actor, row=row, values=changed, choice=chosen.get(row.pk, ""))
            found = True
    return found


@officer()
def tidied(request: Request, pk: int) -> HttpResponse:
    """Automatic clean-ups, each of which can be taken back."""
    batch = selectors.batch_get(actor=request.actor, pk=pk)
    if request.method == "POST":
        cell, _, key = request.POST.get("cell", "").partition("|")
        if row := whole_number(cell):
            services.tidy_revoke(actor=request.actor, batch=batch, row=row, column=key, back=request.GET.get("again") != "1")
            services.batch_check(actor=request.actor, batch=batch)
        return HttpResponseRedirect(reverse("files:imports:tidied", args=[pk]))
    context = {"batch": batch, "page": page_of(request, selectors.tidied_cells(batch, protocol.handler(batch.kind)), size=50)}
    return render(request, "files/imports/tidied.html", context)


@officer()
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """Step 4: progress, then the result."""
    batch = selectors.batch_get(actor=request.actor, pk=pk)
    handler = protocol.handler(batch.kind)
    left = ImportRow.objects.filter(batch=batch).exclude(state="fixed").count()
    context = {
        "batch": batch,
        "handler": handler,
        "steps": STEPS,
        "job": _job(batch),
        "left": left,
        "ask": ReasonForm(),
        "consequences": handler.undoing or UNDOING,
        "onward": handler.onward(request.actor, batch.org_path),
    }
    return render(
        request,
        "files/imports/detail.html",
        context,
        fragment="files/imports/_progress.html" if batch.state in ("committing", "mapped") else None,
    )


@officer()
@require_GET
def progress(request: Request, pk: int) -> HttpResponse:
    """The progress block alone, asked for every two seconds."""
    batch = selectors.batch_get(actor=request.actor, pk=pk)
    return render(request, "files/imports/_progress.html", {"batch": batch, "job": _job(batch)})


@officer()
@require_GET
def bad_rows(request: Request, pk: int) -> HttpResponse:
    """The rows that were not imported, with a 原因 column."""
    batch = selectors.batch_get(actor=request.actor, pk=pk)
    heads, rows = selectors.bad_rows(batch, protocol.handler(batch.kind))
    title = f"没有导入的行_{batch.pk}"
    services.bad_rows_taken(actor=request.actor, batch=batch, rows=len(rows))
    return download(export_table(heads, rows, title=title, actor=request.actor, marked=False), f"{title}.xlsx", XLSX)


@officer()
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Reverse a batch."""
    batch = selectors.batch_get(actor=request.actor, pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "撤销导入要写明理由。")
        return HttpResponseRedirect(_url(batch))
    try:
        services.batch_undo(actor=request.actor, batch=batch, reason=form.cleaned_data["reason"])
        messages.success(request, "这一批已撤销，资料回到导入前。")
    except RuleViolation as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(_url(batch))


@officer()
@require_POST
def abandon(request: Request, pk: int) -> HttpResponse:
    """Give up a batch not yet written."""
    services.batch_abandon(actor=request.actor, batch=selectors.batch_get(actor=request.actor, pk=pk))
    messages.success(request, "这一批已放弃，上传的表已删除。")
    return HttpResponseRedirect(reverse("files:imports:home"))


@officer()
@require_POST
def follow(request: Request, pk: int) -> HttpResponse:
    """Go on with the rows left out."""
    batch = services.batch_follow(actor=request.actor, batch=selectors.batch_get(actor=request.actor, pk=pk))
    return HttpResponseRedirect(reverse("files:imports:check", args=[batch.pk]))


def _job(batch: ImportBatch) -> Job | None:
    return Job.objects.filter(pk=batch.job_id).first() if batch.job_id else None


def _url(batch: ImportBatch) -> str:
    """The page where this batch goes on."""
    step = {BatchState.UPLOADED: "map", BatchState.FAILED: "map", BatchState.MAPPED: "check", BatchState.CHECKED: "check"}.get(
        BatchState(batch.state), "detail"
    )
    return reverse(f"files:imports:{step}", args=[batch.pk])
