"""Forms of field work (上门服务表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django

from gonghui.core import forms
from gonghui.fieldwork.enums import Argument, Maturity, NeedKind, Outcome, Purpose, Refusal, Visitor, VisitState, WarningKind
from gonghui.fieldwork.rules.words import CHECKLIST
from gonghui.orgs.enums import CoverageForm

NONE = [("", "—")]


class VisitFilter(forms.Form):
    q = django.CharField(label="单位名称、地址", required=False, max_length=60)
    outcome = django.ChoiceField(label="结果", required=False, choices=[("", "全部结果"), *Outcome.choices])
    purpose = django.ChoiceField(label="目的", required=False, choices=[("", "全部目的"), *Purpose.choices])
    organiser = django.ChoiceField(label="指导员", required=False)
    since = forms.DayField(label="从", required=False)
    until = forms.DayField(label="到", required=False)

    def __init__(self, *args: Any, organisers: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organiser"].choices = [("", "全部指导员"), *((str(k), v) for k, v in organisers.items())]  # type: ignore[attr-defined]


class VisitForm(forms.Form):
    """A visit order, planned or done (走访单)."""

    purpose = django.ChoiceField(label="目的", choices=Purpose.choices)
    state = django.ChoiceField(label="状态", choices=VisitState.choices)
    planned_on = forms.DayField(label="计划日期", required=False)
    visited_on = forms.DayField(label="走访日期", required=False, not_future=True)
    visitor = django.ChoiceField(label="谁去的", required=False, choices=[*NONE, *Visitor.choices])
    outcome = django.ChoiceField(label="结果", required=False, choices=[*NONE, *Outcome.choices])
    refusal = django.ChoiceField(label="不同意的原因", required=False, choices=[*NONE, *Refusal.choices])
    proposed_form = django.ChoiceField(label="建议形式", required=False, choices=[*NONE, *CoverageForm.choices])
    maturity = django.ChoiceField(label="成熟度", required=False, choices=[*NONE, *Maturity.choices])
    next_visit = forms.DayField(label="下次走访", required=False)
    arguments = django.MultipleChoiceField(label="说的道理", required=False, choices=Argument.choices, widget=django.CheckboxSelectMultiple)
    checklist = django.MultipleChoiceField(
        label="清单", required=False, choices=list(CHECKLIST.items()), widget=django.CheckboxSelectMultiple
    )
    needs = django.MultipleChoiceField(label="职工需求", required=False, choices=NeedKind.choices, widget=django.CheckboxSelectMultiple)
    warnings = django.MultipleChoiceField(label="预警", required=False, choices=WarningKind.choices, widget=django.CheckboxSelectMultiple)
    note = django.CharField(label="记录", required=False, max_length=500, widget=django.Textarea(attrs={"rows": 3}))
    base = django.IntegerField(widget=django.HiddenInput, min_value=0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("state") == VisitState.DONE:
            if not data.get("visited_on"):
                self.add_error("visited_on", "已走访的要填走访日期。")
            if not data.get("outcome"):
                self.add_error("outcome", "已走访的要选结果。")
        if data.get("outcome") == Outcome.REFUSED and not data.get("refusal"):
            self.add_error("refusal", "不同意的要选原因，大家好知道下次怎么谈。")
        return data

    def fields_sent(self) -> dict[str, Any]:
        """As the merge takes them."""
        return {
            k: (v.isoformat() if hasattr(v, "isoformat") else v if v is not None else None)
            for k, v in self.cleaned_data.items()
            if k != "base"
        }


class OrderForm(forms.Form):
    """An officer orders a visit (派走访单)."""

    organiser = django.ChoiceField(label="工建指导员")
    purpose = django.ChoiceField(label="目的", choices=Purpose.choices)
    planned_on = forms.DayField(label="计划日期", not_past=True)

    def __init__(self, *args: Any, organisers: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organiser"].choices = [(str(k), v) for k, v in organisers.items()]  # type: ignore[attr-defined]


class PortfolioForm(forms.Form):
    """Give an area to an organiser (包片)."""

    organiser = django.ChoiceField(label="工建指导员")
    union = django.ChoiceField(label="片区")
    industry = django.ChoiceField(label="行业", required=False)

    def __init__(
        self, *args: Any, organisers: dict[int, str], areas: list[tuple[int, str]], industries: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organiser"].choices = [(str(k), v) for k, v in organisers.items()]  # type: ignore[attr-defined]
        self.fields["union"].choices = [(str(k), v) for k, v in areas]  # type: ignore[attr-defined]
        self.fields["industry"].choices = [("", "全部行业"), *industries.items()]  # type: ignore[attr-defined]


class StageForm(forms.Form):
    """Move a follow-up one stage (推进成熟度)."""

    stage = django.ChoiceField(label="推进到", choices=Maturity.choices)
    reason = django.CharField(label="理由", required=False, max_length=120)


class WordsForm(forms.Form):
    """One line of words (一句话)."""

    words = django.CharField(label="内容", max_length=300, widget=django.Textarea(attrs={"rows": 2}))


class WorksFilter(forms.Form):
    since = forms.DayField(label="从", required=False)
    until = forms.DayField(label="到", required=False)
    industry = django.ChoiceField(label="行业", required=False)

    def __init__(self, *args: Any, industries: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["industry"].choices = [("", "全部行业"), *industries.items()]  # type: ignore[attr-defined]
