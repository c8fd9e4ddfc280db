"""Documents in the sweep (文书的扫描部件): the copies are issued by the apps above."""

from __future__ import annotations

ARGS = {
    "documents:template.key": "=organising.request",
    "documents:template_new.key": "=organising.request",
    "documents:template_activate.key": "=organising.request",
    "documents:template_activate.number": "=999",
    "documents:check_code.code": "=QANOSUCHCODE",
    "documents:pk": "documents.Archive",
}

UNREACHED = {"documents:check_code", "documents:pack", "documents:template_activate"}
"""Addresses that ask for a later step, a pass or a code the small world does not hold; their own tests open them."""
