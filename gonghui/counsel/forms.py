"""Forms of psychological care (心理关爱表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import forms
from gonghui.counsel.enums import GatheringKind, GatheringState, Mode, RiskLevel, RiskState, Topic
from gonghui.counsel.rules import MONDAY_ON

ANY = [("", "全部")]


def long_text(label: str, most: int, hint: str = "", *, required: bool = True, rows: int = 3) -> django_forms.CharField:
    """A field of several lines over the whole width."""
    field = django_forms.CharField(
        label=label, max_length=most, help_text=hint, required=required, widget=django_forms.Textarea({"rows": rows})
    )
    field.wide = True  # type: ignore[attr-defined]  # read by the form's template
    return field


class SessionFilter(forms.Form):
    """Filters of the own sessions (筛选)."""

    q = django_forms.CharField(label="化名或编号", required=False, max_length=20)
    topic = django_forms.ChoiceField(label="主题", required=False, choices=[*ANY, *Topic.choices])


class CounsellorFilter(forms.Form):
    """Filters of the counsellors (筛选)."""

    q = django_forms.CharField(label="姓名、资质", required=False, max_length=40)
    state = django_forms.ChoiceField(label="服务", required=False, choices=[*ANY, ("on", "在服务"), ("off", "已停止")])


class GatheringFilter(forms.Form):
    """Filters of the activities (筛选)."""

    q = django_forms.CharField(label="题目、地点、主讲人", required=False, max_length=40)
    kind = django_forms.ChoiceField(label="种类", required=False, choices=[*ANY, *GatheringKind.choices])
    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *GatheringState.choices])


class RiskFilter(forms.Form):
    """Filters of the flags (筛选)."""

    state = django_forms.ChoiceField(label="状态", required=False, choices=[*ANY, *RiskState.choices])


class CounsellorForm(forms.Form):
    """A counsellor (咨询师)."""

    name = django_forms.CharField(label="姓名", max_length=40)
    username = django_forms.CharField(
        label="登录账号", max_length=60, help_text="已授予“心理咨询师”角色的账号。登记后不能换：会谈记录只对这个账号打开。"
    )
    certificate = django_forms.CharField(label="资质", max_length=80, help_text="例如：国家二级心理咨询师")
    certificate_no = django_forms.CharField(label="证书编号", max_length=40)
    certificate_until = forms.DayField(label="证书有效期至", required=False)
    topics = django_forms.MultipleChoiceField(label="擅长主题", choices=Topic.choices, widget=django_forms.CheckboxSelectMultiple)
    place = django_forms.CharField(
        label="咨询室地点", max_length=120, required=False, help_text="写到门口，例如：职工服务中心三楼 306，走东侧电梯"
    )
    online_words = django_forms.CharField(
        label="线上怎么进入", max_length=160, required=False, help_text="例如：到时间在本页留言里看会议号"
    )
    intro = long_text("介绍", 400, "来访者看得到", required=False)


class HourForm(forms.Form):
    """A weekly time (接待时间)."""

    weekday = django_forms.TypedChoiceField(label="星期", coerce=int, choices=list(enumerate(MONDAY_ON)))
    begins = django_forms.TimeField(label="开始", widget=django_forms.TimeInput({"type": "time"}))
    ends = django_forms.TimeField(label="结束", widget=django_forms.TimeInput({"type": "time"}))
    mode = django_forms.ChoiceField(label="方式", choices=Mode.choices)


class UntilForm(forms.Form):
    """Until when slots are opened (开放到)."""

    until = forms.DayField(label="开放到")


class LetterForm(forms.Form):
    """A letter (留言)."""

    text = long_text("留言", 1000)


class RecordForm(forms.Form):
    """A record (会谈记录)."""

    text = long_text("会谈记录", 8000, "保存后加密封存，只有您能打开，不能修改，可以补记。", rows=8)


class RiskForm(forms.Form):
    """A flag (危机干预)."""

    level = django_forms.ChoiceField(label="风险程度", choices=RiskLevel.choices)
    why = long_text("看到、听到了什么", 1000, "加密保存。只写必要的事实，不写化名和姓名。")


class VoteForm(forms.Form):
    """What one of the two decides (核准)."""

    reason = long_text("理由", 500, "加密保存，办理人能打开")


class StepForm(forms.Form):
    """What was done (处置经过)."""

    text = long_text("做了什么", 1000)


class HandoverForm(forms.Form):
    """To whom and why (转介)."""

    taker = django_forms.TypedChoiceField(label="转给谁", coerce=int)
    why = long_text("理由", 500, "来访者会看到，由来访者决定")

    def __init__(self, *args: Any, takers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].choices = takers  # type: ignore[attr-defined]  # a ChoiceField


class GatheringForm(forms.Form):
    """An activity (人文关怀活动)."""

    kind = django_forms.ChoiceField(label="种类", choices=GatheringKind.choices)
    title = django_forms.CharField(label="题目", max_length=80)
    starts_at = forms.MomentField(label="开始时间")
    place = django_forms.CharField(label="地点", max_length=120)
    speaker = django_forms.CharField(label="主讲人", max_length=60, required=False)
    capacity = django_forms.IntegerField(label="名额", min_value=1, max_value=100_000)
    words = long_text("内容", 500, required=False)


class CameForm(forms.Form):
    """How many came (到场)."""

    came = django_forms.IntegerField(label="到场人数", min_value=0, max_value=100_000)


class BookForm(forms.Form):
    """Booking on the phone (匿名预约)."""

    slot = django_forms.IntegerField(widget=django_forms.HiddenInput, min_value=1)
    alias = django_forms.CharField(label="化名", max_length=20, help_text="咨询师这样称呼您，别人都看不到。不要写真名。")
    topic = django_forms.ChoiceField(label="想谈什么", choices=Topic.choices)
    phone_number = forms.PhoneField(label="紧急时的手机号", help_text="加密封存。只在您同意，或者危及生命并由两人核准时才启封。")
    words = long_text("想先告诉咨询师的话", 1000, "选填。只有这位咨询师能看到。", required=False)


class RateForm(forms.Form):
    """Stars and words (评价)."""

    stars = django_forms.TypedChoiceField(label="几颗星", coerce=int, choices=[(n, f"{n} 星") for n in range(5, 0, -1)])
    words = django_forms.CharField(label="意见", max_length=200, required=False, help_text="选填。匿名汇总，不要写能认出您的内容。")
