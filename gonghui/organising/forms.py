"""Forms of cases (建会表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import forms
from gonghui.organising.enums import CaseKind, FollowState, Form, Gathering, PaperKind, Theme
from gonghui.orgs.enums import Mode

ANY = [("", "全部")]
TITLES = [
    ("committee:chair", "工会主席"),
    ("committee:vice", "工会副主席"),
    ("committee:member", "工会委员"),
    ("committee:women_member", "女职工委员"),
    ("audit:chair", "经审会主任"),
    ("audit:member", "经审会委员"),
    ("women:chair", "女工委主任"),
    ("women:member", "女工委委员"),
    ("committee:organiser", "组织员"),
    ("none", "没有当选"),
]


class CaseFilter(forms.Form):
    """Filters of board and list."""

    q = django_forms.CharField(label="工会、单位、编号、组长", required=False, max_length=40)
    kind = django_forms.ChoiceField(label="事项", required=False, choices=[*ANY, *CaseKind.choices])
    form = django_forms.ChoiceField(label="形式", required=False, choices=[*ANY, *[c for c in Form.choices if c[0] != "join"]])
    union = django_forms.ChoiceField(label="属地", required=False)
    overdue = django_forms.BooleanField(label="只看超期", required=False)

    def __init__(self, *args: Any, towns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].choices = [*ANY, *towns]  # type: ignore[attr-defined]


class StageFilter(forms.Form):
    """Filters of the stages."""

    q = django_forms.CharField(label="工会名称", required=False, max_length=40)
    union = django_forms.ChoiceField(label="属地", required=False)
    stuck = django_forms.BooleanField(label="只看停滞的", required=False)

    def __init__(self, *args: Any, towns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].choices = [*ANY, *towns]  # type: ignore[attr-defined]


class OpenForm(forms.Form):
    """What is needed to open a case; the rest is known."""

    form = django_forms.ChoiceField(label="组织形式", choices=[c for c in Form.choices if c[0] != "join"])
    name = django_forms.CharField(label="工会名称", max_length=120, required=False, help_text="不填按习惯写法")
    leader = django_forms.CharField(label="筹备组组长", max_length=60, required=False, help_text="将来多半当主席的那个人")
    phone = forms.PhoneField(label="组长手机号", required=False, help_text="填了就能用手机自己办")
    reason = django_forms.CharField(label="理由", max_length=300, required=False, help_text="联合建会要写明为什么不单独建")
    planned_start = forms.DayField(label="计划开工（项目部填）", required=False)
    planned_end = forms.DayField(label="计划完工（项目部填）", required=False)
    target_mode = django_forms.ChoiceField(
        label="过渡后转为", required=False, choices=[("", "不是过渡建"), *[c for c in Mode.choices if c[0] != "transitional"]]
    )
    review_on = forms.DayField(label="过渡复核日", required=False)
    association = django_forms.CharField(label="依托的行业协会", max_length=80, required=False)
    units = django_forms.CharField(label="一起建会的单位", max_length=300, required=False, help_text="单位编号或全称，用顿号隔开")
    host = django_forms.CharField(label="挂靠的工会", max_length=60, required=False, help_text="组织代码或全称")


class ChangeForm(forms.Form):
    """A change of a union that stands."""

    kind = django_forms.ChoiceField(label="事项", choices=[c for c in CaseKind.choices if c[0] != "build"])
    reason = django_forms.CharField(label="理由", max_length=300)
    congress_on = forms.DayField(label="会员（代表）大会通过日期", required=False, not_future=True)
    target = django_forms.CharField(label="并入或接收的工会", max_length=60, required=False, help_text="合并、移交才填；组织代码或全称")
    name = django_forms.CharField(label="重建后的工会名称", max_length=120, required=False, help_text="重建、改建时单位改了名才填")
    plan = django_forms.CharField(
        label="分立方案",
        max_length=2000,
        required=False,
        widget=django_forms.Textarea({"rows": 3}),
        help_text="分立才填。一行一个新工会，写“名称：单位、下级工会”，填编号或全称；没有写到的都归第一行",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].wide = True  # type: ignore[attr-defined]  # read by the form template


class EditForm(forms.Form):
    """What the application says."""

    name = django_forms.CharField(label="工会名称", max_length=120)
    reason = django_forms.CharField(label="理由", max_length=300, required=False)


class ChangeEditForm(EditForm):
    """What the application for a change says."""

    congress_on = forms.DayField(label="会员（代表）大会通过日期", required=False, not_future=True)


class LeaderForm(forms.Form):
    """The chair-to-be."""

    name = django_forms.CharField(label="姓名", max_length=60)
    phone = forms.PhoneField(label="手机号", required=False, help_text="本人用这个号码登录手机端")


class PrepForm(forms.Form):
    """Somebody in the preparation group."""

    name = django_forms.CharField(label="姓名", max_length=60)
    side = django_forms.ChoiceField(
        label="代表", choices=[("职工", "职工"), ("党组织", "党组织"), ("上级工会", "上级工会"), ("行政", "行政")]
    )


class ApplicantForm(forms.Form):
    """Somebody named on paper."""

    name = django_forms.CharField(label="姓名", max_length=60)
    phone = forms.PhoneField(label="手机号", help_text="本人要用它登录确认")


class UnitForm(forms.Form):
    """Another unit of a joint union."""

    employer = django_forms.CharField(label="单位编号或全称", max_length=60)
    reason = django_forms.CharField(label="不单独建会的理由", max_length=120)


class MeetingForm(forms.Form):
    """The meeting as held."""

    held_on = forms.DayField(label="会议日期", not_future=True)
    place = django_forms.CharField(label="地点", max_length=120, required=False)
    posted_on = forms.DayField(label="候选人公示日期", required=False, not_future=True)
    entitled = django_forms.IntegerField(label="应到会", min_value=1, max_value=100000)
    present = django_forms.IntegerField(label="实到会", min_value=0, max_value=100000)
    issued = django_forms.IntegerField(label="发出选票", min_value=0, max_value=100000)
    returned = django_forms.IntegerField(label="收回选票", min_value=0, max_value=100000)
    seats = django_forms.IntegerField(label="委员名额", min_value=1, max_value=100)
    candidates = django_forms.IntegerField(label="委员候选人数", min_value=1, max_value=200)
    years = django_forms.ChoiceField(label="任期", choices=[("3", "3 年"), ("5", "5 年")])
    chair_by = django_forms.ChoiceField(label="主席由谁选", choices=[("committee", "委员会选举"), ("meeting", "大会直接选举")])
    delegates = django_forms.BooleanField(label="是会员代表大会", required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = django_forms.CharField(label="理由", max_length=200)


class FilingForm(forms.Form):
    """Certificate of the legal person."""

    number = django_forms.CharField(label="法人资格证编号", max_length=40, required=False)
    issued_on = forms.DayField(label="发证日期", required=False, not_future=True)
    credit_code = django_forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    without = django_forms.CharField(label="不登记的理由", max_length=120, required=False, help_text="暂不登记法人的才填")


class SetupForm(forms.Form):
    """Seal, account, plate."""

    seal_on = forms.DayField(label="刻章日期", not_future=True)
    plate_on = forms.DayField(label="挂牌日期", not_future=True)
    bank = django_forms.CharField(label="开户行", max_length=80, required=False)
    account = django_forms.CharField(
        label="账号", max_length=40, required=False, widget=django_forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    )
    later = django_forms.CharField(label="暂不开户的理由", max_length=120, required=False)


class PaperForm(forms.Form):
    """A paper that came in."""

    kind = django_forms.ChoiceField(label="种类", choices=PaperKind.choices)
    file = django_forms.FileField(label="文件")


class PointForm(forms.Form):
    """A demonstration point."""

    union = django_forms.CharField(label="工会", max_length=60, help_text="组织代码或全称")
    theme = django_forms.ChoiceField(label="主题", choices=Theme.choices)
    experience = django_forms.CharField(label="经验做法", max_length=2000, widget=django_forms.Textarea({"rows": 5}))
    document_no = django_forms.CharField(label="文号", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["experience"].wide = True  # type: ignore[attr-defined]  # read by the form template


class FollowForm(forms.Form):
    """Who follows."""

    who = django_forms.CharField(label="跟学的工会或单位", max_length=60, help_text="组织代码、单位编号或全称")


class PointVisitForm(forms.Form):
    """A visit or on-site meeting, with who of the followers came."""

    kind = django_forms.ChoiceField(label="方式", choices=Gathering.choices)
    on = forms.DayField(label="日期", not_future=True)
    people = django_forms.IntegerField(label="人数", min_value=1, max_value=99999)
    note = django_forms.CharField(label="看了什么、讲了什么", max_length=300)
    came = django_forms.MultipleChoiceField(label="来的跟学单位", required=False, widget=django_forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, followers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["came"].choices = followers  # type: ignore[attr-defined]  # a choice field
        if not followers:
            del self.fields["came"]


class SettleForm(forms.Form):
    """What became of it."""

    state = django_forms.ChoiceField(label="结果", choices=[c for c in FollowState.choices if c[0] != "assigned"])
    note = django_forms.CharField(label="说明", max_length=200, required=False)


class ReviewForm(forms.Form):
    """Activities where none are kept yet."""

    activities = django_forms.IntegerField(label="近半年活动次数", min_value=0, max_value=500, required=False)


class SignForm(forms.Form):
    """A worker signs."""

    signed_name = django_forms.CharField(label="签名", max_length=60, help_text="再写一遍您的姓名，表示自愿申请")
    agree = django_forms.BooleanField(label="我自愿加入中国工会，承认工会章程；同意为办理会籍使用我的姓名、手机号和单位")


class JoinForm(SignForm):
    """As `SignForm`, for somebody not in the register yet."""

    name = django_forms.CharField(label="姓名", max_length=60)
    id_number = django_forms.CharField(label="身份证号", max_length=24, help_text="只用来核对身份，加密保存")
