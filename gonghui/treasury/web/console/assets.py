"""Pages of assets, stocktakes, depreciation (资产页面)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import XLSX, Request, attempt, download, faults, numbers, page_of, render, told
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions
from gonghui.treasury import exports, forms
from gonghui.treasury.enums import Found, Perm
from gonghui.treasury.selectors import assets as reads
from gonghui.treasury.services import assets
from gonghui.treasury.web import common


@officer(Perm.ASSET_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """The register (资产台账)."""
    form = forms.AssetFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    rows = reads.asset_list(actor=request.actor, kind=given.get("kind", ""), state=given.get("state", ""), q=given.get("q", ""))
    context = {
        "page": page_of(request, rows), "form": form, "totals": reads.totals(rows), "may_edit": request.actor.may(Perm.ASSET_EDIT), "leavers": reads.leavers(actor=request.actor)[:10],
        "trail": common.trail(("资产", "")),
    }  # fmt: skip
    return render(request, "treasury/console/assets.html", context)


@officer(Perm.ASSET_VIEW)
@require_GET
def export(request: Request) -> HttpResponse:
    """The register as xlsx (导出台账)."""
    name, data = exports.assets(request.actor, {k: request.GET.get(k, "")[:60] for k in ("kind", "state", "q")})
    return download(data, name, XLSX)


def _member(actor: Actor, union: Any, words: str) -> int:
    """The one member of a union by card number or name. Raises BadInput treasury.which_member."""
    words = words.strip()
    rows = members.current(actor, union)
    found = list(rows.filter(card_no=words).values_list("person_id", flat=True)[:2]) if words else []
    found = found or (list(rows.filter(person__name=words).values_list("person_id", flat=True)[:3]) if words else [])
    if len(found) != 1:
        raise BadInput("treasury.which_member", f"本工会会员里叫“{words[:20]}”的有 {len(found)} 位。请写登记的姓名；重名的写会员证号。")
    return int(found[0])


def _page(request: Request, form: Any, title: str, action: str, status: int, union: Any) -> HttpResponse:
    context = {
        "union": union,
        "form": form,
        "back": reverse("treasury:assets"),
        "title": title,
        "action": action,
        "trail": common.trail(("资产", reverse("treasury:assets")), (title, "")),
    }
    return render(request, "treasury/console/form.html", context, status=status)


@officer(Perm.ASSET_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Register an asset (登记资产)."""
    union = common.union_of(request, Perm.ASSET_EDIT)
    form, status = forms.AssetForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = {**form.cleaned_data, "cost_fen": form.cleaned_data["cost_fen"] or 0}
            try:
                made = assets.asset_add(actor=request.actor, union=union, **data)
                return common.go("treasury:asset", made[0].pk)
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    return _page(request, form, "登记资产", "登记入账", status, union)


@officer(Perm.ASSET_EDIT)
@require_http_methods(["GET", "POST"])
def clothing(request: Request) -> HttpResponse:
    """Clothing for members, one piece each (登记活动服装)."""
    union = common.union_of(request, Perm.ASSET_EDIT)
    form, status = forms.ClothingForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = dict(form.cleaned_data)
            try:
                people = [_member(request.actor, union, line) for line in data.pop("people").splitlines() if line.strip()]
                assets.clothing_buy(actor=request.actor, union=union, person_ids=people, **data)
                return common.go("treasury:assets")
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    return _page(request, form, "登记活动服装", "登记并发给本人保管", status, union)


@officer(Perm.ASSET_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One asset with its history (资产卡片)."""
    return _card(request, reads.asset_get(actor=request.actor, pk=pk))


def _card(request: Request, row: Any, *, status: int = 200, **typed: Any) -> HttpResponse:
    """The card of an asset; `typed`: a form that was refused, with what was typed."""
    life = assets.life_enough(row)
    context = {
        "row": row, "events": row.events.select_related("person").order_by("on", "pk"), "depreciation": row.depreciation.select_related("run").order_by("-run__month")[:24],
        "may_edit": request.actor.may(Perm.ASSET_EDIT, row.union), "keeper": forms.KeeperForm(auto_id="k_%s"), "day": forms.DayForm(auto_id="r_%s"), "dispose": forms.DisposeForm(auto_id="d_%s"), "move": forms.TransferForm(auto_id="t_%s"),
        "life": life.as_slip() if life is not None else None, "trail": common.trail(("资产", reverse("treasury:assets")), (row.name, "")), **typed,
    }  # fmt: skip
    return render(request, "treasury/console/asset.html", context, status=status)


@officer(Perm.ASSET_EDIT)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Issue, return, move, write off (办理资产变动)."""
    row, actor = reads.asset_get(actor=request.actor, pk=pk), request.actor
    kinds: dict[str, tuple[Any, str, str]] = {
        "issue": (forms.KeeperForm, "keeper", "k_%s"), "return": (forms.DayForm, "day", "r_%s"),
        "transfer": (forms.TransferForm, "move", "t_%s"), "dispose": (forms.DisposeForm, "dispose", "d_%s"),
    }  # fmt: skip
    if verb not in kinds:
        raise NotFound()
    kind, name, ids = kinds[verb]
    form = kind(request.POST, auto_id=ids)
    if not form.is_valid():
        return _card(request, row, status=422, **{name: form})
    data = form.cleaned_data
    acts = {
        "issue": (
            lambda: assets.asset_issue(actor=actor, asset=row, person_id=_member(actor, row.union, data["person"]), on=data["on"]),
            "已领用。",
        ),
        "return": (lambda: assets.asset_return(actor=actor, asset=row, on=data["on"]), "已交回入库。"),
        "transfer": (
            lambda: assets.asset_transfer(actor=actor, asset=row, to=_union(actor, data["code"]), on=data["on"]),
            "已调出，调入单位的台账同时增加。",
        ),
        "dispose": (
            lambda: assets.asset_dispose(
                actor=actor, asset=row, on=data["on"], reason=data["reason"], proceeds_fen=data["proceeds_fen"] or 0
            ),
            "已处置；记了固定资产的，处置凭证已拟好，请到账务里审核。",
        ),
    }
    done, text = acts[verb]
    if not attempt(form, done):
        return _card(request, row, status=422, **{name: form})
    messages.success(request, text)
    return common.go("treasury:asset", pk)


def _union(actor: Actor, code: str) -> Any:
    found = unions.union_search(actor=actor, words=code, perm=Perm.ASSET_EDIT).filter(code=code.strip()).first()
    if found is None:
        raise BadInput("treasury.no_union", f"您管理的范围里没有组织代码 {code[:24]}。跨工会调拨由两边共同的上级办理。")
    return found


# -- stocktakes and depreciation ---------------------------------------------------------------------------------------


@officer(Perm.ASSET_VIEW)
@require_GET
def stocktakes(request: Request) -> HttpResponse:
    """Stocktakes in scope (盘点)."""
    context = {"page": page_of(request, reads.stocktake_list(actor=request.actor)), "form": forms.DayForm(initial={"on": clock.today()}), "may_edit": request.actor.may(Perm.ASSET_EDIT),
               "trail": common.trail(("资产", reverse("treasury:assets")), ("盘点", ""))}  # fmt: skip
    return render(request, "treasury/console/stocktakes.html", context)


@officer(Perm.ASSET_EDIT)
@require_POST
def stocktake_new(request: Request) -> HttpResponse:
    """Begin a stocktake (开始盘点)."""
    union, form = common.union_of(request, Perm.ASSET_EDIT), forms.DayForm(request.POST)
    if not form.is_valid():
        faults(request, form)
        return common.go("treasury:stocktakes")
    made = told(
        request,
        lambda: assets.stocktake_open(actor=request.actor, union=union, on=form.cleaned_data["on"]),
        "已列出全部在账资产，请逐件盘点。",
    )
    return common.go("treasury:stocktake", made.pk) if made else common.go("treasury:stocktakes")


@officer(Perm.ASSET_VIEW)
@require_GET
def stocktake(request: Request, pk: int) -> HttpResponse:
    """The list to count by (盘点表)."""
    row = reads.stocktake_get(actor=request.actor, pk=pk)
    lines = row.lines.select_related("asset__custodian").order_by("asset__number")
    if request.GET.get("print"):
        return render(request, "treasury/console/stocktake_print.html", {"row": row, "lines": lines[:2000], "at": clock.now()})
    context = {
        "row": row, "page": page_of(request, lines, size=50), "choices": Found.choices, "left": lines.filter(found="").count(), "may_edit": request.actor.may(Perm.ASSET_EDIT, row.union),
        "missing": lines.filter(found="missing").count(), "trail": common.trail(("资产", reverse("treasury:assets")), ("盘点", reverse("treasury:stocktakes")), (str(row.on), "")),
    }  # fmt: skip
    return render(request, "treasury/console/stocktake.html", context)


@officer(Perm.ASSET_EDIT)
@require_POST
def stocktake_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Enter results or finish (登记结果、完成)."""
    row, said = reads.stocktake_get(actor=request.actor, pk=pk), request.POST
    if verb == "record":
        found = {n: (said.get(f"found-{n}", ""), said.get(f"note-{n}", "")) for n in numbers(said.getlist("line"))[:200]}
        told(request, lambda: assets.stocktake_record(actor=request.actor, stocktake=row, found=found), "已保存盘点结果。")
    elif verb == "close":
        told(
            request,
            lambda: assets.stocktake_close(actor=request.actor, stocktake=row, note=said.get("note", "")),
            "盘点已完成，盘亏的列为待处理。",
        )
    else:
        raise NotFound()
    return common.go("treasury:stocktake", pk)


@officer(Perm.ASSET_VIEW)
@require_http_methods(["GET", "POST"])
def depreciation(request: Request) -> HttpResponse:
    """Depreciation by month (计提折旧)."""
    union = common.union_of(request, Perm.ASSET_VIEW)
    form = forms.DayForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST":
        if form.is_valid():
            told(
                request,
                lambda: assets.depreciation_run(actor=request.actor, union=union, month=form.cleaned_data["on"]),
                "已计提，凭证已拟好，请到账务里审核。",
            )
        else:
            faults(request, form)
    runs = reads.runs(actor=request.actor, union=union)
    last = runs.first()
    month = clock.add_months(last.month, 1) if last else clock.today().replace(day=1)
    due = assets.depreciable(union, month) if month <= clock.today() else []
    context = {"union": union, "page": page_of(request, runs), "form": forms.DayForm(initial={"on": month}), "due": due[:100], "total": sum(f for _a, f in due), "month": month,
               "may_edit": request.actor.may(Perm.ASSET_EDIT, union), "trail": common.trail(("资产", reverse("treasury:assets")), ("折旧", ""))}  # fmt: skip
    return render(request, "treasury/console/depreciation.html", context)
