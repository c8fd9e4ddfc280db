"""The only writers of membership and employment (会籍段、劳动关系的唯一写入处).

Every write runs inside `folding.refolded(...)`: what the persons counted for before is taken away and what they count for
after is added, in the same transaction, so roll-ups are never late. Callers have checked permission and rules; these
functions keep the arithmetic of spells: one open spell a person, no overlap, a change ends one spell and opens the next.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.members.enums import Channel, EmploymentKind, Perm, Standing
from gonghui.members.models import Employment, Membership
from gonghui.members.rules import intervals
from gonghui.members.services import folding

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

CARRIED = ("union_id", "group_id", "standing", "joined_on", "channel", "card_no", "private")
"""What the next spell inherits from the one before."""


@transaction.atomic
def open_spell(
    *,
    actor: Actor,
    person: Any,
    union: Any,
    on: date,
    standing: str = Standing.ACTIVE,
    joined_on: date | None = None,
    channel: str = Channel.PERSONAL,
    group: Any = None,
    card_no: str = "",
    private: bool = False,
) -> Membership:
    """Begin a membership (会籍开始).

    Raises: Conflict members.already_member; RuleViolation members.future, members.overlap, members.union_ended.
    """
    _not_future(on)
    if union.ended_on is not None and union.ended_on <= on:
        raise RuleViolation("members.union_ended", f"{union.name}已于 {union.ended_on} 终止，不能再接收会员。请选择承接的工会。")
    values = {"standing": standing, "joined_on": joined_on or on, "channel": channel, "card_no": card_no, "private": private}
    with folding.refolded([person.pk]):
        spell = _create(person_id=person.pk, union_id=union.pk, group_id=group.pk if group else None, since=on, **values)
    audit.record(
        actor, "members.spell.opened", spell, org_path="" if private else union.path, person=person.pk, since=on, standing=standing
    )
    return spell


@transaction.atomic
def end_spell(*, actor: Actor, spell: Membership, on: date, ended: str) -> Membership:
    """End a membership (会籍结束). Raises: Conflict members.spell_moved; RuleViolation members.before_spell."""
    _not_future(on)
    spell = lock(spell)
    _after_start(spell, on)
    with folding.refolded([spell.person_id]):
        _close(spell, on, ended)
    audit.record(actor, "members.spell.ended", spell, org_path=spell.union.path, person=spell.person_id, until=on, reason=ended)
    return spell


@transaction.atomic
def change_spell(*, actor: Actor, spell: Membership, on: date, ended: str, **changes: Any) -> Membership:
    """End the spell and open the next with `changes` (standing, union, group, …): standing, union and group have a history.

    Raises: Conflict members.spell_moved; RuleViolation members.before_spell, members.future.
    """
    _not_future(on)
    strangers = {f"{n}_id" if n in ("union", "group") else n for n in changes} - set(CARRIED)
    if strangers:
        raise TypeError(f"change_spell: {sorted(strangers)}")
    spell = lock(spell)
    _after_start(spell, on)
    carried = {name: getattr(spell, name) for name in CARRIED}
    for name, value in changes.items():
        if name in ("union", "group"):
            carried[f"{name}_id"] = value.pk if value is not None else None
        else:
            carried[name] = value
    if carried["union_id"] != spell.union_id and "group" not in changes:
        carried["group_id"] = None
    with folding.refolded([spell.person_id]):
        _close(spell, on, ended)
        fresh = _create(person_id=spell.person_id, since=on, **carried)
    plain = {k: v.pk if hasattr(v, "pk") else v for k, v in changes.items()}
    audit.record(
        actor, "members.spell.changed", fresh, org_path=fresh.union.path, person=spell.person_id, old=spell.pk, on=on, reason=ended, **plain
    )
    return fresh


@transaction.atomic
def correct_spell(*, actor: Actor, spell: Membership, reason: str, **changes: Any) -> Membership:
    """Correct what was registered wrongly (登记更正): since, until, joined_on, channel, group. The old values stay in the audit log.

    Raises: NotPermitted; RuleViolation members.reason, members.overlap, members.bad_dates; Conflict.
    """
    actor.require(Perm.MEMBER_EDIT, spell.union)
    if len(reason.strip()) < 4:
        raise RuleViolation("members.reason", "更正会籍要写明理由，至少 4 个字。")
    if set(changes) - {"since", "until", "joined_on", "channel", "group"}:
        raise TypeError(f"correct_spell: {sorted(changes)}")
    spell = Membership.objects.select_for_update().select_related("union").get(pk=spell.pk)
    old = {name: getattr(spell, name if name != "group" else "group_id") for name in changes}
    for day in (changes.get("since"), changes.get("until")):
        if day is not None:
            _not_future(day)
    since, until = changes.get("since", spell.since), changes.get("until", spell.until)
    if until is not None and until < since:
        raise RuleViolation("members.bad_dates", f"会籍从 {since} 开始，不能在 {until} 结束。请核对两个日期。")
    if "until" in changes and (until is None) != (spell.until is None):
        raise RuleViolation("members.bad_dates", "更正只改日期。要结束会籍请办理退出，要恢复请办理恢复会籍。")
    _apart(spell.person_id, since, until, but=spell.pk)
    with folding.refolded([spell.person_id]):
        for name, value in changes.items():
            setattr(spell, name, value)
        _save(spell, [("group" if n == "group" else n) for n in changes])
    audit.record(actor, "members.spell.corrected", spell, org_path=spell.union.path, old=old, new=_plain(changes), reason=reason.strip())
    return spell


def lock(spell: Membership) -> Membership:
    """The open spell as it is now, locked. Raises Conflict when it is no longer open."""
    held = Membership.objects.select_for_update(of=("self",)).select_related("union").filter(pk=spell.pk, until=None).first()
    if held is None:
        raise Conflict("members.spell_moved", "这名会员的会籍刚刚变动过，您的操作没有生效。请刷新后查看最新状态。")
    return held


def _create(**values: Any) -> Membership:
    until = values.get("until")
    _apart(values["person_id"], values["since"], until)
    try:
        with transaction.atomic():
            return Membership.objects.create(**values)
    except IntegrityError as fault:
        if "apart" in str(fault) or "重叠" in str(fault):
            raise _overlap() from fault
        raise _already() from fault


def _save(spell: Membership, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            spell.save(update_fields=fields)
    except DatabaseError as fault:
        raise _overlap() from fault


def _close(spell: Membership, on: date, ended: str) -> None:
    moved = Membership.objects.filter(pk=spell.pk, until=None).update(until=on, ended=ended)
    if not moved:
        raise Conflict("members.spell_moved", "这名会员的会籍刚刚变动过，您的操作没有生效。请刷新后查看最新状态。")
    spell.until, spell.ended = on, ended


def _apart(person_id: int, since: date, until: date | None, but: int | None = None) -> None:
    """A readable refusal before the database's own guard."""
    others = Membership.objects.filter(Q(until=None) | Q(until__gt=since), person_id=person_id)
    if but is not None:
        others = others.exclude(pk=but)
    if until is not None:
        others = others.filter(since__lt=until)
    for other in others.select_related("union"):
        if other.until is None and until is None:
            raise _already()
        if intervals.overlap(intervals.Spell(since, until), intervals.Spell(other.since, other.until)):
            raise _overlap()


def _already() -> Conflict:
    return Conflict("members.already_member", "这个人现在已有会籍。请办理转会，不要重复入会。")


def _overlap() -> RuleViolation:
    return RuleViolation("members.overlap", "这段时间里这个人已有另一段会籍，同一天只能有一处会籍。请核对起止日期。")


def _after_start(spell: Membership, on: date) -> None:
    if on < spell.since:
        raise RuleViolation("members.before_spell", f"这段会籍从 {spell.since} 开始，变动日期 {on} 更早。请核对日期，或先更正开始日期。")


def _not_future(on: date) -> None:
    if on > clock.today():
        raise RuleViolation("members.future", f"日期 {on} 晚于今天（{clock.today()}）。请在当天或之后办理。")


def _plain(changes: dict[str, Any]) -> dict[str, Any]:
    return {k: v.pk if hasattr(v, "pk") else v for k, v in changes.items()}


# -- employment --------------------------------------------------------------------------------------------------


@transaction.atomic
def open_employment(
    *,
    actor: Actor,
    person: Any,
    employer: Any,
    on: date,
    kind: str = EmploymentKind.REGULAR,
    post: str = "",
    season: tuple[str, str] = ("", ""),
    source: str = "",
    agency: Any = None,
) -> Employment:
    """Somebody begins to work for an employer (登记劳动关系). Raises: Conflict members.employed_already; RuleViolation members.season."""
    _not_future(on)
    if wrong := intervals.season_fault(*season):
        raise RuleViolation("members.season", wrong)
    values = {"kind": kind, "post": post[:60], "season_from": season[0], "season_to": season[1], "source": source[:40], "agency": agency}
    with folding.refolded([person.pk]):
        try:
            with transaction.atomic():
                row = Employment.objects.create(person_id=person.pk, employer_id=employer.pk, since=on, **values)
        except IntegrityError as fault:
            raise Conflict("members.employed_already", "这名职工在本单位的劳动关系已经登记。") from fault
    audit.record(actor, "members.employment.opened", row, org_path=employer.union.path, person=person.pk, since=on, kind=kind)
    return row


@transaction.atomic
def end_employment(*, actor: Actor, employment: Employment, on: date) -> Employment:
    """The labour relation ends (离职). Membership does not end by it: a transfer-out notice follows (`transfers.employment_ended`)."""
    _not_future(on)
    row = Employment.objects.select_for_update(of=("self",)).select_related("employer__union").get(pk=employment.pk)
    if row.until is not None:
        raise Conflict("members.employment_ended", f"这段劳动关系已于 {row.until} 结束。")
    if on <= row.since:
        raise RuleViolation("members.before_spell", f"入职日期是 {row.since}，离职日期 {on} 应晚于它。")
    with folding.refolded([row.person_id]):
        if not Employment.objects.filter(pk=row.pk, until=None).update(until=on):
            raise Conflict("members.employment_ended", "这段劳动关系刚刚已结束。请刷新后查看。")
        row.until = on
    audit.record(actor, "members.employment.ended", row, org_path=row.employer.union.path, person=row.person_id, until=on)
    return row


@transaction.atomic
def correct_employment(*, actor: Actor, employment: Employment, reason: str, **changes: Any) -> Employment:
    """Correct a labour relation (更正劳动关系): kind, post, season_from, season_to, since, until.

    Raises: NotPermitted; RuleViolation members.reason, members.season, members.bad_dates.
    """
    actor.require(Perm.MEMBER_EDIT, employment.employer.union)
    if len(reason.strip()) < 4:
        raise RuleViolation("members.reason", "更正劳动关系要写明理由，至少 4 个字。")
    if set(changes) - {"kind", "post", "season_from", "season_to", "since", "until"}:
        raise TypeError(f"correct_employment: {sorted(changes)}")
    row = Employment.objects.select_for_update(of=("self",)).select_related("employer__union").get(pk=employment.pk)
    if fault := intervals.season_fault(changes.get("season_from", row.season_from), changes.get("season_to", row.season_to)):
        raise RuleViolation("members.season", fault)
    since, until = changes.get("since", row.since), changes.get("until", row.until)
    if until is not None and until <= since:
        raise RuleViolation("members.bad_dates", f"入职日期 {since}，离职日期 {until} 应晚于它。请核对。")
    old = {name: getattr(row, name) for name in changes}
    with folding.refolded([row.person_id]):
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(update_fields=list(changes))
    audit.record(actor, "members.employment.corrected", row, org_path=row.employer.union.path, old=old, new=changes, reason=reason.strip())
    return row


@transaction.atomic
def secondment_set(*, actor: Actor, employment: Employment, host: Any, since: date | None = None, until: date | None = None) -> Employment:
    """Note that somebody works for another employer for a time (登记借调): the membership stays with the home union. Source: MEM-9-1.

    Args: host the employer, None to take the note away; until exclusive, None while it lasts.
    Raises: NotPermitted; RuleViolation members.host_same, members.bad_dates; Conflict members.employment_ended.
    """
    actor.require(Perm.MEMBER_EDIT, employment.employer.union)
    row = Employment.objects.select_for_update(of=("self",)).select_related("employer__union").get(pk=employment.pk)
    if row.until is not None:
        raise Conflict("members.employment_ended", f"这段劳动关系已于 {row.until} 结束，不能再登记借调。")
    if host is not None and host.pk == row.employer_id:
        raise RuleViolation("members.host_same", "借调单位就是现在的单位，请另选。")
    if host is not None and (since is None or since < row.since or (until is not None and until <= since)):
        raise RuleViolation("members.bad_dates", f"借调日期应在入职日期 {row.since} 之后，止期晚于起期。请核对。")
    values = {"host": host, "host_since": since if host else None, "host_until": until if host else None}
    old = row.host_id
    Employment.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    audit.record(
        actor, "members.employment.seconded", row, org_path=row.employer.union.path, old=old, host=row.host_id, since=since, until=until
    )
    return row
