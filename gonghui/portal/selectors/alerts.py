"""Alerts the platform can tell from the register and the figures (预警). Each names the page that shows why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from gonghui.accounts.actor import subtree
from gonghui.approvals import selectors as approvals
from gonghui.core import clock, menu, show
from gonghui.core.hub import Alert
from gonghui.figures.selectors import boards, bridge, shared
from gonghui.figures.selectors import reported as gaps
from gonghui.members.selectors import members, silent
from gonghui.orgs.selectors import spots, terms, unions
from gonghui.people import selectors as people

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.selectors.closure import Node


def _link(name: str, query: str = "") -> str:
    base = menu.address(name)
    return base + query if base else ""


def rates_alert(actor: Actor, union: Node, day: date) -> Iterator[Alert]:
    """Rates below the floor or the target, at this level and below it."""
    place = f"?org={union.code}&as_of={day}"
    shot = shared.snapshot(actor, union.pk, day)
    for key in ("rate.formation", "rate.joining"):
        rate = boards.rate_of(shot, key)
        if rate.tone in ("bad", "warn") and rate.target is not None:
            why = reverse("figures:definition", args=[rate.slug]) + place
            meta = f"{show.percent(rate.ratio, 2)}，目标 {show.percent(rate.target.value)}（{rate.target.source}）"
            yield Alert(f"{rate.label}{rate.word}", meta, reverse("figures:rates") + place, why, rate.tone, "trending-down")
    low = [
        r
        for r in shared.ranking(actor, shared.children(actor, union.pk, day), union.pk, day)
        if "bad" in (r.formation.tone, r.joining.tone)
    ]
    if low:
        worst = min(low, key=lambda r: min(x for x in (r.formation.ratio, r.joining.ratio) if x is not None))
        meta = f"最低的是{worst.node.name}：建会率 {show.percent(worst.formation.ratio)}，入会率 {show.percent(worst.joining.ratio)}"
        yield Alert(
            f"{len(low)} 个下级工会低于底线",
            meta,
            reverse("figures:rates") + place,
            reverse("figures:definition", args=["rate.formation"]) + place,
            "bad",
            "sitemap",
        )


def bridge_alert(actor: Actor, union: Node, day: date) -> Iterator[Alert]:
    """A bridge that does not balance."""
    for item in bridge.bridges(shared.snapshot(actor, union.pk, day)):
        if fault := item.fault():
            url = reverse("figures:bridge") + f"?org={union.code}&as_of={day}"
            yield Alert(f"{item.label}期初期末不平", fault, url, url, "bad", "scale")


def claims_alert(actor: Actor, union: Node, day: date) -> Iterator[Alert]:
    """Claims that the records do not bear out."""
    rows = list(gaps.reported_list(actor=actor).filter(union_id=union.pk)[:20])
    url = reverse("figures:reported") + f"?org={union.code}"
    for gap in (gaps.gap(r) for r in rows):
        if not gap.ok:
            yield Alert(f"{gap.label}上报 {gap.claim.claimed}，实有 {gap.counted}", gap.verdict, url, url, "bad", "git-compare")


MEMO = "portal.alerts"


def _waiting(actor: Actor, union: Node) -> dict[str, QuerySet[Any]]:
    """What the alerts below count, as far as the actor may see it."""
    from gonghui.members.enums import Perm as Members
    from gonghui.orgs.enums import Perm as Orgs
    from gonghui.people.enums import Perm as People

    rows: dict[str, QuerySet[Any]] = {"terms": terms.lapsed(unions.union_visible(actor).filter(subtree(union.path)), clock.today())}
    if actor.may(Orgs.SPOT_VIEW, union):
        rows["spots"] = spots.spots_open(actor)
    if actor.may(Orgs.EMPLOYER_VIEW, union):
        rows["silent"] = silent.silent_employers(actor=actor, union=union)
    if actor.may(People.PERSON_MERGE):
        rows["twins"] = people.twin_list(actor=actor)
    if actor.may(Members.MEMBER_VIEW, union):
        rows["members"] = members.current(actor, union).filter(members.INCOMPLETE)
    return rows


def _count(actor: Actor, union: Node, key: str) -> int:
    """All counts come with the first one asked for, and with the menu's, in one statement."""
    memo = f"{MEMO}.{union.pk}"
    if memo not in actor.memo:
        actor.memo[memo] = menu.tallied(actor, _waiting(actor, union) | approvals.rare(actor))
        approvals.know(actor, actor.memo[memo])
    return int(actor.memo[memo].get(key, 0))


def terms_alert(actor: Actor, union: Node, day: date) -> Iterator[Alert]:
    """Unions whose term has run out."""
    if n := _count(actor, union, "terms"):
        url = _link("orgs:unions", "?state=lapsed")
        yield Alert(f"{n} 家工会届满未换届", "委员会任期已满，请安排换届", url, url, "bad", "calendar-x")


def spots_alert(actor: Actor, union: Node, day: date) -> Iterator[Alert]:
    """Blank spots in scope."""
    if n := _count(actor, union, "spots"):
        yield Alert(f"{n} 个空白点还没有建会", "有职工、没有工会的单位", _link("orgs:spots"), _link("orgs:spots"), "warn", "map-pin")


def silent_alert(actor: Actor, union: Node, day: date) -> Iterator[Alert]:
    """Employers that seem to have stopped."""
    if n := _count(actor, union, "silent"):
        why = reverse("policy:rule", args=["orgs.silent_months"])
        yield Alert(
            f"{n} 家单位疑似停产未注销", "没有职工，长期没有变化，请走访核实", reverse("members:silent"), why, "warn", "building-community"
        )


def twins_alert(actor: Actor, union: Node, day: date) -> Iterator[Alert]:
    """Records that may be one person."""
    if n := _count(actor, union, "twins"):
        yield Alert(
            f"{n} 对资料疑似同一人", "姓名、手机号相同，证件号不同", reverse("people:twins"), reverse("people:twins"), "info", "users"
        )


def members_alert(actor: Actor, union: Node, day: date) -> Iterator[Alert]:
    """Members whose data are incomplete."""
    if n := _count(actor, union, "members"):
        url = _link("members:list", "?state=incomplete")
        yield Alert(f"{n:,} 名会员资料不全", "缺证件号、手机号、出生日期或性别", url, url, "info", "id-badge-2")


ALL = (bridge_alert, claims_alert, rates_alert, terms_alert, spots_alert, silent_alert, twins_alert, members_alert)
