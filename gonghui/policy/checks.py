"""Checks of the rule base: at start-up (`manage.py check`) and in `gonghui verify` (规则库核验)."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from gonghui.policy import examples, rules, services
from gonghui.policy.engine.records import PackError
from gonghui.policy.models import StoredDecision


@register()
def rule_files(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every fault of every rule file, by file and key."""
    try:
        rules.live()
    except PackError as fault:
        return [Error(text, id="policy.E001") for text in fault.faults]
    return []


def worked_cases() -> Generator[str, None, int]:
    """POL-01: the rules in use answer every worked case as worked out by hand."""
    every = examples.every()
    for key, case in every:
        for fault in examples.faults(rules.live(), key, case):
            yield f"{key}（{case['name']}）：{fault}。"
    return len(every)


def stored_slips() -> Generator[str, None, int]:
    """POL-02: every stored slip says what its columns and its input hash say."""
    n = 0
    for row in StoredDecision.objects.order_by("pk").iterator(chunk_size=1000):
        n += 1
        body = json.loads(row.body)
        outcome = {True: "true", False: "false"}.get(body["outcome"], "unknown")
        if services.input_hash(body) != row.input_hash or (body["key"], body["pack"], outcome) != (row.key, row.pack_hash, row.outcome):
            yield f"决定单 {row.public_id} 的内容与登记不符，可能被改动。"
    return n
