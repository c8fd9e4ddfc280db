"""Many counts in one statement (一次数清): tabs, pagers, badges and alerts of a page together ask the database once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def count(rows: Sequence[QuerySet[Any]]) -> list[int]:
    """How many rows each queryset holds, in its order. A filter that can match nothing is not sent at all."""
    parts, params, places = list[str](), list[Any](), list[int]()
    for place, found in enumerate(rows):
        try:
            sql, more = found.order_by().values("pk").query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS c)")  # noqa: S608  # compiled by the ORM, values stay parameters
        params += more
        places.append(place)
    out = [0] * len(rows)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(parts), params)
            for place, n in zip(places, cursor.fetchone(), strict=True):
                out[place] = int(n)
    return out
