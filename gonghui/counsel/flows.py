"""States of a session, a risk flag, a handover and an activity (咨询、危机干预、转介、活动的状态)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.counsel.enums import AppointmentState as A
from gonghui.counsel.enums import GatheringState as G
from gonghui.counsel.enums import HandoverState as H
from gonghui.counsel.enums import RiskState as R
from gonghui.counsel.models import Appointment, Gathering, Handover, Risk

APPOINTMENT: Flow[Appointment] = Flow(
    "counsel.appointment",
    {A.BOOKED: {A.HELD, A.MISSED, A.CANCELLED}, A.HELD: {A.BOOKED, A.MISSED}, A.MISSED: {A.BOOKED, A.HELD}, A.CANCELLED: set()},
)
RISK: Flow[Risk] = Flow(
    "counsel.risk", {R.RAISED: {R.OPENED, R.REFUSED, R.CLOSED}, R.OPENED: {R.CLOSED}, R.REFUSED: {R.CLOSED}, R.CLOSED: set()}
)
HANDOVER: Flow[Handover] = Flow(
    "counsel.handover", {H.ASKED: {H.AGREED, H.REFUSED, H.WITHDRAWN}, H.AGREED: set(), H.REFUSED: set(), H.WITHDRAWN: set()}
)
GATHERING: Flow[Gathering] = Flow("counsel.gathering", {G.OPEN: {G.DONE, G.CANCELLED}, G.DONE: {G.OPEN}, G.CANCELLED: {G.OPEN}})
