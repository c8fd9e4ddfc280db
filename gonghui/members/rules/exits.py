"""What the Charter asks before somebody is out (退会、视为退会、开除会籍的条件), CON-6-1, CON-6-2, CON-7-1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gonghui.core import clock


@dataclass(frozen=True)
class DeemedFacts:
    """Three conditions of deemed leaving, as recorded."""

    dues_unpaid_from: date | None
    absent_from: date | None
    educated_on: date | None
    unchanged_on: date | None
    no_good_reason: bool


def months_between(start: date | None, stop: date) -> int:
    """Whole months from start to stop; 0 when there is no start."""
    if start is None or start > stop:
        return 0
    months = (stop.year - start.year) * 12 + stop.month - start.month
    return months if clock.add_months(start, months) <= stop else months - 1


def deemed_missing(facts: DeemedFacts, *, on: date, months: int) -> list[str]:
    """Which of the conditions is not on record yet. Source: policy members.deemed_left (CON-6-2: months given by the rule)."""
    missing = []
    unpaid, absent = months_between(facts.dues_unpaid_from, on), months_between(facts.absent_from, on)
    if unpaid < months:
        missing.append(f"没有交会费满 {unpaid} 个月，要连续 {months} 个月")
    if absent < months:
        missing.append(f"没有参加组织生活满 {absent} 个月，要连续 {months} 个月")
    if not facts.no_good_reason:
        missing.append("还没有确认“没有正当理由”")
    if facts.educated_on is None:
        missing.append("还没有教育谈话记录")
    elif facts.unchanged_on is None or facts.unchanged_on <= facts.educated_on:
        missing.append("教育谈话后仍未改正的情况还没有确认")
    return missing


def expel_missing(*, judgment_no: str, group_on: date | None, committee_on: date | None, filed_on: date | None) -> list[str]:
    """Steps of an expulsion not on record yet: only for a serious crime with criminal punishment; reported for record."""
    missing = []
    if not judgment_no.strip():
        missing.append("没有刑事判决文号。只有严重犯罪并受到刑事处分的，才能开除会籍")
    if group_on is None:
        missing.append("会员小组还没有讨论提出意见")
    if committee_on is None or (group_on is not None and committee_on < group_on):
        missing.append("委员会还没有在小组讨论之后作出决定")
    if filed_on is None or (committee_on is not None and filed_on < committee_on):
        missing.append("还没有报上一级工会备案")
    return missing
