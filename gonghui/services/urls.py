"""Paths of the member services (普惠服务的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.services.web import activities, health, mobile, playing, teams

app_name = "services"
C, M = "console/services/", "m/services/"
urlpatterns = [
    path(C + "health/", health.plans, name="plans"),
    path(C + "health/new/", health.plan_new, name="plan_new"),
    path(C + "health/<int:pk>/", health.plan, name="plan"),
    path(C + "health/<int:pk>/session/", health.session_add, name="session_add"),
    path(C + "health/<int:pk>/act/", health.plan_act, name="plan_act"),
    path(C + "health/<int:pk>/uncovered/", health.uncovered, name="uncovered"),
    path(C + "health/attendance/", health.attendance, name="attendance"),
    path(C + "health/sessions/", health.sessions, name="sessions"),
    path(C + "health/sessions/<int:pk>/", health.desk, name="desk"),
    path(C + "health/visits/<int:pk>/attend/", health.attend, name="attend"),
    path(C + "health/visits/<int:pk>/result/", health.result, name="result"),
    path(C + "health/care/", health.care, name="care"),
    path(C + "health/care/new/", health.care_add, name="care_add"),
    path(C + "activities/", activities.index, name="activities"),
    path(C + "activities/new/", activities.new, name="activity_new"),
    path(C + "activities/<int:pk>/", activities.page, name="activity"),
    path(C + "activities/<int:pk>/act/", activities.act, name="activity_act"),
    path(C + "activities/<int:pk>/<slug:part>/", activities.fill, name="activity_fill"),
    path(C + "activities/bouts/<int:pk>/score/", activities.score, name="score"),
    path(C + "activities/entries/<int:pk>/act/", activities.entry_act, name="entry_act"),
    path(C + "teams/", teams.index, name="teams"),
    path(C + "teams/new/", teams.new, name="team_new"),
    path(C + "teams/<int:pk>/", teams.page, name="team"),
    path(C + "kits/", teams.kits, name="kits"),
    path(C + "kits/new/", teams.kit_issue, name="kit_issue"),
    path(C + "kits/<int:pk>/return/", teams.kit_return, name="kit_return"),
    path(M + "teams/", teams.mine, name="m-teams"),
    path(M + "teams/<int:pk>/", teams.move, name="m-team"),
    path(M + "activities/", playing.home, name="m-activities"),
    path(M + "activities/<int:pk>/", playing.page, name="m-activity"),
    path(M + "activities/<int:pk>/sign-up/", playing.sign_up, name="m-sign"),
    path(M + "activities/<int:pk>/leave/", playing.leave, name="m-leave"),
    path(M + "health/", mobile.health_home, name="m-health"),
    path(M + "health/sessions/<int:pk>/book/", mobile.health_book, name="m-book"),
    path(M + "health/visits/<int:pk>/", mobile.visit, name="m-visit"),
    path(M + "health/visits/<int:pk>/cancel/", mobile.visit_cancel, name="m-cancel"),
    path(M + "health/visits/<int:pk>/result/", mobile.result, name="m-result"),
]
