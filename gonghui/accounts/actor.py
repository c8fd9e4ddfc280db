"""Who acts (操作者): a person with grants, or a named system job; never nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import Q

from gonghui.accounts import permissions
from gonghui.accounts.enums import Role
from gonghui.core.errors import NotFound, NotPermitted

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
LEVEL = 4


class HasPath(Protocol):
    """Something with a place in the union tree."""

    path: str


def after(path: str) -> str:
    """The least path of the same length behind `path` and all below it, so that a subtree is a range of an index."""
    number = int(path, 36) + 1
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = ALPHABET[rest] + digits
    return digits.rjust(len(path), "0")


def covers(scope: str, path: str) -> bool:
    """Does a grant for `scope` reach `path`? The empty scope reaches all."""
    return path.startswith(scope)


def subtree(path: str, lookup: str = "path") -> Q:
    """Rows whose `lookup` lies in the subtree of `path` (本级及以下)."""
    if not path:
        return Q()
    return Q(**{f"{lookup}__gte": path, f"{lookup}__lt": after(path)})


@dataclass(frozen=True)
class Scope:
    """One active grant, resolved."""

    role: str
    path: str


@dataclass(frozen=True)
class Actor:
    """Who acts, with what they hold at this moment.

    `ref` is the pseudonymous reference of the audit log: `user:12`, `system:import`, `anonymous`.
    """

    ref: str
    name: str = ""
    user_id: int | None = None
    person_id: int | None = None
    is_officer: bool = False
    is_system: bool = False
    stepped_up: bool = False
    scopes: tuple[Scope, ...] = field(default=())
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what selectors remember within one request

    @classmethod
    def system(cls, job: str) -> Actor:
        """A named job of the platform (系统任务). It may do everything and signs with its name."""
        return cls(ref=f"system:{job}", name="系统", is_system=True)

    @classmethod
    def anonymous(cls) -> Actor:
        """Somebody not signed in."""
        return cls(ref="anonymous")

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None or self.is_system

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(s.role for s in self.scopes)

    @property
    def home(self) -> str:
        """The widest org path of a business role: where the actor's pages open."""
        business = [s.path for s in self.scopes if s.path]
        return min(business, key=lambda p: (len(p), p)) if business else ""

    def paths(self, perm: str) -> list[str]:
        """Org paths where the permission is held, without those inside another."""
        permissions.check(perm)
        if self.is_system:
            return [""]
        held = sorted({s.path for s in self.scopes if str(perm) in permissions.of_role(s.role)})
        return [p for i, p in enumerate(held) if not any(p.startswith(q) for q in held[:i])]

    def may(self, perm: str, org: HasPath | str | None = None) -> bool:
        """Is the permission held, for `org` (an object with `path`, or a path) or anywhere?"""
        paths = self.paths(perm)
        if org is None:
            return bool(paths)
        path = org if isinstance(org, str) else org.path
        return any(covers(scope, path) for scope in paths)

    def require(self, perm: str, org: HasPath | str | None = None) -> None:
        """Open a service. Raises NotFound when the org lies outside every scope of the actor, NotPermitted when the verb is missing."""
        if self.may(perm, org):
            return
        if org is not None and not self.sees(org):
            raise NotFound()
        raise NotPermitted("core.no_permission", "您没有办理这件事的权限。需要时请联系本级安全管理员授权。", perm=str(perm))

    def sees(self, org: HasPath | str) -> bool:
        """Does any grant at all reach the org?"""
        path = org if isinstance(org, str) else org.path
        return self.is_system or any(covers(s.path, path) for s in self.scopes)

    def within(self, perm: str, org: str = "") -> Q:
        """Filter for a queryset: rows whose union (relation name `org`, empty for Union itself) lies in scope."""
        lookup = f"{org}__path" if org else "path"
        return self.within_path(perm, lookup)

    def within_path(self, perm: str, lookup: str) -> Q:
        """As `within`, for a column that holds the path itself."""
        paths = self.paths(perm)
        if "" in paths:
            return Q()
        return any_of(subtree(p, lookup) for p in paths)

    def held_at(self, path: str) -> frozenset[str]:
        """All permissions that reach this path."""
        return frozenset().union(*(permissions.of_role(s.role) for s in self.scopes if covers(s.path, path)))

    def same_person(self, user_id: int | None, person_id: int | None) -> bool:
        """Is this the same human, be it through another account?"""
        return (user_id is not None and user_id == self.user_id) or (person_id is not None and person_id == self.person_id)

    def has_role(self, *roles: Role) -> bool:
        return any(str(r) in self.roles for r in roles)


def any_of(parts: Iterable[Q]) -> Q:
    """Either of the filters; none of them matches nothing."""
    result = Q(pk__in=[])
    for i, part in enumerate(parts):
        result = part if i == 0 else result | part
    return result
