"""Paths of documents (文书的网址)."""

from __future__ import annotations

from django.urls import URLPattern, path

from gonghui.documents.web import console, public

app_name = "documents"
urlpatterns: list[URLPattern] = [
    path("console/documents/", console.document_list, name="list"),
    path("console/documents/pack/", console.pack, name="pack"),
    path("console/documents/<int:pk>/", console.document, name="document"),
    path("console/documents/<int:pk>/word/", console.document_word, name="word"),
    path("console/documents/<int:pk>/cancel/", console.cancel, name="cancel"),
    path("console/documents/templates/", console.template_list, name="templates"),
    path("console/documents/templates/<str:key>/", console.template, name="template"),
    path("console/documents/templates/<str:key>/new/", console.template_new, name="template_new"),
    path("console/documents/templates/<str:key>/<int:number>/activate/", console.template_activate, name="template_activate"),
    path("documents/check/", public.check, name="check"),
    path("documents/check/<str:code>/", public.check, name="check_code"),
]
