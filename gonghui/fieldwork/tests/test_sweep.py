"""Every address of field work, each role, own and foreign objects (本应用的权限扫描)."""

from __future__ import annotations

import pytest

from tests import sweep, world

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free]
NAMES = "visits visits_print visits_export visit visit_print order order_find stage clashes clash devices device_revoke helps help_answer organisers portfolio_end month week works today shop card report kit worker manifest enrol register standing exchange".split()


def test_no_address_of_field_work_leaks_or_breaks() -> None:
    found = sweep.run(world.build(), names=[f"fieldwork:{n}" for n in NAMES])
    assert sweep.leaks(found) == []
    broken = [(a.route.name, a.role, a.status) for a in found.answers if a.status >= 500]
    assert broken == []
