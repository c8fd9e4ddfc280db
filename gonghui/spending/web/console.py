"""Plans on the desk (计划): list, editor, answer, what a person does with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import Request, chips, numbers, page_of, render, tabs_of, told
from gonghui.files import services as files
from gonghui.spending import forms, services
from gonghui.spending.enums import PRIVATE, Perm, PlanKind, PlanState, Use
from gonghui.spending.models import Plan
from gonghui.spending.selectors import answers, facts, overrides, quotes, roll
from gonghui.spending.selectors import plans as reads
from gonghui.spending.services import plans as making
from gonghui.spending.services.data import LineData, PersonData, PlanData
from gonghui.spending.web import common

KINDS = dict(PlanKind.choices)
QUOTED = frozenset({PlanKind.FESTIVAL, PlanKind.PURCHASE, PlanKind.CLOTHING})
"""Kinds of plans that are bought from suppliers."""
HINTS: dict[str, str] = {
    PlanKind.ACTIVITY: "比赛、联欢、运动会：奖品、纪念品、用餐、裁判",
    PlanKind.FESTIVAL: "过节发给全体会员的慰问品",
    PlanKind.OUTING: "春游秋游：天数、地点、每人费用",
    PlanKind.MEAL: "活动用餐、误餐补助",
    PlanKind.CLOTHING: "给参加活动的人买服装",
    PlanKind.BIRTHDAY: "生日蛋糕",
    PlanKind.WEDDING: "结婚慰问品",
    PlanKind.CHILDBIRTH: "生育慰问品",
    PlanKind.HOSPITAL: "看望住院会员",
    PlanKind.BEREAVEMENT: "会员或直系亲属去世",
    PlanKind.RETIREMENT: "退休离岗纪念品",
    PlanKind.CULTURE: "电影、演出、年票、工会消费券",
    PlanKind.TRAINING: "培训、读书、优秀学员奖励",
    PlanKind.PURCHASE: "办公、宣传、设备和其他",
}


@officer(Perm.PLAN_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """The list of plans (支出计划)."""
    rows = reads.plan_visible(request.actor)
    union = common.union_of(request) if request.GET.get("union") else None
    rows = rows.filter(union=union) if union is not None else rows
    form = forms.ListFilter(request.GET or None)
    rows = reads.filtered(rows, form.cleaned_data) if form.is_valid() else rows
    counts, tab = reads.tab_counts(rows), request.GET.get("state", "")
    rows = rows.filter(reads.TABS[tab][1]) if tab in reads.TABS else rows
    size = 500 if request.GET.get("print") else 20
    page = page_of(request, reads.listed(rows, request.GET.get("sort", "")), size=size, count=counts.get(tab))
    lines = [(p, common.TONES[p.outcome], common.STATE_TONES[p.state]) for p in page]
    context = {
        "union": union, "form": form, "page": page, "lines": lines, "chips": chips(request, form), "clear_url": "?",
        "tabs": tabs_of(request, [(k, v[0], counts[k]) for k, v in reads.TABS.items()]), "trail": common.trail(("支出计划", "")),
        "may_edit": request.actor.may(Perm.PLAN_EDIT), "may_export": request.actor.may(Perm.PLAN_EXPORT), "purpose": forms.PurposeForm(),
        "printing": bool(request.GET.get("print")), "today": clock.today(),
    }  # fmt: skip
    if request.GET.get("print"):
        return render(request, "spending/console/list_print.html", context)
    return render(request, "spending/console/list.html", context, fragment="spending/console/_list.html")


@officer(Perm.PLAN_EXPORT)
@require_POST
def export(request: Request) -> HttpResponse:
    """Ask for the list as xlsx (导出支出计划)."""
    args: dict[str, Any] = {k: v for k, v in request.GET.items() if k in forms.ListFilter.base_fields and v}
    count = reads.filtered(reads.plan_visible(request.actor), args).count()
    row = files.export_start(
        request.actor, "spending.plans", request.POST.get("purpose", ""), count, org_path=request.actor.home or "", **_named(args)
    )
    from django.shortcuts import redirect

    return redirect("files:export", row.pk)


def _named(args: dict[str, Any]) -> dict[str, Any]:
    return {("plan_kind" if k == "kind" else k): v for k, v in args.items()}


@officer(Perm.PLAN_EDIT)
@require_GET
def choose(request: Request) -> HttpResponse:
    """What is it for? (选种类)."""
    kinds = [(k, label, HINTS[k]) for k, label in PlanKind.choices]
    return render(request, "spending/console/choose.html", {"kinds": kinds, "trail": common.trail(("编制计划", ""))})


@officer(Perm.PLAN_EDIT)
def new(request: Request, kind: str) -> HttpResponse:
    """A new plan (编制计划)."""
    if kind not in KINDS:
        raise NotFound()
    union = common.union_of(request, required=True)
    return _editor(request, union, kind, None)


@officer(Perm.PLAN_EDIT)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft (修改计划)."""
    plan = reads.plan_get(actor=request.actor, pk=pk)
    request.actor.require(Perm.PLAN_EDIT, plan.union)
    return _editor(request, plan.union, plan.kind, plan)


def _editor(request: Request, union: Any, kind: str, plan: Plan | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    start, rows = _planned(request) if plan is None and kind == PlanKind.FESTIVAL else ({}, [])
    form = forms.PlanForm(posted, kind=kind, groups=roll.groups(union), initial=_initial(plan) | start)
    lines = forms.Lines(posted, prefix="line", form_kwargs={"kind": kind}, initial=rows or _lines_of(plan))
    matched = None
    if posted is not None and form.is_valid() and lines.is_valid():
        data, matched = _data(union, kind, form, lines)
        if data is not None:
            try:
                made = (
                    services.plan_make(actor=request.actor, union=union, data=data)
                    if plan is None
                    else services.plan_change(actor=request.actor, plan=plan, data=data)
                )
                return common.to("plan", made.pk)
            except Refusal as refusal:
                if refusal.status != 422:
                    raise
                form.add_error(None, refusal.message)
    context = {
        "form": form, "parts": form.parts(), "areas": forms.areas(), "lines": lines, "many": any(x.has_changed() or x.initial for x in lines.forms[3:]), "kind": kind, "label": KINDS[kind], "union": union, "plan": plan, "matched": matched,
        "team": "team" in forms.USES[kind], "private": kind in PRIVATE, "trail": common.trail((f"{KINDS[kind]}计划", "")),
        "roll": facts.roll_on(union, clock.today()).count(),
    }  # fmt: skip
    return render(request, "spending/console/editor.html", context, status=422 if posted is not None else 200)


def _planned(request: Request) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the festival planner was asked last, so that nothing is typed twice (测算带过来)."""
    given = forms.Planner(request.GET)
    if not given.is_valid():
        return {}, []
    data = given.cleaned_data
    line = {"use": Use.GIFT, "words": data["goods"], "unit_fen": data["unit_fen"], "quantity": data["people"]}
    return {k: data[k] for k in ("on", "festival", "form")}, [line]


def _initial(plan: Plan | None) -> dict[str, Any]:
    if plan is None:
        return {"on": clock.today(), "nights": 0, "days": 1}
    base = {
        f: getattr(plan, f) for f in ("title", "on", "place", "place_area", "method", "payee", "nature", "budget_item", "reason", "count")
    }
    more = {k: {True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else v for k, v in plan.more.items()}
    more["deceased"] = more.pop("who", "member")
    names = "" if plan.kind in PRIVATE else "\n".join(p.person.name for p in reads.participants(plan))
    who = "all" if plan.whole_roll else "list" if names else "count"
    return {**base, **more, "who": who, "names": names}


def _lines_of(plan: Plan | None) -> list[dict[str, Any]]:
    if plan is None:
        return []
    return [{f: getattr(x, f) for f in ("use", "words", "unit_fen", "quantity", "people", "grade")} for x in plan.lines.all()]


def _data(union: Any, kind: str, form: Any, lines: Any) -> tuple[PlanData | None, roll.Matched | None]:
    """What was filled in; None when somebody on the list was not found or nothing was filled in."""
    data, matched = form.cleaned_data, None
    people: list[int] = []
    if data["who"] == "all":
        people = roll.everyone(union, data["on"])
    elif data["who"] == "group":
        people = roll.group_of(union, int(data["group"]), data["on"])
    elif data["who"] == "list":
        matched = roll.match(union, data["names"], data["on"])
        people = matched.persons
        if matched.missing or matched.several:
            form.add_error("names", f"有 {len(matched.missing)} 个没在会员名册里找到，{len(matched.several)} 个重名。请改好再存。")
            return None, matched
    filled = [LineData(**{k: v or 0 for k, v in x.cleaned_data.items() if k in ("unit_fen", "quantity", "people")},
                       use=x.cleaned_data["use"], words=x.cleaned_data.get("words", ""), grade=x.cleaned_data.get("grade"))
              for x in lines if x.filled]  # fmt: skip
    if not filled:
        form.add_error(None, "请至少填一行有单价和数量的明细。")
        return None, matched
    persons = [PersonData(pk, data.get("standing") or "regular", data.get("elsewhere")) for pk in people]
    if data["who"] != "count" and not persons:
        form.add_error("who", "选的范围里没有会员。请核对名册，或只填人数。")
        return None, matched
    return (
        PlanData(
            kind=kind, title=data.get("title", ""), on=data["on"], lines=filled, people=persons, count=data.get("count") or 0,
            whole_roll=data["who"] == "all", place=data.get("place", ""), place_area=data.get("place_area", ""), method=data["method"],
            payee=data.get("payee", ""), nature=data["nature"], budget_item=data.get("budget_item", ""), reason=data.get("reason", ""),
            care=data.get("care", ""), illness=data.get("illness", ""), more=form.more(),
        ),
        matched,
    )  # fmt: skip


@officer(Perm.PLAN_VIEW)
@require_GET
def plan(request: Request, pk: int) -> HttpResponse:
    """The answer page (能不能办)."""
    row = reads.plan_get(actor=request.actor, pk=pk)
    return render(request, "spending/console/plan.html", _page(request, row))


def _page(request: Request, row: Plan, **more: Any) -> dict[str, Any]:
    answer = answers.judge(facts.draft_of(row), facts.history_for(row))
    actor, union, private = request.actor, row.union, row.kind in PRIVATE
    people = [] if private else list(reads.participants(row)[:200])
    waived = list(row.overrides.order_by("-pk"))
    may_edit = actor.may(Perm.PLAN_EDIT, union)
    return {
        "plan": row, "lines": list(row.lines.all()), "people": people, "named": row.participants.count(), "private": private,
        "stored": list(reads.slips(row)[:40]), "overrides": waived, "state_tone": common.STATE_TONES[row.state],
        "waiting_override": any(o.state == "asked" for o in waived), "may_edit": may_edit, "may_care": private and actor.may(Perm.CARE_VIEW, union),
        "has_book": making.has_book(union), "reason_form": forms.ReasonForm(), "settle_form": forms.SettleForm(initial={"on": row.on}),
        "granted": overrides.granted_keys(row, making.digest(row)), "printing": bool(request.GET.get("print")), "more_facts": _facts(row),
        "may_withdraw": may_edit and row.state == PlanState.SUBMITTED and row.made_by == actor.ref,
        "inquiry": quotes.of(row), "asks_quotes": row.kind in QUOTED, "lacking": quotes.lacking(row),
        "trail": common.trail((row.number, "")), **common.shown(answer), **more,
    }  # fmt: skip


def _facts(row: Plan) -> list[tuple[str, str]]:
    """What only this kind knows, in words."""
    fields, found = forms.PlanForm.base_fields, []
    for name, value in row.more.items():
        field = fields.get("deceased" if name == "who" else name)
        if field is None:
            continue
        choices = dict(getattr(field, "choices", ()))
        text = "是" if value is True else "否" if value is False else str(choices.get(str(value), value))
        found.append((str(field.label), text))
    return found


@officer(Perm.PLAN_EDIT, Perm.CARE_VIEW)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """What is done with a plan (办理)."""
    row = reads.plan_get(actor=request.actor, pk=pk)
    actor, reason = request.actor, request.POST.get("reason", "")
    if verb == "open":
        return _open(request, row, reason)
    if verb == "settle":
        form = forms.SettleForm(request.POST)
        if not form.is_valid():
            return render(request, "spending/console/plan.html", _page(request, row, settle_form=form), status=422)
        told(request, lambda: services.plan_settle(actor=actor, plan=row, **form.cleaned_data), "已登记支付，计入本年。")
        return common.to("plan", pk)
    if verb not in DONE:
        raise NotFound()
    try:
        _do(request, row, verb, reason)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return render(request, "spending/console/plan.html", _page(request, row, refusal=refusal.message), status=refusal.status)
    told(request, lambda: None, DONE[verb])
    return common.to("plan", pk)


DONE = {
    "submit": "已送主席确认，决定单已存档。",
    "withdraw": "已撤回，可以修改。",
    "cancel": "计划已取消，不再计入本年。",
    "override": "例外已申请，由另一人批准，经审会看得到。",
    "pay": "凭证已做好，审核、记账后自动计入本年。",
    "sign": "签收已登记。",
}


def _do(request: Request, row: Plan, verb: str, reason: str) -> Any:
    actor = request.actor
    if verb == "submit":
        return services.plan_submit(actor=actor, plan=row, reason=reason)
    if verb == "withdraw":
        return services.plan_withdraw(actor=actor, plan=row)
    if verb == "cancel":
        return services.plan_cancel(actor=actor, plan=row, reason=reason)
    if verb == "override":
        return services.override_ask(actor=actor, plan=row, reason=reason)
    if verb == "pay":
        return services.plan_pay(actor=actor, plan=row, on=row.on)
    return services.plan_sign(actor=actor, plan=row, persons=_ints(request), on=clock.today())


def _ints(request: Request) -> list[int]:
    found = numbers(request.POST.getlist("person"))
    if not found:
        raise BadInput("spending.nobody", "请勾选签收的人。")
    return found


def _open(request: Request, row: Plan, reason: str) -> HttpResponse:
    try:
        text = services.plan_open(actor=request.actor, plan=row, reason=reason)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return render(request, "spending/console/plan.html", _page(request, row, refusal=refusal.message), status=422)
    people = list(reads.participants(row)[:200])
    return render(request, "spending/console/plan.html", _page(request, row, opened=text or "没有写事由", people=people))


__all__ = ["act", "choose", "edit", "export", "index", "new", "plan"]
