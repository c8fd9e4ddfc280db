"""Rights (授权): given with reason and term, never beyond the giver's own, never to oneself. Source: ACC-02, ACC-04, bar 14."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, Value
from django.db.models.functions import Concat, Substr

from gonghui.accounts import permissions, selectors
from gonghui.accounts.actor import Actor, subtree
from gonghui.accounts.enums import ADMINISTRATORS, Perm, Role, UserKind
from gonghui.accounts.models import Grant, User
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotPermitted, RuleViolation


@transaction.atomic
def grant_give(
    *,
    actor: Actor,
    user: User,
    role: Role | str,
    org_path: str,
    org_name: str = "",
    since: date | None = None,
    until: date | None = None,
    reason: str,
) -> Grant:
    """Give an officer a role for a union and all below it (授权).

    Args: until the first day on which it no longer counts; reason kept with the grant.
    Raises: NotFound; NotPermitted accounts.*; RuleViolation accounts.*; Conflict accounts.grant_exists.
    """
    chosen, start = Role(role), since or clock.today()
    User.objects.select_for_update().get(pk=user.pk)
    actor.require(Perm.GRANT_EDIT, org_path)
    _may_give(actor, user, chosen, org_path, until)
    if user.kind != UserKind.OFFICER or not user.is_active:
        raise RuleViolation("accounts.not_an_officer", "只能给启用中的干部账号授权。")
    if until is not None and until <= start:
        raise RuleViolation("accounts.grant_dates", f"截止日期 {until} 应晚于开始日期 {start}。")
    same = Grant.objects.filter(Q(until=None) | Q(until__gt=start), user=user, role=chosen, org_path=org_path, revoked_at=None)
    if same.exists():
        raise Conflict("accounts.grant_exists", f"{user.name}在这里已经是{chosen.label}。要改期限，请先撤销再授。")
    row = _insert(
        Grant(user=user, role=chosen, org_path=org_path, org_name=org_name, since=start, until=until, reason=reason, granted_by=actor.ref)
    )
    audit.record(
        actor, "accounts.grant.given", row, org_path=org_path, user=user.pk, role=str(chosen), since=start, until=until, reason=reason
    )
    return row


def _insert(row: Grant) -> Grant:
    """The database keeps the three administrators disjoint per person (ACC-04); its refusal becomes a sentence."""
    held = _administrator_roles(row.user)
    if row.role in ADMINISTRATORS and held - {row.role}:
        raise _disjoint()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise _disjoint() from None
    return row


def _disjoint() -> RuleViolation:
    return RuleViolation("accounts.three_disjoint", "系统、安全、审计三员不能由同一个人兼任。请授给另一位。")


def _administrator_roles(user: User) -> set[str]:
    people = Q(user=user) | (Q(user__person_id=user.person_id) if user.person_id else Q(pk__in=[]))
    rows = Grant.objects.filter(people, role__in=list(ADMINISTRATORS), revoked_at=None)
    return set(rows.filter(Q(until=None) | Q(until__gt=clock.today())).values_list("role", flat=True))


def _may_give(actor: Actor, user: User, role: Role, org_path: str, until: date | None) -> None:
    if actor.same_person(user.pk, user.person_id):
        raise NotPermitted("accounts.not_yourself", "不能给自己授权。请由另一位安全管理员办理。")
    if role in ADMINISTRATORS and not actor.is_system:
        raise NotPermitted("accounts.command_only", "三员只能在服务器上用 gonghui createadmin 设立，不能在网页上授予。")
    if role not in ADMINISTRATORS and not org_path and not actor.is_system:
        raise RuleViolation("accounts.needs_org", "业务角色要落到一个工会，请选组织。")
    if role not in ADMINISTRATORS and _administrator_roles(user):
        raise RuleViolation("accounts.three_disjoint", f"{user.name}是三员之一，不能再担任业务角色。请授给另一位。")
    if actor.is_system:
        return
    if not actor.has_role(Role.SECADMIN):
        beyond = permissions.of_role(role) - actor.held_at(org_path)
        if beyond:
            raise NotPermitted(
                "accounts.beyond_own", f"{role.label}的权限超出您自己的，不能授予。请联系安全管理员。", beyond=sorted(beyond)
            )
    _within_own_term(actor, org_path, until)


def _within_own_term(actor: Actor, org_path: str, until: date | None) -> None:
    """A grant lasts no longer than the giver's own right to give (ACC-02)."""
    givers = [str(r) for r in permissions.roles() if str(Perm.GRANT_EDIT) in permissions.of_role(r)]
    above = [org_path[:n] for n in range(0, len(org_path) + 1, 4)]
    own = Grant.objects.filter(selectors.active(), user_id=actor.user_id or 0, role__in=givers, org_path__in=above)
    if own.filter(until=None).exists():
        return
    last = own.aggregate(last=Max("until"))["last"]
    if last is None or until is None or until > last:
        raise RuleViolation(
            "accounts.beyond_own_term", f"您自己的授权到 {last} 为止，授给别人的不能更晚。请把截止日期改到 {last} 或更早。", last=str(last)
        )


@transaction.atomic
def grant_revoke(*, actor: Actor, grant: Grant, reason: str) -> Grant:
    """Take a right away; it stops counting at the next request (撤销授权, ACC-03).

    Raises: NotFound; NotPermitted; Conflict accounts.revoked_already; RuleViolation accounts.last_administrator.
    """
    actor.require(Perm.GRANT_EDIT, grant.org_path)
    if grant.role in ADMINISTRATORS and not actor.is_system:
        raise NotPermitted("accounts.command_only", "三员只能在服务器上用 gonghui createadmin 更换，不能在网页上撤销。")
    if not Grant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise Conflict("accounts.revoked_already", "这条授权已经撤销。")
    grant.refresh_from_db()
    audit.record(actor, "accounts.grant.revoked", grant, org_path=grant.org_path, user=grant.user_id, role=grant.role, reason=reason)
    return grant


@transaction.atomic
def scope_moved(*, actor: Actor, old_path: str, new_path: str) -> int:
    """A union moved in the tree (组织移动): grants for it and all below follow. Called by orgs in the same transaction."""
    rest = Substr("org_path", len(old_path) + 1)
    count = Grant.objects.filter(subtree(old_path, "org_path")).update(org_path=Concat(Value(new_path), rest))
    audit.append(actor.ref, "accounts.grant.scope_moved", org_path=new_path, data={"old": old_path, "new": new_path, "count": count})
    return count


@transaction.atomic
def audit_exported(*, actor: Actor, rows: int, asked: dict[str, str]) -> None:
    """An export of the audit log is an entry of it (导出留痕)."""
    actor.require(Perm.AUDIT_EXPORT)
    audit.append(actor.ref, "accounts.audit.exported", data={"rows": rows, "asked": asked})
