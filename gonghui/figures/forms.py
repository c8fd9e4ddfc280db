"""Forms of figures (指标表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import forms
from gonghui.figures import definitions


class ClaimForm(forms.Form):
    """A number as claimed (上报数)."""

    key = django_forms.ChoiceField(label="指标")
    on = forms.DayField(label="截止日")
    claimed = django_forms.CharField(label="上报值", max_length=24, help_text="照原文写：比率写 98%，个数写 4138。")
    source = django_forms.CharField(label="出处", max_length=120, help_text="如“2025 年工作总结”。")
    numerator = django_forms.IntegerField(label="上报分子（选填）", required=False, min_value=0)
    denominator = django_forms.IntegerField(
        label="上报分母（选填）", required=False, min_value=0, help_text="填了就核对这个比率能不能由整数得出。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["key"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [(d.key, d.label) for d in definitions.all_definitions().values() if not d.pattern]


class DenominatorForm(django_forms.Form):
    """Percentages whose total is to be recovered (由百分比倒推分母)."""

    rates = django_forms.CharField(label="百分比", max_length=120, help_text="用空格隔开，照原文的小数位写：20.66% 53.77%")
    most = django_forms.IntegerField(label="分母最大到", initial=500, min_value=1, max_value=5000)


class ReasonForm(forms.Form):
    """Why a released report is corrected (更正理由)."""

    reason = django_forms.CharField(label="更正理由", max_length=200, widget=django_forms.Textarea(attrs={"rows": 2}))


class PeriodForm(forms.Form):
    """A statistical period (统计期)."""

    name = django_forms.CharField(label="名称", max_length=40)
    opening = forms.DayField(label="期初")
    closing = forms.DayField(label="期末")
    current = django_forms.BooleanField(label="设为当前统计期", required=False)


class UploadForm(django_forms.Form):
    """A file of claims (上报数文件)."""

    file = django_forms.FileField(label="文件（xlsx 或 csv）")
