"""Search over unions, employers and members (全站搜索), each cut to the reader's scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from gonghui.core import mask
from gonghui.core.hub import Hit
from gonghui.members import enums as member_enums
from gonghui.members.selectors import members
from gonghui.orgs import enums as org_enums
from gonghui.orgs.selectors import employers, unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SHORTEST = 2


def _to(names: tuple[str, ...], pk: int) -> str:
    """The first of the pages that exists."""
    for name in names:
        try:
            return reverse(name, args=[pk])
        except NoReverseMatch:
            continue
    return ""


def find_unions(actor: Actor, words: str, most: int) -> Iterator[Hit]:
    if not actor.may(org_enums.Perm.UNION_VIEW):
        return
    for union in unions.union_search(actor=actor, words=words)[:most]:
        yield Hit(union.name, f"{union.get_kind_display()} · {union.code}", _to(("orgs:union", "orgs:union_detail"), union.pk))


def find_employers(actor: Actor, words: str, most: int) -> Iterator[Hit]:
    if not actor.may(org_enums.Perm.EMPLOYER_VIEW):
        return
    for firm in employers.employer_list(actor=actor, q=words)[:most]:
        yield Hit(
            firm.name,
            f"{firm.code} · {firm.union.name} · {firm.get_status_display()}",
            _to(("orgs:employer", "orgs:employer_detail"), firm.pk),
        )


def find_members(actor: Actor, words: str, most: int) -> Iterator[Hit]:
    """By name, card number, full ID or phone, or the last four digits. Results stay masked."""
    if not actor.may(member_enums.Perm.MEMBER_VIEW):
        return
    for spell in members.listed(members.filtered(members.current(actor), {"q": words}))[:most]:
        meta = " · ".join(filter(None, [spell.union.name, mask.card(spell.card_no) if spell.card_no else "", spell.person.phone_mask]))
        yield Hit(spell.person.name, meta, _to(("members:detail", "members:member"), spell.pk))
