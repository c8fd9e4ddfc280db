"""Groups and activists on the console (小组、积极分子)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import Request, page_of, render, told, whole_number
from gonghui.files import services as files
from gonghui.members import forms
from gonghui.members.enums import Perm
from gonghui.members.models import Activist
from gonghui.members.selectors import activists as pool
from gonghui.members.selectors import groups as reads
from gonghui.members.selectors import members as member_reads
from gonghui.members.services import groups as services
from gonghui.members.services import rosters
from gonghui.members.web import common
from gonghui.orgs.enums import Perm as OrgPerm

PRINT_MOST = 2000


@officer(Perm.MEMBER_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """The groups of a union (工会小组、分会)."""
    union = common.union_of(request, required=True)
    context = {
        "union": union, "groups": reads.groups(union), "loose": reads.loose(union).count(), "may_post": request.actor.may(OrgPerm.POST_EDIT, union),
        "trail": common.trail((union.name, reverse("members:list") + f"?union={union.pk}"), ("工会小组", "")),
    }  # fmt: skip
    return render(request, "members/console/groups.html", context)


@officer(Perm.MEMBER_VIEW)
@require_http_methods(["GET", "POST"])
def group(request: Request, pk: int) -> HttpResponse:
    """A group: leader, filing, members, move (小组)."""
    row, status = reads.group_get(actor=request.actor, pk=pk), 200
    members = reads.group_members(row)
    choices = [(m.person_id, m.person.name) for m in members[:PRINT_MOST]]
    form = forms.GroupForm(request.POST or None, people=choices, initial={"leader": row.leader_id, "filed_on": row.filed_on})
    if request.method == "POST":
        request.actor.require(OrgPerm.POST_EDIT, row.union)
        status = 422
        if form.is_valid():
            try:
                leader = form.cleaned_data["leader"]
                services.group_filed(
                    actor=request.actor, group=row, leader_id=int(leader) if leader else None, filed_on=form.cleaned_data["filed_on"]
                )
                common.done(request, "组长和备案已登记。")
                return HttpResponseRedirect(reverse("members:union_group", args=[pk]))
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    if request.GET.get("print"):
        return render(request, "members/print/group.html", {"row": row, "people": members[:PRINT_MOST], "at": clock.now()})
    context = {
        "row": row, "form": form, "page": page_of(request, members, size=50), "others": [g for g in reads.groups(row.union) if g.pk != row.pk],
        "loose": reads.loose(row.union)[:200], "may_edit": request.actor.may(Perm.MEMBER_EDIT, row.union), "may_post": request.actor.may(OrgPerm.POST_EDIT, row.union),
        "trail": common.trail(("工会小组", reverse("members:groups") + f"?union={row.union_id}"), (row.name, "")),
    }  # fmt: skip
    return render(request, "members/console/group.html", context, status=status)


# -- activists ---------------------------------------------------------------------------------------------------


def _asked(request: Request) -> tuple[int, str, str]:
    year, q, rating = request.GET.get("year", ""), request.GET.get("q", "")[:30], request.GET.get("rating", "")
    chosen = wanted if 2000 <= (wanted := whole_number(year) or 0) <= clock.today().year else clock.today().year
    return chosen, q, rating if rating in (*pool.RATINGS, pool.NONE) else ""


@officer(Perm.MEMBER_VIEW)
@require_GET
def activists(request: Request) -> HttpResponse:
    """The pool of activists with hours and rating of a year (积极分子队伍)."""
    union = common.union_of(request, required=True)
    year, q, rating = _asked(request)
    page = page_of(request, pool.pool(request.actor, union, year=year, q=q, rating=rating))
    this = clock.today().year
    context = {
        "union": union, "page": page, "year": year, "q": q, "rating": rating, "years": [this - n for n in range(4)], "ratings": [*pool.RATINGS, pool.NONE],
        "purpose": forms.PurposeForm(), "may_export": request.actor.may(Perm.MEMBER_EXPORT, union), "query": request.GET.urlencode(),
        "trail": common.trail((union.name, reverse("members:list") + f"?union={union.pk}"), ("积极分子", "")),
    }  # fmt: skip
    return render(request, "members/console/activists.html", context)


@officer(Perm.MEMBER_EXPORT)
@require_POST
def activists_export(request: Request) -> HttpResponse:
    """Ask for the list as xlsx (导出积极分子名册)."""
    common.limited(request, "export", 30)
    union = common.union_of(request, required=True)
    year, q, rating = _asked(request)
    count = pool.pool(request.actor, union, year=year, q=q, rating=rating).count()
    args = {"union": union.pk, "year": year, "q": q, "rating": rating}
    row = files.export_start(request.actor, "members.activists", request.POST.get("purpose", ""), count, org_path=union.path, **args)
    return HttpResponseRedirect(reverse("files:export", args=[row.pk]))


@officer(Perm.MEMBER_VIEW)
@require_GET
def activist(request: Request, pk: int) -> HttpResponse:
    """One activist: tasks, hours by year, ratings (积极分子)."""
    row = pool.activist_get(actor=request.actor, pk=pk)
    deeds = list(row.deeds.order_by("-on", "-pk"))
    years: dict[int, dict[str, Any]] = {}
    for d in deeds:
        found = years.setdefault(d.rating_year or d.on.year, {"minutes": 0, "times": 0, "rating": ""})
        if d.rating_year:
            found["rating"] = d.rating
        else:
            found["minutes"], found["times"] = found["minutes"] + d.minutes, found["times"] + 1
    this = clock.today().year
    context = {
        "row": row, "deeds": [d for d in deeds if not d.rating_year], "years": sorted(years.items(), reverse=True), "deed": forms.DeedForm(), "rate_years": [this, this - 1],
        "ratings": pool.RATINGS, "may_edit": request.actor.may(Perm.ACTIVIST_EDIT, row.union) and row.until is None,
        "trail": common.trail(("积极分子", reverse("members:activists") + f"?union={row.union_id}"), (row.person.name, "")),
    }  # fmt: skip
    return render(request, "members/console/activist.html", context)


@officer(Perm.ACTIVIST_EDIT)
@require_POST
def activist_add(request: Request, pk: int) -> HttpResponse:
    """Register a member as activist (登记积极分子)."""
    spell = member_reads.member_get(actor=request.actor, pk=pk)
    skills = request.POST.get("skills", "")
    told(
        request,
        lambda: rosters.activist_add(actor=request.actor, union=spell.union, person=spell.person, skills=skills),
        "已登记为积极分子。",
    )
    return HttpResponseRedirect(reverse("members:activists") + f"?union={spell.union_id}")


@officer(Perm.ACTIVIST_EDIT)
@require_POST
def activist_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Work done, rating, end (登记工作、考评、退出)."""
    row = Activist.objects.filter(request.actor.within(Perm.ACTIVIST_EDIT, "union"), pk=pk).select_related("union").first()
    if row is None:
        raise NotFound()
    form, this = forms.DeedForm(request.POST), clock.today().year
    year = y if this - 1 <= (y := whole_number(request.POST.get("year", "")) or 0) <= this else this
    acts = {
        "deed": (lambda: rosters.activist_deed(actor=request.actor, activist=row, **form.cleaned_data), "已登记。"),
        "rate": (
            lambda: rosters.activist_rate(actor=request.actor, activist=row, year=year, rating=request.POST.get("rating", "")),
            "已登记考评。",
        ),
        "end": (lambda: rosters.activist_end(actor=request.actor, activist=row), "已退出。"),
    }
    if verb not in acts:
        raise NotFound()
    if verb == "deed" and not form.is_valid():
        common.refused(request, BadInput("members.deed", "请写明日期、工作和用时。"))
    else:
        told(request, *acts[verb])
    return common.back(request, "members:activist", pk)
