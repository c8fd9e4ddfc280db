"""Three duties apart (三岗分离): maker, checker and payer are three people, whatever account or delegation they use.

Source: policy finance.three_duties; AID-02.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Hands:
    """All accounts and persons behind one duty (一个岗位上的人): those who acted and those for whom they acted."""

    marks: frozenset[str] = field(default_factory=frozenset)

    def __or__(self, other: Hands) -> Hands:
        return Hands(self.marks | other.marks)

    def meets(self, other: Hands) -> bool:
        """Is one of them the same human?"""
        return bool(self.marks & other.marks)


def hands(people: Iterable[tuple[int | None, int | None]]) -> Hands:
    """From (account, person) pairs."""
    marks: set[str] = set()
    for user_id, person_id in people:
        if user_id is not None:
            marks.add(f"user:{user_id}")
        if person_id is not None:
            marks.add(f"person:{person_id}")
    return Hands(frozenset(marks))


def facts(maker: Hands, checker: Hands, payer: Hands) -> dict[str, str]:
    """Facts for the rule: equal words where the duties meet in one person, different words where they do not."""
    found = {"maker": "制单人", "checker": "审核人", "payer": "付款人"}
    if checker.meets(maker):
        found["checker"] = found["maker"]
    if payer.meets(maker):
        found["payer"] = found["maker"]
    elif payer.meets(checker):
        found["payer"] = found["checker"]
    return found
