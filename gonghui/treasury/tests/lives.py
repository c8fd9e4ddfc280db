"""People, vouchers, payments for the machine of `test_machine`, as its own oracle keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import services as approvals
from gonghui.treasury.services import projects
from gonghui.treasury.tests import make

NOW, DAY = date(2025, 10, 10), date(2025, 9, 2)
BUDGET = 1_000_000
"""Fen, item 50404 of `make.ROWS`."""
EDIT, CHECK, PAY = "edit", "check", "pay"
RIGHTS = {"finance": {EDIT}, "chair": {EDIT, CHECK}, "cashier": {PAY}}
PEOPLE: dict[str, tuple[str, ...]] = {
    "accountant": ("finance",), "chair": ("chair",), "cashier": ("cashier",), "everything": ("finance", "chair", "cashier"),
    "helper": ("cashier",), "mover": ("finance",), "moved": ("cashier", "chair"), "above": (),
}  # fmt: skip
"""`helper` decides for the chair by delegation; `mover` and `moved` are one human before and after a change of account."""
ROLES = {"finance": Role.FINANCE, "chair": Role.CHAIR, "cashier": Role.CASHIER}
DEAD, DONE, SENT = {"cancelled", "failed"}, {"paid", "failed"}, {"sent", "unknown"}
PROMISED = 100_000
WORDS = {"paid": "成功", "failed": "失败", "unknown": "处理中"}
anyone = st.sampled_from(sorted(set(PEOPLE) - {"moved"}))
clerks = st.sampled_from(["accountant", "accountant", "everything", "mover", "chair"])
which = st.integers(0, 40)
unions = st.integers(0, 1)
amounts = st.integers(1, 400_000) | st.sampled_from([1, 100_000, 250_000, 400_000])
plans = st.sampled_from(["", "", "plan:1", "plan:2"])


class Thing:
    """What has a state."""

    state: str

    def not_in(self, *states: str) -> str:
        return "" if self.state in states else f"it is {self.state}"


@dataclass(eq=False)
class Paper(Thing):
    """A voucher: fen it pays (below zero a reversal), who made and who checked it."""

    pk: int
    union: int
    fen: int
    maker: str
    source: str = ""
    state: str = "draft"
    checker: str = ""
    reverses: Paper | None = None
    undone: bool = False


@dataclass(eq=False)
class Pay(Thing):
    """A payment, and what of it was approved."""

    pk: int
    union: int
    fen: int
    maker: str
    paper: Paper | None
    source: str
    method: str
    state: str = "draft"
    payee: str = "甲店"
    sender: str = ""
    deciders: set[str] = field(default_factory=set)
    approved: tuple[int, str] | None = None
    payer: str = ""
    again: bool = False
    left: int = 0
    """How often it was handed to the bank."""


@dataclass(eq=False)
class Batch(Thing):
    """A batch and its payments."""

    pk: int
    union: int
    maker: str
    pays: list[Pay]
    state: str = "draft"
    checker: str = ""
    payer: str = ""
    read: set[bytes] = field(default_factory=set)


class World:
    """Two unions with a budget each, their people, and a project."""

    def __init__(self) -> None:
        self.unions = [make.union("皖厂", area="340100"), make.union("鲁厂")]
        self.users: list[dict[str, Any]] = []
        for n, union in enumerate(self.unions):
            make.in_force(union)
            found = {}
            for name, roles in PEOPLE.items():
                grants = [(ROLES[r], union.path) for r in roles] or [(Role.CHAIR, union.parent.path)]
                person = self.person(n) if name == "mover" else None
                found[name] = accounts.officer(*grants, username=f"t-{name}-{n}", name=name, person_id=person)
            approvals.delegation_give(
                actor=accounts.actor(found["chair"]), taker_id=found["helper"].pk, since=NOW, until=NOW + timedelta(days=60), reason="出差"
            )
            self.users.append(found)
        self.accounts = [make.account(u) for u in self.unions]
        self.projects = [
            projects.project_open(actor=make.system, union=u, name="职工书屋", kind="books", begun_on=DAY) for u in self.unions
        ]
        self.funds = [
            projects.source_add(actor=make.system, project=p, level="county", giver="财政局", promised_fen=PROMISED) for p in self.projects
        ]
        made = make.payment(self.unions[1], 1, voucher=make.voucher(self.unions[1], 1, "sports"))
        self.first = [made.pk]  # with it the keys that seal accounts are made, outside what is rolled back

    def person(self, union: int) -> int:
        return 7000 + union
