"""Draws (抽签): commit before entries close, publish the list, reveal, give the places. BK-08.

The algorithm is `rules.draw`; what is published is checked by anybody with `tools/check_draw.py`.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.booking.enums import DrawState, Mode, Perm, QuotaKind
from gonghui.booking.models import Draw, DrawEntry, Session
from gonghui.booking.rules import draw as rules
from gonghui.booking.selectors import standing as reads
from gonghui.booking.services import granting
from gonghui.core import audit, clock, crypto
from gonghui.core.errors import Conflict, NotPermitted

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE = "booking.draw"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def name_of(draw: Draw) -> str:
    """The name under which a draw is published; part of the commitment."""
    return f"gonghui-{draw.session_id}-{draw.pk}"


def alias_of(draw: Draw, person_id: int) -> str:
    """The pseudonym of an entrant (公示编号): a keyed hash, so nobody chooses it and nobody reads a person from it."""
    value = int.from_bytes(crypto.blind("booking.draw_entry.alias", f"{draw.pk}:{person_id}"), "big")
    letters = "".join(ALPHABET[(value >> (5 * i)) & 31] for i in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


@transaction.atomic
def draw_commit(*, actor: Actor, session: Session, seed: str = "") -> Draw:
    """Publish the fingerprint of a fresh seed, before entries close (公布种子指纹).

    Args: seed: only for the platform's own jobs; people get one made by the machine.
    Raises: Conflict booking.draw_mode, booking.draw_late, booking.draw_exists.
    """
    item = session.item
    actor.require(Perm.DRAW_RUN, item.union)
    if item.mode != Mode.DRAW:
        raise Conflict("booking.draw_mode", "这个项目不是抽签项目。")
    if clock.now() >= session.closes_at:
        raise Conflict("booking.draw_late", "报名已经截止，种子指纹要在截止以前公布。")
    if session.draws.exclude(state=DrawState.VOID).exists():
        raise Conflict("booking.draw_exists", "这个场次的种子指纹已经公布。")
    seed = seed if seed and actor.is_system else secrets.token_hex(32)
    draw = Draw.objects.create(
        session=session, algorithm=rules.ALGORITHM, places=session.capacity, terms=_terms(session), seed_hash="",
        committed_at=clock.now(), closes_at=session.closes_at,
    )  # fmt: skip
    draw.seed_hash = rules.commitment(name_of(draw), seed)
    draw.seed_sealed = crypto.seal(TABLE, "seed", draw.pk, seed)
    draw.save(update_fields=["seed_hash", "seed_sealed"])
    audit.record(actor, "booking.draw.committed", draw, org_path=item.union.path, seed_hash=draw.seed_hash, places=draw.places)
    return draw


def _terms(session: Session) -> dict[str, Any]:
    shares = session.quotas.filter(reserved=True).exclude(kind=QuotaKind.GENERAL).order_by("kind", "key", "pk")
    reserves = [{"tag": f"{q.kind}:{q.key}" if q.key else q.kind, "places": q.size} for q in shares]
    return {"title": f"{session.item.name} · {session.label}", "reserves": reserves}


@transaction.atomic
def draw_enter(*, actor: Actor, session: Session) -> DrawEntry:
    """Put one's name down; asking twice is one entry (报名抽签).

    Raises: NotPermitted; RuleViolation with the reasons of the slip; Conflict booking.draw_not_ready.
    """
    person = _person(actor)
    draw = session.draws.filter(state=DrawState.COMMITTED).select_for_update().first()
    if draw is None:
        raise Conflict("booking.draw_not_ready", "抽签的种子指纹还没有公布，请稍后再报名。")
    known = DrawEntry.objects.filter(draw=draw, person_id=person).first()
    if known is not None and known.left_at is None:
        return known
    standing = reads.standing(person, session)
    granting.must_be_allowed(standing, session)
    facts = {"tags": sorted(standing.tags), "first_time": standing.first_time, "shift": standing.shift}
    if known is not None:
        DrawEntry.objects.filter(pk=known.pk).update(left_at=None, facts=facts, priority=standing.rank)
        known.refresh_from_db()
        audit.record(actor, "booking.draw.entered", known, org_path=session.item.union.path)
        return known
    try:
        with transaction.atomic():
            entry = DrawEntry.objects.create(
                draw=draw, person_id=person, alias=alias_of(draw, person), priority=standing.rank, facts=facts, entered_at=clock.now()
            )
    except IntegrityError:
        return DrawEntry.objects.get(draw=draw, person_id=person)
    audit.record(actor, "booking.draw.entered", entry, org_path=session.item.union.path)
    return entry


@transaction.atomic
def draw_leave(*, actor: Actor, session: Session) -> None:
    """Take one's name off before closing (退出抽签)."""
    person = _person(actor)
    entry = DrawEntry.objects.filter(draw__session=session, draw__state=DrawState.COMMITTED, person_id=person, left_at=None).first()
    if entry is None or entry.draw.closed_at is not None or clock.now() >= entry.draw.closes_at:
        raise Conflict("booking.draw_closed", "报名已经截止，名单不能再改。")
    DrawEntry.objects.filter(pk=entry.pk).update(left_at=clock.now())
    audit.record(actor, "booking.draw.left", entry, org_path=session.item.union.path)


def entrants(draw: Draw) -> list[rules.Entrant]:
    """The list as published (名单)."""
    rows = draw.entries.filter(left_at=None).order_by("alias")
    never = bool(draw.session.item.fair.get("never_served_first"))
    return [rules.Entrant(e.alias, e.priority if never else 0, tuple(e.facts.get("tags") or ())) for e in rows]


@transaction.atomic
def draw_close(*, actor: Actor, draw: Draw) -> Draw:
    """After closing: take out who may not take part any more, then publish the list with its digest (公布名单).

    Raises: Conflict booking.draw_open.
    """
    item = draw.session.item
    actor.require(Perm.DRAW_RUN, item.union)
    draw = Draw.objects.select_for_update().select_related("session__item__union").get(pk=draw.pk)
    if draw.closed_at is not None or draw.state != DrawState.COMMITTED:
        return draw
    if clock.now() < draw.closes_at:
        raise Conflict("booking.draw_open", "报名还没有截止，名单不能公布。")
    out = _not_any_more(draw)
    DrawEntry.objects.filter(pk__in=out).update(left_at=clock.now())
    draw.list_digest, draw.closed_at = rules.digest(entrants(draw)), clock.now()
    draw.save(update_fields=["list_digest", "closed_at"])
    audit.record(
        actor, "booking.draw.closed", draw, org_path=item.union.path, list_digest=draw.list_digest, entries=draw.entries.count() - len(out)
    )
    return draw


def _not_any_more(draw: Draw) -> list[int]:
    """Entries whose person was barred, won too often or booked an exclusive item meanwhile (不再符合的)."""
    rows = list(draw.entries.filter(left_at=None))
    found = reads.standings([e.person_id for e in rows], draw.session)
    late = {"opened", "not_closed", "place"}  # closed by now is what closing means
    return [e.pk for e in rows if any(r.code not in late for r in found[e.person_id].refusals)]


@transaction.atomic
def draw_reveal(*, actor: Actor, draw: Draw) -> Draw:
    """Reveal the seed, work out the winners, give them their places (开奖).

    A winner who meanwhile used up the right elsewhere gets none; the place goes to the waiting list in the drawn order.
    Raises: Conflict booking.draw_list_first.
    """
    draw = Draw.objects.select_for_update().select_related("session__item__union").get(pk=draw.pk)
    item = draw.session.item
    actor.require(Perm.DRAW_RUN, item.union)
    if draw.state == DrawState.REVEALED:
        return draw
    if draw.closed_at is None or draw.state != DrawState.COMMITTED:
        raise Conflict("booking.draw_list_first", "先公布名单，再开奖。")
    seed = crypto.unseal(TABLE, "seed", draw.pk, draw.seed_sealed or b"")
    found = rules.outcome(seed, entrants(draw), draw.places, [(r["tag"], int(r["places"])) for r in draw.terms["reserves"]])
    draw.state, draw.seed, draw.seed_sealed, draw.revealed_at = DrawState.REVEALED, seed, None, clock.now()
    draw.save(update_fields=["state", "seed", "seed_sealed", "revealed_at"])
    rows = {e.alias: e for e in draw.entries.filter(left_at=None)}
    for rank, alias in enumerate((*found.winners, *found.waiting), 1):
        rows[alias].rank, rows[alias].won = rank, rank <= len(found.winners)
    DrawEntry.objects.bulk_update(rows.values(), ["rank", "won"], batch_size=500)
    given = granting.grant_winners(actor=actor, draw=draw, entries=[rows[a] for a in found.winners])
    queued = granting.queue_rest(actor=actor, draw=draw, entries=[rows[a] for a in found.waiting])
    audit.record(actor, "booking.draw.revealed", draw, org_path=item.union.path, winners=len(found.winners), given=given, waiting=queued)
    return draw


@transaction.atomic
def draw_void(*, actor: Actor, draw: Draw, reason: str) -> Draw:
    """Declare a draw void before it is revealed, with the reason shown to entrants (作废)."""
    item = draw.session.item
    actor.require(Perm.DRAW_RUN, item.union)
    moved = Draw.objects.filter(pk=draw.pk, state=DrawState.COMMITTED).update(state=DrawState.VOID)
    if not moved:
        raise Conflict("booking.draw_done", "已经开奖，不能作废。")
    draw.refresh_from_db()
    audit.record(actor, "booking.draw.void", draw, org_path=item.union.path, reason=reason)
    return draw


def proof(draw: Draw) -> dict[str, Any]:
    """The published material (公开材料); the list appears with closing, seed and outcome with revealing."""
    rows = list(draw.entries.filter(left_at=None, rank__isnull=False).order_by("rank")) if draw.state == DrawState.REVEALED else []
    return rules.document(
        draw=name_of(draw), title=str(draw.terms.get("title", "")), commit=draw.seed_hash, closes_at=_local(draw.closes_at),
        places=draw.places, reserves=[(r["tag"], int(r["places"])) for r in draw.terms["reserves"]],
        entrants=entrants(draw) if draw.closed_at else [], seed=draw.seed, winners=[e.alias for e in rows if e.won],
        waiting=[e.alias for e in rows if not e.won],
    )  # fmt: skip


def _local(moment: datetime) -> str:
    return moment.astimezone(clock.SHANGHAI).isoformat(timespec="minutes")


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return actor.person_id
