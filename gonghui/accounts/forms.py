"""Forms of accounts (账号表单): fields are allow-lists (ACC-06)."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.accounts import rules
from gonghui.accounts.enums import ADMINISTRATORS, Role
from gonghui.core.errors import Refusal
from gonghui.core.forms import DayField, Form, PhoneField

CODE_ATTRS = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "20", "spellcheck": "false"}


def refuse(form: forms.Form, fault: Refusal, field: str | None = None) -> None:
    """Show a refusal of a service in the form that asked for it."""
    for message in [e["reason"] for e in getattr(fault, "errors", [])] or [fault.message]:
        form.add_error(field, message)


def _password(label: str, *, new: bool, hint: str = "") -> forms.CharField:
    attrs = {"autocomplete": "new-password" if new else "current-password", "maxlength": str(rules.PASSWORD_MOST)}
    return forms.CharField(
        label=label, strip=False, max_length=rules.PASSWORD_MOST, help_text=hint, widget=forms.PasswordInput(attrs=attrs)
    )


class SignInForm(Form):
    """Login name and password (登录)."""

    username = forms.CharField(
        label="登录名",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}),
    )
    password = _password("口令", new=False)


class FactorForm(Form):
    """Second factor (第二因素)."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        help_text="打开手机上的动态口令软件，填它显示的 6 位数字。手机不在身边，可填一个恢复码。",
        widget=forms.TextInput(attrs=CODE_ATTRS),
    )


class SmsCodeForm(Form):
    """The code of a message (短信验证码)."""

    code = forms.CharField(label="短信里的 6 位数字", max_length=6, widget=forms.TextInput(attrs={**CODE_ATTRS, "maxlength": "6"}))


class PhoneForm(Form):
    """A worker's phone (手机号)."""

    phone = PhoneField(label="手机号")


class NewPasswordForm(Form):
    """A new password, twice (设新口令)."""

    new = _password("新口令", new=True, hint=f"至少 {rules.PASSWORD_LEAST} 个字，可以粘贴。一句只有您知道的话最好记。")
    again = _password("再填一次新口令", new=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次填的不一样，请再填一次。")
        return data


class ChangePasswordForm(NewPasswordForm):
    """Change one's own password (改口令)."""

    old = _password("现在的口令", new=False)
    field_order = ["old", "new", "again"]


class TotpForm(Form):
    """Confirm a fresh seed (确认动态口令)."""

    code = forms.CharField(label="手机上显示的 6 位数字", max_length=10, widget=forms.TextInput(attrs=CODE_ATTRS))


class UserFilter(Form):
    """Filter of the user list (筛选账号)."""

    q = forms.CharField(label="姓名、登录名或工会", required=False, max_length=60)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部角色"), *Role.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("on", "启用"), ("off", "停用"), ("none", "没有授权")])


class OfficerForm(Form):
    """New officer's account (建账号)."""

    username = forms.CharField(
        label="登录名",
        max_length=40,
        help_text="小写字母开头，3–40 个字母、数字、点或横线。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
    )
    name = forms.CharField(label="姓名", max_length=60)
    title = forms.CharField(label="职务", max_length=60, required=False)
    email = forms.EmailField(label="邮箱", required=False)


class OfficerEditForm(Form):
    """Name, post and mail (改资料)."""

    name = forms.CharField(label="姓名", max_length=60)
    title = forms.CharField(label="职务", max_length=60, required=False)
    email = forms.EmailField(label="邮箱", required=False)


class ReasonForm(Form):
    """A reason, kept in the audit log (理由)."""

    reason = forms.CharField(label="理由", min_length=4, max_length=200, error_messages={"min_length": "理由至少写 4 个字。"})


class GrantForm(Form):
    """Give a role (授权)."""

    role = forms.ChoiceField(label="角色", choices=[(r.value, r.label) for r in Role if r not in ADMINISTRATORS])
    org = forms.CharField(label="工会", max_length=120, help_text="填名称的一部分，先查再选。")
    org_path = forms.CharField(label="选中的工会", required=False, max_length=80, widget=forms.HiddenInput)
    until = DayField(label="到期日", required=False, not_past=True, help_text="到这一天就不再有效。不填为长期。")
    reason = forms.CharField(label="授权理由", min_length=4, max_length=200, error_messages={"min_length": "理由至少写 4 个字。"})


class AuditFilter(Form):
    """Filter of the audit log (筛选审计)."""

    who = forms.CharField(label="谁（姓名、登录名或编号）", required=False, max_length=60)
    verb = forms.CharField(label="动作", required=False, max_length=80)
    since = DayField(label="从", required=False)
    until = DayField(label="到", required=False)
