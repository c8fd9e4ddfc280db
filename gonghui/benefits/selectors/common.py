"""What reads and writes share (公用查询): who is a member, what may be shown of small numbers, the signed links of counters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core import signing

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.errors import BadInput, NotFound, NotPermitted
from gonghui.figures.rules import small_cells
from gonghui.members.enums import COUNTED
from gonghui.members.selectors import members
from gonghui.orgs.selectors import law

if TYPE_CHECKING:
    from gonghui.benefits.models import Hospital, Merchant
    from gonghui.policy.services import Decision

DESK = Actor.system("benefits.desk")
"""Names are looked up for an officer and cut to the officer's scope."""


def me(actor: Actor) -> int:
    """The person at the phone. Raises NotPermitted."""
    if actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return actor.person_id


def spell_of(person: int) -> Any:
    """The open spell of a member who counts as one now, else None (有效会籍)."""
    spell = members.mine(person)
    return spell if spell is not None and spell.standing in COUNTED else None


def number(key: str, union: Any = None, on: date | None = None) -> int:
    """A whole number of the rule base at the union's place."""
    return law.number(key, union, on or clock.today())


def least() -> int:
    """Below this number of people nothing is shown to others. Source: policy figures.small_cell."""
    return number("figures.small_cell")


def cells(rows: Iterable[tuple[str, int]], wholes: dict[str, int]) -> dict[str, int | None]:
    """Counts of persons as they may be shown: None for a small one, for one whose rest is small, and for what would give them away.

    Args: wholes: members of the same union, where the reader knows how many there are. Source: policy figures.small_cell.
    """
    found, k = dict(rows), least()
    hide = {name for name, n in found.items() if 0 < n < k or 0 < wholes.get(name, n) - n < k}
    if len(found) > 1:
        hide |= small_cells.hidden(found, k)
    return {name: None if name in hide else n for name, n in found.items()}


def member_named(actor: Actor, perm: str, words: str) -> Any:
    """The one spell in scope by card number, else by name. Raises BadInput benefits.which_member."""
    rows, words = (
        members.current(DESK).filter(actor.within(perm, "union"), standing__in=COUNTED).select_related("person", "union"),
        words.strip(),
    )
    found = list(rows.filter(card_no=words)[:2]) if words else []
    found = found or (list(rows.filter(person__name=words)[:3]) if words else [])
    if len(found) != 1:
        raise BadInput("benefits.which_member", f"叫“{words[:20]}”的会员有 {len(found)} 位。请写登记的姓名；重名的写会员证号。")
    return found[0]


def token_of(thing: Merchant | Hospital) -> str:
    """The signed address of a counter's page; another serial makes the old one void (核销页、登记页的网址)."""
    return signing.Signer(salt=f"benefits.{thing._meta.model_name}").sign_object([thing.pk, thing.serial])


def read_token(token: str, kind: str) -> tuple[int, int]:
    """(row, serial) of an address. Raises NotFound when it is not ours."""
    try:
        pk, serial = signing.Signer(salt=f"benefits.{kind}").unsign_object(token)
        return int(pk), int(serial)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound() from None


def reasons(slip: Decision) -> str:
    """Why not, in one sentence: the verdict and the conditions that are not met."""
    labels = [row["label"] for row in slip.as_slip()["rows"] if row["tone"] == "bad"]
    return f"{slip.verdict}：“{'”“'.join(labels)}”不符合。" if labels else f"{slip.verdict}。"
