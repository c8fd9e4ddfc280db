"""Paths of accounts (账号的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.accounts.web import audit, console, demo, own, signin, worker

app_name = "accounts"
urlpatterns = [
    path("accounts/login/", signin.login, name="login"),
    path("accounts/login/factor/", signin.factor, name="factor"),
    path("accounts/login/password/", signin.new_password, name="new_password"),
    path("accounts/login/totp/", signin.totp_setup, name="totp_setup"),
    path("accounts/oidc/", signin.oidc_login, name="oidc_login"),
    path("accounts/oidc/callback/", signin.oidc_callback, name="oidc_callback"),
    path("accounts/logout/", signin.logout, name="logout"),
    path("accounts/step-up/", signin.step_up, name="step_up"),
    path("m/login/", worker.login, name="worker_login"),
    path("m/login/code/", worker.code, name="worker_code"),
    path("m/welcome/", worker.welcome, name="welcome"),
    path("m/accounts/security/", worker.security, name="m-security"),
    path("accounts/text-size/", own.text_size, name="text_size"),
    path("accounts/sessions/<int:pk>/end/", own.session_end, name="session_end"),
    path("accounts/sessions/end-others/", own.session_end_others, name="session_end_others"),
    path("console/accounts/me/", own.profile, name="profile"),
    path("console/accounts/security/", own.security, name="security"),
    path("console/accounts/security/password/", own.password, name="password"),
    path("console/accounts/security/totp/", own.totp, name="totp"),
    path("console/accounts/security/recovery/", own.recovery_new, name="recovery_new"),
    path("console/accounts/users/", console.users, name="users"),
    path("console/accounts/users/new/", console.user_new, name="user_new"),
    path("console/accounts/users/<int:pk>/", console.user_detail, name="user"),
    path("console/accounts/users/<int:pk>/edit/", console.user_edit, name="user_edit"),
    path("console/accounts/users/<int:pk>/active/", console.user_active, name="user_active"),
    path("console/accounts/users/<int:pk>/reset/", console.user_reset, name="user_reset"),
    path("console/accounts/users/<int:pk>/grants/new/", console.grant_new, name="grant_new"),
    path("console/accounts/grants/<int:pk>/revoke/", console.grant_revoke, name="grant_revoke"),
    path("console/accounts/roles/", console.roles, name="roles"),
    path("console/accounts/audit/", audit.entries, name="audit"),
    path("console/accounts/audit/export/", audit.export, name="audit_export"),
    path("demo/codes/", demo.codes, name="demo_codes"),
]
