"""The practice book (练习账套): sample cases with hints; nothing here reaches a real book."""

from __future__ import annotations

from typing import Any

from django import forms as django
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.forms import Form, MoneyField
from gonghui.core.http import Request, render
from gonghui.finance.enums import Perm
from gonghui.finance.rules import EVENTS, lines_for
from gonghui.finance.rules.practice import Case, cases
from gonghui.finance.selectors.practice import own_practice, progress
from gonghui.finance.services.practice import practice_answer, practice_book
from gonghui.finance.web import common
from gonghui.finance.web.entry import lined, tried


class AnswerForm(Form):
    """An answer: what happened, how much, how many."""

    event = django.ChoiceField(label="发生了什么", choices=[])
    amount = MoneyField(label="金额（元）", max_length=20)
    participants = django.IntegerField(
        label="参加或领取人数", min_value=1, max_value=100_000, required=False, help_text="和人数有关的才填。"
    )
    winners = django.IntegerField(label="获奖人数", min_value=1, max_value=100_000, required=False, help_text="发奖品才填。")
    part = MoneyField(label="其中应上解上级（元）", least=0, max_length=20, required=False, help_text="收到拨缴经费、里面有应上解的才填。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for event in EVENTS.values():
            if event.fits(clock.today(), "basic"):
                groups.setdefault(event.group, []).append((event.key, event.label))
        self.fields["event"].choices = [("", "请选择"), *groups.items()]  # type: ignore[attr-defined]  # a choice field


@officer(Perm.PRACTICE)
@require_GET
def index(request: Request) -> HttpResponse:
    """All cases and how far I am."""
    done = progress(request.actor.user_id)
    rows = [(case, *done.get(case.key, (0, False))) for case in cases().values()]
    mine = own_practice(request.actor)
    context = {
        "rows": rows,
        "mine": mine,
        "may_make": request.actor.may(Perm.VOUCHER_MAKE),
        "right": sum(ok for _c, _n, ok in rows),
        "trail": common.trail(None, ("练习账套", "")),
    }
    return render(request, "finance/console/practice.html", context)


@officer(Perm.PRACTICE)
@require_POST
def begin(request: Request) -> HttpResponse:
    """Open one's practice book to book what one likes (进练习账套自己记)."""
    return HttpResponseRedirect(reverse("finance:book", args=[practice_book(actor=request.actor).pk]))


@officer(Perm.PRACTICE)
@require_http_methods(["GET", "POST"])
def case(request: Request, case: str) -> HttpResponse:
    """One case: answer, hints, and the voucher it makes."""
    asked = cases().get(case)
    if asked is None:
        raise NotFound()
    form, said, lines, seen = AnswerForm(request.POST or None), None, list[Any](), list[Any]()
    if request.method == "POST" and form.is_valid():
        said = practice_answer(actor=request.actor, key=case, answer=dict(form.cleaned_data))
        lines = [] if said else _voucher(asked)
        seen = [] if said else _rules(request, asked)
    keys = list(cases())
    later = keys[keys.index(case) + 1 :]
    context = {
        "case": asked, "form": form, "said": said, "seen": seen, "table": lined(lines, clock.today()), "next": later[0] if later else "", "number": keys.index(case) + 1,
        "total": len(keys), "event": EVENTS[asked.event], "trail": common.trail(None, ("练习账套", ""), (asked.title, "")),
    }  # fmt: skip
    return render(request, "finance/console/practice_case.html", context, status=422 if request.method == "POST" and said is None else 200)


def _rules(request: Request, asked: Case) -> list[Any]:
    """What the rules say to the right answer, by a trial voucher in the practice book; nothing of it stays (规定怎么说)."""
    if not request.actor.may(Perm.VOUCHER_MAKE):
        return []
    facts = {k: v for k, v in (("participants", asked.participants), ("winners", asked.winners), ("part", asked.part)) if v}
    return tried(request, practice_book(actor=request.actor), asked, facts)


def _voucher(asked: Case) -> list[Any]:
    facts = {"part": asked.part} if asked.part else {}
    return lines_for(asked.event, on=clock.today(), level="basic", amount=asked.amount, facts=facts)
