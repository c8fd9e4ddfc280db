"""`gonghui …`: Django's commands under the names of DESIGN §5."""

from __future__ import annotations

import os
import sys

RENAMED = {"import": "import_file", "export-audit": "export_audit", "rotate-keys": "rotate_keys"}


def main() -> None:
    """Entry point of the `gonghui` script."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.settings")
    argv = list(sys.argv)
    if len(argv) > 1:
        if argv[1] == "demo" or os.environ.get("GONGHUI_DEMO") is None and _demo_data():
            os.environ.setdefault("GONGHUI_DEMO", "1")
        argv[1] = RENAMED.get(argv[1], argv[1])
    from django.core.management import execute_from_command_line

    execute_from_command_line(["gonghui", *argv[1:]])


def _demo_data() -> bool:
    """A data directory made by `gonghui demo` carries a mark, so later commands see the same settings."""
    from pathlib import Path

    where = os.environ.get("GONGHUI_DATA_DIR") or str(Path(__file__).resolve().parent.parent / "var")
    return (Path(where) / "DEMO").exists()
