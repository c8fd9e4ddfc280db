"""Read a small file of claims (读上报数文件)."""

from __future__ import annotations

import csv
import io
from typing import Any

from gonghui.core.errors import BadInput

HEADS = ("组织代码", "指标", "截止日", "上报值", "分子", "分母", "出处")
MOST_BYTES, MOST_ROWS = 2 * 1024 * 1024, 2000


def read(content: bytes, name: str) -> list[dict[str, Any]]:
    """Rows by column name from xlsx or csv (UTF-8 or GBK). Raises: BadInput figures.file_unread."""
    if len(content) > MOST_BYTES:
        raise BadInput("figures.file_large", "文件超过 2 MB。上报数请按模板填写，分几次导入。")
    rows = _xlsx(content) if content[:2] == b"PK" else _csv(content)
    if not rows:
        raise BadInput("figures.file_empty", "文件里没有数据行。")
    if missing := [h for h in ("指标", "截止日", "上报值", "出处") if h not in rows[0]]:
        raise BadInput("figures.file_unread", f"缺少列：{'、'.join(missing)}。请用模板填写。")
    return rows[:MOST_ROWS]


def _csv(content: bytes) -> list[dict[str, Any]]:
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.DictReader(io.StringIO(content.decode(coding))))
        except UnicodeDecodeError:
            continue
    raise BadInput("figures.file_unread", "文件编码读不出，请另存为 UTF-8 的 csv 或 xlsx。")


def _xlsx(content: bytes) -> list[dict[str, Any]]:
    import polars

    try:
        frame = polars.read_excel(io.BytesIO(content), infer_schema_length=0)
    except Exception as fault:
        raise BadInput("figures.file_unread", "这个 xlsx 打不开，可能已损坏或加了密码。请另存后再传。") from fault
    return [{k: v if v is not None else "" for k, v in row.items()} for row in frame.iter_rows(named=True)]
