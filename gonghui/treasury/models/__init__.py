"""Tables of treasury (预算与资金的表)."""

from gonghui.treasury.models.assets import Asset, AssetEvent, DepreciationLine, DepreciationRun, Stocktake, StocktakeLine, Wearing
from gonghui.treasury.models.bank import BankEntry, Match, Reconciliation, Signatory, Statement
from gonghui.treasury.models.budgets import Budget, BudgetLine, Reservation
from gonghui.treasury.models.finals import BudgetReminder, FinalAccount, FinalLine
from gonghui.treasury.models.payments import BatchAnswer, BatchLine, Payment, PaymentBatch
from gonghui.treasury.models.projects import FundingProject, FundingPurchase, FundingSource

__all__ = [
    "Asset",
    "AssetEvent",
    "BankEntry",
    "BatchAnswer",
    "BatchLine",
    "Budget",
    "BudgetLine",
    "BudgetReminder",
    "DepreciationLine",
    "DepreciationRun",
    "FinalAccount",
    "FinalLine",
    "FundingProject",
    "FundingPurchase",
    "FundingSource",
    "Match",
    "Payment",
    "PaymentBatch",
    "Reconciliation",
    "Reservation",
    "Signatory",
    "Statement",
    "Stocktake",
    "StocktakeLine",
    "Wearing",
]
