"""Paths of booking (服务预约的网址)."""

from __future__ import annotations

from django.urls import URLPattern, path

from gonghui.booking.web import console, desk, hot, mobile, public, quiz, running, tickets

app_name = "booking"
C = "console/booking/"
M = "m/booking/"
urlpatterns: list[URLPattern] = [
    path("api/booking/take", hot.take, name="api-take"),
    path("api/booking/remaining", hot.left, name="api-remaining"),
    path(C, console.index, name="items"),
    path(C + "new/", console.new, name="new"),
    path(C + "groups/", console.groups, name="groups"),
    path(C + "<int:pk>/", console.detail, name="item"),
    path(C + "<int:pk>/design/", console.design, name="design"),
    path(C + "<int:pk>/preview/", console.preview, name="preview"),
    path(C + "<int:pk>/sessions/add/", console.session_add, name="session-add"),
    path(C + "<int:pk>/simulate/", console.simulate, name="simulate"),
    path(C + "<int:pk>/questions/", console.questions, name="questions"),
    path(C + "<int:pk>/do/<slug:verb>/", console.act, name="act"),
    path(C + "<int:pk>/board/", running.board, name="board"),
    path(C + "<int:pk>/bookings/", running.bookings, name="bookings"),
    path(C + "<int:pk>/bookings/export/", running.bookings_export, name="bookings-export"),
    path(C + "<int:pk>/waits/", running.waits, name="waits"),
    path(C + "<int:pk>/report/", running.report, name="report"),
    path(C + "<int:pk>/report/export/", running.report_export, name="report-export"),
    path(C + "sessions/<int:pk>/remove/", console.session_remove, name="session-remove"),
    path(C + "sessions/<int:pk>/resize/", console.session_resize, name="session-resize"),
    path(C + "sessions/<int:pk>/draw/", running.draw_desk, name="draw-desk"),
    path(C + "sessions/<int:pk>/draw/<slug:verb>/", running.draw_act, name="draw-act"),
    path(C + "questions/<int:pk>/drop/", console.question_drop, name="question-drop"),
    path(C + "ratings/<int:pk>/answer/", running.rating_answer, name="rating-answer"),
    path(C + "checkins/", desk.checkins, name="checkins"),
    path(C + "sessions/<int:pk>/checkin/", desk.door, name="checkin"),
    path(C + "sessions/<int:pk>/merge/", desk.merge, name="merge"),
    path(C + "bookings/<int:pk>/", desk.booking, name="booking"),
    path(C + "appeals/", desk.appeals, name="appeals"),
    path(C + "appeals/<int:pk>/", desk.appeal, name="appeal"),
    path(C + "bars/", desk.bar_list, name="bars"),
    path(C + "bars/<int:pk>/lift/", desk.bar_lift, name="bar-lift"),
    path(M, mobile.home, name="m-home"),
    path(M + "tickets/", tickets.index, name="m-tickets"),
    path(M + "tickets/<int:pk>/", tickets.ticket, name="m-ticket"),
    path(M + "tickets/<int:pk>/<slug:verb>/", tickets.act, name="m-act"),
    path(M + "waits/<int:pk>/leave/", tickets.leave, name="m-leave"),
    path(M + "pay/<slug:reference>/", tickets.pay, name="m-pay"),
    path(M + "appeals/", tickets.appeals, name="m-appeals"),
    path(M + "profile/", tickets.profile, name="m-profile"),
    path(M + "<int:pk>/", mobile.item, name="m-item"),
    path(M + "<int:pk>/take/", mobile.take, name="m-take"),
    path(M + "<int:pk>/results/", mobile.results, name="m-results"),
    path(M + "<int:pk>/quiz/", quiz.start, name="m-quiz"),
    path(M + "quiz/<int:pk>/", quiz.attempt, name="m-try"),
    path(M + "sessions/<int:pk>/why/", mobile.why, name="m-why"),
    path(M + "sessions/<int:pk>/line/", mobile.line, name="m-line"),
    path(M + "sessions/<int:pk>/remind/", mobile.remind, name="m-remind"),
    path(M + "sessions/<int:pk>/draw/<slug:verb>/", mobile.enter, name="m-enter"),
    path(M + "sessions/<int:pk>/pass/", mobile.sealed, name="m-pass"),
    path("booking/draws/<int:pk>/", public.draw, name="draw"),
    path("booking/draws/<int:pk>/proof.json", public.proof, name="draw-proof"),
]
