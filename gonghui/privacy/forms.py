"""Forms of the protection of personal data (个人信息保护表单)."""

from __future__ import annotations

from django import forms as django_forms

from gonghui.core import forms
from gonghui.privacy.enums import AssessmentState, Basis, IncidentKind, IncidentState, Trigger

ANY = [("", "全部")]


def _text(label: str, most: int, hint: str = "", rows: int = 3) -> django_forms.CharField:
    return django_forms.CharField(label=label, max_length=most, help_text=hint, widget=django_forms.Textarea({"rows": rows}))


class AssessmentFilter(forms.Form):
    """Filters of the assessments (评估筛选)."""

    q = django_forms.CharField(label="处理活动、信息种类", required=False, max_length=40)
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *AssessmentState.choices])


class IncidentFilter(forms.Form):
    """Filters of the incidents (事件筛选)."""

    q = django_forms.CharField(label="事件、信息种类", required=False, max_length=40)
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *IncidentState.choices])


class AssessmentForm(forms.Form):
    """An assessment (影响评估): the three questions of PIPL 56 and what they are asked of."""

    title = django_forms.CharField(label="处理活动", max_length=80, help_text="例如：会员证照片采集")
    trigger = django_forms.ChoiceField(label="应评估的情形", choices=Trigger.choices)
    basis = django_forms.ChoiceField(label="处理依据", choices=Basis.choices)
    kinds = _text("处理的个人信息种类", 500, rows=2)
    necessity = _text("目的、方式是否合法、正当、必要", 1000)
    effect = _text("对个人权益的影响和安全风险", 1000)
    measures = _text("保护措施是否合法、有效、与风险相适应", 1000)
    conclusion = _text("结论", 500, rows=2)


class IncidentForm(forms.Form):
    """An incident (安全事件)."""

    kind = django_forms.ChoiceField(label="种类", choices=IncidentKind.choices)
    title = django_forms.CharField(label="事件", max_length=80, help_text="一句话说清楚，不写个人的姓名和号码")
    found_at = django_forms.DateTimeField(
        label="发现时间", widget=django_forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    kinds = django_forms.CharField(label="涉及的个人信息种类", max_length=200)
    cause = _text("原因", 1000, "还没查清的写“正在调查”")
    harm = _text("可能造成的危害", 1000)
    remedy = _text("已采取的补救措施", 1000)
    advice = _text("个人可以采取的减轻危害的措施", 1000)
    contact = django_forms.CharField(label="联系方式", max_length=100)


class ScopeForm(forms.Form):
    """Who is affected (圈定受影响的人): by an account and a span, or by a union and a day."""

    account = django_forms.CharField(label="账号（登录名）", max_length=40, required=False)
    since = forms.DayField(label="从", required=False)
    until = forms.DayField(label="到（含）", required=False)
    union = django_forms.CharField(label="工会代码", max_length=40, required=False)
    on = forms.DayField(label="名册日期", required=False)

    def clean(self) -> dict[str, object]:
        """One of the two ways, whole."""
        data: dict[str, object] = super().clean() or {}
        by_account = data.get("account") and data.get("since") and data.get("until")
        by_union = data.get("union") and data.get("on")
        if bool(by_account) == bool(by_union):
            raise django_forms.ValidationError("请填一种圈定办法：账号和起止日期，或者工会代码和名册日期。")
        return data


class ReportForm(forms.Form):
    """That the authority was told (报告主管部门)."""

    to = django_forms.CharField(label="报告的部门", max_length=80)
    on = forms.DayField(label="报告日期")


class CloseForm(forms.Form):
    """Closing (办结)."""

    lesson = _text("整改情况", 1000)
    no_notice_reason = django_forms.CharField(label="没有通知本人的，写明理由", max_length=300, required=False)
