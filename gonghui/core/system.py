"""The administrator's page of the platform's health (运行状况) and `/healthz`."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from gonghui.core import audit, health, jobs, verify
from gonghui.core.access import officer, public
from gonghui.core.http import page_of, render
from gonghui.core.models import Job, JobState

VIEW = "accounts.system.view"  # registered by accounts, a layer above; the kernel knows it by name only


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive and able to read (无数据): `ok` or 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("busy", status=503, content_type="text/plain", headers={"Retry-After": "5", "Cache-Control": "no-store"})
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


@officer(VIEW)
def system(request: HttpRequest) -> HttpResponse:
    """Health of the platform (运行状况)."""
    return render(request, "core/system.html", {**health.overview(), "checks": verify.checks()})


@officer(VIEW)
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs (后台任务), by state."""
    state = request.GET.get("state", "")
    rows = Job.objects.order_by("-pk")
    if state in JobState.values:
        rows = rows.filter(state=state)
    counts: dict[str, int] = health.queue()["counts"]
    tabs: list[dict[str, Any]] = [{"label": "全部", "url": "?", "count": sum(counts.values()), "current": state not in JobState.values}]
    tabs += [
        {"label": s.label, "url": f"?state={s}", "count": counts.get(s, 0), "current": state == s}
        for s in JobState
        if counts.get(s) or state == s
    ]
    return render(request, "core/jobs.html", {"page": page_of(request, rows), "tabs": tabs})


@officer(VIEW)
@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed job again (重新排队)."""
    return _move(request, pk, jobs.retry, "core.job.retried", "已重新排队。", "这个任务不在失败或停下的状态。")


@officer(VIEW)
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job (取消任务)."""
    return _move(request, pk, jobs.cancel, "core.job.cancelled", "已取消。", "这个任务已经结束，不用取消。")


@officer(VIEW)
@require_POST
def verify_now(request: HttpRequest) -> HttpResponse:
    """Queue a verification now (立即核验)."""
    actor: Any = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
    with transaction.atomic():
        job = jobs.enqueue(actor, health.VERIFY, "核验全部数据")
        audit.record(actor, "core.verify.asked", job)
    messages.success(request, "已排队核验，做完后刷新本页就能看到结果。")
    return HttpResponseRedirect(reverse("core:system"))


def _move(request: HttpRequest, pk: int, move: Any, verb: str, said: str, refused: str) -> HttpResponse:
    job = get_object_or_404(Job, pk=pk)
    with transaction.atomic():
        moved = move(job)
        if moved:
            audit.record(request.actor, verb, job, org_path=job.org_path)  # type: ignore[attr-defined]  # set by accounts.middleware
    (messages.success if moved else messages.warning)(request, said if moved else refused)
    return HttpResponseRedirect(reverse("core:jobs"))
