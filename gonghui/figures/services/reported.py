"""Reported numbers: enter and import (上报数录入与导入)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, Refusal, RuleViolation
from gonghui.figures import definitions
from gonghui.figures.enums import Perm
from gonghui.figures.models import ReportedFigure
from gonghui.figures.rules import claims

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.selectors.closure import Node


@transaction.atomic
def reported_put(
    *,
    actor: Actor,
    union: Node,
    key: str,
    on: date,
    claimed: str,
    source: str,
    numerator: int | None = None,
    denominator: int | None = None,
) -> ReportedFigure:
    """Enter a number as it was claimed (录入上报数). It stands beside the counted one and changes nothing.

    Raises: NotPermitted; BadInput figures.claim_unread; RuleViolation figures.impossible_rate, figures.part_over_whole, figures.no_source; Conflict figures.reported_twice.
    """
    actor.require(Perm.REPORTED_EDIT, union)
    item = definitions.get(key)
    claim = _read(item, claimed)
    if not source.strip():
        raise RuleViolation("figures.no_source", "请填写上报数的出处，如“2025 年工作总结”。")
    _possible(claim, numerator, denominator)
    try:
        with transaction.atomic():
            row = ReportedFigure.objects.create(
                union_id=union.pk,
                key=key,
                on=on,
                claimed=claimed.strip(),
                numerator=numerator,
                denominator=denominator,
                source=source.strip(),
                by=actor.ref,
                recorded_at=clock.now(),
            )
    except IntegrityError as fault:
        raise Conflict("figures.reported_twice", f"“{source.strip()}”里 {on} 的{item.label}已经录入过。") from fault
    audit.record(actor, "figures.reported.entered", row, org_path=union.path, key=key, on=on, claimed=row.claimed, source=row.source)
    return row


def _read(item: definitions.Definition, claimed: str) -> claims.Claim:
    claim = claims.read(claimed)
    if claim is None:
        raise BadInput("figures.claim_unread", f"“{claimed}”读不出数。比率写成 98%，个数写成 4138。")
    if (claim.rate is not None) != (item.unit == "rate"):
        wanted = "比率，写成 98% 这样" if item.unit == "rate" else f"个数（{item.word}），写成 4138 这样"
        raise BadInput("figures.claim_unread", f"{item.label}应填{wanted}。")
    if claim.rate is not None and claim.rate > 1:
        raise RuleViolation("figures.over_whole", f"{item.label}写成了 {claimed}，超过 100%，请核对。")
    return claim


def _possible(claim: claims.Claim, numerator: int | None, denominator: int | None) -> None:
    if numerator is not None and denominator is not None and numerator > denominator:
        raise RuleViolation("figures.part_over_whole", f"分子 {numerator:,} 大于分母 {denominator:,}，请核对。")
    if claim.rate is None or denominator is None:
        return
    if fault := claims.impossible(claim, denominator):
        raise RuleViolation("figures.impossible_rate", fault, denominator=denominator)
    if numerator is not None and numerator not in claims.numerators(claim, denominator):
        raise RuleViolation(
            "figures.rate_mismatch", f"{numerator:,} ÷ {denominator:,} = {numerator / denominator:.2%}，和所报的比率不一致，请核对。"
        )


@transaction.atomic
def reported_import(*, actor: Actor, rows: Iterable[Mapping[str, Any]], union_of: Any) -> int:
    """Enter many claims at once, all or none (导入上报数). Each row: 组织代码、指标、截止日、上报值、分子、分母、出处.

    Raises: BadInput figures.import_refused with row, reason for every bad row; nothing is stored then.
    """
    errors, n = [], 0
    for number, row in enumerate(rows, 2):
        try:
            with transaction.atomic():
                reported_put(
                    actor=actor, union=union_of(str(row.get("组织代码") or "root").strip()), key=_key(str(row.get("指标", ""))), on=_day(row.get("截止日")), claimed=str(row.get("上报值", "")),
                    source=str(row.get("出处", "")), numerator=_int(row.get("分子")), denominator=_int(row.get("分母")),
                )  # fmt: skip
            n += 1
        except Refusal as refusal:
            errors.append({"row": number, "reason": refusal.message})
    if errors:
        raise BadInput("figures.import_refused", f"{len(errors)} 行有问题，改好后再导入；这次一行也没有存。", errors=errors)
    return n


def _key(text: str) -> str:
    """A key, or the label of one."""
    tidy = text.strip()
    named = {d.label: d.key for d in definitions.all_definitions().values() if not d.pattern}
    return named.get(tidy, tidy)


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError as fault:
        raise BadInput("figures.bad_date", f"截止日“{value}”不是日期，请写成 2025-12-31。") from fault


def _int(value: Any) -> int | None:
    text = str(value if value is not None else "").replace(",", "").strip()
    if not text:
        return None
    try:
        return int(float(text))
    except ValueError as fault:
        raise BadInput("figures.bad_number", f"“{value}”不是整数。") from fault
