"""What counsel adds to the sweep over all addresses (扫描部件). Its sessions belong to one account each: no scope opens them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gonghui.core import clock
from gonghui.counsel.services import booking, desk, risks, sessions
from gonghui.counsel.tests import make
from gonghui.members.tests import make as members

ARGS = {
    **{f"counsel:{n}.pk": "counsel.Appointment" for n in ("appointment", "talk", "act")},
    "counsel:act.verb": "=held",
    "counsel:hours-act.verb": "=turn",
    **{f"counsel:{n}.pk": "counsel.Risk" for n in ("risk", "risk-act")},
    "counsel:risk-act.verb": "=reason",
    **{f"counsel:{n}.pk": "counsel.Gathering" for n in ("gathering", "gathering-act")},
    "counsel:m-gathering.pk": "=@care_event",
    "counsel:m-counsellor.pk": "=@counsellor",
    "counsel:m-mine-act.verb": "=erase",
    "counsel:m-session.code": "=qanosuchcode",
    "counsel:m-session-act.code": "=qanosuchcode",
    "counsel:m-session-act.verb": "=cancel",
    "counsel:pk": "counsel.Counsellor",
}
OWNED = {"counsel.Appointment"}
UNREACHED = {
    "counsel:desk", "counsel:m-mine-act", "counsel:appointment", "counsel:talk", "counsel:act", "counsel:m-session", "counsel:m-session-act", "counsel:hours", "counsel:hours-act",
}  # fmt: skip
"""No role of the small world is the counsellor, and nobody but the counsellor gets in: gonghui/counsel/tests/test_secrecy.py asks as that one."""


def furnish(world: Any, tree: Any) -> None:
    """A counsellor of the township, a session with record and flag, an activity with a seat."""
    row, who = make.counsellor(tree.town, f"{tree.key}咨询师", username=f"counsellor-{tree.key}")
    me = members.worker(tree.members[2].person)
    made = make.booked(row, me, alias=f"{tree.key}化名", words=f"{tree.key}来信")
    with clock.at(made.slot.starts_at + timedelta(hours=1)):
        sessions.record_write(actor=who, row=made, text=f"{tree.key}会谈记录")
        made.refresh_from_db()
        risks.risk_raise(actor=who, row=made, level="danger", why="说到想结束生命")
    booking.letter_send(actor=who, row=made, text="下次带上日记")
    event = desk.gathering_make(
        actor=make.system, union=tree.town,
        values={"kind": "lecture", "title": f"{tree.key}减压讲座", "place": "礼堂", "starts_at": clock.now() + timedelta(days=2), "capacity": 30},
    )  # fmt: skip
    desk.seat_take(actor=me, gathering=event)
    tree.rows |= {"counsellor": row.pk, "care_event": event.pk}
