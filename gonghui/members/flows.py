"""State tables of membership (会籍流程)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.members.enums import ApplicationState as A
from gonghui.members.enums import CardState as C
from gonghui.members.enums import ExitState, RequestState
from gonghui.members.enums import TransferState as T
from gonghui.members.models import Application, Card, DataRequest, Exit, Transfer

APPLICATION: Flow[Application] = Flow(
    "members.application",
    {
        A.SUBMITTED: {A.RETURNED, A.APPROVED, A.REFUSED, A.WITHDRAWN},
        A.RETURNED: {A.SUBMITTED, A.WITHDRAWN},
        A.APPROVED: {A.DONE, A.WITHDRAWN},
        A.DONE: set(),
        A.REFUSED: set(),
        A.WITHDRAWN: set(),
    },
)

TRANSFER: Flow[Transfer] = Flow(
    "members.transfer",
    {
        T.REQUESTED: {T.IN_TRANSIT, T.WITHDRAWN, T.DECLINED},
        T.IN_TRANSIT: {T.ACCEPTED, T.DECLINED, T.WITHDRAWN, T.FALLBACK},
        T.ACCEPTED: set(),
        T.DECLINED: set(),
        T.WITHDRAWN: set(),
        T.FALLBACK: set(),
    },
)

CARD: Flow[Card] = Flow(
    "members.card",
    {
        C.ALLOCATED: {C.ISSUED, C.LOST, C.CANCELLED},
        C.ISSUED: {C.LOST, C.CANCELLED},
        C.LOST: {C.CANCELLED},
        C.CANCELLED: set(),
    },
)

EXIT: Flow[Exit] = Flow(
    "members.exit",
    {ExitState.OPEN: {ExitState.DONE, ExitState.DROPPED}, ExitState.DONE: set(), ExitState.DROPPED: set()},
)

REQUEST: Flow[DataRequest] = Flow(
    "members.request",
    {RequestState.OPEN: {RequestState.DONE, RequestState.REFUSED}, RequestState.DONE: set(), RequestState.REFUSED: set()},
)
