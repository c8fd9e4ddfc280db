"""Paths of figures (指标的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.figures.web import console, reports

app_name = "figures"
urlpatterns = [
    path("console/figures/", console.home, name="home"),
    path("console/figures/export/", console.export_figures, name="export"),
    path("console/figures/rates/", console.rates, name="rates"),
    path("console/figures/bridge/", console.bridge_page, name="bridge"),
    path("console/figures/trend/", console.trend, name="trend"),
    path("console/figures/definitions/", console.definition_list, name="definitions"),
    path("console/figures/definitions/<str:slug>/", console.definition, name="definition"),
    path("console/figures/reported/", reports.reported, name="reported"),
    path("console/figures/reported/new/", reports.reported_new, name="reported_new"),
    path("console/figures/reported/import/", reports.reported_import, name="reported_import"),
    path("console/figures/reported/template/", reports.reported_template, name="reported_template"),
    path("console/figures/reports/", reports.reports, name="reports"),
    path("console/figures/reports/prepare/", reports.report_prepare, name="report_prepare"),
    path("console/figures/reports/<int:pk>/", reports.report, name="report"),
    path("console/figures/reports/<int:pk>/check/", reports.report_check, name="report_check"),
    path("console/figures/reports/<int:pk>/release/", reports.report_release, name="report_release"),
    path("console/figures/reports/<int:pk>/correct/", reports.report_correct, name="report_correct"),
    path("console/figures/reports/<int:pk>/export/", reports.report_export, name="report_export"),
    path("console/figures/periods/", reports.period_put, name="period_put"),
]
