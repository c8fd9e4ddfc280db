"""No cell of an export starts a formula (防公式注入): one rule for xlsx and csv. Source: assurance F7, R32, fault 34."""

from __future__ import annotations

import re

DANGEROUS = frozenset("=+-@\t\r＝＋－＠")
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?\Z", re.ASCII)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00a0\u3000 \x00\n\x0b\x0c"


def escape(text: str) -> str:
    """A text that no spreadsheet takes for a formula. `unescape` gives it back exactly; plain numbers stay as they are."""
    bare = text.lstrip(INVISIBLE)
    first = bare[:1] or text[:1]
    if (first in DANGEROUS and not NUMBER.match(text)) or text.startswith("'"):
        return "'" + text
    return text


def unescape(text: str) -> str:
    """The text before `escape`. A leading apostrophe that `escape` would not have written stays."""
    return text[1:] if text.startswith("'") and escape(text[1:]) == text else text
