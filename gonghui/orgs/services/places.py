"""Which union answers for an employer (责任工会): the main coverage, else the union of the territory. History is contiguous."""

from __future__ import annotations

from datetime import date

from gonghui.orgs.models import Coverage, Employer, EmployerPlace, Union
from gonghui.orgs.rules.tree import TERRITORIAL


def place_set(employer: Employer, union_id: int, day: date) -> None:
    """From `day` on the employer stands with this union; later entries give way, equal neighbours become one."""
    day = max(day, employer.listed_on)
    rows = EmployerPlace.objects.filter(employer=employer)
    rows.filter(since__gte=day).delete()
    before = rows.order_by("-since").first()
    if before is not None and before.union_id == union_id:
        rows.filter(pk=before.pk).update(until=None)
    else:
        if before is not None:
            rows.filter(pk=before.pk).update(until=day)
        EmployerPlace.objects.create(employer=employer, union_id=union_id, since=day)
    Employer.objects.filter(pk=employer.pk).update(union_id=union_id)
    employer.union_id = union_id


def answerable(employer: Employer) -> int:
    """The union that should answer now."""
    main = Coverage.objects.filter(employer=employer, until=None, main=True).values_list("union_id", flat=True).first()
    return main if main is not None else territorial(employer)


def territorial(employer: Employer) -> int:
    """The union of the territory (属地工会): where the employer stood last, else by area code, else the nearest above."""
    last = EmployerPlace.objects.filter(employer=employer, union__kind__in=TERRITORIAL, union__ended_on=None).order_by("-since")
    found = last.values_list("union_id", flat=True).first()
    if found is None and employer.area:
        by_area = Union.objects.filter(kind__in=TERRITORIAL, area=employer.area, ended_on=None).order_by("-depth", "pk")
        found = by_area.values_list("pk", flat=True).first()
    if found is None:
        above = Union.objects.filter(
            kind__in=TERRITORIAL, ended_on=None, lines_down__descendant_id=employer.union_id, lines_down__until=None
        )
        found = above.order_by("-depth").values_list("pk", flat=True).first()
    return found if found is not None else employer.union_id
