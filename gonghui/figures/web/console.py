"""Pages of figures (指标页面)."""

from __future__ import annotations

from django.http import HttpResponse

from gonghui.core import charts
from gonghui.core.access import officer
from gonghui.core.http import XLSX, Request, download, render
from gonghui.figures import definitions, selectors, sources
from gonghui.figures.enums import Perm
from gonghui.figures.selectors import boards, bridge, shared, suppress, values
from gonghui.figures.web import place as places
from gonghui.files import export
from gonghui.orgs.selectors import closure

HEADS = (
    ("employers", "用人单位"),
    ("unions", "工会组织"),
    ("coverage", "覆盖"),
    ("workers", "职工"),
    ("members", "会员"),
    ("rate", "比率"),
)


def _groups(rows: list[values.Row]) -> list[dict[str, object]]:
    """Rows under their headings."""
    out: list[dict[str, object]] = []
    for head, label in [*HEADS[:-1], *((s.name, s.label) for s in sources.known()), HEADS[-1]]:
        found = [r for r in rows if r.key.split(".")[0] == head]
        if found:
            out.append({"head": head, "label": label, "rows": found})
    return out


@officer(Perm.FIGURE_VIEW)
def home(request: Request) -> HttpResponse:
    """All figures of a union as of a day."""
    place = places.where(request)
    rows = selectors.figures(actor=request.actor, union=place.union, as_of=place.as_of)
    context = places.frame(place, "全部指标", groups=_groups(rows), owns=suppress.owns(request.actor, place.union), least=suppress.least())
    return render(request, "figures/console/home.html", context)


@officer(Perm.FIGURE_EXPORT)
def export_figures(request: Request) -> HttpResponse:
    """What is on screen as xlsx with the definition sheet."""
    place = places.where(request, children=False)
    request.actor.require(Perm.FIGURE_EXPORT, place.union)
    rows = selectors.figures(actor=request.actor, union=place.union, as_of=place.as_of)
    columns: list[export.Column | str] = [
        "指标",
        "键",
        export.Column("数值", "number"),
        export.Column("比率", "ratio"),
        export.Column("分子", "number"),
        export.Column("分母", "number"),
        "单位",
    ]
    cells = [(r.label, r.key, None if r.unit == "%" else r.value, r.ratio, r.numerator, r.denominator, r.unit) for r in rows]
    title = f"{place.union.name}指标 截至{place.as_of}"
    explained = {r.label if r.kind == "rate" else r.group or r.label: r.definition for r in rows}
    return download(export.export_table(columns, cells, title=title, actor=request.actor, definition=explained), f"{title}.xlsx", XLSX)


@officer(Perm.FIGURE_VIEW)
def rates(request: Request) -> HttpResponse:
    """The three rates with targets, and each with its alternatives side by side."""
    place = places.where(request)
    shot = shared.snapshot(request.actor, place.union.pk, place.as_of)
    found = [
        (boards.rate_of(shot, key), values.rates(shot, definitions.get(key))) for key in ("rate.formation", "rate.joining", "rate.contract")
    ]
    below = boards.ranking(place.children, place.as_of)
    return render(request, "figures/console/rates.html", places.frame(place, "建会三率", rates=found, ranking=below))


@officer(Perm.FIGURE_VIEW)
def bridge_page(request: Request) -> HttpResponse:
    """opening + new − written off = closing, by sector and reason."""
    place = places.where(request)
    shot = values.snapshot(place.union.pk, place.as_of)
    found = [(b, bridge.reason_rows(b)) for b in bridge.bridges(shot)]
    context = places.frame(place, "期初期末平衡", bridges=found, checks=bridge.checks(shot), since=shot.since)
    return render(request, "figures/console/bridge.html", context)


@officer(Perm.FIGURE_VIEW)
def trend(request: Request) -> HttpResponse:
    """A figure month by month."""
    place = places.where(request)
    days = places.month_ends(place.as_of, 24 if request.GET.get("span") == "24" else 12)
    formation, joining = boards.trend(place.union.pk, days)
    drawing = charts.Line(
        [f"{d.month}月" for d in days],
        [charts.Series("建会率", formation), charts.Series("入会率", joining)],
        trend_words(formation, joining),
    )
    return render(request, "figures/console/trend.html", places.frame(place, "走势", chart=drawing))


def trend_words(formation: list[float | None], joining: list[float | None]) -> str:
    """The finding in one sentence."""

    def change(name: str, row: list[float | None]) -> str:
        found = [v for v in row if v is not None]
        if len(found) < 2:
            return f"{name}还没有足够的数据"
        away = found[-1] - found[0]
        if abs(away) < 0.05:
            return f"{name}{found[-1]:.1f}%，基本持平"
        return f"{name}从 {found[0]:.1f}% {'升' if away > 0 else '降'}到 {found[-1]:.1f}%"

    return f"{change('建会率', formation)}；{change('入会率', joining)}。"


@officer(Perm.FIGURE_VIEW)
def definition_list(request: Request) -> HttpResponse:
    """All definitions."""
    return render(request, "figures/console/definitions.html", {"definitions": definitions.all_definitions().values()})


@officer(Perm.FIGURE_VIEW)
def definition(request: Request, slug: str) -> HttpResponse:
    """One definition, with today's numbers for the reader's union and what lies below it."""
    place, item = places.where(request), definitions.by_slug(slug)
    shot = values.snapshot(place.union.pk, place.as_of)
    if item.kind == "rate":
        rows = values.rates(shot, item)
    elif item.pattern:
        rows = values.family_rows(shot, item)
    else:
        rows = [values.count_row(shot, item)]
    rows = suppress.published(request.actor, place.union, place.as_of, rows)
    standards = [(label, boards.standard(key, place.as_of)) for label, key in (("目标", item.target), ("底线", item.floor)) if key]
    below = [] if item.pattern or not suppress.owns(request.actor, place.union) else _below(place, item)
    context = places.frame(
        place, item.label, item=item, rows=[(r, _records(request, place, item, r.key, place.union)) for r in rows], standards=standards,
        below=[(n, r, _records(request, place, item, r.key, n)) for n, r in below],
    )  # fmt: skip
    return render(request, "figures/console/definition.html", context)


def _records(request: Request, place: places.Where, item: definitions.Definition, key: str, union: closure.Node) -> str:
    """The records a source counted, for who may open them (下钻到记录)."""
    source = sources.get(item.source) if item.source and item.kind not in {"sum", "rate"} else None
    if source is None or not request.actor.may(source.perm, union):
        return ""
    return source.records(key, union.pk, values.year_eve(place.as_of), place.as_of)


def _below(place: places.Where, item: definitions.Definition) -> list[tuple[closure.Node, values.Row]]:
    """The same figure one level down: the drill-down."""
    shots = values.snapshots([n.pk for n in place.children], place.as_of)
    rows = [(n, values.rates(shots[n.pk], item)[0] if item.kind == "rate" else values.count_row(shots[n.pk], item)) for n in place.children]
    return [(n, r) for n, r in rows if r.numerator or r.denominator]
