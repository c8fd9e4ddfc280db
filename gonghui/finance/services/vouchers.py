"""Vouchers from draft to check (制单、审核): made, edited, returned, dropped, reversed. Posting is in `posting`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.finance import flows, hooks
from gonghui.finance.enums import OverrideState, PeriodState, Perm, VoucherKind, VoucherState
from gonghui.finance.models import Book, Override, Period, Voucher, VoucherFile
from gonghui.finance.rules.charts import chart
from gonghui.finance.rules.digest import month_of
from gonghui.finance.rules.events import event as event_of
from gonghui.finance.rules.events import lines_for
from gonghui.finance.rules.lines import Finding, Line, check_lines
from gonghui.finance.services import duties

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.files.models import File


@transaction.atomic
def entry(
    *,
    actor: Actor,
    book: Book,
    event: str,
    on: date,
    amount: int,
    words: str,
    source: str = "",
    facts: Mapping[str, Any] | None = None,
    files: Sequence[File] = (),
) -> Voucher:
    """Draft a voucher from what happened (发生了什么): the accounts follow from the table of events.

    Args: amount: fen; facts: see `rules.lines_for`, kept with the voucher for the guards.
    """
    lines = lines_for(event, on=on, level=book.level, amount=amount, facts=facts, words=words)
    return voucher_draft(
        actor=actor,
        book=book,
        on=on,
        words=words or event_of(event).label,
        lines=lines,
        event=event,
        source=source,
        facts=facts,
        files=files,
    )


@transaction.atomic
def voucher_draft(
    *,
    actor: Actor,
    book: Book,
    on: date,
    words: str,
    lines: Sequence[Line],
    event: str = "",
    source: str = "",
    facts: Mapping[str, Any] | None = None,
    files: Sequence[File] = (),
    kind: str = VoucherKind.NORMAL,
) -> Voucher:
    """Make a voucher (制单). The same `source` and `event` in a book happen once: the voucher already made is given back.

    Raises: NotPermitted; NotFound; RuleViolation finance.…; Conflict finance.source_taken, finance.period_closed.
    Source: LED-01, LED-06; 《工会会计制度》.
    """
    mine = duties.hand(actor, Perm.VOUCHER_MAKE, book)
    total = ready(book, on, words, lines, kind)
    if source and (found := Voucher.objects.filter(book=book, source=source, event=event).exclude(state=VoucherState.DROPPED).first()):
        return _same(found, lines)
    voucher = Voucher(
        book=book,
        kind=kind,
        on=on,
        words=words.strip()[:80],
        event=event,
        source=source,
        total_fen=total,
        draft=[line.as_dict() for line in lines],
        facts=dict(facts or {}),
        maker_id=mine.user_id,
        maker_person_id=mine.person_id,
        maker_ref=mine.ref,
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            voucher.save(force_insert=True)
    except IntegrityError:
        raise Conflict("finance.source_taken", "这件事刚刚已经做过凭证，请刷新后查看。", source=source) from None
    if files:
        attach(voucher, files)
    _look(voucher)
    audit.record(actor, "finance.voucher.made", voucher, org_path=book.union.path, total=total, event=event, source=source)
    return voucher


def _same(found: Voucher, lines: Sequence[Line]) -> Voucher:
    if found.lines != list(lines):
        raise Conflict("finance.source_taken", "这件事已经做过凭证，但金额或科目不同。请先处理原来的凭证。", voucher=found.pk)
    return found


def ready(book: Book, on: date, words: str, lines: Sequence[Line], kind: str, *, closed: Collection[int] | None = None) -> int:
    """Everything that must hold before a voucher is kept; its total in fen. `closed`: closed months where the caller knows them."""
    if book.closed_on is not None:
        raise Conflict("finance.book_closed", "这个账套已经停用，不能再制单。")
    if on < book.since:
        raise RuleViolation("finance.before_book", f"账套从 {book.since:%Y年%m月%d日} 启用，不能记 {on:%Y年%m月%d日} 的账。")
    if on > clock.today():
        raise RuleViolation("finance.future", f"凭证日期 {on:%Y年%m月%d日} 还没有到，请填今天或以前的日期。")
    if kind == VoucherKind.OPENING and month_of(on) != month_of(book.since):
        raise RuleViolation(
            "finance.opening_late",
            f"期初凭证只能记在启用的月份（{book.since:%Y年%m月}）：它不算当年的收支，也不过预算关。平时发生的事请做日常凭证。",
        )
    if not words.strip():
        raise RuleViolation("finance.no_words", "请写摘要，说明这笔钱办了什么事。")
    shut = (
        month_of(on) in closed
        if closed is not None
        else Period.objects.filter(book=book, month=month_of(on), state=PeriodState.CLOSED).exists()
    )
    if shut:
        raise Conflict("finance.period_closed", f"{on.year}年{on.month}月已经结账，不能再记账。请记到没有结账的月份。")
    return check_lines(lines, on, book.level, red=kind != VoucherKind.NORMAL)


def attach(voucher: Voucher, files: Sequence[File]) -> None:
    """Attachments with their hashes (附件). Raises Conflict finance.file_twice."""
    pks = {f.pk for f in files}
    if len(pks) < len(files) or VoucherFile.objects.filter(voucher=voucher, file__in=pks).exists():
        raise Conflict("finance.file_twice", "这份附件已经附在凭证上，不用再附一次。")
    VoucherFile.objects.bulk_create(VoucherFile(voucher=voucher, file=f, name=f.name, sha256=f.sha256) for f in files)


def _look(voucher: Voucher) -> list[Finding]:
    """Ask the guards and keep what they say for the page."""
    found = hooks.findings(voucher)
    voucher.findings = said(found)
    Voucher.objects.filter(pk=voucher.pk).update(findings=voucher.findings)
    return found


def said(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as the row keeps them: the words; slips are made anew from the rule base when the page is opened."""
    return [{"severity": f.severity, "text": f.text, "key": f.key} for f in found]


def _own(actor: Actor, voucher: Voucher, perm: str, states: set[str], *, on_behalf: int | None = None) -> tuple[Voucher, duties.Hand]:
    row = Voucher.objects.select_for_update(of=("self",)).select_related("book__union", "book__agent").filter(pk=voucher.pk).first()
    if row is None:
        raise NotFound()
    mine = duties.hand(actor, perm, row.book, on_behalf=on_behalf)
    if row.state not in states:
        raise Conflict("finance.wrong_state", f"凭证现在是“{row.get_state_display()}”，不能这样办。请刷新后再看。", state=row.state)
    return row, mine


@transaction.atomic
def voucher_edit(
    *, actor: Actor, voucher: Voucher, on: date, words: str, lines: Sequence[Line], facts: Mapping[str, Any] | None = None, event: str = ""
) -> Voucher:
    """Change a draft (修改凭证). Exceptions given for the old content no longer count."""
    row, mine = _own(actor, voucher, Perm.VOUCHER_MAKE, {VoucherState.DRAFT})
    if row.kind == VoucherKind.REVERSAL:
        raise RuleViolation("finance.reversal_fixed", "冲销凭证的内容由原凭证决定，不能改。不需要时请作废。")
    total = ready(row.book, on, words, lines, row.kind)
    values: dict[str, Any] = {
        "on": on,
        "words": words.strip()[:80],
        "event": event,
        "total_fen": total,
        "draft": [line.as_dict() for line in lines],
        "facts": dict(facts or {}),
        "maker_id": mine.user_id,
        "maker_person_id": mine.person_id,
        "maker_ref": mine.ref,
        "note": "",
    }
    try:
        with transaction.atomic():
            moved = Voucher.objects.filter(pk=row.pk, state=VoucherState.DRAFT).update(**values)
    except IntegrityError:
        raise Conflict("finance.source_taken", "这件事的这个事项已经有凭证，不能改成它。请到那张凭证里办理。", source=row.source) from None
    if not moved:
        raise Conflict("finance.wrong_state", "凭证刚刚被别人办理过，请刷新后再看。")
    row.refresh_from_db()
    void_overrides(actor, row)
    _look(row)
    audit.record(actor, "finance.voucher.edited", row, org_path=row.book.union.path, old=voucher.total_fen, new=total)
    return row


def void_overrides(actor: Actor, voucher: Voucher) -> None:
    """Exceptions stand for one content only."""
    for row in Override.objects.filter(voucher=voucher, state__in=[OverrideState.ASKED, OverrideState.GRANTED]):
        flows.OVERRIDE.advance(row, OverrideState.VOID, actor=actor, org_path=voucher.book.union.path)


@transaction.atomic
def voucher_attach(*, actor: Actor, voucher: Voucher, files: Sequence[File]) -> Voucher:
    """Add attachments to a draft (补附件)."""
    row, _mine = _own(actor, voucher, Perm.VOUCHER_MAKE, {VoucherState.DRAFT})
    attach(row, files)
    _look(row)
    audit.record(actor, "finance.voucher.attached", row, org_path=row.book.union.path, files=[f.sha256 for f in files])
    return row


@transaction.atomic
def voucher_check(*, actor: Actor, voucher: Voucher, on_behalf: int | None = None) -> Voucher:
    """Check a voucher (审核): another person than the maker; blocks need a granted exception.

    Raises: RuleViolation finance.duties_apart, finance.blocked; Conflict.
    Source: policy finance.three_duties.
    """
    one_at_a_time(voucher.book)
    row, mine = _own(actor, voucher, Perm.VOUCHER_CHECK, {VoucherState.DRAFT}, on_behalf=on_behalf)
    duties.apart(mine, [("制单", duties.maker_of(row))], duty="审核")
    ready(row.book, row.on, row.words, row.lines, row.kind)
    refuse_blocked(row, _look(row))
    changes = {
        "checker_id": mine.user_id,
        "checker_person_id": mine.person_id,
        "checker_ref": mine.ref,
        "checker_for": mine.giver,
        "checked_at": clock.now(),
        "note": "",
    }
    return flows.VOUCHER.advance(row, VoucherState.CHECKED, actor=actor, org_path=row.book.union.path, changes=changes)


def one_at_a_time(book: Book) -> None:
    """Two spendings of one union are weighed one after the other, else both see the same rest of the budget (LED-10)."""
    type(book.union)._default_manager.select_for_update(no_key=True).get(pk=book.union_id)


def refuse_blocked(voucher: Voucher, found: Sequence[Finding]) -> None:
    """A block stands until its exception is granted (LED-10)."""
    granted = set(Override.objects.filter(voucher=voucher, state=OverrideState.GRANTED).values_list("key", flat=True))
    blocks = [f for f in found if f.severity == "block" and f.key not in granted]
    if blocks:
        raise RuleViolation(
            "finance.blocked",
            f"{blocks[0].text.rstrip('。')}。要例外办理，请写明理由，由另一位负责人批准。",
            keys=[f.key for f in blocks],
        )


@transaction.atomic
def voucher_return(*, actor: Actor, voucher: Voucher, note: str) -> Voucher:
    """Send back to the maker with a reason (退回). Raises Conflict finance.tied while payments stand on it (AID-01)."""
    row, mine = _own(actor, voucher, Perm.VOUCHER_CHECK, {VoucherState.DRAFT, VoucherState.CHECKED})
    duties.apart(mine, [("制单", duties.maker_of(row))], duty="审核")
    if not note.strip():
        raise RuleViolation("finance.return_note", "退回要写明理由，让制单人知道改什么。")
    cleared = {"note": note.strip()[:200], "checker_id": None, "checker_person_id": None, "checker_ref": "", "checker_for": None}
    if row.state == VoucherState.CHECKED:
        if why := hooks.tied(row):
            raise Conflict("finance.tied", why)
        changes = {**cleared, "checked_at": None}
        return flows.VOUCHER.advance(row, VoucherState.DRAFT, actor=actor, org_path=row.book.union.path, changes=changes, why=note)
    Voucher.objects.filter(pk=row.pk, state=VoucherState.DRAFT).update(note=cleared["note"])
    row.note = str(cleared["note"])
    audit.record(actor, "finance.voucher.returned", row, org_path=row.book.union.path, why=note)
    return row


@transaction.atomic
def voucher_drop(*, actor: Actor, voucher: Voucher, reason: str = "") -> Voucher:
    """Give up a draft (作废): it never got a number, so none is missing."""
    row, _mine = _own(actor, voucher, Perm.VOUCHER_MAKE, {VoucherState.DRAFT})
    void_overrides(actor, row)
    changes = {"reverses": None, "note": reason.strip()[:200]}
    return flows.VOUCHER.advance(row, VoucherState.DROPPED, actor=actor, org_path=row.book.union.path, changes=changes, why=reason)


def _reversed_already(row: Voucher) -> Conflict:
    return Conflict("finance.reversed_already", "这张凭证已经有冲销凭证，一张凭证只能冲销一次。", voucher=row.pk)


@transaction.atomic
def voucher_reverse(*, actor: Actor, voucher: Voucher, reason: str = "") -> Voucher:
    """Reverse a posted voucher, once, dated today (冲销): a red-ink draft that is checked and posted like any other.

    Raises: Conflict finance.reversed_already; RuleViolation finance.reverse_across. Source: LED-05.
    """
    row, mine = _own(actor, voucher, Perm.VOUCHER_REVERSE, {VoucherState.POSTED})
    today = clock.today()
    # Asked under the row lock: on PostgreSQL an insert that meets the unique index while the first reversal is being updated deadlocks.
    if Voucher.objects.filter(reverses=row).exists():
        raise _reversed_already(row)
    if row.kind == VoucherKind.REVERSAL:
        raise RuleViolation("finance.reverse_reversal", "冲销凭证不能再冲销。要恢复原来的账，请重新制单。")
    if chart(row.on) is not chart(today):
        raise RuleViolation("finance.reverse_across", "原凭证用的是旧的科目表，不能直接冲销。请按现在的科目做调整凭证。")
    lines = [Line(x.account, -x.debit, -x.credit, x.detail, x.project, x.words) for x in row.lines]
    words = f"冲销{row}：{row.words}"[:80]
    total = ready(row.book, today, words, lines, VoucherKind.REVERSAL)
    made = Voucher(
        book=row.book,
        kind=VoucherKind.REVERSAL,
        on=today,
        words=words,
        event=row.event,
        total_fen=total,
        draft=[line.as_dict() for line in lines],
        facts={"reason": reason.strip()[:200]},
        reverses=row,
        maker_id=mine.user_id,
        maker_person_id=mine.person_id,
        maker_ref=mine.ref,
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise _reversed_already(row) from None
    audit.record(actor, "finance.voucher.reversing", made, org_path=row.book.union.path, original=row.pk, why=reason)
    return made
