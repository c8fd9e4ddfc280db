"""REST API of the rule base (规则库接口): the same answers as the pages and `gonghui rules decide`."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from gonghui.core import clock
from gonghui.policy import selectors, services
from gonghui.policy.enums import Perm

router = Router(tags=["policy"])


class FactOut(Schema):
    """A fact a rule asks for."""

    name: str
    type: str
    unit: str
    meaning: str
    label: str
    optional: bool
    choices: dict[str, str] = {}


class RuleOut(Schema):
    """A rule with the facts it asks for."""

    key: str
    label: str
    kind: str
    question: str
    unit: str
    relevant_date: str
    facts: list[FactOut]
    refs: list[str]
    confidence: str


class DecideIn(Schema):
    """What to decide on: the legally relevant day, the place, the facts."""

    on: date | None = None
    at: str = "000000"
    facts: dict[str, int | str | bool | None] = {}


class UsedOut(Schema):
    """A rule version used."""

    key: str
    version: str
    source: str
    norm_level: str
    jurisdiction: str
    confidence: str


class DecisionOut(Schema):
    """The decision, as `gonghui rules decide --json` prints it."""

    key: str
    outcome: bool | str
    severity: str
    values: dict[str, Any]
    arithmetic: list[dict[str, Any]]
    rules: list[UsedOut]
    missing: list[str]
    nearest: dict[str, Any] | None


@router.get("/rules", response=list[RuleOut])
def rules(request: HttpRequest, area: str = "", text: str = "") -> list[dict[str, Any]]:
    """Rules with their facts."""
    _open(request)
    return [selectors.rule_dict(row.rule) for row in selectors.rule_list(area=area, text=text)]


@router.post("/rules/{key}/decide", response=DecisionOut)
def decide(request: HttpRequest, key: str, given: DecideIn) -> dict[str, Any]:
    """One decision from bare facts; nothing is stored."""
    _open(request)
    return services.decide(key, on=given.on or clock.today(), at=given.at, facts=given.facts).as_json()


@router.get("/slips/{public_id}", response=DecisionOut)
def slip(request: HttpRequest, public_id: str) -> dict[str, Any]:
    """A stored slip the reader may see."""
    row = selectors.slip_get(actor=request.actor, public_id=public_id)  # type: ignore[attr-defined]  # set by accounts.middleware
    body: dict[str, Any] = json.loads(row.body)
    return body


def _open(request: HttpRequest) -> None:
    request.actor.require(str(Perm.RULE_VIEW))  # type: ignore[attr-defined]  # set by accounts.middleware
