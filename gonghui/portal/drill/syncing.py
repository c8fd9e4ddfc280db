"""Drill of field work (同步演练): the server is killed while it receives, the phone sends everything unanswered again; each act counts once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from django.apps import apps
from django.db import transaction

from gonghui.accounts.enums import Role
from gonghui.accounts.services import grants
from gonghui.core import clock
from gonghui.fieldwork.services import acts, devices
from gonghui.portal.drill.ground import id_number, system

Facts = Mapping[str, Any]
Say = Callable[[Mapping[str, Any]], None]
BASE = 500_000
INVARIANTS = ("AUD-01", "FLD-01", "FLD-02", "FLD-03", "MEM-01")
BLOCKS = ("operation", "mood", "hardship", "migrants")
SIGNATURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"


def model(label: str) -> Any:
    """Tables are looked at raw here."""
    return apps.get_model(label)._default_manager


def _phone(facts: Facts) -> tuple[Any, Any]:
    """The organiser and the phone, the same in every round."""
    user = facts["officers"]["town"]
    device = model("fieldwork.Device").filter(user_id=user).first()
    if device is None:
        grants.grant_give(
            actor=system(), user=model("accounts.User").get(pk=user), role=Role.ORGANISER, org_path=facts["paths"]["town"], reason="演练"
        )
        device = devices.device_register(actor=_organiser(user), name="演练").device
    return _organiser(user), device


def _organiser(user: int) -> Any:
    from gonghui.accounts import selectors

    return selectors.actor_by_id(user)


def _act(facts: Facts, n: int) -> dict[str, Any]:
    """The n-th act of the phone, always the same: a visit, a card, a request for help, an application."""
    firms = list(model("orgs.Employer").order_by("pk").values_list("pk", flat=True)[:2])
    made = datetime(2026, 1, 5, 10, tzinfo=clock.SHANGHAI).isoformat()
    raw: dict[str, Any] = {
        "uid": hashlib.sha256(f"drill-{n}".encode()).hexdigest()[:32],
        "seq": n + 1,
        "base": 0,
        "made": made,
        "employer": firms[n % 2],
    }
    kind = ("visit", "card", "help", "join")[n % 4]
    fields: dict[str, Any] = {
        "visit": {"state": "done", "visited_on": "2026-01-05", "outcome": "interested", "note": f"演练 {n}"},
        "card": {BLOCKS[n // 4 % 4]: f"演练 {n}"},
        "help": {"words": f"演练 {n}"},
        "join": {
            "name": f"演练{BASE + n}", "id_number": id_number(BASE + n), "agree": True, "signature": SIGNATURE, "kind": "regular",
            "union": facts["unions"][n % 2],
        },
    }[kind]  # fmt: skip
    return {
        **raw,
        "kind": kind,
        "key": f"drill-visit-{n // 8}" if kind == "visit" else "six" if kind == "card" else "",
        "fields": fields,
        "files": {},
    }


def work(facts: Facts, book: dict[str, Any], say: Say) -> None:
    """First everything not answered last time, again, and the last answered one once more; then fresh acts."""
    actor, device = _phone(facts)
    _warm(actor, device, facts)
    unanswered = sorted(int(k) for k in book["begun"].keys() - book["done"].keys())
    repeated = [max((int(k) for k in book["done"]), default=-1)]
    for n in [*unanswered, *(k for k in repeated if k >= 0)]:
        _send(actor, device, facts, n, say)
    for n in count(book["start"]):
        _send(actor, device, facts, n, say)


def _warm(actor: Any, device: Any, facts: Facts) -> None:
    """One act of each kind taken in and taken back, so that the kill meets the work and not the start of the process."""
    with transaction.atomic():
        for n in range(10**6, 10**6 + 4):
            acts.receive_all(actor=actor, device=device, acts=[_act(facts, n)])
        transaction.set_rollback(True)


def _send(actor: Any, device: Any, facts: Facts, n: int, say: Say) -> None:
    say({"what": "begun", "key": n, "n": n})
    told = acts.receive_all(actor=actor, device=device, acts=[_act(facts, n)])[0]
    if told["state"] == "refused":
        raise AssertionError(told)
    say({"what": "done", "key": n, "n": n})


def check(facts: Facts, book: dict[str, Any]) -> Iterator[str]:
    """What was answered is there once; what was cut off is there once or not at all."""
    received = list(model("fieldwork.Act").values_list("uid", flat=True))
    helps = list(model("fieldwork.HelpRequest").values_list("words", flat=True))
    joins = list(model("fieldwork.OnSiteJoin").values_list("uid", flat=True))
    edits = list(model("fieldwork.Edit").exclude(device="").values_list("uid", flat=True))
    for key in book["begun"]:
        sent = _act(facts, int(key))
        times = received.count(sent["uid"])
        if times > 1 or (key in book["done"] and times != 1):
            yield f"第 {key} 件收到 {times} 次"
        effect = {
            "help": helps.count(f"演练 {key}"),
            "join": joins.count(sent["uid"]),
            "card": sum(1 for e in edits if e.startswith(sent["uid"])),
            "visit": sum(1 for e in edits if e == f"{sent['uid']}:note"),
        }[sent["kind"]]
        if effect != times:
            yield f"第 {key} 件（{sent['kind']}）收到 {times} 次，效果 {effect} 次"
