"""Writes of accounts (账号办理)."""

from __future__ import annotations

from gonghui.accounts.hooks import register_org_finder, register_person_linker, register_sender
from gonghui.accounts.services.credentials import (
    password_change,
    password_set,
    preferences_set,
    recovery_new,
    session_end,
    session_end_others,
    totp_enrol,
    totp_new,
    totp_uri,
)
from gonghui.accounts.services.grants import audit_exported, grant_give, grant_revoke, scope_moved
from gonghui.accounts.services.officers import (
    administrator_create,
    administrators_create,
    demo_officer,
    officer_create,
    officer_edit,
    officer_reset,
    officer_set_active,
)
from gonghui.accounts.services.signin import (
    code_send,
    factor_check,
    password_check,
    step_up_check,
    step_up_send,
    steps_missing,
    worker_check,
)
from gonghui.accounts.services.workers import AccountMover, person_link, persons_merged, persons_unmerged, worker_of_phone
from gonghui.accounts.throttle import hit

__all__ = [
    "AccountMover",
    "administrator_create",
    "administrators_create",
    "audit_exported",
    "code_send",
    "demo_officer",
    "factor_check",
    "grant_give",
    "grant_revoke",
    "hit",
    "officer_create",
    "officer_edit",
    "officer_reset",
    "officer_set_active",
    "password_change",
    "password_check",
    "password_set",
    "person_link",
    "persons_merged",
    "persons_unmerged",
    "preferences_set",
    "recovery_new",
    "register_org_finder",
    "register_person_linker",
    "register_sender",
    "scope_moved",
    "session_end",
    "session_end_others",
    "step_up_check",
    "step_up_send",
    "steps_missing",
    "totp_enrol",
    "totp_new",
    "totp_uri",
    "worker_check",
    "worker_of_phone",
]
