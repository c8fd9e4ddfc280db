"""Forms that change a union (工会办理)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, render, whole_number
from gonghui.orgs import services
from gonghui.orgs.enums import MatterKind, MatterState, Perm
from gonghui.orgs.forms import employers as employer_forms
from gonghui.orgs.forms import unions as forms
from gonghui.orgs.models import Coverage, Employer, Group, Lead, Matter, Post, Union
from gonghui.orgs.selectors import policy_values, terms, unions
from gonghui.orgs.services.outcomes import OUTCOMES
from gonghui.orgs.web.console.common import act, post_only, tree


def _at(union: Union) -> str:
    return reverse("orgs:union", args=[union.pk])


def _on(union: Union) -> dict[str, Any]:
    return {"back": _at(union), "trail": tree((union.name, _at(union)))}


def _rule(key: str) -> int | str:
    """A number of the rule base for a note, or a dash on days without one."""
    found = policy_values.number(key, clock.today())
    return "—" if found is None else found


def _years(name: str) -> str:
    return "或者 ".join(f"{n} 年" for n in policy_values.numbers(f"orgs.term_years.{name}", clock.today()))


def _get(request: Request, pk: int) -> Union:
    return unions.union_get(actor=request.actor, pk=pk)


@officer(Perm.UNION_BUILD)
def union_new(request: Request) -> HttpResponse:
    """Build a union."""
    wanted = request.GET.get("parent", "")
    parent = _get(request, pk) if (pk := whole_number(wanted)) else None

    def do(data: dict[str, Any]) -> Union:
        rest = {k: v for k, v in data.items() if v not in (None, "")}
        return services.union_build(actor=request.actor, **rest)

    return act(
        request, forms.BuildForm, do=do, title="组建工会", back=_at(parent) if parent else reverse("orgs:unions"), said="工会已登记。", action="组建工会",
        initial={"parent": f"{parent.code} {parent.name}" if parent else "", "founded_on": clock.today()}, trail=tree(), to=_at,
        notes=[
            f"会员 {_rule('orgs.committee_form.threshold')} 人以上的单位应当单独建立基层工会委员会；不足的可以单独建、联合建，或选组织员一人。页面上的“应尽的事”写明依据。",
            f"项目部工期满 {_rule('orgs.project_months')} 个月建工会，不满的选工会组织员。",
        ],
    )  # fmt: skip


@officer(Perm.UNION_EDIT)
def rename(request: Request, pk: int) -> HttpResponse:
    """Rename."""
    union = _get(request, pk)
    return act(
        request, forms.RenameForm, do=lambda d: services.union_rename(actor=request.actor, union=union, **d), title="工会更名", said="已更名，原名保留在沿革里。",
        initial={"name": union.name, "short_name": union.short_name, "on": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_MOVE)
def move(request: Request, pk: int) -> HttpResponse:
    """Move under another parent."""
    union = _get(request, pk)
    below = unions.descendants_on(union, clock.today()).count() - 1
    return act(
        request, forms.MoveForm, do=lambda d: services.union_move(actor=request.actor, union=union, **d), title="调整隶属", said="隶属已调整。", action="调整隶属",
        lead=f"现在隶属{union.parent.name if union.parent else '——'}。", notes=[f"下级 {below} 个工会一起调整，会员、单位和经费都不变。", "以前日期的统计仍按原来的隶属。"],
        initial={"on": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_DISSOLVE)
def merge(request: Request, pk: int) -> HttpResponse:
    """Merge into another union."""
    union = _get(request, pk)
    return act(
        request, forms.MergeForm, do=lambda d: services.union_merge(actor=request.actor, union=union, **d), title="合并工会", said="已合并。", action="合并工会",
        notes=["下级工会、覆盖的单位和会员全部转到并入的工会，一个不少。", "本工会终止，届次、任职和小组同日结束。"], initial={"on": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_DISSOLVE)
def split(request: Request, pk: int) -> HttpResponse:
    """Split into two."""
    union = _get(request, pk)
    covered = set(Coverage.objects.filter(union=union, until=None).values_list("employer_id", flat=True)) | set(
        Employer.objects.filter(union=union).values_list("pk", flat=True)
    )
    firms = dict(Employer.objects.filter(pk__in=covered).values_list("pk", "name"))
    below = dict(Union.objects.filter(parent=union, ended_on=None).values_list("pk", "name"))

    def form(*args: Any, **kwargs: Any) -> forms.SplitForm:
        made = forms.SplitForm(*args, **kwargs)
        for name, options in (("employers", firms), ("children", below)):
            made.fields[name].choices = [(str(k), v) for k, v in options.items()]  # type: ignore[attr-defined]  # MultipleChoiceField
        return made

    def do(data: dict[str, Any]) -> list[Union]:
        second, kids = {int(p) for p in data["employers"]}, {int(p) for p in data["children"]}
        details = {"area": union.area, "industry": union.industry}
        parts = [
            services.Part(data["first"], union.kind, [p for p in firms if p not in second], [p for p in below if p not in kids], details),
            services.Part(data["second"], union.kind, sorted(second), sorted(kids), details),
        ]
        return services.union_split(actor=request.actor, union=union, parts=parts, on=data["on"], document_no=data["document_no"])

    return act(
        request, form, do=do, title="分立工会", said="已分立为两个工会。", action="分立工会", initial={"on": clock.today()},
        notes=["勾选的单位和下级工会归新工会二，其余归新工会一。会员随单位走。"], to=lambda made: _at(made[0]), **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_DISSOLVE)
def dissolve(request: Request, pk: int) -> HttpResponse:
    """Dissolve."""
    union = _get(request, pk)

    def do(data: dict[str, Any]) -> Union:
        data["unit_ended"] = data["unit_ended"] or None
        return services.union_dissolve(actor=request.actor, union=union, **data)

    return act(
        request, forms.DissolveForm, do=do, title="撤销工会", said="已撤销。请按提示办理法人资格证注销。", action="撤销工会", initial={"on": clock.today()},
        notes=["单位没有终止的，须经会员（代表）大会通过，并由上一级工会批准（工会法第十三条，工会章程第十六条）。", "还有会员、下级工会、覆盖的单位或未办结事项的，不能撤销。"],
        **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_EDIT)
def mode(request: Request, pk: int) -> HttpResponse:
    """Change the formation mode."""
    union = _get(request, pk)
    return act(
        request, forms.ModeForm, do=lambda d: services.union_mode(actor=request.actor, union=union, **d), title="变更建会方式", said="建会方式已变更。",
        initial={"mode": union.mode, "on": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_EDIT)
def kind(request: Request, pk: int) -> HttpResponse:
    """Change the kind, e.g. a township federation."""
    union = _get(request, pk)
    return act(
        request, forms.KindForm, do=lambda d: services.union_upgrade(actor=request.actor, union=union, **d), title="变更类别", said="类别已变更。",
        initial={"kind": union.kind, "on": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_EDIT)
def stage(request: Request, pk: int) -> HttpResponse:
    """Move along 发展、巩固、提高."""
    union = _get(request, pk)
    return act(
        request, forms.StageForm, do=lambda d: services.union_stage(actor=request.actor, union=union, **d), title="变更阶段", said="阶段已变更。",
        initial={"stage": union.stage, "on": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_EDIT)
def project(request: Request, pk: int) -> HttpResponse:
    """Change the planned end of a project."""
    union = _get(request, pk)
    return act(
        request, forms.ProjectForm, do=lambda d: services.project_extend(actor=request.actor, union=union, **d), title="变更工期", said="工期已变更。工期变长到应建工会的，请看“应尽的事”。",
        lead=f"计划 {union.planned_start} 开工，{union.planned_end} 完工。", initial={"planned_end": union.planned_end, "on": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_EDIT)
def hand_over(request: Request, pk: int) -> HttpResponse:
    """Start a hand-over to the territory."""
    union = _get(request, pk)
    return act(
        request, forms.HandOverForm, do=lambda d: services.hand_over_open(actor=request.actor, union=union, **d), title="移交属地管理", said="移交已提出，请双方确认并办完清单。",
        action="提出移交", initial={"on": clock.today()}, to=lambda m: reverse("orgs:matter", args=[m.pk]), notes=["办结时会员保留连续会籍，随工会一起移交。"], **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_MOVE)
def lead(request: Request, pk: int) -> HttpResponse:
    """Add a second leadership line."""
    union = _get(request, pk)
    return act(
        request, forms.LeadForm, do=lambda d: services.lead_add(actor=request.actor, lower=union, **d), title="登记第二领导关系", said="已登记。",
        notes=["审批、经费分成和统计都随主领导；第二上级只在共享数据时看得到本工会。"], initial={"since": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_MOVE)
def lead_end(request: Request, pk: int) -> HttpResponse:
    """End a second leadership line."""
    row = get_object_or_404(Lead.objects.filter(request.actor.within(Perm.UNION_MOVE, "lower")).select_related("lower", "upper"), pk=pk)
    return act(
        request, employer_forms.EndForm, do=lambda d: services.lead_end(actor=request.actor, lead=row, on=d["on"]), title="终止第二领导关系", said="已终止。",
        lead=f"{row.upper.name}自 {row.since} 起为第二上级。", initial={"on": clock.today()}, **_on(row.lower),
    )  # fmt: skip


@officer(Perm.POST_EDIT)
def term(request: Request, pk: int) -> HttpResponse:
    """Register a term."""
    union = _get(request, pk)
    last = terms.latest(union)

    def do(data: dict[str, Any]) -> Any:
        data["bodies"] = tuple(data["bodies"])
        return services.term_open(actor=request.actor, union=union, **data)

    return act(
        request, forms.TermForm, do=do, title="登记届次", said="届次已登记，上一届同日结束。", initial={"number": last.number + 1 if last else 1, "years": last.years if last else None},
        notes=[f"基层工会委员会每届 {_years('grassroots_years')}，地方和产业工会 {_years('upper_years')}。"], **_on(union),
    )  # fmt: skip


@officer(Perm.POST_EDIT)
def post(request: Request, pk: int) -> HttpResponse:
    """Somebody takes a post."""
    union = _get(request, pk)
    return act(
        request, forms.PostForm, do=lambda d: services.post_add_named(actor=request.actor, union=union, **d), title="登记任职", said="任职已登记。",
        initial={"since": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.POST_EDIT)
def post_end(request: Request, pk: int) -> HttpResponse:
    """Somebody leaves a post."""
    row = get_object_or_404(Post.objects.filter(request.actor.within(Perm.POST_EDIT, "union")).select_related("union", "person"), pk=pk)
    return act(
        request, employer_forms.EndForm, do=lambda d: services.post_end(actor=request.actor, post=row, **d), title=f"办理离任：{row.person.name}", said="离任已登记。",
        action="办理离任", lead=f"{row.get_title_display()}，自 {row.since} 起。", initial={"on": clock.today()},
        notes=["任期未满的主席、副主席因工作需要调动，应征得本级工会委员会和上一级工会同意（工会法第十八条）。"], **_on(row.union),
    )  # fmt: skip


@officer(Perm.POST_EDIT)
def group(request: Request, pk: int) -> HttpResponse:
    """Set up a group."""
    union = _get(request, pk)
    return act(
        request, forms.GroupForm, do=lambda d: services.group_add(actor=request.actor, union=union, **d), title="建立工会小组", said="小组已建立。",
        initial={"since": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.POST_EDIT)
@require_POST
def group_end(request: Request, pk: int) -> HttpResponse:
    """Close a group today."""
    row = get_object_or_404(Group.objects.filter(request.actor.within(Perm.POST_EDIT, "union")).select_related("union"), pk=pk)
    return post_only(
        request, lambda: services.group_end(actor=request.actor, group=row, on=clock.today()), said="小组已撤销。", back=_at(row.union)
    )


@officer(Perm.UNION_EDIT)
def certificate(request: Request, pk: int) -> HttpResponse:
    """Register the legal-person certificate."""
    union = _get(request, pk)
    last = terms.latest(union)
    return act(
        request, forms.CertificateForm, do=lambda d: services.certificate_add(actor=request.actor, union=union, **d), title="登记法人资格证", said="证书已登记。",
        initial={"valid_until": last.until if last else None}, notes=[f"名称、法定代表人、住所变更后 {_rule('orgs.certificate_change_days')} 日内申请变更登记。"], **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_EDIT)
def account(request: Request, pk: int) -> HttpResponse:
    """Register the bank account."""
    union = _get(request, pk)
    return act(
        request, forms.AccountForm, do=lambda d: services.account_set(actor=request.actor, union=union, **d), title="登记经费账户", said="账户已登记。",
        initial={"since": clock.today()}, **_on(union),
    )  # fmt: skip


def _matter(request: Request, pk: int) -> Matter:
    rows = Matter.objects.filter(
        request.actor.within(Perm.UNION_VIEW, "union")
        | request.actor.within(Perm.EMPLOYER_VIEW, "employer__union")
        | request.actor.within(Perm.UNION_VIEW, "target")
    )
    return get_object_or_404(rows.select_related("union", "employer__union", "target"), pk=pk)


NEXT: dict[str, tuple[str, str]] = {
    MatterKind.CONVERT: ("orgs:union_convert", "转为项目部工会"),
    MatterKind.PROJECT_END: ("orgs:union_dissolve", "撤销项目部工会"),
    MatterKind.EMPLOYER_GONE: ("orgs:union_dissolve", "撤销工会"),
    MatterKind.CERTIFICATE: ("orgs:certificate", "登记新证书"),
    "rebuild": ("orgs:term", "登记新的届次"),
    "reform": ("orgs:union_kind", "变更类别"),
    "merge": ("orgs:union_merge", "合并到别的工会"),
    "dissolve": ("orgs:union_dissolve", "撤销工会"),
}
"""Where a follow-up, or the outcome chosen for it, goes on."""


def _next(row: Matter) -> tuple[str, str] | None:
    name, label = NEXT.get(row.outcome if row.kind == MatterKind.REBUILD else row.kind, ("", ""))
    if not name or row.union is None or row.union.ended_on is not None or row.state != MatterState.OPEN:
        return None
    return reverse(name, args=[row.union_id]), label


@officer(Perm.UNION_VIEW, Perm.EMPLOYER_VIEW)
def matter(request: Request, pk: int) -> HttpResponse:
    """A follow-up: checklist, confirmations, closing."""
    row = _matter(request, pk)
    actor = request.actor
    home = row.union or (row.employer.union if row.employer else None)
    context: dict[str, Any] = {
        "matter": row, "items": list(row.checklist.items()), "may": home is not None and actor.may(Perm.UNION_EDIT if row.union_id else Perm.EMPLOYER_STATUS, home),
        "may_from": row.union is not None and actor.may(Perm.UNION_EDIT, row.union), "may_to": row.target is not None and actor.may(Perm.UNION_EDIT, row.target),
        "trail": tree((row.union.name, _at(row.union))) if row.union else tree(), "today": clock.today(),
    }  # fmt: skip
    context["trail"] = [*context["trail"], (row.get_kind_display(), "")]
    context |= {
        "outcomes": [(key, label) for key, (label, _kinds) in OUTCOMES.items()] if row.kind == MatterKind.REBUILD else [],
        "next": _next(row),
    }
    context["stale"] = services.stale_sides(row) if row.state == MatterState.OPEN else set()
    return render(request, "orgs/console/matter.html", context)


@officer(Perm.UNION_VIEW, Perm.EMPLOYER_VIEW)
@require_POST
def matter_act(request: Request, pk: int) -> HttpResponse:
    """Tick, confirm, close or drop a follow-up."""
    row = _matter(request, pk)
    what, back = request.POST.get("act", ""), reverse("orgs:matter", args=[pk])
    actor, note, document_no = request.actor, request.POST.get("note", ""), request.POST.get("document_no", "")
    doing = {
        "check": lambda: services.matter_check(
            actor=actor, matter=row, item=request.POST.get("item", ""), done=request.POST.get("done") != "0"
        ),
        "from": lambda: services.matter_confirm(actor=actor, matter=row, side="from"),
        "to": lambda: services.matter_confirm(actor=actor, matter=row, side="to"),
        "outcome": lambda: services.rebuild_choose(actor=actor, matter=row, outcome=request.POST.get("outcome", "")),
        "close": lambda: services.matter_close(actor=actor, matter=row, note=note, document_no=document_no),
        "finish": lambda: services.hand_over_finish(actor=actor, matter=row, on=clock.today(), document_no=document_no),
        "cancel": lambda: services.matter_cancel(actor=actor, matter=row, reason=note),
    }
    words = {
        "check": "清单已更新。",
        "from": "移交方已确认。",
        "to": "接收方已确认。",
        "outcome": "处理方式已选定，请从“下一步”办理。",
        "close": "已办结。",
        "finish": "移交已办结，隶属已调整。",
        "cancel": "已取消。",
    }
    return post_only(request, doing.get(what, lambda: None), said=words.get(what, "没有这一步。"), back=back)
