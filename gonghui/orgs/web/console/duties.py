"""What is due in the reader's scope (期限提醒)."""

from __future__ import annotations

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpResponse

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, render
from gonghui.orgs.enums import Perm
from gonghui.orgs.selectors.obligations import LABELS, obligations


@officer(Perm.POST_EDIT, Perm.UNION_EDIT, Perm.SPOT_EDIT)
def obligation_list(request: Request) -> HttpResponse:
    """All that is due or late, the earliest first, by kind."""
    rows = obligations(actor=request.actor)
    kind = request.GET.get("kind", "")
    counts = Counter(row.kind for row in rows)
    tabs = [{"label": "全部", "url": "?", "count": len(rows), "current": not kind}]
    tabs += [{"label": label, "url": f"?kind={key}", "count": counts[key], "current": kind == key} for key, label in LABELS.items()]
    shown = [row for row in rows if not kind or row.kind == kind]
    page = Paginator(shown, 50).get_page(request.GET.get("page"))
    late = sum(1 for row in rows if row.late)
    return render(
        request, "orgs/console/obligations.html", {"page": page, "tabs": tabs, "late": late, "total": len(rows), "today": clock.today()}
    )
