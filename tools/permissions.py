"""Write tests/permissions.csv anew and show what changed: `python tools/permissions.py [--new]` (权限矩阵)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Writer:
    """Runs inside pytest, which makes the test database and the world."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [i for i in items if i.name == "test_the_file_says_what_every_address_answers_to_every_role"]


def main() -> int:
    """Sweep with GONGHUI_WRITE_PERMISSIONS set; the test writes the file instead of comparing. `--new`: only addresses without a row."""
    os.environ["GONGHUI_WRITE_PERMISSIONS"] = "new" if "--new" in sys.argv else "all"
    os.chdir(ROOT)
    return int(pytest.main(["-q", "-s", "tests/house/test_permissions.py", "tests/house/test_permissions_work.py"], plugins=[Writer()]))


if __name__ == "__main__":
    sys.exit(main())
