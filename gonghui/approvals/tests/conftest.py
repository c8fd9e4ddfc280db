"""The test kind is known during each test of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    from gonghui.approvals.tests import make  # needs the app registry

    make.install()
    yield
    make.remove()
