"""Reads of funding projects (资金项目查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.treasury.enums import Perm
from gonghui.treasury.models import FundingProject

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def project_list(*, actor: Actor, q: str = "") -> QuerySet[FundingProject]:
    """Projects in scope, the latest first."""
    rows = FundingProject.objects.filter(actor.within(Perm.PROJECT_VIEW, "union")).select_related("union").prefetch_related("purchases")
    for word in q.split()[:4]:
        rows = rows.filter(Q(name__icontains=word) | Q(union__name__icontains=word))
    return rows.order_by("-begun_on", "-pk")


def project_get(*, actor: Actor, pk: int) -> FundingProject:
    """One project, or 404."""
    return get_object_or_404(project_list(actor=actor), pk=pk)
