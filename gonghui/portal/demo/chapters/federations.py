"""Federations in the demo city (联合会): agreements in every state, sessions of the regional and industry workers' congress. Source: S012, S013."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.files import services as files
from gonghui.orgs import services
from gonghui.orgs.enums import AgreementKind, UnionKind
from gonghui.orgs.selectors import federations, unions
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import Plan

ORDER = 15
MOST = 24
Step = tuple[str, Callable[[], Any]]
TERMS = ((330, 35), (100, 265), (720, -355))
"""Days since signing and days left: runs out soon, in force, lapsed."""


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    yield "区域（行业）协议、职代会", transaction.atomic(lambda: _papers(actor, Random(f"federations-{plan.seed}")))


def _papers(actor: Actor, random: Random) -> int:
    rows = unions.union_visible(actor).filter(kind__in=[UnionKind.REGIONAL, UnionKind.INDUSTRY], ended_on=None).order_by("path")[:MOST]
    return sum(_of(actor, union, n, random) for n, union in enumerate(rows))


def _of(actor: Actor, union: Any, n: int, random: Random) -> int:
    made, today = 0, clock.today()
    for ago, left in TERMS[n % 2 :]:
        signed = today - timedelta(days=ago)
        if not federations.covered_on(union, signed).exists():
            continue
        trade = union.kind == UnionKind.INDUSTRY
        kind = AgreementKind.WAGE if trade or n % 3 else AgreementKind.CONTRACT
        number = f"{(union.short_name or union.name).removesuffix('工会联合会')}〔{signed.year}〕{n + 1} 号"
        text = f"{union.name},{kind.label},{number}\n".encode()
        services.agreement_record(
            actor=actor, union=union, kind=kind, number=number, counterpart=f"{union.association or '本地企业家协会'}", signed_on=signed,
            valid_until=today + timedelta(days=left), file=files.file_make(actor, name="协议文本.csv", data=text, purpose="orgs.agreement", org_path=union.path),
        )  # fmt: skip
        made += 1
    delegates = random.randint(40, 80)
    services.cluster_congress_record(
        actor=actor, union=union, name=f"第一届第{'一二三'[n % 3]}次{'行业' if union.kind == UnionKind.INDUSTRY else '区域'}职工代表大会",
        on=today - timedelta(days=random.randint(340, 400)), delegates=delegates, present=delegates - random.randint(0, 6) - (delegates // 2 if n == 1 else 0),
        result="审议通过工资专项集体合同草案，授权联合会签订；听取上一年协议履行情况报告。",
    )  # fmt: skip
    return made + 1
