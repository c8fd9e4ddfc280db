"""Checksums of licence numbers (证照号校验): warn, never reject. Source: DESIGN §2, regulations IDN."""

from __future__ import annotations

import re

from stdnum.cn import uscc

FULL_WIDTH = {i: i - 0xFEE0 for i in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def clean_number(raw: str) -> str:
    """A licence number without spaces, full-width signs and leading apostrophe, in capitals."""
    return re.sub(r"[\s\-'’]", "", raw.translate(FULL_WIDTH)).upper()


def licence_ok(number: str) -> bool:
    """Does the number carry a right check digit: 18-character credit code, or 15-digit registration number?"""
    if len(number) == 18:
        return bool(uscc.is_valid(number))
    return len(number) == 15 and number.isdigit() and _mod_11_10(number)


def _mod_11_10(digits: str) -> bool:
    """ISO 7064 hybrid MOD 11,10, as in 15-digit registration numbers (工商注册号)."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (product + int(digits[-1])) % 10 == 1
