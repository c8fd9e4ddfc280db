"""Forms about employers (单位表单)."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.core.forms import DayField, Form
from gonghui.orgs.enums import WRITTEN_OFF, CoverageForm, EmployerStatus, Sector, Side, SpotState
from gonghui.orgs.forms.fields import ActorForm, UnionField, choices
from gonghui.orgs.models import Employer
from gonghui.orgs.rules import cards
from gonghui.orgs.rules.status import STEPS


class EmployerFilter(Form):
    """Filters of the ledger; the state is a tab."""

    q = forms.CharField(label="名称、编号、证照号、地址", required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"}))
    sector = forms.ChoiceField(label="单位性质", required=False, choices=choices(Sector, empty="全部"))
    status = forms.ChoiceField(label="经营状态", required=False, choices=choices(EmployerStatus, empty="全部"))
    union = forms.ChoiceField(label="所在乡镇（系统）", required=False)
    industry = forms.ChoiceField(label="行业", required=False)

    def __init__(self, *args: Any, towns: list[tuple[str, str]], industries: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in (("union", towns), ("industry", industries)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "全部"), *options]


class RegisterForm(ActorForm):
    """A new employer."""

    name = forms.CharField(label="单位名称", max_length=120)
    licence = forms.CharField(label="统一社会信用代码／注册号", max_length=30, required=False)
    sector = forms.ChoiceField(label="单位性质", choices=choices(Sector))
    industry = forms.ChoiceField(label="行业", required=False)
    union = UnionField(label="所在地工会")
    opened_on = DayField(label="开业日期", not_future=True)
    address = forms.CharField(label="地址", max_length=160, required=False)
    operator_name = forms.CharField(label="负责人", max_length=60, required=False)
    operator_id = forms.CharField(label="负责人证件号", max_length=24, required=False, help_text="只用来发现一企多照，不显示、不导出")
    phone = forms.CharField(label="联系电话", max_length=20, required=False)
    headcount = forms.IntegerField(label="职工数", min_value=0, max_value=999999, required=False)
    migrant_headcount = forms.IntegerField(label="农民工数", min_value=0, max_value=999999, required=False)
    two_new = forms.BooleanField(label="两新组织", required=False)

    def __init__(self, *args: Any, industries: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["industry"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "还不清楚"), *industries]


class EditForm(ActorForm):
    """Corrections of what the visits do not collect."""

    sector = forms.ChoiceField(label="单位性质", choices=choices(Sector))
    industry = forms.ChoiceField(label="行业", required=False)
    opened_on = DayField(label="开业日期", not_future=True)
    key_sector = forms.CharField(label="五大重点行业", max_length=16, required=False)
    two_new = forms.BooleanField(label="两新组织", required=False)
    operator_id = forms.CharField(label="更正负责人证件号", max_length=24, required=False, help_text="不改就留空")

    def __init__(self, *args: Any, industries: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["industry"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "还不清楚"), *industries]


class StatusForm(ActorForm):
    """The next status of one employer."""

    status = forms.ChoiceField(label="变更为", widget=forms.RadioSelect)
    on = DayField(label="状态日期", not_future=True, help_text="实际发生的那一天")
    evidence = forms.CharField(label="依据", max_length=200, help_text="如：登记机关注销通知书文号、现场核实情况")
    review_on = DayField(label="复核日期", required=False, not_past=True, help_text="季节性停业、停产未注销要填，到期提醒")

    def __init__(self, *args: Any, employer: Employer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = STEPS[employer.status]
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(s.value, s.label + ("（核减）" if s in WRITTEN_OFF else "")) for s in EmployerStatus if s.value in allowed]


class ReasonForm(ActorForm):
    """Only a reason."""

    reason = forms.CharField(label="理由", max_length=200)


class ValueForm(ActorForm):
    """What a visit found; empty means not asked."""

    side = forms.ChoiceField(label="来源", choices=choices(Side), initial=Side.FIELD)
    on = DayField(label="采集日期", not_future=True)
    origin = forms.CharField(label="出处", max_length=60, initial="实地走访", help_text="如：税务 2025 年 3 月名单、实地走访")
    name = forms.CharField(label="单位名称", max_length=120, required=False)
    address = forms.CharField(label="地址", max_length=160, required=False)
    operator_name = forms.CharField(label="负责人", max_length=60, required=False)
    phone = forms.CharField(label="联系电话", max_length=20, required=False)
    headcount = forms.IntegerField(label="职工数", min_value=0, required=False)
    migrant_headcount = forms.IntegerField(label="农民工数", min_value=0, required=False)
    women_headcount = forms.IntegerField(label="女职工数", min_value=0, required=False)


class LicenceForm(ActorForm):
    """A further licence."""

    number = forms.CharField(label="统一社会信用代码／注册号", max_length=30)
    name = forms.CharField(label="证照名称", max_length=120, required=False)
    since = DayField(label="发照日期", required=False, not_future=True)


class CoverForm(ActorForm):
    """A union covers this employer."""

    union = UnionField(label="覆盖工会")
    form = forms.ChoiceField(label="覆盖形式", choices=choices(CoverageForm))
    since = DayField(label="开始日期", not_future=True)
    reason = forms.CharField(label="说明", max_length=200, required=False, help_text="联合形式要写明不单独建会的理由")
    replace = forms.BooleanField(label="接替现在的同类覆盖", required=False)


class EndForm(ActorForm):
    """An end with day and reason."""

    on = DayField(label="日期", not_future=True)
    reason = forms.CharField(label="理由", max_length=200)


class CardForm(ActorForm):
    """Blocks of a card."""

    on = DayField(label="采集日期", not_future=True)

    def __init__(self, *args: Any, card: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocks = cards.BLOCKS[card]
        for key, label in self.blocks.items():
            if card == cards.FIVE and key == "reason":
                options = [("", "未选"), *cards.NO_UNION_REASONS.items()]
                self.fields[key] = forms.ChoiceField(label=label, choices=options, required=False)
            else:
                self.fields[key] = forms.CharField(label=label, max_length=300, required=False)


class DiversityForm(ActorForm):
    """The four diversities."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for axis, (label, options) in cards.DIVERSITY.items():
            self.fields[axis] = forms.MultipleChoiceField(
                label=label, choices=list(options.items()), required=False, widget=forms.CheckboxSelectMultiple
            )


class SpotForm(ActorForm):
    """What came of a visit."""

    state = forms.ChoiceField(label="进展", widget=forms.RadioSelect)
    reason = forms.ChoiceField(label="未建会原因", required=False, choices=[("", "未选"), *cards.NO_UNION_REASONS.items()])
    planned_form = forms.ChoiceField(label="拟建形式", required=False, choices=choices(CoverageForm, empty="未定"))
    next_visit = DayField(label="下次走访", required=False, not_past=True)
    next_step = forms.CharField(label="下一步", max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(s.value, s.label) for s in SpotState if s != SpotState.BUILT]


class SpotFilter(Form):
    """Filters of the blank-spot list."""

    q = forms.CharField(label="名称、地址", required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"}))
    union = forms.ChoiceField(label="所在乡镇（系统）", required=False)
    mine = forms.BooleanField(label="只看我的", required=False)
    overdue = forms.BooleanField(label="走访已过期", required=False)

    def __init__(self, *args: Any, towns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["union"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部"), *towns]


class AssignForm(ActorForm):
    """Give the chosen spots to an organiser."""

    organiser = forms.ChoiceField(label="工建指导员")
    next_visit = DayField(label="首次走访", required=False, not_past=True)

    def __init__(self, *args: Any, organisers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organiser"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = organisers
