"""Masking by default (脱敏): names 张*, ID 6+4, phone 3+4, card last 4."""

from __future__ import annotations


def name(text: str) -> str:
    """张三丰 -> 张*丰 with three or more characters, 张三 -> 张*."""
    text = text.strip()
    if len(text) <= 1:
        return "*" if text else ""
    return text[0] + "*" if len(text) == 2 else text[0] + "*" * (len(text) - 2) + text[-1]


def id_number(text: str) -> str:
    """1507**********0017: four of the region and the last four."""
    return text if len(text) < 1 else text[:4] + "*" * max(len(text) - 8, 4) + text[-4:] if len(text) > 8 else "*" * len(text)


def phone(text: str) -> str:
    """138****2207."""
    return text[:3] + "****" + text[-4:] if len(text) >= 11 else "*" * len(text)


def card(text: str) -> str:
    """**** 1234."""
    return "**** " + text[-4:] if len(text) > 4 else "*" * len(text)
