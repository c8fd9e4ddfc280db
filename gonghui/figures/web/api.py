"""REST API of figures (指标接口). The same selectors as the pages; session and CSRF as in the browser."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from gonghui.figures import definitions, selectors
from gonghui.figures.enums import Perm
from gonghui.figures.selectors import bridge, values
from gonghui.figures.selectors import reported as gaps
from gonghui.orgs.selectors import closure

router = Router(tags=["figures"])


class FigureOut(Schema):
    """One figure."""

    key: str
    label: str
    value: int | str | None
    numerator: int | None
    denominator: int | None
    unit: str
    definition: str


class FiguresOut(Schema):
    """All figures of a union as of a day."""

    org: str
    name: str
    as_of: date
    figures: list[FigureOut]


class BridgeOut(Schema):
    """opening + new − written off + moved = closing."""

    key: str
    opening: int
    new: int
    written_off: int
    reasons: dict[str, int]
    moved: int
    closing: int
    balanced: bool


class GapOut(Schema):
    """A claim beside its count."""

    key: str
    on: date
    claimed: str
    counted: str
    numerator: int
    denominator: int | None
    ok: bool
    verdict: str
    source: str


class DefinitionOut(Schema):
    """What a figure is."""

    key: str
    label: str
    unit: str
    kind: str
    counted: str
    formula: str
    note: str


def _actor(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]  # set by accounts.middleware


@router.get("/", response=FiguresOut, url_name="figures_list", summary="一级工会截至某日的全部指标")
def figures(request: HttpRequest, org: str = "root", as_of: date | None = None) -> dict[str, Any]:
    union, day = closure.node(org), as_of or selectors.default_date()
    rows = selectors.figures(actor=_actor(request), union=union, as_of=day)
    return {"org": org, "name": union.name, "as_of": day, "figures": [row.plain() for row in rows]}


@router.get("/definitions", response=list[DefinitionOut], url_name="figures_definitions", summary="指标口径")
def definition_list(request: HttpRequest) -> list[Any]:
    _actor(request).require(Perm.FIGURE_VIEW)
    return list(definitions.all_definitions().values())


@router.get("/bridge", response=list[BridgeOut], url_name="figures_bridge", summary="期初期末平衡")
def bridges(request: HttpRequest, org: str = "root", as_of: date | None = None) -> list[dict[str, Any]]:
    union, day = closure.node(org), as_of or selectors.default_date()
    _actor(request).require(Perm.FIGURE_VIEW, union)
    found = bridge.bridges(values.snapshot(union.pk, day))
    names = ("key", "opening", "new", "written_off", "moved", "closing")
    return [{**{n: getattr(b, n) for n in names}, "reasons": dict(b.reasons), "balanced": not b.fault()} for b in found]


@router.get("/reported", response=list[GapOut], url_name="figures_reported", summary="上报数与实有数")
def reported(request: HttpRequest, org: str = "root") -> list[dict[str, Any]]:
    union = closure.node(org)
    _actor(request).require(Perm.FIGURE_VIEW, union)
    rows = [gaps.gap(r) for r in gaps.reported_list(actor=_actor(request)).filter(union_id=union.pk)[:200]]
    return [
        {
            "key": g.claim.key,
            "on": g.claim.on,
            "claimed": g.claim.claimed,
            "counted": g.counted,
            "numerator": g.numerator,
            "denominator": g.denominator,
            "ok": g.ok,
            "verdict": g.verdict,
            "source": g.claim.source,
        }
        for g in rows
    ]
