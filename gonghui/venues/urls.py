"""Paths of venues (服务阵地的网址)."""

from __future__ import annotations

from django.urls import URLPattern, path

from gonghui.venues.web import console, desk, mobile

app_name = "venues"
C = "console/venues/"
M = "m/venues/"
urlpatterns: list[URLPattern] = [
    path(C, console.index, name="venues"),
    path(C + "xlsx/", console.export, name="export"),
    path(C + "new/", console.new, name="new"),
    path(C + "checks/", console.checks, name="checks"),
    path(C + "checks/<int:pk>/", console.check, name="check"),
    path(C + "checks/<int:pk>/photo/", console.check_photo, name="check-photo"),
    path(C + "tickets/", console.tickets, name="tickets"),
    path(C + "tickets/<int:pk>/", console.ticket, name="ticket"),
    path(C + "tickets/<int:pk>/<slug:verb>/", console.ticket_act, name="ticket-act"),
    path(C + "reservations/", console.reservations, name="reservations"),
    path(C + "slots/<int:pk>/", console.slot, name="slot"),
    path(C + "ratings/", console.ratings, name="ratings"),
    path(C + "gap/", console.gap, name="gap"),
    path(C + "<int:pk>/", console.detail, name="venue"),
    path(C + "<int:pk>/edit/", console.edit, name="edit"),
    path(C + "<int:pk>/check/", console.check_new, name="check-new"),
    path(C + "<int:pk>/ticket/", console.ticket_new, name="ticket-new"),
    path(C + "<int:pk>/do/<slug:verb>/", console.act, name="act"),
    path(C + "<int:pk>/library/", desk.desk, name="library"),
    path(C + "<int:pk>/library/remind/", desk.remind, name="remind"),
    path(C + "loans/<int:pk>/<slug:verb>/", desk.loan_act, name="loan-act"),
    path(C + "<int:pk>/stock/", desk.stock, name="stock"),
    path(C + "<int:pk>/books/", desk.books, name="books"),
    path(M, mobile.near, name="m-near"),
    path(M + "mine/", mobile.mine, name="m-mine"),
    path(M + "loans/<int:pk>/renew/", mobile.loan_renew, name="m-renew"),
    path(M + "places/<int:pk>/cancel/", mobile.place_cancel, name="m-cancel"),
    path(M + "<slug:code>/", mobile.venue, name="m-venue"),
    path(M + "<slug:code>/<slug:verb>/", mobile.act, name="m-act"),
]
