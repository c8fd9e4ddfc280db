"""Who goes first (疗休养次序). Pure: never been first, then longest ago, equals by the committed seed or by the hour of applying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gonghui.booking.rules import draw

SEED, DATE = "seed", "date"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One approved person of a union's share."""

    alias: str
    last_on: date | None
    applied_at: datetime


def _tie(c: Candidate, tie: str, seed: str) -> str:
    return draw.number(seed, c.alias) if tie == SEED else c.applied_at.isoformat()


def ordered(rows: Sequence[Candidate], tie: str, seed: str) -> list[Candidate]:
    """The order within one share. The seed counts only among equals, so it never passes over somebody who has waited longer."""
    return sorted(rows, key=lambda c: (c.last_on is not None, c.last_on or date.min, _tie(c, tie, seed), c.alias))


def why(rows: Sequence[Candidate], place: int, places: int, tie: str, seed: str) -> str:
    """Why a person stands where they stand, in the person's words. `rows` in order, `place` from 1."""
    me = rows[place - 1]
    equals = sum(1 for c in rows if c.last_on == me.last_on)
    ahead = sum(1 for c in rows[: place - 1] if c.last_on != me.last_on)
    reason = (
        "没有去过疗休养，排在去过的人前面"
        if me.last_on is None
        else f"上次是 {me.last_on:%Y年%m月%d日}，没去过的和去得更早的有 {ahead} 人在前"
    )
    if equals > 1:
        how = f"按抽签排，签号 {draw.number(seed, me.alias)[:8]}" if tie == SEED else f"按报名先后排，{me.applied_at:%m月%d日 %H:%M} 报名"
        reason += f"；情况一样的 {equals} 人{how}"
    end = "在名额以内" if place <= places else f"前面有人放弃就递补，候补第 {place - places} 位"
    return f"{reason}。第 {place} 位，本单位名额 {places} 个，{end}。"
