"""Values a unit fixes in its own by-laws (本单位规定值)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.policy import rules, selectors
from gonghui.policy.engine import run
from gonghui.policy.engine.records import PackError, Rule, plain
from gonghui.policy.enums import Perm
from gonghui.policy.models import LocalValue

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def local_value_set(
    *,
    actor: Actor,
    key: str,
    param: str,
    unit_path: str,
    unit_name: str,
    value: Any,
    since: date,
    source: str,
    article: str = "",
    until: date | None = None,
) -> LocalValue:
    """Enter a by-law value of a unit (录入本单位规定值).

    Args: param a parameter the rule opens to units (`local` in the file); value text like `6` or `1/2`; source the by-law.
    Raises: NotPermitted; NotFound policy.unknown_key; RuleViolation policy.not_local, policy.not_stricter; BadInput
    policy.bad_value; Conflict policy.local_exists.
    """
    actor.require(str(Perm.LOCAL_EDIT), unit_path)
    rule = selectors.rule_get(key)
    if param not in rule.local:
        names = "、".join(rule.local) or "没有"
        raise RuleViolation("policy.not_local", f"规则“{rule.label}”的 {param} 不由本单位规定（可由单位规定的：{names}）。")
    clause = clause_of(rule, param)
    new = _read(value)
    override = rule.local[param]
    if override == "tighten":
        _check_stricter(rule, clause, param, new, since)
    try:
        with transaction.atomic():
            row = LocalValue.objects.create(
                key=key, clause=clause, param=param, unit_path=unit_path, unit_name=unit_name, value=plain(new), override=override,
                since=since, until=until, source=source, article=article, entered_by=actor.ref, entered_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("policy.local_exists", "同一天生效的本单位规定值已经录入，请先停用原来的。") from fault
    audit.record(actor, "policy.local.set", row, org_path=unit_path, key=key, param=param, new=plain(new), source=source, since=since)
    return row


@transaction.atomic
def local_value_end(*, actor: Actor, pk: int, last_day: date) -> LocalValue:
    """Put a by-law value out of force; it keeps standing for days before (停用本单位规定值).

    Raises: NotFound; NotPermitted; RuleViolation policy.local_dates.
    """
    row = LocalValue.objects.select_for_update().filter(actor.within_path(str(Perm.RULE_VIEW), "unit_path"), pk=pk).first()
    if row is None:
        raise NotFound()
    actor.require(str(Perm.LOCAL_EDIT), row.unit_path)
    if last_day < row.since - timedelta(days=1):
        raise RuleViolation("policy.local_dates", f"失效日期 {last_day} 早于生效日期 {row.since}，请核对。")
    old, row.until = row.until, max(last_day, row.since)
    row.save(update_fields=["until"])
    audit.record(actor, "policy.local.ended", row, org_path=row.unit_path, key=row.key, old=old, new=row.until)
    return row


def clause_of(rule: Rule, param: str) -> str:
    """The clause a parameter belongs to."""
    if param == "value":
        return rule.clauses[0].key
    return next(v.clause for v in rule.versions if param in v.params)


def _read(value: Any) -> Any:
    text = str(value).strip()
    try:
        return int(text) if text.lstrip("-").isdigit() else rules.exact(text)
    except (PackError, ValueError, ZeroDivisionError) as fault:
        raise BadInput("policy.bad_value", f"值 {text} 读不出来，请填整数，或像 1/2 这样的分数。") from fault


def _check_stricter(rule: Rule, clause: str, param: str, new: Any, since: date) -> None:
    try:
        found = run.value(rules.live(), rule.key if param == "value" else f"{rule.key}.{param}", on=since)
    except run.NotInForce:
        return  # no national figure: the figure of the place is compared when the rule is decided
    way = rule.clause(clause).tighter.get(param, "lower")
    if isinstance(new, str) or (new > found.value if way == "lower" else new < found.value):
        side = "不高于" if way == "lower" else "不低于"
        raise RuleViolation("policy.not_stricter", f"本单位只能定得更严：须{side} {plain(found.value)}（{found.source}）。")
