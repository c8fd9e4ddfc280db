"""Paths of finance (工会账务的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.finance.web import books, entry, opening, practice, reports, vouchers

app_name = "finance"
C = "console/finance/"
B, V = C + "books/<int:pk>/", C + "vouchers/<int:pk>/"
urlpatterns = [
    path(C, books.index, name="books"),
    path(C + "open/", books.open_book, name="open"),
    path(C + "summary/", reports.summary, name="summary"),
    path(C + "summary/<slug:code>/", reports.shares, name="shares"),
    path(C + "accounts/", books.accounts, name="accounts"),
    path(C + "inbox/", vouchers.inbox, name="inbox"),
    path(C + "inbox/many/", vouchers.many, name="many"),
    path(C + "practice/", practice.index, name="practice"),
    path(C + "practice/begin/", practice.begin, name="practice_begin"),
    path(C + "practice/<slug:case>/", practice.case, name="practice_case"),
    path(C + "overrides/<int:pk>/<slug:verb>/", vouchers.override, name="override"),
    path(B, books.book, name="book"),
    path(B + "agent/", books.agent, name="agent"),
    path(B + "new/", entry.new, name="new"),
    path(B + "expert/", entry.expert, name="expert"),
    path(B + "bundle/", vouchers.bundle, name="bundle"),
    path(B + "opening/", opening.opening, name="opening"),
    path(B + "trial/", reports.trial, name="trial"),
    path(B + "ledger/", reports.ledger, name="ledger"),
    path(B + "statements/", reports.statements, name="statements"),
    path(B + "periods/", reports.periods, name="periods"),
    path(B + "periods/<slug:verb>/", reports.period_act, name="period_act"),
    path(V, vouchers.detail, name="voucher"),
    path(V + "print/", vouchers.print_one, name="voucher_print"),
    path(V + "edit/", entry.edit, name="voucher_edit"),
    path(C + "papers/<int:pk>/", vouchers.paper, name="paper"),
    path(V + "<slug:verb>/", vouchers.act, name="voucher_act"),
]
