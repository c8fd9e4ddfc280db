"""Every address of documents and organising as every role (权限扫描): nothing leaks, nothing breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import sweep
from tests.conftest import world as world

if TYPE_CHECKING:
    from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free]
NAMES = [r.name for r in sweep.routes() if r.name.partition(":")[0] in {"documents", "organising"}]


@pytest.mark.bar(17)
def test_no_address_leaks_or_breaks(world: World) -> None:
    found = sweep.run(world, names=NAMES, roles=["chair_a", "township_a"])
    assert sweep.leaks(found) == []
    assert [f"{a.route.name} {a.method} {a.role} {a.relation}: {a.status}" for a in found.answers if a.status >= 500] == []
    assert found.unknown == []
