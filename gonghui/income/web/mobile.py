"""Worker page (职工端): my dues."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gonghui.core.access import worker
from gonghui.core.errors import NotPermitted
from gonghui.core.http import Request, render
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import dues


@worker
@require_GET
def mine(request: Request) -> HttpResponse:
    """What I owe and paid, and how it is worked out (我的会费)."""
    if request.actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    items, base, paid = dues.mine(request.actor.person_id)
    context = {
        "items": [(i, Period(i.listing.since, i.listing.months).label) for i in items], "base": base, "paid": paid, "owed": sum(i.owed_fen for i in items),
        "year": sum(i.paid_fen for i in items if items and i.listing.since.year == items[0].listing.since.year), "last": items[0] if items else None,
    }  # fmt: skip
    return render(request, "income/mobile/dues.html", context)
