"""Paths of spending (支出把关的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.spending.web import console, lists, mobile, quotes, thinking

app_name = "spending"
C = "console/spending/"
M = "m/spending/"
urlpatterns = [
    path(C, console.index, name="plans"),
    path(C + "export/", console.export, name="export"),
    path(C + "new/", console.choose, name="choose"),
    path(C + "new/<slug:kind>/", console.new, name="new"),
    path(C + "plans/<int:pk>/", console.plan, name="plan"),
    path(C + "plans/<int:pk>/edit/", console.edit, name="edit"),
    path(C + "plans/<int:pk>/what-if/", thinking.what_if, name="what_if"),
    path(C + "plans/<int:pk>/do/<slug:verb>/", console.act, name="act"),
    path(C + "plans/<int:pk>/quotes/", quotes.page, name="quotes"),
    path(C + "plans/<int:pk>/quotes/do/<slug:verb>/", quotes.act, name="quotes_act"),
    path(C + "plans/<int:pk>/sign-off/", quotes.sign_off, name="sign_off"),
    path(C + "quotes/<int:pk>/paper/", quotes.paper, name="quote_paper"),
    path(C + "planner/", thinking.planner, name="planner"),
    path(C + "meals/", thinking.meals, name="meals"),
    path(C + "overrides/", lists.overrides, name="overrides"),
    path(C + "overrides/<int:pk>/", lists.override_decide, name="override"),
    path(C + "figures/", lists.figures, name="figures"),
    path(C + "figures/<int:pk>/end/", lists.figure_end, name="figure_end"),
    path(C + "catalogue/", lists.catalogue, name="catalogue"),
    path(C + "year/", lists.year, name="year"),
    path(M, mobile.home, name="m-home"),
    path(M + "<slug:kind>/", mobile.ask, name="m-ask"),
]
