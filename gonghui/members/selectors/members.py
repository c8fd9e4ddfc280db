"""Members and their spells (会员查询)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gonghui.accounts.actor import any_of, subtree
from gonghui.core import clock, crypto
from gonghui.core.errors import NotFound
from gonghui.members.enums import LIVE_CARDS, LIVE_TRANSFERS, Perm, Standing
from gonghui.members.models import Application, Card, Employment, Membership, Transfer
from gonghui.members.selectors import policy_values
from gonghui.people import selectors as people

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

INCOMPLETE = Q(person__id_index=None) | Q(person__phone_index=None) | Q(person__birth_date=None) | Q(person__sex="0")
"""Data a member's record should have (资料不全)."""
SORTS = {"card": "card_no", "name": "person__name", "joined": "joined_on", "group": "group__name", "union": "union__path"}


def scope(actor: Actor, perm: str = Perm.MEMBER_VIEW) -> Q:
    """Filter over Membership: spells in the actor's scope. A private spell stands with a union above the employer's level anyway."""
    return actor.within(perm, "union")


def current(actor: Actor, union: Any = None) -> QuerySet[Membership]:
    """Open spells in scope, of one union and all below it when `union` is given."""
    rows = Membership.objects.filter(scope(actor), until=None)
    return rows.filter(subtree(union.path, "union__path")) if union is not None else rows


def as_of(rows: QuerySet[Membership], day: date) -> QuerySet[Membership]:
    """Spells in force on a day."""
    return rows.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


def filtered(rows: QuerySet[Membership], data: dict[str, Any]) -> QuerySet[Membership]:
    """The list's filters: words, group, kind of work, dates, eight groups, without card."""
    if q := str(data.get("q") or "").strip():
        rows = rows.filter(_words(q))
    if data.get("group") == "none":
        rows = rows.filter(group=None)
    elif data.get("group"):
        rows = rows.filter(group_id=data["group"])
    if data.get("since"):
        rows = rows.filter(joined_on__gte=data["since"])
    if data.get("until"):
        rows = rows.filter(joined_on__lte=data["until"])
    if data.get("eight"):
        rows = rows.filter(person__group=data["eight"])
    if data.get("kind"):
        rows = rows.filter(Exists(Employment.objects.filter(person=OuterRef("person_id"), until=None, kind=data["kind"])))
    if data.get("card") == "none":
        rows = rows.filter(~Exists(Card.objects.filter(person=OuterRef("person_id"), state__in=LIVE_CARDS)))
    elif data.get("card") == "waiting":
        rows = rows.filter(Exists(Card.objects.filter(person=OuterRef("person_id"), state="allocated")))
    return rows


def _words(q: str) -> Q:
    digits = "".join(c for c in q if c.isdigit())
    if len(digits) == 11 and len(q) == 11:
        return Q(person__phone_index=crypto.blind(people.PHONE_LABEL, digits))
    if len(q) == 18 and q[:17].isdigit():
        return Q(person__id_index=crypto.blind(people.ID_LABEL, q.upper()))
    if q.isdigit() and len(q) == 4:
        return Q(person__phone_mask__endswith=q) | Q(card_no__endswith=q)
    if q.isdigit():
        return Q(card_no__startswith=q)
    return Q(person__name__startswith=q)


TABS = {
    "": ("全部", Q()),
    "active": ("正常", Q(standing=Standing.ACTIVE)),
    "incomplete": ("待补资料", INCOMPLETE),
    "transit": ("转出中", Q(standing=Standing.IN_TRANSIT)),
    "paused": ("季节暂停", Q(standing=Standing.SUSPENDED)),
    "retained": ("保留会籍", Q(standing=Standing.RETAINED)),
}


def tab_counts(rows: QuerySet[Membership]) -> dict[str, int]:
    """Counts of the tabs in one query."""
    from django.db.models import Count

    marks = {f"n_{key or 'all'}": Count("pk", filter=cond) if key else Count("pk") for key, (_label, cond) in TABS.items()}
    found = rows.order_by().aggregate(**marks)
    return {key: found[f"n_{key or 'all'}"] for key in TABS}


def listed(rows: QuerySet[Membership], sort: str = "") -> QuerySet[Membership]:
    """Ready for the page: relations loaded, sorted."""
    order = SORTS.get(sort.lstrip("-"), "person__name")
    rows = rows.select_related("person", "union", "group")
    return rows.order_by(("-" if sort.startswith("-") else "") + order, "pk")


def current_jobs(persons: list[int]) -> dict[int, Employment]:
    """Open employment of each person, for a page of a list."""
    rows = Employment.objects.filter(person_id__in=persons, until=None).select_related("employer").order_by("since")
    return {row.person_id: row for row in rows}


def member_get(*, actor: Actor, pk: int) -> Membership:
    """One spell in scope, or 404."""
    row = Membership.objects.filter(scope(actor), pk=pk).select_related("person", "union", "group").first()
    if row is None:
        raise NotFound()
    return row


def history(person_id: int) -> tuple[list[Membership], list[Employment]]:
    """All spells and labour relations of a person, newest first."""
    spells = list(Membership.objects.filter(person_id=person_id).select_related("union", "group").order_by("-since", "-pk"))
    jobs = list(Employment.objects.filter(person_id=person_id).select_related("employer", "agency", "host").order_by("-since", "-pk"))
    return spells, jobs


def faults_of(person: Any) -> list[str]:
    """What is missing in a person's record (缺什么)."""
    missing = []
    if person.id_index is None:
        missing.append("缺证件号")
    elif person.id_check != "ok":
        missing.append("证件号未核验")
    if person.phone_index is None:
        missing.append("缺手机号")
    if person.birth_date is None:
        missing.append("缺出生日期")
    if person.sex == "0":
        missing.append("缺性别")
    return missing


def mine(person_id: int) -> Membership | None:
    """The person's own open spell."""
    return Membership.objects.filter(person_id=person_id, until=None).select_related("person", "union", "group").first()


def reach(actor: Actor, perm: str) -> Q:
    """Which persons an actor may see through membership, work, application or a transfer on its way in (people.hooks)."""
    spells = Membership.objects.filter(actor.within(perm, "union"), until=None)
    jobs = Employment.objects.filter(any_of(subtree(p, "employer__union__path") for p in actor.paths(perm)), until=None)
    asked = Application.objects.filter(actor.within(perm, "union"), state__in=["submitted", "returned", "approved"])
    coming = Transfer.objects.filter(actor.within(perm, "target"), state__in=LIVE_TRANSFERS)
    parts = [Q(pk__in=rows.values("person_id")) for rows in (spells, jobs, asked, coming)]
    return any_of(parts)


def joining_waiting(actor: Actor) -> QuerySet[Application]:
    """Applications that wait for a decision, for the menu."""
    return Application.objects.filter(actor.within(Perm.APPLICATION_DECIDE, "union"), state="submitted")


def transfers_waiting(actor: Actor) -> QuerySet[Transfer]:
    """Transfers that wait for the actor's answer."""
    out = Transfer.objects.filter(actor.within(Perm.TRANSFER_DECIDE, "source"), state="requested")
    into = Transfer.objects.filter(actor.within(Perm.TRANSFER_DECIDE, "target"), state="in_transit")
    return out | into


def is_stale(spell: Membership) -> bool:
    """Was nothing heard of this member for long? Source: policy members.unconfirmed_months."""
    months = policy_values.number("members.unconfirmed_months", clock.today(), spell.union)
    return unconfirmed(Membership.objects.filter(pk=spell.pk), months).exists()


def unconfirmed(rows: QuerySet[Membership], months: int) -> QuerySet[Membership]:
    """Members of whom nothing was heard for months (久未核实): no spell, no card, no work changed, not confirmed since."""
    limit = clock.add_months(clock.today(), -months)
    fresh = Employment.objects.filter(person=OuterRef("person_id"), since__gt=limit)
    cards = Card.objects.filter(person=OuterRef("person_id"), received_on__gt=limit)
    heard = Q(confirmed_on=None) | Q(confirmed_on__lte=limit)
    return rows.filter(heard, ~Exists(fresh), ~Exists(cards), since__lte=limit)
