"""Django's PostgreSQL backend that counts what it committed, so that a lost race is tried again only while nothing is done (see `core.again`)."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """`commits`: transactions this connection has committed so far."""

    commits = 0

    def _commit(self) -> Any:
        result = super()._commit()  # type: ignore[misc]  # private in Django, absent from its stubs
        self.commits += 1
        return result
