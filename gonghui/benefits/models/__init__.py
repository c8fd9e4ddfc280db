"""Tables of benefits (普惠与疗休养的表)."""

from __future__ import annotations

from gonghui.benefits.models.fees import FeeGrant, FeeRate, FeeScheme, FeeUse, Hospital, Settlement
from gonghui.benefits.models.offers import Claim, CounterTry, Merchant, Offer
from gonghui.benefits.models.stays import Batch, ModelWorker, PastStay, Programme, Share, StayApplication

__all__ = [
    "Batch", "Claim", "CounterTry", "FeeGrant", "FeeRate", "FeeScheme", "FeeUse", "Hospital", "Merchant", "ModelWorker", "Offer", "PastStay",
    "Programme", "Settlement", "Share", "StayApplication",
]  # fmt: skip
