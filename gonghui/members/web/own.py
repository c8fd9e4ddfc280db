"""One's own timeline on the phone (我的经历, S051): everything on record, whoever recorded it."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gonghui.core.access import worker
from gonghui.core.http import Request, page_of, render, tabs_of
from gonghui.members.selectors import members as reads
from gonghui.members.selectors import timeline as lines
from gonghui.members.web.mobile import _person


@worker
@require_GET
def timeline(request: Request) -> HttpResponse:
    """My timeline, newest first, by kind."""
    person, kind = _person(request), request.GET.get("line", "")
    spells, jobs = reads.history(person.pk)
    shown = lines.kinds(request.actor, person, None, notes=True)
    rows = lines.timeline(actor=request.actor, person=person, spells=spells, jobs=jobs, notes=True, kind=kind)
    tabs = tabs_of(request, [("", "全部", None), *[(key, label, None) for key, label in shown.items()]], name="line")
    return render(request, "members/mobile/timeline.html", {"page": page_of(request, rows, size=30), "tabs": tabs})
