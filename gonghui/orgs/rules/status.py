"""Pure rules of the employer's status (经营状态): which steps there are, what each needs. Source: S002."""

from __future__ import annotations

from collections.abc import Mapping

from gonghui.orgs.enums import WRITTEN_OFF, EmployerStatus

LIVE = frozenset(set(EmployerStatus) - set(WRITTEN_OFF))
"""Statuses in which the employer stays on the books (在册)."""

_OFF: set[str] = set(WRITTEN_OFF)
STEPS: Mapping[str, set[str]] = {
    EmployerStatus.NORMAL: {EmployerStatus.SEASONAL, EmployerStatus.STOPPED, EmployerStatus.RESTRUCTURED} | _OFF,
    EmployerStatus.SEASONAL: {EmployerStatus.NORMAL, EmployerStatus.STOPPED, EmployerStatus.RESTRUCTURED} | _OFF,
    EmployerStatus.STOPPED: {EmployerStatus.NORMAL, EmployerStatus.SEASONAL, EmployerStatus.RESTRUCTURED} | _OFF,
    EmployerStatus.RESTRUCTURED: {EmployerStatus.NORMAL, EmployerStatus.STOPPED} | _OFF,
    **{status: set() for status in WRITTEN_OFF},
}
"""A written-off employer leaves the books; only undoing a wrong write-off brings it back (`employer_write_off_undo`)."""

NEEDS_REVIEW = frozenset({EmployerStatus.SEASONAL, EmployerStatus.STOPPED})
"""Statuses that must be looked at again on a day: resume of the season, deregistration of the stopped."""


def bridge(opening: int, new: int, written_off: Mapping[str, int]) -> int:
    """Closing number of the period bridge (期末数): opening + new − written off by reason. F04: 4232 + 43 − 137 = 4138."""
    strangers = set(written_off) - {str(s) for s in WRITTEN_OFF}
    if strangers:
        raise ValueError(f"核减原因 {sorted(strangers)} 不在七类里")
    return opening + new - sum(written_off.values())
