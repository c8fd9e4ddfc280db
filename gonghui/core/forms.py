"""Forms that speak plainly (表单): renderer, base classes, the usual fields.

A refused form answers 422. Each field has label, hint, `aria-invalid`, `aria-describedby` and its error with numbers and
next step; the summary on top links to the fields (`{% errors form %}`).
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import django.forms
from django import forms
from django.forms import widgets
from django.forms.renderers import DjangoTemplates
from django.template.backends.django import DjangoTemplates as Engine
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gonghui.core import clock, money

FULL_WIDTH = {i: i - 0xFEE0 for i in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
DJANGO_REQUIRED = forms.Field.default_error_messages["required"]


class BoundField(forms.BoundField):
    """A field with Bootstrap's classes and the marks of UI.md §8."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        shown = widget or self.field.widget
        kind = css_class(shown)
        own = str(shown.attrs.get("class", "")) + " " + str(built.get("class", ""))
        if self.errors and kind != "form-check-input":
            kind += " is-invalid"
        built["class"] = " ".join(dict.fromkeys(f"{kind} {own}".split()))
        if not built["class"]:
            del built["class"]
        if self.errors:
            built["aria-invalid"] = "true"
        if described := self.described_by:
            built["aria-describedby"] = described
        return built

    @property
    def described_by(self) -> str:
        """Ids of hint and error."""
        ids = [f"{self.auto_id}_hint"] if self.help_text else []
        return " ".join([*ids, *([f"{self.auto_id}_error"] if self.errors else [])])

    @property
    def kind(self) -> str:
        """`check` for one box, `group` for radio and box lists, else `control`."""
        widget = self.field.widget
        if isinstance(widget, widgets.CheckboxInput):
            return "check"
        return "group" if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple) else "control"


def css_class(widget: widgets.Widget) -> str:
    """The Bootstrap class of a widget."""
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxInput | widgets.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, widgets.Select):
        return "form-select"
    return "" if isinstance(widget, widgets.HiddenInput) else "form-control"


class Renderer(DjangoTemplates):
    """FORM_RENDERER of the project: Django's own widgets, our field and form templates, our tags built in."""

    form_template_name = "ui/_form.html"
    field_template_name = "ui/_field.html"
    bound_field_class = BoundField

    @cached_property
    def engine(self) -> Engine:
        options = {"builtins": ["gonghui.core.templatetags.ui"]}
        root = Path(django.forms.__file__).parent / "templates"
        return Engine({"APP_DIRS": True, "DIRS": [root], "NAME": "djangoforms", "OPTIONS": options})


class Speaking:
    """Mixin: says which field is empty, by its name."""

    fields: dict[str, forms.Field]

    def speak(self) -> None:
        for name, field in self.fields.items():
            if field.error_messages.get("required") == DJANGO_REQUIRED:
                choose = isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.DateField | forms.FileField)
                sentence = gettext("请选择%(name)s。") if choose else gettext("请填写%(name)s。")
                field.error_messages["required"] = sentence % {"name": field.label or name}
            if isinstance(field, forms.DateField) and type(field.widget) is widgets.DateInput:
                field.widget = DayInput(attrs=field.widget.attrs)


class Form(Speaking, forms.Form):
    """Base of plain forms (表单基类). The server says what is missing; the browser's own bubbles would speak its language."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speak()


class ModelForm(Speaking, forms.ModelForm):  # type: ignore[type-arg]
    """Base of forms that mirror a model. Saving stays with the service."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speak()


class DayInput(widgets.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(widgets.DateTimeInput):
    """The browser's own date and time picker."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DayField(forms.DateField):
    """A date; `not_future` refuses days after today, `not_past` before."""

    widget = DayInput
    default_error_messages = {"invalid": _("日期要写成 2026-11-23 这样，请重新选。")}

    def __init__(self, *, not_future: bool = False, not_past: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.not_future, self.not_past = not_future, not_past

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and self.not_future and day > clock.today():
            raise forms.ValidationError(gettext("不能晚于今天（%(day)s）。") % {"day": clock.today()}, code="future")
        if day and self.not_past and day < clock.today():
            raise forms.ValidationError(gettext("不能早于今天（%(day)s）。") % {"day": clock.today()}, code="past")
        return day


class MomentField(forms.DateTimeField):
    """A date and time, Asia/Shanghai."""

    widget = MomentInput
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    default_error_messages = {"invalid": _("时间要写成 2026-11-23 16:40 这样，请重新选。")}


class MoneyField(forms.CharField):
    """An amount in yuan, returned in whole fen."""

    def __init__(self, *, least: int | None = 1, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        return money.show(value).replace("¥", "").replace(",", "") if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            fen = money.parse(text)
        except ValueError:
            raise forms.ValidationError(
                gettext("“%(text)s”不是金额，请写成 1234.50 这样，单位元。") % {"text": text}, code="invalid"
            ) from None
        if self.least is not None and fen < self.least:
            text = gettext("金额至少 %(limit)s，这里是 %(found)s。") % {"limit": money.show(self.least), "found": money.show(fen)}
            raise forms.ValidationError(text, code="least")
        if self.most is not None and fen > self.most:
            text = gettext("金额最多 %(limit)s，这里是 %(found)s。") % {"limit": money.show(self.most), "found": money.show(fen)}
            raise forms.ValidationError(text, code="most")
        return fen


class PhoneField(forms.CharField):
    """A mobile number of 11 digits (手机号)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "tel", "autocomplete": "tel", "maxlength": "20"}

    def clean(self, value: Any) -> str:
        digits = re.sub(r"[\s\-]", "", str(super().clean(value) or "").translate(FULL_WIDTH))
        if not digits:
            return ""
        if not digits.isdigit():
            raise forms.ValidationError(gettext("手机号只有数字，请去掉其他字符。"), code="invalid")
        if gap := len(digits) - 11:
            sentence = gettext("手机号是 11 位，这里多 %(n)s 位。") if gap > 0 else gettext("手机号是 11 位，这里少 %(n)s 位。")
            raise forms.ValidationError(sentence % {"n": abs(gap)}, code="length")
        if digits[0] != "1":
            raise forms.ValidationError(gettext("手机号以 1 开头，请核对第一位。"), code="first")
        return digits


class IdNumberField(forms.CharField):
    """An identity card number of 18 characters (身份证号): shape only; the check digit is the business of `people`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"autocomplete": "off", "maxlength": "24", "spellcheck": "false"}

    def clean(self, value: Any) -> str:
        text = re.sub(r"[\s\-']", "", str(super().clean(value) or "").translate(FULL_WIDTH)).upper()
        if not text:
            return ""
        if len(text) != 18:
            raise forms.ValidationError(gettext("身份证号是 18 位，这里是 %(n)s 位。") % {"n": len(text)}, code="length")
        if not re.fullmatch(r"\d{17}[\dX]", text):
            raise forms.ValidationError(gettext("身份证号前 17 位是数字，X 只能在最后一位。"), code="invalid")
        return text
