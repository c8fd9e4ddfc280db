"""Invariants of cases on the live data (建会核验)."""

from __future__ import annotations

from collections.abc import Generator

from django.db.models import F

from gonghui.organising.enums import CaseKind, CaseState
from gonghui.organising.models import Applicant, Case, CaseStep

BUILT = [CaseState.FILING, CaseState.SETUP, CaseState.DONE]


def steps_whole() -> Generator[str, None, int]:
    """BLD-01: every case has exactly one running step, and it is the case's state."""
    running = dict(CaseStep.objects.filter(until=None).values_list("case_id", "state"))
    checked = 0
    for pk, number, state in Case.objects.order_by("pk").values_list("pk", "number", "state"):
        checked += 1
        if running.get(pk) != state:
            yield f"建会事项 {number} 的环节是“{state}”，经过里记的是“{running.get(pk, '没有')}”。"
    return checked


def built_stands() -> Generator[str, None, int]:
    """BLD-02: a building case past approval has its union, with number and day."""
    rows = Case.objects.filter(kind=CaseKind.BUILD, state__in=[str(s) for s in BUILT])
    for case in rows.filter(union=None):
        yield f"建会事项 {case.number} 已批准，却没有对应的工会。"
    for case in rows.filter(result_no=""):
        yield f"建会事项 {case.number} 已批准，却没有批准文号。"
    return rows.count()


def nobody_lost() -> Generator[str, None, int]:
    """BLD-03: who signed to join a union that stands has an application, or has left the list himself."""
    rows = Applicant.objects.filter(
        case__kind=CaseKind.BUILD, case__state__in=[str(s) for s in BUILT], left_at=None, signed_at__isnull=False
    )
    for row in rows.filter(application=None, case__steps__state=CaseState.FILING, case__steps__reason="").select_related("case").distinct():
        yield f"建会事项 {row.case.number} 的申请人 {row.pk} 没有转成入会申请，也没有说明。"
    return rows.count()


def nobody_approves_own() -> Generator[str, None, int]:
    """BLD-04: no approval of a case was given by who made it."""
    from gonghui.approvals.selectors import approval_list
    from gonghui.organising.follow import SYSTEM

    rows = approval_list(actor=SYSTEM).filter(kind__startswith="organising.", state="approved")
    for row in rows.filter(steps__decided_by_id=F("maker_id"), maker_id__isnull=False).distinct():
        yield f"审批 {row.pk}（{row.title}）由送审人自己批准。"
    return rows.count()


CHECKS = [
    ("BLD-01", "建会事项的环节与经过一致", steps_whole),
    ("BLD-02", "批准成立的都有工会和文号", built_stands),
    ("BLD-03", "签名入会的一个不漏", nobody_lost),
    ("BLD-04", "没有自己批自己", nobody_approves_own),
]
