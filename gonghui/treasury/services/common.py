"""What the writes share (公用办理): slips, hands, the union's own chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.accounts import permissions
from gonghui.accounts import selectors as accounts
from gonghui.core import clock
from gonghui.core.errors import NotPermitted, RuleViolation
from gonghui.policy import services as policy
from gonghui.treasury.rules import duties
from gonghui.treasury.rules.duties import Hands

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision


def keep(actor: Actor, decision: Decision, union: Any, subject: str = "") -> str:
    """Store a slip under the union and give its number."""
    return policy.store(actor, decision, subject=subject or f"union:{union.pk}", org_path=union.path)


def refuse(decision: Decision, code: str, detail: str = "", number: str = "") -> None:
    """Raise when the decision binds and is not met."""
    if decision.blocks:
        source = next((str(u.version.source) for u in decision.used), "")
        ground = f"（依据：{source}）" if source else ""
        raise RuleViolation(code, f"{decision.verdict}。{detail}{ground}", decision=number or None, slip=decision.as_json())


def own_chain(actor: Actor, union: Any, perm: str) -> bool:
    """Does the actor hold the permission at this very union, not from above? Only its own chain spends its money (S210)."""
    return actor.is_system or any(s.path == union.path and str(perm) in permissions.of_role(s.role) for s in actor.scopes)


def require_own(actor: Actor, union: Any, perm: str) -> None:
    """Raises NotFound, NotPermitted treasury.own_chain."""
    actor.require(perm, union)
    if not own_chain(actor, union, perm):
        raise NotPermitted("treasury.own_chain", f"{union.name}的钱只能由本工会自己的人审批和支付，上级可以查看，不能代办。")


def spoke_for(actor: Actor, union: Any, step: Any) -> bool:
    """Was a step of an approval decided by somebody of this very union, in person or through a delegation, as grants stood then?"""
    user_id = step.on_behalf_of_id or step.decided_by_id
    if user_id is not None and user_id == actor.user_id:
        scopes = actor.scopes
    else:
        with clock.at(step.decided_at or clock.now()):
            found = accounts.actor_by_id(user_id or 0)
        scopes = found.scopes if found is not None else ()
    return any(s.path == union.path for s in scopes)


def hands_of(people: Iterable[tuple[int | None, int | None]]) -> Hands:
    """As recorded then, and as known now: two accounts of one person meet even when they were tied together later."""
    found = list(people)
    for user_id, _person in list(found):
        live = accounts.actor_by_id(user_id) if user_id is not None else None
        if live is not None:
            found.append((live.user_id, live.person_id))
    return duties.hands(found)


def me(actor: Actor) -> Hands:
    """The actor's own hands."""
    return hands_of([(actor.user_id, actor.person_id)])


def next_number(rows: Any, prefix: str, width: int = 4) -> str:
    """The next number `prefix-0001` of these rows; called under the union's lock."""
    last = rows.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True).first()
    return f"{prefix}{int(last[len(prefix) :]) + 1 if last else 1:0{width}d}"


def stamp() -> str:
    """Today as 20250131."""
    return f"{clock.today():%Y%m%d}"


def lock(union: Any) -> Any:
    """Lock the union's row: writers of one union's money go one after the other."""
    return type(union)._default_manager.select_for_update(no_key=True).get(pk=union.pk)
