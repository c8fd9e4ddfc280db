"""Forms of campaigns (表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django
from django.utils.datastructures import MultiValueDict

from gonghui.campaigns.enums import (
    Basis,
    CampaignState,
    Duty,
    Line,
    Measure,
    PartnerKind,
    Result,
    ServiceKind,
    SiteKind,
    Step,
)
from gonghui.core import clock, forms

NONE = [("", "不指定")]
Choices = list[tuple[str, str]]


class Filter(forms.Form):
    """Conditions of the list."""

    q = django.CharField(label="行动名称、目标或主办工会", required=False, max_length=60)
    state = django.ChoiceField(label="状态", required=False, choices=[("", "全部"), *CampaignState.choices])


class CampaignForm(forms.Form):
    """The head of a campaign."""

    name = django.CharField(label="行动名称", max_length=80)
    goal = django.CharField(label="目标", max_length=300, widget=django.Textarea(attrs={"rows": 2}))
    since = forms.DayField(label="开始日期")
    until = forms.DayField(label="结束日期")
    categories = django.MultipleChoiceField(
        label="行动对象", required=False, widget=django.CheckboxSelectMultiple, help_text="不选就数辖区里全部；可以选几项，符合一项就数"
    )
    document_no = django.CharField(label="方案文号", max_length=60, required=False)
    pilot = django.CharField(label="试点地区", max_length=80, required=False)
    party_org = django.CharField(label="联动党组织", max_length=120, required=False, help_text="写了才能登记同部署、同检查、同考核")
    kickoff_on = forms.DayField(label="启动日期", required=False)
    kickoff_place = django.CharField(label="启动地点", max_length=120, required=False)

    def __init__(self, *args: Any, categories: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = categories  # type: ignore[attr-defined]  # a choice field
        for name in ("goal", "categories"):
            self.fields[name].wide = True  # type: ignore[attr-defined]  # read by our field template


class Part(forms.Form):
    """A small form of the campaign's room: it knows the teams and unions one may name."""

    def __init__(
        self, data: MultiValueDict[str, Any] | None = None, files: Any = None, *, teams: Choices, unions: Choices, **kwargs: Any
    ) -> None:
        super().__init__(data, files, **kwargs)
        for name, choices in (("team", teams), ("union", unions)):
            if name in self.fields:
                field: Any = self.fields[name]
                field.choices = choices if field.required else [*NONE, *choices]


class LeaderForm(Part):
    """One of the leading group."""

    duty = django.ChoiceField(label="分工", choices=Duty.choices)
    name = django.CharField(label="姓名", max_length=40)
    title = django.CharField(label="单位和职务", max_length=80, required=False)


class PartnerForm(Part):
    """A department or association."""

    kind = django.ChoiceField(label="类别", choices=PartnerKind.choices)
    name = django.CharField(label="名称", max_length=80)
    task = django.CharField(label="分工", max_length=200, required=False)


class TeamForm(Part):
    """A team."""

    name = django.CharField(label="小队名称", max_length=40)
    leader_name = django.CharField(label="队长", max_length=40)
    login = django.CharField(label="队长账号", max_length=60, required=False, help_text="填登录名，队长就能在手机上登记")


class AssignForm(Part):
    """What a team answers for."""

    team = django.ChoiceField(label="小队")
    union = django.ChoiceField(label="工会（含下级）", required=False)
    employer = django.CharField(label="或一个单位的编号", max_length=24, required=False)


class TargetForm(Part):
    """A target."""

    measure = django.ChoiceField(label="项目", choices=Measure.choices, initial=Measure.MEMBERS)
    value = django.IntegerField(label="指标数", min_value=1, max_value=10_000_000)
    team = django.ChoiceField(label="小队", required=False)
    union = django.ChoiceField(label="地区（工会）", required=False, help_text="小队和地区都不选，就是全行动的指标")


class PlanForm(Part):
    """A step of the plan."""

    step = django.ChoiceField(label="步骤", choices=Step.choices)
    due_on = forms.DayField(label="日期")
    words = django.CharField(label="工会事项", max_length=200)
    party_words = django.CharField(label="党组织事项", max_length=200, required=False, help_text="同部署、同检查、同考核要写")


class AttendeeForm(Part):
    """Attendance by unit."""

    unit = django.CharField(label="单位", max_length=80)
    people = django.IntegerField(label="到会人数", min_value=1, max_value=100_000)


class PublicityForm(Part):
    """An item of the three lines."""

    line = django.ChoiceField(label="战线", choices=Line.choices)
    channel = django.CharField(label="渠道", max_length=40, help_text="例如 动员会、微信、市政府网、报纸")
    title = django.CharField(label="标题", max_length=120)
    team = django.ChoiceField(label="小队", required=False)
    planned_on = forms.DayField(label="计划日期", required=False)
    published_on = forms.DayField(label="发布日期", required=False, not_future=True)
    reach = django.IntegerField(label="覆盖人次", min_value=0, max_value=10_000_000, initial=0)
    link = django.URLField(label="链接", max_length=300, required=False, assume_scheme="https")
    file = django.FileField(label="证明材料", required=False, help_text="截图、剪报或签到表，不超过 20 MB")


class PublishForm(forms.Form):
    """It is out."""

    published_on = forms.DayField(label="发布日期", not_future=True)
    reach = django.IntegerField(label="覆盖人次", min_value=0, max_value=10_000_000)
    link = django.URLField(label="链接", max_length=300, required=False, assume_scheme="https")
    file = django.FileField(label="证明材料", required=False)


class ServiceForm(Part):
    """A service given."""

    kind = django.ChoiceField(label="服务", choices=ServiceKind.choices)
    on = forms.DayField(label="日期", not_future=True, initial=clock.today)
    words = django.CharField(label="内容", max_length=200)
    people = django.IntegerField(label="服务人次", min_value=0, max_value=1_000_000)
    before_joining = django.IntegerField(label="其中未入会的", min_value=0, max_value=1_000_000, initial=0)
    team = django.ChoiceField(label="小队", required=False)


class InspectionForm(Part):
    """A weekly inspection."""

    team = django.ChoiceField(label="小队")
    on = forms.DayField(label="检查日期", not_future=True, initial=clock.today)
    found = django.CharField(label="发现的问题", max_length=300)
    remedy = django.CharField(label="整改要求", max_length=300, required=False)
    due_on = forms.DayField(label="整改期限", required=False)


class ChargeForm(Part):
    """One person's task."""

    team = django.ChoiceField(label="小队")
    name = django.CharField(label="责任人", max_length=40)
    task = django.CharField(label="任务", max_length=200)
    due_on = forms.DayField(label="期限")
    union = django.ChoiceField(label="包干工会", required=False, help_text="不选就按小队的包干范围数")
    measure = django.ChoiceField(label="计数项目", required=False, choices=[("", "不计数，结账时选结果"), *Measure.choices])
    target = django.IntegerField(label="指标数", min_value=1, max_value=10_000_000, required=False)


class SettleForm(forms.Form):
    """Outcome of an account nobody counts."""

    result = django.ChoiceField(label="结果", choices=Result.choices, required=False)
    reason = django.CharField(label="原因和下一步", max_length=200, required=False)


class SiteForm(Part):
    """One table with one QR."""

    kind = django.ChoiceField(label="现场", choices=SiteKind.choices)
    union = django.ChoiceField(label="入会的工会")
    title = django.CharField(label="名称", max_length=60)
    place = django.CharField(label="地点", max_length=120)
    at = forms.MomentField(label="时间")


class RateForm(Part):
    """A declared rate."""

    name = django.CharField(label="名称", max_length=40)
    numerator = django.IntegerField(label="分子", min_value=0, max_value=2_000_000_000)
    numerator_words = django.CharField(label="分子是什么", max_length=80)
    denominator = django.IntegerField(label="分母", min_value=1, max_value=2_000_000_000, required=False)
    denominator_words = django.CharField(label="分母是什么", max_length=80, required=False)
    claimed = django.CharField(label="上报的百分比", max_length=10)
    as_of = forms.DayField(label="截至", not_future=True)


class ZoneForm(forms.Form):
    """Grades of a zone."""

    varied = django.IntegerField(label="多样化（0–3）", min_value=0, max_value=3)
    complex_ = django.IntegerField(label="复杂化（0–3）", min_value=0, max_value=3)
    unstable = django.IntegerField(label="不稳定（0–3）", min_value=0, max_value=3)
    note = django.CharField(label="依据", max_length=200)


class TwoNewForm(forms.Form):
    """Type and contract."""

    category = django.ChoiceField(label="组织类型")
    contract_no = django.CharField(label="集体合同编号", max_length=40, required=False)
    contract_until = forms.DayField(label="集体合同有效期至", required=False)

    def __init__(self, *args: Any, categories: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]  # a choice field


class CategoryForm(forms.Form):
    """A dictionary entry."""

    basis = django.ChoiceField(label="字典", choices=[(b.value, b.label) for b in (Basis.GROUP, Basis.SECTOR, Basis.TWO_NEW_TYPE)])
    code = django.CharField(label="代码", max_length=16)
    label = django.CharField(label="名称", max_length=40)
    since = forms.DayField(label="启用日期", initial=clock.today)


class DriverForm(forms.Form):
    """What a driver adds."""

    plate = django.CharField(label="车牌号", max_length=12)
    home_place = django.CharField(label="常驻地", max_length=60)
    platform = django.CharField(label="常用平台", max_length=40, required=False)


class DriverJoinForm(DriverForm):
    """A driver's whole application on the phone: no workplace is asked for (货车司机入会登记)."""

    field_order = ("name", "id_number", "plate", "place", "home_place", "platform", "signed_name", "agree", "table", "key")
    name = django.CharField(label="姓名", max_length=60, widget=django.TextInput({"autocomplete": "name"}))
    id_number = django.CharField(
        label="身份证号", max_length=24, help_text="只用来核对身份，加密保存", widget=django.TextInput({"autocomplete": "off"})
    )
    place = django.ChoiceField(label="常驻的乡镇、街道、园区", help_text="按这个找受理您申请的工会")
    signed_name = django.CharField(label="签名", max_length=60, help_text="再写一遍您的姓名，表示自愿申请")
    agree = django.BooleanField(label="我自愿加入中国工会，承认工会章程；同意为办理会籍使用我的姓名、证件号、手机号、车牌和常驻地")
    table = django.CharField(max_length=40, required=False, widget=django.HiddenInput)
    key = django.CharField(max_length=64, widget=django.HiddenInput)

    def __init__(self, *args: Any, places: Choices, known: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if places:
            self.fields["place"].choices = [("", "请选择"), *places]  # type: ignore[attr-defined]  # a choice field
        else:
            del self.fields["place"]
        if known:
            del self.fields["name"], self.fields["id_number"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = self.known or data.get("name", "").strip()
        if name and data.get("signed_name", "").strip() != name:
            self.add_error("signed_name", "签名要与姓名一致，请再输入一遍姓名。")
        return data
