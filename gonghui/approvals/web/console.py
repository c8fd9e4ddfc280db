"""Console pages of approvals (待办、审批)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.approvals import kinds, selectors, services
from gonghui.approvals.enums import ApprovalState, Decision, Perm
from gonghui.approvals.forms import DecideForm, DelegationForm, InboxFilter, ListFilter, NoteForm
from gonghui.approvals.kinds import Item
from gonghui.approvals.models import Approval
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import Refusal, RuleViolation
from gonghui.core.http import Request, numbers, page_of, render


@officer()
def inbox(request: Request) -> HttpResponse:
    """Everything that waits for me (待办)."""
    return _inbox(request)


def _inbox(request: Request, status: int = 200, **more: Any) -> HttpResponse:
    items = selectors.inbox(request.actor)
    form = InboxFilter(request.GET or None, found={i.kind: i.label for i in items})
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    shown = [i for i in items if _matches(i, data)]
    context = {
        "form": form,
        "page": page_of(request, shown),
        "total": len(items),
        "any_bulk": any(i.bulk for i in shown),
        "now": clock.today(),
        **more,
    }
    return render(request, "approvals/console/inbox.html", context, status=status)


def _matches(item: Item, data: dict[str, Any]) -> bool:
    words, due, today = data.get("q", ""), data.get("due", ""), clock.today()
    if words and words not in item.title and words not in item.org:
        return False
    if data.get("kind") and item.kind != data["kind"]:
        return False
    if due == "none":
        return item.due is None
    last = {"overdue": today - timedelta(days=1), "today": today, "week": today + timedelta(days=7)}.get(due)
    return last is None or (item.due is not None and item.due <= last and (due != "today" or item.due == today))


@officer(Perm.APPROVAL_DECIDE)
@require_POST
def bulk(request: Request) -> HttpResponse:
    """Agree to the ticked ones (批量同意)."""
    pks = numbers(key.removeprefix("approval:") for key in request.POST.getlist("key") if key.startswith("approval:"))
    outcomes = services.approval_decide_many(actor=request.actor, pks=pks, opinion=request.POST.get("opinion", ""))
    return _inbox(request, outcomes=outcomes, done=sum(o.done for o in outcomes), skipped=[o for o in outcomes if not o.done])


@officer()
def history(request: Request) -> HttpResponse:
    """What I have decided (我办过的)."""
    return render(request, "approvals/console/history.html", {"page": page_of(request, selectors.decided_by(request.actor))})


@officer(Perm.APPROVAL_VIEW)
def listing(request: Request) -> HttpResponse:
    """All approvals in scope (审批台账)."""
    form = ListFilter(request.GET or None)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = selectors.approval_list(
        actor=request.actor, kind=data.get("kind", ""), state=data.get("state", ""), mine=data.get("mine", False)
    )
    return render(request, "approvals/console/list.html", {"form": form, "page": page_of(request, rows), "labels": kinds.labels()})


@officer()
def detail(request: Request, pk: int) -> HttpResponse:
    """One approval with its course (审批详情)."""
    return _detail(request, selectors.approval_get(actor=request.actor, pk=pk))


def _detail(request: Request, row: Approval, status: int = 200, form: DecideForm | None = None) -> HttpResponse:
    actor, step = request.actor, selectors.open_step(row)
    right = selectors.right_for(actor, row, step) if step is not None else False
    mine = selectors.made_by(actor, row)
    changed = row.state in {ApprovalState.PENDING, ApprovalState.APPROVED} and services.digest_of(row.kind, row.subject_id) != row.digest
    context = {
        "row": row,
        "label": kinds.handler(row.kind).label,
        "subject_url": kinds.handler(row.kind).url(row.subject_id),
        "steps": row.steps.select_related("decided_by", "on_behalf_of"),
        "open_step": step,
        "right": right,
        "behalf": None if isinstance(right, bool) else right.giver,
        "mine": mine,
        "changed": changed,
        "may_resubmit": mine and row.state in {ApprovalState.RETURNED, ApprovalState.WITHDRAWN, ApprovalState.VOIDED},
        "form": form or DecideForm(initial={"level": row.level, "round": row.round, "decision": Decision.APPROVE}),
    }
    return render(request, "approvals/console/detail.html", context, status=status)


@officer(Perm.APPROVAL_DECIDE)
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """Agree, refuse or return (办理)."""
    row, form = selectors.approval_get(actor=request.actor, pk=pk), DecideForm(request.POST)
    if not form.is_valid():
        return _detail(request, row, 422, form)
    row.level, row.round = form.cleaned_data["level"], form.cleaned_data["round"]
    try:
        done = services.approval_decide(
            actor=request.actor, approval=row, decision=form.cleaned_data["decision"], opinion=form.cleaned_data["opinion"]
        )
    except RuleViolation as fault:
        form.add_error("opinion", fault.message)
        return _detail(request, selectors.approval_get(actor=request.actor, pk=pk), 422, form)
    messages.success(request, f"已办：{done.title}，{Decision(form.cleaned_data['decision']).label}。")
    return HttpResponseRedirect(reverse("approvals:inbox"))


@officer()
@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take it back (撤回)."""
    row = selectors.approval_get(actor=request.actor, pk=pk)
    services.approval_withdraw(actor=request.actor, approval=row)
    messages.success(request, "已撤回，改好后可以重新送审。")
    return HttpResponseRedirect(reverse("approvals:detail", args=[pk]))


@officer()
@require_POST
def resubmit(request: Request, pk: int) -> HttpResponse:
    """Hand in again (重新送审)."""
    row, form = selectors.approval_get(actor=request.actor, pk=pk), NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    services.approval_resubmit(actor=request.actor, approval=row, note=note)
    messages.success(request, "已重新送审，从第一个环节开始。")
    return HttpResponseRedirect(reverse("approvals:detail", args=[pk]))


@officer()
@require_POST
def remind(request: Request, pk: int) -> HttpResponse:
    """Ask them to look at it (催办)."""
    told = services.approval_remind(actor=request.actor, approval=selectors.approval_get(actor=request.actor, pk=pk))
    messages.success(request, f"已提醒 {len(told)} 位能办的人。" if told else "现在没有人能办这一步，请联系安全管理员授权。")
    return HttpResponseRedirect(reverse("approvals:detail", args=[pk]))


@officer(Perm.DELEGATION_EDIT)
@require_http_methods(["GET", "POST"])
def delegations(request: Request) -> HttpResponse:
    """Delegations from and to me (委托)."""
    form = DelegationForm(request.POST or None)
    found: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = selectors.delegates(actor=request.actor, words=data["taker"])
        chosen = next((pk for pk, _ in found if pk == data["taker_id"]), found[0][0] if len(found) == 1 else None)
        if chosen is None:
            form.add_error("taker", "请在下面查到的人里选一位。" if found else f"没查到“{data['taker']}”，只能委托给同一条线上的干部。")
        elif _delegate(request, form, chosen):
            return HttpResponseRedirect(reverse("approvals:delegations"))
    rows = selectors.delegation_list(actor=request.actor)
    context = {"form": form, "rows": rows, "found": found, "today": clock.today(), "labels": kinds.labels()}
    return render(request, "approvals/console/delegations.html", context, status=422 if form.is_bound else 200)


def _delegate(request: Request, form: DelegationForm, taker: int) -> bool:
    data = form.cleaned_data
    try:
        services.delegation_give(
            actor=request.actor, taker_id=taker, since=data["since"], until=data["until"], reason=data["reason"], kind=data["kind"]
        )
    except Refusal as fault:
        form.add_error(None, fault.message)
        return False
    messages.success(request, "委托已生效。他办的每一件都会记下受您委托。")
    return True


@officer(Perm.DELEGATION_EDIT)
@require_POST
def delegation_revoke(request: Request, pk: int) -> HttpResponse:
    """End a delegation (撤销委托)."""
    services.delegation_revoke(actor=request.actor, pk=pk)
    messages.success(request, "委托已撤销。")
    return HttpResponseRedirect(reverse("approvals:delegations"))
