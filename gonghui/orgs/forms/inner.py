"""Forms of workshops and seasons (车间队站、季节人数表单)."""

from __future__ import annotations

from django import forms

from gonghui.core.forms import DayField
from gonghui.orgs.enums import Season
from gonghui.orgs.forms.fields import ActorForm, choices


class WorkUnitForm(ActorForm):
    """A workshop, team or station and its headcount."""

    name = forms.CharField(label="车间（队、站）名称", max_length=60)
    headcount = forms.IntegerField(label="人数", min_value=0, max_value=100000)
    on = DayField(label="人数日期", not_future=True)


class WorkshopForm(ActorForm):
    """Its committee."""

    name = forms.CharField(label="工会全称", max_length=120)
    founded_on = DayField(label="成立日期", not_future=True)
    document_no = forms.CharField(label="批复文号", max_length=60, required=False)


class SeasonForm(ActorForm):
    """Headcount of a season."""

    season = forms.ChoiceField(label="季节", choices=choices(Season))
    persons = forms.IntegerField(label="人数", min_value=0, max_value=100000)
    on = DayField(label="日期", not_future=True)


class ConvertForm(ActorForm):
    """An organiser becomes a project union."""

    name = forms.CharField(label="项目部工会全称", max_length=120)
    on = DayField(label="转为工会的日期", not_future=True)
    document_no = forms.CharField(label="批复文号", max_length=60, required=False)


class CoverForm(ActorForm):
    """What a federation covers and leans on."""

    covered_areas = forms.CharField(
        label="覆盖的村（社区）", required=False, max_length=2000, help_text="区划代码或村名，用顿号、逗号或空格分开",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    association = forms.CharField(label="依托的行业协会", required=False, max_length=80)
    industry = forms.CharField(label="行业代码", required=False, max_length=5, help_text="GB/T 4754")
    on = DayField(label="变更日期", not_future=True)

    def clean_covered_areas(self) -> list[str]:
        """Words of the list, each once, in order."""
        text = self.cleaned_data["covered_areas"]
        for mark in "、，,；;\n\r\t":
            text = text.replace(mark, " ")
        return list(dict.fromkeys(text.split()))
