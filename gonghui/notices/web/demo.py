"""The demo's SMS in clear (演示短信): exists only in demo mode."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gonghui.core.access import public
from gonghui.core.errors import NotFound
from gonghui.core.http import page_of, render
from gonghui.notices import selectors
from gonghui.notices.models import Sms


@public
def outbox(request: HttpRequest) -> HttpResponse:
    """What the phones of the demo city receive."""
    if not settings.DEMO:
        raise NotFound()
    page = page_of(request, Sms.objects.all())
    rows = [(sms, selectors.phone_of(sms), selectors.text_of(sms)) for sms in page]
    return render(request, "notices/demo_outbox.html", {"page": page, "rows": rows})
