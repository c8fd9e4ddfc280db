"""Points and what hangs on them (阵地办理)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.treasury.selectors import projects
from gonghui.venues.enums import Facility, Perm, VenueKind, VenueState
from gonghui.venues.models import Duty, Equipment, HoursException, Offer, Venue

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FIELDS = ("name", "address", "latitude_e6", "longitude_e6", "facilities", "hours", "steward", "phone", "area_m2", "privacy_note")
MOVES = {VenueState.OPEN: {VenueState.PAUSED, VenueState.CLOSED}, VenueState.PAUSED: {VenueState.OPEN, VenueState.CLOSED}}


def _checked(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in values.items() if k in FIELDS}
    if not str(kept.get("name", "")).strip() or not str(kept.get("address", "")).strip():
        raise BadInput("venues.values", "请写阵地名称和地址。")
    lat, lon = kept.get("latitude_e6"), kept.get("longitude_e6")
    if (lat is None) != (lon is None) or (lat is not None and lon is not None and not (abs(lat) <= 90_000_000 and abs(lon) <= 180_000_000)):
        raise BadInput("venues.place", "经度和纬度要一起填，并在范围内；不知道就都留空。")
    if set(kept.get("facilities") or ()) - set(Facility.values):
        raise BadInput("venues.facility", "功能设施里有不认识的一项。")
    if kind == VenueKind.NURSING and len(str(kept.get("privacy_note", "")).strip()) < 4:
        raise RuleViolation("venues.privacy_note", "母婴关爱室要写隐私要求，例如：门可反锁、有遮挡帘、室内不装摄像头。")
    return kept


@transaction.atomic
def venue_add(*, actor: Actor, union: Any, kind: str, opened_on: date, project_id: int | None = None, **values: Any) -> Venue:
    """Register a point (登记阵地). Source: S175–S181."""
    actor.require(Perm.VENUE_EDIT, union)
    if kind not in VenueKind.values or opened_on > clock.today():
        raise BadInput("venues.kind", "请选阵地类别；启用日期不能晚于今天。")
    kept = _checked(kind, values)
    project = _project(actor, union, project_id)
    union = type(union)._default_manager.select_for_update().get(pk=union.pk)
    number = Venue.objects.filter(union=union).count() + 1
    try:
        with transaction.atomic():
            made = Venue.objects.create(
                union=union, kind=kind, opened_on=opened_on, project=project, code=f"V{union.pk}-{number}", created_at=clock.now(), **kept
            )
    except IntegrityError:
        raise Conflict("venues.exists", "本工会已有同类同名的阵地。请换个名称，或在原来的阵地上修改。") from None
    audit.record(actor, "venues.venue.added", made, org_path=union.path, kind=kind)
    return made


def _project(actor: Actor, union: Any, pk: int | None) -> Any:
    """A funding project of the same union that the actor may see. Raises NotFound."""
    if pk is None:
        return None
    found = projects.project_get(actor=actor, pk=pk)
    if found.union_id != union.pk:
        raise RuleViolation("venues.project_union", "资金项目要是本工会的。")
    return found


@transaction.atomic
def venue_edit(*, actor: Actor, venue: Venue, project_id: int | None = None, **values: Any) -> Venue:
    """Change what a point says about itself (修改阵地)."""
    actor.require(Perm.VENUE_EDIT, venue.union)
    row = Venue.objects.select_for_update().select_related("union").get(pk=venue.pk)
    if row.state == VenueState.CLOSED:
        raise Conflict("venues.closed", "这处阵地已经撤销，不能再改。")
    kept = _checked(row.kind, {**{f: getattr(row, f) for f in FIELDS}, **values})
    project = _project(actor, row.union, project_id) if project_id is not None else row.project
    changed = sorted(k for k, v in kept.items() if getattr(row, k) != v)
    try:
        with transaction.atomic():
            Venue.objects.filter(pk=row.pk).update(project=project, **kept)
    except IntegrityError:
        raise Conflict("venues.exists", "本工会已有同类同名的阵地。") from None
    row.refresh_from_db()
    audit.record(actor, "venues.venue.edited", row, org_path=row.union.path, fields=changed)
    return row


@transaction.atomic
def venue_move(*, actor: Actor, venue: Venue, state: str, reason: str = "") -> Venue:
    """Pause, open again, close for good (暂停、恢复、撤销): all but opening with a reason."""
    actor.require(Perm.VENUE_EDIT, venue.union)
    if state not in VenueState.values:
        raise BadInput("venues.state", "没有这种状态。")
    if state != VenueState.OPEN and len(reason.strip()) < 2:
        raise RuleViolation("venues.reason", "暂停或撤销要写明原因，职工在手机上看得到。")
    if state == VenueState.CLOSED and venue.books.filter(copies__state="lent").exists():
        raise RuleViolation("venues.books_out", "还有图书没有归还，收齐以后才能撤销。")
    sources = [s for s, to in MOVES.items() if state in to]
    values: dict[str, Any] = {"state": state, "reason": "" if state == VenueState.OPEN else reason.strip()[:200]}
    if state == VenueState.CLOSED:
        values["closed_on"] = clock.today()
    if not Venue.objects.filter(pk=venue.pk, state__in=sources).update(**values):
        venue.refresh_from_db()
        raise Conflict("venues.moved", f"“{venue.name}”现在是“{VenueState(venue.state).label}”，不能这样办。请刷新后再看。")
    venue.refresh_from_db()
    audit.record(actor, f"venues.venue.{state}", venue, org_path=venue.union.path, reason=values["reason"])
    return venue


def _live(actor: Actor, venue: Venue) -> None:
    actor.require(Perm.VENUE_EDIT, venue.union)
    if venue.state == VenueState.CLOSED:
        raise Conflict("venues.closed", "这处阵地已经撤销，不能再改。")


@transaction.atomic
def exception_set(*, actor: Actor, venue: Venue, on: date, words: str, span: tuple[int, int] | None = None) -> HoursException:
    """Other hours on one day (登记特殊开放日); without hours it is closed."""
    _live(actor, venue)
    if on < clock.today() or not words.strip():
        raise BadInput("venues.exception", "日期不能早于今天，并写说明，例如：春节放假。")
    row, _new = HoursException.objects.update_or_create(
        venue=venue, on=on, defaults={"words": words.strip()[:80], "opens": span[0] if span else None, "closes": span[1] if span else None}
    )
    audit.record(actor, "venues.hoursexception.set", row, org_path=venue.union.path, on=on)
    return row


@transaction.atomic
def equipment_set(*, actor: Actor, venue: Venue, name: str, quantity: int, broken: int = 0, source: str = "") -> Equipment | None:
    """A line of the equipment list; quantity 0 takes it off (登记设备)."""
    _live(actor, venue)
    if not name.strip() or quantity < 0 or not 0 <= broken <= quantity or quantity > 100_000:
        raise BadInput("venues.equipment", "请写设备名称；待修数量不能多于总数。")
    if quantity == 0:
        Equipment.objects.filter(venue=venue, name=name.strip()).delete()
        audit.record(actor, "venues.equipment.removed", venue, org_path=venue.union.path, name=name[:60])
        return None
    row, _new = Equipment.objects.update_or_create(
        venue=venue, name=name.strip()[:60], defaults={"quantity": quantity, "broken": broken, "source": source.strip()[:60]}
    )
    audit.record(actor, "venues.equipment.set", row, org_path=venue.union.path, quantity=quantity, broken=broken)
    return row


@transaction.atomic
def offers_set(*, actor: Actor, venue: Venue, rows: Iterable[tuple[str, str]]) -> int:
    """The service list of a station or centre, as a whole (登记服务事项)."""
    _live(actor, venue)
    if venue.kind not in (VenueKind.STATION, VenueKind.CENTRE, VenueKind.HOME):
        raise RuleViolation("venues.offer_kind", "服务站、服务中心和职工之家才有服务事项。")
    kept = {name.strip()[:60]: words.strip()[:200] for name, words in rows if name.strip()}
    if len(kept) > 60:
        raise BadInput("venues.offers", "服务事项最多 60 项。")
    Offer.objects.filter(venue=venue).delete()
    Offer.objects.bulk_create(Offer(venue=venue, name=name, words=words) for name, words in kept.items())
    audit.record(actor, "venues.offer.set", venue, org_path=venue.union.path, count=len(kept))
    return len(kept)


@transaction.atomic
def duty_set(*, actor: Actor, venue: Venue, on: date, name: str, phone: str = "") -> Duty:
    """Who sits at the window on a day (排班)."""
    _live(actor, venue)
    if on < clock.today() or not name.strip():
        raise BadInput("venues.duty", "请写值班人；日期不能早于今天。")
    try:
        with transaction.atomic():
            row = Duty.objects.create(venue=venue, on=on, name=name.strip()[:40], phone=phone.strip()[:20])
    except IntegrityError:
        raise Conflict("venues.duty_once", "这一天已经排了这位。") from None
    audit.record(actor, "venues.duty.set", row, org_path=venue.union.path, on=on)
    return row
