"""Life of an approval (审批的状态)."""

from __future__ import annotations

from gonghui.approvals.enums import ApprovalState as S
from gonghui.approvals.models import Approval
from gonghui.core.flow import Flow

APPROVAL: Flow[Approval] = Flow(
    "approvals.approval",
    {
        S.DRAFT: {S.PENDING},
        S.PENDING: {S.APPROVED, S.REFUSED, S.RETURNED, S.WITHDRAWN, S.VOIDED},
        S.RETURNED: {S.PENDING, S.WITHDRAWN},
        S.WITHDRAWN: {S.PENDING},
        S.VOIDED: {S.PENDING},
        S.APPROVED: {S.VOIDED},
        S.REFUSED: set(),
    },
)
