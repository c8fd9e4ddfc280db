"""State tables of the register (状态表)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.orgs.enums import MatterState, SpotState, UnionState
from gonghui.orgs.models import Employer, Matter, Spot, Union
from gonghui.orgs.rules.status import STEPS

EMPLOYER: Flow[Employer] = Flow("orgs.employer", STEPS, field="status")

UNION: Flow[Union] = Flow(
    "orgs.union",
    {
        UnionState.PREPARING: {UnionState.ACTIVE, UnionState.DISSOLVED},
        UnionState.ACTIVE: {UnionState.MERGED, UnionState.SPLIT, UnionState.DISSOLVED},
        UnionState.MERGED: set(),
        UnionState.SPLIT: set(),
        UnionState.DISSOLVED: set(),
    },
)

_OPEN = {SpotState.UNTOUCHED, SpotState.CONTACT, SpotState.AGREED, SpotState.PREPARING, SpotState.NOT_YET}
SPOT: Flow[Spot] = Flow(
    "orgs.spot",
    {
        SpotState.UNTOUCHED: {SpotState.CONTACT, SpotState.AGREED, SpotState.NOT_YET},
        SpotState.CONTACT: {SpotState.AGREED, SpotState.NOT_YET},
        SpotState.AGREED: {SpotState.PREPARING, SpotState.CONTACT, SpotState.NOT_YET},
        SpotState.PREPARING: {SpotState.AGREED, SpotState.NOT_YET},
        SpotState.NOT_YET: {SpotState.CONTACT, SpotState.AGREED},
        SpotState.BUILT: set(),
    },
)
"""By hand; 已建 is set by the coverage itself, never typed."""

MATTER: Flow[Matter] = Flow(
    "orgs.matter",
    {
        MatterState.OPEN: {MatterState.DONE, MatterState.CANCELLED},
        MatterState.DONE: set(),
        MatterState.CANCELLED: set(),
    },
)
