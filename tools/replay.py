"""Compare the empty database built in one go with the one every migration makes, and record it: `python tools/replay.py` (空库比对)."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Exit status 1 and the differences when the two ways do not agree; nothing is recorded then."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.settings")
    os.environ.setdefault("GONGHUI_TESTING", "1")
    import django

    django.setup()
    from gonghui.core.tests import replay

    with tempfile.TemporaryDirectory() as folder:
        quick, slow = replay.built(Path(folder) / "quick"), replay.built(Path(folder) / "slow", "--replay")
    if found := replay.differences(quick, slow):
        sys.stdout.write("\n".join(f"{where}: {what}" for where, what in found.items()) + "\n")
        return 1
    record = {"migrations": replay.migrations(), "schema": replay.digest(slow)}
    replay.RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(slow)} tables, the same both ways\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
