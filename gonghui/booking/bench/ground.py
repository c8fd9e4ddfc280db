"""The ground of the bench (压测场地): a database of its own with members, an item, sessions, and their passes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.management import call_command
from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.booking.enums import ItemState, Mode
from gonghui.booking.models import Item, Quota, Session
from gonghui.booking.rules import claims, passes
from gonghui.booking.services import hot
from gonghui.core import bulk, clock, crypto
from gonghui.orgs import services as orgs
from gonghui.orgs.enums import UnionKind

OLD = date(2010, 1, 1)
BLANK = (
    "id", "name", "sex", "id_kind", "id_check", "id_mask", "phone_mask", "ethnic", "education", "political", "home_area", "migrant",
    "group", "created_at", "source",
)  # fmt: skip


@transaction.atomic
def build(members: int) -> dict[str, Any]:
    """Migrate, one city union, so many persons."""
    root = orgs.union_build(actor=Actor.system("bench"), parent=None, kind=UnionKind.CITY, name="性能测试总工会", founded_on=OLD)
    from django.apps import apps
    from django.db import connection

    person = apps.get_model("people", "Person")
    false = False if connection.vendor == "postgresql" else 0
    ids, now = list(bulk.reserve_ids(person, members)), clock.now().isoformat()
    bulk.insert(person, BLANK, [(i, "测试", "1", "none", "unverified", "", "", "01", "20", "", "", false, "", now, "bench") for i in ids])
    return {"union": root, "persons": ids}


def prepare(*, migrated: bool) -> None:
    """Keys, and tables unless they are there."""
    crypto.service().create()
    if not migrated:
        call_command("migrate", verbosity=0)


@transaction.atomic
def session(union: Any, size: int, *, shares: tuple[tuple[str, int], ...] = (), minutes: int = 60) -> Session:
    """An item with one session that is open now: a cap, and shares for first-timers and others when given."""
    now = clock.now()
    item = Item.objects.create(
        union=union, name="压测项目", mode=Mode.FCFS, state=ItemState.PUBLISHED, opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(minutes=minutes), created_at=now, fair={"caps": {"item": 1, "year": 12}},
    )  # fmt: skip
    made = Session.objects.create(
        item=item, label="晚上场", kind="evening", starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=3, hours=2),
        opens_at=now - timedelta(minutes=1), closes_at=now + timedelta(minutes=minutes), capacity=size,
    )  # fmt: skip
    Quota.objects.create(item=item, kind="item", size=size)
    Quota.objects.create(item=item, session=made, kind="session", size=size)
    for kind, share in shares:
        Quota.objects.create(item=item, session=made, kind=kind, reserved=True, size=share, release_at=now + timedelta(minutes=minutes))
    if shares:
        rest = size - sum(n for _kind, n in shares)
        Quota.objects.create(item=item, session=made, kind="general", reserved=True, size=rest)
    return made


def requests(made: Session, persons: list[int], keys: str, *, year: int = 12) -> list[tuple[str, str]]:
    """(pass, body) of every member: each with rights for item and year (at most `year`), and the tags of a real one."""
    begin, day = made.opens_at.timestamp(), made.starts_at.date()
    out = []
    for n, person in enumerate(persons):
        rights = claims.rights(
            person=person, household="", item=made.item_id, session=made.pk, day=day, category="sport", caps={"item": 1, "year": year},
            group=None, group_household=False, exclude_household=False,
        )  # fmt: skip
        tags = ("township:0001", *(("first_time",) if n % 3 == 0 else ()))
        found = passes.Pass(
            person, made.pk, made.item_id, begin, begin + 7200, tags, tuple((r.holder, r.scope, r.most) for r in rights), "00010001",
            n % 3 == 0, "day", "", 0 if n % 3 == 0 else 1, f"user:{person}",
        )  # fmt: skip
        out.append((passes.seal(found, hot.key()), f'{{"key":"{keys}-{person:08d}"}}'))
    return out
