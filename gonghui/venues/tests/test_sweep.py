"""Who may come in where, for the addresses of venues alone (权限扫描)."""

from __future__ import annotations

import pytest

from tests import sweep as sweeps
from tests import world as worlds

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free]


@pytest.mark.invariant("ACC-01")
def test_a_foreign_object_looks_like_a_missing_one_and_nothing_breaks() -> None:
    world = worlds.build()
    names = [r.name for r in sweeps.routes() if r.app == "venues"]
    swept = sweeps.run(world, names=names)
    assert swept.unknown == [] and sweeps.leaks(swept) == []
    assert [f"{a.route.name} {a.method} {a.role}" for a in swept.answers if a.status >= 500] == []
    wrong = [a for a in swept.answers if not a.passes and a.role != "anonymous" and a.status != 403]
    assert [f"{a.route.name} {a.role} {a.status}" for a in wrong] == []
