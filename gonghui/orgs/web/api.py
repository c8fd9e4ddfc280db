"""REST API of the register (登记接口): employers and unions to read, one write: the operating status. Same services as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from ninja import Router, Schema

from gonghui.orgs import services
from gonghui.orgs.enums import Perm
from gonghui.orgs.models import Employer, Union
from gonghui.orgs.selectors import employers, unions

router = Router(tags=["orgs"])
MOST = 200


class EmployerOut(Schema):
    """An employer in a list."""

    id: int
    code: str
    name: str
    sector: str
    status: str
    organised: bool
    union_id: int
    union: str
    industry: str
    headcount: int | None
    listed_on: date
    written_off_on: date | None

    @staticmethod
    def resolve_union(employer: Employer) -> str:
        return employer.union.name


class EmployersOut(Schema):
    """One page of the ledger."""

    count: int
    page: int
    rows: list[EmployerOut]


class LicenceOut(Schema):
    """A licence."""

    number: str
    name: str
    checked: bool
    since: date | None
    until: date | None


class SpellOut(Schema):
    """A period in one status."""

    status: str
    since: date
    until: date | None
    evidence: str


class CoverOut(Schema):
    """A coverage."""

    union_id: int
    form: str
    main: bool
    since: date
    until: date | None


class EmployerDetail(EmployerOut):
    """An employer with licences, status history and coverage."""

    address: str
    operator_name: str
    phone: str
    licences: list[LicenceOut]
    spells: list[SpellOut]
    coverages: list[CoverOut]

    @staticmethod
    def resolve_phone(employer: Employer) -> str:
        return employer.phone_mask


class UnionOut(Schema):
    """A union."""

    id: int
    code: str
    name: str
    kind: str
    form: str
    mode: str
    state: str
    parent_id: int | None
    depth: int
    founded_on: date
    ended_on: date | None


class TodoOut(Schema):
    """Something a union owes."""

    text: str
    due_on: date | None
    tone: str


class UnionDetail(UnionOut):
    """A union with what it owes."""

    owed: list[TodoOut]


class StatusIn(Schema):
    """A change of status."""

    status: str
    on: date
    evidence: str
    review_on: date | None = None


@router.get("/employers", response=EmployersOut, summary="单位底册")
def employer_list(
    request: HttpRequest, q: str = "", state: str = "", sector: str = "", status: str = "", page: int = 1, size: int = 50
) -> Any:
    actor: Any = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
    actor.require(Perm.EMPLOYER_VIEW)
    rows = employers.employer_list(actor=actor, q=q[:60], state=state, sector=sector, status=status)
    found = Paginator(rows, max(1, min(size, MOST))).get_page(page)
    return {"count": found.paginator.count, "page": found.number, "rows": list(found)}


@router.get("/employers/{pk}", response=EmployerDetail, summary="单位")
def employer_get(request: HttpRequest, pk: int) -> Any:
    actor: Any = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
    actor.require(Perm.EMPLOYER_VIEW)
    return employers.employer_get(actor=actor, pk=pk)


@router.post("/employers/{pk}/status", response=EmployerDetail, summary="变更经营状态")
def employer_status(request: HttpRequest, pk: int, body: StatusIn) -> Any:
    actor: Any = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
    actor.require(Perm.EMPLOYER_STATUS)
    employer = employers.employer_get(actor=actor, pk=pk)
    return services.employer_status(actor=actor, employer=employer, **body.dict())


@router.get("/unions", response=list[UnionOut], summary="工会组织：某一级的下级，或按名称查找")
def union_list(request: HttpRequest, parent: int | None = None, q: str = "", on: date | None = None) -> Any:
    actor: Any = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
    actor.require(Perm.UNION_VIEW)
    if q:
        return list(unions.union_search(actor=actor, words=q[:60])[:MOST])
    if parent is None:
        return unions.roots(actor)
    above = unions.union_get(actor=actor, pk=parent)
    if on is not None:
        return list(unions.children_on(above, on).filter(unions.union_scope(actor)))
    return list(Union.objects.filter(unions.union_scope(actor), parent=above, ended_on=None).order_by("path"))


@router.get("/unions/{pk}", response=UnionDetail, summary="工会")
def union_get(request: HttpRequest, pk: int) -> Any:
    actor: Any = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
    actor.require(Perm.UNION_VIEW)
    union = unions.union_get(actor=actor, pk=pk)
    owed = services.union_duties(union)
    union.owed = [*owed.missing, *owed.coming]  # type: ignore[attr-defined]  # read by the schema
    return union
