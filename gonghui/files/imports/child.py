"""The reading child (读表子进程): parses a workbook in a process of its own, with bounded memory and time.

A parser that aborts, loops or eats memory takes only this process along (fault 30). Run as `-m gonghui.files.imports.child IN OUT`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

MOST_ADDRESS = 3 * 1024**3


def _bound() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit of the parent stays
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESS, MOST_ADDRESS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(source: str, target: str, sheet: str = "") -> None:
    """Write the sheet as Arrow IPC of strings, `c0`, `c1`, …; one line of JSON with the sheet names goes to stdout."""
    _bound()
    import fastexcel

    book = fastexcel.read_excel(source)
    name = sheet if sheet in book.sheet_names else _best(book)
    read = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    frame = read.to_polars()
    frame.columns = [f"c{i}" for i in range(frame.width)]
    frame.write_ipc(target)
    sys.stdout.write(json.dumps({"sheets": book.sheet_names, "sheet": name, "index": book.sheet_names.index(name)}))


def _best(book: object) -> str:
    """The first sheet that has more than one row; cover sheets are passed over."""
    names: list[str] = book.sheet_names  # type: ignore[attr-defined]  # fastexcel.ExcelReader, imported only in the child
    for name in names[:20]:
        if book.load_sheet(name, header_row=None, skip_rows=0, n_rows=3, dtypes="string").height > 1:  # type: ignore[attr-defined]
            return name
    return names[0]


if __name__ == "__main__":
    main(*(str(Path(p)) for p in sys.argv[1:3]), *sys.argv[3:4])
