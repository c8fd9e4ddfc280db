"""Pure rules of coverage (覆盖): which forms exclude each other, which is the main one. Source: S012–S014, inventory §4.6."""

from __future__ import annotations

from gonghui.orgs.enums import CoverageForm

JOINT_FORMS = frozenset(f for f in CoverageForm if f.startswith("joint"))
BASE = frozenset({CoverageForm.SINGLE}) | JOINT_FORMS
"""An employer's grassroots union: its own or one joint union, never both."""

RANK = {CoverageForm.SINGLE: 0, **dict.fromkeys(JOINT_FORMS, 1), CoverageForm.SYSTEM: 2, CoverageForm.REGIONAL: 3, CoverageForm.INDUSTRY: 4}
"""Which coverage answers for the employer when several live side by side: the nearest union first."""


def group(form: str) -> str:
    """Forms of one group exclude each other: base (own or joint), system, regional, industry."""
    return "base" if form in BASE else str(form)


def clashes(form: str, live: list[str]) -> list[str]:
    """Live forms that a new coverage of this form would double."""
    return [f for f in live if group(f) == group(form)]


def outranks(form: str, main: str | None) -> bool:
    """Does a new coverage become the main one?"""
    return main is None or RANK[CoverageForm(form)] < RANK[CoverageForm(main)]
