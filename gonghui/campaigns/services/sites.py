"""Joining on site (集体入会现场): batches and ceremonies of the members' app hung on a campaign; a driver's own notes. Source: S031, S032, S033."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.campaigns.enums import CampaignState
from gonghui.campaigns.models import Campaign, DriverNote, Site
from gonghui.campaigns.selectors import homes
from gonghui.campaigns.services.common import held, saved
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound
from gonghui.members.enums import ConsentPurpose
from gonghui.members.services import ceremonies, consents, joining
from gonghui.people import services as people

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.campaigns.selectors.homes import Home


@transaction.atomic
def site_open(*, actor: Actor, campaign: Campaign, kind: str, union: Any, title: str, place: str, at: datetime) -> Site:
    """Open a table with one QR (摆一张桌): a campaign batch and its ceremony. Raises: NotFound, NotPermitted; BadInput; Conflict members.batch_once."""
    row = held(actor, campaign, states=(CampaignState.RUNNING,))
    if not union.path.startswith(row.union.path):
        raise NotFound()
    batch = joining.batch_open(actor=actor, union=union, name=title, campaign=True)
    ceremony = ceremonies.ceremony_plan(actor=actor, batch=batch, title=title, place=place, at=at)
    return _kept(actor, row, kind, batch, ceremony)


@transaction.atomic
def site_link(*, actor: Actor, campaign: Campaign, kind: str, batch: Any) -> Site:
    """Hang a batch that exists already on the campaign (挂接批次). Raises: NotFound; Conflict campaigns.linked."""
    row = held(actor, campaign, states=(CampaignState.RUNNING,))
    if not batch.union.path.startswith(row.union.path):
        raise NotFound()
    if Site.objects.filter(batch=batch).exists():
        raise Conflict("campaigns.linked", f"批次“{batch.name}”已经挂在一个行动上。")
    return _kept(actor, row, kind, batch, batch.ceremonies.order_by("-at").first())


def _kept(actor: Actor, row: Campaign, kind: str, batch: Any, ceremony: Any) -> Site:
    made: Site = saved(Site(campaign=row, kind=kind, batch=batch, ceremony=ceremony, actor=actor.ref))
    audit.record(actor, "campaigns.site.linked", made, org_path=row.union.path, batch=batch, ceremony=ceremony)
    return made


@transaction.atomic
def driver_join(
    *, actor: Actor, person: Any, home: Home, signed_name: str, plate: str, home_place: str, platform: str = "", ceremony: Any = None
) -> DriverNote:
    """A driver without a workplace joins by phone (货车司机入会登记): application, vehicle and home place in one act.

    Args: actor the driver himself; home the union found by rule, or that of the table; ceremony the table's, else None.
    Raises: as `joining.application_submit`; BadInput campaigns.driver.
    """
    if person.group != homes.TRUCKER:
        person = people.person_correct(actor=homes.SYSTEM, person=person, reason="本人登记为货车司机", group=homes.TRUCKER)
    consents.consent_give(actor=actor, person=person, purpose=ConsentPurpose.MEMBERSHIP)
    row = joining.application_submit(
        actor=actor, person=person, union=home.union, step=home.step, employment_kind="gig", signed=joining.Signed(signed_name),
        batch=ceremony.batch if ceremony is not None else None, channel="collective" if ceremony is not None else "personal",
    )  # fmt: skip
    if ceremony is not None:
        ceremonies.ceremony_check_in(actor=actor, token=ceremony.token)
    return driver_note(actor=actor, application=row, plate=plate, home_place=home_place, platform=platform, home_by=home.by)


@transaction.atomic
def driver_note(*, actor: Actor, application: Any, plate: str, home_place: str, platform: str = "", home_by: str = "") -> DriverNote:
    """A driver says vehicle and home place (货车司机补充登记): of the own application only. Raises: NotFound; BadInput campaigns.driver."""
    if actor.person_id is None or application.person_id != actor.person_id:
        raise NotFound()
    plate = "".join(plate.split()).upper()
    if not 6 <= len(plate) <= 12 or not home_place.strip():
        raise BadInput("campaigns.driver", "请写完整的车牌号（例如 鲁K12345）和常驻地。")
    values = {"plate": plate, "home_place": home_place.strip()[:60], "platform": platform.strip()[:40], "at": clock.now()}
    values |= {"home_by": home_by} if home_by else {}
    made, fresh = DriverNote.objects.update_or_create(application=application, defaults=values)
    audit.record(actor, "campaigns.driver.added" if fresh else "campaigns.driver.changed", made, org_path=application.union.path)
    return made
