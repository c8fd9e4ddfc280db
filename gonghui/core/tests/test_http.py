"""What views share: numbers out of addresses, tabs, chips, what is said of an act."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from gonghui.core import http
from gonghui.core.errors import NotFound, RuleViolation

pytestmark = pytest.mark.engine_free


@pytest.mark.parametrize(("text", "number"), [
    ("0", 0), ("7", 7), ("007", 7), ("9" * 15, 10**15 - 1), ("9" * 16, None), ("²", None), ("٣", None), ("-1", None), ("", None), (None, None),
    ("1.0", None), (" 1", None),
])  # fmt: skip
def test_only_a_plain_number_that_fits_a_column_is_one(text: str | None, number: int | None) -> None:
    assert http.whole_number(text) == number


def test_numbers_leaves_out_nonsense() -> None:
    assert http.numbers(["1", "²", "x", "9" * 40, "2"]) == [1, 2]


class Filter(forms.Form):
    q = forms.CharField(label="查找", required=False)
    kind = forms.ChoiceField(label="种类", choices=[("a", "甲"), ("b", "乙")], required=False)
    late = forms.BooleanField(label="逾期", required=False)


def test_chips_name_each_condition_and_how_to_take_it_away() -> None:
    request = RequestFactory().get("/?q=厂&kind=b&late=on&page=3")
    found = http.chips(request, Filter(request.GET))
    assert [c["label"] for c in found] == ["查找：厂", "种类：乙", "逾期：是"]
    assert found[1]["url"] == "?q=%E5%8E%82&late=on"


def test_tabs_keep_the_other_conditions_and_begin_at_the_first_page() -> None:
    request = RequestFactory().get("/?q=a&state=open&page=3")
    every, opened = http.tabs_of(request, [("", "全部", 5), ("open", "进行中", None)])
    assert (every["url"], every["current"], every["count"]) == ("?q=a", False, 5)
    assert (opened["url"], opened["current"]) == ("?q=a&state=open", True)


def _asked() -> Any:
    request = RequestFactory().post("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]  # as the middleware does
    return request


def test_an_act_is_told_done_or_refused_and_a_missing_object_goes_its_own_way() -> None:
    request = _asked()

    def refuse() -> None:
        raise RuleViolation("core.test", "还差一份材料。")

    def missing() -> None:
        raise NotFound()

    assert http.told(request, lambda: "made", "已保存。") == "made"
    assert http.told(request, lambda: None, "已保存。") is True
    assert http.told(request, refuse, "已保存。") is None
    assert [str(m) for m in get_messages(request)] == ["已保存。", "已保存。", "还差一份材料。"]
    with pytest.raises(NotFound):
        http.told(request, missing, "已保存。")


def test_an_attempt_that_is_refused_stands_in_the_form_and_nothing_done_counts_as_done() -> None:
    form = Filter({"q": "厂"})

    def refuse() -> None:
        raise RuleViolation("core.test", "还差一份材料。")

    assert form.is_valid() and http.attempt(form, lambda: 0) is True and http.attempt(form, lambda: "made") == "made"
    assert http.attempt(form, refuse) is None and form.non_field_errors() == ["还差一份材料。"]
