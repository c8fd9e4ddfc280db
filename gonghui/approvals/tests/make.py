"""A kind of matter for tests (测试事项): its content lies in a dictionary."""

from __future__ import annotations

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make
from gonghui.approvals import kinds, services
from gonghui.approvals.kinds import Handler, Level
from gonghui.approvals.models import Approval

ROOT, TOWN, UNIT = "0001", "00010002", "000100020003"
KIND = "test.matter"
content: dict[str, str] = {}
events: list[tuple[str, str]] = []


def _note(word: str):
    return lambda actor, approval: events.append((word, approval.subject_id))


def _levels(subject: str) -> list[Level]:
    return [Level("镇工会审核", TOWN, role=Role.TOWNSHIP), Level("市总审批", ROOT, perm="accounts.test.approve")]


HANDLER = Handler(
    label="测试事项",
    url=lambda subject: f"/console/test/{subject}/",
    levels=_levels,
    digest=lambda subject: content.get(subject, ""),
    on_approved=_note("approved"),
    on_refused=_note("refused"),
    on_returned=_note("returned"),
    on_withdrawn=_note("withdrawn"),
    on_voided=_note("voided"),
)


def install() -> None:
    """Known kind, fresh content, a permission that the city's officers hold."""
    from gonghui.accounts import permissions

    kinds._kinds[KIND] = HANDLER
    permissions._known["accounts.test.approve"] = __name__
    permissions._held[str(Role.CITY)].add("accounts.test.approve")
    content.clear()
    events.clear()


def remove() -> None:
    from gonghui.accounts import permissions

    kinds._kinds.pop(KIND, None)
    permissions._known.pop("accounts.test.approve", None)
    permissions._held[str(Role.CITY)].discard("accounts.test.approve")


def submit(maker: Actor, subject: str = "1", **more: object) -> Approval:
    """A matter handed in, with content 甲."""
    content.setdefault(subject, "甲")
    return services.approval_submit(
        actor=maker, kind=KIND, subject_id=subject, title=f"事情 {subject}", org_path=UNIT, org_name="某厂工会", **more
    )


def clerk(**more: object) -> Actor:
    return make.acting((Role.CLERK, UNIT), **more)


def township(**more: object) -> Actor:
    return make.acting((Role.TOWNSHIP, TOWN), **more)


def city(**more: object) -> Actor:
    return make.acting((Role.CITY, ROOT), **more)
