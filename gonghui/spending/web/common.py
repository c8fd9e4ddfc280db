"""What the pages of spending share (页面公用)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.core.http import Request, asked
from gonghui.orgs.selectors import unions
from gonghui.spending.enums import Perm
from gonghui.spending.models import Plan
from gonghui.spending.selectors import answers

TONES = {"allowed": "ok", "reason": "warn", "unknown": "warn", "refused": "bad"}
ICONS = {"allowed": "circle-check", "reason": "help-circle", "unknown": "help-circle", "refused": "hand-stop"}
STATE_TONES = {
    "draft": "line", "submitted": "info", "approved": "info", "posted": "ok", "reversed": "warn", "refused": "bad", "cancelled": "line",
}  # fmt: skip


def union_of(request: Request, *, required: bool = False) -> Any:
    """The union the page is about: `?union=`, else the actor's own. None when the actor has no business scope."""
    find = unions.union_wanted if required else unions.union_asked
    return find(request.actor, asked(request, "union"), Perm.PLAN_VIEW)


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs below the home of spending."""
    return [("经费与考核", ""), ("支出把关", reverse("spending:plans")), *steps]


def to(name: str, *args: Any, query: str = "") -> HttpResponse:
    """Go to a page."""
    return HttpResponseRedirect(reverse(f"spending:{name}", args=args) + query)


def shown(answer: answers.Answer) -> dict[str, Any]:
    """An answer for the templates: verdict, slips, gauge, the nearest plans."""
    outcome = answer.outcome
    return {
        "answer": answer,
        "tone": TONES[outcome],
        "icon": ICONS[outcome],
        "word": outcome.label,
        "slips": [
            {"item": i, "slip": i.decision.as_slip(), "tone": TONES[i.outcome], "icon": ICONS[i.outcome], "word": i.outcome.label}
            for i in [*answer.failing, *(i for i in answer.items if i not in answer.failing)]
        ],
        "gauge": gauge(answer),
        "left": answer.values("finance.festival_total").get("left"),
        "average": answer.values("finance.participation_prize").get("average"),
        "stale": [i for i in answer.items if i.stale],
    }


def gauge(answer: answers.Answer) -> dict[str, Any] | None:
    """How much of the year's festival total is used, with this plan (本年节日慰问用了多少)."""
    found = next((i for i in answer.items if i.decision.key == "finance.festival_total"), None)
    if found is None:
        return None
    values, facts = found.decision.values, found.decision.facts
    ceiling, plan, spent = values.get("ceiling"), facts["plan_fen"].value, facts["spent_fen"].value
    if not isinstance(ceiling, int) or ceiling <= 0:
        return {"ceiling": None, "spent": spent, "plan": plan, "used": _int(spent) + _int(plan)}
    used = _int(spent) + _int(plan)
    share = values.get("share")
    income = _int(facts["income_fen"].value) if "income_fen" in facts else 0
    return {
        "ceiling": ceiling, "spent": spent, "plan": plan, "used": used, "left": ceiling - used, "excess": max(used - ceiling, 0), "percent": round(used * 100 / ceiling, 1),
        "income": income if share is not None and income else None,
        "of_income": round(used * 100 / income, 1) if share is not None and income else None,
        "cap": f"{float(share) * 100:g}" if share is not None else None,
        "over": used > ceiling,
    }  # fmt: skip


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0


def event_name(plan: Plan) -> str:
    """What the list calls a plan."""
    return f"{plan.number} {plan.title}"
