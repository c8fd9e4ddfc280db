"""Keys of the rule base named elsewhere in the code exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from gonghui.policy import rules

ROOT = Path(settings.BASE_DIR)
NAME = r"([a-z]+\.[a-z_0-9]+(?:\.[a-z_0-9]+)?)"
CALLS = re.compile(rf"""(?:policy|services|policy_values)\.(?:value|decide|number|what_if)\(\s*["']{NAME}["']""")
DOCS = re.compile(rf"[Pp]olicy {NAME}(?=[\s.,;:（()]|$)")


def named(text: str) -> Iterator[str]:
    """Keys a module calls for or cites."""
    yield from CALLS.findall(text)
    for line in text.splitlines():
        if "Source:" in line:
            yield from (key.rstrip(".") for key in DOCS.findall(line))


def unknown(text: str) -> list[str]:
    live = rules.live().rules
    return [key for key in named(text) if key not in live and key.rpartition(".")[0] not in live]


def test_every_key_named_in_the_code_exists() -> None:
    found = {}
    for path in ROOT.rglob("*.py"):
        if (
            "tests" not in path.parts
            and "policy" not in path.relative_to(ROOT).parts[:1]
            and (bad := unknown(path.read_text(encoding="utf-8")))
        ):
            found[str(path.relative_to(ROOT))] = bad
    assert found == {}


def test_the_check_sees_a_key_that_does_not_exist() -> None:
    assert unknown('policy.value("orgs.no_such_rule", on=day)') == ["orgs.no_such_rule"]
    assert unknown('"""Text. Source: policy orgs.no_such_rule."""') == ["orgs.no_such_rule"]
    assert unknown('policy.value("members.card_days", on=day)') == []
