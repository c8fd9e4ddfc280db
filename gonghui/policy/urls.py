"""Addresses of the rule base (规则库网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.policy.web import console

app_name = "policy"
urlpatterns = [
    path("console/policy/rules/", console.rules, name="rules"),
    path("console/policy/rules/<str:key>/", console.rule, name="rule"),
    path("console/policy/why/<str:key>/", console.rule, name="why"),
    path("console/policy/rules/<str:key>/review/", console.review_add, name="review_add"),
    path("console/policy/rules/<str:key>/local/", console.local_add, name="local_add"),
    path("console/policy/local/<int:pk>/end/", console.local_end, name="local_end"),
    path("console/policy/review/", console.review, name="review"),
    path("console/policy/whatif/", console.whatif, name="whatif"),
    path("console/policy/changes/", console.changes, name="changes"),
    path("console/policy/slips/<str:public_id>/", console.slip, name="slip"),
]
