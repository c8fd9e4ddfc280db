"""Paths of fieldwork (上门服务的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.fieldwork.web import console, mobile, organisers, sync

app_name = "fieldwork"
_C, _M = "console/fieldwork/", "m/fieldwork/"
urlpatterns = [
    path(_C + "visits/", console.visit_list, name="visits"),
    path(_C + "visits/print/", console.visits_print, name="visits_print"),
    path(_C + "visits/export/", console.visits_export, name="visits_export"),
    path(_C + "visits/<int:pk>/", console.visit, name="visit"),
    path(_C + "visits/<int:pk>/print/", console.visit_print, name="visit_print"),
    path(_C + "order/", console.order_find, name="order_find"),
    path(_C + "order/<int:employer>/", console.order, name="order"),
    path(_C + "stages/<int:pk>/", console.stage, name="stage"),
    path(_C + "clashes/", console.clash_list, name="clashes"),
    path(_C + "clashes/<int:pk>/", console.clash, name="clash"),
    path(_C + "devices/", console.device_list, name="devices"),
    path(_C + "devices/<int:pk>/revoke/", console.device_revoke, name="device_revoke"),
    path(_C + "helps/", console.help_list, name="helps"),
    path(_C + "helps/<int:pk>/answer/", console.help_answer, name="help_answer"),
    path(_C + "organisers/", organisers.index, name="organisers"),
    path(_C + "portfolios/<int:pk>/end/", organisers.portfolio_end, name="portfolio_end"),
    path(_C + "organisers/<int:user>/month/", organisers.month, name="month"),
    path(_C + "organisers/<int:user>/week/", organisers.week, name="week"),
    path(_C + "works/", organisers.what_works, name="works"),
    path(_M, mobile.index, name="today"),
    path(_M + "employers/<int:pk>/", mobile.shop, name="shop"),
    path(_M + "employers/<int:pk>/card/<str:kind>/", mobile.card, name="card"),
    path(_M + "employers/<int:pk>/visit/", mobile.visit, name="report"),
    path(_M + "kit/", sync.kit, name="kit"),
    path(_M + "sw.js", sync.worker, name="worker"),
    path(_M + "kit.webmanifest", sync.manifest, name="manifest"),
    path(_M + "phone/", sync.enrol, name="enrol"),
    path(_M + "phone/register/", sync.register, name="register"),
    path(_M + "phone/<str:public_id>/standing/", sync.standing, name="standing"),
    path("api/fieldwork/sync/", sync.exchange, name="exchange"),
]
