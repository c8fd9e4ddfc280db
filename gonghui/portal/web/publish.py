"""Pages of publishing and experience (发布与经验页面)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from gonghui.core.access import officer, public
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, page_of, render
from gonghui.orgs.selectors import closure
from gonghui.orgs.selectors.closure import Node
from gonghui.portal import forms, services
from gonghui.portal.enums import Perm
from gonghui.portal.models import Experience
from gonghui.portal.selectors import publish


def _own(request: Request, perm: str) -> Node:
    """The union the reader writes for: `?org=`, else the widest of the scope."""
    code = request.GET.get("org", "")
    found = closure.node(code) if code else closure.node_by_path(min(request.actor.paths(perm), key=len))
    if found is None:
        raise NotFound()
    request.actor.require(perm, found)
    return found


def _node(pk: int) -> Node:
    found = closure.node_by_pk(pk)
    if found is None:
        raise NotFound()
    return found


@public
def news(request: Request) -> HttpResponse:
    """What the union publishes, for everybody who may read it."""
    archived = request.GET.get("state") == "archive"
    context = {"page": page_of(request, publish.news(request.actor, archived=archived)), "archived": archived}
    return render(request, "portal/news.html", context)


@public
def news_item(request: Request, pk: int) -> HttpResponse:
    return render(request, "portal/news_item.html", {"item": publish.news_get(actor=request.actor, pk=pk)})


@officer(Perm.PUBLISH_EDIT)
def publications(request: Request) -> HttpResponse:
    return render(request, "portal/console/publications.html", {"page": page_of(request, publish.publication_list(actor=request.actor))})


@officer(Perm.PUBLISH_EDIT)
def publication_new(request: Request) -> HttpResponse:
    union, form = _own(request, Perm.PUBLISH_EDIT), forms.PublicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = services.publication_write(actor=request.actor, union=union, **form.cleaned_data)
        return redirect("portal:publication", pk=row.pk)
    return render(
        request, "portal/console/publication_edit.html", {"form": form, "union": union}, status=422 if request.method == "POST" else 200
    )


@officer(Perm.PUBLISH_EDIT, Perm.PUBLISH_APPROVE)
def publication(request: Request, pk: int) -> HttpResponse:
    row = publish.publication_get(actor=request.actor, pk=pk)
    return render(request, "portal/console/publication.html", {"item": row, "may_edit": request.actor.may(Perm.PUBLISH_EDIT, row.union)})


@officer(Perm.PUBLISH_EDIT)
@require_POST
def publication_submit(request: Request, pk: int) -> HttpResponse:
    row = publish.publication_get(actor=request.actor, pk=pk)
    services.publication_submit(actor=request.actor, publication=row, union=_node(row.union_id))
    return redirect("portal:publication", pk=pk)


@officer(Perm.PUBLISH_EDIT)
@require_POST
def publication_archive(request: Request, pk: int) -> HttpResponse:
    row = publish.publication_get(actor=request.actor, pk=pk)
    services.publication_archive(actor=request.actor, publication=row, union=_node(row.union_id))
    return redirect("portal:publication", pk=pk)


@officer(Perm.EXPERIENCE_VIEW)
def experiences(request: Request) -> HttpResponse:
    tag, q = request.GET.get("tag", "")[:12], request.GET.get("q", "").strip()[:40]
    context = {
        "page": page_of(request, publish.experience_list(tag=tag, q=q)),
        "tags": publish.tags(),
        "tag": tag,
        "q": q,
        "may_edit": request.actor.may(Perm.EXPERIENCE_EDIT),
    }
    return render(request, "portal/console/experiences.html", context)


@officer(Perm.EXPERIENCE_EDIT)
def experience_new(request: Request) -> HttpResponse:
    union, form = _own(request, Perm.EXPERIENCE_EDIT), forms.ExperienceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        point = closure.node(data["point"]) if data["point"] else None
        services.experience_add(
            actor=request.actor, union=union, title=data["title"], summary=data["summary"], tags=data["tags"].split(), point=point
        )
        return redirect("portal:experiences")
    return render(
        request, "portal/console/experience_new.html", {"form": form, "union": union}, status=422 if request.method == "POST" else 200
    )


@officer(Perm.EXPERIENCE_VIEW)
@require_POST
def experience_adopt(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(Experience, pk=pk)
    services.experience_adopt(
        actor=request.actor, experience=row, union=_own(request, Perm.EXPERIENCE_VIEW), note=request.POST.get("note", "")
    )
    return redirect("portal:experiences")
