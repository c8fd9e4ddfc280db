"""Paths of campaigns (集中行动的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.campaigns.web import boards, console, mobile

app_name = "campaigns"
C = "console/campaigns/"
M = "m/campaigns/"
urlpatterns = [
    path(C, console.index, name="index"),
    path(C + "new/", console.new, name="new"),
    path(C + "joins/", boards.joins, name="joins"),
    path(C + "sectors/", boards.sectors, name="sectors"),
    path(C + "classes/", boards.classes, name="classes"),
    path(C + "zones/", boards.zones, name="zones"),
    path(C + "zones/<int:pk>/", boards.zone, name="zone"),
    path(C + "two-new/", boards.two_new, name="two_new"),
    path(C + "two-new/<int:pk>/", boards.two_new_set, name="two_new_set"),
    path(C + "categories/", boards.categories, name="categories"),
    path(C + "categories/<int:pk>/<slug:verb>/", boards.category_act, name="category_act"),
    path(C + "plan/<int:pk>/done/", console.plan_done, name="plan_done"),
    path(C + "publicity/<int:pk>/publish/", console.publish, name="publish"),
    path(C + "inspections/<int:pk>/done/", console.inspection_done, name="inspection_done"),
    path(C + "charges/<int:pk>/<slug:verb>/", console.charge_act, name="charge_act"),
    path(C + "parts/<slug:kind>/<int:pk>/remove/", console.remove, name="remove"),
    path(C + "<int:pk>/", console.room, name="room"),
    path(C + "<int:pk>/edit/", console.edit, name="edit"),
    path(C + "<int:pk>/live/", console.live, name="live"),
    path(C + "<int:pk>/report/", console.report, name="report"),
    path(C + "<int:pk>/records/<slug:measure>/", console.records, name="records"),
    path(C + "<int:pk>/files/<slug:kind>/", console.export, name="export"),
    path(C + "<int:pk>/do/<slug:verb>/", console.act, name="act"),
    path(M, mobile.today, name="m-today"),
    path(M + "driver/", mobile.driver, name="m-driver"),
    path(M + "teams/<int:pk>/", mobile.team, name="m-team"),
    path(M + "teams/<int:pk>/<slug:verb>/", mobile.log, name="m-log"),
]
