"""What the books add to the access sweep (权限扫描部件)."""

from __future__ import annotations

from typing import Any

from gonghui.core import clock
from gonghui.finance import services
from gonghui.finance.models import Override
from gonghui.finance.rules import Line
from gonghui.finance.tests import make

ARGS: dict[str, str] = {
    "finance:voucher.pk": "finance.Voucher",
    "finance:voucher_print.pk": "finance.Voucher",
    "finance:voucher_edit.pk": "finance.Voucher",
    "finance:voucher_act.pk": "finance.Voucher",
    "finance:voucher_act.verb": "=drop",
    "finance:paper.pk": "finance.VoucherFile",
    "finance:override.pk": "finance.Override",
    "finance:override.verb": "=grant",
    "finance:practice_case.case": "=hospital",
    "finance:shares.code": "=102",
    "finance:period_act.verb": "=close",
    "finance:pk": "finance.Book",
}


def furnish(world: Any, tree: Any) -> None:
    """A book with a draft voucher, its attachment and an exception asked for."""
    from gonghui.files import services as files

    today, system = clock.today(), make.orgs.system
    book = services.book_open(actor=system, union=tree.union, since=today.replace(month=1, day=1))
    paper = files.file_make(system, name="签收单.csv", data="签收".encode(), purpose="凭证附件", org_path=tree.union.path)
    lines = [Line("50105", 20_000), Line("102", credit=20_000)]
    row = services.voucher_draft(
        actor=make.maker(book), book=book, on=today, words=f"看望住院会员（{tree.key}）", lines=lines, event="hospital", files=[paper]
    )
    override = Override.objects.create(
        voucher=row,
        key="finance.trial",
        text="人均超过标准",
        reason="统一标准",
        asker_ref="user:90001",
        asker_id=90_001,
        asked_at=clock.now(),
    )
    tree.rows |= {"book": book, "voucher": row, "voucher_file": row.files.get(), "override": override}


UNREACHED = {"finance:many"}
"""Addresses that ask for a later step, a pass or a code the small world does not hold; their own tests open them."""
