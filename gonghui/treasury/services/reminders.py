"""The union above reminds those without an approved budget (催编预算). Source: BUD-4, FND-17-1; S209."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from gonghui.accounts import selectors as accounts
from gonghui.accounts.enums import Role
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.orgs.selectors import law
from gonghui.treasury.enums import Perm
from gonghui.treasury.models import BudgetReminder
from gonghui.treasury.selectors import budgets
from gonghui.treasury.services.budgets import COMMITTEE, committee

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@dataclass
class Reminded:
    """What came of it (提醒结果): unions told, those nobody of whom has an account, those told lately."""

    told: list[Any] = field(default_factory=list)
    nobody: list[Any] = field(default_factory=list)
    lately: int = 0

    @property
    def text(self) -> str:
        said = [f"已提醒 {len(self.told)} 个工会"]
        if self.nobody:
            said.append(f"{len(self.nobody)} 个没有财务或主席账号，请电话联系")
        if self.lately:
            said.append(f"{self.lately} 个最近提醒过，没有重发")
        return "，".join(said) + "。"


def _whom(union: Any) -> list[int]:
    """The accountant and who speaks for the committee; of a township only its own officers, not those of the unions below."""
    roles = [committee(union)] if union.kind in COMMITTEE else [committee(union), Role.FINANCE]
    return sorted({pk for role in roles for pk in accounts.users_with_role_below(role, union.path)})


@transaction.atomic
def budget_remind(*, actor: Actor, union: Any, year: int) -> Reminded:
    """Remind every union below that keeps books and has no budget in force for the year; not again within the rule's days.

    Raises: NotPermitted; Conflict treasury.all_budgets. Source: policy treasury.budget_remind_days.
    """
    actor.require(Perm.BUDGET_RECORD, union)
    today, found = clock.today(), Reminded()
    lacking = [book.union for book in budgets.missing(actor=actor, union=union, year=year) if book.union_id != union.pk]
    if not lacking:
        raise Conflict("treasury.all_budgets", f"{year} 年都有执行中的预算，不用提醒。")
    days = law.number("treasury.budget_remind_days", union, today)
    late = set(
        BudgetReminder.objects.filter(union__in=lacking, year=year, on__gt=today - timedelta(days=days)).values_list("union_id", flat=True)
    )
    for below in lacking:
        if below.pk in late:
            found.lately += 1
            continue
        users = _whom(below)
        notices.notice_send(
            actor, kind=NoticeKind.TASK, title=f"{year} 年预算还没有批准：{below.name}"[:80], users=users,
            body=f"{union.name}提醒：{year} 年预算要经经审会审查、工会委员会批准后执行，没有预算不得支出。", link=reverse("treasury:budget_new") + f"?year={year}",
        )  # fmt: skip
        row = BudgetReminder.objects.create(union=below, year=year, on=today, told=len(users), actor=actor.ref)
        audit.record(actor, "treasury.budget.reminded", row, org_path=below.path, year=year, told=len(users))
        (found.told if users else found.nobody).append(below)
    return found
