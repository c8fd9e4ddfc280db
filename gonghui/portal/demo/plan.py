"""How large the demo city is (演示城市的规模): the counts of DESIGN §6, scaled, with every identity kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

CITY = "江州市"
CITY_CODE = "JZ"
AREA = "379900"
OPENING, CLOSING = date(2025, 1, 1), date(2025, 12, 31)

WRITTEN_OFF = {"注销": 63, "关停": 27, "搬迁": 2, "更名": 3, "同名": 16, "倒闭": 15, "归并": 11}
FAULTS = {
    "licence_clusters": 40,
    "same_name_pairs": 16,
    "stopped": 35,
    "wrong_check_digit": 120,
    "duplicate_persons": 60,
    "lapsed_terms": 45,
    "double_membership": 30,
    "shared_phones": 80,
    "desk_without_workers": 20,
}


@dataclass(frozen=True)
class Plan:
    """Counts of one city. `closing = opening + new - written off` and the three coverages add up to it."""

    seed: int
    scale: float
    townships: int = 14
    regional: int = 93
    industry: int = 53
    systems: int = 18
    public: int = 371
    opening: int = 4232
    new: int = 43
    covered_single: int = 506
    covered_regional: int = 2848
    covered_industry: int = 784
    workers: int = 233_251
    members: int = 214_542
    migrant_members: int = 167_842
    later_employers: int = 26
    written_off: dict[str, int] = field(default_factory=lambda: dict(WRITTEN_OFF))
    faults: dict[str, int] = field(default_factory=lambda: dict(FAULTS))

    @property
    def closing(self) -> int:
        return self.opening + self.new - sum(self.written_off.values())


def make(seed: int, scale: float) -> Plan:
    """The plan at a scale from 0.01 to 10. At 1 it is the county-level city of the source figures."""
    whole = Plan(seed, 1.0)
    if scale == 1.0:
        return whole

    def part(n: int, least: int = 1) -> int:
        return max(least, round(n * scale))

    written_off = {reason: part(n) for reason, n in whole.written_off.items()}
    regional, industry = part(whole.regional, 2), part(whole.industry, 2)
    single, by_region, by_industry = (
        part(whole.covered_single, 3),
        part(whole.covered_regional, regional),
        part(whole.covered_industry, industry),
    )
    new = part(whole.new)
    closing = single + by_region + by_industry
    workers = part(whole.workers, closing * 2)
    members = workers * whole.members // whole.workers
    return Plan(
        seed,
        scale,
        townships=min(14, part(whole.townships, 3)) if scale < 1 else min(60, part(whole.townships)),
        regional=regional,
        industry=industry,
        systems=min(whole.systems, part(whole.systems, 2)),
        public=part(whole.public, 3),
        opening=closing + sum(written_off.values()) - new,
        new=new,
        covered_single=single,
        covered_regional=by_region,
        covered_industry=by_industry,
        workers=workers,
        members=members,
        migrant_members=members * whole.migrant_members // whole.members,
        later_employers=part(whole.later_employers, 2),
        written_off=written_off,
        faults={name: part(n, 2) for name, n in whole.faults.items()},
    )


def shares(total: int, weights: list[float], least: int = 0) -> list[int]:
    """Whole parts of a total in the proportion of the weights, each at least `least`."""
    rest, scale = total - least * len(weights), sum(weights)
    exact = [rest * w / scale for w in weights]
    parts = [int(e) for e in exact]
    for i in sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))[: rest - sum(parts)]:
        parts[i] += 1
    return [p + least for p in parts]
