"""Forms of the portal (门户表单)."""

from __future__ import annotations

from django import forms as django_forms

from gonghui.core import forms
from gonghui.portal.enums import Audience, Channel


class PublicationForm(forms.Form):
    """A text to publish (稿件)."""

    title = django_forms.CharField(label="标题", max_length=80)
    channel = django_forms.ChoiceField(label="渠道", choices=Channel.choices)
    audience = django_forms.ChoiceField(label="对象", choices=Audience.choices, initial=Audience.SIGNED_IN)
    body = django_forms.CharField(label="正文", max_length=20000, widget=django_forms.Textarea(attrs={"rows": 10}))


class ExperienceForm(forms.Form):
    """A case (典型经验)."""

    title = django_forms.CharField(label="题目", max_length=80)
    tags = django_forms.CharField(label="标签（选填）", required=False, max_length=120, help_text="用空格隔开，如：建会 货车司机。")
    summary = django_forms.CharField(label="做法和效果", max_length=4000, widget=django_forms.Textarea(attrs={"rows": 6}))
    point = django_forms.CharField(label="示范点组织代码（选填）", required=False, max_length=24)
