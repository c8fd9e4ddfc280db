"""Comparison of a list with the register (名册比对, S041): 匹配、缺会籍、已离职、重复、信息不全."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gonghui.members.enums import DiffClass


@dataclass(frozen=True)
class Listed:
    """A row of the list: its number in the file, what it says, and the keys by which a person is found."""

    row_no: int
    name: str
    id_key: bytes | None
    phone_key: bytes | None = None
    id_mask: str = ""
    fault: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Known:
    """A person of the register, in the union or the employers it covers."""

    person: int
    name: str
    id_key: bytes | None
    phone_key: bytes | None
    id_mask: str
    member: bool
    complete: bool = True


@dataclass(frozen=True)
class Verdict:
    """What the comparison says of one person."""

    row_no: int | None
    person: int | None
    name: str
    id_mask: str
    verdict: DiffClass
    why: str


def compare(listed: Iterable[Listed], known: Iterable[Known]) -> list[Verdict]:
    """Every listed row and every member gets exactly one verdict, so the counts add up."""
    people = list(known)
    by_id: dict[bytes | None, Known] = {k.id_key: k for k in people if k.id_key}
    by_phone: dict[tuple[bytes, str], list[Known]] = {}
    by_name: dict[str, list[Known]] = {}
    for k in people:
        by_name.setdefault(k.name, []).append(k)
        if k.phone_key:
            by_phone.setdefault((k.phone_key, k.name), []).append(k)
    found: list[Verdict] = []
    seen: dict[int | bytes, int] = {}
    found.extend(_row(row, by_id, by_phone, by_name, seen) for row in listed)
    met = {v.person for v in found if v.person is not None}
    gone = [k for k in people if k.member and k.person not in met]
    return found + [Verdict(None, k.person, k.name, k.id_mask, DiffClass.GONE, "登记为会员，名单上没有") for k in gone]


def _row(
    row: Listed,
    by_id: Mapping[bytes | None, Known],
    by_phone: Mapping[tuple[bytes, str], list[Known]],
    by_name: Mapping[str, list[Known]],
    seen: dict[int | bytes, int],
) -> Verdict:
    if row.fault:
        return Verdict(row.row_no, None, row.name, row.id_mask, DiffClass.INCOMPLETE, row.fault)
    hit = _find(row, by_id, by_phone, by_name)
    key: int | bytes | None = hit.person if hit else row.id_key
    if key is not None and key in seen:
        return Verdict(
            row.row_no, hit.person if hit else None, row.name, row.id_mask, DiffClass.DUPLICATE, f"与名单第 {seen[key]} 行是同一个人"
        )
    if key is not None:
        seen[key] = row.row_no
    if hit is None and row.doubt:
        return Verdict(row.row_no, None, row.name, row.id_mask, DiffClass.INCOMPLETE, row.doubt)
    if hit is None:
        same = by_name.get(row.name, [])
        if not row.id_key and len(same) > 1:
            return Verdict(row.row_no, None, row.name, "", DiffClass.INCOMPLETE, f"没有证件号，登记中有 {len(same)} 个同名的人")
        why = "登记中没有这个人" if row.id_key else "没有证件号，登记中也没有同名的人"
        return Verdict(row.row_no, None, row.name, row.id_mask, DiffClass.NOT_MEMBER, why)
    if not hit.member:
        return Verdict(row.row_no, hit.person, row.name, hit.id_mask, DiffClass.NOT_MEMBER, "登记为职工，还没有入会")
    if hit.name != row.name:
        return Verdict(row.row_no, hit.person, row.name, hit.id_mask, DiffClass.INCOMPLETE, f"证件号相同，登记的姓名是“{hit.name}”")
    if not hit.complete:
        return Verdict(row.row_no, hit.person, row.name, hit.id_mask, DiffClass.INCOMPLETE, "登记资料不全")
    return Verdict(row.row_no, hit.person, row.name, hit.id_mask, DiffClass.MATCHED, "")


def _find(
    row: Listed, by_id: Mapping[bytes | None, Known], by_phone: Mapping[tuple[bytes, str], list[Known]], by_name: Mapping[str, list[Known]]
) -> Known | None:
    """By document, else by phone and name, else by a name only one person has."""
    if row.id_key:
        return by_id.get(row.id_key)
    if row.phone_key and len(hits := by_phone.get((row.phone_key, row.name), [])) == 1:
        return hits[0]
    same = by_name.get(row.name, [])
    return same[0] if len(same) == 1 else None
