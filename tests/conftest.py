"""The world is built once for each module that asks for it, in one transaction that is rolled back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Two trees, everybody, everything; tests are marked `django_db`, so that each works in a savepoint of its own."""
    from django.db import transaction

    from gonghui.core import crypto
    from gonghui.members.imports import matching
    from tests import world as worlds  # models, so only after django.setup()

    with django_db_blocker.unblock():
        crypto.forget_keys()
        matching.prepare()
        atom = transaction.atomic()
        atom.__enter__()
        try:
            yield worlds.build()
        finally:
            transaction.set_rollback(True)
            atom.__exit__(None, None, None)
            crypto.forget_keys()
