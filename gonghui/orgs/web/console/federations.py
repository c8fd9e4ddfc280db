"""A federation's desk: covered employers, representatives, agreements and congress sessions on file (联合会). Source: S012, S013."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, chips, download, page_of, render, tabs_of
from gonghui.files import services as files
from gonghui.orgs import services
from gonghui.orgs.enums import Perm
from gonghui.orgs.forms import federations as forms
from gonghui.orgs.models import Union
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors import federations, terms, unions
from gonghui.orgs.web.console.common import act, tree


def _federation(request: Request, pk: int) -> Union:
    """A federation or joint union the reader may see, or 404."""
    union = unions.union_get(actor=request.actor, pk=pk)
    if union.kind not in rules.FEDERATIONS | rules.JOINT:
        raise NotFound("orgs.not_federation", f"{union.name}不是联合会，没有这一页。")
    return union


def _at(union: Union) -> str:
    return reverse("orgs:federation", args=[union.pk])


def _on(union: Union) -> dict[str, Any]:
    return {"back": _at(union), "trail": tree((union.name, reverse("orgs:union", args=[union.pk])), ("联合会工作", _at(union)))}


def _covered(request: Request, union: Union) -> tuple[forms.CoveredFilter, date, Any]:
    form = forms.CoveredFilter(request.GET)
    form.is_valid()
    day = form.cleaned_data.get("on") or clock.today()
    return form, day, federations.covered_on(union, day, form.cleaned_data.get("q", ""))


@officer(Perm.UNION_VIEW)
@require_GET
def federation(request: Request, pk: int) -> HttpResponse:
    """What a federation covers, who speaks for it, what it has signed and called (联合会工作)."""
    union = _federation(request, pk)
    form, day, rows = _covered(request, union)
    page = page_of(request, rows)
    context = {
        "union": union, "form": form, "chips": chips(request, form), "day": day, "page": page, "rows": federations.beside(list(page), day),
        "counts": federations.counts(union, day), "posts": terms.posts_on(union, day), "alive": union.ended_on is None,
        "agreements": federations.agreement_list(actor=request.actor, union=union)[:20], "congresses": federations.congress_list(actor=request.actor, union=union),
        "may": request.actor.may(Perm.AGREEMENT_EDIT, union), "may_post": request.actor.may(Perm.POST_EDIT, union), "trail": _on(union)["trail"],
    }  # fmt: skip
    return render(request, "orgs/console/federation.html", context)


@officer(Perm.UNION_VIEW)
@require_GET
def covered_export(request: Request, pk: int) -> HttpResponse:
    """The covered employers of the day as workbook."""
    union = _federation(request, pk)
    _form, day, rows = _covered(request, union)
    content = services.covered_export(actor=request.actor, union=union, on=day, rows=federations.beside(list(rows), day))
    return download(content, f"{union.name}覆盖单位_{day}.xlsx", XLSX)


@officer(Perm.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def agreement_new(request: Request, pk: int) -> HttpResponse:
    """File a signed agreement."""
    union = _federation(request, pk)

    def do(data: dict[str, Any]) -> Any:
        request.actor.require(Perm.AGREEMENT_EDIT, union)
        upload = data.pop("file")
        file = files.file_store(request.actor, upload=upload, purpose="orgs.agreement", org_path=union.path) if upload else None
        return services.agreement_record(actor=request.actor, union=union, file=file, **data)

    return act(
        request, forms.AgreementForm, do=do, title="登记协议", said="协议已登记。", action="登记协议", initial={"signed_on": clock.today()},
        notes=["协议约束所列的单位；单位要在签订那天由本联合会覆盖。期满前系统按规则提醒续签。"], union=union,
        to=lambda a: reverse("orgs:agreement", args=[a.pk]), **_on(union),
    )  # fmt: skip


@officer(Perm.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def congress_new(request: Request, pk: int) -> HttpResponse:
    """File a session of the workers' congress."""
    union = _federation(request, pk)

    def do(data: dict[str, Any]) -> Any:
        request.actor.require(Perm.AGREEMENT_EDIT, union)
        upload = data.pop("minutes")
        minutes = files.file_store(request.actor, upload=upload, purpose="orgs.congress", org_path=union.path) if upload else None
        return services.cluster_congress_record(actor=request.actor, union=union, minutes=minutes, **data)

    return act(
        request,
        forms.CongressForm,
        do=do,
        title="登记区域（行业）职代会",
        said="会议已登记。",
        action="登记会议",
        initial={"on": clock.today()},
        **_on(union),
    )


@officer(Perm.UNION_VIEW)
@require_GET
def agreement_list(request: Request) -> HttpResponse:
    """All agreements in scope, those that end first on top (区域、行业协议)."""
    form, data = _agreements(request)
    states = federations.state_counts(actor=request.actor, q=data["q"], kind=data["kind"])
    page = page_of(request, federations.agreement_list(actor=request.actor, **data))
    tabs = tabs_of(request, [(key, label, states.get(key)) for key, label in federations.STATES.items()])
    shown = [c for c in chips(request, form) if not c["label"].startswith("状态")]
    return render(request, "orgs/console/agreements.html", {"page": page, "form": form, "tabs": tabs, "chips": shown})


def _agreements(request: Request) -> tuple[forms.AgreementFilter, dict[str, Any]]:
    form = forms.AgreementFilter(request.GET)
    form.is_valid()
    return form, {name: form.cleaned_data.get(name, "") for name in ("q", "kind", "state")}


@officer(Perm.UNION_VIEW)
@require_GET
def agreement_export(request: Request) -> HttpResponse:
    """The list as workbook, what the filters show."""
    rows = federations.agreement_list(actor=request.actor, **_agreements(request)[1])
    return download(services.agreements_export(actor=request.actor, rows=rows), f"区域行业协议_{clock.today()}.xlsx", XLSX)


@officer(Perm.UNION_VIEW)
@require_GET
def agreement(request: Request, pk: int) -> HttpResponse:
    """One agreement with the employers it binds and whether it is as long as the law wants."""
    row = federations.agreement_get(actor=request.actor, pk=pk)
    decision = federations.term_decision(row)
    page = page_of(request, row.bound.select_related("employer").order_by("employer__name", "pk"))
    context = {
        "row": row, "page": page, "slip": decision.as_slip() if decision else None, "outcome": decision.outcome if decision else None,
        "may": request.actor.may(Perm.AGREEMENT_EDIT, row.union) and row.state in {"live", "soon"},
        "trail": [*_on(row.union)["trail"], (str(row), "")], "may_paper": row.file_id is not None,
    }  # fmt: skip
    return render(request, "orgs/console/agreement.html", context)


@officer(Perm.UNION_VIEW)
@require_GET
def agreement_file(request: Request, pk: int) -> HttpResponse:
    """The text of an agreement."""
    return _open(request, federations.agreement_get(actor=request.actor, pk=pk).file)


@officer(Perm.UNION_VIEW)
@require_GET
def congress_minutes(request: Request, pk: int) -> HttpResponse:
    """The minutes of a session."""
    return _open(request, federations.congress_get(actor=request.actor, pk=pk).minutes)


def _open(request: Request, file: Any) -> HttpResponse:
    if file is None:
        raise NotFound()
    return HttpResponseRedirect(files.file_link(request.actor, file, granted=True))


@officer(Perm.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def agreement_end(request: Request, pk: int) -> HttpResponse:
    """End an agreement before its day."""
    row = federations.agreement_get(actor=request.actor, pk=pk, perm=Perm.AGREEMENT_EDIT)
    on = _on(row.union) | {"back": reverse("orgs:agreement", args=[pk])}
    return act(
        request, forms.AgreementEndForm, do=lambda d: services.agreement_end(actor=request.actor, agreement=row, **d), title="提前终止协议",
        said="协议已终止。", action="终止协议", lead=f"{row}，{row.signed_on} 签订，{row.valid_until} 期满。", initial={"on": clock.today()}, **on,
    )  # fmt: skip
