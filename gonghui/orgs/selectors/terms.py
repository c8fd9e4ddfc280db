"""Reads of terms and posts (届次与任职查询). What has lapsed shows as lapsed on the day (ORG-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from gonghui.core import clock
from gonghui.orgs.enums import Body, PostTitle
from gonghui.orgs.models import Post, Term, Union


def running(union: Union, body: str, day: date) -> Term | None:
    """The term in office on a day; none once it has lapsed."""
    rows = Term.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), union=union, body=body, since__lte=day, until__gt=day)
    return rows.order_by("-number").first()


def latest(union: Union, body: str = Body.COMMITTEE) -> Term | None:
    """The last term registered."""
    return Term.objects.filter(union=union, body=body).order_by("-number", "-since").first()


@dataclass(frozen=True)
class Standing:
    """How a body stands on a day (届次状况)."""

    body: str
    term: Term | None
    lapsed: bool
    days_left: int | None

    @property
    def word(self) -> str:
        if self.term is None:
            return "未登记"
        return f"已届满 {-self.days_left} 天" if self.lapsed and self.days_left is not None else f"还有 {self.days_left} 天届满"


def standing(union: Union, day: date | None = None) -> list[Standing]:
    """All three bodies on a day."""
    today = day or clock.today()
    last = {t.body: t for t in Term.objects.filter(union=union, since__lte=today).order_by("number", "since")}
    return [
        Standing(body, term, lapsed=bool(term and term.until <= today), days_left=(term.until - today).days if term else None)
        for body in Body.values
        for term in [last.get(body)]
    ]


def posts_on(union: Union, day: date | None = None) -> QuerySet[Post]:
    """Posts held on a day."""
    today = day or clock.today()
    rows = Post.objects.filter(Q(until=None) | Q(until__gt=today), union=union, since__lte=today)
    return rows.select_related("person", "term").order_by("body", "title", "since")


def chair(union: Union, day: date | None = None) -> Post | None:
    """The chair on a day (主席)."""
    return posts_on(union, day).filter(title=PostTitle.CHAIR, body=Body.COMMITTEE).first()


def lapsed(rows: QuerySet[Union], day: date | None = None) -> QuerySet[Union]:
    """Unions whose committee's last term has lapsed (届满未换届)."""
    today = day or clock.today()
    begun = Term.objects.filter(body=Body.COMMITTEE, since__lte=today)
    current = begun.filter(Q(ended_on=None) | Q(ended_on__gt=today), until__gt=today).values("union_id")
    had = begun.values("union_id")
    return rows.filter(pk__in=had, ended_on=None).exclude(pk__in=current)


def chairs_of(union_ids: list[int], day: date | None = None) -> dict[int, str]:
    """Names of the chairs of many unions, in one query."""
    today = day or clock.today()
    rows = Post.objects.filter(
        Q(until=None) | Q(until__gt=today), union_id__in=union_ids, title=PostTitle.CHAIR, body=Body.COMMITTEE, since__lte=today
    )
    return dict(rows.values_list("union_id", "person__name"))


def latest_of(union_ids: list[int]) -> dict[int, Term]:
    """The last committee term of many unions, in one query."""
    return {t.union_id: t for t in Term.objects.filter(union_id__in=union_ids, body=Body.COMMITTEE).order_by("number", "since")}
