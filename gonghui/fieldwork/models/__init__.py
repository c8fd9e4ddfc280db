"""Tables of field work (上门服务的表)."""

from gonghui.fieldwork.models.sync import Act, Clash, Device, Doc, Edit
from gonghui.fieldwork.models.work import Evidence, FollowUp, HelpRequest, OnSiteJoin, Portfolio, Visit

__all__ = ["Act", "Clash", "Device", "Doc", "Edit", "Evidence", "FollowUp", "HelpRequest", "OnSiteJoin", "Portfolio", "Visit"]
