"""Every act in the audit chain has a Chinese word for the reader (审计动作的说法)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from gonghui.core import verbs

pytestmark = pytest.mark.engine_free
WRITTEN = re.compile(r"""audit\.(?:record|append)\(\s*[^,()]+(?:\([^()]*\))?,\s*"([a-z_.]+)\"""")


def written() -> set[str]:
    """Verbs written out in the code of the platform."""
    found: set[str] = set()
    for path in Path(settings.BASE_DIR).rglob("*.py"):
        if "tests" not in path.parts:
            found |= set(WRITTEN.findall(path.read_text(encoding="utf-8")))
    return found


def test_every_verb_has_a_word() -> None:
    found = written()
    assert len(found) > 80
    assert sorted(v for v in found if not verbs.act(v)) == [], "add the word to gonghui/core/verbs.py or with verbs.register"


def test_a_verb_reads_as_a_sentence() -> None:
    assert verbs.say("members.consent.given", "members.consent") == "授予 同意记录" or "同意" in verbs.say(
        "members.consent.given", "members.consent"
    )
    assert verbs.say("members.application.approved", "members.application").startswith("转为“已批准")
    assert verbs.say("nobody.knows.frobnicated") == "nobody.knows.frobnicated", "never an invented word"


def test_a_word_is_given_once() -> None:
    with pytest.raises(ValueError, match="重复"):
        verbs.register({"approved": "看错"})
