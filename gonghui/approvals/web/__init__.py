"""Doors of approvals (审批的入口)."""
