"""YAML read strictly (严格读 YAML): no key twice, and only `true` and `false` are truth values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from gonghui.policy.engine.records import PackError


class StrictLoader(yaml.CSafeLoader):
    """YAML that refuses a key written twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise PackError([f"第 {key_node.start_mark.line + 1} 行：键 {key} 写了两次"])
            seen.add(key)
        return super().construct_mapping(node, deep)


# YAML 1.1 reads on, off, yes, no as truth values; here only true and false are.
StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:bool"]
    for first, rows in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, lambda loader, node: loader.construct_mapping(node, deep=True))  # type: ignore[arg-type]  # the stub names another node type


def read(path: Path) -> Any:
    """One YAML file, strictly."""
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, name: str) -> Any:
    """YAML text, strictly. Raises PackError naming the file."""
    try:
        return yaml.load(text, Loader=StrictLoader)  # noqa: S506  # a SafeLoader subclass
    except (yaml.YAMLError, PackError) as fault:
        raise PackError([f"{name}: {fault if isinstance(fault, yaml.YAMLError) else fault.faults[0]}"]) from fault
