"""Tables of income (经费收缴)."""

from gonghui.income.models.dues import DuesBase, DuesItem, DuesList, Payment
from gonghui.income.models.levy import (
    Component,
    Declaration,
    Demand,
    DemandLine,
    Payer,
    Receipt,
    Refund,
    Remittance,
    Sequence,
    Share,
    Waiver,
)
from gonghui.income.models.recon import Reconciliation, ReconLine
from gonghui.income.models.staff import StaffArrival, StaffCheck

__all__ = [
    "Component", "Declaration", "Demand", "DemandLine", "DuesBase", "DuesItem", "DuesList", "Payer", "Payment", "Receipt", "ReconLine",
    "Reconciliation", "Refund", "Remittance", "Sequence", "Share", "StaffArrival", "StaffCheck", "Waiver",
]  # fmt: skip
