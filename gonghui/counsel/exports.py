"""Files that leave psychological care (导出): counsellors, activities, the counted year. Never a session, an alias or a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.core import clock
from gonghui.counsel.enums import Topic
from gonghui.counsel.selectors import desk
from gonghui.files.export import Column, export_table

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

HIDDEN = "少于下限，不显示"


def counsellors(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """The list as filtered (咨询师名册)."""
    rows = desk.counsellors(actor=actor, q=str(args.get("q", "")), state=str(args.get("state", "")))
    columns: list[Column | str] = [
        "姓名", Column("设立工会", width=28), Column("资质", width=24), "证书编号", Column("证书有效期至", "date"), Column("擅长主题", width=30),
        Column("咨询室地点", width=30), Column("开始日期", "date"), Column("停止日期", "date"),
    ]  # fmt: skip
    labels = dict(Topic.choices)
    data = (
        (
            c.name, c.union.name, c.certificate, c.certificate_no, c.certificate_until, "、".join(str(labels.get(t, t)) for t in c.topics), c.place,
            c.since, c.until,
        )
        for c in rows
    )  # fmt: skip
    return "心理咨询师.xlsx", export_table(columns, data, title="心理咨询师", actor=actor)


def gatherings(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """The list as filtered (人文关怀活动)."""
    rows = desk.gatherings(actor=actor, q=str(args.get("q", "")), kind=str(args.get("kind", "")), state=str(args.get("state", "")))
    columns: list[Column | str] = [
        Column("题目", width=30), "种类", Column("组织工会", width=28), Column("日期", "date"), Column("地点", width=28), "主讲人", "名额", "报名", "到场",
        "状态",
    ]  # fmt: skip
    data = (
        (
            g.title, g.get_kind_display(), g.union.name, g.starts_at.astimezone(clock.SHANGHAI).date(), g.place, g.speaker, g.capacity, g.taken,
            "" if g.came is None else g.came, g.get_state_display(),
        )
        for g in rows
    )  # fmt: skip
    return "人文关怀活动.xlsx", export_table(columns, data, title="人文关怀活动", actor=actor)


def stats(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """The counted year (心理关爱统计)."""
    found = desk.stats(actor=actor, year=int(args.get("year") or clock.today().year))
    rows: list[tuple[str, str, Any]] = [
        ("全年", "咨询次数", found.sessions),
        ("全年", "来访人数", found.people),
        ("全年", "没有来", found.missed),
    ]
    rows += [(table.title, cell.label, cell.sessions) for table in found.tables for cell in table.rows]
    data = ((title, label, HIDDEN if n is None else n) for title, label, n in rows)
    words = {"次数": f"已咨询的次数；不到 {found.least} 人的格子和能推算出它的格子都不显示"}
    columns: list[Column | str] = ["分类", Column("项目", width=24), Column("次数", width=18)]
    return f"心理关爱统计{found.year}.xlsx", export_table(
        columns, data, title=f"{found.year} 年心理关爱统计", actor=actor, definition=words
    )
