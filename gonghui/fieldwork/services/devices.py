"""Phones (外勤手机): registered by their owner, cut off when lost, told to wipe themselves. Source: R20, R21, T10."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction

from gonghui.accounts import selectors as accounts
from gonghui.core import audit, clock, crypto
from gonghui.core.errors import Conflict, NotFound, NotPermitted
from gonghui.fieldwork.enums import Perm
from gonghui.fieldwork.models import Device

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SALT, LABEL, MOST = "gonghui.fieldwork.device", "fieldwork.device.token", 5
GONE = "这台手机已停用，手机上的资料已清除。需要继续使用，请登录后重新登记。"


@dataclass(frozen=True)
class Issued:
    """What a phone is given once, at registration (登记时发给手机)."""

    device: Device
    token: str
    secret: str


@transaction.atomic
def device_register(*, actor: Actor, name: str) -> Issued:
    """Register this phone (登记手机). The token and the secret leave the server once and are kept nowhere.

    Raises: NotPermitted; Conflict fieldwork.devices_full.
    """
    actor.require(Perm.VISIT_EDIT)
    if actor.user_id is None:
        raise NotFound()
    live = Device.objects.filter(user_id=actor.user_id, revoked_at=None).count()
    if live >= MOST:
        raise Conflict("fieldwork.devices_full", f"您已登记 {live} 台手机，最多 {MOST} 台。请先停用不用的。")
    public = secrets.token_hex(16)
    raw = signing.Signer(salt=SALT).sign(f"{public}.{secrets.token_urlsafe(32)}")
    row = Device.objects.create(
        public_id=public, user_id=actor.user_id, org_path=actor.home, name=name.strip()[:60] or "我的手机",
        token_digest=crypto.blind(LABEL, raw), registered_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "fieldwork.device.register", row, org_path=actor.home)
    return Issued(row, raw, secrets.token_urlsafe(32))


@transaction.atomic
def device_revoke(*, actor: Actor, device: Device, why: str) -> Device:
    """Cut a phone off (停用手机): refused from now on, and told to wipe itself. Its owner may, or the officer of the place."""
    if device.user_id != actor.user_id:
        actor.require(Perm.DEVICE_REVOKE, device.org_path)
    now = clock.now()
    if not Device.objects.filter(pk=device.pk, revoked_at=None).update(
        revoked_at=now, revoked_by=actor.ref[:40], revoked_why=why.strip()[:120]
    ):
        raise Conflict("fieldwork.device_revoked", "这台手机已经停用。")
    device.refresh_from_db()
    audit.record(actor, "fieldwork.device.revoked", device, org_path=device.org_path, why=why.strip()[:120])
    return device


def device_of(token: str) -> tuple[Device, Actor]:
    """The phone behind a token and its owner with the rights held now. Raises: NotPermitted with `wipe` when it must forget."""
    try:
        public = signing.Signer(salt=SALT).unsign(token).partition(".")[0]
    except signing.BadSignature:
        raise NotPermitted("fieldwork.device_unknown", "这台手机没有登记。请登录后重新登记。") from None
    device = Device.objects.filter(public_id=public).first()
    if device is None or not secrets.compare_digest(bytes(device.token_digest), crypto.blind(LABEL, token)):
        raise NotPermitted("fieldwork.device_unknown", "这台手机没有登记。请登录后重新登记。")
    actor = accounts.actor_by_id(device.user_id)
    if device.revoked_at is not None or actor is None or not actor.may(Perm.VISIT_EDIT):
        told(device)
        raise NotPermitted("fieldwork.device_revoked", GONE, wipe=True)
    return device, actor


def told(device: Device) -> None:
    """Note that the phone has been told to wipe itself."""
    Device.objects.filter(pk=device.pk, told_at=None).update(told_at=clock.now())


def is_cut_off(public_id: str) -> bool:
    """For a phone that is still locked: must it wipe itself? An unknown phone need not."""
    device = Device.objects.filter(public_id=public_id).first()
    if device is None:
        return False
    actor = accounts.actor_by_id(device.user_id)
    gone = device.revoked_at is not None or actor is None or not actor.may(Perm.VISIT_EDIT)
    if gone:
        told(device)
    return gone


def seen(device: Device) -> None:
    Device.objects.filter(pk=device.pk).update(seen_at=clock.now())
