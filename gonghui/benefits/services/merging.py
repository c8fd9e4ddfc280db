"""When two records of one person become one (自然人合并): what a person has once stays with the survivor's."""

from __future__ import annotations

from gonghui.benefits.models import Claim, FeeGrant, ModelWorker, PastStay, StayApplication
from gonghui.booking.services.merging import UnlessTaken
from gonghui.people import hooks


def install() -> None:
    """Called from `BenefitsConfig.ready()`."""
    hooks.register_reference("benefits.Claim", "person", UnlessTaken(Claim, ("offer_id", "n")))
    hooks.register_reference("benefits.FeeGrant", "person", UnlessTaken(FeeGrant, ("scheme_id",)))
    hooks.register_reference("benefits.StayApplication", "person", UnlessTaken(StayApplication, ("programme_id",)))
    hooks.register_reference("benefits.PastStay", "person", UnlessTaken(PastStay, ("on",)))
    hooks.register_reference("benefits.ModelWorker", "person", UnlessTaken(ModelWorker, ("honour",)))
