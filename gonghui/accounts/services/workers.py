"""Workers' accounts (职工账号)."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from gonghui.accounts import sessions
from gonghui.accounts.actor import Actor
from gonghui.accounts.codes import index_of
from gonghui.accounts.enums import UserKind
from gonghui.accounts.models import SignIn, User
from gonghui.core import audit, clock, crypto
from gonghui.core.errors import Conflict


@transaction.atomic
def worker_of_phone(phone: str, person_id: int | None) -> User:
    """The account of a phone (按手机号取账号), made at first use and tied to its person when the register knows one.

    Phone numbers are handed on: when the register says the number now belongs to somebody else, the old account loses it.
    """
    user = User.objects.select_for_update().filter(phone_index=index_of(phone), kind=UserKind.WORKER).first()
    if user is not None and person_id is not None and user.person_id not in (None, person_id):
        _release_phone(user)
        user = None
    if user is None and person_id is not None:
        user = User.objects.select_for_update().filter(person_id=person_id, kind=UserKind.WORKER).first()
        if user is not None:
            _set_phone(user, phone)
    if user is None:
        user = _new_worker(phone)
    if user.person_id is None and person_id is not None:
        person_link(user_id=user.pk, person_id=person_id)
        user.refresh_from_db()
    return user


def _new_worker(phone: str) -> User:
    now = clock.now()
    user = User(username=f"w-{secrets.token_hex(8)}", name=f"{phone[:3]}****{phone[-4:]}", kind=UserKind.WORKER, date_joined=now)
    user.set_unusable_password()
    user.save(force_insert=True)
    _set_phone(user, phone)
    audit.record(_self(user), "accounts.worker.created", user)
    return user


def _set_phone(user: User, phone: str) -> None:
    sealed = crypto.seal("accounts.user", "phone", user.pk, phone)
    User.objects.filter(pk=user.pk).update(phone_index=index_of(phone), phone_sealed=sealed)
    user.refresh_from_db()


def _release_phone(user: User) -> None:
    User.objects.filter(pk=user.pk).update(phone_index=None, phone_sealed=None)
    sessions.end(SignIn.objects.filter(user=user), "手机号已换人")
    audit.record(Actor.system("accounts.phone"), "accounts.worker.phone_released", user)


def _self(user: User) -> Actor:
    return Actor(ref=f"worker:{user.pk}", name=user.name, user_id=user.pk)


@transaction.atomic
def person_link(*, user_id: int, person_id: int | None, name: str = "") -> None:
    """Tie a worker's account to a person of the register (关联自然人): called by the register when somebody joins or is merged.

    Who knows a name and an ID number, as an employer does, must not take over an account: a live one is never displaced.
    Raises: Conflict accounts.person_taken.
    """
    if (
        person_id is not None
        and User.objects.filter(person_id=person_id, kind=UserKind.WORKER, is_active=True).exclude(pk=user_id).exists()
    ):
        raise Conflict("accounts.person_taken", "这个人已有手机号账号。换了号码，请带证件到工会窗口办理，或用原号码登录。")
    User.objects.filter(person_id=person_id, kind=UserKind.WORKER, is_active=False).exclude(pk=user_id).update(person_id=None)
    values = {"person_id": person_id, **({"name": name} if name else {})}
    User.objects.filter(pk=user_id, kind=UserKind.WORKER).update(**values)
    audit.append("system:accounts.link", "accounts.worker.linked", kind="accounts.user", object_id=str(user_id), data={"person": person_id})


@transaction.atomic
def persons_merged(*, kept: int, gone: int) -> list[dict[str, Any]]:
    """Two persons were found to be one (自然人合并): accounts of the one that goes stand for the one that stays.

    Where both have an account of a kind, the other is put to rest. Returns what `persons_unmerged` needs.
    """
    moved = []
    for user in User.objects.select_for_update().filter(person_id=gone):
        taken = User.objects.filter(person_id=kept, kind=user.kind).exists()
        moved.append({"user": user.pk, "active": user.is_active})
        User.objects.filter(pk=user.pk).update(person_id=None if taken else kept, is_active=user.is_active and not taken)
        if taken:
            sessions.end(SignIn.objects.filter(user=user), "账号已合并")
        audit.append(
            "system:accounts.link",
            "accounts.user.person_merged",
            kind="accounts.user",
            object_id=str(user.pk),
            data={"old": gone, "new": kept},
        )
    return moved


@transaction.atomic
def persons_unmerged(*, gone: int, moved: list[dict[str, Any]]) -> None:
    """The merge was a mistake (撤销合并): the accounts stand for their own person again."""
    for row in moved:
        User.objects.filter(pk=row["user"]).update(person_id=gone, is_active=row["active"])
        audit.append(
            "system:accounts.link", "accounts.user.person_unmerged", kind="accounts.user", object_id=str(row["user"]), data={"new": gone}
        )


class AccountMover:
    """How `people` re-points accounts when two persons merge, and back (people.hooks.Mover)."""

    def move(self, survivor: int, absorbed: int) -> Any:
        return persons_merged(kept=survivor, gone=absorbed)

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None:
        persons_unmerged(gone=absorbed, moved=moved)
