"""The tree browser and a union's page (工会组织)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, numbers, page_of, render
from gonghui.orgs.enums import Perm, UnionKind
from gonghui.orgs.models import Certificate, Coverage, Lead, Union, UnionAccount
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors import approvers, duties, inner, terms, unions
from gonghui.orgs.web.console.common import tree

EVENT_LABELS = {
    "build": "成立", "rename": "更名", "move": "调整隶属", "mode": "变更建会方式", "kind": "变更类别", "stage": "变更阶段", "edit": "更正登记",
    "merged": "合并", "split": "分立", "dissolved": "撤销", "absorb": "并入", "lead": "登记第二领导关系", "lead_end": "终止第二领导关系",
    "term": "换届", "chair": "主席任职", "chair_end": "主席离任", "project": "变更工期", "season": "登记季节人数",
}  # fmt: skip


@officer(Perm.UNION_VIEW)
def union_tree(request: Request) -> HttpResponse:
    """The tree: one level at a time, children on demand; a search lists matches with their place."""
    words = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"q": words, "may_build": request.actor.may(Perm.UNION_BUILD), "today": clock.today()}
    if words:
        found = unions.union_search(actor=request.actor, words=words)
        page = page_of(request, found.select_related("parent"))
        return render(request, "orgs/console/unions.html", {**context, "page": page}, fragment="orgs/console/_found.html")
    if request.GET.get("orphans"):
        page = page_of(request, unions.orphans(request.actor).select_related("parent"))
        return render(request, "orgs/console/unions.html", {**context, "page": page, "orphans": True})
    opened = set(numbers(request.GET.get("open", "").split(",")))
    roots = [_branch(request, root, opened | {root.pk}, 0) for root in unions.roots(request.actor)]
    return render(request, "orgs/console/unions.html", {**context, "roots": roots}, fragment="orgs/console/_tree.html")


def _branch(request: Request, union: Union, opened: set[int], level: int) -> dict[str, Any]:
    """A node with its children when it is open. Without script the `open` list of the address says which are."""
    rows = unions.counted_children(actor=request.actor, union=union) if union.pk in opened else []
    return {
        "union": union, "open": union.pk in opened, "level": level, "count": len(rows),
        "children": [_branch(request, c, opened, level + 1) if c.pk in opened else {"union": c, "open": False, "level": level + 1, "children": []} for c in rows],
        "toggle": ",".join(str(p) for p in sorted(opened ^ {union.pk})),
    }  # fmt: skip


@officer(Perm.UNION_VIEW)
def union_branch(request: Request, pk: int) -> HttpResponse:
    """Children of one node, for htmx."""
    union = unions.union_get(actor=request.actor, pk=pk)
    rows = unions.counted_children(actor=request.actor, union=union)
    nodes = [{"union": c, "open": False, "children": []} for c in rows]
    return render(request, "orgs/console/_branch.html", {"nodes": nodes, "parent": union})


@officer(Perm.UNION_VIEW)
def union_options(request: Request) -> HttpResponse:
    """Suggestions for a field that names a union."""
    words = next((str(v) for v in request.GET.values() if str(v).strip()), "")
    rows = unions.union_search(actor=request.actor, words=words)[:12] if words else []
    return HttpResponse(format_html_join("", '<option value="{} {}"></option>', ((u.code, u.name) for u in rows)))


@officer(Perm.UNION_VIEW)
def union_page(request: Request, pk: int) -> HttpResponse:
    """One union: what is missing, the next duty, why; bodies, coverage, papers, history."""
    union = unions.union_get(actor=request.actor, pk=pk)
    today = clock.today()
    owed = duties.union_duties(union, today)
    actor = request.actor
    may = {
        name: actor.may(perm, union)
        for name, perm in (
            ("edit", Perm.UNION_EDIT),
            ("build", Perm.UNION_BUILD),
            ("move", Perm.UNION_MOVE),
            ("end", Perm.UNION_DISSOLVE),
            ("post", Perm.POST_EDIT),
            ("cover", Perm.COVERAGE_EDIT),
        )
    }
    above = list(unions.ancestors(union)) if union.ended_on is None else []
    shown = [a for a in above if actor.may(Perm.UNION_VIEW, a)]
    covered = Coverage.objects.filter(union=union, until=None).select_related("employer").order_by("employer__name")
    context = _inside(request, union) | {
        "union": union, "owed": owed, "slips": [(d, d.as_slip()) for d in owed.slips], "standing": terms.standing(union, today), "posts": terms.posts_on(union, today),
        "groups": union.groups.filter(until=None).select_related("leader"), "certificate": Certificate.objects.filter(union=union, cancelled_on=None).first(),
        "account": UnionAccount.objects.filter(union=union, until=None).first(), "leads": Lead.objects.filter(lower=union).select_related("upper").order_by("-since"),
        "coverages": covered[:50], "covered": covered.count(), "children": unions.counted_children(actor=actor, union=union)[:30],
        "events": [(EVENT_LABELS.get(e.kind, e.kind), e) for e in union.events.order_by("-on", "-pk")[:60]],
        "matters": union.matters.filter(state="open"), "may": may, "alive": union.ended_on is None, "above": shown,
        "trail": tree(*[(a.short_name or a.name, _url(a)) for a in shown], (union.name, "")),
    }  # fmt: skip
    return render(request, "orgs/console/union.html", context)


def _url(union: Union) -> str:
    return reverse("orgs:union", args=[union.pk])


def _inside(request: Request, union: Union) -> dict[str, Any]:
    """Sections only some kinds of union have: workshops, seasons, establishment, coverage area; and who approves."""
    found: dict[str, Any] = {"approver": approvers.approver_of(union.parent) if union.parent else None}
    if union.kind in rules.GRASSROOTS:
        found["work_units"] = [(u, inner.workshop_decision(u)) for u in inner.work_units(union)]
        found["has_units"] = union.ended_on is None
    if union.kind in {UnionKind.COOPERATIVE, UnionKind.HERDER}:
        found |= {"seasons": inner.seasons_of(union), "has_seasons": True, "management": inner.MANAGEMENT.get(union.management, "")}
    if union.kind == UnionKind.CITY_INDUSTRIAL:
        found["post_plan"] = next(iter(inner.establishments(actor=request.actor, only=union)), None)
    found["has_cover"] = union.kind in rules.FEDERATIONS | rules.JOINT
    found["approves"] = union.kind in approvers.approving_kinds()
    return found


@officer(Perm.UNION_VIEW)
def union_as_of(request: Request, pk: int) -> HttpResponse:
    """The union and its children as they stood on a day (某日的组织)."""
    union = unions.union_get(actor=request.actor, pk=pk)
    day = _day(request.GET.get("on", "")) or clock.today()
    state = unions.union_on(union, day)
    below = [(c, unions.union_on(c, day)) for c in unions.children_on(union, day).filter(unions.union_scope(request.actor))[:300]]
    above = [a for a in unions.ancestors(union, day) if request.actor.may(Perm.UNION_VIEW, a)]
    existed = union.founded_on <= day and (union.ended_on is None or union.ended_on > day)
    context = {
        "union": union, "day": day, "state": state, "below": below, "above": above, "existed": existed, "posts": terms.posts_on(union, day),
        "trail": tree((union.name, _url(union)), (f"{day} 的组织", "")),
    }  # fmt: skip
    return render(request, "orgs/console/as_of.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@officer(Perm.UNION_VIEW)
def union_chart(request: Request, pk: int) -> HttpResponse:
    """The structure on paper (组织架构表): two levels below the union."""
    union = unions.union_get(actor=request.actor, pk=pk)
    rows = Union.objects.filter(unions.union_scope(request.actor), path__startswith=union.path, ended_on=None, depth__lte=union.depth + 2)
    held = list(rows.order_by("path")[:600])
    chairs = terms.chairs_of([u.pk for u in held])
    lines = [{"union": u, "indent": u.depth - union.depth, "chair": chairs.get(u.pk, "")} for u in held]
    return render(request, "orgs/print/chart.html", {"union": union, "lines": lines, "today": clock.now(), "total": rows.count()})


@officer(Perm.UNION_VIEW)
def lapsed(request: Request) -> HttpResponse:
    """Unions whose term has run out: the red list (届满未换届). Source: P09."""
    rows = terms.lapsed(unions.union_visible(request.actor)).order_by("path")
    page = page_of(request, rows.select_related("parent"))
    last = terms.latest_of([u.pk for u in page])
    return render(request, "orgs/console/lapsed.html", {"page": page, "rows": [(u, last.get(u.pk)) for u in page], "today": clock.today()})
