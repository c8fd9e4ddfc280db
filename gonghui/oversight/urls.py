"""Paths of oversight (经审与公开的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.oversight.web import audits, findings, mobile, statements, training, workbench

app_name = "oversight"
C = "console/oversight/"
M = "m/oversight/"
T = C + "tasks/<int:pk>/"
urlpatterns = [
    path(C + "tasks/", audits.index, name="tasks"),
    path(C + "plans/", audits.plans, name="plans"),
    path(C + "plans/new/", audits.plan_new, name="plan_new"),
    path(C + "plans/<int:pk>/", audits.plan, name="plan"),
    path(C + "plans/<int:pk>/issue/", audits.plan_issue, name="plan_issue"),
    path(C + "plans/<int:pk>/print/", audits.plan_print, name="plan_print"),
    path(T, audits.task, name="task"),
    path(T + "team/", audits.team, name="team"),
    path(T + "begin/", audits.begin, name="begin"),
    path(T + "roster/", audits.roster, name="roster"),
    path(T + "samples/<int:n>/", audits.look, name="look"),
    path(T + "scores/", findings.scores, name="scores"),
    path(T + "findings/new/", findings.finding_new, name="finding_new"),
    path(T + "report/", findings.report, name="report"),
    path(T + "print/", findings.printed, name="task_print"),
    path(C + "findings/", findings.index, name="findings"),
    path(C + "findings/export/", findings.export, name="findings_export"),
    path(C + "findings/<int:pk>/", findings.page, name="finding"),
    path(C + "findings/<int:pk>/rectify/", findings.rectify, name="rectify"),
    path(C + "findings/<int:pk>/follow/", findings.follow, name="follow"),
    path(C + "findings/<int:pk>/proofs/<int:n>/", findings.proof, name="proof"),
    path(C + "workbench/", workbench.index, name="workbench"),
    path(C + "workbench/<int:pk>/", workbench.board, name="board"),
    path(C + "workbench/<int:pk>/<slug:key>/", workbench.total, name="total"),
    path(C + "trail/<int:pk>/", workbench.trail, name="trail"),
    path(C + "overrides/", workbench.overrides, name="overrides"),
    path(C + "overrides/export/", workbench.overrides_export, name="overrides_export"),
    path(C + "statements/", statements.index, name="statements"),
    path(C + "statements/new/", statements.new, name="statement_new"),
    path(C + "statements/<int:pk>/", statements.page, name="statement"),
    path(C + "statements/<int:pk>/publish/", statements.publish, name="statement_publish"),
    path(C + "statements/<int:pk>/print/", statements.printed, name="statement_print"),
    path(C + "questions/<int:pk>/", statements.answer, name="answer"),
    path(C + "classes/", training.index, name="classes"),
    path(C + "classes/new/", training.new, name="class_new"),
    path(C + "classes/<int:pk>/", training.page, name="class"),
    path(C + "classes/<int:pk>/hold/", training.hold, name="class_hold"),
    path(C + "classes/<int:pk>/print/", training.printed, name="class_print"),
    path(M + "statements/", mobile.index, name="m-statements"),
    path(M + "statements/<int:pk>/", mobile.page, name="m-statement"),
    path(M + "faq/", mobile.faq, name="m-faq"),
]
