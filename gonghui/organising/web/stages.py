"""Stages and demonstration points (巩固提高、示范点)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import RuleViolation
from gonghui.core.http import Request, chips, faults, page_of, render
from gonghui.organising import forms
from gonghui.organising.enums import FollowState, Perm, Theme
from gonghui.organising.selectors import stages as reads
from gonghui.organising.services import stages as services
from gonghui.organising.web import common
from gonghui.orgs.enums import Stage
from gonghui.orgs.selectors import unions


@officer(Perm.CASE_VIEW)
@require_GET
def stages(request: Request) -> HttpResponse:
    """Unions by stage, with those that are stuck (先发展、后巩固、再提高)."""
    form = forms.StageFilter(request.GET, towns=common.towns(request))
    form.is_valid()
    data, stage = form.cleaned_data, request.GET.get("stage", "")
    rows = reads.staged(
        actor=request.actor,
        stage=stage,
        stuck=bool(data.get("stuck")),
        q=data.get("q", ""),
        union=common.chosen_town(request, data.get("union", "")),
    )
    counts = reads.stage_counts(request.actor)
    tabs = [{"label": "全部", "url": "?", "count": sum(counts.values()), "current": not stage}]
    tabs += [{"label": s.label, "url": f"?stage={s.value}", "count": counts.get(s.value, 0), "current": stage == s.value} for s in Stage]
    page = page_of(request, rows)
    context = {
        "form": form, "tabs": tabs, "page": page, "rows": [(u, reads.assess(u, clock.today())) for u in page], "chips": chips(request, form),
        "bars": [(s.label, counts.get(s.value, 0)) for s in Stage], "may": request.actor.may(Perm.STAGE_EDIT),
    }  # fmt: skip
    return render(request, "organising/console/stages.html", context)


@officer(Perm.CASE_VIEW)
@require_http_methods(["GET", "POST"])
def stage(request: Request, pk: int) -> HttpResponse:
    """One union held against the exit criteria; assess it (评定)."""
    union = unions.union_get(actor=request.actor, pk=pk, perm=Perm.CASE_VIEW)
    found = reads.assess(union, clock.today())
    form = forms.ReviewForm(request.POST or None)
    back = reverse("organising:stages")
    return common.act(
        request, form, lambda d: services.stage_review(actor=request.actor, union=union, activities=d.get("activities")), title=f"阶段评定：{union.name}",
        back=reverse("organising:stage", args=[pk]), said="已按记录评定。", action="按记录评定", template="organising/console/stage.html",
        trail=[("巩固提高", back)], union=union, found=found, slip=found.slip.as_slip() if found.slip is not None else None,
        reviews=reads.reviews_of(union), may=request.actor.may(Perm.STAGE_EDIT, union),
    )  # fmt: skip


@officer(Perm.POINT_VIEW)
@require_GET
def points(request: Request) -> HttpResponse:
    """Demonstration points and what they led to (示范点)."""
    theme, every = request.GET.get("theme", ""), bool(request.GET.get("all"))
    rows = reads.point_list(actor=request.actor, theme=theme, live=not every)
    tabs = [{"label": "全部", "url": "?", "current": not theme}]
    tabs += [{"label": t.label, "url": f"?theme={t.value}", "current": theme == t.value} for t in Theme]
    context = {"page": page_of(request, rows), "tabs": tabs, "may": request.actor.may(Perm.POINT_EDIT)}
    return render(request, "organising/console/points.html", context)


@officer(Perm.POINT_EDIT)
@require_http_methods(["GET", "POST"])
def point_new(request: Request) -> HttpResponse:
    """Name a point."""
    form = forms.PointForm(request.POST or None)

    def do(data: dict[str, Any]) -> Any:
        union = common.named_union(request, data.pop("union"))
        return services.point_name(actor=request.actor, union=union, **data)

    return common.act(
        request, form, do, title="命名示范点", back=reverse("organising:points"), said="已命名。", action="命名",
        to=lambda p: reverse("organising:point", args=[p.pk]), trail=[("示范点", reverse("organising:points"))],
    )  # fmt: skip


@officer(Perm.POINT_VIEW)
@require_http_methods(["GET", "POST"])
def point(request: Request, pk: int) -> HttpResponse:
    """One point: what it shows, who follows, what became of them."""
    row = reads.point_get(actor=request.actor, pk=pk)
    form = forms.FollowForm(request.POST or None)

    def do(data: dict[str, Any]) -> Any:
        try:
            who = {"union": common.named_union(request, data["who"])}
        except RuleViolation:
            who = {"employer": common.named_employer(request, data["who"])}
        return services.follower_add(actor=request.actor, point=row, **who)

    followers = reads.followers_of(row, request.actor)
    visits = list(row.visits.all())
    return common.act(
        request, form, do, title=str(row.union), back=reverse("organising:point", args=[pk]), said="已安排跟学。", action="安排跟学",
        template="organising/console/point.html", trail=[("示范点", reverse("organising:points"))], point=row, followers=followers,
        settle=forms.SettleForm(), visits=visits, visited=sum(v.people for v in visits), may_visit=request.actor.may(Perm.STAGE_EDIT, row.union),
        visit_form=forms.PointVisitForm(followers=_waiting(followers), prefix="v"), may=request.actor.may(Perm.STAGE_EDIT), may_end=request.actor.may(Perm.POINT_EDIT, row.union),
        done=sum(1 for f in followers if f.state == "adopted" or (f.employer is not None and f.employer.organised)),
    )  # fmt: skip


def _waiting(followers: list[Any]) -> list[tuple[str, str]]:
    """Followers who have not been there yet."""
    return [(str(f.pk), str(f.union or f.employer)) for f in followers if f.state == FollowState.ASSIGNED]


@officer(Perm.STAGE_EDIT)
@require_POST
def point_visit(request: Request, pk: int) -> HttpResponse:
    """A visit or on-site meeting was held (登记观摩、现场会)."""
    row = reads.point_get(actor=request.actor, pk=pk)
    followers = reads.followers_of(row, request.actor)
    form = forms.PointVisitForm(request.POST, followers=_waiting(followers), prefix="v")
    back = reverse("organising:point", args=[pk])
    if not form.is_valid():
        faults(request, form)
        return HttpResponseRedirect(back)
    data = dict(form.cleaned_data)
    came = set(data.pop("came", []))
    chosen = [f for f in followers if str(f.pk) in came]
    return common.told(
        request, lambda: services.point_visit(actor=request.actor, point=row, followers=chosen, **data), said="观摩已登记。", back=back
    )


@officer(Perm.STAGE_EDIT)
@require_POST
def settle(request: Request, pk: int) -> HttpResponse:
    """What became of a follower."""
    row = reads.follower_get(actor=request.actor, pk=pk)
    form = forms.SettleForm(request.POST)
    back = reverse("organising:point", args=[row.point_id])
    if not form.is_valid():
        return common.told(request, _bad, said="", back=back)
    return common.told(
        request, lambda: services.follower_settle(actor=request.actor, follower=row, **form.cleaned_data), said="结果已登记。", back=back
    )


def _bad() -> None:
    raise RuleViolation("organising.settle", "请选跟学结果。")


@officer(Perm.POINT_EDIT)
@require_POST
def point_end(request: Request, pk: int) -> HttpResponse:
    """No longer a point."""
    row = reads.point_get(actor=request.actor, pk=pk)
    back = reverse("organising:point", args=[pk])
    return common.told(
        request,
        lambda: services.point_end(actor=request.actor, point=row, reason=request.POST.get("reason", "")),
        said="已撤销。",
        back=back,
    )
