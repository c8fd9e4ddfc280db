"""Reads of approvals (审批查询)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from gonghui.accounts import permissions
from gonghui.accounts import selectors as accounts
from gonghui.accounts.actor import Actor, any_of, subtree
from gonghui.approvals import kinds
from gonghui.approvals.enums import ApprovalState, Perm
from gonghui.approvals.kinds import Item, Source
from gonghui.approvals.models import Approval, Delegation, Step
from gonghui.core import clock, tally
from gonghui.core.menu import Rows

MEMO, PROVIDED, RARE = "approvals.inbox", "approvals.provided", "approvals.rare"


def delegations_active(user_id: int | None) -> QuerySet[Delegation]:
    """Delegations to this officer in force today."""
    today = clock.today()
    return Delegation.objects.filter(taker_id=user_id or 0, revoked_at=None, since__lte=today, until__gt=today)


def may_decide(actor: Actor, step: Step) -> bool:
    """Does the actor hold the step's role or permission for its union, by own right?"""
    if actor.is_system:
        return False
    if step.perm:
        return actor.may(step.perm, step.org_path)
    return any(s.role == step.role and step.org_path.startswith(s.path) for s in actor.scopes)


def right_for(actor: Actor, approval: Approval, step: Step) -> Delegation | bool:
    """By which right the actor may decide this step: own (True), a delegation, or none (False).

    Nobody decides what he made, himself or through another account or a delegation, nor two levels of one round (R13).
    """
    if involved(actor, approval):
        return False
    if may_decide(actor, step):
        return True
    for delegation in delegations_active(actor.user_id).select_related("giver"):
        giver = accounts.actor_by_id(delegation.giver_id)
        if giver is not None and delegation.kind in {"", approval.kind} and may_decide(giver, step) and not involved(giver, approval):
            return delegation
    return False


def involved(actor: Actor, approval: Approval) -> bool:
    """Is the actor the maker, or has decided an earlier level of this round, under any account?"""
    if made_by(actor, approval):
        return True
    return approval.steps.filter(_by(actor), round=approval.round).exclude(decision="").exists()


def made_by(actor: Actor, approval: Approval) -> bool:
    """Is the actor the maker, as recorded then or as known since two records of one person were merged?"""
    now = approval.maker.person_id if approval.maker is not None else None
    return actor.same_person(approval.maker_id, approval.maker_person_id) or actor.same_person(None, now)


def open_steps(actor: Actor) -> QuerySet[Step]:
    """Open steps the actor's own roles and permissions reach."""
    parts = []
    for scope in actor.scopes:
        within = subtree(scope.path, "org_path")
        parts += [Q(role=scope.role) & within, Q(perm__in=permissions.of_role(scope.role)) & within]
    steps = Step.objects.filter(any_of(parts), is_open=True, approval__state=ApprovalState.PENDING)
    mine = Q(approval__maker_id=actor.user_id)
    if actor.person_id is not None:
        mine |= Q(approval__maker_person_id=actor.person_id) | Q(approval__maker__person_id=actor.person_id)
    done = Step.objects.filter(approval=OuterRef("approval"), round=OuterRef("approval__round")).exclude(decision="")
    return steps.exclude(mine).exclude(Exists(done.filter(_by(actor)))).select_related("approval")


def _by(actor: Actor) -> Q:
    """Steps the actor has decided, under any account or through somebody else."""
    found = Q(decided_by_id=actor.user_id) | Q(on_behalf_of_id=actor.user_id)
    if actor.person_id is None:
        return found
    return found | Q(decided_person_id=actor.person_id) | Q(decided_by__person_id=actor.person_id)


def waiting(actor: Actor) -> list[Step]:
    """Steps that wait for the actor, by own right or by delegation; the nearest deadline first."""
    return _waiting(actor, list(delegations_active(actor.user_id)))


def _waiting(actor: Actor, delegations: Iterable[Delegation]) -> list[Step]:
    found = {s.pk: s for s in open_steps(actor)}
    for delegation in delegations:
        giver = accounts.actor_by_id(delegation.giver_id)
        if giver is not None:
            steps = open_steps(giver).filter(approval__kind=delegation.kind) if delegation.kind else open_steps(giver)
            found |= {s.pk: s for s in steps if not involved(actor, s.approval)}
    return sorted(found.values(), key=lambda s: (s.approval.due_on or date.max, s.approval.created_at, s.pk))


def inbox(actor: Actor) -> list[Item]:
    """Everything that waits for me (待办): approvals to decide, mine that came back, and items of all other apps.

    Remembered within the request, since the menu counts what the page lists.
    """
    if MEMO not in actor.memo:
        actor.memo[MEMO] = _inbox(actor)
    return list(actor.memo[MEMO])


def _inbox(actor: Actor) -> list[Item]:
    delegations, back = rare(actor).values()
    some, returned = actor.memo.get(RARE) or tally.count([delegations, back])  # one look instead of two
    items = [_item(step) for step in _waiting(actor, delegations if some else [])]
    items += [_returned(a) for a in back] if returned else []
    items += _provided(actor)
    return sorted(items, key=lambda i: (i.due or date.max, i.key))


def _item(step: Step) -> Item:
    a = step.approval
    handler = kinds.handler(a.kind)
    return Item(
        key=f"approval:{a.pk}",
        kind=a.kind,
        label=handler.label,
        title=f"{a.title}（{step.label}）",
        url=reverse("approvals:detail", args=[a.pk]),
        org=a.org_name,
        due=a.due_on,
        since=a.created_at,
        bulk=handler.bulk,
    )


def _returned(a: Approval) -> Item:
    handler = kinds.handler(a.kind)
    return Item(
        key=f"returned:{a.pk}",
        kind=a.kind,
        label=handler.label,
        title=f"{a.title}（退回修改）",
        url=reverse("approvals:detail", args=[a.pk]),
        org=a.org_name,
        due=a.due_on,
        since=a.decided_at,
    )


def inbox_rows(actor: Actor) -> int | Rows:
    """How much waits for me, for the menu: rows to count, or the length of the list where it is known or somebody decides for another."""
    if not actor.is_officer:
        return 0
    if MEMO in actor.memo:
        return len(inbox(actor))
    rows = (open_steps(actor), _came_back(actor))
    items, sources = _gathered(actor)
    return Rows((*rows, *(s.rows for s in sources)), len(items), unless=delegations_active(actor.user_id), then=lambda a: len(inbox(a)))


def rare(actor: Actor) -> dict[str, QuerySet[Any]]:
    """What most people have none of; who counts it anyway hands the numbers to `know`, and the inbox need not look."""
    return {f"{RARE}.delegations": delegations_active(actor.user_id), f"{RARE}.returned": _came_back(actor)}


def know(actor: Actor, counts: Mapping[str, int]) -> None:
    """Take note of counts of `rare`."""
    actor.memo[RARE] = [counts[key] for key in rare(actor)]


def _gathered(actor: Actor) -> tuple[list[Item], list[Source]]:
    """What the apps bring: items worked out, and sources not yet read."""
    if PROVIDED not in actor.memo:
        found = [part for provider in kinds.providers() for part in provider(actor)]
        actor.memo[PROVIDED] = [p for p in found if isinstance(p, Item)], [p for p in found if isinstance(p, Source)]
    gathered: tuple[list[Item], list[Source]] = actor.memo[PROVIDED]
    return gathered


def _provided(actor: Actor) -> list[Item]:
    """Items of all apps: every source counted in one statement, those with rows read."""
    items, sources = _gathered(actor)
    full = [s for s, n in zip(sources, tally.count([s.rows for s in sources]), strict=True) if n]
    return [*items, *(s.make(row) for s in full for row in s.rows[: s.most])]


def _came_back(actor: Actor) -> QuerySet[Approval]:
    return Approval.objects.filter(state=ApprovalState.RETURNED, maker_id=actor.user_id or 0)


def approval_get(*, actor: Actor, pk: int) -> Approval:
    """One approval the actor made, may decide, or has in scope; else 404."""
    found = get_object_or_404(Approval.objects.select_related("maker"), pk=pk)
    if (
        actor.same_person(found.maker_id, found.maker_person_id)
        or actor.may(Perm.APPROVAL_VIEW, found.org_path)
        or _took_part(actor, found)
    ):
        return found
    return get_object_or_404(Approval.objects.none())


def _took_part(actor: Actor, approval: Approval) -> bool:
    step = open_step(approval)
    if step is not None and right_for(actor, approval, step):
        return True
    return approval.steps.filter(decided_by_id=actor.user_id or 0).exists()


def open_step(approval: Approval) -> Step | None:
    """The step that waits, if any."""
    return approval.steps.filter(is_open=True).first()


def approval_list(*, actor: Actor, kind: str = "", state: str = "", mine: bool = False) -> QuerySet[Approval]:
    """Approvals in scope or made by the actor (审批台账)."""
    own = Q(maker_id=actor.user_id or 0)
    seen = Q() if actor.is_system else own | actor.within_path(Perm.APPROVAL_VIEW, "org_path")  # an empty filter vanishes in an `or`
    found = Approval.objects.filter(own if mine else seen).order_by("-created_at", "-pk")
    if kind:
        found = found.filter(kind=kind)
    if state:
        found = found.filter(state=state)
    return found


def decided_by(actor: Actor) -> QuerySet[Step]:
    """What the actor has decided (我办过的)."""
    return Step.objects.filter(decided_by_id=actor.user_id or 0).select_related("approval").order_by("-decided_at")


def overdue(on: date | None = None) -> QuerySet[Approval]:
    """Pending approvals past their day (超期)."""
    return Approval.objects.filter(state=ApprovalState.PENDING, due_on__lt=on or clock.today())


def delegation_list(*, actor: Actor) -> QuerySet[Delegation]:
    """Delegations from and to the actor."""
    return (
        Delegation.objects.filter(Q(giver_id=actor.user_id or 0) | Q(taker_id=actor.user_id or 0))
        .select_related("giver", "taker")
        .order_by("-pk")
    )


def delegates(*, actor: Actor, words: str) -> list[tuple[int, str]]:
    """Officers whose own grants overlap the actor's unions: whom one may name in a delegation."""
    return accounts.officers_near(actor=actor, words=words)
