"""From a number to its records (下钻): what a list is asked for when one comes from a figure, and the address that asks so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from gonghui.core.errors import BadInput, NotFound
from gonghui.core.http import whole_number
from gonghui.figures import definitions, sources, words
from gonghui.orgs.selectors import closure

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

below = sources.below


@dataclass(frozen=True)
class Drill:
    """One figure of one union: its records are those after `since` up to `as_of`, or those that stood at the end of `as_of`."""

    key: str
    union: Any
    since: date
    as_of: date
    item: definitions.Definition

    @property
    def label(self) -> str:
        """The figure in words, with the group: `在办事项所处环节：开会选举`."""
        value = self.key.removeprefix(self.item.head) if self.item.pattern else ""
        return f"{self.item.label}：{words.labels(self.item.codes).get(value, value)}" if value else self.item.label

    @property
    def span(self) -> str:
        """Which days it speaks of."""
        return f"{self.since} 之后到 {self.as_of}" if self.item.kind == "flow" else f"截至 {self.as_of}"


def link(view: str, key: str, union_id: int, since: date, as_of: date) -> str:
    """The address of the list `view` for a figure."""
    return f"{reverse(view)}?{urlencode({'figure': key, 'org': union_id, 'from': since, 'as_of': as_of})}"


def asked(actor: Actor, query: Mapping[str, str], source: str) -> Drill | None:
    """What an address asks for, None without a figure. Raises: NotFound for another app's figure or a union out of scope; BadInput."""
    key = query.get("figure", "")
    if not key:
        return None
    item, pk = definitions.find(key), whole_number(query.get("org"))
    union = closure.node_by_pk(pk) if pk is not None else None
    if item is None or item.source != source or union is None or not actor.may(sources.get(source).perm, union):
        raise NotFound()
    try:
        since, as_of = (date.fromisoformat(query.get(name, "")) for name in ("from", "as_of"))
    except ValueError as fault:
        raise BadInput("figures.bad_date", "地址里的日期读不出来。请从指标页重新点进来。") from fault
    return Drill(key, union, since, as_of, item)


__all__ = ["Drill", "asked", "below", "link"]
