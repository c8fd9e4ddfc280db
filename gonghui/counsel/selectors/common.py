"""Values, places and the person behind a phone (公用查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gonghui.accounts.actor import LEVEL
from gonghui.core import clock
from gonghui.counsel.models import Client
from gonghui.counsel.selectors import vault
from gonghui.members.selectors import members
from gonghui.orgs.selectors import law

if TYPE_CHECKING:
    from typing import Any

    from gonghui.accounts.actor import Actor


def number(key: str, union: Any = None) -> int:
    """A whole number of the rule base."""
    return law.number(f"counsel.{key}", union, clock.today())


def places(person_id: int) -> tuple[str, ...]:
    """Paths of the unions whose care is open to the person: those above the own union or place of work; () for nobody's."""
    spell = members.mine(person_id)
    path = spell.union.path if spell is not None else ""
    if spell is None:
        job = members.current_jobs([person_id]).get(person_id)
        path = job.employer.union.path if job is not None and job.employer.union is not None else ""
    return tuple(path[:end] for end in range(LEVEL, len(path) + 1, LEVEL))


def client_of(actor: Actor) -> Client | None:
    """The alias of the person at the phone; None before the first booking."""
    if actor.person_id is None:
        return None
    return Client.objects.filter(person_index=vault.index_of(actor.person_id)).first()
