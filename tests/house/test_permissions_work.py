"""The apps of the daily work swept like the register (权限矩阵，业务应用): see `test_permissions.py`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.house import test_permissions as register
from tests.house.test_permissions import (  # noqa: F401  # the same tests over other addresses
    swept,
    test_a_foreign_object_looks_like_a_missing_one,
    test_every_answer_carries_the_headers,
    test_nothing_breaks,
    test_reading_changes_nothing,
    test_somebody_gets_in_everywhere,
    test_the_declared_door_is_the_door,
    test_the_file_says_what_every_address_answers_to_every_role,
)

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free, pytest.mark.first]


@pytest.fixture(scope="module")
def here() -> Callable[[str], bool]:
    """All apps that the other module leaves out."""
    return lambda name: name.rpartition(":")[0].partition(":")[0] not in register.REGISTER
