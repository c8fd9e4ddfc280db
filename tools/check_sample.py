"""Recompute the draw of an audit (重算审计抽样), without the platform: python tools/check_sample.py 抽样清单.csv

The file is what “下载抽样清单” on the task's page gives: lines of `# name: value`, a head, then one voucher a line, and after
`# 抽中` the keys drawn in order. Exit 0 when the draw comes out the same, 1 when not.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

NAMES = {"种子": "seed", "抽取张数": "size", "清单摘要": "digest"}


def read(text: str) -> tuple[dict[str, str], list[str], list[str]]:
    """Values of the head, the list, the keys said to be drawn."""
    head: dict[str, str] = {}
    rows: list[str] = []
    keys: list[str] = []
    into = rows
    for line in text.lstrip("\ufeff").splitlines():
        if line.startswith("# 抽中"):
            into = keys
        elif line.startswith("# ") and ": " in line:
            name, _sep, value = line[2:].partition(": ")
            head[NAMES.get(name, name)] = value.strip()
        elif line.strip() and not line.startswith("凭证,"):
            into.append(line.strip())
    return head, rows, keys


def faults(text: str) -> list[str]:
    """What does not agree; empty when the draw is right."""
    head, rows, keys = read(text)
    missing = [name for name, key in NAMES.items() if key not in head]
    if missing:
        return [f"文件里没有{'、'.join(missing)}，不是完整的抽样清单"]
    found = []
    if hashlib.sha256("\n".join(rows).encode()).hexdigest() != head["digest"]:
        found.append("清单和进点时的摘要不一致：清单被改过")

    def rank(row: str) -> tuple[str, str]:
        key, _fen, digest = row.split(",")
        return hashlib.sha256(f"{head['seed']}|{key}|{digest}".encode()).hexdigest(), row

    right = [row.split(",")[0] for row in sorted(rows, key=rank)[: int(head["size"])]]
    if right != keys:
        found.append(f"重算抽中的是 {right[:5]}…，文件写的是 {keys[:5]}…：样本被换过")
    return found


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("用法：python tools/check_sample.py 抽样清单.csv")
        return 2
    wrong = faults(Path(arguments[0]).read_text(encoding="utf-8"))
    for line in wrong:
        print(line)
    if not wrong:
        print("抽样可以重算，结果一致")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
