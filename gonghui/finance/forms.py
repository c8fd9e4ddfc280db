"""Forms of the books (账务表单)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms as django

from gonghui.core import clock, money
from gonghui.core.forms import DayField, Form, MoneyField
from gonghui.finance.enums import AccountClass, VoucherKind
from gonghui.finance.rules import EVENTS, Account, Line, chart
from gonghui.finance.rules.events import Event

EXPERT_LINES = 8


class ManyFiles(django.ClearableFileInput):
    """Several files in one box."""

    allow_multiple_selected = True


class FilesField(django.FileField):
    """Attachments: none, one or several."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ManyFiles(attrs={"accept": ".jpg,.jpeg,.png,.pdf", "multiple": True}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        rows = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(row, initial) for row in rows]


def files_field() -> FilesField:
    return FilesField(label="附件", required=False, help_text="发票、签收单、名单的照片或扫描件，可以选多个。")


class EventForm(Form):
    """One event (发生了什么): only what is not known is asked."""

    ASKED = ("participants", "winners", "quantity", "part", "project", "detail", "cash", "payee")
    on = DayField(label="哪一天", not_future=True)
    amount = MoneyField(label="金额（元）", max_length=20)
    words = django.CharField(label="摘要", max_length=80, help_text="一句话说清办了什么事，打印在凭证上。")
    participants = django.IntegerField(
        label="参加或领取人数", min_value=1, max_value=1_000_000, required=False, help_text="用来算人均：金额 ÷ 人数。"
    )
    winners = django.IntegerField(
        label="获奖人数", min_value=1, max_value=1_000_000, required=False, help_text="用来核对获奖面，不能多于参加人数。"
    )
    quantity = django.IntegerField(label="件数", min_value=1, max_value=100_000, required=False, help_text="用来算单价。")
    part = MoneyField(label="其中一部分（元）", least=0, max_length=20, required=False)
    project = django.CharField(label="项目名称", max_length=60, required=False, help_text="专项资金、行政补助写项目名称；日常开支不用填。")
    detail = django.CharField(
        label="对方单位或个人",
        max_length=60,
        required=False,
        help_text="往来款写欠款或收款的一方；付款写收款人，用来核对现金有没有拆开付。",
    )
    cash = django.BooleanField(label="用现金收付", required=False, help_text="不选就是银行转账。现金只能用在结算起点以下。")
    papers = files_field()

    def __init__(self, *args: Any, what: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = {"on", "amount", "words", "detail", "papers", *what.asks}
        wanted |= {"part"} if what.part else set()
        wanted |= {"project"} if what.project or what.flow == "out" else set()
        wanted |= {"cash"} if what.flow != "none" else set()
        for name in set(self.fields) - wanted:
            del self.fields[name]
        if what.part:
            self.fields["part"].label = f"{what.part}（元）"
            self.fields["part"].help_text = "没有就填 0。"
        for name in ("participants", "winners", "quantity"):
            if name in self.fields:
                self.fields[name].required = True
        self.what = what
        self.fields["amount"].widget.attrs["autofocus"] = True
        if what.project:
            self.fields["project"].required = True
            self.fields["project"].help_text = "这笔钱指定了用途，请写项目名称。"
        self.fields["words"].wide = True  # type: ignore[attr-defined]  # read by ui/_form.html
        self.fields["papers"].wide = True  # type: ignore[attr-defined]  # as above

    def facts(self) -> dict[str, Any]:
        """What goes into the voucher's facts."""
        given = {k: v for k, v in self.cleaned_data.items() if k in self.ASKED and v not in (None, "", False)}
        if self.what.flow == "out" and given.get("detail"):
            given["payee"] = given["detail"]  # the guards look for one payment split among one payee
        return given

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        people, winners = data.get("participants"), data.get("winners")
        if people and winners and winners > people:
            self.add_error("winners", f"获奖 {winners} 人，多于参加的 {people} 人，请核对。")
        return data


class ExpertForm(Form):
    """A voucher by lines (专业模式)."""

    on = DayField(label="日期", not_future=True)
    words = django.CharField(label="摘要", max_length=80)
    kind = django.ChoiceField(label="种类", choices=[(k.value, k.label) for k in (VoucherKind.NORMAL, VoucherKind.OPENING)], required=False)
    papers = files_field()

    def __init__(self, *args: Any, day: date | None = None, level: str = "basic", rows: int = EXPERT_LINES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for n in range(rows):
            self.fields[f"account{n}"] = django.ChoiceField(
                label=f"第 {n + 1} 行科目", choices=account_choices(day or clock.today(), level), required=False
            )
            self.fields[f"debit{n}"] = MoneyField(label=f"第 {n + 1} 行借方", max_length=20, required=False)
            self.fields[f"credit{n}"] = MoneyField(label=f"第 {n + 1} 行贷方", max_length=20, required=False)
            for name, side in (("debit", "d"), ("credit", "c")):
                self.fields[f"{name}{n}"].widget.attrs |= {"data-side": side, "class": "form-control num text-end"}
            self.fields[f"project{n}"] = django.CharField(label=f"第 {n + 1} 行项目", max_length=60, required=False)

    def head(self) -> list[Any]:
        """The fields above the lines."""
        return [self["on"], self["words"], self["kind"]]

    def grid(self) -> list[dict[str, Any]]:
        """The lines, for the table."""
        names = ("account", "debit", "credit", "project")
        return [{"n": n + 1, **{name: self[f"{name}{n}"] for name in names}} for n in range(self.rows)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for n in range(self.rows):
            account, debit, credit = (data.get(f"{k}{n}") for k in ("account", "debit", "credit"))
            if (debit or credit) and not account:
                self.add_error(f"account{n}", f"第 {n + 1} 行填了金额，还没有选科目。")
            elif account and not debit and not credit and not self.errors.get(f"debit{n}") and not self.errors.get(f"credit{n}"):
                self.add_error(f"debit{n}", f"第 {n + 1} 行选了科目，还没有填金额。")
            elif debit and credit:
                self.add_error(f"credit{n}", f"第 {n + 1} 行借方和贷方只能填一边。")
        return data

    def lines(self) -> list[Line]:
        """Lines that were filled in."""
        found = []
        for n in range(self.rows):
            account, debit, credit = (self.cleaned_data.get(f"{k}{n}") for k in ("account", "debit", "credit"))
            if account or debit or credit:
                found.append(
                    Line(
                        account or "",
                        debit or 0,
                        credit or 0,
                        project=self.cleaned_data.get(f"project{n}") or "",
                        words=self.cleaned_data["words"],
                    )
                )
        return found


class OpeningForm(Form):
    """Opening balances (期初余额): an amount for each account of the balance sheet."""

    CLASSES = (AccountClass.ASSET, AccountClass.LIABILITY, AccountClass.NET)

    def __init__(self, *args: Any, day: date, level: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = chart(day)
        self.accounts = [
            a
            for a in self.table.leaves(level, extra=False)
            if a.cls in self.CLASSES and (len(a.code) == 3 or self.table.accounts[a.code[:3]].details)
        ]
        for account in self.accounts:
            field = MoneyField(label=f"{account.code} {self.table.name(account.code)}", least=None, max_length=20, required=False)
            field.widget.attrs |= {"data-side": "c" if account.credit_side else "d", "class": "form-control num text-end"}
            self.fields[f"a{account.code}"] = field

    def groups(self) -> list[tuple[str, list[tuple[Account, str, Any]]]]:
        """The fields by class, for the table."""
        return [
            (cls.label, [(a, self.table.name(a.code), self[f"a{a.code}"]) for a in self.accounts if a.cls == cls]) for cls in self.CLASSES
        ]

    def lines(self) -> list[Line]:
        """Lines of the voucher, each on the usual side of its account."""
        given = [(a, self.cleaned_data.get(f"a{a.code}") or 0) for a in self.accounts]
        return [Line(a.code, credit=fen) if a.credit_side else Line(a.code, debit=fen) for a, fen in given if fen]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        debit, credit = sum(x.debit for x in self.lines()), sum(x.credit for x in self.lines())
        if debit != credit:
            raise django.ValidationError(
                f"借方合计 {money.show(debit)}，贷方合计 {money.show(credit)}，相差 {money.show(abs(debit - credit))}。请和上一套账的余额表逐项核对。"
            )
        return data


def account_choices(day: date, level: str) -> list[tuple[str, Any]]:
    """Accounts one may post to on a day, by class."""
    table = chart(day)
    groups: dict[str, list[tuple[str, str]]] = {}
    for account in table.leaves(level):
        mark = "（县级以上科目）" if account.extra and level == "basic" else ""
        groups.setdefault(AccountClass(account.cls).label, []).append((account.code, f"{account.code} {table.name(account.code)}{mark}"))
    return [("", "选科目"), *groups.items()]


def account_heads(day: date, level: str) -> list[tuple[str, str]]:
    """Level-1 accounts that have details: searched and shown together with them."""
    return [(a.code, f"{a.code} {a.name}（合计）") for a in chart(day).ordered if a.details and a.fits(level)]


class VoucherFilter(Form):
    """Filter of a book's vouchers."""

    q = django.CharField(label="摘要、凭证号或金额", max_length=60, required=False)
    month = django.TypedChoiceField(label="月份", required=False, coerce=int, empty_value=None)
    account = django.ChoiceField(label="科目", required=False)
    event = django.ChoiceField(label="事项", required=False, choices=[("", "全部"), *((e.key, e.label) for e in EVENTS.values())])

    def __init__(self, data: Mapping[str, Any] | None = None, *, months: list[int], level: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["account"].choices = [("", "全部"), *account_heads(clock.today(), level), *account_choices(clock.today(), level)[1:]]  # type: ignore[attr-defined]  # a choice field
        self.fields["month"].choices = [("", "全部"), *((m, f"{m // 100}年{m % 100}月") for m in months)]  # type: ignore[attr-defined]  # a choice field


class NoteForm(Form):
    """One sentence."""

    note = django.CharField(label="意见", max_length=200, widget=django.Textarea(attrs={"rows": 2}))


class ReasonForm(Form):
    """Why."""

    reason = django.CharField(
        label="理由", max_length=400, widget=django.Textarea(attrs={"rows": 2}), help_text="至少 6 个字，经审会看得到。"
    )


class FilesForm(Form):
    """More attachments."""

    papers = FilesField(label="附件", help_text="照片或 PDF，可以选多个。")


class OpenForm(Form):
    """Open books (建账)."""

    union = django.ChoiceField(label="工会")
    since = DayField(label="启用日期", help_text="从哪一天起用这套账，一般是 1 月 1 日；以前的余额建账后录成期初。")
    agent = django.ChoiceField(label="代理记账", required=False, help_text="没有会计的小工会，可以由上级工会代为记账。")

    def __init__(self, *args: Any, unions: list[tuple[int, str]], agents: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].choices = unions  # type: ignore[attr-defined]  # a choice field
        self.fields["agent"].choices = [("", "本单位自己记账"), *agents]  # type: ignore[attr-defined]  # a choice field


class AgentForm(Form):
    """Who keeps the books."""

    agent = django.ChoiceField(label="由谁记账", required=False)

    def __init__(self, *args: Any, agents: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].choices = [("", "本单位自己记账"), *agents]  # type: ignore[attr-defined]  # a choice field


class LedgerFilter(Form):
    """An account and a span of days (明细账)."""

    account = django.ChoiceField(label="科目", required=False)
    since = DayField(label="从", required=False)
    until = DayField(label="到", required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, accounts: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["account"].choices = accounts  # type: ignore[attr-defined]  # a choice field


class BooksFilter(Form):
    """Filter of books below me."""

    q = django.CharField(label="工会名称", max_length=60, required=False)


class TransitionForm(Form):
    """What the papers say at the change of charts (新旧衔接)."""

    special = MoneyField(label="结余里有指定用途的部分（元）", least=0, required=False)
    small = MoneyField(label="转作库存物品的固定资产（元）", least=0, required=False)
    software = MoneyField(label="转作无形资产的软件（元）", least=0, required=False)
    worn = MoneyField(label="以前年度应补提的折旧（元）", least=0, required=False)
    amortised = MoneyField(label="以前年度应补提的摊销（元）", least=0, required=False)
