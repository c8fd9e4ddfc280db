"""Checks on the live data (核验)."""

from __future__ import annotations

from collections.abc import Callable, Generator

from django.db.models import Count, F, Q

from gonghui.counsel.models import Appointment, Client, Gathering, Record, Risk
from gonghui.counsel.selectors import common


def sealed() -> Generator[str, None, int]:
    """Every record is sealed and lies with the counsellor of the session or with who wrote it."""
    for record in Record.objects.filter(text_sealed=None)[:100]:
        yield f"会谈记录 {record.pk} 没有密文。"
    for row in Client.objects.filter(erased_on__isnull=False).filter(Q(contact_sealed__isnull=False) | ~Q(alias=""))[:100]:
        yield f"来访者 {row.pk} 已删除资料，但还留着化名或联系方式。"
    return Record.objects.count() + Client.objects.count()


def opened() -> Generator[str, None, int]:
    """A contact stands open only by consent, or with two people behind it. Source: policy counsel.disclose."""
    rows = Risk.objects.exclude(ground="").annotate(yes=Count("votes__user", filter=Q(votes__agree=True), distinct=True))
    for risk in rows.filter(ground="danger", yes__lt=common.number("danger_people"))[:100]:
        yield f"危机事项 {risk.pk} 启封了联系方式，核准只有 {risk.yes} 人。"
    return rows.count()


def seats() -> Generator[str, None, int]:
    """Places taken are the sign-ups that hold them; no erased person has a session ahead."""
    rows = Gathering.objects.annotate(n=Count("seats", filter=Q(seats__left_at=None)))
    for row in rows.exclude(taken=F("n"))[:100]:
        yield f"活动 {row.pk} 记着报名 {row.taken} 人，有效报名是 {row.n} 人。"
    for late in Appointment.objects.filter(
        state="booked", client__erased_on__isnull=False, slot__starts_at__date__gt=F("client__erased_on")
    )[:100]:
        yield f"咨询 {late.pk} 的来访者已删除资料。"
    return rows.count()


CHECKS: list[tuple[str, str, Callable[[], Generator[str, None, int]]]] = [
    ("CNS-01", "会谈记录都已密封，已删除资料的来访者不留身份", sealed),
    ("CNS-02", "联系方式只因本人同意或两人核准而启封", opened),
    ("CNS-03", "活动报名数等于有效报名，已删除资料的人没有未到的咨询", seats),
]
