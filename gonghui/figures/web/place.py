"""Which union and which day a page speaks of (看哪一级、截至哪一天): `?org=` and `?as_of=`, else the reader's own and the period's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from gonghui.core.errors import BadInput, NotFound
from gonghui.core.http import Request
from gonghui.figures import selectors
from gonghui.figures.enums import Perm
from gonghui.figures.models import StatPeriod
from gonghui.figures.selectors import shared
from gonghui.figures.selectors.periods import PERIOD
from gonghui.orgs.selectors import closure
from gonghui.orgs.selectors.closure import Node

EARLIEST = date(1949, 10, 1)


@dataclass
class Where:
    """The union and the day of a page, with what its head needs."""

    union: Node
    as_of: date
    trail: list[Node]
    children: list[Node]
    period: StatPeriod | None
    chosen: bool

    def link(self, org: str | None = None) -> str:
        """The query that keeps the place."""
        query = {"org": org or self.union.code}
        if self.chosen:
            query["as_of"] = self.as_of.isoformat()
        return "?" + urlencode(query)

    @property
    def here(self) -> str:
        return self.link()


def home_of(request: Request) -> Node:
    """The widest union whose figures the reader may see."""
    paths = request.actor.paths(Perm.FIGURE_VIEW)
    if not paths:
        raise NotFound()
    found = closure.node_near(request.actor, min(paths, key=len))
    if found is None:
        raise NotFound("figures.no_union", "还没有工会组织。请先登记本级工会。")
    return found


def where(request: Request, *, children: bool = True) -> Where:
    """Read the place of a request. Raises NotFound outside the reader's scope, BadInput for a day that cannot be read."""
    code = request.GET.get("org", "")
    actor = request.actor
    union = closure.node(code) if code else home_of(request)
    if not actor.may(Perm.FIGURE_VIEW, union):
        raise NotFound()
    period = actor.memo[PERIOD] = selectors.period_current()
    day, chosen = day_of(request)
    above = [n for n in closure.trail(union, actor) if actor.may(Perm.FIGURE_VIEW, n)]
    below = shared.children(actor, union.pk, day) if children else []
    return Where(union, day, above, below, period, chosen)


def day_of(request: Request) -> tuple[date, bool]:
    text = request.GET.get("as_of", "").strip()
    if not text:
        return selectors.default_date(request.actor.memo), False
    try:
        day = date.fromisoformat(text)
    except ValueError as fault:
        raise BadInput("figures.bad_date", f"截止日“{text[:20]}”不是日期，请写成 2025-12-31。") from fault
    if day < EARLIEST:
        raise BadInput("figures.bad_date", f"截止日 {day} 太早，请选 {EARLIEST} 以后的日期。")
    return day, True


def frame(place: Where, name: str, **more: Any) -> dict[str, Any]:
    """What every page of figures shows above its numbers."""
    return {"place": place, "union": place.union, "as_of": place.as_of, "page_name": name, **more}


def month_ends(last: date, count: int = 12) -> list[date]:
    """The ends of the months up to a day, the day itself last."""
    out, first = [last], last.replace(day=1)
    while len(out) < count:
        end = first - timedelta(days=1)
        out.append(end)
        first = end.replace(day=1)
    return out[::-1]
