"""Pages of the ledger (单位底册)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, download, page_of, render
from gonghui.orgs import services
from gonghui.orgs.enums import CoverageForm, Perm
from gonghui.orgs.forms import employers as forms
from gonghui.orgs.models import Employer
from gonghui.orgs.rules import cards, likeness
from gonghui.orgs.selectors import employers, unions
from gonghui.orgs.web.console.common import act, chip_links, industries, ledger, post_only, towns

COLUMNS = (
    "单位编号",
    "单位名称",
    "证照号",
    "单位性质",
    "行业",
    "经营状态",
    "责任工会",
    "已建会",
    "职工数",
    "农民工数",
    "地址",
    "负责人",
    "列入底册日期",
    "核减日期",
)


def _filtered(request: Request) -> tuple[forms.EmployerFilter, Any]:
    form = forms.EmployerFilter(request.GET, towns=towns(request), industries=industries(request))
    form.is_valid()
    data = form.cleaned_data
    union = unions.union_get(actor=request.actor, pk=int(data["union"])) if data.get("union") else None
    rows = employers.employer_list(
        actor=request.actor,
        state=request.GET.get("state", ""),
        q=data.get("q", ""),
        union=union,
        sort=request.GET.get("sort", ""),
        sector=data.get("sector"),
        status=data.get("status"),
        industry=data.get("industry"),
    )
    return form, rows


@officer(Perm.EMPLOYER_VIEW)
def employer_list(request: Request) -> HttpResponse:
    """The ledger with tabs, filters and chips."""
    form, rows = _filtered(request)
    state, counts = request.GET.get("state", ""), employers.state_counts(actor=request.actor)
    tabs = [
        {"label": label, "url": f"?state={key}", "count": counts[key], "current": key == state}
        for key, (label, _c) in employers.STATES.items()
    ]
    context = {
        "form": form, "tabs": tabs, "page": page_of(request, rows), "chips": chip_links(request, form), "clear": f"?state={state}",
        "query": request.GET.urlencode(), "may_edit": request.actor.may(Perm.EMPLOYER_EDIT), "may_export": request.actor.may(Perm.EMPLOYER_EXPORT),
        "may_import": request.actor.may(Perm.EMPLOYER_IMPORT), "names": dict(industries(request)),
    }  # fmt: skip
    return render(request, "orgs/console/employers.html", context, fragment="orgs/console/_employers.html")


@officer(Perm.EMPLOYER_VIEW)
def employer_print(request: Request) -> HttpResponse:
    """The ledger on paper (单位底册), what the filters show."""
    _form, rows = _filtered(request)
    return render(
        request,
        "orgs/print/employers.html",
        {"rows": rows.prefetch_related("licences")[:1000], "total": rows.count(), "today": clock.now()},
    )


@officer(Perm.EMPLOYER_EXPORT)
@require_POST
def employer_export(request: Request) -> HttpResponse:
    """The ledger as workbook, what the filters show; asks for the purpose."""
    request.GET = request.POST  # the filters come along as hidden fields
    _form, rows = _filtered(request)
    content = services.employers_export(actor=request.actor, rows=rows, purpose=request.POST.get("purpose", ""))
    return download(content, f"单位底册_{clock.today()}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@officer(Perm.EMPLOYER_VIEW)
def employer_page(request: Request, pk: int) -> HttpResponse:
    """One employer: both values, licences, status, coverage, cards, duplicates, history."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    may = {
        name: request.actor.may(perm, employer.union)
        for name, perm in (("edit", Perm.EMPLOYER_EDIT), ("status", Perm.EMPLOYER_STATUS), ("cover", Perm.COVERAGE_EDIT))
    }
    context = {
        "employer": employer, "pairs": employers.value_pairs(employer), "licences": employer.licences.order_by("until", "pk"),
        "spells": employers.spells_of(employer), "coverages": employers.coverages_of(employer), "cards": employers.cards_of(employer),
        "duplicates": [(d, likeness.KIND_LABELS[d.kind]) for d in employers.duplicates_of(employer)], "steps": employers.history_of(employer),
        "matters": employers.open_matters(employer), "may": may, "listed": employer.written_off_on is None, "trail": ledger((employer.name, "")),
        "industry": dict(industries(request)).get(employer.industry[:1], ""), "diversity": _diversity(employer),
        "proposed": cards.proposed(employer.diversity if isinstance(employer.diversity, dict) else {}),
        "spot": employer.spots.filter(until=None).first(),
    }  # fmt: skip
    return render(request, "orgs/console/employer.html", context)


def _diversity(employer: Employer) -> list[tuple[str, str]]:
    rows = []
    for axis, (label, options) in cards.DIVERSITY.items():
        chosen = employer.diversity.get(axis, []) if isinstance(employer.diversity, dict) else []
        rows.append((label, "、".join(options.get(c, c) for c in chosen) or "还没登记"))
    return rows


@officer(Perm.EMPLOYER_EDIT)
def employer_new(request: Request) -> HttpResponse:
    """Register one employer."""

    def do(data: dict[str, Any]) -> Employer:
        number = data.pop("licence")
        rest = {k: v for k, v in data.items() if v not in (None, "")}
        return services.employer_register(actor=request.actor, licences=[(number, data["name"])] if number else [], **rest)

    home = unions.union_visible(request.actor, Perm.EMPLOYER_EDIT).filter(path=request.actor.home).first()
    return act(
        request, forms.RegisterForm, do=do, title="登记单位", back=reverse("orgs:employers"), said="单位已登记。没有工会覆盖的，已列入空白点。",
        action="登记单位", initial={"union": f"{home.code} {home.name}" if home else ""}, trail=ledger(), industries=industries(request),
        to=lambda e: reverse("orgs:employer", args=[e.pk]),
    )  # fmt: skip


def _at(employer: Employer) -> str:
    return reverse("orgs:employer", args=[employer.pk])


def _on(employer: Employer) -> dict[str, Any]:
    """Crumbs and way back of a form about one employer."""
    return {"back": _at(employer), "trail": ledger((employer.name, _at(employer)))}


@officer(Perm.EMPLOYER_EDIT)
def employer_edit(request: Request, pk: int) -> HttpResponse:
    """Correct the ledger entry."""
    employer = employers.employer_get(actor=request.actor, pk=pk)

    def do(data: dict[str, Any]) -> Any:
        number = data.pop("operator_id")
        return services.employer_edit(actor=request.actor, employer=employer, operator_id=number or None, **data)

    initial = {f: getattr(employer, f) for f in ("sector", "opened_on", "key_sector", "two_new")} | {"industry": employer.industry[:1]}
    return act(
        request,
        forms.EditForm,
        do=do,
        title="更正登记",
        said="登记已更正。",
        initial=initial,
        industries=industries(request),
        **_on(employer),
    )


@officer(Perm.EMPLOYER_STATUS)
def employer_status(request: Request, pk: int) -> HttpResponse:
    """Change the operating status."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    notes = ["核减后，覆盖关系同日终止，单位不再计入底册；弄错了可以撤销核减。"]
    if employer.own_unions.filter(ended_on=None).exists():
        notes.append("这个单位有自己的工会：核减或改制后，系统会提醒办理工会的撤销、合并或重建，会员另行安置。")
    return act(
        request, forms.StatusForm, do=lambda d: services.employer_status(actor=request.actor, employer=employer, **d), title="变更经营状态",
        said="经营状态已变更。", action="变更状态", lead=f"现在是“{employer.get_status_display()}”。", notes=notes, initial={"on": clock.today()},
        employer=employer, **_on(employer),
    )  # fmt: skip


@officer(Perm.EMPLOYER_STATUS)
def write_off_undo(request: Request, pk: int) -> HttpResponse:
    """Take back a wrong write-off."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    return act(
        request, forms.ReasonForm, do=lambda d: services.employer_write_off_undo(actor=request.actor, employer=employer, **d), title="撤销核减",
        said="核减已撤销，状态、覆盖和空白点恢复到核减以前。", action="撤销核减", lead=f"{employer.written_off_on} 以“{employer.get_status_display()}”核减。",
        notes=["只用于核减弄错的情况。审计记录保留核减和撤销两笔。"], **_on(employer),
    )  # fmt: skip


@officer(Perm.EMPLOYER_EDIT)
def value_record(request: Request, pk: int) -> HttpResponse:
    """Enter what a visit found."""
    employer = employers.employer_get(actor=request.actor, pk=pk)

    def do(data: dict[str, Any]) -> Any:
        side, on, origin = data.pop("side"), data.pop("on"), data.pop("origin")
        return services.value_record(actor=request.actor, employer=employer, side=side, on=on, origin=origin, values=data)

    return act(
        request, forms.ValueForm, do=do, title="登记走访值", said="走访值已登记。", lead="只填这次核实到的项目，其余留空。部门数和走访数都会保留。",
        initial={"on": clock.today()}, **_on(employer),
    )  # fmt: skip


@officer(Perm.EMPLOYER_EDIT)
def licence_add(request: Request, pk: int) -> HttpResponse:
    """Add a licence."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    return act(
        request, forms.LicenceForm, do=lambda d: services.licence_add(actor=request.actor, employer=employer, **d), title="加登证照",
        said="证照已加登。", lead="同一经营者的几张证照登在同一家单位下，统计只算一家。", **_on(employer),
    )  # fmt: skip


@officer(Perm.COVERAGE_EDIT)
def coverage_add(request: Request, pk: int) -> HttpResponse:
    """A union covers this employer."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    return act(
        request, forms.CoverForm, do=lambda d: services.coverage_add(actor=request.actor, employer=employer, **d), title="登记覆盖",
        said="覆盖已登记，空白点同时消除。", initial={"since": clock.today(), "form": CoverageForm.REGIONAL},
        notes=["单独建会的单位，请从“组建工会”办理，覆盖会自动登记。", "同时被区域和行业联合会覆盖的，统计只算一家。"], **_on(employer),
    )  # fmt: skip


@officer(Perm.COVERAGE_EDIT)
def coverage_end(request: Request, pk: int) -> HttpResponse:
    """End a coverage."""
    row = employers.coverage_get(actor=request.actor, pk=pk)
    return act(
        request, forms.EndForm, do=lambda d: services.coverage_end(actor=request.actor, coverage=row, **d), title="终止覆盖", said="覆盖已终止。",
        action="终止覆盖", lead=f"{row.union.name}自 {row.since} 起覆盖{row.employer.name}。", notes=["没有别的工会覆盖时，单位回到空白点名单。"],
        initial={"on": clock.today()}, **_on(row.employer),
    )  # fmt: skip


@officer(Perm.COVERAGE_EDIT)
@require_POST
def coverage_main(request: Request, pk: int) -> HttpResponse:
    """Make this the main coverage from today."""
    row = employers.coverage_get(actor=request.actor, pk=pk)
    return post_only(
        request,
        lambda: services.coverage_main(actor=request.actor, coverage=row, on=clock.today()),
        said="主覆盖已更换。",
        back=_at(row.employer) + "#cover",
    )


@officer(Perm.EMPLOYER_EDIT)
def card_record(request: Request, pk: int, card: str) -> HttpResponse:
    """Fill a card."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    held = next((c for c in employers.cards_of(employer) if c.kind == card), None)

    def do(data: dict[str, Any]) -> Any:
        on = data.pop("on")
        return services.card_record(actor=request.actor, employer=employer, card=card, values=data, on=on)

    lead = "、".join(f"{b.label}：{b.value}" for b in held.blocks if b.value) if held else ""
    return act(
        request, forms.CardForm, do=do, title=f"填“{cards.CARD_LABELS[card]}”", said="信息卡已更新。", lead=f"上次：{lead}" if lead else "",
        initial={"on": clock.today()}, card=card, **_on(employer),
    )  # fmt: skip


@officer(Perm.EMPLOYER_EDIT)
def diversity(request: Request, pk: int) -> HttpResponse:
    """Record the four diversities."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    return act(
        request, forms.DiversityForm, do=lambda d: services.diversity_set(actor=request.actor, employer=employer, values=d), title="登记“四个多样化”",
        said="已登记。", initial=employer.diversity if isinstance(employer.diversity, dict) else {}, **_on(employer),
    )  # fmt: skip
