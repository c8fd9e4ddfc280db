"""Files that leave the platform (导出): rosters and member lists, read through the actor's own scope."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from gonghui.files.export import Column, export_table
from gonghui.members.enums import RosterKind
from gonghui.members.selectors import activists as pool
from gonghui.members.selectors import members as reads
from gonghui.members.selectors import rosters
from gonghui.orgs.selectors import unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DEFINITION = {
    "会员": "截止日会籍在籍或转出待接的人，按会籍所在工会统计，一人一处",
    "职工": "截止日在本工会覆盖的用人单位有劳动关系的人",
    "证件号": "按规定脱敏；需要完整号码请在会员页逐人查看并写明用途",
}


def roster(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """One of the five rosters as of a day (花名册)."""
    union = unions.union_get(actor=actor, pk=int(args["union"]))
    kind, day = RosterKind(args["roster"]), date.fromisoformat(args["on"])
    where, what, since = rosters.HEADS[kind]
    columns: list[Column | str] = [
        Column("序号", "number", 6),
        "姓名",
        Column("性别", width=6),
        Column("出生日期", "date"),
        Column("证件号", width=22),
        where,
        what,
        Column(since, "date"),
    ]
    source = rosters.searched(rosters.roster(actor=actor, union=union, kind=kind, on=day), str(args.get("q", "")))
    rows = [(i, r.name, r.sex, r.born, r.id_mask, r.where, r.what, r.since) for i, r in enumerate(rosters.lines(kind, source), 1)]
    title = f"{union.name}{kind.label}花名册（截至 {day}）"
    return f"{title}.xlsx", export_table(columns, rows, title=title, actor=actor, definition=DEFINITION)


def members(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """The member list as filtered on the page (会员名册)."""
    union = unions.union_get(actor=actor, pk=int(args["union"])) if args.get("union") else None
    rows = reads.listed(reads.filtered(reads.current(actor, union), {**args, "kind": args.get("form", "")}))
    columns: list[Column | str] = [
        "会员证号",
        "姓名",
        Column("性别", width=6),
        Column("证件号", width=22),
        Column("手机号", width=16),
        "工会",
        "小组",
        Column("入会日期", "date"),
        "会籍",
    ]
    data = (
        (m.card_no, m.person.name, m.person.get_sex_display(), m.person.id_mask, m.person.phone_mask, m.union.name, m.group.name if m.group else "",
         m.joined_on, m.get_standing_display())
        for m in rows.iterator(chunk_size=2000)
    )  # fmt: skip
    return "会员名册.xlsx", export_table(columns, data, title="会员名册", actor=actor, definition=DEFINITION)


def activists(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """The activists of a union with hours of the year and ratings (积极分子名册)."""
    union, year = unions.union_get(actor=actor, pk=int(args["union"])), int(args["year"])
    rows = pool.pool(actor, union, year=year, q=str(args.get("q", "")), rating=str(args.get("rating", "")))
    columns: list[Column | str] = [
        "姓名",
        "工会",
        "特长",
        Column("登记日期", "date"),
        Column(f"{year} 年用时（小时）", "number", 14),
        Column("工作次数", "number", 10),
        f"{year} 年考评",
    ]
    data = ((a.person.name, a.union.name, a.skills, a.since, round(a.minutes / 60, 1), a.times, a.rating or "未考评") for a in rows)
    title = f"{union.name}积极分子名册（{year} 年）"
    return f"{title}.xlsx", export_table(columns, data, title=title, actor=actor, definition=DEFINITION)
