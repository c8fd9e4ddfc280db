"""Forms of income (经费收缴表单)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as django

from gonghui.core import clock, forms
from gonghui.income.enums import Channel, Cycle, LevyKind, PaidBy, RefundKind, UnitKind
from gonghui.income.rules.periods import Period

IN = {
    "time_wage": "计时工资", "piece_wage": "计件工资", "bonus": "奖金", "allowance": "津贴和补贴", "overtime": "加班加点工资", "special": "特殊情况下支付的工资",
}  # fmt: skip
OUT = {
    "welfare": "职工福利费用",
    "protection": "劳动保护支出",
    "travel": "出差伙食补助、误餐补助",
    "severance": "解除合同的补助费",
    "one_child": "独生子女补贴",
}
LOCAL = {"dispatched": "劳务派遣人员的报酬", "intern": "实习人员的报酬", "rehired": "退休返聘人员的报酬", "year_end": "年终一次性发放"}
"""Items people meet on a payroll; which of them count is decided by the rule, never here."""


class Form(forms.Form):
    """Base: ids of its own, because several forms stand on one page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)


def months_back(count: int = 18) -> list[tuple[str, str]]:
    """Months to choose from, newest first."""
    first = clock.today().replace(day=1)
    days = [clock.add_months(first, -n) for n in range(count)]
    return [(d.isoformat(), f"{d.year} 年 {d.month} 月") for d in days]


class LevyFilter(Form):
    """Filters of the register of contributions."""

    q = django.CharField(label="单位", required=False, max_length=60)


class PayerForm(Form):
    """Register a payer (登记拨缴户)."""

    employer = django.CharField(label="单位名称或编号", max_length=120, help_text="写登记的全称")
    kind = django.ChoiceField(label="缴款种类", choices=LevyKind.choices)
    channel = django.ChoiceField(label="缴纳渠道", choices=Channel.choices)
    cycle = django.ChoiceField(label="缴纳周期", choices=Cycle.choices)
    unit_kind = django.ChoiceField(label="单位性质", choices=UnitKind.choices, initial=UnitKind.PRIVATE)
    since = forms.DayField(label="起缴日期")
    helped_since = forms.DayField(label="上级帮助筹建日期", required=False, help_text="只有缴筹备金的单位填")


class EndForm(Form):
    """End a payer (停缴)."""

    until = forms.DayField(label="停缴日期")
    reason = django.CharField(label="原因", max_length=200)


class DeclareForm(Form):
    """The wage items of a period (申报)."""

    since = django.ChoiceField(label="所属期")
    workers = django.IntegerField(label="发工资的职工人数", min_value=1, max_value=10**6)
    reason = django.CharField(label="更正原因", max_length=200, required=False)

    def __init__(self, *args: Any, correcting: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].choices = months_back()  # type: ignore[attr-defined]  # a ChoiceField
        for name, label in {**IN, **OUT, **LOCAL}.items():
            self.fields[name] = forms.MoneyField(label=f"{label}（元）", required=False, least=0, max_length=20)
        for name, label in LOCAL.items():
            self.fields[f"local_{name}"] = django.ChoiceField(
                label=f"{label}：当地口径", required=False, choices=[("", "没有这一项"), ("1", "计入工资总额"), ("0", "不计入")]
            )
        if correcting:
            del self.fields["since"]
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]
        self.speak()

    def amounts(self) -> dict[str, int]:
        """Items with an amount."""
        return {k: self.cleaned_data[k] for k in (*IN, *OUT, *LOCAL) if self.cleaned_data.get(k)}

    def local_in(self) -> dict[str, bool]:
        """What the place says of the open items."""
        return {k: self.cleaned_data[f"local_{k}"] == "1" for k in LOCAL if self.cleaned_data.get(f"local_{k}") in ("0", "1")}

    def day(self) -> date:
        """First day of the chosen month."""
        return date.fromisoformat(self.cleaned_data["since"])


class TakeForm(Form):
    """Money that came in (收款)."""

    amount = forms.MoneyField(label="收款金额（元）", max_length=20)
    on = forms.DayField(label="收款日期", not_future=True)
    reference = django.CharField(label="银行流水号", max_length=40, required=False)


class ReasonForm(Form):
    """A reason that stays in the log (原因)."""

    reason = django.CharField(label="原因", max_length=200)


class DisputeForm(Form):
    """What the employer disputes (登记异议)."""

    amount = forms.MoneyField(label="有异议的金额（元）", max_length=20)
    words = django.CharField(label="异议内容", max_length=200)


class OrderForm(Form):
    """Apply for a payment order (申请支付令)."""

    court = django.CharField(label="受理法院", max_length=80, help_text="单位所在地的基层人民法院")
    no_reason = django.BooleanField(label="单位无正当理由拖延或者拒不拨缴", required=False, initial=True)
    reason = django.CharField(label="理由", max_length=200, required=False, help_text="条件还不全、仍要申请时写")


class CourtForm(Form):
    """What the court did (法院结果)."""

    to = django.ChoiceField(
        label="结果",
        choices=[
            ("ordered", "法院已发支付令"),
            ("objected", "单位异议成立，转诉讼"),
            ("enforcing", "已申请强制执行"),
            ("withdrawn", "撤回催缴"),
        ],
    )
    order_no = django.CharField(label="支付令案号", max_length=60, required=False)
    order_on = forms.DayField(label="支付令日期", required=False)
    words = django.CharField(label="情况说明", max_length=200, required=False)


class WaiveForm(Form):
    """Ask that a late fee be given up (减免滞纳金)."""

    amount = forms.MoneyField(label="减免金额（元）", max_length=20)
    reason = django.CharField(label="理由", max_length=200)


class RefundForm(Form):
    """Propose a refund (提出返还)."""

    kind = django.ChoiceField(label="返还种类", choices=RefundKind.choices)
    since = forms.DayField(label="计算期起始日", required=False, help_text="满十二个月为一期；筹备金返还不用填")
    workers = django.IntegerField(label="职工人数", required=False, min_value=0, max_value=10**6, help_text="小微企业返还时填")
    to_union = django.CharField(label="返还给哪个工会", max_length=120, help_text="写登记的全称")


class PayForm(Form):
    """A payment that went out (付款)."""

    on = forms.DayField(label="付款日期", not_future=True)
    reference = django.CharField(label="银行流水号", max_length=40)


class PeriodForm(Form):
    """Which month or quarter (所属期)."""

    since = django.ChoiceField(label="月份")
    months = django.TypedChoiceField(label="周期", coerce=int, choices=[(1, "按月"), (3, "按季")], initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].choices = months_back()  # type: ignore[attr-defined]  # a ChoiceField

    def period(self) -> Period:
        """The month, or the quarter it lies in."""
        day, months = date.fromisoformat(self.cleaned_data["since"]), int(self.cleaned_data["months"])
        return Period(day if months == 1 else date(day.year, (day.month - 1) // 3 * 3 + 1, 1), months)


class DuesFileForm(Form):
    """A payroll or bank file (到账文件)."""

    file = django.FileField(label="工资代扣表或银行流水（xlsx、csv）")
    on = forms.DayField(label="到账日期", not_future=True)
    how = django.ChoiceField(label="缴纳方式", choices=PaidBy.choices)


class CashForm(Form):
    """One member pays (登记一笔会费)."""

    amount = forms.MoneyField(label="金额（元）", max_length=20)
    on = forms.DayField(label="日期", not_future=True)
    how = django.ChoiceField(label="缴纳方式", choices=PaidBy.choices, initial=PaidBy.CASH)


class BaseForm(Form):
    """A member's monthly basic wage (会费基数)."""

    wage = forms.MoneyField(label="月基本工资收入（元）", max_length=20, help_text="不含奖金、津贴、补贴；加密保存")
    since = forms.DayField(label="从哪天起")


class UnitConfirmForm(Form):
    """The unit's answer (单位确认)."""

    count = django.IntegerField(label="非在编人员人数", min_value=0, max_value=10**6)
    wage = forms.MoneyField(label="年工资总额（元）", least=0, max_length=20, help_text="没有人就填 0")


class FinanceConfirmForm(Form):
    """The finance section's number (财政核对)."""

    count = django.IntegerField(label="财政核对人数", min_value=0, max_value=10**6)
    office = django.CharField(label="财政经办科室", max_length=60)


class ArriveForm(Form):
    """Money of the treasury arrived (拨款到账)."""

    amount = forms.MoneyField(label="到账金额（元）", max_length=20)
    on = forms.DayField(label="到账日期", not_future=True)
    reference = django.CharField(label="拨款单号", max_length=40)
