"""Local figures (当地标准): entered with their source, ended, never changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict
from gonghui.spending.enums import FigureKind, Perm
from gonghui.spending.models import LocalFigure

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

CODE = 6


@transaction.atomic
def figure_set(
    *, actor: Actor, union: Any, kind: str, area: str, amount_fen: int, since: date, source: str, until: date | None = None
) -> LocalFigure:
    """Enter an amount of a place with where it is written (录入当地标准). A figure the rule base holds goes before it.

    Raises: NotPermitted; BadInput spending.bad_figure; Conflict spending.figure_exists.
    """
    actor.require(Perm.FIGURE_EDIT, union)
    if amount_fen <= 0 or not source.strip() or len(area) != CODE or not area.isdigit() or (until and until < since):
        raise BadInput("spending.bad_figure", "请填六位区划代码、大于零的金额、依据的文件，失效日期不早于生效日期。")
    try:
        with transaction.atomic():
            row = LocalFigure.objects.create(
                union=union, kind=FigureKind(kind), area=area, amount_fen=amount_fen, since=since, until=until, source=source.strip()[:120],
                made_by=actor.ref, made_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("spending.figure_exists", "同一天起的这项标准已经录入，请先停用原来的。") from fault
    audit.record(actor, "spending.figure.set", row, org_path=union.path, kind=kind, area=area, new=amount_fen, source=source[:120])
    return row


@transaction.atomic
def figure_end(*, actor: Actor, figure: LocalFigure, last_day: date) -> LocalFigure:
    """Put a figure out of force (停用标准); it keeps standing for days before."""
    row = LocalFigure.objects.select_for_update(of=("self",)).select_related("union").get(pk=figure.pk)
    actor.require(Perm.FIGURE_EDIT, row.union)
    if last_day < row.since:
        raise BadInput("spending.bad_figure", f"失效日期早于生效日期 {row.since}，请核对。")
    LocalFigure.objects.filter(pk=row.pk).update(until=last_day)
    row.until = last_day
    audit.record(actor, "spending.figure.ended", row, org_path=row.union.path, new=last_day)
    return row
