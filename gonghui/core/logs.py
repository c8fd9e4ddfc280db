"""Operators' log (运行日志): personal numbers are masked before a line leaves the process; one event is one line."""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime

from gonghui.core import mask
from gonghui.core.clock import SHANGHAI

_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])|(?<!\d)\d{15}(?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{16}(?:\d{3})?(?!\d)")


def scrub(text: str) -> str:
    """The same text with ID, phone and card numbers masked."""
    text = _ID.sub(lambda m: mask.id_number(m[0]), text)
    text = _CARD.sub(lambda m: mask.card(m[0]), text)
    return _PHONE.sub(lambda m: mask.phone(m[0]), text)


class MaskFilter(logging.Filter):
    """Masks the rendered message, exception text included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(record.getMessage()), None
        if record.exc_info:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        return True


class LineFormatter(logging.Formatter):
    """One JSON object a line: no line break of an attacker makes a second event."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_text or record.exc_info:
            event["error"] = record.exc_text or scrub(self.formatException(record.exc_info))  # type: ignore[arg-type]  # checked above
        return json.dumps(event, ensure_ascii=False)
