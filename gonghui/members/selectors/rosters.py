"""The five rosters as of any date (五类花名册, S046): workers, cadres, members, delegates, activists of one union."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from gonghui.core import menu
from gonghui.core.errors import NotFound
from gonghui.members.enums import COUNTED, Perm, RosterKind
from gonghui.members.models import Activist, Employment, Membership, RosterSnapshot

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

NOT_CADRE = ("activist", "delegate")


@dataclass(frozen=True)
class Row:
    """One line of a roster. No ID number: the printed form leaves it masked, the export asks for a purpose."""

    person: int
    name: str
    sex: str
    born: date | None
    id_mask: str
    phone_mask: str
    where: str
    what: str
    since: date | None

    def frozen(self) -> dict[str, Any]:
        """What a snapshot keeps: no document, no phone."""
        since = self.since.isoformat() if self.since else ""
        return {"person": self.person, "name": self.name, "sex": self.sex, "where": self.where, "what": self.what, "since": since}


HEADS = {
    RosterKind.WORKERS: ("用人单位", "用工形式", "入职日期"),
    RosterKind.CADRES: ("工会", "职务", "任职日期"),
    RosterKind.MEMBERS: ("工会（小组）", "会籍状态", "入会日期"),
    RosterKind.DELEGATES: ("工会", "身份", "任期起"),
    RosterKind.ACTIVISTS: ("工会", "特长", "登记日期"),
}


def roster(*, actor: Actor, union: Any, kind: str, on: date, below: bool = True) -> QuerySet[Any]:
    """Source rows of a roster on a day, unsliced; `rows` makes lines of them. Raises NotPermitted, NotFound."""
    actor.require(Perm.ROSTER_VIEW, union)
    return _SOURCES[RosterKind(kind)](union, on, below)


def _live(day: date) -> Q:
    return Q(until=None) | Q(until__gt=day)


def _under(union: Any, field: str, below: bool) -> Q:
    """The union itself or its subtree, by path prefix (upper bound exclusive)."""
    from gonghui.accounts.actor import subtree

    return subtree(union.path, f"{field}__path") if below else Q(**{field: union})


def _workers(union: Any, day: date, below: bool) -> QuerySet[Any]:
    rows = Employment.objects.filter(_live(day), since__lte=day)
    covered = Q(employer__union=union) | Q(employer__coverages__union=union, employer__coverages__until=None)
    rows = rows.filter(covered | _under(union, "employer__union", True)) if below else rows.filter(covered)
    return rows.select_related("person", "employer").order_by("person__name", "pk").distinct()


def _members(union: Any, day: date, below: bool) -> QuerySet[Any]:
    rows = Membership.objects.filter(_live(day), _under(union, "union", below), since__lte=day, standing__in=COUNTED)
    return rows.select_related("person", "union", "group").order_by("person__name", "pk")


def _posts(union: Any, day: date, below: bool, titles: Q) -> QuerySet[Any]:
    posts = union._meta.get_field("posts").related_model._default_manager  # reverse relation of orgs.Union
    rows: QuerySet[Any] = posts.filter(_live(day), titles, _under(union, "union", below), since__lte=day)
    return rows.select_related("person", "union").order_by("union__path", "title", "pk")


def _cadres(union: Any, day: date, below: bool) -> QuerySet[Any]:
    return _posts(union, day, below, ~Q(title__in=NOT_CADRE))


def _delegates(union: Any, day: date, below: bool) -> QuerySet[Any]:
    return _posts(union, day, below, Q(title="delegate"))


def _activists(union: Any, day: date, below: bool) -> QuerySet[Any]:
    rows = Activist.objects.filter(_live(day), _under(union, "union", below), since__lte=day)
    return rows.select_related("person", "union").order_by("person__name", "pk")


_SOURCES: dict[RosterKind, Callable[[Any, date, bool], QuerySet[Any]]] = {
    RosterKind.WORKERS: _workers,
    RosterKind.CADRES: _cadres,
    RosterKind.MEMBERS: _members,
    RosterKind.DELEGATES: _delegates,
    RosterKind.ACTIVISTS: _activists,
}


def searched(rows: QuerySet[Any], q: str) -> QuerySet[Any]:
    """Cut to names that begin with `q`."""
    return rows.filter(person__name__startswith=q.strip()) if q.strip() else rows


def lines(kind: str, rows: Iterable[Any]) -> list[Row]:
    """Lines of a roster from its source rows."""
    return [_line(RosterKind(kind), row) for row in rows]


def _line(kind: RosterKind, row: Any) -> Row:
    if kind == RosterKind.WORKERS:
        where, what, since = row.employer.name, row.get_kind_display() + (f" · {row.post}" if row.post else ""), row.since
    elif kind == RosterKind.MEMBERS:
        where = row.union.name + (f"（{row.group.name}）" if row.group else "")
        what, since = row.get_standing_display(), row.joined_on
    elif kind == RosterKind.ACTIVISTS:
        where, what, since = row.union.name, row.skills or "—", row.since
    else:
        where, what, since = row.union.name, row.get_title_display(), row.since
    p = row.person
    return Row(p.pk, p.name, p.get_sex_display(), p.birth_date, p.id_mask, p.phone_mask, where, what, since)


def counts(*, actor: Actor, union: Any, on: date) -> dict[str, int]:
    """How many stand on each roster, in one statement."""
    return menu.tallied(actor, {kind: roster(actor=actor, union=union, kind=kind, on=on).order_by() for kind in RosterKind.values})


def snapshots(actor: Actor, union: Any) -> QuerySet[RosterSnapshot]:
    """Frozen rosters of a union, newest first."""
    return RosterSnapshot.objects.filter(actor.within(Perm.ROSTER_VIEW, "union"), union=union).order_by("-made_at").defer("rows")


def snapshot_get(*, actor: Actor, pk: int) -> RosterSnapshot:
    """One frozen roster in scope, or 404."""
    row = RosterSnapshot.objects.filter(actor.within(Perm.ROSTER_VIEW, "union"), pk=pk).select_related("union").first()
    if row is None:
        raise NotFound()
    return row
