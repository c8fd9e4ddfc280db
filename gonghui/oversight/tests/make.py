"""Named figures and small factories of oversight."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.files import services as files
from gonghui.finance import services as finance
from gonghui.finance.rules import Line
from gonghui.finance.selectors import books
from gonghui.oversight.services import audits
from gonghui.spending.tests import make as spending

system = Actor.system("test")
H1 = (date(2026, 1, 1), date(2026, 6, 30))
VISIT = date(2026, 7, 6)


def union(number: int = 2) -> Any:
    """A union with some members, below a township."""
    return spending.shop(number=number)


def hand(role: Role, of: Any, name: str) -> Any:
    return accounts.acting((role, of.path), name=name)


def book(of: Any, vouchers: int = 6) -> Any:
    """Its book of 2026 with money brought forward, dues, and expenses of three kinds, all posted by three people."""
    held = books.book_of(of) or finance.book_open(actor=system, union=of, since=date(2026, 1, 1))
    maker, checker, poster = hand(Role.FINANCE, of, "钱会计"), hand(Role.CHAIR, of, "张主席"), hand(Role.CASHIER, of, "周出纳")

    def post(made: Any) -> Any:
        finance.voucher_check(actor=checker, voucher=made)
        return finance.voucher_post(actor=poster, voucher=made)

    lines = [Line("102", 1_000_000), Line("322", credit=1_000_000)]
    post(finance.voucher_draft(actor=maker, book=held, on=date(2026, 1, 1), words="期初余额", kind="opening", lines=lines))
    lines = [Line("102", 60_000), Line("401", credit=60_000)]
    post(finance.voucher_draft(actor=maker, book=held, on=date(2026, 1, 20), words="收会费", lines=lines))
    for n in range(vouchers):
        fen, day = 10_000 + n * 1_000, date(2026, 2 + n % 4, 3 + n)
        made = finance.entry(actor=maker, book=held, event="hospital", on=day, amount=fen, words=f"看望住院会员第 {n + 1} 次")
        post(made)
    return held


def auditor(of: Any, name: str = "吴经审") -> Any:
    """An auditor of the union above, free to audit it."""
    return hand(Role.AUDITOR, of.parent, name)


def task(of: Any, who: Any, *, issued: bool = True, **more: Any) -> Any:
    """A task on the first half of 2026 with its team."""
    plan = audits.plan_make(actor=who, union=of.parent, year=2026, words="支出管理")
    row = audits.task_add(
        actor=who, plan=plan, union=of, since=more.get("since", H1[0]), until=more.get("until", H1[1]), visit_on=more.get("visit", VISIT)
    )
    audits.team_add(actor=who, task=row, user_id=who.user_id, lead=True)
    if issued:
        audits.plan_issue(actor=who, plan=plan)
    row.refresh_from_db()
    return row


def paper(actor: Any, of: Any, name: str = "补签清单.csv") -> Any:
    return files.file_make(actor, name=name, data="姓名,签字\n张明,张明\n".encode(), purpose="整改证明", org_path=of.path)
