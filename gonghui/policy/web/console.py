"""Officers' pages of the rule base (规则库管理端)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import access, clock
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, page_of, render
from gonghui.policy import rules as live_rules
from gonghui.policy import selectors, services
from gonghui.policy.engine import loader
from gonghui.policy.engine.records import Rule
from gonghui.policy.enums import Perm
from gonghui.policy.forms import CaseForm, ChangesForm, LocalForm, PickForm, ReviewForm, RuleFilter
from gonghui.policy.web import pages

HOME = ("规则库", "/console/policy/rules/")


@access.officer(Perm.RULE_VIEW)
@require_GET
def rules(request: Request) -> HttpResponse:
    """The rule base, searched and filtered."""
    form = RuleFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = selectors.rule_list(**{k: v for k, v in wanted.items() if v})
    pack = live_rules.live()
    context = {"form": form, "page": page_of(request, rows), "pack": loader.describe(pack)}
    return render(request, "policy/console/rules.html", context)


@access.officer(Perm.RULE_VIEW)
@require_GET
def rule(request: Request, key: str) -> HttpResponse:
    """One rule: versions by place and time, cases, by-law values, reviews."""
    found = selectors.rule_get(key)
    return render(request, "policy/console/rule.html", _rule_page(request, found))


def _rule_page(request: Request, found: Rule, **forms: Any) -> dict[str, Any]:
    units = pages.units(request)
    context = {
        "rule": found,
        "trail": [HOME, (found.label, "")],
        "groups": pages.groups(found),
        "cases": pages.cases(found),
        "locals": pages.local_rows(selectors.local_list(actor=request.actor, key=found.key)),
        "reviews": selectors.reviews_of(found.key),
        "may_local": request.actor.may(str(Perm.LOCAL_EDIT)) and bool(units),
        "may_review": request.actor.may(str(Perm.RULE_REVIEW)),
        "local_form": LocalForm(rule=found, units=units),
        "review_form": ReviewForm(initial={"reviewed_on": clock.today()}),
    }
    return {**context, **forms}


@access.officer(Perm.RULE_REVIEW)
@require_POST
def review_add(request: Request, key: str) -> HttpResponse:
    """Note a review."""
    found = selectors.rule_get(key)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return render(request, "policy/console/rule.html", _rule_page(request, found, review_form=form), status=422)
    services.rule_review(actor=request.actor, key=key, **form.cleaned_data)
    messages.success(request, f"已登记对“{found.label}”的复核。规则文件没有改动，需要修改的由规则维护人改文件。")
    return HttpResponseRedirect(reverse("policy:rule", args=[key]))


@access.officer(Perm.LOCAL_EDIT)
@require_POST
def local_add(request: Request, key: str) -> HttpResponse:
    """Enter a by-law value."""
    found = selectors.rule_get(key)
    units = pages.units(request)
    form = LocalForm(request.POST, rule=found, units=units)
    if not form.is_valid():
        return render(request, "policy/console/rule.html", _rule_page(request, found, local_form=form), status=422)
    data = dict(form.cleaned_data)
    path = data.pop("unit")
    services.local_value_set(actor=request.actor, key=key, unit_path=path, unit_name=dict(units)[path], **data)
    messages.success(request, "已录入本单位规定值，从生效日期起按它判断。")
    return HttpResponseRedirect(reverse("policy:rule", args=[key]))


@access.officer(Perm.LOCAL_EDIT)
@require_POST
def local_end(request: Request, pk: int) -> HttpResponse:
    """Put a by-law value out of force."""
    row = services.local_value_end(actor=request.actor, pk=pk, last_day=clock.today())
    messages.success(request, f"本单位规定值已停用，最后一天是 {row.until}。")
    return HttpResponseRedirect(reverse("policy:rule", args=[row.key]))


@access.officer(Perm.RULE_REVIEW)
@require_GET
def review(request: Request) -> HttpResponse:
    """Rules that wait for a reviewer."""
    return render(request, "policy/console/review.html", {"page": page_of(request, list(selectors.review_queue()))})


@access.officer(Perm.RULE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def whatif(request: Request) -> HttpResponse:
    """Change a fact, the day, the place or the rule, and see what follows."""
    key = request.GET.get("key", "")
    if not key:
        return render(request, "policy/console/whatif.html", {"trail": [HOME, ("规则试算", "")], "pick": PickForm()})
    found = selectors.rule_get(key)
    data = request.POST if request.method == "POST" else None
    base, other = CaseForm(data, rule=found, prefix="a"), CaseForm(data, rule=found, draft=True, prefix="b")
    context: dict[str, Any] = {
        "rule": found,
        "base": base,
        "other": other,
        "trail": [HOME, (found.label, reverse("policy:rule", args=[key])), ("试算", "")],
    }
    if data is None:
        return render(request, "policy/console/whatif.html", context)
    status = 200
    if base.is_valid() and other.is_valid():
        try:
            rows = pages.compare(key, base, other)
            context |= {"rows": rows, "slip": rows[-1]["decision"].as_slip()}
        except Refusal as refusal:
            other.add_error(None, refusal.message)
    if base.errors or other.errors:
        status = 422
    return render(request, "policy/console/whatif.html", context, status=status)


@access.officer(Perm.RULE_VIEW)
@require_GET
def changes(request: Request) -> HttpResponse:
    """What changed between two days at a place."""
    today = clock.today()
    start = today.replace(year=today.year - 5, day=1)
    form = ChangesForm(request.GET or {"first": start, "last": today, "at": "000000"})
    rows = []
    if form.is_valid():
        rows = services.diff_dates(form.cleaned_data["first"], form.cleaned_data["last"], form.cleaned_data["at"] or "000000")
    return render(request, "policy/console/changes.html", {"form": form, "rows": rows, "trail": [HOME, ("规则变化", "")]})


@access.officer(Perm.RULE_VIEW)
@require_GET
def slip(request: Request, public_id: str) -> HttpResponse:
    """One stored decision slip, as it was given."""
    view = selectors.slip_of(selectors.slip_get(actor=request.actor, public_id=public_id))
    context = {"slip": view, "trail": [HOME, (view["label"], reverse("policy:rule", args=[view["key"]])), (public_id, "")]}
    return render(request, "policy/console/slip.html", context)
