"""Pages of people (自然人页面): browsing the national codes."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gonghui.core.access import officer
from gonghui.core.http import Request, page_of, render
from gonghui.people import selectors
from gonghui.people.enums import Perm
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
    return render(request, "people/console/codes.html", {"page": page_of(request, rows, size=50), "tabs": tabs, "q": words, "chosen": chosen})
