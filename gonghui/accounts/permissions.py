"""Which permissions exist and what each role holds by default (权限登记).

Every app registers its `Perm` enum with the roles that hold each permission, in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from gonghui.accounts.enums import Perm, Role

_known: dict[str, str] = {}
_held: dict[str, set[str]] = {str(role): set() for role in Role}


def register(perms: type[StrEnum], roles: Mapping[Role, Iterable[StrEnum]]) -> None:
    """Make permissions known and give them to roles."""
    for perm in perms:
        _known[perm.value] = perms.__module__
    for role, held in roles.items():
        _held[str(role)].update(check(p) for p in held)


def check(perm: str) -> str:
    """The permission as text. An unknown one raises: nothing is open by a slip of the pen."""
    if str(perm) not in _known:
        raise LookupError(f"没有登记的权限：{perm}")
    return str(perm)


def of_role(role: str) -> frozenset[str]:
    """Permissions of a role."""
    return frozenset(_held[str(role)])


def known() -> frozenset[str]:
    """All registered permissions."""
    return frozenset(_known)


def roles() -> list[str]:
    """All roles."""
    return list(_held)


def register_own() -> None:
    """The permissions of accounts itself."""
    register(
        Perm,
        {
            Role.SYSADMIN: [Perm.USER_VIEW, Perm.USER_EDIT, Perm.SYSTEM_VIEW, Perm.OUTBOX_VIEW],
            Role.SECADMIN: [Perm.USER_VIEW, Perm.GRANT_VIEW, Perm.GRANT_EDIT],
            Role.AUDITADMIN: [Perm.USER_VIEW, Perm.GRANT_VIEW, Perm.AUDIT_VIEW, Perm.AUDIT_EXPORT],
        },
    )
