"""Pages of people (自然人页面): browsing the national codes, records that may be one person."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core.access import officer
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.core.http import Request, page_of, render
from gonghui.people import hooks, selectors, services
from gonghui.people.enums import Perm, TwinState
from gonghui.people.models import Code

SETS = {
    "area": "行政区划（GB/T 2260）", "industry": "行业（GB/T 4754）", "ethnic": "民族（GB/T 3304）", "education": "学历（GB/T 4658）", "political": "政治面貌（GB/T 4762）",
    "ownership": "经济类型（GB/T 12402）", "sex": "性别（GB/T 2261.1）",
}  # fmt: skip


@officer(Perm.CODE_VIEW)
@require_GET
def codes(request: Request) -> HttpResponse:
    """Browse a code set, withdrawn entries included (代码表)."""
    counts = dict(selectors.code_sets())
    chosen = request.GET.get("set") or next(iter(s for s in SETS if s in counts), "area")
    words = request.GET.get("q", "").strip()[:40]
    rows = Code.objects.filter(set=chosen).order_by("order", "code")
    if words:
        rows = rows.filter(Q(code__startswith=words) | Q(label__contains=words))
    tabs = [{"label": SETS.get(s, s), "url": f"?set={s}", "count": n, "current": s == chosen} for s, n in counts.items()]
    return render(
        request, "people/console/codes.html", {"page": page_of(request, rows, size=50), "tabs": tabs, "q": words, "chosen": chosen}
    )


@officer(Perm.PERSON_VIEW)
@require_GET
def twins(request: Request) -> HttpResponse:
    """Records that may be one person, side by side (疑似重复人员)."""
    state = "done" if request.GET.get("state") == "done" else "open"
    counts = {s: selectors.twin_list(actor=request.actor, state=s).count() for s in ("open", "done")}
    tabs = [
        {"label": label, "url": f"?state={s}", "count": counts[s], "current": s == state}
        for s, label in (("open", "待处理"), ("done", "已处理"))
    ]
    page = page_of(request, selectors.twin_list(actor=request.actor, state=state), size=10)
    told = hooks.stories(request.actor, [pk for t in page for pk in (t.first_id, t.second_id)])
    rows = [(t, [(label, words.get(t.first_id, ""), words.get(t.second_id, "")) for label, words in told.items()]) for t in page]
    context = {"page": page, "rows": rows, "tabs": tabs, "state": state, "may_merge": request.actor.may(Perm.PERSON_MERGE)}
    return render(request, "people/console/twins.html", context)


@officer(Perm.PERSON_MERGE)
@require_POST
def twins_scan(request: Request) -> HttpResponse:
    """Look again (重新查找)."""
    found = services.twins_scan(actor=request.actor)
    messages.success(request, f"找到 {found} 对新的线索。" if found else "没有找到新的线索。")
    return HttpResponseRedirect(reverse("people:twins"))


@officer(Perm.PERSON_MERGE)
@require_POST
def twin_decide(request: Request, pk: int) -> HttpResponse:
    """One person or two, or take the decision back (处理疑似重复人员)."""
    twin = selectors.twin_get(actor=request.actor, pk=pk)
    note, decision = request.POST.get("note", "")[:200], request.POST.get("decision", "")
    try:
        if decision == "reopen":
            services.twin_reopen(actor=request.actor, twin=twin, note=note)
            said = "处理已撤销，两条资料恢复原样。"
        elif decision in (TwinState.MERGED, TwinState.DISTINCT):
            keep = twin.second if request.POST.get("keep") == str(twin.second_id) else twin.first
            services.twin_decide(actor=request.actor, twin=twin, survivor=keep if decision == TwinState.MERGED else None, note=note)
            said = "两条资料已合并，可以撤销。" if decision == TwinState.MERGED else "已记为不是同一人，以后不再提示这一对。"
        else:
            raise RuleViolation("people.twin_decision", "请选“合并”或“不是同一人”。")
    except (RuleViolation, Conflict) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("people:twins"))
