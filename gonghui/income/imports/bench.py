"""Bench of matching dues (会费认领测量): a payroll file with dirty rows, automatic share, precision, recall. No database is touched.

`gonghui bench dues` prints it. The file is written as GBK text, read by the same reader, tidied and matched by the same code as an import.
"""

from __future__ import annotations

import hashlib
import random
import time
from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.core import bench, money
from gonghui.files.imports import headers, pipeline, reading
from gonghui.files.imports.protocol import Context
from gonghui.files.imports.reading import ROW
from gonghui.income.imports import dues
from gonghui.income.rules import matching
from gonghui.people import rules as people

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国玉兰红梅志鹏"
HEAD = "姓名,身份证号,手机号,会费金额"
TODAY = date(2026, 1, 1)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def made(people_count: int, seed: int) -> list[tuple[matching.Candidate, str, str]]:
    """Invented members: names repeat as they do in a works."""
    rand, found = random.Random(f"dues-{seed}"), []  # noqa: S311  # invented data
    for n in range(people_count):
        name = rand.choice(SURNAMES) + "".join(rand.choices(GIVEN, k=rand.choice((1, 2, 2))))
        stem = f"9901{n % 97 + 1:02d}{1960 + n % 45}{n % 12 + 1:02d}{n % 28 + 1:02d}{n % 1000:03d}"
        number, phone = stem + people.check_digit(stem), f"1{3 + n % 6}{rand.randrange(10**9):09d}"
        due = people_due(rand)
        mask_id, mask_phone = number[:4] + "*" * 10 + number[-4:], phone[:3] + "****" + phone[-4:]
        found.append((matching.Candidate(n + 1, name, _hash(number), _hash(phone), mask_id, mask_phone, due), number, phone))
    return found


def people_due(rand: random.Random) -> int:
    """Invented dues in fen."""
    return rand.randrange(250, 900) * 5


def file_of(members: list[tuple[matching.Candidate, str, str]], dirty: float, seed: int) -> tuple[bytes, dict[int, int]]:
    """The payroll file as bytes (GBK) and whose money each row truly is; 0 is a stranger."""
    rand, lines, truth = random.Random(f"file-{seed}"), [HEAD], dict[int, int]()  # noqa: S311  # invented data
    for c, number, phone in members:
        row, owner = [c.name, number, phone, money.plain(c.due_fen)], c.person
        if rand.random() < dirty:
            row, owner = _dirty(rand, row, owner)
        lines.append(",".join(row))
        truth[len(lines)] = owner
    return "\r\n".join(lines).encode("gbk"), truth


def _dirty(rand: random.Random, row: list[str], owner: int) -> tuple[list[str], int]:
    """The faults payroll files have: spaces, full width, slips, gaps, other amounts, strangers."""
    name, number, phone, amount = row
    kind = rand.randrange(10)
    if kind == 0:
        return [name[0] + " " + name[1:], number, phone, amount], owner
    if kind == 1:
        return [name, "".join(chr(ord(ch) + 0xFEE0) for ch in number), phone, amount], owner
    if kind == 2:
        i = rand.randrange(6, 14)
        return [name, number[:i] + number[i + 1] + number[i] + number[i + 2 :], phone, amount], owner
    if kind == 3:
        return [name, number[:17], phone, amount], owner
    if kind == 4:
        return [name, "", phone, amount], owner
    if kind == 5:
        return [name, number, phone[:7] + str(rand.randrange(10)) + phone[8:], f"￥{amount}元"], owner
    if kind == 6:
        return [name, number.lower(), "", amount.replace(".", "．")], owner
    if kind == 7:
        return [name, f"'{number}", f"+86 {phone}", amount], owner
    if kind == 8:
        return [name, number, phone, f"{float(amount) + 5:.2f}"], owner
    stem = f"9902{rand.randrange(10, 97)}19800101{rand.randrange(1000):03d}"
    return [rand.choice(SURNAMES) + "外人", stem + people.check_digit(stem), f"199{rand.randrange(10**8):08d}", amount], 0


def measure(rows: int = 10_000, dirty: float = 0.05, seed: int = 2025) -> dict[str, Any]:
    """One file: automatic share of the rows that have an owner, rows posted to the wrong person, precision, recall."""
    members = made(rows, seed)
    content, truth = file_of(members, dirty, seed)
    begun = time.perf_counter()
    handler, context = dues.Dues(), Context(Actor.system("bench"), "", TODAY)
    table = reading.read(content)
    found = headers.find(table.frame, handler.columns, {})
    sheet = pipeline.prepare(pipeline.body(table, handler, found.mapping, found.row), handler, context)
    bad = {p.row for p in sheet.problems}
    read = [dues.read_row(r, _hash, _hash, TODAY) for r in sheet.frame.iter_rows(named=True) if int(r[ROW]) not in bad]
    hits = {m.row: m for m in matching.match_all(read, [c for c, _i, _p in members])}
    seconds = time.perf_counter() - begun
    posted = {row: m.person for row, m in hits.items() if m.person is not None}
    right = sum(truth[row] == person for row, person in posted.items())
    owned = sum(owner > 0 for owner in truth.values())
    waiting: dict[str, int] = {}
    for m in hits.values():
        if m.person is None:
            waiting[m.how] = waiting.get(m.how, 0) + 1
    return {
        "rows": len(truth), "owned": owned, "posted": len(posted), "wrong": len(posted) - right, "precision": right / len(posted) if posted else 0.0,
        "recall": right / owned, "automatic": len(posted) / len(truth), "seconds": seconds, "waiting": waiting,
    }  # fmt: skip


def run(rows: int = 10_000, dirty: str = "0.05", seed: int = 2025) -> list[dict[str, Any]]:
    """`gonghui bench dues`. Bars: automatic ≥ 99 % of all rows of the file (5 % of them dirty), none wrong."""
    told = measure(int(rows), float(dirty), int(seed))
    base = {"engine": "none", "n": told["rows"], "floor": None, "ratio": None, "peak_mib": bench.peak_mib()}
    return [
        {"name": "dues.automatic", "value": round(told["automatic"], 5), "unit": "share", **base, "dirty": float(dirty)},
        {"name": "dues.recall", "value": round(told["recall"], 5), "unit": "share", **base, "waiting": told["waiting"]},
        {"name": "dues.precision", "value": round(told["precision"], 5), "unit": "share", **base},
        {"name": "dues.wrong", "value": told["wrong"], "unit": "rows", **base},
        {"name": "dues.rows_per_second", "value": round(told["rows"] / told["seconds"]), "unit": "rows/s", **base},
    ]


def register() -> None:
    """Called from `IncomeConfig.ready()`."""
    bench.register("dues", run)
