"""Files that leave the member services (导出): rota, satisfaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.core import clock
from gonghui.files.export import Column, export_table
from gonghui.services.selectors import events, feedback

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def rota(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """The rota of a plan (排班表)."""
    plan = events.plan_get(actor=actor, pk=int(args["plan"]))
    columns: list[Column | str] = [
        Column("班次", width=24),
        Column("开始", width=18),
        Column("结束", width=18),
        "岗位",
        Column("位置", width=24),
        "值班人",
        "签到",
    ]
    data = [
        (
            shift.name,
            _at(shift.starts_at),
            _at(shift.ends_at),
            post.name,
            post.place,
            duty.person.name,
            _at(duty.checked_in_at) if duty.checked_in_at else "",
        )
        for shift, posts in events.rota(plan)
        for post, duties, _missing in posts
        for duty in duties
    ]
    return f"{plan.title}排班表.xlsx", export_table(columns, data, title=f"{plan.title}排班表", actor=actor)


def _at(moment: Any) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


def ratings(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """What was said, without whose (满意度)."""
    columns: list[Column | str] = [
        Column("日期", "date"),
        "服务",
        Column("项目", width=32),
        "星级",
        Column("意见", width=40),
        Column("答复", width=40),
    ]
    data = (
        (
            r.at.astimezone(clock.SHANGHAI).date(), "体检" if r.visit else "赛事", r.visit.plan.title if r.visit else r.entry.activity.title if r.entry else "",
            r.stars, r.words, r.answer,
        )
        for r in feedback.ratings(actor=actor, **args)
    )  # fmt: skip
    return "服务满意度.xlsx", export_table(columns, data, title="服务满意度", actor=actor)
