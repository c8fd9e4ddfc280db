"""Where the reader works and may switch to (组织切换)."""

from __future__ import annotations

from typing import Any

from gonghui.core.menu import Place
from gonghui.orgs.selectors import closure


def places(request: Any) -> list[Place]:
    """The unions of the reader's grants; the one asked for, else the widest, is current."""
    paths = sorted({s.path for s in request.actor.scopes if s.path}, key=lambda p: (len(p), p))
    nodes = closure.nodes_for(request.actor, paths)
    asked = request.GET.get("org", "")
    current = next((n for n in nodes if n.code == asked), nodes[0] if nodes else None)
    return [Place(n.name, f"/console/?org={n.code}", n is current) for n in nodes]
