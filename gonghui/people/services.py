"""Writes of people (自然人办理): register, correct, merge, reveal. ID numbers and phones are sealed before they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import audit, bulk, clock, crypto, mask
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.people import hooks, rules, selectors
from gonghui.people.enums import IdCheck, IdKind, Perm, RevealReason, Sex, TwinState
from gonghui.people.models import Person, PersonMerge, Reveal, Twin
from gonghui.people.selectors import ID_LABEL, PHONE_LABEL, TABLE, PersonFacts, facts_of

PLAIN = ("name", "sex", "birth_date", "ethnic", "education", "political", "home_area", "migrant", "group")
SEALED = ("id_number", "phone")


@dataclass(frozen=True)
class Vaulted:
    """Columns of a sealed value (密文、盲索引、脱敏)."""

    sealed: bytes
    index: bytes
    mask: str


def vault_id(pk: int, number: str) -> Vaulted:
    """A document number for the row `pk`."""
    return Vaulted(crypto.seal(TABLE, "id_number", pk, number), crypto.blind(ID_LABEL, number), mask.id_number(number))


def vault_phone(pk: int, digits: str) -> Vaulted:
    """A phone number for the row `pk`."""
    return Vaulted(crypto.seal(TABLE, "phone", pk, digits), crypto.blind(PHONE_LABEL, digits), mask.phone(digits))


@transaction.atomic
def person_register(
    *,
    actor: Actor,
    name: str,
    org_path: str = "",
    id_kind: str = IdKind.RESIDENT,
    id_number: str = "",
    phone: str = "",
    sex: str = Sex.UNKNOWN,
    birth_date: date | None = None,
    source: str = "",
    **attributes: Any,
) -> Person:
    """Register a natural person (登记自然人).

    Args: org_path whose officer registers, empty for a system job; attributes: ethnic, education, political, home_area,
    migrant, group. Sex and birth date come from the document when they are not given.
    Raises: NotPermitted; BadInput people.name, people.id_number, people.phone; Conflict people.id_taken with fact `person`.
    """
    _may_write(actor, org_path)
    name, read, digits = _read(name, id_kind, id_number, phone)
    if read.number and (taken := selectors.person_find(id_number=read.number, id_kind=read.kind)):
        raise Conflict("people.id_taken", "这个证件号已经登记过。请先查找这个人，不要重复登记。", person=taken[0].pk)
    pk = int(bulk.reserve_ids(Person, 1)[0])
    person = Person(
        pk=pk,
        name=name,
        sex=sex if sex != Sex.UNKNOWN else read.sex,
        birth_date=birth_date or read.birth_date,
        created_at=clock.now(),
        source=source[:40],
    )
    for field, value in attributes.items():
        if field not in PLAIN:
            raise TypeError(f"person_register: {field}")
        setattr(person, field, value)
    _place_id(person, read)
    _place_phone(person, digits)
    person.save(force_insert=True)
    flags = rules.disagreements(read, person.sex, person.birth_date)
    audit.record(
        actor,
        "people.person.registered",
        person,
        org_path=org_path,
        id=audit.digest("people.id", read.number) if read.number else "",
        flags=[*flags, *read.warnings],
    )
    return person


@transaction.atomic
def person_correct(*, actor: Actor, person: Person, reason: str, org_path: str = "", **changes: Any) -> Person:
    """Correct a person's data (更正资料). Tells `hooks` before and after, so that figures above follow.

    Args: changes: name, sex, birth_date, ethnic, education, political, home_area, migrant, group, id_kind + id_number, phone.
    Raises: NotPermitted; NotFound; BadInput; Conflict people.id_taken; RuleViolation people.reason when the reason is missing.
    """
    _may_write(actor, org_path, person)
    if len(reason.strip()) < 2:
        raise RuleViolation("people.reason", "更正资料要写明理由。请补填后再保存。")
    person = Person.objects.select_for_update().get(pk=selectors.live(person).pk)
    before = facts_of(person)
    old, new, fields = {}, {}, set()
    for field in [f for f in changes if f in PLAIN]:
        if getattr(person, field) != changes[field]:
            old[field], new[field] = _shown(field, getattr(person, field)), _shown(field, changes[field])
            setattr(person, field, changes[field])
            fields.add(field)
    if "id_number" in changes:
        read = _read(person.name, changes.get("id_kind", person.id_kind), changes["id_number"], "")[1]
        taken = [p for p in selectors.person_find(id_number=read.number, id_kind=read.kind) if p.pk != person.pk] if read.number else []
        if taken:
            raise Conflict("people.id_taken", "这个证件号登记在另一个人名下。请核对，或办理合并。", person=taken[0].pk)
        old["id_number"], new["id_number"] = bytes(person.id_index or b"").hex(), audit.digest("people.id", read.number)
        _place_id(person, read)
        fields |= {"id_kind", "id_check", "id_sealed", "id_index", "id_mask"}
    if "phone" in changes:
        old["phone"] = bytes(person.phone_index or b"").hex()
        _place_phone(person, _read(person.name, IdKind.NONE, "", changes["phone"])[2])
        new["phone"] = bytes(person.phone_index or b"").hex()
        fields |= {"phone_sealed", "phone_index", "phone_mask"}
    if not fields:
        return person
    person.save(update_fields=sorted(fields))
    hooks.tell_changed(before, facts_of(person))
    audit.record(actor, "people.person.corrected", person, org_path=org_path, old=old, new=new, reason=reason)
    return person


@transaction.atomic
def person_merge(*, actor: Actor, survivor: Person, absorbed: Person, reason: str) -> PersonMerge:
    """Make two records of one person one (合并): one live record and a redirect, every reference re-pointed (MEM-03).

    Raises: NotPermitted; RuleViolation people.merge_self; Conflict people.merged_already.
    """
    for person in (survivor, absorbed):
        _seen(actor, Perm.PERSON_MERGE, person)
    if survivor.pk == absorbed.pk:
        raise RuleViolation("people.merge_self", "这是同一条记录，不用合并。")
    rows = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=[survivor.pk, absorbed.pk]).order_by("pk")}
    keep, gone = rows[survivor.pk], rows[absorbed.pk]
    if keep.merged_into_id or gone.merged_into_id:
        raise Conflict("people.merged_already", "其中一条记录已经合并过。请刷新后再看。")
    before = facts_of(gone)
    moved = {f"{label}.{column}": mover.move(keep.pk, gone.pk) for (label, column), mover in hooks.references().items()}
    gone.merged_into = keep
    gone.save(update_fields=["merged_into"])
    row = PersonMerge.objects.create(survivor=keep, absorbed=gone, moved=moved, reason=reason[:200], actor=actor.ref, at=clock.now())
    hooks.tell_changed(before, facts_of(gone))
    audit.record(
        actor,
        "people.person.merged",
        keep,
        absorbed=gone.pk,
        moved={k: len(v) if isinstance(v, list) else 1 for k, v in moved.items() if v},
        reason=reason,
    )
    return row


@transaction.atomic
def person_unmerge(*, actor: Actor, merge: PersonMerge, reason: str) -> PersonMerge:
    """Undo a merge without loss (撤销合并). Raises: Conflict people.unmerged_already."""
    _seen(actor, Perm.PERSON_MERGE, merge.survivor)
    row = PersonMerge.objects.select_for_update().get(pk=merge.pk)
    if row.undone_at:
        raise Conflict("people.unmerged_already", "这次合并已经撤销过。")
    gone = Person.objects.select_for_update().get(pk=row.absorbed_id)
    before = facts_of(gone)
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    for (label, column), mover in hooks.references().items():
        if moved := row.moved.get(f"{label}.{column}"):
            mover.restore(row.survivor_id, row.absorbed_id, moved)
    row.undone_at = clock.now()
    row.save(update_fields=["undone_at"])
    hooks.tell_changed(before, facts_of(gone))
    audit.record(actor, "people.person.unmerged", row.survivor, absorbed=row.absorbed_id, reason=reason)
    return row


@transaction.atomic
def twins_scan(*, actor: Actor) -> int:
    """Look for records that may be one person (查找疑似重复人员) in the actor's scope. Pairs proposed before are not proposed again.

    Returns: new pairs. Raises: NotPermitted.
    """
    actor.require(Perm.PERSON_MERGE)
    known = set(Twin.objects.values_list("first_id", "second_id"))
    found = [
        (a, b, why) for a, b, why in selectors.likely_twins(selectors.person_visible(actor, Perm.PERSON_MERGE)) if (a.pk, b.pk) not in known
    ]
    today = clock.today()
    Twin.objects.bulk_create((Twin(first=a, second=b, reasons=why, found_on=today) for a, b, why in found), batch_size=500)
    audit.record(actor, "people.twin.scan", found=len(found))
    return len(found)


@transaction.atomic
def twin_decide(*, actor: Actor, twin: Twin, survivor: Person | None, note: str) -> Twin:
    """Decide a pair (处理疑似重复人员): one person, with the record to keep, or two (`survivor` None).

    Raises: NotPermitted; NotFound; RuleViolation people.reason, people.merge_self; Conflict people.twin_decided.
    """
    row = _twin(actor, twin)
    if row.state != TwinState.OPEN:
        raise Conflict("people.twin_decided", f"这一对已处理为“{row.get_state_display()}”。请刷新后再看。")
    if len(note.strip()) < 2:
        raise RuleViolation("people.reason", "请写明您是怎么核对的，至少 2 个字。")
    merge = None
    if survivor is not None:
        if survivor.pk not in (row.first_id, row.second_id):
            raise RuleViolation("people.twin_survivor", "要保留的不在这一对里。请选甲或乙。")
        merge = person_merge(
            actor=actor, survivor=survivor, absorbed=row.second if survivor.pk == row.first_id else row.first, reason=note.strip()
        )
    state = TwinState.DISTINCT if merge is None else TwinState.MERGED
    _twin_move(row, TwinState.OPEN, state=state, merge=merge, decided_by=actor.ref, decided_at=clock.now(), note=note.strip()[:200])
    audit.record(actor, f"people.twin.{state}", row, first=row.first_id, second=row.second_id, note=note.strip()[:200])
    return row


@transaction.atomic
def twin_reopen(*, actor: Actor, twin: Twin, note: str) -> Twin:
    """Take a decision back (撤销处理); a merge is undone without loss."""
    row = _twin(actor, twin)
    if row.state == TwinState.OPEN:
        raise Conflict("people.twin_open", "这一对还没有处理，不用撤销。")
    if len(note.strip()) < 2:
        raise RuleViolation("people.reason", "请写明撤销的理由，至少 2 个字。")
    if row.merge is not None and row.merge.undone_at is None:
        person_unmerge(actor=actor, merge=row.merge, reason=note.strip())
    old = row.state
    _twin_move(row, old, state=TwinState.OPEN, merge=None, decided_by="", decided_at=None, note="")
    audit.record(actor, "people.twin.reopened", row, old=old, note=note.strip()[:200])
    return row


def _twin(actor: Actor, twin: Twin) -> Twin:
    row = Twin.objects.select_for_update(of=("self",)).select_related("first", "second", "merge").get(pk=twin.pk)
    for person in (row.first, row.second):
        _seen(actor, Perm.PERSON_MERGE, person)
    return row


def _twin_move(row: Twin, seen: str, **changes: Any) -> None:
    if not Twin.objects.filter(pk=row.pk, state=seen).update(**changes):
        raise Conflict("people.twin_decided", "这一对刚刚被别人处理了。请刷新后再看。")
    row.refresh_from_db()


@transaction.atomic
def person_reveal(*, actor: Actor, person: Person, field: str, reason_code: str, reason: str, org_path: str = "") -> str:
    """Open one sensitive field (查看完整号码): each look is recorded with whose, which and why (R1).

    Args: field `id_number` or `phone`.
    Raises: NotPermitted people.step_up when more than 30 persons were opened within an hour (R3); RuleViolation people.reveal_reason; NotFound.
    """
    if actor.person_id != person.pk:
        _seen(actor, Perm.PERSON_REVEAL, person)
    if field not in SEALED:
        raise LookupError(f"没有这种敏感项：{field}")
    if reason_code not in RevealReason.values or len(reason.strip()) < rules.REASON_LEAST:
        raise RuleViolation("people.reveal_reason", f"请选择用途，并写明理由，至少 {rules.REASON_LEAST} 个字。")
    opened = selectors.reveals_within_hour(actor)
    if person.pk not in opened and len(opened) >= rules.REVEALS_PER_HOUR and not actor.stepped_up and not actor.is_system:
        raise NotPermitted(
            "people.step_up", f"一小时内已查看 {len(opened)} 人的完整号码。请先完成二次验证，再继续查看。", opened=len(opened)
        )
    value = {"id_number": person.id_sealed, "phone": person.phone_sealed}[field]
    if value is None:
        raise NotFound("people.not_recorded", "这一项没有登记。")
    Reveal.objects.create(
        person=person,
        actor=actor.ref,
        actor_name=actor.name[:60],
        field=field,
        reason_code=reason_code,
        reason=reason.strip()[:200],
        at=clock.now(),
    )
    audit.record(
        actor, "people.person.revealed", person, org_path=org_path, field=field, reason_code=reason_code, reason=reason.strip()[:200]
    )
    return crypto.unseal(TABLE, field, person.pk, value)


def person_export(*, actor: Actor, person: Person) -> dict[str, Any]:
    """A copy of everything recorded about one person (PRI-07), for the person or an officer who may reveal."""
    if actor.person_id != person.pk:
        _seen(actor, Perm.PERSON_REVEAL, person)
    data = selectors.person_export(person=person)
    audit.record(actor, "people.person.exported", person, rows=sum(len(v) for v in data.values()))
    return data


def _may_write(actor: Actor, org_path: str, person: Person | None = None) -> None:
    if person is not None and actor.person_id == person.pk:
        return
    actor.require(Perm.PERSON_EDIT, org_path or None)
    if person is not None:
        _seen(actor, Perm.PERSON_EDIT, person)


def _seen(actor: Actor, perm: str, person: Person) -> None:
    """Raises NotPermitted without the verb, NotFound when the person lies outside its scope."""
    actor.require(perm)
    if not Person.objects.filter(selectors.person_visible(actor, perm), pk=person.pk).exists():
        raise NotFound()


def _read(name: str, id_kind: str, id_number: str, phone: str) -> tuple[str, rules.IdRead, str]:
    clean, fault = rules.name_read(name)
    if fault:
        raise BadInput("people.name", fault)
    read = rules.id_read(IdKind(id_kind), id_number, clock.today())
    if read.problem:
        raise BadInput("people.id_number", read.message)
    digits, fault = rules.phone_read(phone)
    if fault:
        raise BadInput("people.phone", fault)
    return clean, read, digits


def _place_id(person: Person, read: rules.IdRead) -> None:
    person.id_kind, person.id_check = read.kind, read.check
    if not read.number:
        person.id_kind, person.id_check, person.id_sealed, person.id_index, person.id_mask = IdKind.NONE, IdCheck.UNVERIFIED, None, None, ""
        return
    kept = vault_id(person.pk, read.number)
    person.id_sealed, person.id_index, person.id_mask = kept.sealed, kept.index, kept.mask


def _place_phone(person: Person, digits: str) -> None:
    if not digits:
        person.phone_sealed, person.phone_index, person.phone_mask = None, None, ""
        return
    kept = vault_phone(person.pk, digits)
    person.phone_sealed, person.phone_index, person.phone_mask = kept.sealed, kept.index, kept.mask


def _shown(field: str, value: Any) -> Any:
    """For the audit log: names go in as a digest, codes and dates in clear (AUD-06)."""
    return audit.digest("people." + field, str(value)) if field in {"name", "birth_date", "home_area"} else value


__all__ = [
    "PersonFacts",
    "person_correct",
    "person_export",
    "person_merge",
    "person_register",
    "person_reveal",
    "person_unmerge",
    "twin_decide",
    "twin_reopen",
    "twins_scan",
    "vault_id",
    "vault_phone",
]
