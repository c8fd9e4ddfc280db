"""Files that leave benefits (导出): offers, use, the waived fee by pass number, lists of recuperation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from gonghui.benefits.enums import StayState
from gonghui.benefits.rules import codes
from gonghui.benefits.selectors import fees, offers, stays
from gonghui.files.export import Column, export_table

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.benefits.models import FeeScheme


def offers_table(actor: Actor, args: dict[str, Any]) -> tuple[str, bytes]:
    """Offers as filtered (普惠项目)."""
    columns: list[Column | str] = [
        Column("项目", width=28), Column("商家", width=20), "优惠方式", Column("原价（元）", "money"), Column("会员付（元）", "money"), Column("工会补贴（元）", "money"),
        "总份数", "已领", "已用", Column("会员节省（元）", "money"), "状态", Column("发放工会", width=24),
    ]  # fmt: skip
    rows = (
        (
            o.title, o.merchant.name, o.get_kind_display(), o.list_fen, o.price_fen, o.subsidy_fen, o.quota, o.taken, o.used, o.saved or 0, o.get_state_display(),
            o.union.name,
        )
        for o in offers.offer_list(actor=actor, **args)
    )  # fmt: skip
    words = {"已领": "还有效和已用的券，取消、过期的退回份数", "会员节省": "已用的券按领取时的原价减会员付"}
    return "普惠项目.xlsx", export_table(columns, rows, title="普惠项目", actor=actor, definition=words)


def usage(actor: Actor, since: date, until: date) -> tuple[str, bytes]:
    """Use and savings by merchant (使用和节省)."""
    found = offers.usage(actor=actor, since=since, until=until)
    columns: list[Column | str] = [Column("商家", width=28), "核销张数", Column("会员节省（元）", "money")]
    rows: list[tuple[Any, ...]] = [(r["offer__merchant__name"], r["n"], r["fen"]) for r in found["shops"]]
    rows.append(("合计", found["n"], found["fen"]))
    title = f"普惠使用 {since:%Y-%m-%d} 至 {until:%Y-%m-%d}"
    words = {"核销张数": "期间核销、没有撤回的券", "会员节省": "领取时的原价减会员付，含工会补贴"}
    return f"{title}.xlsx", export_table(columns, rows, title=title, actor=actor, definition=words)


def uses(actor: Actor, scheme: FeeScheme, args: dict[str, Any]) -> tuple[str, bytes]:
    """Uses by pass number, without names (使用记录)."""
    columns: list[Column | str] = [
        Column("就诊日期", "date"),
        Column("凭证号", width=18),
        Column("医院", width=24),
        "档次",
        Column("金额（元）", "money"),
        "状态",
    ]
    rows = (
        (
            u.on,
            codes.masked(u.grant.code),
            u.hospital.name,
            u.get_level_display(),
            u.fee_fen,
            "已撤回" if u.reversed_at else "已结算" if u.settlement_id else "待结算",
        )
        for u in fees.use_list(scheme, **args)
    )
    title = f"{scheme.name} 使用记录"
    return f"{title}.xlsx", export_table(columns, rows, title=title, actor=actor, definition={"凭证号": "隐去中间几位，不含姓名和单位"})


def stay_list(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """Applications of one programme in their order (疗休养报名和次序)."""
    programme = stays.programme_get(actor=actor, pk=int(args["programme"]))
    found = stays.application_list(actor=actor, programme=programme, state=str(args.get("state", "")), q=str(args.get("q", "")))
    columns: list[Column | str] = [
        "公示编号", "姓名", Column("工会", width=28), Column("名额所属", width=24), "报名方式", "状态", "次序", Column("上次疗休养", "date"), Column("次序说明", width=60), "批次",
    ]  # fmt: skip
    rows = (
        (
            a.alias, a.person.name, a.union.name, a.share.union.name, a.get_origin_display(), a.get_state_display(), a.rank or "", a.last_on or "", a.why,
            a.batch.number if a.batch else "",
        )
        for a in found
    )  # fmt: skip
    title = f"{programme.name} 报名名单"
    return f"{title}.xlsx", export_table(
        columns, rows, title=title, actor=actor, definition={"次序": "没去过的先，去得早的先，一样的按计划公布的办法排"}
    )


def stay_statistics(actor: Actor, year: int) -> tuple[str, bytes]:
    """Statistics of a year (疗休养统计)."""
    found = stays.statistics(actor=actor, year=year)
    columns: list[Column | str] = [
        Column("计划", width=32),
        "名额",
        "入选",
        str(StayState.ATTENDED.label),
        "首次参加",
        Column("人均费用（元）", "money"),
    ]
    rows = ((x.name, x.places, x.listed, x.attended, x.first, x.heads_fen) for x in found["lines"])
    return f"{year}年疗休养统计.xlsx", export_table(columns, rows, title=f"{year} 年疗休养统计", actor=actor)
