"""Half-yearly statements, questions and answers (半年公布、提问、答复)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from gonghui.accounts import selectors as accounts
from gonghui.accounts.enums import Role
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation, TooMany
from gonghui.finance.selectors import books
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.oversight import flows
from gonghui.oversight.enums import Perm, QuestionState, StatementState
from gonghui.oversight.models import Faq, Question, Statement
from gonghui.oversight.rules import halves
from gonghui.oversight.selectors import law, publicity

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LEAST, MOST_A_DAY = 5, 5


def digest(statement: Statement) -> str:
    """SHA-256 of what was published (摘要)."""
    said = [statement.union_id, statement.year, statement.half, statement.figures, statement.words]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def statement_make(*, actor: Actor, union: Any, year: int, half: int, words: str = "") -> Statement:
    """Draft the statement of a half-year from the books, or draw its figures again (编制公布表).

    Raises: RuleViolation oversight.no_book, oversight.not_ended; Conflict oversight.published. Source: R145.
    """
    actor.require(Perm.STATEMENT_EDIT, union)
    book = books.book_of(union)
    if book is None:
        raise RuleViolation("oversight.no_book", f"{union.name}还没有建账，编不出公布表。请先建账，或由上级代理记账。")
    since, until = halves.span(year, half)
    if until >= clock.today():
        raise RuleViolation("oversight.not_ended", f"{halves.label(year, half)}还没有结束，{until:%m月%d日}以后再编。")
    if book.since > until:
        raise RuleViolation("oversight.before_book", f"账套从 {book.since:%Y年%m月%d日} 启用，这半年没有账。")
    values = {
        "book": book, "figures": publicity.figures(book, since, until), "words": words.strip()[:500], "due_on": law.publish_by(union, until),
        "made_by": actor.ref, "made_name": actor.name[:40], "made_at": clock.now(),
    }  # fmt: skip
    held = Statement.objects.select_for_update().filter(union=union, year=year, half=half).first()
    if held is not None and held.state != StatementState.DRAFT:
        raise Conflict("oversight.published", f"{held.label}的公布表已经公布，不能再改。")
    try:
        with transaction.atomic():
            row, _new = Statement.objects.update_or_create(union=union, year=year, half=half, defaults=values)
    except IntegrityError:
        raise Conflict("oversight.statement_once", "这半年的公布表刚刚有人编好了，请刷新后再看。") from None
    audit.record(actor, "oversight.statement.prepared", row, org_path=union.path)
    return row


@transaction.atomic
def statement_publish(*, actor: Actor, statement: Statement) -> Statement:
    """Approve and publish to the members (批准公布): by another person than the maker, with the figures the books hold now.

    Raises: RuleViolation oversight.maker_publishes, oversight.figures_moved.
    """
    row = Statement.objects.select_for_update(of=("self",)).select_related("union", "book").filter(pk=statement.pk).first()
    if row is None:
        raise NotFound()
    actor.require(Perm.STATEMENT_PUBLISH, row.union)
    if row.made_by == actor.ref:
        raise RuleViolation("oversight.maker_publishes", "编制人不能批准自己编的公布表，请另一位负责人批准。")
    if row.state == StatementState.DRAFT and publicity.figures(row.book, row.since, row.until) != row.figures:
        raise RuleViolation("oversight.figures_moved", "编表以后账又变了，请财务人员重新取数，再批准公布。")
    changes = {"approved_by": actor.ref, "approved_name": actor.name[:40], "published_on": clock.today(), "digest": digest(row)}
    return flows.STATEMENT.advance(row, StatementState.PUBLISHED, actor=actor, org_path=row.union.path, changes=changes)


@transaction.atomic
def question_ask(*, actor: Actor, statement: Statement, words: str) -> Question:
    """A member asks (会员提问). The union sees the question, never the asker.

    Raises: NotFound for a statement of another union; TooMany oversight.many.
    """
    if actor.person_id is None:
        raise NotFound()
    row = publicity.told_get(actor.person_id, statement.pk)
    text = words.strip()
    if len(text) < LEAST:
        raise RuleViolation("oversight.question_short", f"请把问题写完整（至少 {LEAST} 个字）。")
    if Question.objects.filter(person=actor.person_id, asked_at__date=clock.today()).count() >= MOST_A_DAY:
        raise TooMany("oversight.many", f"您今天已经提了 {MOST_A_DAY} 个问题，请明天再提。", retry_after=3600)
    made = Question.objects.create(statement=row, person_id=actor.person_id, words=text[:300], asked_at=clock.now())
    audit.record(actor, "oversight.question.asked", made, org_path=row.union.path)
    return made


@transaction.atomic
def question_answer(*, actor: Actor, question: Question, answer: str, rule: str = "", public: bool = False) -> Question:
    """Answer (答复). One that is not about the books goes to the FAQ with its clause (`rule`, `public`).

    Raises: RuleViolation oversight.answer_short, oversight.no_clause.
    """
    row = Question.objects.select_for_update(of=("self",)).select_related("statement__union").filter(pk=question.pk).first()
    if row is None:
        raise NotFound()
    union = row.statement.union
    actor.require(Perm.QUESTION_ANSWER, union)
    text = answer.strip()[:600]
    if len(text) < LEAST:
        raise RuleViolation("oversight.answer_short", f"请写答复（至少 {LEAST} 个字）。")
    if public and not rule:
        raise RuleViolation("oversight.no_clause", "放进政策问答的，要选依据的规则。")
    clause = law.clause(rule, union, clock.today()) if rule else ""
    changes = {
        "answer": text, "rule": rule, "answered_by": actor.ref, "answered_name": actor.name[:40], "answered_at": clock.now(),
    }  # fmt: skip
    if public:
        Faq.objects.create(union=union, question=row, words=row.words, answer=text, rule=rule, clause=clause, at=clock.now())
    notices.notice_send(
        actor,
        kind=NoticeKind.RESULT,
        title="您提的财务问题有答复了",
        body=text[:200],
        link=reverse("oversight:m-statement", args=[row.statement_id]),
        persons=[row.person_id],
    )
    return flows.QUESTION.advance(row, QuestionState.ANSWERED, actor=actor, org_path=union.path, changes=changes)


@transaction.atomic
def warn_late(*, actor: Actor) -> int:
    """Tell the union itself and the one above that a half-year was not published in time (逾期公布提醒), once each half-year."""
    today = clock.today()
    year, half = halves.last_ended(today)
    count = 0
    for book in publicity.missing(actor, today).select_related("union__parent"):
        if not publicity.late(book.union, today):
            continue
        above = book.union.parent or book.union
        users = set(accounts.users_with_role(Role.CHAIR, book.union.path)) | set(accounts.users_with_role(Role.TOWNSHIP, above.path))
        if not above.path.startswith(book.union.path) and len(above.path) <= 4:
            users |= set(accounts.users_holding(Perm.STATEMENT_VIEW, above.path))
        count += notices.notice_send(
            actor, kind=NoticeKind.TASK, title=f"财务收支逾期没有公布：{book.union.name}"[:80],
            body=f"{halves.label(year, half)}的财务收支还没有向会员公布。", link=reverse("oversight:statements"), users=users,
            once=f"oversight.late:{book.union_id}:{year}-{half}",
        )  # fmt: skip
    return count
