"""Delivery of files and my exports (下载、我的导出)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect

from gonghui.core.access import officer, signed_in
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, download, page_of, render
from gonghui.files import selectors, services, store
from gonghui.files.enums import Perm

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@signed_in
def open_file(request: Request, mark: str) -> HttpResponse:
    """A file by its short-lived link: saved, never shown; sandboxed in case a browser shows it all the same."""
    file = services.file_opened(request.actor, mark)
    response = download(store.read(file.place), file.name, file.kind)
    response["Content-Security-Policy"] = SANDBOX
    return response


@officer(Perm.EXPORT_START)
def exports(request: Request) -> HttpResponse:
    """My exports (我的导出)."""
    return render(request, "files/console/exports.html", {"page": page_of(request, selectors.export_list(actor=request.actor))})


@officer(Perm.EXPORT_START)
def export_state(request: Request, pk: int) -> HttpResponse:
    """How far one export is; whoever may approve it sees what is asked, the file stays with the asker."""
    row = selectors.export_seen(actor=request.actor, pk=pk)
    context = {"export": row, "mine": row.user_id == request.actor.user_id}
    return render(request, "files/console/export.html", context, fragment="files/console/_export_progress.html")


@officer(Perm.EXPORT_START)
def export_download(request: Request, pk: int) -> HttpResponse:
    """To the file, by a fresh link."""
    row = selectors.export_get(actor=request.actor, pk=pk)
    if row.file is None or row.state != "ready":
        raise NotFound()
    return HttpResponseRedirect(services.file_link(request.actor, row.file))
