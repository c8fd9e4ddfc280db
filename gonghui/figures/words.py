"""Names of the groups figures are counted by (分组名称). Layers above add theirs with `register`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gonghui.orgs import enums as orgs
from gonghui.people import enums as people
from gonghui.people.selectors import code_labels

Labels = Callable[[], Mapping[str, str]]

_sets: dict[str, Labels] = {
    "status": lambda: {str(v): str(n) for v, n in orgs.EmployerStatus.choices},
    "union_kind": lambda: {str(v): str(n) for v, n in orgs.UnionKind.choices},
    "joint_form": lambda: {str(v): str(n) for v, n in orgs.JointForm.choices},
    "mode": lambda: {str(v): str(n) for v, n in orgs.Mode.choices},
    "coverage_form": lambda: _coverage(),
    "sector": lambda: {str(v): str(n) for v, n in orgs.Sector.choices},
    "sex": lambda: {str(v): str(n) for v, n in people.Sex.choices},
    "group": lambda: {str(v): str(n) for v, n in people.Group.choices},
}


def _coverage() -> dict[str, str]:
    """Forms, and the same of public employers."""
    forms = {str(v): str(n) for v, n in orgs.CoverageForm.choices}
    return {**forms, **{f"public.{v}": f"机关企事业 {n}" for v, n in forms.items()}}


def register(name: str, labels: Labels) -> None:
    """Give the labels of a code set that a higher layer owns."""
    _sets[name] = labels


def labels(name: str) -> Mapping[str, str]:
    """Value -> label of a set: a registered one, else a national code set of `people`."""
    if not name:
        return {}
    return _sets[name]() if name in _sets else code_labels(name)
