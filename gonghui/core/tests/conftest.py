"""The filled site, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonghui.core.tests import site as sites


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> sites.Site:
    return sites.build(tmp_path_factory.mktemp("site") / "data")


@pytest.fixture
def site(_template: sites.Site, tmp_path: Path) -> sites.Site:
    """A fresh copy of the filled site."""
    return _template.copy(tmp_path / "data")
