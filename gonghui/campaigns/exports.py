"""Files that leave campaigns (导出): progress of one, and the sheet for the party's own assessment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from gonghui.campaigns.enums import SHARED, WORDS, Measure, Step
from gonghui.campaigns.selectors import dashboards, progress
from gonghui.core import clock
from gonghui.files.export import Column, export_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gonghui.accounts.actor import Actor
    from gonghui.campaigns.models import Campaign
    from gonghui.campaigns.selectors.classes import Graded


def board(actor: Actor, campaign: Campaign, day: date) -> tuple[str, bytes]:
    """The progress table of a day (进度表)."""
    shot = progress.board(campaign, day)
    columns: list[Column | str] = [Column("小队", width=24), "队长", "名次"]
    for m in Measure:
        columns += [str(m.label), f"{m.label}指标"]
    rows = [
        (
            r.name,
            r.team.leader_name if r.team else "",
            r.place.rank if r.place else "",
            *(v for c in r.cells for v in (c.done, c.target or "")),
        )
        for r in [*shot.rows, *([shot.rest] if shot.rest else [])]
    ]
    rows.append(("全行动", "", "", *(v for c in shot.totals for v in (c.done, c.target or ""))))
    title = f"{campaign.name} 进度（{day:%Y-%m-%d}）"
    words = {str(m.label): WORDS[m.value] for m in Measure}
    return f"{title}.xlsx", export_table(columns, rows, title=title, actor=actor, definition=words)


def party(actor: Actor, campaign: Campaign) -> tuple[str, bytes]:
    """Union indicators and the shared steps, for the party organisation's own assessment (党建考核用表). Source: S038."""
    whole, slip = dashboards.party_facts(actor, campaign.union)
    shot = progress.board(campaign, clock.today())
    columns: list[Column | str] = ["类别", Column("项目", width=36), "分子", "分母", "结果", Column("说明", width=40)]
    rows: list[tuple[object, ...]] = []
    for label, a, b, words in (
        ("组建率", whole.covered, whole.employers, "已建会两新组织 ÷ 在册两新组织"),
        ("入会率", whole.members, whole.workers, "两新组织会员 ÷ 两新组织职工"),
        ("集体合同签订率", whole.contracted, whole.covered, "有效集体合同覆盖的两新组织 ÷ 已建会两新组织"),
    ):
        rows.append(("三项指标", label, a, b, f"{a / b:.2%}" if b else "", words))
    rows.append(("三项指标", "对照党建目标", "", "", slip.verdict, "工作目标只提醒，不影响任何办理"))
    rows += [("行动进度", str(c.measure.label), c.done, c.target or "", "", WORDS[c.measure.value]) for c in shot.totals]
    for item in campaign.plan.filter(step__in=SHARED):
        done = (
            "双方完成"
            if item.done_on and item.party_done_on
            else "工会已完成"
            if item.done_on
            else "党组织已完成"
            if item.party_done_on
            else "未完成"
        )
        rows.append((str(Step(item.step).label), f"{item.words}／{item.party_words}", "", "", done, f"期限 {item.due_on:%Y-%m-%d}"))
    title = f"{campaign.name} 党建带工建考核用表"
    note = {"联动党组织": campaign.party_org or "没有登记", "截至": f"{clock.today():%Y-%m-%d}"}
    return f"{title}.xlsx", export_table(columns, rows, title=title, actor=actor, definition=note)


def classes(actor: Actor, rows: Sequence[Graded]) -> tuple[str, bytes]:
    """Townships and zones with class and criteria (分类表)."""
    columns: list[Column | str] = [
        Column("工会", width=28), "组织类别", "类别", "分布", Column("下级工会", "number"), Column("建会率", "ratio"), Column("入会率", "ratio"),
        Column("还差", width=50),
    ]  # fmt: skip
    lines = (
        (
            g.union.name,
            g.union.get_kind_display(),
            g.word,
            "A 类" if g.wide else "B 类",
            g.unions,
            g.formation,
            g.joining,
            "、".join(g.missing),
        )
        for g in rows
    )
    title = f"乡镇园区工会分类（{clock.today():%Y-%m-%d}）"
    note = {"类别": "逐项从登记记录和底册数出，标准见规则 campaigns.place_class", "还差": "没有达到或缺事实的项"}
    return f"{title}.xlsx", export_table(columns, lines, title=title, actor=actor, definition=note)
