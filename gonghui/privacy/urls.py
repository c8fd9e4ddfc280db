"""Paths of the protection of personal data (个人信息保护的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.privacy.web import assessments, incidents

app_name = "privacy"
C = "console/privacy/"
urlpatterns = [
    path(C + "assessments/", assessments.index, name="assessments"),
    path(C + "assessments/new/", assessments.new, name="assessment_new"),
    path(C + "assessments/<int:pk>/", assessments.page, name="assessment"),
    path(C + "assessments/<int:pk>/edit/", assessments.edit, name="assessment_edit"),
    path(C + "assessments/<int:pk>/act/", assessments.act, name="assessment_act"),
    path(C + "assessments/<int:pk>/print/", assessments.printed, name="assessment_print"),
    path(C + "incidents/", incidents.index, name="incidents"),
    path(C + "incidents/new/", incidents.new, name="incident_new"),
    path(C + "incidents/<int:pk>/", incidents.page, name="incident"),
    path(C + "incidents/<int:pk>/edit/", incidents.edit, name="incident_edit"),
    path(C + "incidents/<int:pk>/scope/", incidents.scope, name="incident_scope"),
    path(C + "incidents/<int:pk>/act/", incidents.act, name="incident_act"),
    path(C + "incidents/<int:pk>/pack/", incidents.pack, name="incident_pack"),
    path(C + "incidents/<int:pk>/print/", incidents.printed, name="incident_print"),
]
