"""The rule base asked for a union (规则取值): at its place, with its own by-law values. One way for all apps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gonghui.core.errors import NotFound
from gonghui.orgs.models import Union
from gonghui.orgs.rules import tree
from gonghui.policy import services as policy
from gonghui.policy.services import Decision

NATION = "000000"


def place_of(union: Any) -> str:
    """The GB/T 2260 code whose rules hold for a union (适用区划): its own, else of the nearest above, else the nation."""
    path = getattr(union, "path", "") or ""
    own = getattr(union, "area", "") or ""
    if own or not path:
        return str(own)[:6] or NATION
    above = Union.objects.filter(path__in=tree.ancestors(path)).exclude(area="").order_by("-depth").values_list("area", flat=True).first()
    return str(above)[:6] if above else NATION


def decide(key: str, union: Any, on: date, facts: Mapping[str, Any]) -> Decision:
    """One decision at the union's place; `None` for a union stands for the nation. Raises as `policy.decide`."""
    return policy.decide(key, on=on, at=place_of(union), facts=facts, unit_path=getattr(union, "path", "") or "")


def decided(key: str, union: Any, on: date, facts: Mapping[str, Any]) -> Decision | None:
    """As `decide`, but None on days before any version was in force."""
    try:
        return decide(key, union, on, facts)
    except NotFound as fault:
        if fault.code != "policy.not_in_force":
            raise
        return None


def number(key: str, union: Any, on: date, default: int | None = None) -> int:
    """A whole number at the union's place; `default` on days before it was in force.

    Raises: NotFound for an unknown key, and policy.not_in_force without a default: no term is made up here.
    """
    try:
        return int(policy.value(key, on=on, at=place_of(union), unit_path=getattr(union, "path", "") or "").value)
    except NotFound as fault:
        if default is None or fault.code != "policy.not_in_force":
            raise
        return default


__all__ = ["NATION", "decide", "decided", "number", "place_of"]
