"""The draw that anybody can recompute (抽签), algorithm `gonghui-draw-1`.

1. Before entries close the organiser publishes C = SHA-256("gonghui-draw-1|" + draw + "|" + seed); the seed stays sealed.
2. At closing the list is published: for each entrant a pseudonym, a fairness class and tags. Its digest is the SHA-256 of the
   lines "alias|class|tag,tag" (tags sorted), sorted, each ended by a line feed.
3. The seed is revealed. The number of an entrant is SHA-256(seed + "|" + alias) in hex.
4. Entrants stand in the order (class, number, alias). For each reserve in its published order the first entrants with its tag
   win, as many as it has places; then the first of all others, until every place is given.

The number of one entrant depends on nobody else's entry: whoever knew the seed early could learn the outcome but not turn
it by adding or removing entries (docs of `tools/check_draw.py`). Pseudonyms are keyed hashes made by the platform, so
nobody chooses an alias either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

ALGORITHM = "gonghui-draw-1"


@dataclass(frozen=True, slots=True)
class Entrant:
    """One line of the published list (名单上的一行)."""

    alias: str
    klass: int = 0
    tags: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        return f"{self.alias}|{self.klass}|{','.join(sorted(self.tags))}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who won, and the order in which the others wait (结果)."""

    winners: tuple[str, ...]
    waiting: tuple[str, ...]


def commitment(draw: str, seed: str) -> str:
    """What is published before entries close (承诺值)."""
    return _sha(f"{ALGORITHM}|{draw}|{seed}")


def digest(entrants: Iterable[Entrant]) -> str:
    """Digest of the list (名单摘要)."""
    return _sha("".join(line + "\n" for line in sorted(e.line for e in entrants)))


def number(seed: str, alias: str) -> str:
    """The number drawn for an entrant (签号)."""
    return _sha(f"{seed}|{alias}")


def outcome(seed: str, entrants: Sequence[Entrant], places: int, reserves: Sequence[tuple[str, int]] = ()) -> Outcome:
    """Winners in order, then the waiting order. Each entrant stands once (BK-08).

    Args: places in all; reserves (tag, places) in their published order, inside `places`.
    Raises: ValueError when an alias stands twice.
    """
    if len({e.alias for e in entrants}) != len(entrants):
        raise ValueError("an alias stands twice in the list")
    order = sorted(entrants, key=lambda e: (e.klass, number(seed, e.alias), e.alias))
    won: dict[str, None] = {}
    for tag, size in reserves:
        wanted = [e.alias for e in order if tag in e.tags and e.alias not in won]
        won |= dict.fromkeys(wanted[: max(0, min(size, places - len(won)))])
    rest = [e.alias for e in order if e.alias not in won]
    free = max(0, places - len(won))
    won |= dict.fromkeys(rest[:free])
    return Outcome(tuple(won), tuple(rest[free:]))


def document(
    *, draw: str, title: str, commit: str, closes_at: str, places: int, reserves: Sequence[tuple[str, int]], entrants: Sequence[Entrant],
    seed: str = "", winners: Sequence[str] = (), waiting: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """The published proof (公开材料): everything `tools/check_draw.py` needs, and no personal data."""
    listed = sorted(entrants, key=lambda e: e.alias)
    return {
        "algorithm": ALGORITHM, "draw": draw, "title": title, "commitment": commit, "closes_at": closes_at, "places": places,
        "reserves": [{"tag": tag, "places": size} for tag, size in reserves],
        "entries": [{"alias": e.alias, "class": e.klass, "tags": sorted(e.tags)} for e in listed],
        "list_digest": digest(listed), "seed": seed, "winners": list(winners), "waiting": list(waiting),
    }  # fmt: skip


def faults(proof: dict[str, Any]) -> list[str]:
    """What does not hold in a published proof (核对结果); empty when all does."""
    out: list[str] = []
    entrants = [Entrant(e["alias"], int(e["class"]), tuple(e["tags"])) for e in proof["entries"]]
    if commitment(proof["draw"], proof["seed"]) != proof["commitment"]:
        out.append("种子与事先公布的承诺值不符。")
    if digest(entrants) != proof["list_digest"]:
        out.append("名单与公布的名单摘要不符。")
    if len({e.alias for e in entrants}) != len(entrants):
        return [*out, "名单里有人出现两次。"]
    found = outcome(proof["seed"], entrants, int(proof["places"]), [(r["tag"], int(r["places"])) for r in proof["reserves"]])
    if list(found.winners) != list(proof["winners"]):
        out.append("中签名单与重新计算的不符。")
    if list(found.waiting) != list(proof["waiting"]):
        out.append("候补次序与重新计算的不符。")
    return out


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
