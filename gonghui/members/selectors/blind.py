"""Workers without a union that could act for them (维权盲点), for the register's list. Source: S003."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from gonghui.accounts.actor import any_of, subtree
from gonghui.members.enums import EmploymentKind
from gonghui.members.models import Employment, Membership
from gonghui.orgs.enums import BlindKind
from gonghui.orgs.hooks import BlindGroup
from gonghui.people.enums import Group

KINDS: dict[str, str] = {
    EmploymentKind.DISPATCHED: BlindKind.DISPATCHED,
    EmploymentKind.SEASONAL: BlindKind.SEASONAL,
    EmploymentKind.TEMPORARY: BlindKind.OTHER,
    EmploymentKind.PART_TIME: BlindKind.OTHER,
    EmploymentKind.GIG: BlindKind.OTHER,
    EmploymentKind.NONE: BlindKind.OTHER,
}


def groups(paths: list[str], on: date) -> list[BlindGroup]:
    """Persons in such employment on the day without a membership, by employer: a driver counts as a driver, a cooperative's worker as its."""
    scope = Q() if "" in paths else any_of(subtree(path, "employer__union__path") for path in paths)
    live = Q(until=None) | Q(until__gt=on)
    member = Membership.objects.filter(live, person=OuterRef("person"), since__lte=on)
    rows = Employment.objects.filter(scope, live, ~Exists(member), since__lte=on, employer__written_off_on=None)
    rows = rows.filter(Q(kind__in=KINDS) | Q(person__group=Group.TRUCKER) | Q(employer__union__kind__in=["cooperative", "herder"]))
    counted: Counter[tuple[str, int, int]] = Counter()
    wanted = rows.order_by().values_list("employer__union_id", "employer_id", "kind", "person__group", "employer__union__kind")
    for union, employer, kind, group, place, n in wanted.annotate(n=Count("person_id", distinct=True)):
        word = BlindKind.DRIVER if group == Group.TRUCKER else BlindKind.HERDER if place in ("cooperative", "herder") else KINDS[kind]
        counted[str(word), union, employer] += n
    return [BlindGroup(kind, union, employer, n) for (kind, union, employer), n in counted.items()]
