"""Plans through the services: decided by the actual people, places and days; counted once; overridden by two."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.finance import services as finance
from gonghui.policy.models import StoredDecision
from gonghui.spending import services
from gonghui.spending.enums import Outcome, PlanKind, PlanState, Use
from gonghui.spending.models import Override, Plan, PlanSlip, Spent
from gonghui.spending.rules.events import EVENTS
from gonghui.spending.selectors import answers, facts, roll
from gonghui.spending.selectors import overrides as waived
from gonghui.spending.selectors import plans as reads
from gonghui.spending.services import vouchers
from gonghui.spending.services.data import LineData, PersonData
from gonghui.spending.tests import make

pytestmark = pytest.mark.django_db


def answer_of(plan):
    return answers.judge(facts.draft_of(plan), facts.history_for(plan))


@pytest.mark.system("S213")
@pytest.mark.parametrize(("each", "outcome"), [(14999, Outcome.ALLOWED), (15000, Outcome.ALLOWED), (15001, Outcome.REFUSED)])
def test_a_prize_of_150_on_average_is_the_line_in_beijing(each, outcome):
    plan = make.plan(make.shop(), make.prize(each, 40))
    assert plan.outcome == outcome


@pytest.mark.system("S208")
@pytest.mark.system("S213")
def test_the_prize_of_160_is_refused_with_its_clause_and_the_nearest_plan_that_passes():
    plan = make.plan(make.shop(), make.prize(16000, 40))
    answer = answer_of(plan)
    bad = answer.failing[0]
    assert (answer.outcome, bad.decision.key) == (Outcome.REFUSED, "finance.participation_prize")
    assert "150" in "".join(u.version.source.quote for u in bad.decision.used)
    texts = [p.text for p in answer.proposals]
    assert any("¥150.00" in t for t in texts) and any("减少 3 份" in t for t in texts), texts
    history = facts.history_for(plan)
    for proposal in answer.proposals:
        assert answers.judge(proposal.plan, history, near=False).outcome == Outcome.ALLOWED
    with pytest.raises(RuleViolation) as refused:
        services.plan_submit(actor=make.clerk(plan.union), plan=plan)
    assert refused.value.code == "spending.refused" and "依据" in refused.value.message and "可以这样改" in refused.value.message
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT and not PlanSlip.objects.exists()


def test_the_same_prize_elsewhere_cannot_be_told_and_never_counts_as_allowed():
    plan = make.plan(make.shop(make.SHANDONG), make.prize(16000, 40))
    assert plan.outcome == Outcome.UNKNOWN and "当地人均标准" in plan.headline
    services.figure_set(
        actor=make.system,
        union=plan.union.parent,
        kind="participation_prize",
        area="370000",
        amount_fen=15000,
        since=date(2025, 1, 1),
        source="〔2025〕3 号",
    )
    assert answer_of(plan).outcome == Outcome.REASON  # a figure entered here only warns
    book = make.book(plan.union)
    with clock.at(date(2026, 3, 20)):
        voucher = finance.entry(
            actor=make.accountant(plan.union),
            book=book,
            event="prize",
            on=make.DAY,
            amount=640000,
            words="参与奖",
            facts={"participants": 40},
        )
        (said,) = vouchers.guard(voucher)
    assert said.severity == "warn" and "最多可以用 ¥6,000.00" in said.text  # a warning names the amount as a refusal does
    assert "370000" not in answer_of(plan).headline


@pytest.mark.parametrize(("winners", "outcome"), [(26, Outcome.ALLOWED), (27, Outcome.REFUSED)])
def test_two_thirds_may_win(winners, outcome):
    plan = make.plan(make.shop(make.SHANDONG), LineData(Use.PRIZE, 30000, winners, "优胜奖"))
    assert answer_of(plan).items and plan.outcome == outcome
    if outcome == Outcome.REFUSED:
        assert "减少 1 名" in " ".join(p.text for p in answer_of(plan).proposals)


@pytest.mark.system("S214")
def test_clothing_is_three_years_apart_to_the_day_for_each_person():
    union = make.shop(number=2)
    first, second = make.people(union)
    with clock.at(date(2026, 6, 1)):
        services.plan_record(
            actor=make.system, union=union,
            data=make.data(PlanKind.CLOTHING, LineData(Use.CLOTHING, 80000, 1), on=date(2023, 3, 11), people=[first], more={"only_participants": True, "owner": "unit"}),
        )  # fmt: skip
    more = {"only_participants": True, "owner": "unit"}
    suit = LineData(Use.CLOTHING, 90000, 2, "运动服")
    early = make.plan(union, suit, kind=PlanKind.CLOTHING, on=date(2026, 3, 10), people=[first, second], more=more)
    due = make.plan(union, suit, kind=PlanKind.CLOTHING, on=date(2026, 3, 11), people=[first, second], more=more)
    other = make.plan(union, LineData(Use.CLOTHING, 90000, 1), kind=PlanKind.CLOTHING, on=date(2026, 3, 10), people=[second], more=more)
    assert (early.outcome, due.outcome, other.outcome) == (Outcome.REFUSED, Outcome.ALLOWED, Outcome.ALLOWED)
    texts = " ".join(p.text for p in answer_of(early).proposals)
    assert "推迟 1 天" in texts and "去掉最近买过服装的 1 人" in texts, texts


def test_clothing_belongs_to_the_unit():
    more = {"only_participants": True, "owner": "person"}
    union = make.shop(number=1)
    plan = make.plan(union, LineData(Use.CLOTHING, 90000, 1), kind=PlanKind.CLOTHING, people=make.people(union), more=more)
    assert plan.outcome == Outcome.REFUSED and "登记为单位所有" in answer_of(plan).proposals[0].text


@pytest.mark.system("S215")
@pytest.mark.parametrize(("fen", "outcome"), [(99999, Outcome.ALLOWED), (100000, Outcome.ALLOWED), (100001, Outcome.REFUSED)])
def test_cash_up_to_the_settlement_threshold(fen, outcome):
    plan = make.plan(make.shop(make.SHANDONG), LineData(Use.OTHER, fen, 1), kind=PlanKind.PURCHASE, method="cash", payee="青石商店")
    assert plan.outcome == outcome
    if outcome == Outcome.REFUSED:
        assert "银行转账" in " ".join(p.text for p in answer_of(plan).proposals)


@pytest.mark.system("S215")
def test_split_cash_payments_are_seen_together():
    union = make.shop(make.SHANDONG)
    one = make.plan(union, LineData(Use.OTHER, 80000, 1), kind=PlanKind.PURCHASE, method="cash", payee="青石商店")
    assert one.outcome == Outcome.ALLOWED
    make.approved(union, one)
    two = make.plan(union, LineData(Use.OTHER, 70000, 1), kind=PlanKind.PURCHASE, method="cash", payee="青石商店")
    elsewhere = make.plan(union, LineData(Use.OTHER, 70000, 1), kind=PlanKind.PURCHASE, method="cash", payee="别家商店")
    assert (two.outcome, elsewhere.outcome) == (Outcome.REASON, Outcome.ALLOWED)


@pytest.mark.system("S217")
@pytest.mark.parametrize(
    ("area", "on", "words", "form", "bad"),
    [
        (make.BEIJING, make.DAY, "月饼", "goods", "listed"),
        (make.BEIJING, make.DAY, "粮油", "coupon", "token"),
        (make.SHANDONG, make.DAY, "月饼", "goods", ""),
        (make.ANHUI, date(2025, 8, 20), "", "pickup", "unknown"),
        (make.ANHUI, date(2025, 8, 21), "", "pickup", ""),
        (make.GUIZHOU, date(2025, 5, 26), "", "shopping_card", "token"),
    ],
)
def test_forms_and_goods_follow_the_place_and_the_day(area, on, words, form, bad):
    union = make.shop(area)
    item = next(
        i for i in answer_of(make.gift(union, 100, on=on, words=words, form=form)).items if i.decision.key == "finance.festival_form"
    )
    failing = [c.clause.key for c in item.decision.clauses if c.result is False]
    assert ("unknown" if item.outcome == Outcome.UNKNOWN else "".join(failing)) == bad


@pytest.mark.system("S217")
@pytest.mark.system("S209")
def test_festival_gifts_add_up_within_the_year_and_leave_with_a_reversal_or_a_cancel():
    union = make.shop(make.GUIZHOU, number=4)
    with clock.at(date(2025, 5, 1)):
        first = make.gift(union, 50000, on=date(2025, 1, 20))
        assert first.outcome == Outcome.ALLOWED
        make.approved(union, first)
        labour = make.gift(union, 20000, on=date(2025, 5, 1), festival="labour")
        values = answer_of(labour).values("finance.festival_total")
        assert (values["ceiling"], values["left"]) == (4 * 170000, 4 * 120000)
        services.plan_cancel(actor=make.clerk(union), plan=first, reason="改在单位发")
        assert answer_of(labour).values("finance.festival_total")["left"] == 4 * 170000


def test_not_all_members_is_refused():
    union = make.shop(make.SHANDONG, number=3)
    some = make.people(union)[:2]
    plan = make.plan(
        union, LineData(Use.GIFT, 100, 2, "粮油"), kind=PlanKind.FESTIVAL, people=some, more={"festival": "spring", "form": "goods"}
    )  # fmt: skip
    assert plan.outcome == Outcome.REFUSED and "形式" in plan.headline


@pytest.mark.system("S216")
def test_meals_follow_place_and_day_and_say_what_is_missing():
    union = make.shop(make.SHANDONG)
    plan = make.plan(union, LineData(Use.MEAL, 4000, 40), kind=PlanKind.MEAL, place_area="370600")
    assert plan.outcome == Outcome.UNKNOWN and "差旅伙食补助" in plan.headline
    services.figure_set(
        actor=make.system,
        union=union.parent,
        kind="travel_meal",
        area="370600",
        amount_fen=3500,
        since=date(2026, 1, 1),
        source="财行〔2026〕1 号",
    )
    assert answer_of(plan).outcome == Outcome.REFUSED  # 40 > 35 there
    assert "¥35.00" in answer_of(plan).proposals[0].text
    here = make.plan(union, LineData(Use.MEAL, 4000, 40), kind=PlanKind.MEAL, place_area="371000")
    assert here.outcome == Outcome.UNKNOWN  # the figure of another city says nothing here


def test_the_same_outing_is_judged_by_its_date():
    more = {"days": 2, "nights": 1, "in_city": True, "forbidden_spot": False, "in_province": True}
    outcomes = []
    for on in (date(2025, 3, 19), date(2025, 3, 20), date(2025, 5, 26)):
        union = make.shop(make.GUIZHOU, number=1, name=f"厂{on}")
        outcomes.append(
            make.plan(union, LineData(Use.TRIP, 10000, 1), kind=PlanKind.OUTING, on=on, people=make.people(union), more=more).outcome
        )
    assert outcomes[0] == Outcome.REFUSED and outcomes[1] != Outcome.REFUSED and outcomes[2] != Outcome.REFUSED


@pytest.mark.parametrize("nature", ["banquet", "bonus", "luxury", "slush", "merged", "diverted", "fundraising", "unrelated"])
def test_the_eight_prohibitions_are_refused_and_nothing_is_proposed(nature):
    plan = make.plan(make.shop(make.SHANDONG), LineData(Use.OTHER, 100, 1), kind=PlanKind.PURCHASE, nature=nature)
    assert plan.outcome == Outcome.REFUSED and answer_of(plan).proposals == []


def test_an_override_needs_a_reason_and_another_person_and_ends_with_a_change():
    union = make.shop()
    plan = make.plan(union, make.prize(16000, 40))
    asker = make.clerk(union)
    with pytest.raises(RuleViolation):
        services.override_ask(actor=asker, plan=plan, reason="急")
    (row,) = services.override_ask(actor=asker, plan=plan, reason="省里比赛主办方统一规定的标准")
    with pytest.raises(Conflict):
        services.override_ask(actor=asker, plan=plan, reason="省里比赛主办方统一规定的标准")
    chair = make.chair(union)
    own = services.override_ask(actor=chair, plan=make.plan(union, make.prize(17000, 40)), reason="自己申请自己批准不行")[0]
    with pytest.raises(NotPermitted) as refused:
        services.override_decide(actor=chair, override=own, grant=True, opinion="同意")
    assert refused.value.code == "spending.own_override"
    services.override_decide(actor=chair, override=row, grant=True, opinion="同意，附主办方文件")
    services.plan_submit(actor=asker, plan=plan, reason="附主办方文件")
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED
    auditor = make.accounts.acting((make.Role.AUDITOR, union.parent.path))
    assert row.pk in set(waived.overrides(auditor).values_list("pk", flat=True))
    changed = make.plan(union, make.prize(16000, 40))
    (other,) = services.override_ask(actor=asker, plan=changed, reason="省里比赛主办方统一规定的标准")
    services.plan_change(actor=asker, plan=changed, data=make.data(PlanKind.ACTIVITY, make.prize(18000, 40)))
    with pytest.raises(Conflict):
        services.override_decide(actor=chair, override=other, grant=True, opinion="同意")


def test_without_the_digest_an_override_would_carry_over_to_another_plan():
    """Negative control: a granted override counts only for the content it was granted for."""
    union = make.shop()
    plan = make.plan(union, make.prize(16000, 40))
    (row,) = services.override_ask(actor=make.clerk(union), plan=plan, reason="省里比赛主办方统一规定的标准")
    services.override_decide(actor=make.chair(union), override=row, grant=True, opinion="同意")
    services.plan_change(actor=make.clerk(union), plan=plan, data=make.data(PlanKind.ACTIVITY, make.prize(90000, 40)))
    with pytest.raises(RuleViolation):
        services.plan_submit(actor=make.clerk(union), plan=plan)
    Override.objects.filter(pk=row.pk).update(digest=services.plans.digest(Plan.objects.get(pk=plan.pk)))
    services.plan_submit(actor=make.clerk(union), plan=plan)  # the harm, once the guard is lifted


def test_a_plan_is_confirmed_by_another_and_settled_once():
    union = make.shop(make.GUIZHOU, number=2)
    plan = make.approved(union, make.gift(union, 20000, festival="labour"))
    assert plan.state == PlanState.APPROVED and PlanSlip.objects.filter(plan=plan).count() == StoredDecision.objects.count() > 3
    with clock.at(date(2026, 4, 1)):
        services.plan_settle(actor=make.clerk(union), plan=plan, on=make.DAY)
    plan.refresh_from_db()
    assert (plan.state, plan.paid_fen) == (PlanState.POSTED, 40000)
    with pytest.raises(RuleViolation):
        services.plan_settle(actor=make.clerk(union), plan=plan, on=make.DAY)
    assert AuditEntry.objects.filter(verb="spending.plan.posted").count() == 1


def voucher_through(union, voucher):
    finance.voucher_check(actor=make.chair(union), voucher=voucher)
    voucher.refresh_from_db()
    return finance.voucher_post(actor=make.cashier(union), voucher=voucher)


@pytest.mark.system("S208")
def test_a_plan_and_its_voucher_count_once_and_leave_with_the_reversal():
    union = make.shop(make.SHANDONG, number=4)
    make.book(union)
    with clock.at(date(2026, 3, 20)):
        plan = make.approved(union, make.gift(union, 20000))
        voucher = services.plan_pay(actor=make.accountant(union), plan=plan, on=date(2026, 3, 15))
        assert voucher.total_fen == 80000
        voucher_through(union, voucher)
        plan.refresh_from_db()
        assert (plan.state, plan.paid_on, plan.voucher_pk) == (PlanState.POSTED, date(2026, 3, 15), voucher.pk)
        assert not Spent.objects.exists()
        assert facts.history_of(union, make.DAY).year_fen(make.DAY, Use.GIFT) == 80000
        back = finance.voucher_reverse(actor=make.accountant(union), voucher=type(voucher).objects.get(pk=voucher.pk), reason="发错了")
        voucher_through(union, back)
        plan.refresh_from_db()
        assert plan.state == PlanState.REVERSED
        assert facts.history_of(union, make.DAY).year_fen(make.DAY, Use.GIFT) == 0


@pytest.mark.system("S208")
@pytest.mark.system("S213")
def test_the_accountant_is_refused_at_the_voucher_without_any_plan():
    union = make.shop()
    book = make.book(union)
    with clock.at(date(2026, 3, 20)):
        voucher = finance.entry(
            actor=make.accountant(union),
            book=book,
            event="prize",
            on=make.DAY,
            amount=640000,
            words="发文体活动奖品",
            facts={"participants": 40},
        )
        found = vouchers.guard(voucher)
        assert [(f.severity, f.key) for f in found] == [("block", "spending.finance.participation_prize")]
        assert "超过参与奖的人均标准" in found[0].text and "可以这样改" in found[0].text and found[0].slip is not None
        with pytest.raises(RuleViolation):
            finance.voucher_check(actor=make.chair(union), voucher=voucher)
        lawful = finance.entry(
            actor=make.accountant(union),
            book=book,
            event="prize",
            on=make.DAY,
            amount=600000,
            words="发文体活动奖品",
            facts={"participants": 40},
        )
        assert vouchers.guard(lawful) == []
        voucher_through(union, lawful)
        assert Spent.objects.get().amount_fen == 600000


def test_with_the_guard_removed_the_prize_goes_through(monkeypatch):
    """Negative control: nothing but the guard stops the voucher."""
    from gonghui.finance import hooks

    monkeypatch.setattr(hooks, "_guards", {k: v for k, v in hooks._guards.items() if k != "spending"})
    union = make.shop()
    book = make.book(union)
    with clock.at(date(2026, 3, 20)):
        voucher = finance.entry(
            actor=make.accountant(union),
            book=book,
            event="prize",
            on=make.DAY,
            amount=640000,
            words="发文体活动奖品",
            facts={"participants": 40},
        )
        assert voucher_through(union, voucher).state == "posted"


def test_a_voucher_of_another_amount_than_its_plan_is_judged_by_what_it_pays():
    union = make.shop(number=0)
    make.book(union)
    with clock.at(date(2026, 3, 20)):
        plan = make.approved(union, make.plan(union, make.prize(15000, 40)))
        event = EVENTS[plan.kind]
        voucher = finance.entry(
            actor=make.accountant(union), book=vouchers.book_of(union), event=event, on=make.DAY, amount=600001, words="运动会", source=plan.source,
            facts={"participants": 40},
        )  # fmt: skip
        assert [f.severity for f in vouchers.guard(voucher)] == ["block"]


def test_reason_and_names_of_a_condolence_are_sealed_masked_and_opened_with_a_record():
    union = make.shop(make.ANHUI, number=1)
    person = make.people(union)
    plan = make.plan(
        union, LineData(Use.CARE, 150000, 1), kind=PlanKind.HOSPITAL, on=date(2025, 9, 1), people=person, title="王某住院", illness="胃炎", care="手术后在家休养"
    )  # fmt: skip
    assert plan.title == "住院慰问" and plan.outcome == Outcome.ALLOWED
    assert "胃炎" not in str(Plan.objects.filter(pk=plan.pk).values().get()) and "胃炎".encode() not in bytes(plan.care_sealed)
    with pytest.raises(NotPermitted):
        services.plan_open(actor=make.clerk(union), plan=plan, reason="核对慰问金额")
    with pytest.raises(RuleViolation):
        services.plan_open(actor=make.chair(union), plan=plan, reason="看看")
    assert services.plan_open(actor=make.chair(union), plan=plan, reason="核对慰问金额") == "胃炎\n手术后在家休养"
    assert AuditEntry.objects.filter(verb="spending.plan.opened").count() == 1
    assert "胃炎" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    make.approved(union, plan)
    again = make.plan(union, LineData(Use.CARE, 150000, 1), kind=PlanKind.HOSPITAL, on=date(2025, 11, 1), people=person, illness="胃炎")
    other = make.plan(union, LineData(Use.CARE, 150000, 1), kind=PlanKind.HOSPITAL, on=date(2025, 11, 1), people=person, illness="骨折")
    assert (again.outcome, other.outcome) == (Outcome.REFUSED, Outcome.ALLOWED)


def test_a_pasted_list_is_matched_and_never_guessed():
    union = make.shop(number=0)
    for name in ("王大力", "赵敏", "赵敏"):
        make.members.member(union, who=make.members.person(name))
    twin = union.memberships.filter(person__name="赵敏").first().person
    found = roll.match(union, "王大力\n赵敏\n没有的人\n王大力", make.DAY)
    assert (len(found.persons), found.several, found.missing, found.double) == (1, ["赵敏"], ["没有的人"], ["王大力"])
    assert roll.match(union, twin.phone_mask, make.DAY).persons == []  # a masked number finds nobody


def test_what_each_member_received_in_the_year():
    union = make.shop(make.GUIZHOU, number=3)
    make.approved(union, make.gift(union, 20000, on=date(2026, 2, 1)))
    one = make.people(union)[:1]
    make.approved(union, make.plan(union, LineData(Use.CARE, 30000, 1), kind=PlanKind.BIRTHDAY, people=one, more={"care_form": "cake"}))
    shares = reads.member_year(union, 2026)
    assert [s.fen for s in shares] == [50000, 20000, 20000] and shares[0].person_id == one[0].person_id


def test_outside_the_own_tree_nothing_is_seen_or_done():
    mine, other = make.shop(), make.shop(name="别家厂", number=0)
    plan = make.plan(other)
    with pytest.raises(NotFound):
        reads.plan_get(actor=make.chair(mine), pk=plan.pk)
    with pytest.raises(NotFound):
        services.plan_submit(actor=make.clerk(mine), plan=plan)
    with pytest.raises(NotPermitted):
        services.plan_make(actor=make.cashier(mine), union=mine, data=make.data())


def test_a_plan_without_lines_or_people_is_not_made():
    union = make.shop()
    for data in (make.data(PlanKind.ACTIVITY, LineData(Use.OTHER, 0, 3)), make.data(PlanKind.ACTIVITY, make.prize(1, 1), count=0)):
        with pytest.raises(BadInput):
            services.plan_make(actor=make.clerk(union), union=union, data=data)
    assert not Plan.objects.exists()


def test_only_the_past_is_recorded_afterwards():
    union = make.shop()
    with clock.at(make.DAY), pytest.raises(RuleViolation):
        services.plan_record(actor=make.clerk(union), union=union, data=make.data(on=make.DAY + timedelta(1)))


def test_people_of_elsewhere_are_refused_where_the_place_says_so():
    union = make.shop(make.ANHUI, number=1)
    (one,) = make.people(union)
    away = PersonData(one.person_id, "dispatched", True)
    plan = make.plan(
        union, LineData(Use.CARE, 20000, 1), kind=PlanKind.BIRTHDAY, on=date(2025, 9, 1), people=[away], more={"care_form": "cake"}
    )
    before = make.plan(
        union, LineData(Use.CARE, 20000, 1), kind=PlanKind.BIRTHDAY, on=date(2025, 8, 20), people=[away], more={"care_form": "cake"}
    )
    assert (plan.outcome, before.outcome) == (Outcome.REFUSED, Outcome.ALLOWED)


def test_what_must_hold_is_found_when_it_does_not():
    """The checks of `gonghui verify`, each with its fault planted."""
    from gonghui.spending import verify

    def faults():
        return {id_: len(list(look())) for id_, _title, look in verify.CHECKS}

    union = make.shop()
    plan = make.plan(union, make.prize(16000, 40))
    services.override_ask(actor=make.clerk(union), plan=plan, reason="省里比赛主办方统一规定的标准")
    assert faults() == {"SPE-01": 0, "SPE-02": 0, "SPE-03": 0}
    Plan.objects.filter(pk=plan.pk).update(total_fen=1, state=PlanState.POSTED, voucher_pk=7)
    Spent.objects.create(union=union, use=Use.OTHER, on=make.DAY, amount_fen=1, voucher_pk=7)
    assert faults() == {"SPE-01": 1, "SPE-02": 0, "SPE-03": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.update(decided_by=Override.objects.get().asked_by)  # the database itself refuses an own approval


def test_a_voucher_that_does_not_say_how_many_cannot_be_told():
    union = make.shop()
    book = make.book(union)
    with clock.at(date(2026, 3, 20)):
        voucher = finance.entry(
            actor=make.accountant(union), book=book, event="prize", on=make.DAY, amount=640000, words="发奖品", facts={}
        )
        found = vouchers.guard(voucher)
    assert [f.severity for f in found] == ["unknown"] and "参加人数" in found[0].text


def test_the_nearest_plan_keeps_within_the_budget_left_and_says_the_smaller_change_too():
    """The line allows 150 yuan each, the budget 75: both are said, the one that passes everything first."""
    from gonghui.spending.rules.draft import Budget, Draft, History, Line
    from gonghui.spending.selectors import answers

    lines = (Line(Use.PARTICIPATION, 16000, 40),)
    base = {"kind": "activity", "on": make.DAY, "at": make.BEIJING, "lines": lines, "count": 40}
    answer = answers.judge(Draft(**base, budget=Budget(True, 300000, 900000, 300000, "本年预算")), History())
    assert any("降到 ¥75.00 以内" in p.text for p in answer.proposals) and not answer.still_reason
    assert any("降到 ¥150.00 以内" in p.text for p in answer.lifting)
    assert all(p.plan.total_fen <= 300000 for p in answer.proposals)
    without = answers.judge(Draft(**base), History())  # nothing known of a budget: the rule alone
    assert any("降到 ¥150.00 以内" in p.text for p in without.proposals) and without.lifting == []
    nothing = answers.judge(Draft(**base, budget=Budget(True, 0, 900000, 300000, "本年预算")), History())
    assert nothing.still_reason and any("降到 ¥150.00 以内" in p.text for p in nothing.proposals)
