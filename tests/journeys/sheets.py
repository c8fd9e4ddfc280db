"""Files a stranger brings (外来表格): other column names, another encoding, mixed mistakes. All people are invented."""

from __future__ import annotations

import csv
import io

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(n: int) -> str:
    """A resident number of an area that does not exist, with a right check digit."""
    stem = f"99010119910{n // 100 % 9 + 1}15{n % 1000:03d}"
    return stem + "10X98765432"[sum(int(c) * w for c, w in zip(stem, WEIGHTS, strict=True)) % 11]


def licence(n: int) -> str:
    """A unified social credit code with a right check character; 99 is no real area."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    stem = f"91990000MA{n:06d}X"
    return stem + alphabet[-sum(alphabet.index(c) * 3**i % 31 for i, c in enumerate(stem)) % 31]


def table(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    """As csv."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def payroll() -> bytes:
    """Two people on the payroll whom the register does not know."""
    return table([["姓名", "身份证号"], ["祝新来", id_number(501)], ["祝新到", id_number(502)]])


def stranger() -> bytes:
    """GBK, a title line above the header, own column names, and eight rows of which some are wrong."""
    good = [[f"职工名字{n}", id_number(600 + n), f"1590000{n:04d}", "合同制"] for n in range(1, 6)]
    spoiled = id_number(700)
    rows = [
        ["某厂二〇二六年职工花名册", "", "", ""],
        ["职工姓名", "身份证号码", "联系电话", "用工性质"],
        *good,
        ["错号码", spoiled[:-1] + ("0" if spoiled[-1] != "0" else "1"), "15900009901", "合同制"],
        ["", id_number(702), "15900009902", "合同制"],
        ["职工名字1", id_number(601), "15900000001", "合同制"],
    ]
    return table(rows, "gbk")
