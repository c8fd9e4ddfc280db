"""Words of figures (指标)."""

from __future__ import annotations

from enum import StrEnum


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    FIGURE_VIEW = "figures.figure.view"
    FIGURE_EXPORT = "figures.figure.export"
    REPORT_EDIT = "figures.report.edit"
    REPORT_RELEASE = "figures.report.release"
    REPORTED_EDIT = "figures.reported.edit"
