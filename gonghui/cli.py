"""`gonghui …`: Django's commands under the names of DESIGN §5."""

from __future__ import annotations

import os
import sys
from pathlib import Path

RENAMED = {"import": "import_file", "export-audit": "export_audit", "rotate-keys": "rotate_keys"}


def main() -> None:
    """Entry point of the `gonghui` script."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.settings")
    argv = list(sys.argv)
    if len(argv) > 1:
        _place(argv)
        if argv[1] == "demo" or (os.environ.get("GONGHUI_DEMO") is None and _demo_data()):
            os.environ.setdefault("GONGHUI_DEMO", "1")
        argv[1] = RENAMED.get(argv[1], argv[1])
    from django.core.management import execute_from_command_line

    execute_from_command_line(["gonghui", *argv[1:]])


def _place(argv: list[str]) -> None:
    """`gonghui demo --data DIR` must be known before the settings are read."""
    for i, word in enumerate(argv):
        if argv[1] == "demo" and word == "--data" and i + 1 < len(argv):
            os.environ["GONGHUI_DATA_DIR"] = argv[i + 1]
        elif argv[1] == "demo" and word.startswith("--data="):
            os.environ["GONGHUI_DATA_DIR"] = word.removeprefix("--data=")


def _demo_data() -> bool:
    """A data directory made by `gonghui demo` carries a mark, so later commands see the same settings."""
    where = os.environ.get("GONGHUI_DATA_DIR") or str(Path(__file__).resolve().parent.parent / "var")
    return (Path(where) / "DEMO").exists()


if __name__ == "__main__":
    main()
