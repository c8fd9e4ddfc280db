"""What the services of field work share (公用)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from gonghui.core import clock
from gonghui.core.errors import BadInput, NotFound
from gonghui.orgs.enums import Perm as OrgPerm
from gonghui.orgs.selectors import employers

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_HOPS = 20


def survivor_of(employer: Any) -> Any:
    """The employer that took its place (归并后的单位)."""
    for _hop in range(MOST_HOPS):
        if employer.merged_into is None:
            return employer
        employer = employer.merged_into
    return employer


def employer_for(actor: Actor, pk: Any, perm: str) -> Any:
    """The employer meant, followed through mergers, inside the actor's rights now. Raises: NotFound; NotPermitted."""
    if not isinstance(pk, int) or isinstance(pk, bool):
        raise NotFound()
    employer = survivor_of(employers.employer_get(actor=actor, pk=pk, perm=OrgPerm.EMPLOYER_VIEW))
    actor.require(perm, employer.union)
    return employer


def day_of(value: Any, what: str) -> date | None:
    """A day as sent. Raises BadInput."""
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as fault:
        raise BadInput("fieldwork.day", f"{what}“{str(value)[:20]}”读不出来，请重新选择日期。") from fault


def moment_of(value: Any) -> datetime:
    """When the phone says it was done; a clock that runs ahead is held at now, one far behind is believed."""
    try:
        made = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError as fault:
        raise BadInput("fieldwork.made_at", "事项的时间读不出来，请检查手机的日期和时间。") from fault
    made = made if made.tzinfo else made.replace(tzinfo=clock.SHANGHAI)
    return min(made.astimezone(clock.SHANGHAI), clock.now() + timedelta(seconds=1))


def text_of(value: Any, most: int, what: str) -> str:
    """A text as sent, without what no database keeps. Raises BadInput when it is none or too long."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput("fieldwork.text", f"{what}应当是文字。")
    text = value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if len(text) > most:
        raise BadInput("fieldwork.text_long", f"{what}有 {len(text)} 个字，最多 {most} 个。请写短一些。")
    return text
