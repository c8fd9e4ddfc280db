"""Reads of people (自然人查询), cut to what the actor may see: unseen and absent look alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from django.apps import apps
from django.db.models import Count, Q, QuerySet

from gonghui.accounts.actor import LEVEL, Actor, any_of
from gonghui.core import clock, crypto
from gonghui.core.errors import NotFound
from gonghui.people import codes, hooks, rules
from gonghui.people.enums import IdCheck, IdKind, Perm, TwinState
from gonghui.people.models import Code, Person, Reveal, Twin

ID_LABEL, PHONE_LABEL = "people.person.id", "people.person.phone"
TABLE = "people.person"
IN_ONE, MOST_ALIKE = 500, 6


@dataclass(frozen=True)
class PersonFacts:
    """What figures count of a person (统计用属性)."""

    id: int
    sex: str
    birth_date: date | None
    ethnic: str
    education: str
    political: str
    home_area: str
    migrant: bool
    group: str
    live: bool = True


def facts_of(person: Person) -> PersonFacts:
    """The counted attributes of a person."""
    return PersonFacts(
        person.pk,
        person.sex,
        person.birth_date,
        person.ethnic,
        person.education,
        person.political,
        person.home_area,
        person.migrant,
        person.group,
        person.merged_into_id is None,
    )


def person_visible(actor: Actor, perm: str = Perm.PERSON_VIEW) -> Q:
    """Filter over Person: whom the actor may see with this permission."""
    if actor.is_system or any(len(p) <= LEVEL for p in actor.paths(perm)):
        return Q()
    own = Q(pk=actor.person_id) if actor.person_id is not None else Q(pk__in=[])
    if not actor.paths(perm):
        return own
    return any_of([own, *(reach(actor, perm) for reach in hooks.reaches())])


def person_list(*, actor: Actor, q: str = "") -> QuerySet[Person]:
    """Live persons in scope; `q` is a name, a whole ID number or a whole phone."""
    found = Person.objects.filter(person_visible(actor), merged_into=None)
    return found.filter(_matching(q)) if q.strip() else found


def person_get(*, actor: Actor, pk: int) -> Person:
    """One person in scope; a merged one leads to the survivor. Raises NotFound."""
    person = Person.objects.filter(person_visible(actor), pk=pk).first()
    if person is None:
        raise NotFound()
    return live(person)


def live(person: Person) -> Person:
    """The record a merge left alive."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def person_find(*, id_number: str = "", phone: str = "", name: str = "", id_kind: str = IdKind.RESIDENT) -> list[Person]:
    """Live persons by document, else by phone and name (按证件、手机号查人): for services, which check the scope themselves.

    Equality goes by blind index; a phone alone only proposes, because families share one.
    """
    found = Person.objects.filter(merged_into=None)
    if id_number:
        read = rules.id_read(IdKind(id_kind), id_number, clock.today())
        return list(found.filter(id_index=crypto.blind(ID_LABEL, read.number))) if read.number else []
    if phone:
        digits, _message = rules.phone_read(phone)
        found = found.filter(phone_index=crypto.blind(PHONE_LABEL, digits))
    if name:
        found = found.filter(name=name.strip())
    return list(found[:50]) if phone or name else []


def person_of_phone(phone: str) -> int | None:
    """The one live person with this phone (按手机号认人); None when nobody or several have it, because families share one."""
    found = [p.pk for p in person_find(phone=phone)]
    return found[0] if len(found) == 1 else None


def likely_twins(scope: Q | None = None) -> list[tuple[Person, Person, list[str]]]:
    """Pairs of live records that may be one person (疑似重复人员): same name and phone, at least one document not verified.

    Families share a phone, so the name must agree; two verified documents are two persons. Grouped by the database.
    """
    found = Person.objects.filter(scope or Q(), merged_into=None).exclude(phone_index=None)
    keys = found.order_by().values("phone_index", "name").annotate(n=Count("pk")).filter(n__gt=1)
    phones = [bytes(row["phone_index"] or b"") for row in keys]
    groups: dict[tuple[bytes, str], list[Person]] = {}
    for start in range(0, len(phones), IN_ONE):
        for person in found.filter(phone_index__in=phones[start : start + IN_ONE]).order_by("pk"):
            groups.setdefault((bytes(person.phone_index or b""), person.name), []).append(person)
    pairs = [pair for group in groups.values() for pair in combinations(group[:MOST_ALIKE], 2)]
    return [(a, b, _alike(a, b, n)) for a, b in pairs if (n := [a.id_check, b.id_check].count(IdCheck.UNVERIFIED))]


def _alike(a: Person, b: Person, unverified: int) -> list[str]:
    return rules.twin_reasons(True, True, a.sex == b.sex, a.birth_date is not None and a.birth_date == b.birth_date, unverified)


def twin_list(*, actor: Actor, state: str = TwinState.OPEN) -> QuerySet[Twin]:
    """Proposed pairs both of whom the actor may see, of one state or all that are decided (疑似重复人员)."""
    rows = Twin.objects.select_related("first", "second", "merge")
    if not actor.is_system and not any(len(p) <= LEVEL for p in actor.paths(Perm.PERSON_VIEW)):
        rows = rows.filter(pk__in=_twins_seen(actor))
    return (
        rows.filter(state=TwinState.OPEN).order_by("pk")
        if state == TwinState.OPEN
        else rows.exclude(state=TwinState.OPEN).order_by("-decided_at", "-pk")
    )


def _twins_seen(actor: Actor) -> list[int]:
    """Pairs of whom both are seen. Asked by id, so that the scope is looked up for these few persons and not for everybody."""
    pairs = list(Twin.objects.values_list("pk", "first_id", "second_id"))
    ids = sorted({pk for _twin, *two in pairs for pk in two})
    seen: set[int] = set()
    for start in range(0, len(ids), IN_ONE):
        seen.update(Person.objects.filter(person_visible(actor), pk__in=ids[start : start + IN_ONE]).values_list("pk", flat=True))
    return [twin for twin, a, b in pairs if a in seen and b in seen]


def twin_get(*, actor: Actor, pk: int) -> Twin:
    """One pair in scope. Raises NotFound."""
    row = Twin.objects.select_related("first", "second", "merge").filter(pk=pk).first()
    if row is None or Person.objects.filter(person_visible(actor), pk__in=[row.first_id, row.second_id]).count() != 2:
        raise NotFound()
    return row


def _matching(q: str) -> Q:
    text = rules.tidy_number(q)
    if len(text) == 11 and text.isdigit():
        return Q(phone_index=crypto.blind(PHONE_LABEL, text))
    if len(text) in (15, 18) and text[:14].isdigit():
        return Q(id_index=crypto.blind(ID_LABEL, rules.resident_read(text, clock.today()).number))
    return Q(name__startswith=q.strip())


def reveal_list(*, person: Person) -> QuerySet[Reveal]:
    """Who looked at this person's data (谁看过我的资料), newest first."""
    return Reveal.objects.filter(person=person).order_by("-at")


def reveals_within_hour(actor: Actor) -> set[int]:
    """Persons whose fields the actor opened in the last hour (R3)."""
    since = clock.now() - timedelta(hours=1)
    return set(Reveal.objects.filter(actor=actor.ref, at__gt=since).values_list("person_id", flat=True))


def reveal_flags(*, since: date) -> list[dict[str, Any]]:
    """Officers who opened many records on a day (R3), for the security administrator."""
    counted: dict[tuple[str, date], set[int]] = {}
    for row in Reveal.objects.filter(at__date__gte=since).order_by("pk"):
        counted.setdefault((row.actor, row.at.astimezone(clock.SHANGHAI).date()), set()).add(row.person_id)
    return [{"actor": a, "day": d, "persons": len(p)} for (a, d), p in counted.items() if len(p) > rules.REVEALS_PER_HOUR]


def person_export(*, person: Person) -> dict[str, Any]:
    """All and only the data of one person (PRI-07): every row of every table that points at the person, sealed fields opened."""
    data: dict[str, Any] = {"自然人": [_plain(person)]}
    for label, column in hooks.references():
        model = apps.get_model(label)
        rows = model._default_manager.filter(**{column: person.pk})
        if dumped := [_plain(row) for row in rows]:
            data.setdefault(str(model._meta.verbose_name), []).extend(dumped)
    return data


def _plain(row: Any) -> dict[str, Any]:
    """A row under its Chinese field names; digests stay out, sealed values of a person are opened."""
    shown: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name.endswith("_index") or field.name == "password":
            continue
        if field.name.endswith("_sealed"):
            if row._meta.label_lower != TABLE or value is None:
                continue
            place = {"id_sealed": "id_number", "phone_sealed": "phone"}[field.name]
            value = crypto.unseal(TABLE, place, row.pk, value)
            shown[str(field.verbose_name).replace("密文", "")] = value
            continue
        shown[str(field.verbose_name)] = value
    return shown


def code_list(set_name: str, *, on: date | None = None, parent: str | None = None) -> QuerySet[Code]:
    """Entries of a code set in force on a day (代码)."""
    day = on or clock.today()
    found = Code.objects.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gt=day), set=set_name)
    return (found if parent is None else found.filter(parent=parent)).order_by("order", "code")


def code_labels(set_name: str) -> dict[str, str]:
    """code -> label, withdrawn entries included: old records keep their meaning (IDN-3). Before a table is loaded, the shipped one."""
    held = dict(Code.objects.filter(set=set_name).order_by("since").values_list("code", "label"))
    return held or {row["code"]: row["label"] for row in codes.shipped() if row["set"] == set_name}


def code_find(set_name: str, text: str) -> str:
    """The code of a label or of a code written by hand, or "" when it is not known."""
    wanted = rules.tidy(text)
    rows = Code.objects.filter(set=set_name)
    hit = rows.filter(code=wanted).first() or rows.filter(label=wanted).first()
    return hit.code if hit else ""


def code_sets() -> list[tuple[str, int]]:
    """Which sets are loaded, with how many entries."""
    return list(Code.objects.values_list("set").annotate(n=Count("pk")).order_by("set"))
