"""Which documents there are (文书种类登记): each app registers the yaml of its `data/` in `AppConfig.ready()`.

```yaml
organising.request:
  label: 建会请示
  group: 建会
  word: 工建            # 机关代字，要编文号的才写
  fields:
    - {name: unit, label: 单位名称, type: text, origin: 单位底册, sample: 青石茶厂}
    - {name: people, label: 名单, type: list, origin: 入会申请, columns: {name: 姓名}, sample: [{name: 张明}]}
  source: |
    # 关于建立{{unit}}工会的请示
```
Types: text, date, int, list. `origin` says where the value comes from; `required: false` leaves a blank line to fill by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gonghui.documents import rules
from gonghui.documents.rules import Field

TYPES = frozenset({"text", "date", "int", "list"})


@dataclass(frozen=True)
class Kind:
    """A kind of document (文书种类)."""

    key: str
    label: str
    group: str
    fields: tuple[Field, ...]
    source: str
    perm: str
    word: str = ""
    note: str = ""

    @property
    def samples(self) -> dict[str, Any]:
        """Values for a preview."""
        return {f.name: f.sample for f in self.fields}


_kinds: dict[str, Kind] = {}


def register(where: Path, *, perm: str) -> None:
    """Register every kind of a yaml file. Args: perm who holds it for the org path of a copy may read that copy.

    Raises: ValueError for a double key, an unknown type or a source that does not fit its fields.
    """
    for key, data in yaml.safe_load(where.read_text(encoding="utf-8")).items():
        kind = _kind(key, data, perm)
        if _kinds.setdefault(key, kind) != kind:
            raise ValueError(f"文书种类重复：{key}")


def _kind(key: str, data: Mapping[str, Any], perm: str) -> Kind:
    fields = tuple(Field(**f) for f in data.get("fields", []))
    if strange := {f.type for f in fields} - TYPES:
        raise ValueError(f"{key}: 字段类型 {sorted(strange)} 不认识")
    if found := rules.faults(data["source"], fields):
        raise ValueError(f"{key}: {'；'.join(found)}")
    return Kind(key, data["label"], data["group"], fields, data["source"], str(perm), data.get("word", ""), data.get("note", ""))


def get(key: str) -> Kind:
    """A kind by its key. An unknown one raises."""
    if key not in _kinds:
        raise LookupError(f"没有登记的文书种类：{key}")
    return _kinds[key]


def find(key: str) -> Kind | None:
    """A kind by its key, or None."""
    return _kinds.get(key)


def all_kinds() -> list[Kind]:
    """All kinds, by group and label."""
    return sorted(_kinds.values(), key=lambda k: (k.group, k.key))
