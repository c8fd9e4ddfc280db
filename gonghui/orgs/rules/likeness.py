"""When two employers look like one (疑似重复): pure judgement from a few traits. A person decides. Source: S001, S002, P03."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_IN_BLOCK = 30
NEAR_NAME = 0.86
_NOISE = re.compile(r"[\s\u3000()（）·,，.。\-—'\"“”]+")
_TAIL = re.compile(r"(有限责任公司|股份有限公司|有限公司|公司|厂|店|部)$")

LICENCE, SAME, SAME_NAME = "licence", "same", "same_name"
KIND_LABELS = {LICENCE: "一企多照", SAME: "重复登记", SAME_NAME: "同名不同单位"}


@dataclass(frozen=True)
class Traits:
    """What is compared of an employer."""

    pk: int
    name: str
    address: str
    operator: bytes | None
    phone: bytes | None


@dataclass(frozen=True)
class Likeness:
    """A proposed pair: kind, score of 100, and the reasons in words."""

    first: int
    second: int
    kind: str
    score: int
    reasons: tuple[str, ...]


def plain(text: str) -> str:
    """A name or address without spaces, brackets and marks."""
    return _NOISE.sub("", text.translate({i: i - 0xFEE0 for i in range(0xFF01, 0xFF5F)}))


def compare(a: Traits, b: Traits) -> Likeness | None:
    """One pair. None when nothing but chance speaks for it."""
    first, second = sorted((a, b), key=lambda t: t.pk)
    operator = a.operator is not None and a.operator == b.operator
    phone = a.phone is not None and a.phone == b.phone
    address = bool(a.address) and plain(a.address) == plain(b.address)
    name = plain(a.name) == plain(b.name)
    near = name or _near(a.name, b.name)
    evidence = [w for hit, w in ((operator, "负责人证件号相同"), (phone, "联系电话相同"), (address, "地址相同")) if hit]
    kind = _kind(name, near, operator, phone, address, a, b)
    if kind is None:
        return None
    reasons = [*(["名称相同"] if name else ["名称相近"] if near else []), *evidence]
    if kind == SAME_NAME:
        reasons += ["地址、负责人、电话都不同，多半不是同一家"]
    score = min(100, 40 * operator + 25 * phone + 20 * address + (35 if name else 20 if near else 0))
    return Likeness(first.pk, second.pk, kind, score, tuple(reasons))


def _kind(name: bool, near: bool, operator: bool, phone: bool, address: bool, a: Traits, b: Traits) -> str | None:
    strangers = a.operator is not None and b.operator is not None and not operator
    if name:
        same = operator or phone or (address and not strangers)
        return SAME if same else SAME_NAME
    if operator and (phone or address):
        return SAME if near else LICENCE
    if phone and address and not strangers:
        return SAME if near else LICENCE
    return SAME if near and address and not strangers else None


def _near(one: str, two: str) -> bool:
    x, y = _TAIL.sub("", plain(one)), _TAIL.sub("", plain(two))
    if abs(len(x) - len(y)) > 3 or min(len(x), len(y)) < 4:
        return False
    return difflib.SequenceMatcher(None, x, y).ratio() >= NEAR_NAME


def pairs(rows: Iterable[Traits]) -> Iterator[Likeness]:
    """All proposed pairs: only employers that share operator, phone, address or name are compared, each pair once."""
    blocks: dict[tuple[str, object], list[Traits]] = defaultdict(list)
    for row in rows:
        for key in (("operator", row.operator), ("phone", row.phone), ("address", plain(row.address) or None), ("name", plain(row.name))):
            if key[1] is not None:
                blocks[key].append(row)
    done: set[tuple[int, int]] = set()
    for members in blocks.values():
        if not 1 < len(members) <= MOST_IN_BLOCK:
            continue
        for i, a in enumerate(members):
            for b in members[i + 1 :]:
                pair = (min(a.pk, b.pk), max(a.pk, b.pk))
                if pair in done:
                    continue
                done.add(pair)
                found = compare(a, b)
                if found is not None:
                    yield found
