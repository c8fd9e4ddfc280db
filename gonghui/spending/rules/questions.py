"""What is asked of the rule base about a plan (向规则库提的问题): pure, one function for each part of a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gonghui.spending.enums import CARE, COLLECTIVE, FigureKind, Method, PlanKind, Use
from gonghui.spending.rules.draft import Draft, History, Line

ROLL, PAST, PLAN, BOOK, TABLE = "会员名单", "本年记录", "计划", "本级预算", "当地标准表"


@dataclass(frozen=True, slots=True)
class Question:
    """One rule asked (一个问题). `about` names the line; `silent` says nothing where no version of the rule is in force."""

    key: str
    facts: Mapping[str, tuple[Any, str]]
    about: str = ""
    silent: bool = False

    @property
    def name(self) -> str:
        """Stable name within the plan."""
        return f"{self.key}#{self.about}" if self.about else self.key


def questions(draft: Draft, history: History) -> list[Question]:
    """Everything the plan has to answer, in the order of the page."""
    found: list[Question] = []
    for part in (_always, _money, _festival, _activity, _outing, _meals, _clothing, _care, _culture, _training, _people):
        found += part(draft, history)
    return found


def _q(key: str, about: str = "", *, silent: bool = False, source: str = PLAN, **facts: Any) -> Question:
    """Values plain, or (value, source)."""
    read = {name: v if isinstance(v, tuple) else (v, source) for name, v in facts.items()}
    return Question(f"finance.{key}", {n: v for n, v in read.items() if v[0] is not None}, about, silent)


def _figure(draft: Draft, kind: str) -> tuple[Any, str]:
    found = draft.figure(kind)
    return (found.fen, f"{TABLE}：{found.source}") if found else (None, TABLE)


def _heads(draft: Draft) -> tuple[Any, str]:
    """How many take part; where nobody knows, the fact is missing and not zero."""
    return draft.people or None, ROLL


def _always(draft: Draft, history: History) -> Iterator[Question]:
    yield _q("eight_prohibitions", nature=draft.nature)
    budget = draft.budget
    if budget.has_line is not None:
        left = budget.left_fen if budget.has_line else 0
        yield _q(
            "no_budget",
            has_line=(budget.has_line, budget.source or BOOK),
            amount_fen=draft.total_fen,
            left_fen=(left, budget.source or BOOK),
        )


def _money(draft: Draft, history: History) -> Iterator[Question]:
    if draft.method != Method.CASH:
        return
    before = history.cash_fen(draft.on, draft.payee)
    yield _q(
        "cash_limit", amount_fen=draft.total_fen, related_fen=(before + draft.total_fen, PAST) if before else None,
        purpose=draft.facts.get("purpose", "other"), bank_approved=draft.facts.get("bank_approved"),
    )  # fmt: skip


def _festival(draft: Draft, history: History) -> Iterator[Question]:
    if draft.kind != PlanKind.FESTIVAL:
        return
    given = draft.facts
    yield _q("festivals", festival=given.get("festival"), approved=given.get("approved"))
    everyone = draft.people >= draft.roll if draft.roll and draft.people else given.get("to_all")
    form = given.get("form", "goods")
    goods = dict.fromkeys(line.words for line in draft.of(Use.GIFT) if line.quantity) if form == "goods" else {"": None}
    for words in goods:
        yield _q(
            "festival_form", words, form=form, goods=words or None, to_all=(everyone, ROLL),
            place_allows=given.get("place_allows"),
        )  # fmt: skip
    members = draft.roll or draft.people
    yield _q(
        "festival_total", plan_fen=draft.total_fen, spent_fen=(history.year_fen(draft.on, Use.GIFT), PAST), members=(members or None, ROLL),
        income_fen=(draft.budget.income_fen, BOOK), expenditure_fen=(draft.budget.expenditure_fen, BOOK),
        funds_fen=(draft.budget.income_fen, BOOK), festival="spring" if given.get("festival") == "spring" else "other",
        limit_fen=_figure(draft, FigureKind.FESTIVAL),
    )  # fmt: skip
    if form == "union_voucher":
        yield from _voucher(draft, history, draft.of(Use.GIFT))


def _activity(draft: Draft, history: History) -> Iterator[Question]:
    if parts := draft.of(Use.PARTICIPATION):
        total = sum(line.total_fen for line in parts)
        yield _q("participation_prize", total_fen=total, people=_heads(draft), limit_fen=_figure(draft, FigureKind.PRIZE))
    prizes = draft.of(Use.PRIZE, Use.TEAM)
    if prizes:
        winners = sum(line.quantity * (line.people if line.use == Use.TEAM else 1) for line in prizes)
        yield _q("prize_share", winners=winners, people=_heads(draft))
    for i, line in enumerate(prizes):
        if line.quantity and line.unit_fen:
            again = sum(x.words == line.words for x in prizes) > 1
            yield _prize(draft, line, f"{line.words}（第 {i + 1} 种）" if line.words and again else line.words or f"{line.use}{i + 1}")
    for line in draft.of(Use.SOUVENIR):
        given = bool(prizes) or bool(draft.of(Use.PARTICIPATION))
        yield _q("souvenir", line.words, amount_fen=line.unit_fen, prizes_given=given, limit_fen=_figure(draft, FigureKind.SOUVENIR))
    for line in draft.of(Use.REFEREE):
        yield _q("referee_fee", line.words, amount_fen=line.unit_fen, limit_fen=_figure(draft, FigureKind.REFEREE))


def _prize(draft: Draft, line: Line, about: str) -> Question:
    if line.use == Use.TEAM:
        return _q("event_prize", about, kind="team", amount_fen=line.unit_fen, people=line.people, team_fen=_figure(draft, FigureKind.TEAM))
    return _q(
        "event_prize",
        about,
        kind="individual",
        amount_fen=line.unit_fen,
        grade=line.grade,
        individual_fen=_figure(draft, FigureKind.INDIVIDUAL),
    )


def _outing(draft: Draft, history: History) -> Iterator[Question]:
    if draft.kind != PlanKind.OUTING:
        return
    given = draft.facts
    each = -(-draft.total_fen // draft.people) if draft.people else draft.total_fen
    yield _q(
        "outing", days=given.get("days"), nights=given.get("nights"), in_city=given.get("in_city"), in_province=given.get("in_province"),
        forbidden_spot=given.get("forbidden_spot"), trips_before=(history.days(Use.TRIP, draft.on), PAST), cost_fen=each,
        place_ok=given.get("place_ok"), limit_fen=_figure(draft, FigureKind.OUTING),
    )  # fmt: skip


def _meals(draft: Draft, history: History) -> Iterator[Question]:
    for line in draft.of(Use.MEAL, Use.MISSED_MEAL):
        yield _q(
            "meal_ceiling", line.words or str(line.use), kind="missed" if line.use == Use.MISSED_MEAL else "activity", meal_fen=line.unit_fen,
            travel_fen=_figure(draft, FigureKind.TRAVEL_MEAL), unit_meal_fen=_figure(draft, FigureKind.UNIT_MEAL),
        )  # fmt: skip


def _clothing(draft: Draft, history: History) -> Iterator[Question]:
    if not (lines := draft.of(Use.CLOTHING)):
        return
    refs = frozenset(m.ref for m in draft.members)
    last = {ref: day for ref, day in history.last_by(Use.CLOTHING, draft.on).items() if ref in refs}
    total = sum(line.total_fen for line in lines)
    latest: date | None = max(last.values(), default=None)
    had = bool(last) if refs else draft.facts.get("had_before")
    year = sum(p.fen for p in history.of_year(draft.on, Use.CLOTHING) if p.ref in refs)
    yield _q(
        "clothing", total_fen=total, people=_heads(draft), had_before=(had, PAST), last_on=(latest or draft.facts.get("last_on"), PAST),
        only_participants=draft.facts.get("only_participants"), owner=draft.facts.get("owner"), year_fen=(year, PAST),
        limit_fen=_figure(draft, FigureKind.CLOTHING), months=draft.facts.get("months"),
    )  # fmt: skip


_CARE: dict[str, tuple[str, str, Callable[[Draft], dict[str, Any]]]] = {
    PlanKind.BIRTHDAY: ("birthday", FigureKind.BIRTHDAY, lambda d: {"form": d.facts.get("care_form")}),
    PlanKind.WEDDING: ("wedding", FigureKind.WEDDING, lambda d: {}),
    PlanKind.CHILDBIRTH: ("childbirth", FigureKind.CHILDBIRTH, lambda d: {"child": d.facts.get("child")}),
    PlanKind.RETIREMENT: ("retirement", FigureKind.RETIREMENT, lambda d: {}),
    PlanKind.HOSPITAL: ("hospital", FigureKind.HOSPITAL, lambda d: {}),
}


def _care(draft: Draft, history: History) -> Iterator[Question]:
    if draft.kind not in CARE:
        return
    each = max((line.unit_fen for line in draft.of(Use.CARE)), default=0)
    if draft.kind == PlanKind.BEREAVEMENT:
        yield _q(
            "bereavement", amount_fen=each, who=draft.facts.get("who"), member_limit_fen=_figure(draft, FigureKind.MEMBER_DEATH),
            relative_limit_fen=_figure(draft, FigureKind.RELATIVE_DEATH),
        )  # fmt: skip
        return
    key, figure, more = _CARE[draft.kind]
    extra = more(draft)
    if draft.kind == PlanKind.HOSPITAL:
        refs, topic = {m.ref for m in draft.members}, draft.facts.get("illness_mark")
        same = [p for p in history.of_year(draft.on, Use.CARE) if p.ref in refs and p.topic and p.topic == topic]
        extra = {"times_before": (len(same), PAST) if topic else None}
    yield _q(key, amount_fen=each, limit_fen=_figure(draft, figure), **{k: v for k, v in extra.items() if v is not None})


def _voucher(draft: Draft, history: History, lines: tuple[Line, ...]) -> Iterator[Question]:
    refs = frozenset(m.ref for m in draft.members)
    each = sum(line.unit_fen for line in lines if line.quantity) + history.each_fen(draft.on, Use.VOUCHER, refs)
    yield _q("consumption_voucher", amount_fen=(each, PAST), limit_fen=_figure(draft, FigureKind.VOUCHER))


def _culture(draft: Draft, history: History) -> Iterator[Question]:
    refs = frozenset(m.ref for m in draft.members)
    if films := draft.of(Use.FILM):
        each = sum(line.unit_fen for line in films) + history.each_fen(draft.on, Use.FILM, refs)
        yield _q("film", amount_fen=(each, PAST), limit_fen=_figure(draft, FigureKind.FILM))
    for line in draft.of(Use.SHOW):
        yield _q("show_ticket", line.words, amount_fen=line.unit_fen, limit_fen=_figure(draft, FigureKind.SHOW))
    for line in draft.of(Use.PASS):
        yield _q("annual_pass", line.words, amount_fen=line.unit_fen, limit_fen=_figure(draft, FigureKind.PASS))
    if vouchers := draft.of(Use.VOUCHER):
        yield from _voucher(draft, history, vouchers)


def _training(draft: Draft, history: History) -> Iterator[Question]:
    if lines := draft.of(Use.AWARD):
        yield _q(
            "training_award", amount_fen=max(line.unit_fen for line in lines), awarded=sum(line.quantity for line in lines),
            trainees=_heads(draft), limit_fen=_figure(draft, FigureKind.AWARD), share=draft.facts.get("share"),
        )  # fmt: skip


def _people(draft: Draft, history: History) -> Iterator[Question]:
    if draft.of(Use.HEALTH):
        yield _q("health_check", from_union=True, silent=True)
    if draft.kind in COLLECTIVE:
        for kind, elsewhere in sorted({(m.kind, m.elsewhere) for m in draft.members if m.kind != "regular"}, key=str):
            yield _q("one_place", f"{kind}{'' if elsewhere is None else int(elsewhere)}", silent=True, kind=kind, elsewhere=elsewhere)
    if draft.handed_out and draft.members and draft.of(Use.GIFT, Use.CARE, Use.VOUCHER, Use.CLOTHING, Use.PARTICIPATION, Use.SOUVENIR):
        yield _q(
            "distribution_list", silent=True, receivers=(len(draft.members), ROLL), signed=(sum(m.signed for m in draft.members), "签收表")
        )
