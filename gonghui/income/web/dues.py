"""Desk of dues (会费办理)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput
from gonghui.core.http import Request, page_of, render, tabs_of
from gonghui.files import services as files
from gonghui.files.imports import guard
from gonghui.files.imports import services as imports
from gonghui.income import forms
from gonghui.income.enums import Perm
from gonghui.income.rules import matching
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import dues as reads
from gonghui.income.services import dues
from gonghui.income.web import common

PRINT_MOST = 2000


@officer(Perm.DUES_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Collection lists of a union and those below (会费收缴)."""
    return _index(request)


def _index(request: Request, *, status: int = 200, form: Any = None) -> HttpResponse:
    union = common.union_of(request, Perm.DUES_VIEW)
    page = page_of(request, reads.lists(request.actor, union))
    sums = reads.sums([row.pk for row in page])
    nothing = {"people": 0, "due": 0, "paid": 0, "owing": 0}
    context = {
        "union": union, "page": page, "rows": [(row, Period(row.since, row.months).label, sums.get(row.pk, nothing)) for row in page],
        "form": form or forms.PeriodForm(), "may_edit": request.actor.may(Perm.DUES_EDIT, union), "waiting": reads.desk(request.actor, union).count(),
        "owing": list(reads.owing(request.actor, union)[:20]), "today": clock.today(), "trail": common.trail(("会员会费", "")),
    }  # fmt: skip
    return render(request, "income/console/dues.html", context, status=status)


@officer(Perm.DUES_EDIT)
@require_POST
def make(request: Request) -> HttpResponse:
    """Make the list of a month or quarter (生成收缴单)."""
    union, form, made = common.union_of(request, Perm.DUES_EDIT), forms.PeriodForm(request.POST), list[Any]()
    if common.act(
        request, form, lambda: made.append(dues.list_make(actor=request.actor, union=union, period=form.period())), "收缴单已生成。"
    ):
        return common.to("dues_list", made[0].pk)
    return _index(request, form=form, status=422)


def _page(request: Request, row: Any, *, status: int = 200, **bound: Any) -> HttpResponse:
    which, q = request.GET.get("which", ""), request.GET.get("q", "")[:60]
    sums = reads.sums([row.pk]).get(row.pk, {"people": 0, "due": 0, "paid": 0, "owing": 0})
    waiting = [(p, matching.HOW.get(p.matched_by, ""), reads.suggestions(p)) for p in reads.desk(request.actor).filter(listing=row)[:50]]
    names = [("", "全部", sums["people"]), ("owing", "未缴清", sums["owing"]), ("free", "免缴", None), ("over", "多缴", None)]
    context = {
        "row": row, "period": Period(row.since, row.months), "sums": sums, "which": which, "q": q, "tabs": tabs_of(request, names, "which"),
        "page": page_of(request, reads.items(row, q=q, which=which)), "filter": forms.LevyFilter({"q": q}), "waiting": waiting, "today": clock.today(),
        "payments": [(p, matching.HOW.get(p.matched_by, "")) for p in reads.payments(row)[:30]], "file": bound.get("file") or forms.DuesFileForm(initial={"on": clock.today()}),
        "may_edit": request.actor.may(Perm.DUES_EDIT, row.union), "open": row.state == "open", "receipts": row.receipts.order_by("pk"), "share": _share(sums),
        "errors_of": bound.get("errors_of"), "trail": common.trail(("会员会费", reverse("income:dues")), (f"{row.union.name} {Period(row.since, row.months).label}", "")),
    }  # fmt: skip
    return render(request, "income/console/dues_list.html", context, status=status)


def _share(sums: dict[str, int]) -> int:
    return min(100, sums["paid"] * 100 // sums["due"]) if sums["due"] else 100


@officer(Perm.DUES_VIEW)
@require_GET
def listing(request: Request, pk: int) -> HttpResponse:
    """One list: who owes, what came in, what waits at the desk (收缴单)."""
    return _page(request, reads.list_get(actor=request.actor, pk=pk))


@officer(Perm.DUES_VIEW)
@require_GET
def print_list(request: Request, pk: int) -> HttpResponse:
    """The list to sign (打印收缴单)."""
    row = reads.list_get(actor=request.actor, pk=pk)
    items = reads.items(row)
    if items.count() > PRINT_MOST:
        raise BadInput("income.print_most", f"这张收缴单超过 {PRINT_MOST} 人，请导出表格后打印。")
    context = {"row": row, "items": items, "period": Period(row.since, row.months), "sums": reads.sums([row.pk]).get(row.pk)}
    return render(request, "income/print/dues_list.html", context)


@officer(Perm.DUES_EDIT)
@require_POST
def export(request: Request, pk: int) -> HttpResponse:
    """Ask for the list as xlsx (导出收缴单)."""
    row = reads.list_get(actor=request.actor, pk=pk, perm=Perm.DUES_EDIT)
    form = forms.ReasonForm(request.POST)
    made: list[Any] = []

    def do() -> None:
        count = reads.items(row).count()
        made.append(
            files.export_start(
                request.actor, "income.dues_list", form.cleaned_data["reason"], count, org_path=row.union.path, listing=row.pk, which=request.POST.get("which", "")[:8]
            )
        )  # fmt: skip

    if common.act(request, form, do, "导出已提交。"):
        return HttpResponseRedirect(reverse("files:export", args=[made[0].pk]))
    return _page(request, row, status=422, errors_of=form)


@officer(Perm.DUES_EDIT)
@require_POST
def upload(request: Request, pk: int) -> HttpResponse:
    """A payroll or bank file goes into the import wizard (导入到账文件)."""
    row = reads.list_get(actor=request.actor, pk=pk, perm=Perm.DUES_EDIT)
    form, made = forms.DuesFileForm(request.POST, request.FILES), list[Any]()

    def do() -> None:
        data = form.cleaned_data
        if (data["file"].size or 0) > guard.MOST_BYTES:
            raise BadInput("imports.too_big", f"文件最多 {guard.MOST_BYTES // guard.MIB} MB，请把表拆成几份上传。")
        made.append(
            imports.batch_upload(
                actor=request.actor, kind="dues", content=data["file"].read(), name=data["file"].name or "会费表", org_path=row.union.path,
                org_name=row.union.name, as_of=data["on"], options={"listing": row.pk, "how": data["how"]},
            )
        )  # fmt: skip

    if common.act(request, form, do, "文件已读入，请核对表头。"):
        return HttpResponseRedirect(reverse("files:imports:detail", args=[made[0].pk]))
    return _page(request, row, status=422, file=form)


@officer(Perm.DUES_EDIT)
@require_POST
def cash(request: Request, pk: int) -> HttpResponse:
    """One member pays at the desk (登记一笔)."""
    item, form = reads.item_get(actor=request.actor, pk=pk), forms.CashForm(request.POST)

    def do() -> Any:
        data = form.cleaned_data
        one = dues.Arrived(data["amount"], item.person_id, "hand", item.person.name)
        return dues.payments_post(actor=request.actor, listing=item.listing, on=data["on"], rows=[one], how=data["how"])

    if common.act(request, form, do, "已登记。"):
        return common.to("dues_list", item.listing_id)
    return _page(request, item.listing, status=422, errors_of=form)


@officer(Perm.DUES_EDIT)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """A list's own steps: receipt, close (开收据、结清)."""
    row = reads.list_get(actor=request.actor, pk=pk, perm=Perm.DUES_EDIT)
    if verb == "close":
        common.plain(request, lambda: dues.list_close(actor=request.actor, listing=row), "收缴单已结清。")
    else:
        common.plain(request, lambda: dues.dues_receipt(actor=request.actor, listing=row), "会费收据已开。")
    return common.to("dues_list", pk)


@officer(Perm.DUES_EDIT)
@require_POST
def payment_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """What becomes of one payment: claim, return, reverse (认领、退回、冲正)."""
    row = reads.payment_get(actor=request.actor, pk=pk)
    if verb == "claim":
        wanted = request.POST.get("item", "")
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            form = forms.ReasonForm({"reason": "认领"})
            form.full_clean()
            form.add_error(None, "请选定这笔钱是谁的。")
            return _page(request, row.listing, status=422, errors_of=form)
        item = reads.item_get(actor=request.actor, pk=int(wanted))
        common.plain(request, lambda: dues.payment_claim(actor=request.actor, payment=row, item=item), f"已认领到{item.person.name}名下。")
        return common.to("dues_list", row.listing_id)
    form = forms.ReasonForm(request.POST)
    do = dues.payment_return if verb == "return" else dues.payment_reverse
    said = "已退回。" if verb == "return" else "已冲正。"
    if common.act(request, form, lambda: do(actor=request.actor, payment=row, reason=form.cleaned_data["reason"]), said):
        return common.to("dues_list", row.listing_id)
    return _page(request, row.listing, status=422, errors_of=form)


# -- bases -----------------------------------------------------------------------------------------------------------


@officer(Perm.DUES_EDIT)
@require_GET
def bases(request: Request) -> HttpResponse:
    """Bases in force (会费基数): dues only, the wage stays sealed."""
    return _bases(request, common.union_of(request, Perm.DUES_EDIT))


def _bases(request: Request, union: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    q = request.GET.get("q", "")[:60]
    rows = reads.bases(request.actor, union)
    rows = rows.filter(person__name__contains=q.strip()) if q.strip() else rows
    context = {"union": union, "page": page_of(request, rows), "q": q, "form": forms.LevyFilter({"q": q}), "set": more.get("set") or forms.BaseForm(),
               "shown": more.get("shown"), "shown_pk": more.get("shown_pk"), "errors_of": more.get("errors_of"),
               "trail": common.trail(("会员会费", reverse("income:dues")), ("会费基数", ""))}  # fmt: skip
    return render(request, "income/console/bases.html", context, status=status)


@officer(Perm.DUES_EDIT)
@require_POST
def base_set(request: Request, pk: int) -> HttpResponse:
    """A new wage of a member, from the line on the collection list (登记会费基数)."""
    item, form = reads.item_get(actor=request.actor, pk=pk), forms.BaseForm(request.POST)

    def do() -> Any:
        data = form.cleaned_data
        return dues.bases_set(actor=request.actor, union=item.listing.union, since=data["since"], wages={item.person_id: data["wage"]})

    if common.act(request, form, do, "会费基数已登记，从下一张收缴单起按它计算。"):
        return common.to("dues_list", item.listing_id)
    return _page(request, item.listing, status=422, errors_of=form)


@officer(Perm.WAGE_REVEAL)
@require_POST
def reveal(request: Request, pk: int) -> HttpResponse:
    """Open one wage, with a reason that is logged (查看工资)."""
    row, form, shown = reads.base_get(actor=request.actor, pk=pk, perm=Perm.WAGE_REVEAL), forms.ReasonForm(request.POST), list[int]()
    if common.act(
        request,
        form,
        lambda: shown.append(dues.wage_reveal(actor=request.actor, base=row, reason=form.cleaned_data["reason"])),
        "已记录您的查看。",
    ):
        response = _bases(request, row.union, shown=shown[0], shown_pk=row.pk)
        response["Cache-Control"] = "no-store"
        return response
    return _bases(request, row.union, status=422, errors_of=form)
