"""Forms of a federation's papers (协议、职代会表单)."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.core.forms import DayField, Form
from gonghui.orgs.enums import AgreementKind
from gonghui.orgs.forms.fields import ActorForm, choices
from gonghui.orgs.models import Employer, Union
from gonghui.orgs.selectors.federations import STATES


class AgreementForm(ActorForm):
    """A signed agreement."""

    kind = forms.ChoiceField(label="种类", choices=choices(AgreementKind))
    number = forms.CharField(label="编号", max_length=60)
    counterpart = forms.CharField(label="企业方", max_length=120, help_text="如：茶叶行业协会、各企业推举的代表")
    signed_on = DayField(label="签订日期", not_future=True)
    valid_until = DayField(label="期满日期")
    employers = forms.CharField(
        label="协议所列单位", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一行一家，写单位编号或全称；不填就是签订那天覆盖的全部单位",
    )  # fmt: skip
    file = forms.FileField(label="协议文本", required=False, help_text="扫描件或电子版，不超过 20 MB")

    def __init__(self, *args: Any, union: Union, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.union = union
        self.fields["employers"].wide = True  # type: ignore[attr-defined]  # read by ui/_form.html

    def clean_employers(self) -> list[Employer] | None:
        """The employers named, out of those the federation has ever covered; None without any."""
        words = [line.strip() for line in self.cleaned_data["employers"].splitlines() if line.strip()]
        if not words:
            return None
        covered = Employer.objects.filter(coverages__union=self.union).distinct()
        known = {key: e for e in covered for key in (e.code, e.name)}
        if missing := [w for w in words if w not in known]:
            raise forms.ValidationError(f"{self.union.name}没有覆盖这些单位：{'、'.join(missing[:5])}。请核对编号或全称。", code="none")
        return list({known[w].pk: known[w] for w in words}.values())


class AgreementEndForm(ActorForm):
    """An agreement ends early."""

    on = DayField(label="终止日期", not_future=True)
    reason = forms.CharField(label="原因", max_length=200, min_length=4)


class CongressForm(ActorForm):
    """A session of the regional or industry workers' congress."""

    name = forms.CharField(label="届次名称", max_length=80, help_text="如：第二届第一次区域职工代表大会")
    on = DayField(label="会议日期", not_future=True)
    delegates = forms.IntegerField(label="代表人数", min_value=1, max_value=100000)
    present = forms.IntegerField(label="到会人数", min_value=0, max_value=100000)
    result = forms.CharField(label="结果", max_length=400, widget=forms.Textarea(attrs={"rows": 3}), help_text="通过了什么、票数、交办的事")
    minutes = forms.FileField(label="会议记录", required=False, help_text="扫描件或电子版，不超过 20 MB")


class AgreementFilter(Form):
    """Which agreements (协议筛选)."""

    q = forms.CharField(label="编号、联合会、企业方", required=False, max_length=40)
    kind = forms.ChoiceField(label="种类", required=False, choices=choices(AgreementKind, empty="全部"))
    state = forms.ChoiceField(label="状态", required=False, choices=list(STATES.items()), widget=forms.HiddenInput)


class CoveredFilter(Form):
    """Which covered employers on which day (覆盖单位筛选)."""

    q = forms.CharField(label="单位名称、编号", required=False, max_length=40)
    on = DayField(label="哪一天", required=False, not_future=True)
