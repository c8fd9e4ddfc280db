"""Making a voucher (制单): what happened, or by lines; the rules beside the form while it is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, attempt, render
from gonghui.files import services as files
from gonghui.finance import forms, hooks, services
from gonghui.finance.enums import Perm, VoucherKind, VoucherState
from gonghui.finance.models import Book, Override, Voucher
from gonghui.finance.rules import EVENTS, Event, Finding, amount_of, chart, lines_for
from gonghui.finance.selectors import books as book_reads
from gonghui.finance.selectors import vouchers as reads
from gonghui.finance.web import common

TONES = {
    "block": ("bad", "不能通过", "hand-stop"),
    "warn": ("warn", "提醒", "alert-triangle"),
    "unknown": ("warn", "不能判断", "help-circle"),
    "ok": ("ok", "符合", "circle-check"),
}


class _Undo(Exception):
    """Takes a trial draft back."""


def shown(found: list[Finding], overrides: Mapping[str, Override] | None = None) -> list[dict[str, Any]]:
    """Findings for the page, each with its slip and its exception."""
    rows = []
    for n, f in enumerate(found):
        tone, word, mark = TONES[f.severity]
        slip = f.slip.as_slip() if f.slip is not None else None
        rows.append({"n": n, "f": f, "tone": tone, "word": word, "icon": mark, "slip": slip, "override": (overrides or {}).get(f.key)})
    return rows


def lined(lines: list[Any], on: Any) -> list[tuple[Any, str]]:
    """Lines with the names of their accounts on the day."""
    table = chart(on)
    return [(line, table.name(line.account)) for line in lines]


@officer(Perm.VOUCHER_MAKE)
@require_http_methods(["GET", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """What happened? (发生了什么): choose an event, fill what is not known, see the accounts and the rules, save."""
    book = book_reads.book_get(actor=request.actor, pk=pk, perm=Perm.VOUCHER_MAKE)
    what, today = EVENTS.get(request.GET.get("event", "")), clock.today()
    if what is None or not what.fits(today, book.level):
        return _choose(request, book)
    initial = {"on": today, "words": what.label, **{k: v for k, v in _carried(request).items() if v}}
    form = forms.EventForm(request.POST or None, request.FILES or None, what=what, initial=initial)
    return _filled(request, book, what, form, None)


CARRIED = ("on", "amount", "words", "detail")


def _carried(request: Request) -> dict[str, str]:
    """What is known already where one comes from a line of the bank (从流水补记): it fills the form, nothing is taken unseen."""
    return {k: request.GET.get(k, "")[:80] for k in CARRIED if k in request.GET}


def _choose(request: Request, book: Book) -> HttpResponse:
    """The list of events, those of this book first; one hit of a search opens at once."""
    words, today = request.GET.get("q", "").strip(), clock.today()
    fitting = {e.key: e for e in EVENTS.values() if e.fits(today, book.level) and e.found_by(words)}
    if words and len(fitting) == 1 and not request.htmx:
        return HttpResponseRedirect(
            f"{reverse('finance:new', args=[book.pk])}?{urlencode({'event': next(iter(fitting)), **_carried(request)})}"
        )
    groups: dict[str, list[Event]] = {}
    if not words and (often := [fitting[k] for k in reads.often(book, today) if k in fitting]):
        groups["本单位常用"] = often
    for event in fitting.values():
        groups.setdefault(event.group, []).append(event)
    known = _carried(request)
    context = {
        **common.book_context(request, book, ""),
        "groups": groups.items(),
        "q": words,
        "known": known,
        "carried": urlencode(known),
        "trail": common.trail(book, ("记一笔", "")),
    }
    return render(request, "finance/console/events.html", context, fragment="finance/console/_events.html")


def _filled(request: Request, book: Book, what: Event, form: forms.EventForm, row: Voucher | None) -> HttpResponse:
    """The form of an event, for a new voucher or for one that is being changed: looked at, or kept."""
    keep, said = "save" in request.POST, dict[str, Any]()
    if row is not None and request.method == "GET":
        said = {"findings": shown(hooks.findings(row)), "passed": shown(hooks.passed(row)), "table": lined(row.lines, row.on)}
    if request.method == "POST" and form.is_valid():
        made = _event(request, book, what.key, form, row, keep=keep)
        if isinstance(made, Voucher) and keep:
            messages.success(request, "修改已保存，重新等审核。" if row else "凭证已保存，等另一位同事审核。")
            return HttpResponseRedirect(reverse("finance:voucher", args=[made.pk]))
        if isinstance(made, Voucher):
            looked: Any = made  # carries what was seen before the trial was taken back
            said = {"findings": shown(looked.seen), "passed": shown(looked.held), "table": lined(made.lines, made.on)}
        else:
            form.add_error(None, made)
            said = {"refused": made}
    preview = lined(
        lines_for(what.key, on=clock.today(), level=book.level, amount=2, facts={"part": 1} if what.part else {}), clock.today()
    )
    here = reverse("finance:voucher_edit", args=[row.pk]) if row else reverse("finance:new", args=[book.pk])
    last = (str(row), reverse("finance:voucher", args=[row.pk])) if row else ("记一笔", here)
    context = {
        **common.book_context(request, book, ""), **said, "what": what, "form": form, "preview": preview, "lost": bool(request.FILES),
        "editing": row, "trail": common.trail(book, last, ("修改" if row else what.label, "")),
    }  # fmt: skip
    if request.htmx:
        return render(request, "finance/console/_said.html", context)
    return render(
        request, "finance/console/event.html", context, status=422 if request.method == "POST" and "findings" not in said else 200
    )


def _event(request: Request, book: Book, key: str, form: forms.EventForm, row: Voucher | None, *, keep: bool) -> Voucher | str:
    """The draft, kept or only tried; or the reason why not."""
    made: list[Voucher] = []
    try:
        with transaction.atomic():
            made.append(_changed(request, row, key, form) if row else _entered(request, book, key, form))
            if not keep:
                looked: Any = made[0]
                looked.seen, looked.held = hooks.findings(made[0]), hooks.passed(made[0])
                raise _Undo
    except _Undo:
        pass
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return refusal.message
    return made[0]


def tried(request: Request, book: Book, case: Any, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """What the rules say to a practice case, as findings for the page; the trial is taken back."""
    found: list[Finding] = []
    try:
        with transaction.atomic():
            row = services.entry(
                actor=request.actor, book=book, event=case.event, on=clock.today(), amount=case.amount, words=case.title, facts=facts
            )
            found = [*hooks.findings(row), *hooks.passed(row)]
            raise _Undo
    except (_Undo, Refusal):
        pass
    return shown([f for f in found if f.key != "finance.no_files"])


def _entered(request: Request, book: Book, key: str, form: forms.EventForm) -> Voucher:
    data, actor = form.cleaned_data, request.actor
    papers = [files.file_store(actor, upload=f, purpose="凭证附件", org_path=book.union.path) for f in data["papers"]]
    return services.entry(
        actor=actor, book=book, event=key, on=data["on"], amount=data["amount"], words=data["words"], facts=form.facts(), files=papers
    )


def _changed(request: Request, row: Voucher, key: str, form: forms.EventForm) -> Voucher:
    """The draft with what was changed; facts the form does not ask for stay (the plan behind it, the payee)."""
    data, asked = form.cleaned_data, form.facts()
    given = {k: v for k, v in row.facts.items() if k not in form.ASKED} | asked
    lines = lines_for(key, on=data["on"], level=row.book.level, amount=data["amount"], facts=given, words=data["words"])
    return services.voucher_edit(
        actor=request.actor, voucher=row, on=data["on"], words=data["words"], lines=lines, facts=given, event=row.event
    )


@officer(Perm.VOUCHER_MAKE)
@require_http_methods(["GET", "POST"])
def expert(request: Request, pk: int) -> HttpResponse:
    """A voucher by its lines (专业模式)."""
    book = book_reads.book_get(actor=request.actor, pk=pk, perm=Perm.VOUCHER_MAKE)
    form = forms.ExpertForm(request.POST or None, request.FILES or None, level=book.level, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid() and (row := attempt(form, lambda: _by_lines(request, book, form))):
        messages.success(request, "凭证已保存，等另一位同事审核。")
        return HttpResponseRedirect(reverse("finance:voucher", args=[row.pk]))
    context = {**common.book_context(request, book, ""), "form": form, "trail": common.trail(book, ("专业模式", "")), "editing": None}
    return render(request, "finance/console/expert.html", context, status=200 if request.method == "GET" else 422)


@transaction.atomic
def _by_lines(request: Request, book: Book, form: forms.ExpertForm) -> Voucher:
    data, actor = form.cleaned_data, request.actor
    papers = [files.file_store(actor, upload=f, purpose="凭证附件", org_path=book.union.path) for f in data["papers"]]
    return services.voucher_draft(
        actor=actor, book=book, on=data["on"], words=data["words"], lines=form.lines(), files=papers, kind=data["kind"] or "normal"
    )


@officer(Perm.VOUCHER_MAKE)
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft (修改凭证): the way it was made, or by its lines with `?lines=1`."""
    row = reads.voucher_get(actor=request.actor, pk=pk)
    what = EVENTS.get(row.event)
    plain = row.state == VoucherState.DRAFT and row.kind == VoucherKind.NORMAL and what is not None and what.fits(row.on, row.book.level)
    if what is not None and plain and not request.GET.get("lines"):
        initial = {**row.facts, "on": row.on, "words": row.words, "amount": amount_of(what.key, row.on, row.lines)}
        form = forms.EventForm(request.POST or None, what=what, initial=initial)
        del form.fields["papers"]
        return _filled(request, row.book, what, form, row)
    return _edit_lines(request, row)


def _edit_lines(request: Request, row: Voucher) -> HttpResponse:
    initial: dict[str, Any] = {"on": row.on, "words": row.words}
    for n, line in enumerate(row.lines):
        given = (("account", line.account), ("debit", line.debit or None), ("credit", line.credit or None), ("project", line.project))
        initial |= {f"{name}{n}": value for name, value in given}
    rows = max(forms.EXPERT_LINES, len(row.lines) + 2)
    form = forms.ExpertForm(request.POST or None, day=row.on, level=row.book.level, rows=rows, initial=initial)
    del form.fields["papers"], form.fields["kind"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        save = lambda: services.voucher_edit(  # noqa: E731
            actor=request.actor, voucher=row, on=data["on"], words=data["words"], lines=form.lines(), facts=row.facts, event=row.event
        )
        if attempt(form, save):
            messages.success(request, "修改已保存，重新等审核。")
            return HttpResponseRedirect(reverse("finance:voucher", args=[row.pk]))
    context = {
        **common.book_context(request, row.book, ""),
        "form": form,
        "trail": common.trail(row.book, ("修改凭证", "")),
        "editing": row,
    }
    return render(request, "finance/console/expert.html", context, status=200 if request.method == "GET" else 422)
