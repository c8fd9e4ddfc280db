"""How long things are kept (保存期限), and the neutral reminder of the day before (前一天提醒)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Max, Q

from gonghui.core import clock
from gonghui.counsel.enums import AppointmentState, GatheringState, RiskState
from gonghui.counsel.models import Appointment, Client, Risk, Seat
from gonghui.counsel.selectors import common
from gonghui.counsel.services import booking, quiet


def purge() -> int:
    """Delete everything about those whose last session lies further back than the term. Source: policy counsel.retention_years."""
    years = common.number("retention_years")
    line = clock.add_months(clock.today(), -12 * years)
    edge = datetime.combine(line, time(), clock.SHANGHAI)
    rows = Client.objects.filter(erased_on=None, made_on__lt=line).annotate(
        last=Max("appointments__slot__starts_at"), heard=Max("seats__gathering__starts_at")
    )
    rows = rows.filter(Q(last=None) | Q(last__lt=edge), Q(heard=None) | Q(heard__lt=edge))
    rows = rows.exclude(pk__in=Risk.objects.filter(state__in=(RiskState.RAISED, RiskState.OPENED)).values("appointment__client"))
    done = 0
    for client in rows.order_by("pk")[:500]:
        with transaction.atomic():
            booking.wipe(client)
            quiet.entry("counsel.client.erased", client, "", term=years)
        done += 1
    return done


@transaction.atomic
def remind() -> int:
    """One neutral message the day before, for sessions and for lectures alike."""
    day = clock.today() + timedelta(days=1)
    rows = Appointment.objects.filter(state=AppointmentState.BOOKED, slot__starts_at__date=day).select_related("client")
    sent = sum(quiet.tell(row.client, f"{day}") for row in rows)
    seats = Seat.objects.filter(left_at=None, gathering__state=GatheringState.OPEN, gathering__starts_at__date=day).select_related("client")
    return sent + sum(quiet.tell(seat.client, f"{day}") for seat in seats)
