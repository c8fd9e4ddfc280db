"""Lives of booking (流程): who may go where."""

from __future__ import annotations

from gonghui.booking.enums import AppealState, BookingState, ItemState, WaitState
from gonghui.booking.models import Appeal, Booking, Item, Waiting
from gonghui.core.flow import Flow

BOOKING: Flow[Booking] = Flow(
    "booking.booking",
    {
        BookingState.HELD: {BookingState.UNPAID, BookingState.TICKETED, BookingState.CANCELLED, BookingState.EXPIRED},
        BookingState.UNPAID: {BookingState.TICKETED, BookingState.CANCELLED, BookingState.EXPIRED},
        BookingState.TICKETED: {
            BookingState.USED,
            BookingState.CANCELLED,
            BookingState.TRANSFERRED,
            BookingState.NOSHOW,
            BookingState.UNUSED,
        },
        BookingState.USED: set(),
        BookingState.CANCELLED: set(),
        BookingState.EXPIRED: set(),
        BookingState.TRANSFERRED: set(),
        BookingState.NOSHOW: {BookingState.USED},  # an offline scanner brings its list late, or an appeal is upheld
        BookingState.UNUSED: {BookingState.USED},
    },
)
WAITING: Flow[Waiting] = Flow(
    "booking.waiting",
    {
        WaitState.WAITING: {WaitState.OFFERED, WaitState.LEFT, WaitState.ENDED},
        WaitState.OFFERED: {WaitState.TAKEN, WaitState.LAPSED, WaitState.LEFT},
        WaitState.TAKEN: set(),
        WaitState.LAPSED: set(),
        WaitState.LEFT: set(),
        WaitState.ENDED: set(),
    },
)
ITEM: Flow[Item] = Flow(
    "booking.item",
    {
        ItemState.DRAFT: {ItemState.PUBLISHED, ItemState.CANCELLED},
        ItemState.PUBLISHED: {ItemState.PAUSED, ItemState.FINISHED, ItemState.CANCELLED},
        ItemState.PAUSED: {ItemState.PUBLISHED, ItemState.FINISHED, ItemState.CANCELLED},
        ItemState.FINISHED: set(),
        ItemState.CANCELLED: set(),
    },
)
APPEAL: Flow[Appeal] = Flow(
    "booking.appeal",
    {AppealState.OPEN: {AppealState.UPHELD, AppealState.DISMISSED}, AppealState.UPHELD: set(), AppealState.DISMISSED: set()},
)
