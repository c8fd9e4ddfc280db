"""Writes the city's files in a process of its own, while the parent imports those that are whole (另一进程写文件)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from gonghui.portal.demo import city, files, plan


def stream(seed: int, scale: float, folder: Path) -> Iterator[tuple[str, Path]]:
    """Start the writer; yields (kind, path) of each file as soon as it is whole.

    Raises: RuntimeError when the writer ends badly.
    """
    command = [sys.executable, "-m", "gonghui.portal.demo.writer", str(seed), str(scale), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                kind, name = line.rstrip("\n").split("\t")
                yield kind, folder / name
        except BaseException:  # the build stopped: so does the writer
            process.terminate()
            raise
    if process.returncode:
        raise RuntimeError(f"写文件的进程以 {process.returncode} 结束。")


def main(seed: str, scale: str, folder: str) -> None:
    """Write all files and name each on stdout."""
    wanted = plan.make(int(seed), float(scale))
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # always a text stream here
    for kind, path in files.write(wanted, city.build(wanted), Path(folder)):
        sys.stdout.write(f"{kind}\t{path.name}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])
