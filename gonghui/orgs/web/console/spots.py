"""Blank spots, coverage map, duplicates (空白点、覆盖图、疑似重复)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from gonghui.accounts import selectors as accounts
from gonghui.accounts.enums import Role
from gonghui.core import clock, menu
from gonghui.core.access import officer
from gonghui.core.http import Request, numbers, page_of, render
from gonghui.orgs import services
from gonghui.orgs.enums import BlindKind, Perm, SpotState
from gonghui.orgs.forms import employers as forms
from gonghui.orgs.models import Union
from gonghui.orgs.rules import cards, likeness
from gonghui.orgs.selectors import employers, reports, spots, unions
from gonghui.orgs.web.console.common import act, chip_links, post_only, towns


def _filtered(request: Request) -> tuple[forms.SpotFilter, Any]:
    form = forms.SpotFilter(request.GET, towns=towns(request, Perm.SPOT_VIEW))
    form.is_valid()
    data = form.cleaned_data
    union = unions.union_get(actor=request.actor, pk=int(data["union"]), perm=Perm.SPOT_VIEW) if data.get("union") else None
    rows = spots.spot_list(
        actor=request.actor, state=request.GET.get("state", ""), mine=bool(data.get("mine")), q=data.get("q", ""), union=union,
        overdue=bool(data.get("overdue")), sort=request.GET.get("sort", ""), reason=request.GET.get("reason", ""),
    )  # fmt: skip
    return form, rows


def _organisers(request: Request) -> list[tuple[int, str]]:
    """Organisers of the reader's place and of those below it."""
    ids = accounts.users_with_role_below(Role.ORGANISER, request.actor.home)
    names = accounts.names_of({f"user:{pk}" for pk in ids})
    return [(pk, names.get(f"user:{pk}", str(pk))) for pk in ids]


def _named(page: Any) -> list[dict[str, Any]]:
    names = accounts.names_of({f"user:{s.organiser_id}" for s in page if s.organiser_id})
    today = clock.today()
    return [
        {
            "spot": s,
            "reason": cards.NO_UNION_REASONS.get(s.reason, s.reason),
            "days": (today - s.since).days,
            "organiser": names.get(f"user:{s.organiser_id}", "") if s.organiser_id else "",
        }
        for s in page
    ]


@officer(Perm.SPOT_VIEW)
def spot_list(request: Request) -> HttpResponse:
    """Open blank spots, the oldest first."""
    form, rows = _filtered(request)
    counts, state = spots.spot_counts(actor=request.actor), request.GET.get("state", "")
    tabs = [{"label": "全部", "url": "?", "count": sum(counts.values()), "current": not state}]
    tabs += [
        {"label": s.label, "url": f"?state={s.value}", "count": counts.get(s.value, 0), "current": state == s.value}
        for s in SpotState
        if s != SpotState.BUILT
    ]
    page = page_of(request, rows)
    may_assign = request.actor.may(Perm.SPOT_EDIT) and request.actor.may(Perm.EMPLOYER_STATUS)
    context = {
        "form": form, "tabs": tabs, "page": page, "rows": _named(page), "chips": chip_links(request, form), "may_assign": may_assign,
        "organisers": _organisers(request) if may_assign else [], "query": request.GET.urlencode(), "today": clock.today(),
    }  # fmt: skip
    return render(request, "orgs/console/spots.html", context)


@officer(Perm.SPOT_VIEW)
def spot_print(request: Request) -> HttpResponse:
    """The list on paper for a round of visits."""
    _form, rows = _filtered(request)
    return render(request, "orgs/print/spots.html", {"rows": _named(rows[:500]), "total": rows.count(), "today": clock.now()})


@officer(Perm.SPOT_EDIT)
@require_POST
def spot_assign(request: Request) -> HttpResponse:
    """Give the ticked spots to an organiser."""
    chosen = spots.spots_by_pk(actor=request.actor, pks=numbers(request.POST.getlist("pk")))
    organiser = request.POST.get("organiser", "")
    known = {str(pk) for pk, _name in _organisers(request)}
    back = reverse("orgs:spots") + "?" + request.POST.get("query", "")
    if not chosen or organiser not in known:
        messages.error(request, "请先勾选空白点，再选工建指导员。")
        return HttpResponseRedirect(back)
    return post_only(
        request,
        lambda: services.spot_assign(actor=request.actor, spots=chosen, organiser_id=int(organiser)),
        said=f"已指派 {len(chosen)} 个空白点。",
        back=back,
    )


@officer(Perm.SPOT_EDIT)
def spot_record(request: Request, pk: int) -> HttpResponse:
    """What came of a visit."""
    spot = spots.spot_get(actor=request.actor, pk=pk)
    initial = {f: getattr(spot, f) for f in ("state", "reason", "planned_form", "next_visit", "next_step")}
    employer = spot.employer
    lead = f"{employer.address or '地址未登记'}；职工 {employer.headcount if employer.headcount is not None else '未知'} 人；自 {spot.since} 起没有工会。"
    return act(
        request, forms.SpotForm, do=lambda d: services.spot_record(actor=request.actor, spot=spot, **d), title=f"走访登记：{employer.name}",
        said="走访结果已登记。", back=reverse("orgs:spots"), lead=lead, initial=initial, trail=[("空白点", reverse("orgs:spots"))],
    )  # fmt: skip


@officer(Perm.SPOT_VIEW)
def coverage_map(request: Request) -> HttpResponse:
    """Coverage by town and by industry: rank and list say more than a drawing."""
    lines = spots.map_by_town(actor=request.actor)
    trades = spots.map_by_industry(actor=request.actor)
    total, covered = sum(line.total for line in lines), sum(line.covered for line in lines)
    worst = max(lines, key=lambda line: line.missing, default=None)
    return render(
        request,
        "orgs/console/map.html",
        {"lines": sorted(lines, key=lambda x: -x.missing), "trades": trades, "total": total, "covered": covered, "worst": worst},
    )


@officer(Perm.SPOT_VIEW)
def blind(request: Request) -> HttpResponse:
    """Workers whom no union can act for, by category (维权盲点). Source: S003."""
    rows = reports.blind(actor=request.actor)
    totals, kind = reports.blind_totals(rows), request.GET.get("kind", "")
    tabs = [{"label": "全部", "url": "?", "count": sum(totals.values()), "current": not kind}]
    tabs += [{"label": k.label, "url": f"?kind={k.value}", "count": totals[k.value], "current": kind == k.value} for k in BlindKind]
    page = Paginator([r for r in rows if not kind or r.kind == kind], 50).get_page(request.GET.get("page"))
    return render(request, "orgs/console/blind.html", {"page": page, "tabs": tabs, "total": sum(totals.values())})


@officer(Perm.SPOT_VIEW)
def reasons(request: Request) -> HttpResponse:
    """Why there is no union yet, by frequency, and whom to organise first (未建原因、重点名单). Source: S003, S005."""
    found, unknown = reports.reasons(actor=request.actor)
    context = {
        "rows": found, "unknown": unknown, "targets": reports.targets(actor=request.actor), "bars": [(r.label, r.spots) for r in found],
        "finding": f"{found[0].label}最多，{found[0].spots} 家" if found else "",
    }  # fmt: skip
    return render(request, "orgs/console/reasons.html", context)


@officer(Perm.EMPLOYER_VIEW)
def diversity_report(request: Request) -> HttpResponse:
    """The four diversities by town (四个多样化). Source: S039."""
    lines = reports.diversity(actor=request.actor)
    axis = request.GET.get("axis", "identity")
    label, words = cards.DIVERSITY.get(axis, cards.DIVERSITY["identity"])
    axis = axis if axis in cards.DIVERSITY else "identity"
    tabs = [{"label": name, "url": f"?axis={key}", "current": key == axis} for key, (name, _w) in cards.DIVERSITY.items()]
    rows = [(line, [line.words[axis].get(word, 0) for word in words]) for line in lines]
    context = {
        "rows": rows,
        "heads": list(words.values()),
        "tabs": tabs,
        "label": label,
        "described": sum(x.described for x in lines),
        "total": sum(x.employers for x in lines),
    }
    return render(request, "orgs/console/diversity.html", context)


@officer(Perm.EMPLOYER_VIEW)
def duplicate_list(request: Request) -> HttpResponse:
    """The inbox of proposed pairs, side by side."""
    state, kind = request.GET.get("state", "open"), request.GET.get("kind", "")
    rows = employers.duplicate_list(actor=request.actor, state=state, kind=kind)
    counts = menu.tallied(request.actor, {key: employers.duplicate_list(actor=request.actor, state=key) for key in ("open", "done")})
    tabs = [
        {
            "label": label,
            "url": f"?state={key}",
            "count": counts[key],
            "current": state == key,
        }
        for key, label in (("open", "待处理"), ("done", "已处理"))
    ]
    page = page_of(request, rows, size=10)
    context = {
        "page": page, "tabs": tabs, "kinds": likeness.KIND_LABELS.items(), "kind": kind, "state": state, "labels": likeness.KIND_LABELS,
        "may_merge": request.actor.may(Perm.EMPLOYER_MERGE), "rows": [(d, likeness.KIND_LABELS[d.kind]) for d in page],
    }  # fmt: skip
    return render(request, "orgs/console/duplicates.html", context)


@officer(Perm.EMPLOYER_EDIT)
@require_POST
def duplicate_scan(request: Request) -> HttpResponse:
    """Look for pairs in the reader's own scope."""
    org = Union.objects.filter(path=request.actor.home).first() or unions.union_of_code("root")
    return post_only(
        request,
        lambda: services.duplicates_scan(actor=request.actor, org=org),
        said="查找完成，新发现的已列在下面。",
        back=reverse("orgs:duplicates"),
    )


@officer(Perm.EMPLOYER_MERGE)
@require_POST
def duplicate_decide(request: Request, pk: int) -> HttpResponse:
    """Merge, link, or mark as two."""
    pair = employers.duplicate_get(actor=request.actor, pk=pk)
    decision, keep = request.POST.get("decision", ""), request.POST.get("keep", "")
    survivor = {str(pair.first_id): pair.first, str(pair.second_id): pair.second}.get(keep)
    words = {
        "merged": "已归并，可以撤销。",
        "linked": "已并为一家，证照都登在保留的单位下，可以撤销。",
        "distinct": "已标为不是同一家，以后不再提示。",
    }
    return post_only(
        request,
        lambda: services.duplicate_decide(
            actor=request.actor, duplicate=pair, decision=decision, survivor=survivor, reason=request.POST.get("reason", "")
        ),
        said=words.get(decision, "已处理。"),
        back=reverse("orgs:duplicates"),
    )


@officer(Perm.EMPLOYER_MERGE)
@require_POST
def duplicate_reopen(request: Request, pk: int) -> HttpResponse:
    """Take a decision back."""
    pair = employers.duplicate_get(actor=request.actor, pk=pk)
    reason = request.POST.get("reason", "") or "重新核对"
    return post_only(
        request,
        lambda: services.duplicate_reopen(actor=request.actor, duplicate=pair, reason=reason),
        said="已撤销，两家恢复原样。",
        back=reverse("orgs:duplicates") + "?state=done",
    )
