"""Files that leave the platform (导出): bookings of an item, its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.booking.selectors import desk, planning
from gonghui.core import clock
from gonghui.files.export import Column, export_table

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DEFINITION = {
    "预约": "本期每一次预约一行，含已取消的；姓名以外不含证件号和手机号",
    "首次参加": "预约时在本系列以前各期没有使用记录",
}
REPORT = {
    "享受人数": "本期有使用记录的不同的人",
    "想约人数": "约上、候补、没约上的不同的人合计",
    "没约上人数": "想约而没有约上的不同的人",
    "人均成本": "每份成本乘以约出份数，除以享受人数",
}


def bookings(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """The bookings of an item as filtered on the page (预约名单)."""
    item = desk.item_get(actor=actor, pk=int(args["item"]))
    rows = desk.bookings_filtered(desk.bookings(actor, item), args).order_by("session__starts_at", "booked_at", "pk")
    columns: list[Column | str] = [
        Column("预约号", width=18), "姓名", Column("场次", width=24), "状态", "来源", "首次参加", "班次", Column("自付（元）", "money"),
        Column("预约时间", width=18), Column("使用时间", width=18),
    ]  # fmt: skip
    lines = [
        (b.code, b.person.name, b.session.label, b.get_state_display(), b.get_source_display(), b.first_time, b.get_shift_display(), b.price_fen,
         _minute(b.booked_at), _minute(b.used_at))
        for b in rows.iterator(chunk_size=500)
    ]  # fmt: skip
    title = f"{item.name}第{item.round_no}期预约名单"
    return f"{title}.xlsx", export_table(columns, lines, title=title, actor=actor, definition=DEFINITION)


def report(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """The report of a round: no names (成效)."""
    item = desk.item_get(actor=actor, pk=int(args["item"]))
    found = planning.report(item)
    rows: list[tuple[Any, ...]] = [
        ("份数", found.places), ("约出", found.booked), ("使用", found.used), ("爽约", found.noshow), ("到期未用", found.unused),
        ("想约人数", found.wanted), ("享受人数", found.served), ("首次参加人数", found.firsts), ("没约上人数", found.unmet),
        ("总成本（分）", found.cost_fen), ("人均成本（分）", "" if found.head_fen is None else found.head_fen), ("评价数", found.ratings),
        ("平均星级", "" if found.stars is None else round(float(found.stars), 2)),
    ]  # fmt: skip
    rows += [(f"乡镇（街道）：{name}", n) for name, n in found.towns] + [(f"班次：{name}", n) for name, n in found.shifts]
    title = f"{item.name}第{item.round_no}期成效"
    return f"{title}.xlsx", export_table(
        [Column("项目", width=32), Column("数", "number")], rows, title=title, actor=actor, definition=REPORT
    )


def _minute(moment: Any) -> str:
    return moment.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""
