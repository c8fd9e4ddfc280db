"""Tables of the register (组织登记)."""

from gonghui.orgs.models.employer import (
    CardBlock,
    Coverage,
    Duplicate,
    Employer,
    EmployerPlace,
    EmployerSpell,
    EmployerValue,
    Licence,
    Merge,
    Spot,
)
from gonghui.orgs.models.federation import Agreement, AgreementEmployer, ClusterCongress
from gonghui.orgs.models.union import (
    Certificate,
    Group,
    Lead,
    Matter,
    Post,
    Reminder,
    SeasonCount,
    Term,
    Union,
    UnionAccount,
    UnionEvent,
    UnionLine,
    WorkUnit,
)

__all__ = [
    "Agreement", "AgreementEmployer", "CardBlock", "Certificate", "ClusterCongress", "Coverage", "Duplicate", "Employer", "EmployerPlace", "EmployerSpell", "EmployerValue", "Group", "Lead",
    "Licence", "Matter", "Merge", "Post", "Reminder", "SeasonCount", "Spot", "Term", "Union", "UnionAccount", "UnionEvent", "UnionLine", "WorkUnit",
]  # fmt: skip
