"""Forms of import (导入表单)."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.core import clock
from gonghui.core.forms import DayField, Form
from gonghui.files.imports.models import ImportBatch
from gonghui.files.imports.protocol import Handler


class UploadForm(Form):
    """What, from which file, to where (上传)."""

    kind = forms.ChoiceField(label="导入什么")
    file = forms.FileField(label="表格文件", help_text=".xlsx 或 .csv，最大 50 MB。表头写什么都行，下一步再对。")
    target = forms.ChoiceField(label="导入到")
    as_of = DayField(label="资料截至日期", not_future=True, help_text="表里没写日期的，按这一天登记；凭证和期初余额不用它。")

    def __init__(self, *args: Any, kinds: list[Handler], targets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(h.kind, h.label) for h in kinds]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["target"].choices = targets  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["as_of"].initial = clock.today()
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv,.txt"


class MapForm(Form):
    """Which column is which (核对表头)."""

    def __init__(self, *args: Any, batch: ImportBatch, handler: Handler, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heads = [("", "（表里没有）"), *((c, t) for c, t in batch.headers.items())]
        sure = batch.options.get("sure", {})
        for column in handler.columns:
            hint = {"memory": "上次就是这样对的", "near": "猜的，请看一眼"}.get(sure.get(column.key, ""), "")
            self.fields[column.key] = forms.ChoiceField(
                label=column.label, choices=heads, required=column.required, initial=batch.mapping.get(column.key, ""), help_text=hint
            )
        self.speak()


class ReasonForm(Form):
    """A reason (理由)."""

    reason = forms.CharField(label="撤销理由", min_length=2, max_length=120)
