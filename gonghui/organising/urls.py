"""Paths of organising (建会的网址)."""

from __future__ import annotations

from django.urls import URLPattern, path

from gonghui.organising.web import board, cases, mobile, stages

app_name = "organising"
urlpatterns: list[URLPattern] = [
    path("console/organising/", board.board, name="board"),
    path("console/organising/cases/", board.case_list, name="cases"),
    path("console/organising/spots/", board.spot_board, name="spots"),
    path("console/organising/employers/<int:pk>/plan/", board.plan, name="plan"),
    path("console/organising/employers/<int:pk>/join/", board.join, name="join"),
    path("console/organising/cases/<int:pk>/", cases.case, name="case"),
    path("console/organising/cases/<int:pk>/print/", cases.case_print, name="case_print"),
    path("console/organising/cases/<int:pk>/issue/", cases.paper_issue, name="paper_issue"),
    path("console/organising/cases/<int:pk>/do/<slug:verb>/", cases.case_act, name="case_act"),
    path("console/organising/changes/", cases.change_find, name="change_find"),
    path("console/organising/unions/<int:pk>/change/", cases.change, name="change"),
    path("console/organising/stages/", stages.stages, name="stages"),
    path("console/organising/stages/<int:pk>/", stages.stage, name="stage"),
    path("console/organising/points/", stages.points, name="points"),
    path("console/organising/points/new/", stages.point_new, name="point_new"),
    path("console/organising/points/<int:pk>/", stages.point, name="point"),
    path("console/organising/points/<int:pk>/visit/", stages.point_visit, name="point_visit"),
    path("console/organising/points/<int:pk>/end/", stages.point_end, name="point_end"),
    path("console/organising/followers/<int:pk>/settle/", stages.settle, name="settle"),
    path("m/organising/", mobile.home, name="m-home"),
    path("m/organising/cases/<int:pk>/", mobile.case, name="m-case"),
    path("m/organising/cases/<int:pk>/do/", mobile.case_act, name="m-case_act"),
    path("m/organising/cases/<int:pk>/documents/<int:document>/", mobile.document, name="m-document"),
    path("m/organising/join/<str:token>/", mobile.join, name="m-join"),
]
