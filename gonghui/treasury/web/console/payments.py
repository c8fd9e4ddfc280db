"""Pages of payments, batches, the cashier (付款、付款批、出纳台)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock, menu, money
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, attempt, faults, numbers, page_of, render, tabs_of, told
from gonghui.files import services as files
from gonghui.orgs.selectors import unions
from gonghui.policy import selectors as policy
from gonghui.treasury import forms
from gonghui.treasury.enums import BatchState, Method, PaymentState, Perm
from gonghui.treasury.selectors import bank, splits
from gonghui.treasury.selectors import payments as reads
from gonghui.treasury.services import batches, payments
from gonghui.treasury.web import common

MOST_BYTES = 5_000_000


@officer(Perm.PAYMENT_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Payments by state (付款列表)."""
    form = forms.PaymentFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    rows = reads.payment_list(actor=request.actor, method=given.get("method", ""), q=given.get("q", ""))
    parts = {"": rows, **{s.value: rows.filter(state=s) for s in PaymentState}}
    state = request.GET.get("state", "") if request.GET.get("state", "") in parts else ""
    counts = menu.tallied(request.actor, parts)
    shown = [
        ("", "全部"),
        *[
            (s.value, s.label)
            for s in PaymentState
            if counts[s.value] or s in {PaymentState.PENDING, PaymentState.APPROVED, PaymentState.UNKNOWN}
        ],
    ]
    context = {
        "page": page_of(request, parts[state], count=counts[state]), "form": form, "tabs": tabs_of(request, [(k, v, counts[k]) for k, v in shown]),
        "may_edit": request.actor.may(Perm.PAYMENT_EDIT), "trail": common.trail(("付款", "")), "unknown": reads.unknown(actor=request.actor)[:10],
    }  # fmt: skip
    return render(request, "treasury/console/payments.html", context)


def _grounds(union: Any) -> list[tuple[str, str]]:
    found = [(f"v{v.pk}", f"凭证 {v.on} {v.words}，可付 {money.show(left)}") for v, left in reads.vouchers_payable(union)]
    found += [(f"p{h.pk}", f"计划 {h.on} {h.words or h.source}，可付 {money.show(left)}") for h, left in reads.plans_payable(union)]
    return [("", "请选择"), *found]


def _known(union: Any, ground: str) -> dict[str, Any]:
    """What the voucher already says of its payment: nobody types it twice (按凭证带出)."""
    for v, left in reads.vouchers_payable(union):
        if f"v{v.pk}" == ground:
            method = Method.CASH if v.facts.get("cash") else Method.TRANSFER
            return {
                "ground": ground,
                "words": v.words,
                "amount_fen": left,
                "payee": v.facts.get("payee") or v.facts.get("detail") or "",
                "method": method,
            }
    return {"ground": ground}


@officer(Perm.PAYMENT_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Ask for a payment (提出付款)."""
    union = common.union_of(request, Perm.PAYMENT_EDIT)
    form, status = (
        forms.PaymentForm(request.POST or None, grounds=_grounds(union), initial=_known(union, request.GET.get("ground", ""))),
        200,
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = dict(form.cleaned_data)
            ground = data.pop("ground")
            voucher = next((v for v, _l in reads.vouchers_payable(union) if f"v{v.pk}" == ground), None)
            source = next((h.source for h, _l in reads.plans_payable(union) if f"p{h.pk}" == ground), "")
            try:
                made = payments.payment_request(actor=request.actor, union=union, voucher=voucher, source=source, **data)
                return common.go("treasury:payment", made.pk)
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    wanted = request.GET.get("ground", "")
    gone = wanted and wanted not in {value for value, _label in form.fields["ground"].choices}  # type: ignore[attr-defined]  # a choice field
    said = "这张凭证已经全部提出付款，或者还没有审核，不用再提。" if gone else ""
    context = {"union": union, "form": form, "back": reverse("treasury:payments"), "title": "提出付款", "action": "保存", "said": said,
               "trail": common.trail(("付款", reverse("treasury:payments")), ("提出付款", ""))}  # fmt: skip
    return render(request, "treasury/console/form.html", context, status=status)


def _slip(request: Request, number: str) -> Any:
    if not number:
        return None
    try:
        return policy.slip_of(policy.slip_get(actor=request.actor, public_id=number))
    except Refusal:
        return None


@officer(Perm.PAYMENT_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One payment with its ground, approval, slips, bank lines (付款详情)."""
    return _paper(request, reads.payment_get(actor=request.actor, pk=pk))


def _paper(request: Request, row: Any, *, status: int = 200, typed: forms.PaymentEdit | None = None) -> HttpResponse:
    """The page of a payment; `typed`: a correction that was refused, with what was typed."""
    actor = request.actor
    editable = row.state in {PaymentState.DRAFT, PaymentState.PENDING, PaymentState.APPROVED}
    initial = {
        "words": row.words,
        "amount_fen": money.plain(row.amount_fen),
        "payee": row.payee,
        "payee_bank": row.payee_bank,
        "minutes_no": row.minutes_no,
        "note": row.note,
    }
    context = {
        "row": row, "may_edit": actor.may(Perm.PAYMENT_EDIT, row.union), "may_pay": actor.may(Perm.PAYMENT_PAY, row.union) and row.method != Method.TRANSFER, "editable": editable,
        "form": typed or forms.PaymentEdit(initial=initial), "cash": payments.cash(row).as_slip() if row.method == Method.CASH else None, "authority": payments.authority(row).as_slip(),
        "related": splits.related(row) if row.method == Method.CASH else [],
        "lines": row.batch_lines.select_related("batch").order_by("pk"), "steps": row.approval.steps.select_related("decided_by", "on_behalf_of") if row.approval else [],
        "again": row.state == PaymentState.FAILED and not hasattr(row, "replaced_by"), "trail": common.trail(("付款", reverse("treasury:payments")), (row.words, "")),
    }  # fmt: skip
    return render(request, "treasury/console/payment.html", context, status=status)


@officer(Perm.PAYMENT_EDIT)
@require_POST
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct a payment; a given approval becomes void (修改付款)."""
    row, form = reads.payment_get(actor=request.actor, pk=pk), forms.PaymentEdit(request.POST)
    if form.is_valid() and attempt(form, lambda: payments.payment_edit(actor=request.actor, payment=row, **form.cleaned_data)):
        messages.success(request, "已修改。改了收款人、账号、金额或事由的，要重新送审。")
        return common.go("treasury:payment", pk)
    return _paper(request, reads.payment_get(actor=request.actor, pk=pk), status=422, typed=form)


@officer(Perm.PAYMENT_EDIT, Perm.PAYMENT_PAY)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Hand in, cancel, pay by hand, ask again (办理付款)."""
    row, actor, said = reads.payment_get(actor=request.actor, pk=pk), request.actor, request.POST
    acts = {
        "submit": (lambda: payments.payment_submit(actor=actor, payment=row), "已送审。"),
        "cancel": (lambda: payments.payment_cancel(actor=actor, payment=row, reason=said.get("reason", "")), "已取消。"),
        "pay": (lambda: payments.payment_pay(actor=actor, payment=row, reference=said.get("reference", "")), "已记为付款。"),
        "again": (
            lambda: payments.payment_again(
                actor=actor, payment=row, account=said.get("account", ""), payee_bank=said.get("payee_bank", "")
            ),
            "已另开一笔付款，请核对账号后送审。",
        ),
    }
    if verb not in acts:
        raise NotFound()
    made = told(request, *acts[verb])
    return common.go("treasury:payment", made.pk if verb == "again" and made else pk)


# -- batches ---------------------------------------------------------------------------------------------------------


@officer(Perm.PAYMENT_VIEW)
@require_GET
def batch_index(request: Request) -> HttpResponse:
    """Batches, and what can be put into one (付款批)."""
    rows = reads.batch_list(actor=request.actor)
    parts = {"": rows, **{s.value: rows.filter(state=s) for s in BatchState}}
    state = request.GET.get("state", "") if request.GET.get("state", "") in parts else ""
    counts = menu.tallied(request.actor, {k: reads.batch_list(actor=request.actor, state=k).order_by() for k in parts})
    ready = list(reads.to_batch(actor=request.actor)[:200]) if request.actor.may(Perm.PAYMENT_EDIT) else []
    by_union = [(u, [p for p in ready if p.union_id == u.pk]) for u in dict.fromkeys(p.union for p in ready)]
    labels = [("", "全部"), *[(s.value, s.label) for s in BatchState]]
    context = {
        "page": page_of(request, parts[state], count=counts[state]), "tabs": tabs_of(request, [(k, v, counts[k]) for k, v in labels]), "by_union": by_union,
        "form": forms.BatchForm(), "trail": common.trail(("付款", reverse("treasury:payments")), ("付款批", "")),
    }  # fmt: skip
    return render(request, "treasury/console/batches.html", context)


@officer(Perm.PAYMENT_EDIT)
@require_POST
def batch_new(request: Request) -> HttpResponse:
    """Put the chosen payments into a batch (组批)."""
    chosen = list(reads.to_batch(actor=request.actor).filter(pk__in=numbers(request.POST.getlist("pk"))[:500]))
    form = forms.BatchForm(request.POST)
    if not chosen or not form.is_valid():
        told(request, lambda: _none(), "")
        return common.go("treasury:batches")
    union = chosen[0].union
    account = bank.account_list(actor=request.actor).filter(union=union).first()

    def make() -> Any:
        if account is None:
            raise Refusal("treasury.batch_account", f"{union.name}还没有登记银行账户，请先在组织页登记。")
        return batches.batch_make(
            actor=request.actor,
            union=union,
            account=account,
            payments_=[p for p in chosen if p.union_id == union.pk],
            format=form.cleaned_data["format"],
        )

    made = told(request, make, "已组成付款批，等另一人核准。")
    return common.go("treasury:batch", made.pk) if made else common.go("treasury:batches")


def _none() -> None:
    raise Refusal("treasury.batch_count", "请至少选一笔审批通过的转账。")


@officer(Perm.PAYMENT_VIEW)
@require_GET
def batch(request: Request, pk: int) -> HttpResponse:
    """One batch: lines, digests, answers (付款批详情)."""
    row, actor = reads.batch_get(actor=request.actor, pk=pk), request.actor
    lines = row.lines.select_related("payment").order_by("transfer_no")
    same = batches.digest_of(row) == row.digest if row.digest else None
    context = {
        "row": row, "lines": lines, "same": same, "answers": row.answers.order_by("pk"), "may_edit": actor.may(Perm.PAYMENT_EDIT, row.union), "may_check": actor.may(Perm.PAYMENT_CHECK, row.union),
        "may_pay": actor.may(Perm.PAYMENT_PAY, row.union), "file_form": forms.FileForm(), "settle": forms.SettleForm(auto_id=False), "live": row.state in {"sent", "settled"},
        "trail": common.trail(("付款", reverse("treasury:payments")), ("付款批", reverse("treasury:batches")), (row.number, "")),
    }  # fmt: skip
    return render(request, "treasury/console/batch_print.html" if request.GET.get("print") else "treasury/console/batch.html", context)


@officer(Perm.PAYMENT_EDIT, Perm.PAYMENT_CHECK)
@require_POST
def batch_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Approve or take apart (核准、撤销)."""
    row, actor = reads.batch_get(actor=request.actor, pk=pk), request.actor
    acts = {
        "approve": (lambda: batches.batch_approve(actor=actor, batch=row), "已核准，内容固定，等出纳付款。"),
        "drop": (lambda: batches.batch_drop(actor=actor, batch=row), "已撤销，付款回到待付款。"),
    }
    if verb not in acts:
        raise NotFound()
    told(request, *acts[verb])
    return common.go("treasury:batch", pk)


@officer(Perm.PAYMENT_PAY, step_up=True)
@require_POST
def batch_pay(request: Request, pk: int) -> HttpResponse:
    """The cashier sends the batch to the bank (付款)."""
    row = reads.batch_get(actor=request.actor, pk=pk)
    told(request, lambda: batches.batch_pay(actor=request.actor, batch=row), "内容与核准时一致，银行文件已生成。请下载后在网银提交一次。")
    return common.go("treasury:batch", pk)


@officer(Perm.PAYMENT_PAY, step_up=True)
@require_GET
def batch_file(request: Request, pk: int) -> HttpResponse:
    """The file for the bank, with full account numbers: the payer alone (下载银行文件)."""
    row = reads.batch_get(actor=request.actor, pk=pk)
    request.actor.require(Perm.PAYMENT_PAY, row.union)
    if row.file is None or row.payer_id != request.actor.user_id:
        raise NotFound()
    return HttpResponseRedirect(files.file_link(request.actor, row.file, granted=True))


@officer(Perm.PAYMENT_EDIT)
@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """Read the bank's return file (读回执)."""
    row, form = reads.batch_get(actor=request.actor, pk=pk), forms.FileForm(request.POST, request.FILES)
    if not form.is_valid() or form.cleaned_data["file"].size > MOST_BYTES:
        told(request, lambda: _no_file(), "")
        return common.go("treasury:batch", pk)
    upload = form.cleaned_data["file"]
    made = told(
        request,
        lambda: batches.answer_take(actor=request.actor, batch=row, content=upload.read(), name=upload.name or ""),
        "回执已读，结果见明细。",
    )
    if made and made.counts.get("conflict"):
        told(request, lambda: _conflict(made.counts["conflict"]), "")
    return common.go("treasury:batch", pk)


def _no_file() -> None:
    raise Refusal("treasury.answer_file", "请选择银行的回执文件（xlsx 或 csv，5 MB 以内）。")


def _conflict(n: int) -> None:
    raise Refusal("treasury.answer_conflict", f"有 {n} 笔的回执与以前的结果不一致，没有改动，请向银行核实。")


@officer(Perm.PAYMENT_CHECK)
@require_POST
def line_settle(request: Request, pk: int) -> HttpResponse:
    """Settle an unknown outcome by the bank's written word (查清结果)."""
    line, form = batches.line_get(actor=request.actor, pk=pk), forms.SettleForm(request.POST)
    if form.is_valid():
        told(request, lambda: batches.line_settle(actor=request.actor, line=line, **form.cleaned_data), "已按银行答复登记。")
    else:
        faults(request, form)
    return common.go("treasury:batch", line.batch_id)


@officer(Perm.PAYMENT_PAY)
@require_GET
def cashier(request: Request) -> HttpResponse:
    """The cashier's page: what to pay today, balances, what the bank owes an answer (出纳台)."""
    actor = request.actor
    mine = unions.roots(actor, Perm.PAYMENT_PAY)
    context = {
        "batches": reads.batches_to_pay(actor).select_related("account"), "by_hand": reads.by_hand(actor)[:50], "unknown": reads.unknown(actor=actor)[:20],
        "sent": reads.batch_list(actor=actor, state="sent")[:20], "balances": [(u, reads.cash_and_bank(u)) for u in mine[:5]], "today": clock.today(), "trail": common.trail(("出纳台", "")),
    }  # fmt: skip
    return render(request, "treasury/console/cashier.html", context)
