"""Forms of membership (会籍表单)."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from gonghui.core import clock, forms
from gonghui.members.enums import Channel, DiffState, DocumentKind, EmploymentKind, ExitKind, NoteKind, RosterKind
from gonghui.people.enums import Group, IdKind, RevealReason, Sex

ANY = [("", "全部")]


class ListFilter(forms.Form):
    """Filters of the member list (会员筛选)."""

    q = django_forms.CharField(label="姓名、手机号后四位、会员证号", required=False, max_length=30)
    group = django_forms.ChoiceField(label="工会小组", required=False)
    kind = django_forms.ChoiceField(label="用工形式", required=False, choices=[*ANY, *EmploymentKind.choices])
    eight = django_forms.ChoiceField(label="八大群体", required=False, choices=[*ANY, *[c for c in Group.choices if c[0]]])
    since = forms.DayField(label="入会时间从", required=False)
    until = forms.DayField(label="到", required=False)
    card = django_forms.ChoiceField(label="会员证", required=False, choices=[*ANY, ("none", "没有会员证"), ("waiting", "待领取")])

    def __init__(self, *args: Any, groups: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [("", "全部小组"), ("none", "没有编组"), *[(str(g.pk), g.name) for g in groups]]  # type: ignore[attr-defined]


class ApplyForm(forms.Form):
    """The officer's form for somebody at the desk or at the door (登记入会申请)."""

    name = django_forms.CharField(label="姓名", max_length=60)
    id_kind = django_forms.ChoiceField(label="证件种类", choices=[c for c in IdKind.choices if c[0] != "none"], initial=IdKind.RESIDENT)
    id_number = django_forms.CharField(label="证件号", max_length=24, widget=django_forms.TextInput({"autocomplete": "off"}))
    phone = forms.PhoneField(label="手机号", help_text="本人要用这个号码登录确认")
    employer_name = django_forms.CharField(label="用人单位", max_length=120, required=False, help_text="没有固定单位的不填")
    employment_kind = django_forms.ChoiceField(label="用工形式", choices=EmploymentKind.choices, initial=EmploymentKind.REGULAR)
    agency_name = django_forms.CharField(label="劳务派遣公司", max_length=120, required=False, help_text="派遣工才填，写登记的全称")
    channel = django_forms.ChoiceField(label="渠道", choices=[c for c in Channel.choices if c[0] != "import"], initial=Channel.DOOR)


class JoinForm(forms.Form):
    """What a worker types (入会申请，职工端): at most five fields; the rest is known or ticked."""

    name = django_forms.CharField(label="姓名", max_length=60, widget=django_forms.TextInput({"autocomplete": "name"}))
    id_number = django_forms.CharField(
        label="身份证号", max_length=24, help_text="只用来核对身份，加密保存", widget=django_forms.TextInput({"autocomplete": "off"})
    )
    employer_name = django_forms.CharField(
        label="工作单位", max_length=120, required=False, help_text="跑外卖、开货车等没有固定单位的可以不填"
    )
    agency_name = django_forms.CharField(
        label="劳务派遣公司（选填）", max_length=120, required=False, help_text="和您签合同的是派遣公司才填，写全称"
    )
    signed_name = django_forms.CharField(label="签名", max_length=60, required=False, help_text="再写一遍您的姓名，表示自愿申请")
    signature = django_forms.CharField(required=False, widget=django_forms.HiddenInput)
    private = django_forms.BooleanField(label="先不告诉单位", required=False, help_text="由上一级工会受理，单位看不到；以后您可以自己公开")
    group = django_forms.ChoiceField(label="您的职业", required=False, choices=[("", "以上都不是"), *[c for c in Group.choices if c[0]]])
    agree = django_forms.BooleanField(label="我自愿加入中国工会，承认工会章程；同意为办理会籍使用我的姓名、证件号、手机号和单位")
    agree_signature = django_forms.BooleanField(label="同意加密保存我的手写签名（可不同意，改用输入姓名）", required=False)
    union = django_forms.IntegerField(required=False, widget=django_forms.HiddenInput)
    key = django_forms.CharField(max_length=64, widget=django_forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("name") and not data.get("signature") and data.get("signed_name", "").strip() != data["name"].strip():
            self.add_error("signed_name", "签名要与姓名一致。请在框里手写，或再输入一遍姓名。")
        if data.get("signature") and not data.get("agree_signature"):
            data["signature"] = ""
            if data.get("signed_name", "").strip() != data.get("name", "").strip():
                self.add_error("signed_name", "没有同意保存手写签名，请再输入一遍姓名作为签名。")
        return data


class DeskForm(forms.Form):
    """Document seen at the desk (窗口核对证件)."""

    id_kind = django_forms.ChoiceField(label="证件种类", choices=[c for c in IdKind.choices if c[0] != "none"], initial=IdKind.RESIDENT)
    id_number = django_forms.CharField(label="证件号", max_length=24, widget=django_forms.TextInput({"autocomplete": "off"}))
    name = django_forms.CharField(label="姓名", max_length=60, help_text="照证件填写")
    phone = forms.PhoneField(label="本人手机号", help_text="以后用这个号码登录")
    seen = django_forms.BooleanField(label="本人到场，已看过证件原件", required=False)


class JobForm(forms.Form):
    """Form of employment, season, secondment (用工形式、季节、借调)."""

    kind = django_forms.ChoiceField(label="用工形式", choices=EmploymentKind.choices, required=False)
    season_from = django_forms.CharField(label="季节起（月-日）", max_length=5, required=False, help_text="例如 04-01")
    season_to = django_forms.CharField(label="季节止（月-日）", max_length=5, required=False, help_text="例如 10-31")
    reason = django_forms.CharField(label="依据", max_length=120, required=False, initial="与用人单位核对")
    host = django_forms.CharField(label="借调到", max_length=120, required=False, help_text="写单位登记的全称；借调结束的留空")
    host_since = forms.DayField(label="借调起", required=False)
    host_until = forms.DayField(label="借调止", required=False)


class GroupForm(forms.Form):
    """The elected leader and the filing of a group (组长和备案)."""

    leader = django_forms.ChoiceField(label="组长", required=False, help_text="从本小组会员里选举产生")
    filed_on = forms.DayField(label="备案日期", required=False, not_future=True)

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = [("", "还没有选出"), *[(str(pk), name) for pk, name in people]]  # type: ignore[attr-defined]


class PhotoForm(forms.Form):
    """A photo of the ceremony (仪式照片)."""

    file = django_forms.FileField(label="照片", help_text="jpg 或 png，不超过 20 MB")
    caption = django_forms.CharField(label="说明", max_length=80, required=False)


class ReturnForm(forms.Form):
    """A payment that came back (登记退汇)."""

    on = forms.DayField(label="退汇日期", not_future=True, initial=lambda: clock.today())
    amount = forms.MoneyField(label="金额（元）")
    reference = django_forms.CharField(label="付款凭证号", max_length=40, required=False)
    fault = django_forms.CharField(label="退汇原因", max_length=120)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {"on": data["on"], "amount_fen": data["amount"], "reference": data["reference"], "fault": data["fault"]}


class ReasonForm(forms.Form):
    """A reason (理由)."""

    reason = django_forms.CharField(
        label="理由", max_length=200, widget=django_forms.Textarea({"rows": 2}), help_text="本人会看到，至少 4 个字"
    )


class BatchForm(forms.Form):
    """A new batch (新建批次)."""

    name = django_forms.CharField(label="批次名称", max_length=60, help_text="例如：春季集中入会")


class DocumentForm(forms.Form):
    """A paper of the dossier (上传材料)."""

    kind = django_forms.ChoiceField(label="材料种类", choices=DocumentKind.choices)
    file = django_forms.FileField(label="文件", help_text="图片、PDF、表格，不超过 20 MB")
    people = django_forms.IntegerField(label="所列人数", required=False, min_value=0, max_value=100_000, help_text="花名册要填")


class ReconcileForm(forms.Form):
    """Paper against electronic roster (核对名册)."""

    paper = django_forms.IntegerField(label="纸质名册人数", min_value=0, max_value=100_000)
    electronic = django_forms.IntegerField(label="电子名册人数", min_value=0, max_value=100_000)


class CeremonyForm(forms.Form):
    """A ceremony (安排入会仪式)."""

    title = django_forms.CharField(label="名称", max_length=60, initial="职工入会仪式")
    place = django_forms.CharField(label="地点", max_length=120)
    at = forms.MomentField(label="时间")


class RevealForm(forms.Form):
    """Why a full number is opened (查看完整号码)."""

    field = django_forms.ChoiceField(label="项目", choices=[("id_number", "证件号"), ("phone", "手机号")])
    reason_code = django_forms.ChoiceField(label="用途", choices=RevealReason.choices)
    reason = django_forms.CharField(label="理由", max_length=200, help_text="至少 4 个字，本人能看到")


class ExitForm(forms.Form):
    """Open an exit case (立案)."""

    kind = django_forms.ChoiceField(label="方式", choices=[c for c in ExitKind.choices if c[0] != "left"])
    on = forms.DayField(label="发生日期", not_future=True)


class EvidenceForm(forms.Form):
    """What is on record of an exit (登记条件). Empty fields stay as they were."""

    dues_unpaid_from = forms.DayField(label="未交会费起", required=False, not_future=True)
    absent_from = forms.DayField(label="未过组织生活起", required=False, not_future=True)
    educated_on = forms.DayField(label="教育谈话日期", required=False, not_future=True)
    unchanged_on = forms.DayField(label="教育后仍未改正的确认日期", required=False, not_future=True)
    judgment_no = django_forms.CharField(label="刑事判决文号", required=False, max_length=60)
    group_on = forms.DayField(label="小组讨论日期", required=False, not_future=True)
    committee_on = forms.DayField(label="委员会决定日期", required=False, not_future=True)
    filed_on = forms.DayField(label="报上级备案日期", required=False, not_future=True)
    no_good_reason = django_forms.BooleanField(label="确认没有正当理由", required=False)
    card_back = django_forms.BooleanField(label="会员证已收回", required=False)

    SHOWN = {
        "deemed_left": ("dues_unpaid_from", "absent_from", "no_good_reason", "educated_on", "unchanged_on", "card_back"),
        "expelled": ("judgment_no", "group_on", "committee_on", "filed_on", "card_back"),
        "died": ("card_back",),
        "left": (),
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [n for n in self.fields if n not in self.SHOWN[kind]]:
            del self.fields[name]


class RosterFilter(forms.Form):
    """Which roster on which day (花名册筛选)."""

    q = django_forms.CharField(label="姓名", required=False, max_length=30)
    kind = django_forms.ChoiceField(label="名册", choices=RosterKind.choices, required=False)
    on = forms.DayField(label="截止日期", required=False, not_future=True)


class PurposeForm(forms.Form):
    """Why a list leaves (用途)."""

    purpose = django_forms.CharField(label="用途", max_length=200, help_text="例如：换届选举名册、核对三季度会费")


class CompareForm(forms.Form):
    """A list to compare with the register (名册比对)."""

    name = django_forms.CharField(label="名称", max_length=80, initial=lambda: f"{clock.today():%Y年%m月}名册比对")
    origin = django_forms.ChoiceField(
        label="名单来源", choices=[("paper", "纸质名册（整理成表）"), ("file", "电子名册"), ("payroll", "工资表")]
    )
    file = django_forms.FileField(label="名单文件", help_text="xlsx 或 csv，要有姓名列；有身份证号列比得最准")


class SettleForm(forms.Form):
    """What was done about a difference (处理差异)."""

    state = django_forms.ChoiceField(label="结果", choices=[c for c in DiffState.choices if c[0] != "open"])
    note = django_forms.CharField(label="说明", max_length=160)


class DeedForm(forms.Form):
    """What an activist did (登记工作)."""

    on = forms.DayField(label="日期", not_future=True, initial=lambda: clock.today())
    task = django_forms.CharField(label="工作", max_length=120)
    minutes = django_forms.IntegerField(label="用时（分钟）", min_value=0, max_value=1440, initial=60)


class NoteForm(forms.Form):
    """A worker's further note (登记动态)."""

    kind = django_forms.ChoiceField(label="种类", choices=NoteKind.choices)
    on = forms.DayField(label="日期", not_future=True, initial=lambda: clock.today())
    text = django_forms.CharField(label="内容", max_length=160, help_text="体检只写参加，不写结果")


class EmployForm(forms.Form):
    """End of work (离职登记)."""

    on = forms.DayField(label="离职日期", not_future=True, initial=lambda: clock.today())


class TransferForm(forms.Form):
    """Where a member goes (转移会籍)."""

    words = django_forms.CharField(label="转往工会", max_length=60, required=False, help_text="写名称或代码的一部分；还不知道去哪的不填")


class CorrectForm(forms.Form):
    """A correction the person asks for (更正请求)."""

    field = django_forms.ChoiceField(
        label="哪一项不对",
        choices=[("name", "姓名"), ("phone", "手机号"), ("id_number", "证件号"), ("education", "学历代码"), ("ethnic", "民族代码")],
    )
    value = django_forms.CharField(label="正确的是", max_length=60)
    words = django_forms.CharField(label="说明", max_length=200, required=False)


class RelativeForm(forms.Form):
    """A near relative of a member who died (近亲属请求)."""

    id_number = django_forms.CharField(label="逝者的证件号码", max_length=30, widget=django_forms.TextInput({"autocomplete": "off"}))
    relative = django_forms.CharField(label="近亲属姓名", max_length=30)
    relation = django_forms.ChoiceField(
        label="与逝者的关系", choices=[(r, r) for r in ("配偶", "父母", "子女", "兄弟姐妹", "祖父母外祖父母", "孙子女外孙子女")]
    )
    words = django_forms.CharField(label="要查阅、复制、更正还是删除，为了什么利益", max_length=150)
    seen = django_forms.BooleanField(label="已核对死亡证明、关系证明和来人的身份证件原件；逝者生前没有另作安排")


class AccountForm(forms.Form):
    """A service card (登记服务卡)."""

    bank = django_forms.CharField(label="开户银行", max_length=60)
    account = django_forms.CharField(
        label="银行账户号", max_length=40, widget=django_forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    )
    agree = django_forms.BooleanField(label="单独同意：为发放慰问金、补助款使用我的银行账户（敏感个人信息）")


class SexForm(forms.Form):
    """Missing data of a member (补资料)."""

    phone = forms.PhoneField(label="手机号", required=False)
    id_number = forms.IdNumberField(label="身份证号", required=False)
    sex = django_forms.ChoiceField(label="性别", required=False, choices=[("", "不变"), *[c for c in Sex.choices if c[0] in "12"]])
    reason = django_forms.CharField(label="依据", max_length=120, initial="本人提供证件核对")
