"""Members without a point nearby (服务缺口): by township, from the coordinates of their unions or employers. Source: S177, S178."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gonghui.members.selectors import counts
from gonghui.orgs.selectors import unions
from gonghui.venues.enums import Perm, VenueState
from gonghui.venues.models import Venue
from gonghui.venues.rules import geo

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TOWN = 8
"""Length of the path of a township: the city and one level."""


@dataclass
class Line:
    """One township."""

    name: str
    path: str
    members: int = 0
    near: int = 0
    far: int = 0
    unknown: int = 0
    venues: int = 0


@dataclass
class Gap:
    """The whole map: lines, the widest holes, the dots."""

    metres: int
    lines: list[Line]
    holes: list[tuple[str, int, str]] = field(default_factory=list)
    dots: list[geo.Dot] = field(default_factory=list)

    @property
    def members(self) -> int:
        return sum(x.members for x in self.lines)

    @property
    def near(self) -> int:
        return sum(x.near for x in self.lines)

    @property
    def far(self) -> int:
        return sum(x.far for x in self.lines)

    @property
    def unknown(self) -> int:
        return sum(x.unknown for x in self.lines)


def micro(value: float | None) -> int:
    """Degrees as millionths."""
    return round((value or 0) * 1_000_000)


def gap(*, actor: Actor, metres: int, kind: str = "") -> Gap:
    """Members of the unions in scope whose union lies farther than `metres` from every open point that has coordinates.

    A point outside the scope serves too: workers do not mind whose it is.
    """
    rows = list(
        unions.union_visible(actor, Perm.VENUE_VIEW)
        .filter(ended_on=None)
        .order_by("path")
        .values_list("pk", "name", "path", "latitude", "longitude", "employer__latitude", "employer__longitude", "depth")
    )
    sizes = counts.sizes_of(row[0] for row in rows)
    open_ = Venue.objects.filter(state=VenueState.OPEN)
    points = list((open_.filter(kind=kind) if kind else open_).values_list("latitude_e6", "longitude_e6", "name", "union__path"))
    places = [((int(a), int(b)), name) for a, b, name, _path in points if a is not None and b is not None]
    lines: dict[str, Line] = {}
    for row in rows:
        if row[7] <= 1:
            lines[row[2][:TOWN]] = Line(row[1], row[2])
    found = Gap(metres, [])
    far: list[tuple[geo.Place, str, str, str, str]] = []
    for pk, name, path, lat, lon, lat2, lon2, _depth in rows:
        line, size = lines.setdefault(path[:TOWN], Line(name, path[:TOWN])), sizes.get(pk, 0)
        line.members += size
        lat, lon = (lat, lon) if lat is not None and lon is not None else (lat2, lon2)
        if not size:
            continue
        if lat is None or lon is None:
            line.unknown += size
            continue
        place = (micro(lat), micro(lon))
        best = geo.nearest(place, places)
        if best is not None and best[0] <= metres:
            line.near += size
            continue
        line.far += size
        words = f"最近的{best[1]}有 {geo.words(best[0])}" if best else "没有一处阵地"
        found.holes.append((name, size, words))
        far.append((place, f"{name} {size} 人", "v-far", "", ""))
    for _a, _b, _name, path in points:
        if path[:TOWN] in lines:
            lines[path[:TOWN]].venues += 1
    found.lines = [line for line in lines.values() if line.members or line.venues]
    found.holes.sort(key=lambda h: -h[1])
    shown = (
        [(place, name, "v-dot", "", "") for place, name in places]
        if actor.is_system or any(len(p) <= 4 for p in actor.paths(Perm.VENUE_VIEW))
        else []
    )
    mine = [((int(a), int(b)), n, "v-dot", "", "") for a, b, n, path in points if a is not None and b is not None and path[:TOWN] in lines]
    found.dots = geo.flat([*far[:300], *(shown or mine)], 720, 360)
    return found
