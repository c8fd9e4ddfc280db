"""Reads of organising (建会查询). Other apps: `from gonghui.organising import selectors as organising`."""

from gonghui.organising.selectors.cases import case_get, case_list, open_case_of
from gonghui.organising.selectors.planning import Option, Plan, near, neighbours, plan_for

__all__ = ["Option", "Plan", "case_get", "case_list", "near", "neighbours", "open_case_of", "plan_for"]
