"""Finance and audit training and exchange (财务经审培训沟通会). Source: S221, R077."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from gonghui.accounts import selectors as accounts
from gonghui.accounts.enums import Role
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.oversight import flows
from gonghui.oversight.enums import ClassState, Perm
from gonghui.oversight.models import AgendaItem, ClassUnion, TrainingClass
from gonghui.oversight.selectors import law, training

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MIDDLE = frozenset({"township", "zone"})
"""Kinds of unions with officers of their own between the city and the grassroots."""


@transaction.atomic
def class_make(
    *, actor: Actor, union: Any, title: str, on: date, place: str, unions: Sequence[Any], parent: TrainingClass | None = None
) -> TrainingClass:
    """Call a class (召集培训会): its agenda are the top questions below the union in the year before, or those of the class passed on.

    Args: unions: who is invited. Raises: RuleViolation oversight.nobody, oversight.not_invited; NotFound.
    """
    actor.require(Perm.CLASS_EDIT, union)
    if not unions:
        raise RuleViolation("oversight.nobody", "请至少邀请一个工会。")
    for other in unions:
        if not other.path.startswith(union.path):
            raise NotFound()
    mine = ClassUnion.objects.filter(klass=parent, union=union).first() if parent is not None else None
    if parent is not None and mine is None:
        raise RuleViolation("oversight.not_invited", f"{union.name}没有参加“{parent.title}”，不用传达。")
    row = TrainingClass.objects.create(
        union=union, parent=parent, title=title.strip()[:80], on=on, place=place.strip()[:80], by=actor.ref, at=clock.now()
    )
    ClassUnion.objects.bulk_create(ClassUnion(klass=row, union=u) for u in unions)
    if parent is not None:
        topics = [training.Topic(a.rule, a.words, a.asked, a.found, a.refused) for a in parent.agenda.all()]
    else:
        topics = training.topics(actor, union, clock.add_months(on, -12))
    AgendaItem.objects.bulk_create(
        AgendaItem(klass=row, n=n, rule=t.rule, words=t.words, asked=t.asked, found=t.found, refused=t.refused)
        for n, t in enumerate(topics, 1)
    )
    if mine is not None:
        ClassUnion.objects.filter(pk=mine.pk).update(passed_on=row)
    for other in unions:
        notices.notice_send(
            actor, kind=NoticeKind.TASK, title=f"请参加：{row.title}"[:80], users=officers_of(other), link=reverse("oversight:class", args=[row.pk]),
            body=f"{on:%Y年%m月%d日}，{row.place}。议程是大家问得最多的 {len(topics)} 个问题。", once=f"oversight.class:{row.pk}:{other.pk}",
        )  # fmt: skip
    audit.record(actor, "oversight.class.created", row, org_path=union.path, invited=len(unions))
    return row


def officers_of(union: Any) -> list[int]:
    """Who is told at a union: its own officers, not those of the unions below it."""
    roles = (Role.TOWNSHIP,) if union.kind in MIDDLE else (Role.CHAIR, Role.FINANCE)
    return sorted({pk for role in roles for pk in accounts.users_with_role_below(role, union.path)})


@transaction.atomic
def cascade_remind(*, actor: Actor) -> int:
    """Tell unions that have not passed a class on by their day, and the one that called it (逾期没有传达的提醒), once each."""
    count = 0
    for row in training.late(clock.today()):
        users = {*officers_of(row.union), *accounts.users_holding(Perm.CLASS_EDIT, row.klass.union.path)}
        count += notices.notice_send(
            actor, kind=NoticeKind.TASK, title=f"培训还没有传达：{row.union.name}"[:80], users=sorted(users), link=reverse("oversight:class", args=[row.klass_id]),
            body=f"“{row.klass.title}”应在 {row.cascade_due_on:%Y年%m月%d日} 前向下级传达。", once=f"oversight.cascade:{row.pk}:{row.cascade_due_on}",
        )  # fmt: skip
    return count


@transaction.atomic
def class_hold(*, actor: Actor, klass: TrainingClass, people: dict[int, int]) -> TrainingClass:
    """Note who came (登记到会): union -> people. A union that came and has unions below passes it on by a day.

    Raises: RuleViolation oversight.class_ahead, oversight.nobody_came; Conflict.
    """
    actor.require(Perm.CLASS_EDIT, klass.union)
    if klass.on > clock.today():
        raise RuleViolation("oversight.class_ahead", "培训会还没有开，开过以后再登记到会。")
    if klass.state != ClassState.PLANNED:
        raise Conflict("oversight.wrong_state", "到会情况已经登记过了。")
    if not any(people.values()):
        raise RuleViolation("oversight.nobody_came", "一个人也没有到会？请填到会人数。")
    days = law.number("cascade_days", klass.union, klass.on)
    for row in klass.invited.select_related("union"):
        came = max(0, people.get(row.union_id, 0))
        below = row.union_id != klass.union_id and row.union.children.filter(ended_on=None).exists()
        ClassUnion.objects.filter(pk=row.pk).update(people=came, cascade_due_on=klass.on + timedelta(days=days) if came and below else None)
    return flows.CLASS.advance(klass, ClassState.HELD, actor=actor, org_path=klass.union.path, changes={"people": sum(people.values())})
