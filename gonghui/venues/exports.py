"""Files that leave venues (导出): the list of points, the gap by township, a library's books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.files.export import Column, export_table
from gonghui.venues.enums import VenueKind
from gonghui.venues.rules import hours
from gonghui.venues.selectors import common, points
from gonghui.venues.selectors import gap as gaps

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def venues(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """The list as filtered (阵地名册)."""
    rows = points.venue_list(
        actor=actor, kind=str(args.get("kind", "")), state=str(args.get("state", "")), q=str(args.get("q", "")), late=bool(args.get("late"))
    )
    columns: list[Column | str] = [
        "编号", "类别", Column("名称", width=24), Column("工会", width=28), Column("地址", width=32), "状态", Column("功能设施", width=30),
        Column("开放时间", width=30), "管理员", "电话", "评价", "评价人次", Column("最近检查", "date"), "得分", Column("启用日期", "date"),
    ]  # fmt: skip
    data = (
        (
            v.code, v.get_kind_display(), v.name, v.union.name, v.address, v.get_state_display(), "、".join(v.facility_words),
            "；".join(f"{d} {w}" for d, w in hours.week_words(v.hours)), v.steward, v.phone, f"{v.stars:.1f}" if v.stars else "", v.rated or 0,
            v.checked_on, v.check_score if v.check_score is not None else "", v.opened_on,
        )
        for v in rows.iterator(chunk_size=2000)
    )  # fmt: skip
    words = {"评价": "职工到访评价的平均星级，1 至 5", "得分": "最近一次检查折成百分制的得分"}
    return "服务阵地.xlsx", export_table(columns, data, title="服务阵地", actor=actor, definition=words)


def gap(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """The gap by township (服务缺口)."""
    kind = str(args.get("kind", ""))
    found = gaps.gap(
        actor=actor, metres=int(args.get("metres") or common.number("venues.near_metres")), kind=kind if kind in VenueKind.values else ""
    )
    columns: list[Column | str] = [Column("乡镇（街道）", width=24), "会员", "身边有阵地", "身边没有", "位置未登记", "阵地数"]
    data = ((x.name, x.members, x.near, x.far, x.unknown, x.venues) for x in found.lines)
    words = {"身边有阵地": f"会员所在工会或单位的位置离最近的开放阵地不超过 {found.metres} 米", "位置未登记": "工会和单位都没有登记经纬度"}
    return "服务缺口.xlsx", export_table(columns, data, title="服务缺口", actor=actor, definition=words)
