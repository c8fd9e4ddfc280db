"""What each module brings to the demo city (演示城市的各章): one file for each, with `ORDER` and `steps(actor, plan, city)`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import Plan


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The steps of every chapter by their ORDER, each with its title."""
    found = [import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    for chapter in sorted(found, key=lambda module: (module.ORDER, module.__name__)):
        yield from chapter.steps(actor, plan, city)
