"""Cross tables on page and as xlsx (交叉表)."""

from __future__ import annotations

from django.http import HttpResponse

from gonghui.core.access import officer
from gonghui.core.http import XLSX, Request, download, render
from gonghui.figures.enums import Perm as FigurePerm
from gonghui.figures.web import place as places
from gonghui.files import export
from gonghui.members.enums import Perm
from gonghui.stats import forms, selectors

FIRST = {"population": "workers", "row": "education", "column": "cohort", "of": "column"}


def _asked(request: Request) -> tuple[forms.CrossForm, dict[str, str]]:
    """The form and the choice; what is not chosen is education by cohort."""
    given = {name: request.GET.get(name, value) for name, value in FIRST.items()}
    form = forms.CrossForm(given)
    return form, given if form.is_valid() else FIRST


@officer(Perm.MEMBER_VIEW)
def cross(request: Request) -> HttpResponse:
    """A cross table with explicit denominators."""
    place = places.where(request)
    form, asked = _asked(request)
    table = selectors.cross(actor=request.actor, union=place.union, as_of=place.as_of, **asked)
    said = f"{selectors.POPULATIONS[asked['population']]}共 {table.total:,} 人，百分比{selectors.OF[asked['of']]}"
    context = places.frame(
        place,
        "结构统计",
        form=form,
        table=table,
        asked=asked,
        said=said,
        row=selectors.DIMS[asked["row"]],
        column=selectors.DIMS[asked["column"]],
    )
    return render(request, "stats/console/cross.html", context)


@officer(FigurePerm.FIGURE_EXPORT)
def cross_export(request: Request) -> HttpResponse:
    """The same as xlsx with the definition sheet: counts, shares and denominators in columns of their own."""
    place = places.where(request, children=False)
    request.actor.require(FigurePerm.FIGURE_EXPORT, place.union)
    _form, asked = _asked(request)
    table = selectors.cross(actor=request.actor, union=place.union, as_of=place.as_of, **asked)
    down, across = selectors.DIMS[asked["row"]], selectors.DIMS[asked["column"]]
    columns: list[export.Column | str] = [
        down.label,
        across.label,
        export.Column("人数", "number"),
        export.Column("分母", "number"),
        export.Column("比率", "ratio"),
    ]
    cells = [(r, c, table.cells.get((r, c), 0), table.denominator(r, c), table.share(r, c)) for r in table.rows for c in table.columns]
    title = f"{place.union.name}{selectors.POPULATIONS[asked['population']]}结构 {down.label}×{across.label}"
    explained = {
        "统计对象": selectors.POPULATIONS[asked["population"]],
        "截至": f"{place.as_of} 当天结束时",
        "分母": selectors.OF[asked["of"]],
        "全部人数": f"{table.total:,}",
        "未登记": "没有登记这一项的人单列一组，计入分母",
    }
    return download(export.export_table(columns, cells, title=title, actor=request.actor, definition=explained), f"{title}.xlsx", XLSX)
