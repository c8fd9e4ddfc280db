"""Paths of psychological care (心理关爱的网址). On the phone they say `care`: an address in a history or a log names nothing."""

from __future__ import annotations

from django.urls import URLPattern, path

from gonghui.counsel.web import desk, mobile, risks, sessions

app_name = "counsel"
C, M = "console/counsel/", "m/care/"
urlpatterns: list[URLPattern] = [
    path(C, sessions.desk, name="desk"),
    path(C + "sessions/<int:pk>/", sessions.page, name="appointment"),
    path(C + "sessions/<int:pk>/open/", sessions.talk, name="talk"),
    path(C + "sessions/<int:pk>/do/<slug:verb>/", sessions.act, name="act"),
    path(C + "hours/", sessions.hours, name="hours"),
    path(C + "hours/<slug:verb>/", sessions.hours_act, name="hours-act"),
    path(C + "counsellors/", desk.counsellors, name="counsellors"),
    path(C + "counsellors/xlsx/", desk.counsellors_xlsx, name="counsellors-xlsx"),
    path(C + "counsellors/new/", desk.counsellor_new, name="counsellor-new"),
    path(C + "counsellors/<int:pk>/", desk.counsellor, name="counsellor"),
    path(C + "counsellors/<int:pk>/edit/", desk.counsellor_edit, name="counsellor-edit"),
    path(C + "counsellors/<int:pk>/act/", desk.counsellor_act, name="counsellor-act"),
    path(C + "activities/", desk.gatherings, name="gatherings"),
    path(C + "activities/xlsx/", desk.gatherings_xlsx, name="gatherings-xlsx"),
    path(C + "activities/new/", desk.gathering_new, name="gathering-new"),
    path(C + "activities/<int:pk>/", desk.gathering, name="gathering"),
    path(C + "activities/<int:pk>/act/", desk.gathering_act, name="gathering-act"),
    path(C + "stats/", desk.stats, name="stats"),
    path(C + "stats/xlsx/", desk.stats_xlsx, name="stats-xlsx"),
    path(C + "risks/", risks.index, name="risks"),
    path(C + "risks/<int:pk>/", risks.page, name="risk"),
    path(C + "risks/<int:pk>/<slug:verb>/", risks.act, name="risk-act"),
    path(M, mobile.home, name="m-care"),
    path(M + "mine/", mobile.mine, name="m-mine"),
    path(M + "mine/do/<slug:verb>/", mobile.mine_act, name="m-mine-act"),
    path(M + "mine/<slug:code>/", mobile.session, name="m-session"),
    path(M + "mine/<slug:code>/<slug:verb>/", mobile.session_act, name="m-session-act"),
    path(M + "people/<int:pk>/", mobile.counsellor, name="m-counsellor"),
    path(M + "events/<int:pk>/", mobile.gathering, name="m-gathering"),
]
