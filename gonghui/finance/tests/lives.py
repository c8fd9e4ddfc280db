"""People, books and entries for the machine of `test_machine`: what somebody might key in, and who he is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import services as approvals
from gonghui.core import clock
from gonghui.files import services as files
from gonghui.finance.rules import Line
from gonghui.finance.tests import make
from gonghui.finance.tests.oracle import HANDS, MOST, Entry

ROLES = {"finance": Role.FINANCE, "chair": Role.CHAIR, "cashier": Role.CASHIER}
SPAN = 150
"""Days a life may last."""
hands = st.sampled_from(sorted(HANDS))
makers = st.sampled_from(["accountant", "everything", "chair", "village"])
books = st.integers(0, 1)
which = st.integers(0, 40)
days = st.integers(-1, SPAN)
sources = st.sampled_from(["", "", "", "spending.plan:1", "spending.plan:2"])
events = st.sampled_from(["", "sports"])
amounts = st.integers(1, 10**9) | st.sampled_from([1, 2, 3, MOST])
shapes = st.tuples(
    st.sampled_from(["spend", "spend", "earn", "move", "owed", "three"]),
    amounts,
    st.sampled_from(["", "", "建家"]),
    st.sampled_from([""] * 12 + ["uneven", "float", "both", "account", "few", "negative", "zero", "huge"]),
)


def entries(shape: tuple[str, int, str, str]) -> list[Entry]:
    """Lines as somebody might key them in, mostly right."""
    kind, fen, project, slip = shape
    rows: list[Entry] = {
        "spend": [("50102", fen, 0, project), ("102", 0, fen, "")],
        "earn": [("102", fen, 0, ""), ("408", 0, fen, project)],
        "move": [("101", fen, 0, ""), ("102", 0, fen, "")],
        "owed": [("135", fen, 0, ""), ("101", 0, fen, "")],
        "three": [("50102", fen, 0, project), ("101", 0, fen // 3, ""), ("102", 0, fen - fen // 3, "")],
    }[kind]
    account, debit, credit, name = rows[0]
    side = (debit, credit)
    changed: dict[str, list[Entry]] = {
        "uneven": [(account, debit + 1, credit, name), *rows[1:]],
        "float": [(account, float(debit), credit, name), *rows[1:]],  # type: ignore[list-item]  # what it must refuse
        "both": [(account, debit, 7, name), *rows[1:]],
        "account": [("501", *side, name), *rows[1:]],
        "few": rows[:1],
        "negative": [(a, -d, -c, n) for a, d, c, n in rows],
        "zero": [*rows, ("135", 0, 0, "")],
        "huge": [(a, d * MOST * 2, c * MOST * 2, n) for a, d, c, n in rows],
    }
    return changed.get(slip, rows)


def lines(rows: list[Entry]) -> list[Line]:
    return [Line(a, d, c, project=p) for a, d, c, p in rows]


class World:
    """Two unions, the books of both kept by one, people with real accounts, three papers."""

    def __init__(self, since: date) -> None:
        self.since = since
        with clock.at(since):
            keeper, small = make.union("青石一厂"), make.union("青石小厂")
            self.books = [make.book(keeper, since), make.book(small, since, agent=keeper)]
            self.people: dict[int, int] = {}
            self.actors: dict[str, Actor] = {}
            for name in HANDS:
                self.actors[name] = self._actor(name, keeper, small)
            self.auditor = make.officer(Role.AUDITOR, keeper.parent, 90_009)
            self.papers = [self._paper(n, keeper.path) for n in range(3)]
        chair, helper = self.actors["chair"], self.actors["helper"]
        self.chair = chair.user_id
        with clock.at(since):
            approvals.delegation_give(
                actor=chair, taker_id=helper.user_id or 0, since=since, until=since + timedelta(days=360), reason="长期出差", kind=""
            )

    def _actor(self, name: str, keeper: Any, small: Any) -> Actor:
        if name == "helper_for_chair":
            return self.actors["helper"]
        home = {"village": small, "above": keeper.parent}.get(name) or (make.union("别家") if name == "stranger" else keeper)
        roles = [ROLES[r] for r in HANDS[name].roles] or [Role.FINANCE, Role.CHAIR]
        (person,) = HANDS[name].persons
        if name == "accountant_again":  # one human has one account at a time; this is the later one
            made = Actor("user:99001", "again", 99_001, person, is_officer=True, scopes=tuple(Scope(r, home.path) for r in roles))
        else:
            made = accounts.actor(accounts.officer(*[(r, home.path) for r in roles], username=f"m-{name}", name=name, person_id=person))
        self.people[made.user_id or 0] = person
        return made

    def _paper(self, n: int, path: str) -> Any:
        return files.file_make(make.orgs.system, name=f"发票{n}.csv", data=f"{n}".encode(), purpose="凭证附件", org_path=path)
