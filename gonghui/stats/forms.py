"""Forms of statistics (统计表单)."""

from __future__ import annotations

from django import forms

from gonghui.stats.selectors import DIMS, OF, POPULATIONS

CHOICES = [(d.key, d.label) for d in DIMS.values()]


class CrossForm(forms.Form):
    """What is crossed with what (交叉表条件)."""

    population = forms.ChoiceField(label="统计对象", choices=list(POPULATIONS.items()))
    row = forms.ChoiceField(label="行", choices=CHOICES)
    column = forms.ChoiceField(label="列", choices=CHOICES)
    of = forms.ChoiceField(label="百分比的分母", choices=list(OF.items()))
