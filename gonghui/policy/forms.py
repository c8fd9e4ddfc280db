"""Forms of the rule base (规则库表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import clock
from gonghui.core.forms import DayField, Form
from gonghui.policy import selectors
from gonghui.policy.engine import facts as facts_of
from gonghui.policy.engine import places
from gonghui.policy.engine.records import FactError, FactSpec, Rule
from gonghui.policy.enums import Verdict

ANY = [("", "不限")]


class RuleFilter(Form):
    """Search and filters of the rule list."""

    text = django_forms.CharField(label="查规则", required=False, max_length=60)
    area = django_forms.ChoiceField(label="领域", required=False)
    region = django_forms.ChoiceField(label="地区", required=False)
    level = django_forms.ChoiceField(label="级别", required=False)
    confidence = django_forms.ChoiceField(label="核对", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("area", selectors.areas()),
            ("region", selectors.regions()),
            ("level", list(selectors.LEVELS.items())),
            ("confidence", list(selectors.CONFIDENCE.items())),
        ):
            self.fields[name].choices = ANY + choices  # type: ignore[attr-defined]  # these are choice fields


class ReviewForm(Form):
    """What a reviewer found."""

    verdict = django_forms.ChoiceField(label="复核结论", choices=Verdict.choices)
    note = django_forms.CharField(label="说明", required=False, max_length=300, help_text="写明对照的是哪一版原文、第几条。")
    reviewed_on = DayField(label="复核日期", not_future=True)


class LocalForm(Form):
    """A by-law value of a unit."""

    param = django_forms.ChoiceField(label="规定的是")
    unit = django_forms.ChoiceField(label="单位")
    value = django_forms.CharField(label="值", max_length=20, help_text="整数，或像 1/2 这样的分数。")
    since = DayField(label="生效日期")
    source = django_forms.CharField(label="依据文件", max_length=120)
    article = django_forms.CharField(label="条款号", required=False, max_length=60)

    def __init__(self, *args: Any, rule: Rule, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"tighten": "，只能从严"}
        names = [(p, f"{rule.params.get(p, rule.label)}{words.get(way, '')}") for p, way in rule.local.items()]
        self.fields["param"].choices = names  # type: ignore[attr-defined]  # a choice field
        self.fields["unit"].choices = units  # type: ignore[attr-defined]  # a choice field


class PickForm(Form):
    """Choose a rule for what-if."""

    key = django_forms.ChoiceField(label="规则")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [r for r in selectors.rule_list() if r.rule.kind != "parameter"]
        self.fields["key"].choices = [(r.rule.key, f"{r.rule.label}（{r.rule.key}）") for r in rows]  # type: ignore[attr-defined]  # a choice field


class CaseForm(Form):
    """Day, place and facts of one case, made from the rule's own description (试算的一种情形)."""

    on = DayField(label="依据日期", required=False)
    at = django_forms.CharField(label="地区代码", required=False, max_length=12, help_text="6 位行政区划代码，全国写 000000。")

    def __init__(self, *args: Any, rule: Rule, draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        if not draft:
            self.fields["on"].initial, self.fields["at"].initial = clock.today(), places.NATION
        for spec in rule.facts:
            self.fields[f"fact_{spec.name}"] = _field(spec)
        if draft:
            text = django_forms.CharField(
                label="草案规则", required=False, widget=django_forms.Textarea(attrs={"rows": 8}), max_length=20000
            )
            text.help_text = "把规则文件的内容贴在这里改；不填就用现行规则。"
            text.wide = True  # type: ignore[attr-defined]  # read by the form template
            self.fields["draft"] = text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for spec in self.rule.facts:
            name = f"fact_{spec.name}"
            try:
                facts_of.value(spec, data.get(name))
            except FactError as fault:
                self.add_error(name, str(fault))
        try:
            places.code(data.get("at") or places.NATION)
        except FactError as fault:
            self.add_error("at", str(fault))
        return data

    def facts(self) -> dict[str, Any]:
        """The facts filled in."""
        found = {s.name: self.cleaned_data.get(f"fact_{s.name}") for s in self.rule.facts}
        return {name: value for name, value in found.items() if value not in (None, "")}


def _field(spec: FactSpec) -> django_forms.Field:
    label = f"{spec.label}（{spec.unit}）" if spec.unit else spec.label
    if spec.type == "bool":
        return django_forms.ChoiceField(
            label=label, required=False, choices=[("", "不知道"), ("true", "是"), ("false", "否")], help_text=spec.meaning
        )
    if spec.type == "enum":
        return django_forms.ChoiceField(
            label=label, required=False, choices=[("", "不知道"), *spec.choices.items()], help_text=spec.meaning
        )
    if spec.type == "date":
        return DayField(label=label, required=False, help_text=spec.meaning)
    return django_forms.CharField(label=label, required=False, max_length=40, help_text=spec.meaning)


class ChangesForm(Form):
    """Two days and a place."""

    first = DayField(label="从")
    last = DayField(label="到")
    at = django_forms.ChoiceField(label="地区", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].choices = selectors.regions()  # type: ignore[attr-defined]  # a choice field
