"""Payments: ground, three duties, digest, one sending, the bank's answer, cash. S210, S215, AID-01…AID-07."""

from __future__ import annotations

import io
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from gonghui.accounts.enums import Role
from gonghui.approvals import services as approvals
from gonghui.approvals.models import Delegation
from gonghui.core import clock, verify
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.files.imports import reading
from gonghui.policy import services as policy
from gonghui.treasury import services
from gonghui.treasury.enums import BatchState, LineState, PaymentState
from gonghui.treasury.models import BatchLine, Payment, PaymentBatch
from gonghui.treasury.rules import banking, duties
from gonghui.treasury.rules import splits as ties
from gonghui.treasury.selectors import splits
from gonghui.treasury.services import batches, common, payments
from gonghui.treasury.tests import make

pytestmark = [pytest.mark.django_db]
NOW = date(2025, 10, 10)


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.at(NOW):
        yield


def answers(batch: PaymentBatch, *outcomes: str) -> bytes:
    """A return file in the general format, as csv: one outcome for each line."""
    out = io.StringIO()
    out.write("转账编号,结果,银行流水号,原因\n")
    for line, word in zip(batch.lines.order_by("transfer_no"), outcomes, strict=True):
        out.write(f"{line.transfer_no},{word},B{line.pk},户名不符\n")
    return out.getvalue().encode()


@pytest.mark.invariant("AID-01")
def test_a_payment_needs_its_ground_and_never_goes_above_it() -> None:
    union = make.union()
    with pytest.raises(RuleViolation, match="依据"):
        make.payment(union, voucher=None)
    voucher = make.voucher(union, 100_000)
    make.payment(union, 60_000, voucher=voucher)
    with pytest.raises(RuleViolation, match="超出"):
        make.payment(union, 40_001, voucher=voucher)
    row = make.payment(union, 40_000, voucher=voucher)
    with pytest.raises(RuleViolation, match="超出"):
        payments.payment_edit(actor=make.maker(union), payment=row, amount_fen=40_001)
    with pytest.raises(RuleViolation, match="审核"):
        make.payment(union, 1, voucher=make.voucher(union, 5_000, checked=False))
    with pytest.raises(RuleViolation, match="占用预算"):
        make.payment(union, 1, voucher=None, source="spending.plan:9")
    services.reserve(actor=make.maker(union), union=union, item="50102", amount=5_000, source="spending.plan:9")
    with pytest.raises(RuleViolation, match="超出"):
        make.payment(union, 5_001, voucher=None, source="spending.plan:9")
    assert make.payment(union, 5_000, voucher=None, source="spending.plan:9").pk
    Payment.objects.filter(pk=row.pk).update(amount_fen=99_999)
    assert not verify.run(["AID-01-PAY"])["ok"]


@pytest.mark.system("S210")
@pytest.mark.invariant("AID-02")
def test_maker_checker_payer_are_three_people_of_the_union_itself() -> None:
    union = make.union()
    batch = make.batch(union)
    with pytest.raises(RuleViolation, match="制单人和审核人"):
        batches.batch_approve(actor=_also(make.maker(union), union, Role.CHAIR), batch=batch)
    above = make.someone(union.parent, Role.CITY, "city")
    with pytest.raises(NotPermitted, match="本工会自己"):
        batches.batch_approve(actor=above, batch=batch)
    batch = batches.batch_approve(actor=make.chair(union), batch=batch)
    with pytest.raises(NotPermitted):
        batches.batch_pay(actor=make.chair(union), batch=batch)
    for wrong, words in ((make.maker(union), "付款人和制单人"), (make.chair(union), "付款人和审核人")):
        with pytest.raises(RuleViolation, match=words):
            batches.batch_pay(actor=_also(wrong, union, Role.CASHIER), batch=batch)
    with pytest.raises(NotFound):
        batches.batch_pay(actor=make.cashier(make.union("别家")), batch=batch)
    assert batches.batch_pay(actor=make.cashier(union), batch=batch).state == BatchState.SENT
    assert verify.run(["AID-02-PAY", "AID-03-PAY", "AID-04-PAY", "AID-07-PAY"])["ok"]
    row = Payment.objects.get()
    Payment.objects.filter(pk=row.pk).update(payer=make.chair(union).user_id)
    assert not verify.run(["AID-02-PAY"])["ok"]


def _also(actor: Any, union: Any, role: Role) -> Any:
    """The same account with a further role of the union."""
    from django.apps import apps

    from gonghui.accounts.tests import make as accounts

    user = apps.get_model("accounts.User").objects.get(pk=actor.user_id)
    accounts.give(user, role, union.path)
    return accounts.actor(user)


@pytest.mark.invariant("AID-02")
def test_a_second_account_of_the_same_person_and_a_delegation_do_not_help() -> None:
    union = make.union()
    who = make.person()
    first = make.someone(union, Role.FINANCE, "yi")  # the account this person had before
    second = make.someone(union, Role.CASHIER, "er", person_id=who.pk)
    row = payments.payment_request(
        actor=first, union=union, payee="店", amount_fen=100, words="笔", account=make.CARD, voucher=make.voucher(union), method="cheque"
    )
    Payment.objects.filter(pk=row.pk).update(maker_person_id=who.pk)
    row = payments.payment_submit(actor=first, payment=row)
    chair, helper = make.chair(union), make.someone(union, Role.CASHIER, "shoutuo")
    Delegation.objects.create(
        giver_id=chair.user_id, taker_id=helper.user_id, since=NOW, until=NOW + timedelta(days=9), reason="出差", created_at=clock.now()
    )
    make.approve(row.approval, helper)  # decides for the chair
    row.refresh_from_db()
    assert row.state == PaymentState.APPROVED
    with pytest.raises(RuleViolation, match="付款人和制单人"):
        payments.payment_pay(actor=second, payment=row, reference="1")
    with pytest.raises(RuleViolation, match="付款人和审核人"):
        payments.payment_pay(actor=helper, payment=row, reference="1")
    with pytest.raises(RuleViolation, match="付款人和审核人"):  # for whom it was decided
        payments.payment_pay(actor=_also(chair, union, Role.CASHIER), payment=row, reference="1")
    assert payments.payment_pay(actor=make.cashier(union), payment=row, reference="1").state == PaymentState.PAID


@pytest.mark.invariant("AID-02")
def test_without_the_rule_one_person_could_do_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the guard is what stops, nothing else does."""
    union = make.union()
    batch = make.ready(union)
    one = _also(make.chair(union), union, Role.CASHIER)
    with pytest.raises(RuleViolation, match="同一个人"):
        batches.batch_pay(actor=one, batch=batch)
    monkeypatch.setattr(payments, "apart", lambda *a, **k: None)
    assert batches.batch_pay(actor=one, batch=batch).state == BatchState.SENT
    assert not verify.run(["AID-02-PAY"])["ok"]  # the nightly check finds it all the same


def test_hands_meet_by_account_or_by_person() -> None:
    a, b, c = duties.hands([(1, 10)]), duties.hands([(2, 10)]), duties.hands([(3, None)])
    assert a.meets(b) and not a.meets(c) and duties.facts(a, b, c)["checker"] == "制单人"
    assert duties.facts(a, c, duties.hands([(3, 99)]))["payer"] == "审核人" and not duties.Hands().meets(duties.Hands())


@pytest.mark.invariant("AID-03")
def test_what_was_changed_after_approval_is_not_paid() -> None:
    union = make.union()
    batch = make.ready(union)
    row = Payment.objects.get()
    other = payments.crypto.seal(payments.TABLE, payments.FIELD, row.pk, "6217000000009999999")
    for change in ({"payee": "别人"}, {"amount_fen": row.amount_fen + 1}, {"account_sealed": other}, {"words": "别的"}):
        with transaction.atomic():
            point = transaction.savepoint()
            Payment.objects.filter(pk=row.pk).update(**change)
            with pytest.raises(Conflict, match="不一样"):
                batches.batch_pay(actor=make.cashier(union), batch=batch)
            transaction.savepoint_rollback(point)
    assert BatchLine.objects.get().state == LineState.WAITING
    paid = batches.batch_pay(actor=make.cashier(union), batch=batch)
    assert paid.digest == paid.paid_digest and paid.file is not None
    Payment.objects.filter(pk=row.pk).update(payee="别人")
    assert not verify.run(["AID-03-PAY"])["ok"]


@pytest.mark.invariant("AID-03")
def test_without_the_comparison_the_changed_account_would_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control."""
    union = make.union()
    batch = make.ready(union)
    Payment.objects.update(payee="别人")
    monkeypatch.setattr(batches, "compare", lambda *a: None)
    assert batches.batch_pay(actor=make.cashier(union), batch=batch).state == BatchState.SENT


def test_an_edit_after_approval_voids_it() -> None:
    union = make.union()
    row = make.approved(union)
    row = payments.payment_edit(actor=make.maker(union), payment=row, account="6217000000008888888")
    assert (row.state, row.approval.state, row.account_mask) == (PaymentState.DRAFT, "voided", "**** 8888")
    with pytest.raises(Conflict):
        make.batch(union, row)
    row = payments.payment_submit(actor=make.maker(union), payment=row)
    make.approve(row.approval, make.chair(union))
    assert make.batch(union, row).count == 1


@pytest.mark.invariant("AID-04")
def test_an_unknown_outcome_is_never_sent_again_and_only_the_bank_settles_it() -> None:
    union = make.union()
    batch = batches.batch_pay(actor=make.cashier(union), batch=make.ready(union))
    with pytest.raises(Conflict):
        batches.batch_pay(actor=make.cashier(union), batch=batch)
    line = BatchLine.objects.get()
    assert list(batches.silent_lines()) == []
    with clock.at(NOW + timedelta(days=1)):
        assert [x.pk for x in batches.silent_lines()] == [line.pk] and batches.mark_silent(actor=make.system, line=line)
        assert not batches.mark_silent(actor=make.system, line=line)
        row = Payment.objects.get()
        assert row.state == PaymentState.UNKNOWN
        for again in (
            lambda: payments.payment_again(actor=make.maker(union), payment=row),
            lambda: make.batch(union, row),
            lambda: payments.payment_edit(actor=make.maker(union), payment=row, words="x"),
            lambda: payments.payment_cancel(actor=make.maker(union), payment=row, reason="x"),
        ):
            with pytest.raises(Conflict):
                again()
        with pytest.raises(DatabaseError), transaction.atomic():
            BatchLine.objects.filter(pk=line.pk).update(state=LineState.WAITING)  # not even by hand
        with pytest.raises(RuleViolation, match="付款人不能"):
            batches.line_settle(
                actor=_also(make.cashier(union), union, Role.CHAIR), line=line, outcome="paid", reference="1", reason="回函"
            )
        with pytest.raises(RuleViolation, match="写明"):
            batches.line_settle(actor=make.chair(union), line=line, outcome="paid", reference="", reason="")
        batches.line_settle(actor=make.chair(union), line=line, outcome="failed", reference="回函 7", reason="户名不符")
        row.refresh_from_db()
        assert (row.state, PaymentBatch.objects.get().state) == (PaymentState.FAILED, BatchState.SETTLED)
        fresh = payments.payment_again(actor=make.maker(union), payment=row, account="6217000000008888888")
        assert (fresh.replaces_id, fresh.state) == (row.pk, PaymentState.DRAFT)
        with pytest.raises(Conflict):
            payments.payment_again(actor=make.maker(union), payment=row)


@pytest.mark.invariant("AID-07")
@pytest.mark.fault(26)
def test_answers_in_any_order_end_the_same_and_add_up() -> None:
    union = make.union()
    rows = [make.approved(union, 1_000 * n) for n in (1, 2, 3)]
    batch = batches.batch_pay(actor=make.cashier(union), batch=make.ready(union, *rows))
    files = [
        answers(batch, "处理中", "成功", "处理中"),
        answers(batch, "成功", "成功", "没听说过"),
        answers(batch, "成功", "处理中", "失败"),
    ]
    for order in permutations(files):
        with transaction.atomic():
            point = transaction.savepoint()
            for n, content in enumerate(order):
                batches.answer_take(actor=make.maker(union), batch=batch, content=content, name=f"{n}.csv")
            assert [x.state for x in batch.lines.order_by("transfer_no")] == ["paid", "paid", "failed"]
            assert PaymentBatch.objects.get().state == BatchState.SETTLED and verify.run(["AID-04-PAY", "AID-07-PAY"])["ok"]
            transaction.savepoint_rollback(point)
    batches.answer_take(actor=make.maker(union), batch=batch, content=files[2], name="a.csv")
    with pytest.raises(Conflict, match="已经读过"):
        batches.answer_take(actor=make.maker(union), batch=batch, content=files[2], name="a.csv")
    against = batches.answer_take(actor=make.maker(union), batch=batch, content=answers(batch, "失败", "成功", "成功"), name="b.csv")
    assert against.counts["conflict"] == 2 and batch.lines.filter(state="paid").count() == 2  # what is settled stays
    with pytest.raises(BadInput, match="没有找到这些列"):
        batches.answer_take(actor=make.maker(union), batch=batch, content="转账编号,别的\n1,2\n".encode(), name="c.csv")


def test_the_file_carries_full_accounts_in_the_banks_format_and_no_formula() -> None:
    union = make.union()
    row = make.approved(union, 123_456, payee="=cmd|' /C calc'!A1")
    for key, chosen in banking.formats().items():
        batch = make.ready(union, row)
        PaymentBatch.objects.filter(pk=batch.pk).update(format=key)
        batch.refresh_from_db()
        _name, data = batches.bank_file(make.system, batch, batches._lines(batch))
        table = reading.read(data, isolated=False)
        texts = [str(v) for line in table.frame.iter_rows() for v in line if v is not None]
        assert make.CARD in texts and "1234.56" in texts and not any(t.startswith("=") for t in texts)
        if chosen.kind == "csv":
            assert "客户流水号".encode("gb18030") in data
        batches.batch_drop(actor=make.maker(union), batch=batch)
        row.refresh_from_db()
        assert row.state == PaymentState.APPROVED


@pytest.mark.system("S215")
@pytest.mark.invariant("LED-10")
def test_cash_to_the_limit_and_not_a_fen_above() -> None:
    union = make.union()
    assert make.approved(union, 100_000, method="cash").cash_slip
    with pytest.raises(RuleViolation, match="不可以用现金") as refused:
        payments.payment_submit(actor=make.maker(union), payment=make.payment(union, 100_001, method="cash", payee="别家"))
    assert refused.value.decision
    travel = payments.payment_submit(
        actor=make.maker(union), payment=make.payment(union, 300_000, method="cash", payee="王五", purpose="travel")
    )
    assert travel.state == PaymentState.PENDING


@pytest.mark.system("S215")
def test_a_split_is_seen_by_payee_and_day_or_kind_and_wants_its_reason() -> None:
    union = make.union()
    make.payment(union, 60_000, method="cash", kind="purchase")
    twin = make.payment(union, 60_000, method="cash", kind="purchase", words="再购", on=NOW + timedelta(days=0))
    assert payments.related_cash(twin) == 120_000
    with pytest.raises(RuleViolation, match="合计 ¥1,200.00"):  # noqa: RUF043  # the point is read as any sign
        payments.payment_submit(actor=make.maker(union), payment=twin)
    other = make.payment(union, 60_000, method="cash", payee="另一家", kind="purchase", words="会场租金")
    assert payments.cash(other).outcome is True
    assert (
        payments.related_cash(make.payment(union, 60_000, method="cash", kind="purchase", words="下月", on=NOW + timedelta(days=8)))
        == 60_000
    )
    assert payments.related_cash(make.payment(union, 60_000, method="cash", kind="aid", words="另事", on=NOW + timedelta(days=3))) == 60_000
    reasoned = payments.payment_edit(actor=make.maker(union), payment=twin, note="两次比赛各自结算")
    assert payments.payment_submit(actor=make.maker(union), payment=reasoned).state == PaymentState.PENDING


@pytest.mark.system("S215")
def test_one_purpose_over_several_days_and_payees_is_one_payment() -> None:
    union = make.union()
    first = make.payment(union, 60_000, method="cash", payee="甲商店", words="购买比赛奖品（第一批）")
    second = make.payment(union, 60_000, method="cash", payee="乙商店", words="购买比赛奖品2", on=NOW + timedelta(days=3), kind="activity")
    assert [(row.pk, why) for row, why in splits.related(second)] == [(first.pk, "同一事由")]
    decision = payments.cash(second)
    assert decision.outcome is False and decision.facts["related_fen"].value == 120_000
    with pytest.raises(RuleViolation, match="同一事由或同一计划"):
        payments.payment_submit(actor=make.maker(union), payment=second)
    late = make.payment(union, 60_000, method="cash", payee="丙商店", words="购买比赛奖品", on=NOW + timedelta(days=8))
    assert {row.pk for row, _why in splits.related(late)} == {second.pk}  # eight days after the first, five after the second
    by_bank = make.payment(union, 60_000, payee="丁商店", words="购买比赛奖品")
    assert by_bank.pk not in {row.pk for row, _why in splits.related(first)}


@pytest.mark.system("S215")
def test_payments_of_one_plan_belong_together_whatever_the_day_and_the_words(monkeypatch) -> None:
    union = make.union()
    paper = make.voucher(union, 180_000, cash=True, source="spending.plan:7")
    first = make.payment(union, 90_000, method="cash", payee="甲商店", words="奖品", voucher=paper)
    last = make.payment(union, 90_000, method="cash", payee="乙演艺队", words="舞台", voucher=paper, on=NOW + timedelta(days=40))
    assert [(row.pk, why) for row, why in splits.related(last)] == [(first.pk, "同一项计划或凭证")]
    assert payments.cash(last).outcome is False
    monkeypatch.setattr(ties, "tie", lambda *given: "")  # the tie taken away: the split goes through unseen
    assert payments.cash(last).outcome is True


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("购买奖品（第一批）", "购买奖品（第二批）", True),
        ("购买奖品 1", "购买奖品２", True),
        ("购买奖品", "购买奖状", False),
        ("一车间工具", "二车间工具", False),
    ],
)
def test_a_purpose_is_read_without_its_batch_number(one, other, same) -> None:
    assert (ties.purpose(one) == ties.purpose(other)) is same


def test_large_sums_go_further_and_a_union_may_set_its_own_line() -> None:
    union = make.union()
    with pytest.raises(RuleViolation, match="会议纪要"):
        payments.payment_submit(actor=make.maker(union), payment=make.payment(union, 500_000))
    small = payments.payment_submit(actor=make.maker(union), payment=make.payment(union, 499_999))
    assert [s.label for s in small.approval.steps.all()] == ["工会主席审批"]
    large = payments.payment_submit(actor=make.maker(union), payment=make.payment(union, 5_000_000, minutes_no="纪要 3"))
    assert [s.label for s in large.approval.steps.all()] == ["工会主席审批", "上一级工会审批"]
    policy.local_value_set(
        actor=make.system, key="treasury.payment_approval", param="minutes_fen", unit_path=union.path, unit_name=union.name,
        value="1000000", since=date(2025, 1, 1), source="财务制度",
    )  # fmt: skip
    assert payments.payment_submit(actor=make.maker(union), payment=make.payment(union, 999_999)).state == PaymentState.PENDING


@pytest.mark.system("S210")
def test_only_the_unions_own_head_approves_its_payment() -> None:
    union = make.union()
    row = payments.payment_submit(actor=make.maker(union), payment=make.payment(union))
    above = make.someone(union.parent, Role.CHAIR, "shangji")
    with pytest.raises(NotPermitted, match="上级不能代批"):
        approvals.approval_decide(actor=above, approval=row.approval, decision="approve")
    assert not common.own_chain(above, union, "treasury.payment.check") and common.own_chain(
        make.chair(union), union, "treasury.payment.check"
    )
