"""Fields that name a union or an employer by code or full name, inside the actor's scope (工会、单位选择框)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy

from gonghui.accounts.actor import Actor
from gonghui.core.forms import Form
from gonghui.orgs.enums import Perm
from gonghui.orgs.models import Employer, Union
from gonghui.orgs.selectors import employers, unions


class UnionField(forms.CharField):
    """A union by code or name; htmx fills a list of suggestions, without script the code is typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "填组织代码或全称，边打边有提示")
        super().__init__(**kwargs)
        self.actor: Actor | None = None
        self.widget.attrs |= {
            "list": "union-options",
            "autocomplete": "off",
            "hx-get": reverse_lazy("orgs:union_options"),
            "hx-trigger": "typed delay:300ms",
            "hx-target": "#union-options",
            "hx-swap": "innerHTML",
        }

    def clean(self, value: Any) -> Union | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        assert self.actor is not None
        rows = unions.union_visible(self.actor, Perm.UNION_VIEW).filter(ended_on=None)
        code = text.split(" ", 1)[0]
        found = list(rows.filter(code=code)[:1]) or list(rows.filter(name=text)[:2])
        if len(found) == 1:
            return found[0]
        near = list(unions.union_search(actor=self.actor, words=text)[:4])
        if len(near) == 1:
            return near[0]
        if near:
            words = "；".join(f"{u.code} {u.name}" for u in near)
            raise forms.ValidationError(f"“{text}”对应不止一个工会，请填代码：{words}。", code="many")
        raise forms.ValidationError(f"没找到工会“{text}”。请填组织代码或全称。", code="none")


class EmployerField(forms.CharField):
    """An employer by ledger number, licence or full name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "填单位编号、证照号或全称")
        super().__init__(**kwargs)
        self.actor: Actor | None = None

    def clean(self, value: Any) -> Employer | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        assert self.actor is not None
        found = list(employers.employer_list(actor=self.actor, q=text)[:6])
        exact = [e for e in found if text in (e.code, e.name)] or found
        if len(exact) == 1:
            return exact[0]
        if exact:
            words = "；".join(f"{e.code} {e.name}" for e in exact[:4])
            raise forms.ValidationError(f"“{text}”对应不止一家单位，请填单位编号：{words}。", code="many")
        raise forms.ValidationError(f"没找到单位“{text}”。请填单位编号、证照号或全称。", code="none")


class ActorForm(Form):
    """A form whose fields look things up for an actor."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, UnionField | EmployerField):
                field.actor = actor
        for name in ("reason", "evidence", "note"):
            if name in self.fields:
                self.fields[name].wide = True  # type: ignore[attr-defined]  # read by ui/_form.html


def choices(enum: Any, *, empty: str = "") -> list[tuple[str, str]]:
    """Choices of a select, with a first line that says nothing is chosen."""
    return ([("", empty)] if empty else []) + [(str(v), str(label)) for v, label in enum.choices]
