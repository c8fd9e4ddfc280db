"""The plan of a split (分立方案): which new unions, which units and unions below go to which. Source: S026, TUL-13."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gonghui.core.errors import RuleViolation
from gonghui.orgs.enums import UnionKind

FEWEST, MOST = 2, 8


@dataclass(frozen=True)
class Owned:
    """What a union has to give away: employers by id, unions directly below by id."""

    employers: dict[int, Any]
    children: dict[int, Any]

    def find(self, words: str) -> tuple[str, int]:
        """One of them by code or full name. Raises RuleViolation organising.split_unknown."""
        for kind, rows in (("employers", self.employers), ("children", self.children)):
            for pk, row in rows.items():
                if words in {row.code, row.name}:
                    return kind, pk
        raise RuleViolation("organising.split_unknown", f"“{words}”不是这个工会的单位或下级工会，请填编号或全称。")


def owned(union: Any) -> Owned:
    """Employers placed at the union or covered by it, and its children."""
    firms = {e.pk: e for e in union.employers.order_by("pk")}
    firms |= {c.employer_id: c.employer for c in union.coverages.filter(until=None).select_related("employer").order_by("pk")}
    return Owned(firms, {u.pk: u for u in union.children.filter(ended_on=None).order_by("path")})


def read(union: Any, text: str) -> list[dict[str, Any]]:
    """The plan as written: a new union on each line, `名称：单位、单位`; what is not named goes to the first.

    Raises: RuleViolation organising.split_parts, organising.split_unknown, organising.split_twice.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not FEWEST <= len(lines) <= MOST:
        raise RuleViolation(
            "organising.split_parts", f"分立方案一行写一个新工会，至少 {FEWEST} 行，最多 {MOST} 行，现在是 {len(lines)} 行。"
        )
    have, parts, given = owned(union), list[dict[str, Any]](), set[tuple[str, int]]()
    for line in lines:
        name, _, rest = line.replace(":", "：").partition("：")
        if any(p["name"] == name.strip() for p in parts) or not name.strip():
            raise RuleViolation("organising.split_parts", f"新工会的名称不能空，也不能重复：“{name.strip()}”。")
        part: dict[str, Any] = {"name": name.strip()[:120], "kind": str(union.kind), "employers": [], "children": []}
        for words in [w.strip() for w in rest.replace("，", "、").replace(",", "、").split("、") if w.strip()]:
            found = have.find(words)
            if found in given:
                raise RuleViolation("organising.split_twice", f"“{words}”写了两次，一个单位只能归一个新工会。")
            given.add(found)
            part[found[0]].append(found[1])
        parts.append(part)
    return complete(union, parts, have)


def complete(union: Any, parts: list[dict[str, Any]], have: Owned | None = None) -> list[dict[str, Any]]:
    """The plan as the register stands now: what nobody was given goes to the first, what has gone meanwhile is left out."""
    have = have or owned(union)
    out = [{**p, "employers": list(p.get("employers", [])), "children": list(p.get("children", []))} for p in parts]
    for key, rows in (("employers", have.employers), ("children", have.children)):
        for part in out:
            part[key] = [pk for pk in part[key] if pk in rows]
        taken = {pk for part in out for pk in part[key]}
        out[0][key] += [pk for pk in rows if pk not in taken]
    return out


def details_of(union: Any) -> dict[str, Any]:
    """What the parts have of the old union besides name and kind."""
    if union.kind == UnionKind.JOINT:
        return {"form": union.form, "mode": union.mode, "association": union.association, "area": union.area}
    if union.kind == UnionKind.INDUSTRY:
        return {"industry": union.industry, "association": union.association, "area": union.area}
    return {"area": union.area}


@dataclass(frozen=True)
class Line:
    """One new union of the plan, for pages and the request."""

    name: str
    units: list[str]
    members: int

    @property
    def words(self) -> str:
        return "、".join(self.units) or "没有单位"


def lines(union: Any, parts: list[dict[str, Any]]) -> list[Line]:
    """The plan in words, with how many members go along: each with the own unit, the rest to the first."""
    if not parts or union is None:
        return []
    have = owned(union)
    spells = union.memberships.filter(until=None).values_list("person_id", flat=True)
    everybody, found, placed = set(spells), list[Line](), set[int]()
    for part in complete(union, parts, have) if union.ended_on is None else parts:
        units = [have.employers[pk].name for pk in part["employers"] if pk in have.employers]
        units += [have.children[pk].name for pk in part["children"] if pk in have.children]
        here = set(
            union.memberships.filter(
                until=None, person__employments__until=None, person__employments__employer_id__in=part["employers"]
            ).values_list("person_id", flat=True)
        )
        found.append(Line(part["name"], units, len(here - placed)))
        placed |= here
    first = found[0]
    return [Line(first.name, first.units, first.members + len(everybody - placed)), *found[1:]]
