"""Forms of approvals (审批表单)."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.approvals import kinds
from gonghui.approvals.enums import ApprovalState, Decision
from gonghui.core.forms import DayField, Form

DUE = [("", "全部期限"), ("overdue", "已超期"), ("today", "今天到期"), ("week", "7 天内到期"), ("none", "没有期限")]


class InboxFilter(Form):
    """Filter of the inbox (筛选待办)."""

    q = forms.CharField(label="标题或工会", required=False, max_length=60)
    kind = forms.ChoiceField(label="事项", required=False)
    due = forms.ChoiceField(label="期限", required=False, choices=DUE)

    def __init__(self, *args: Any, found: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部事项"), *sorted(found.items(), key=lambda kv: kv[1])]  # type: ignore[attr-defined]  # a ChoiceField


class ListFilter(Form):
    """Filter of the list (筛选台账)."""

    kind = forms.ChoiceField(label="事项", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *ApprovalState.choices])
    mine = forms.BooleanField(label="只看我送审的", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部事项"), *kinds.labels().items()]  # type: ignore[attr-defined]  # a ChoiceField


class DecideForm(Form):
    """A decision with its opinion (审批意见). `level` and `round` are those the reader saw."""

    decision = forms.ChoiceField(label="意见", choices=Decision.choices)
    opinion = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不同意、退回时要写，送审人会看到。",
    )
    level = forms.IntegerField(widget=forms.HiddenInput)
    round = forms.IntegerField(widget=forms.HiddenInput)


class NoteForm(Form):
    """A note (说明)."""

    note = forms.CharField(label="说明", required=False, max_length=500)


class DelegationForm(Form):
    """Let another decide for a time (委托)."""

    taker = forms.CharField(label="委托给（姓名）", max_length=60)
    taker_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="事项", required=False)
    since = DayField(label="从", not_past=True)
    until = DayField(label="到（不含）", not_past=True)
    reason = forms.CharField(label="理由", min_length=2, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部事项"), *kinds.labels().items()]  # type: ignore[attr-defined]  # a ChoiceField
