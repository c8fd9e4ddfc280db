"""Paths of approvals (审批的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.approvals.web import console

app_name = "approvals"
urlpatterns = [
    path("console/inbox/", console.inbox, name="inbox"),
    path("console/inbox/approve/", console.bulk, name="bulk"),
    path("console/inbox/history/", console.history, name="history"),
    path("console/approvals/", console.listing, name="list"),
    path("console/approvals/<int:pk>/", console.detail, name="detail"),
    path("console/approvals/<int:pk>/decide/", console.decide, name="decide"),
    path("console/approvals/<int:pk>/withdraw/", console.withdraw, name="withdraw"),
    path("console/approvals/<int:pk>/resubmit/", console.resubmit, name="resubmit"),
    path("console/approvals/<int:pk>/remind/", console.remind, name="remind"),
    path("console/approvals/delegations/", console.delegations, name="delegations"),
    path("console/approvals/delegations/<int:pk>/revoke/", console.delegation_revoke, name="delegation_revoke"),
]
