"""State table of a case (状态表): the whole life on one screen."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.organising.enums import CaseState as S
from gonghui.organising.models import Case

_STOP = {S.WITHDRAWN, S.GONE}

CASE: Flow[Case] = Flow(
    "organising.case",
    {
        S.APPLICATION: {S.PENDING, *_STOP},
        S.PENDING: {S.GROUP, S.EXECUTE, S.APPLICATION, S.REFUSED, *_STOP},
        S.GROUP: {S.RECRUITING, *_STOP},
        S.RECRUITING: {S.MEETING, *_STOP},
        S.MEETING: {S.RESULT, S.RECRUITING, *_STOP},
        S.RESULT: {S.FILING, S.MEETING, S.REFUSED, *_STOP},
        S.EXECUTE: {S.DONE, S.FILING, *_STOP},
        S.FILING: {S.SETUP, S.DONE},
        S.SETUP: {S.DONE},
        S.DONE: set(),
        S.WITHDRAWN: set(),
        S.REFUSED: set(),
        S.GONE: set(),
    },
)
"""建会、重建：申请 → 待批 → 筹备组 → 发展会员 → 选举 → 结果待批 → 备案登记 → 刻章开户挂牌 → 办结；变更事项：申请 → 待批 → 办理 → 办结。"""
