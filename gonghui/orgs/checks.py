"""Invariants of the register on the live data (核验): one tree, leads without scope, places and coverage in step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator, Mapping
from datetime import date

from gonghui.orgs.models import Coverage, Employer, EmployerPlace, EmployerSpell, Lead, Post, Spot, Union, UnionLine
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.rules.status import LIVE

Look = Generator[str, None, int]


def tree() -> Look:
    """One rooted tree; path, depth, parent and open closure say the same (ORG-01)."""
    unions: dict[int, tuple[str, int, int | None, date | None]] = {
        pk: (path, depth, parent, ended)
        for pk, path, depth, parent, ended in Union.objects.values_list("pk", "path", "depth", "parent_id", "ended_on")
    }
    by_path = {path: pk for pk, (path, *_rest) in unions.items()}
    roots = [pk for pk, (_p, _d, parent, _e) in unions.items() if parent is None]
    if unions and len(roots) != 1:
        yield f"最上级工会有 {len(roots)} 个，应只有 1 个：{roots[:5]}。"
    for pk, (path, depth, parent, _ended) in unions.items():
        above = by_path.get(path[: -rules.LEVEL]) if len(path) > rules.LEVEL else None
        if len(path) % rules.LEVEL or depth != rules.depth_of(path) or above != parent:
            yield f"工会 {pk} 的路径 {path}、层级 {depth} 与上级 {parent} 对不上。"
    yield from _closure(unions, by_path)
    return len(unions)


def _closure(unions: Mapping[int, tuple[str, int, int | None, date | None]], by_path: Mapping[str, int]) -> Generator[str, None, None]:
    wanted = {
        (by_path[p], pk, (len(path) - len(p)) // rules.LEVEL)
        for pk, (path, _d, _parent, ended) in unions.items()
        if ended is None
        for p in rules.ancestors(path)
        if p in by_path
    }
    have = set(UnionLine.objects.filter(until=None).values_list("ancestor_id", "descendant_id", "depth"))
    for ancestor, descendant, depth in sorted(wanted - have):
        yield f"闭包缺少一条：{ancestor} 在 {descendant} 上面 {depth} 级。"
    for ancestor, descendant, depth in sorted(have - wanted):
        yield f"闭包多出一条：{ancestor} 在 {descendant} 上面 {depth} 级。"


def leads() -> Look:
    """A second line never leads to the union itself or to its own main line, and grants no path (ORG-04)."""
    count = 0
    for lead in Lead.objects.filter(until=None).select_related("lower", "upper"):
        count += 1
        if lead.lower.path.startswith(lead.upper.path):
            yield f"第二领导关系 {lead.pk}：{lead.upper.name}本来就是{lead.lower.name}的上级。"
        if lead.upper.path.startswith(lead.lower.path):
            yield f"第二领导关系 {lead.pk}：{lead.upper.name}在{lead.lower.name}下面。"
    return count


def places() -> Look:
    """Place, coverage, `organised`, status and blank spot of every employer tell one story."""
    open_places = dict(EmployerPlace.objects.filter(until=None).values_list("employer_id", "union_id"))
    spells = dict(EmployerSpell.objects.filter(until=None).values_list("employer_id", "status"))
    mains: dict[int, list[int]] = defaultdict(list)
    live: Counter[int] = Counter()
    for pk, union, main in Coverage.objects.filter(until=None).values_list("employer_id", "union_id", "main"):
        live[pk] += 1
        if main:
            mains[pk].append(union)
    spots = set(Spot.objects.filter(until=None).values_list("employer_id", flat=True))
    count = 0
    fields = ("pk", "code", "union_id", "organised", "status", "written_off_on", "headcount")
    for pk, code, union, organised, status, off, headcount in Employer.objects.values_list(*fields).iterator(chunk_size=5000):
        count += 1
        if open_places.get(pk) != union:
            yield f"单位 {code} 的责任工会是 {union}，沿革里是 {open_places.get(pk)}。"
        if spells.get(pk) != status:
            yield f"单位 {code} 的状态是 {status}，经历里是 {spells.get(pk)}。"
        if organised != bool(live[pk]) or (live[pk] and len(mains[pk]) != 1):
            yield f"单位 {code} 的已建会标记是 {organised}，有效覆盖 {live[pk]} 条、主覆盖 {len(mains[pk])} 条。"
        if mains[pk] and mains[pk] != [union]:
            yield f"单位 {code} 的主覆盖工会是 {mains[pk]}，责任工会是 {union}。"
        if (off is not None) == (status in LIVE) or (off is not None and live[pk]):
            yield f"单位 {code} 已核减 {off}，状态 {status}，仍有 {live[pk]} 条覆盖。"
        blank = status in LIVE and not live[pk] and headcount != 0
        if blank != (pk in spots):
            yield f"单位 {code} {'是' if blank else '不是'}空白点，名单里{'没有' if blank else '有'}它。"
    return count


def posts() -> Look:
    """No post outside the dates of its term or of its union (ORG-05)."""
    count = 0
    for post in Post.objects.select_related("term", "union"):
        count += 1
        if post.term is not None and post.since < post.term.since:
            yield f"任职 {post.pk} 从 {post.since} 起，早于届次开始 {post.term.since}。"
        if post.union.ended_on is not None and (post.until is None or post.until > post.union.ended_on):
            yield f"任职 {post.pk} 在工会 {post.union_id} 终止（{post.union.ended_on}）后仍未离任。"
    return count


CHECKS = (
    ("ORG-01", "组织是一棵树，路径、上级与闭包一致", tree),
    ("ORG-04", "第二领导关系不另授数据范围", leads),
    ("ORG-05", "任职不超出届次和工会的起止", posts),
    ("ORG-06", "单位的责任工会、覆盖、状态、空白点一致", places),
)
