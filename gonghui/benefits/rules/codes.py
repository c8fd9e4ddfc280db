"""Codes a person can read out and nobody can guess (券码)."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, O, 1, I, L."""
LENGTH = 12


def fresh() -> str:
    """Twelve letters of 31: about 59 bits from the system's random source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def typed(text: str) -> str:
    """What was typed or scanned, without blanks and dashes, in capitals; the end of a link counts too."""
    tail = text.strip().rstrip("/").rsplit("/", 1)[-1]
    return "".join(c for c in tail.upper() if c in ALPHABET)[:LENGTH]


def shown(code: str) -> str:
    """In groups of four."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def masked(code: str) -> str:
    """For lists of officers: the first and the last four."""
    return f"{code[:4]}****{code[-4:]}"
