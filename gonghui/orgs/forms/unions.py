"""Forms about unions (工会表单)."""

from __future__ import annotations

from django import forms

from gonghui.core.forms import DayField
from gonghui.orgs.enums import Body, JointForm, Mode, PostTitle, Rank, Stage, UnionKind
from gonghui.orgs.forms.fields import ActorForm, EmployerField, UnionField, choices


class BuildForm(ActorForm):
    """A new union."""

    parent = UnionField(label="上级工会")
    kind = forms.ChoiceField(label="类别", choices=choices(UnionKind), initial=UnionKind.ENTERPRISE)
    name = forms.CharField(label="全称", max_length=120)
    founded_on = DayField(label="成立日期", not_future=True, help_text="批复日期")
    document_no = forms.CharField(label="批复文号", max_length=60, required=False)
    employer = EmployerField(label="所在单位", required=False, help_text="单独建会填；填单位编号、证照号或全称")
    mode = forms.ChoiceField(label="建会方式", choices=choices(Mode))
    form = forms.ChoiceField(label="联合形式", required=False, choices=choices(JointForm, empty="不是联合工会"))
    host = UnionField(label="挂靠工会", required=False, help_text="挂靠建填")
    target_mode = forms.ChoiceField(label="过渡目标", required=False, choices=choices(Mode, empty="不是过渡建"))
    review_on = DayField(label="过渡复核日", required=False, not_past=True)
    association = forms.CharField(label="依托协会", max_length=80, required=False, help_text="形式⑥填")
    industry = forms.CharField(label="行业代码", max_length=5, required=False, help_text="行业性联合会填")
    management = forms.ChoiceField(
        label="合作社管理", required=False, choices=[("", "不是合作社"), ("local", "属地管理"), ("leader", "龙头企业管理")]
    )
    planned_start = DayField(label="计划开工", required=False, help_text="项目部填")
    planned_end = DayField(label="计划完工", required=False, help_text="按工期判断建工会还是选组织员")


class RenameForm(ActorForm):
    name = forms.CharField(label="新全称", max_length=120)
    short_name = forms.CharField(label="简称", max_length=40, required=False)
    on = DayField(label="更名日期", not_future=True)
    document_no = forms.CharField(label="文号", max_length=60, required=False)


class MoveForm(ActorForm):
    new_parent = UnionField(label="新的上级工会")
    on = DayField(label="调整日期", not_future=True)
    document_no = forms.CharField(label="文号", max_length=60, required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)


class MergeForm(ActorForm):
    into = UnionField(label="并入哪个工会")
    on = DayField(label="合并日期", not_future=True)
    document_no = forms.CharField(label="批准文号", max_length=60)
    reason = forms.CharField(label="理由", max_length=200, required=False)


class SplitForm(ActorForm):
    """Two new unions; the employers and sub-unions ticked go to the second, the rest to the first."""

    first = forms.CharField(label="新工会一的全称", max_length=120)
    second = forms.CharField(label="新工会二的全称", max_length=120)
    on = DayField(label="分立日期", not_future=True)
    document_no = forms.CharField(label="批准文号", max_length=60)
    employers = forms.MultipleChoiceField(label="归新工会二的单位", required=False, widget=forms.CheckboxSelectMultiple)
    children = forms.MultipleChoiceField(label="归新工会二的下级工会", required=False, widget=forms.CheckboxSelectMultiple)


class DissolveForm(ActorForm):
    on = DayField(label="撤销日期", not_future=True)
    document_no = forms.CharField(label="批准或报告文号", max_length=60)
    unit_ended = forms.BooleanField(label="用人单位已终止或被撤销", required=False)
    congress_adopted = forms.BooleanField(label="会员（代表）大会已通过", required=False)
    higher_approved = forms.BooleanField(label="上一级工会已批准", required=False)
    reason = forms.CharField(label="理由", max_length=200)


class ModeForm(ActorForm):
    mode = forms.ChoiceField(label="建会方式", choices=choices(Mode))
    on = DayField(label="变更日期", not_future=True)
    host = UnionField(label="挂靠工会", required=False)
    target_mode = forms.ChoiceField(label="过渡目标", required=False, choices=choices(Mode, empty="不是过渡建"))
    review_on = DayField(label="过渡复核日", required=False)


class KindForm(ActorForm):
    kind = forms.ChoiceField(label="新的类别", choices=choices(UnionKind))
    on = DayField(label="批准日期", not_future=True)
    document_no = forms.CharField(label="批准文号", max_length=60)


class StageForm(ActorForm):
    stage = forms.ChoiceField(label="阶段", choices=choices(Stage))
    on = DayField(label="日期", not_future=True)
    note = forms.CharField(label="说明", max_length=200, required=False)


class ProjectForm(ActorForm):
    planned_end = DayField(label="新的计划完工日")
    on = DayField(label="变更日期", not_future=True)


class HandOverForm(ActorForm):
    to = UnionField(label="接收的地方工会")
    on = DayField(label="提出日期", not_future=True)
    note = forms.CharField(label="说明", max_length=200, required=False)


class LeadForm(ActorForm):
    upper = UnionField(label="第二上级工会")
    since = DayField(label="起", not_future=True)
    layer = forms.ChoiceField(
        label="在集团里的层次", required=False, choices=[("", "不是集团单位"), ("core", "核心层"), ("close", "紧密层"), ("other", "其他")],
        help_text="据此判断由集团工会直接领导还是双重领导",
    )  # fmt: skip
    shares_data = forms.BooleanField(label="向它共享数据", required=False, help_text="不勾选时，第二上级看不到本工会的数据")
    decision_no = forms.CharField(label="决定文号", max_length=60, required=False)


class TermForm(ActorForm):
    number = forms.IntegerField(label="第几届", min_value=1, max_value=60)
    since = DayField(label="选举日期", not_future=True)
    years = forms.IntegerField(label="每届年数", min_value=1, max_value=9)
    bodies = forms.MultipleChoiceField(
        label="同时选举产生", choices=Body.choices, initial=[b.value for b in Body], widget=forms.CheckboxSelectMultiple
    )
    approval_no = forms.CharField(label="批复文号", max_length=60, required=False)
    approved_on = DayField(label="批复日期", required=False, not_future=True)


class PostForm(ActorForm):
    name = forms.CharField(label="姓名", max_length=60)
    id_number = forms.CharField(label="证件号", max_length=24, required=False, help_text="同名时填，用来认准是哪一位")
    title = forms.ChoiceField(label="职务", choices=choices(PostTitle))
    body = forms.ChoiceField(label="机构", choices=choices(Body))
    since = DayField(label="任职日期", not_future=True)
    full_time = forms.BooleanField(label="专职", required=False)
    rank = forms.ChoiceField(label="职级", choices=choices(Rank), required=False, help_text="试点的乡镇（街道）总工会主席按同级副职配备")
    admin_leader = forms.BooleanField(label="行政负责人兼任", required=False)


class GroupForm(ActorForm):
    name = forms.CharField(label="小组名称", max_length=60)
    since = DayField(label="建立日期", not_future=True)
    filed_on = DayField(label="备案日期", required=False, not_future=True)


class CertificateForm(ActorForm):
    number = forms.CharField(label="证书编号", max_length=40)
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    issued_on = DayField(label="发证日期", not_future=True)
    valid_until = DayField(label="有效期至", help_text="一般与本届任期一致")


class AccountForm(ActorForm):
    bank = forms.CharField(label="开户行", max_length=80)
    number = forms.CharField(label="账号", max_length=40, help_text="加密保存，页面只显示后四位")
    since = DayField(label="启用日期", not_future=True)


class CloseForm(ActorForm):
    document_no = forms.CharField(label="文号", max_length=60, required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)
