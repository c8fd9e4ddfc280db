"""Checking, posting, reversing, printing a voucher (凭证办理). How one is made stands in `entry`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock, money
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, render, told, whole_number
from gonghui.files import services as files
from gonghui.finance import forms, hooks, services
from gonghui.finance.enums import Perm, VoucherState
from gonghui.finance.models import Voucher
from gonghui.finance.rules import EVENTS, amount_of
from gonghui.finance.selectors import boards, books
from gonghui.finance.selectors import vouchers as reads
from gonghui.finance.services import duties
from gonghui.finance.web import common
from gonghui.finance.web.entry import lined, shown

LIVE = {VoucherState.DRAFT, VoucherState.CHECKED}


@officer(Perm.BOOK_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One voucher with its rules beside it (凭证页)."""
    row = reads.voucher_get(actor=request.actor, pk=pk)
    return render(request, "finance/console/voucher.html", _detail(request, row))


def _detail(request: Request, row: Voucher, **more: Any) -> dict[str, Any]:
    overrides = reads.overrides_of(row)
    found = hooks.findings(row) if row.state in LIVE else []
    base = common.book_context(request, row.book, "book")
    mine = duties.Hand(request.actor.user_id, request.actor.person_id, request.actor.ref).marks()
    made, checked = bool(mine & duties.maker_of(row).marks()), row.checker_ref != "" and bool(mine & duties.checker_of(row).marks())
    names = reads.names([row])
    perm = Perm.VOUCHER_CHECK if row.state == VoucherState.DRAFT else Perm.VOUCHER_POST
    givers = duties.givers(request.actor, perm, row.book) if row.state in LIVE else []
    live_blocks = [f for f in found if f.severity == "block" and not (f.key in overrides and overrides[f.key].state == "granted")]
    return {
        **base, "v": row, "table": lined(row.lines, row.on), "findings": shown(found, overrides), "passed": shown(hooks.passed(row)) if row.state in LIVE else [], "blocked": live_blocks,
        "said": row.findings if row.state not in LIVE else [], "overrides": list(overrides.values()), "maker": names.get(row.maker_ref, ""),
        "checker": names.get(row.checker_ref, ""), "poster": names.get(row.poster_ref, ""),
        "papers": list(row.files.select_related("file")), "mine": made, "checked_by_me": checked, "note": forms.NoteForm(), "reason": forms.ReasonForm(),
        "files_form": forms.FilesForm(), "reversal": Voucher.objects.filter(reverses=row).first(), "trail": common.trail(row.book, (str(row), "")),
        "event": EVENTS.get(row.event), "givers": givers, "again": _again(row), **more,
    }  # fmt: skip


@officer(Perm.BOOK_VIEW)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Check, return, post, reverse, drop, ask for an exception, add papers (办理)."""
    row = reads.voucher_get(actor=request.actor, pk=pk)
    note = request.POST.get("note", "")
    behalf = request.POST.get("on_behalf", "")
    giver = int(behalf) if behalf.isascii() and behalf.isdigit() and len(behalf) < 18 else None
    actor = request.actor
    acts: dict[str, tuple[Any, str]] = {
        "check": (lambda: services.voucher_check(actor=actor, voucher=row, on_behalf=giver), "审核通过，等出纳付款记账。"),
        "return": (lambda: services.voucher_return(actor=actor, voucher=row, note=note), "已退回，制单人会看到理由。"),
        "post": (lambda: services.voucher_post(actor=actor, voucher=row, on_behalf=giver), "已记账，编好了凭证号。"),
        "drop": (lambda: services.voucher_drop(actor=actor, voucher=row, reason=note), "草稿已作废。"),
        "ask": (
            lambda: services.override_ask(actor=actor, voucher=row, key=request.POST.get("key", ""), reason=request.POST.get("reason", "")),
            "例外申请已提交，等另一位负责人批准。",
        ),
        "attach": (lambda: _attach(request, row), "附件已保存。"),
    }  # fmt: skip
    if verb == "reverse":
        return _reverse(request, row)
    if verb not in acts:
        raise NotFound()
    if told(request, *acts[verb]) is None:
        return _typed(request, row)
    return HttpResponseRedirect(reverse("finance:voucher", args=[row.pk]))


def _typed(request: Request, row: Voucher) -> HttpResponse:
    """The page again after a refusal, as it stands now, with the reason that was typed."""
    typed = {k: request.POST.get(k, "") for k in ("key", "reason", "note")}
    fresh = reads.voucher_get(actor=request.actor, pk=row.pk)
    context = _detail(request, fresh, typed=typed, note=forms.NoteForm(initial={"note": typed["note"]}))
    return render(request, "finance/console/voucher.html", context, status=422)


def _attach(request: Request, row: Voucher) -> None:
    """Papers that came later."""
    duties.hand(request.actor, Perm.VOUCHER_MAKE, row.book)
    form = forms.FilesForm(request.POST, request.FILES)
    if not form.is_valid():
        from gonghui.core.errors import BadInput

        raise BadInput("finance.no_files", "请选择要补的附件。")
    with transaction.atomic():
        papers = [
            files.file_store(request.actor, upload=f, purpose="凭证附件", org_path=row.book.union.path) for f in form.cleaned_data["papers"]
        ]
        services.voucher_attach(actor=request.actor, voucher=row, files=papers)


def _reverse(request: Request, row: Voucher) -> HttpResponse:
    made: list[Voucher] = []
    reason = request.POST.get("note", "")
    act = lambda: made.append(services.voucher_reverse(actor=request.actor, voucher=row, reason=reason))  # noqa: E731
    if told(request, act, "冲销凭证已制单，日期是今天，等另一位同事审核。") is None:
        return _typed(request, row)
    return HttpResponseRedirect(reverse("finance:voucher", args=[made[0].pk]))


@officer(Perm.FINDING_OVERRIDE)
@require_POST
def override(request: Request, pk: int, verb: str) -> HttpResponse:
    """Grant or refuse an exception (批准例外)."""
    row = reads.overrides(request.actor).filter(pk=pk).first()
    if row is None or verb not in {"grant", "refuse"}:
        raise NotFound()
    granted = verb == "grant"
    act = lambda: services.override_decide(actor=request.actor, override=row, granted=granted, opinion=request.POST.get("note", ""))  # noqa: E731
    told(request, act, "已批准，凭证可以继续审核。" if granted else "没有批准，制单人会看到理由。")
    return HttpResponseRedirect(reverse("finance:voucher", args=[row.voucher_id]))


@officer(Perm.BOOK_VIEW)
@require_GET
def print_one(request: Request, pk: int) -> HttpResponse:
    """The voucher in the usual form (打印记账凭证)."""
    row = reads.voucher_get(actor=request.actor, pk=pk)
    people = _people(row, reads.names([row]))
    context = {"v": row, "table": lined(row.lines, row.on), "papers": row.files.count(), "at": clock.now(), "people": people}
    return render(request, "finance/print/voucher.html", context)


def _again(row: Voucher) -> str:
    """What one types anew after a reversal, as the address takes it (重新记一笔)."""
    if row.event not in EVENTS:
        return ""
    fen = amount_of(row.event, row.on, row.lines)
    given = {
        "event": row.event,
        "amount": money.plain(fen),
        "words": row.words,
        "detail": str(row.facts.get("detail") or ""),
    }
    return urlencode(given)


def _people(row: Voucher, names: Mapping[str, str]) -> dict[str, str]:
    return {key: names.get(ref, "") for key, ref in (("maker", row.maker_ref), ("checker", row.checker_ref), ("poster", row.poster_ref))}


@officer(Perm.BOOK_VIEW)
@require_GET
def bundle(request: Request, pk: int) -> HttpResponse:
    """All posted vouchers of a month with their cover, for binding (成批打印、装订封面)."""
    book = books.book_get(actor=request.actor, pk=pk)
    months = boards.months_of(book)
    month = whole_number(request.GET.get("month")) or (months[0] if months else 0)
    found: list[Any] = list(reads.of_month(book, month))  # each with the number of its attachments
    names = reads.names(found)
    context = {
        "book": book, "month": month, "label": f"{month // 100}年{month % 100}月", "at": clock.now(),
        "rows": [(v, lined(v.lines, v.on), _people(v, names), v.papers) for v in found], "first": found[0].number if found else 0,
        "last": found[-1].number if found else 0, "papers": sum(v.papers for v in found), "total": sum(v.total_fen for v in found),
    }  # fmt: skip
    return render(request, "finance/print/bundle.html", context)


@officer(Perm.BOOK_VIEW)
@require_GET
def paper(request: Request, pk: int) -> HttpResponse:
    """Open an attachment of a voucher the reader may see."""
    found = reads.papers(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return HttpResponseRedirect(files.file_link(request.actor, found.file, granted=True))


@officer(Perm.BOOK_VIEW)
@require_GET
def inbox(request: Request) -> HttpResponse:
    """What waits for me in the books (待审核、待记账)."""
    waiting = list(reads.waiting(request.actor)[:200])
    context = {
        "checks": [v for v in waiting if v.state == VoucherState.DRAFT], "posts": [v for v in waiting if v.state == VoucherState.CHECKED],
        "returned": list(reads.returned(request.actor)[:100]), "asked": list(reads.overrides_waiting(request.actor)[:100]),
        "names": reads.names(waiting), "trail": common.trail(None, ("待办凭证", "")),
    }  # fmt: skip
    return render(request, "finance/console/inbox.html", context)


@officer(Perm.BOOK_VIEW)
@require_POST
def many(request: Request) -> HttpResponse:
    """Check or post several at once (批量办理): done and skipped are told apart."""
    pks = [int(p) for p in request.POST.getlist("pk")[:200] if p.isascii() and p.isdigit() and len(p) < 18]
    verb, done, skipped = request.POST.get("verb", ""), 0, []
    if verb not in {"check", "post"}:
        raise NotFound()
    for row in sorted((reads.voucher_get(actor=request.actor, pk=pk) for pk in pks), key=lambda v: (v.on, v.pk)):
        try:
            (services.voucher_check if verb == "check" else services.voucher_post)(actor=request.actor, voucher=row)
            done += 1
        except Refusal as refusal:
            skipped.append(f"{row.words}：{refusal.message}")
    if done:
        messages.success(request, f"{'审核' if verb == 'check' else '记账'} {done} 张。")
    for text in skipped[:10]:
        messages.error(request, text)
    return HttpResponseRedirect(reverse("finance:inbox"))
