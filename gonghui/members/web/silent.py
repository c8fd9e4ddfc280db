"""Employers that seem to have stopped (疑似停产未注销)."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, page_of, render
from gonghui.members.selectors import silent as reads
from gonghui.members.web import common
from gonghui.orgs.enums import Perm


@officer(Perm.EMPLOYER_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """The list to visit, with the rule that made it."""
    page = page_of(request, reads.silent_employers(actor=request.actor))
    context = {"page": page, "months": reads.silent_months(clock.today()), "trail": common.trail(("疑似停产未注销", ""))}
    return render(request, "members/console/silent.html", context)
