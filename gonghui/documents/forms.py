"""Forms of documents (文书表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import forms


class ListFilter(forms.Form):
    """Filters of the ledger."""

    q = django_forms.CharField(label="标题、文号、查验码", required=False, max_length=60)
    kind = django_forms.ChoiceField(label="种类", required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部"), *kinds]  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    """A new version of a template."""

    source = django_forms.CharField(label="范本正文", max_length=20000, widget=django_forms.Textarea({"rows": 22, "spellcheck": "false"}))
    note = django_forms.CharField(label="修改说明", max_length=200, help_text="改了什么、为什么改")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].wide = True  # type: ignore[attr-defined]  # read by the form template


class ActivateForm(forms.Form):
    """From when a version is used."""

    on = forms.DayField(label="启用日期", not_past=True)


class CancelForm(forms.Form):
    """Why a document is declared void."""

    reason = django_forms.CharField(label="作废理由", max_length=200)


class CheckForm(forms.Form):
    """The public question."""

    q = django_forms.CharField(label="查验码或文号", max_length=60)
