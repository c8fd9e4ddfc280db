"""Assets are bought, issued, returned, moved, counted, written off, depreciated (资产办理). Source: ACC-2, ACC-3, ACC-3b, R138; S214."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.finance import services as finance
from gonghui.finance.enums import VoucherKind
from gonghui.finance.rules import Line
from gonghui.finance.selectors import books
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy
from gonghui.treasury.enums import HELD, NOT_DEPRECIATED, AssetEventKind, AssetKind, AssetState, CountState, Found, Perm
from gonghui.treasury.models import Asset, AssetEvent, DepreciationLine, DepreciationRun, Stocktake, StocktakeLine, Wearing
from gonghui.treasury.rules import wear
from gonghui.treasury.services.common import keep, lock, next_number

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

RULE_KIND = {AssetKind.SPECIAL: "special", AssetKind.GENERAL: "general", AssetKind.COMPUTER: "general", AssetKind.VEHICLE: "general"}
LIFE_KIND = ("computer", "vehicle", "furniture", "light", "concrete")
MOST = 500
COST, TAKEN, FUND = "162", "163", "30104"


def _event(
    actor: Actor, asset: Asset, kind: str, on: date, *, person_id: int | None = None, amount: int | None = None, note: str = ""
) -> None:
    AssetEvent.objects.create(
        asset=asset, kind=kind, on=on, person_id=person_id, amount_fen=amount, note=note[:200], actor=actor.ref, at=clock.now()
    )


LONG = 2
"""Years long enough for any threshold of useful life."""


def is_fixed(actor: Actor, union: Any, kind: str, price_fen: int, years: int | None, on: date) -> tuple[bool, str]:
    """Is it a fixed asset (固定资产认定), with the slip's number. Source: policy finance.asset_threshold."""
    if kind in {AssetKind.CLOTHING, AssetKind.STORES}:
        return False, ""
    group = RULE_KIND.get(AssetKind(kind), "other")
    facts: dict[str, Any] = {"kind": group, "price_fen": price_fen, "life_months": (years or 0) * 12, "bulk": False}
    if group == "other":
        facts["other_ok"] = True
    decision = law.decide("finance.asset_threshold", union, on, facts)
    return decision.outcome is True, keep(actor, decision, union)


@transaction.atomic
def asset_add(
    *, actor: Actor, union: Any, name: str, kind: str, cost_fen: int, bought_on: date, years: int | None = None, quantity: int = 1, model: str = "",
    place: str = "", voucher: Any = None, source: str = "", project: Any = None, donated: bool = False,
) -> list[Asset]:  # fmt: skip
    """Register what was bought or given, one row a piece (资产入账).

    Args: cost_fen of one piece; a gift without voucher, valuation or comparable price comes in at the nominal amount (cost 0).
    Raises: BadInput treasury.asset_*; RuleViolation treasury.asset_voucher when the voucher does not cover it.
    Source: policy finance.asset_threshold, finance.useful_life, treasury.nominal_fen.
    """
    actor.require(Perm.ASSET_EDIT, union)
    if bought_on > clock.today() or not 1 <= quantity <= MOST or cost_fen < 0 or (cost_fen == 0 and not donated):
        raise BadInput("treasury.asset_values", f"取得日期不能晚于今天，数量 1 至 {MOST}，单价要大于 0。")
    lock(union)
    nominal = cost_fen == 0
    cost = law.number("treasury.nominal_fen", union, bought_on, 100) if nominal else cost_fen
    _covered(union, voucher, cost * quantity)
    fixed, slip = (True, "") if nominal else is_fixed(actor, union, kind, cost, years, bought_on)
    long = years or LONG  # without its years one cannot tell: would it be a fixed asset if it lasts?
    valued = RULE_KIND.get(AssetKind(kind), "other") != "other" and kind not in NOT_DEPRECIATED
    if not years and not nominal and valued and is_fixed(actor, union, kind, cost, long, bought_on)[0]:
        raise BadInput("treasury.asset_years", "固定资产要填使用年限，按年限计提折旧。")
    made = _rows(union, quantity, name=name, kind=kind, cost_fen=cost, bought_on=bought_on, years=years, model=model, place=place, voucher=voucher,
                 source=source, project=project, fixed=fixed, slip=slip, nominal=nominal)  # fmt: skip
    for row in made:
        _event(actor, row, AssetEventKind.DONATED if donated else AssetEventKind.BOUGHT, bought_on, amount=cost)
    audit.record(actor, "treasury.asset.added", made[0], org_path=union.path, count=quantity, cost=cost, kind=kind, fixed=fixed)
    return made


def _covered(union: Any, voucher: Any, total: int) -> None:
    if voucher is None:
        return
    if voucher.book.union_id != union.pk:
        raise RuleViolation("treasury.asset_voucher", "这张凭证不是本工会的。")
    taken = sum(Asset.objects.filter(voucher=voucher).values_list("cost_fen", flat=True))
    if taken + total > voucher.total_fen:
        raise RuleViolation(
            "treasury.asset_voucher",
            f"凭证合计 {money.show(voucher.total_fen)}，已登记资产 {money.show(taken)}，这次 {money.show(total)}，超出了。请核对数量和单价。",
        )


def _rows(union: Any, quantity: int, **values: Any) -> list[Asset]:
    head = f"{'F' if values['kind'] == AssetKind.CLOTHING else 'Z'}{values['bought_on']:%Y}-"
    first = next_number(Asset.objects.filter(union=union), head)
    start = int(first[len(head) :])
    cut = {
        "name": values.pop("name")[:80],
        "model": values.pop("model")[:80],
        "place": values.pop("place")[:80],
        "source": values.pop("source")[:80],
    }
    rows = [Asset(union=union, number=f"{head}{start + n:04d}", created_at=clock.now(), **cut, **values) for n in range(quantity)]
    return Asset.objects.bulk_create(rows)


def life_enough(asset: Asset) -> Any:
    """Is the useful life at least the table's (使用年限)? Source: policy finance.useful_life."""
    if not asset.years:
        return None
    kind = asset.kind if asset.kind in LIFE_KIND else "other"
    return law.decide("finance.useful_life", asset.union, asset.bought_on, {"kind": kind, "years": asset.years})


@transaction.atomic
def clothing_buy(
    *,
    actor: Actor,
    union: Any,
    person_ids: Iterable[int],
    name: str,
    price_fen: int,
    bought_on: date,
    voucher: Any = None,
    source: str = "",
) -> list[Asset]:
    """Clothing for people who take part (购置活动服装): a piece for each, the union's own, kept by the person; the interval runs from here.

    The rule itself (amount, three years) is decided by the spending guard; this keeps what it needs. Source: R137, R138.
    """
    people = sorted(set(person_ids))
    if not people:
        raise BadInput("treasury.clothing_people", "请选穿服装的人。服装只给参加活动的人购置。")
    made = asset_add(
        actor=actor,
        union=union,
        name=name,
        kind=AssetKind.CLOTHING,
        cost_fen=price_fen,
        bought_on=bought_on,
        quantity=len(people),
        voucher=voucher,
        source=source,
    )
    for row, person in zip(made, people, strict=True):
        Wearing.objects.create(person_id=person, asset=row, union=union, bought_on=bought_on, cost_fen=price_fen)
        Asset.objects.filter(pk=row.pk).update(custodian_id=person, state=AssetState.ISSUED, issued_on=bought_on)
        _event(actor, row, AssetEventKind.ISSUED, bought_on, person_id=person)
        row.refresh_from_db()
    return made


# -- moves -----------------------------------------------------------------------------------------------------------


def _move(actor: Actor, asset: Asset, states: Iterable[str], to: str, **values: Any) -> Asset:
    actor.require(Perm.ASSET_EDIT, asset.union)
    moved = Asset.objects.filter(pk=asset.pk, state__in=list(states), **values.pop("when", {})).update(state=to, **values)
    if not moved:
        asset.refresh_from_db()
        raise Conflict("treasury.asset_state", f"“{asset.name}”现在是“{AssetState(asset.state).label}”，不能这样办。请刷新后再看。")
    asset.refresh_from_db()
    return asset


def _day(on: date, asset: Asset) -> None:
    if not asset.bought_on <= on <= clock.today():
        raise BadInput("treasury.asset_day", f"日期应在取得日 {asset.bought_on} 和今天之间。")


@transaction.atomic
def asset_issue(*, actor: Actor, asset: Asset, person_id: int, on: date) -> Asset:
    """Give it to a custodian (领用)."""
    _day(on, asset)
    row = _move(actor, asset, [AssetState.STORED], AssetState.ISSUED, custodian_id=person_id, issued_on=on)
    _event(actor, row, AssetEventKind.ISSUED, on, person_id=person_id)
    audit.record(actor, "treasury.asset.issued", row, org_path=row.union.path, person=person_id)
    return row


@transaction.atomic
def asset_return(*, actor: Actor, asset: Asset, on: date, note: str = "") -> Asset:
    """The custodian gives it back, as when leaving (交回)."""
    _day(on, asset)
    keeper = asset.custodian_id
    row = _move(actor, asset, [AssetState.ISSUED], AssetState.STORED, custodian_id=None, issued_on=None)
    _event(actor, row, AssetEventKind.RETURNED, on, person_id=keeper, note=note)
    audit.record(actor, "treasury.asset.returned", row, org_path=row.union.path, person=keeper)
    return row


@transaction.atomic
def asset_transfer(*, actor: Actor, asset: Asset, to: Any, on: date, note: str = "") -> Asset:
    """Move it to another union without payment (调拨): it leaves here and comes in there with its history. The actor holds both."""
    _day(on, asset)
    actor.require(Perm.ASSET_EDIT, to)
    if to.pk == asset.union_id:
        raise BadInput("treasury.asset_same", "调入单位不能是本工会。")
    lock(to)
    row = _move(actor, asset, [AssetState.STORED], AssetState.TRANSFERRED, ended_on=on)
    _event(actor, row, AssetEventKind.OUT, on, note=f"调往{to.name} {note}")
    made = _rows(to, 1, name=row.name, kind=row.kind, cost_fen=row.cost_fen, bought_on=row.bought_on, years=row.years, model=row.model, place="", voucher=None,
                 source=f"treasury.asset:{row.pk}", project=None, fixed=row.fixed, slip="", nominal=row.nominal, depreciated_fen=row.depreciated_fen)[0]  # fmt: skip
    _event(actor, made, AssetEventKind.IN, on, note=f"由{row.union.name}调入 {note}")
    audit.record(actor, "treasury.asset.transferred", row, org_path=row.union.path, to=to.pk, new=made.pk)
    return made


@transaction.atomic
def asset_dispose(*, actor: Actor, asset: Asset, on: date, reason: str, proceeds_fen: int = 0) -> Asset:
    """Write it off (处置): scrapped, sold, lost. The books follow by a draft voucher where a book is kept."""
    _day(on, asset)
    if len(reason.strip()) < 2:
        raise RuleViolation("treasury.dispose_reason", "处置资产要写明原因。")
    row = _move(actor, asset, [AssetState.STORED, AssetState.MISSING], AssetState.DISPOSED, ended_on=on, custodian_id=None)
    _event(actor, row, AssetEventKind.DISPOSED, on, amount=proceeds_fen, note=reason)
    book = books.book_of(row.union)
    if row.fixed and book is not None:
        lines = [Line(COST, credit=row.cost_fen, words=row.name)]
        lines += [Line(TAKEN, debit=row.depreciated_fen, words=row.name)] if row.depreciated_fen else []
        lines += [Line(FUND, debit=row.net_fen, words=row.name)] if row.net_fen else []
        finance.voucher_draft(
            actor=actor, book=book, on=on, words=f"处置固定资产：{row.name}"[:80], lines=lines, source=f"treasury.asset:{row.pk}"
        )
    audit.record(actor, "treasury.asset.disposed", row, org_path=row.union.path, reason=reason[:200], proceeds=proceeds_fen)
    return row


# -- stocktake ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def stocktake_open(*, actor: Actor, union: Any, on: date) -> Stocktake:
    """Begin a full stocktake: every held asset of the union on one list (开始盘点). Source: policy treasury.stocktake_months."""
    actor.require(Perm.ASSET_EDIT, union)
    lock(union)
    held = list(Asset.objects.filter(union=union, state__in=HELD, bought_on__lte=on).order_by("number"))
    if not held:
        raise Conflict("treasury.stocktake_empty", "还没有登记资产，没有可盘的。")
    try:
        with transaction.atomic():
            made = Stocktake.objects.create(union=union, on=on, maker_ref=actor.ref, created_at=clock.now())
    except IntegrityError:
        raise Conflict("treasury.stocktake_open", "已有一次盘点没有完成，请先办完。") from None
    StocktakeLine.objects.bulk_create(StocktakeLine(stocktake=made, asset=a) for a in held)
    audit.record(actor, "treasury.stocktake.opened", made, org_path=union.path, count=len(held))
    return made


@transaction.atomic
def stocktake_record(*, actor: Actor, stocktake: Stocktake, found: Mapping[int, tuple[str, str]]) -> Stocktake:
    """Enter what was found: line -> (result, note) (登记盘点结果)."""
    actor.require(Perm.ASSET_EDIT, stocktake.union)
    if not Stocktake.objects.select_for_update().filter(pk=stocktake.pk, state=CountState.OPEN).exists():
        raise Conflict("treasury.stocktake_closed", "这次盘点已经完成，不能再改。")
    for pk, (result, note) in found.items():
        if result in Found.values:
            StocktakeLine.objects.filter(pk=pk, stocktake=stocktake).update(found=result, note=note[:120])
    audit.record(actor, "treasury.stocktake.recorded", stocktake, org_path=stocktake.union.path, lines=len(found))
    return stocktake


@transaction.atomic
def stocktake_close(*, actor: Actor, stocktake: Stocktake, note: str = "") -> Stocktake:
    """Finish: every line has a result; what is missing waits for its treatment (完成盘点)."""
    actor.require(Perm.ASSET_EDIT, stocktake.union)
    row = Stocktake.objects.select_for_update(of=("self",)).select_related("union").get(pk=stocktake.pk)
    left = row.lines.filter(found=Found.WAITING).count()
    if left:
        raise RuleViolation("treasury.stocktake_left", f"还有 {left} 件没有盘，盘完才能完成。")
    if not Stocktake.objects.filter(pk=row.pk, state=CountState.OPEN).update(
        state=CountState.CLOSED, closed_on=clock.today(), note=note[:500]
    ):
        raise Conflict("treasury.stocktake_closed", "这次盘点已经完成。")
    for line in row.lines.select_related("asset__union").exclude(found=Found.WAITING):
        missing = line.found == Found.MISSING
        if missing and line.asset.state in {AssetState.STORED, AssetState.ISSUED}:
            Asset.objects.filter(pk=line.asset_id).update(state=AssetState.MISSING)
        if not missing and line.asset.state == AssetState.MISSING:
            Asset.objects.filter(pk=line.asset_id).update(state=AssetState.ISSUED if line.asset.custodian_id else AssetState.STORED)
        kind = AssetEventKind.MISSING if missing else AssetEventKind.COUNTED
        _event(actor, line.asset, kind, row.on, person_id=line.asset.custodian_id, note=f"{Found(line.found).label} {line.note}")
    row.refresh_from_db()
    audit.record(actor, "treasury.stocktake.closed", row, org_path=row.union.path)
    return row


# -- depreciation ------------------------------------------------------------------------------------------------------


def depreciable(union: Any, month: date) -> list[tuple[Asset, int]]:
    """Assets of a union with what each loses in a month (本月应提). Source: policy finance.depreciation, treasury.no_depreciation."""
    kinds = set(policy.value("treasury.no_depreciation", on=month, at=law.place_of(union)).value)
    rows = Asset.objects.filter(union=union, fixed=True, nominal=False, years__gt=0, depreciated_fen__lt=F("cost_fen")).exclude(
        kind__in=kinds
    )
    result = []
    for row in rows.exclude(state=AssetState.TRANSFERRED).order_by("number"):
        years = row.years or 0
        decision = law.decide("finance.depreciation", union, month, {"cost_fen": row.cost_fen, "years": years})
        if decision.outcome is None:
            continue  # no rule before 2022: nothing was depreciated
        monthly = int(decision.values["value"])
        fen = wear.due(
            cost=row.cost_fen,
            taken=row.depreciated_fen,
            monthly=monthly,
            months=years * 12,
            bought_on=row.bought_on,
            ended_on=row.ended_on,
            month=month,
        )
        if fen:
            result.append((row, fen))
    return result


@transaction.atomic
def depreciation_run(*, actor: Actor, union: Any, month: date) -> DepreciationRun:
    """Take a month's depreciation once and draft its voucher (计提折旧). Months go in order.

    Raises: Conflict treasury.depreciation_once, treasury.depreciation_order; RuleViolation treasury.depreciation_none.
    """
    actor.require(Perm.ASSET_EDIT, union)
    lock(union)
    first = wear.month_of(month)
    if first > wear.month_of(clock.today()):
        raise BadInput("treasury.depreciation_month", "这个月还没有到，不能计提。")
    last = DepreciationRun.objects.filter(union=union).order_by("-month").first()
    if last is not None and first <= last.month:
        raise Conflict("treasury.depreciation_once", f"已经计提到 {last.month:%Y 年 %m 月}，请从下一个月起。")
    if last is not None and first != clock.add_months(last.month, 1):
        raise Conflict("treasury.depreciation_order", f"要按月计提，下一个月是 {clock.add_months(last.month, 1):%Y 年 %m 月}。")
    due = depreciable(union, first)
    total = sum(fen for _a, fen in due)
    if not due:
        raise RuleViolation("treasury.depreciation_none", f"{first:%Y 年 %m 月}没有要计提折旧的固定资产。")
    made = DepreciationRun.objects.create(union=union, month=first, total_fen=total, actor=actor.ref, at=clock.now())
    DepreciationLine.objects.bulk_create(DepreciationLine(run=made, asset=a, amount_fen=fen) for a, fen in due)
    for asset, fen in due:
        Asset.objects.filter(pk=asset.pk).update(depreciated_fen=F("depreciated_fen") + fen)
    _voucher(actor, made)
    audit.record(actor, "treasury.depreciation.run", made, org_path=union.path, month=first, total=total)
    return made


def _voucher(actor: Actor, run: DepreciationRun) -> None:
    book = books.book_of(run.union)
    if book is None:
        return
    day = min(clock.add_months(run.month, 1) - timedelta(days=1), clock.today())
    words = f"计提 {run.month:%Y 年 %m 月}固定资产折旧"
    lines = [Line(FUND, debit=run.total_fen, words=words), Line(TAKEN, credit=run.total_fen, words=words)]
    voucher = finance.voucher_draft(
        actor=actor, book=book, on=day, words=words, lines=lines, source=f"treasury.depreciationrun:{run.pk}", kind=VoucherKind.DEPRECIATION
    )
    DepreciationRun.objects.filter(pk=run.pk).update(voucher=voucher)
    run.voucher = voucher
