"""Everything on record of one worker, newest first, cut to what the reader may see (职工动态, S051)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from gonghui.core import clock
from gonghui.members import lines
from gonghui.members.enums import Perm
from gonghui.members.models import Employment, Membership

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

Row = dict[str, Any]
KINDS = {"spell": "会籍", "job": "劳动关系", "join": "入会", "card": "会员证", "move": "转会", "post": "任职与名册", "note": "服务与成长"}


def visible(actor: Actor, spells: list[Membership]) -> list[Membership]:
    """Spells the reader may see: a private one, even a past one, only where it stands."""
    return [m for m in spells if not m.private or actor.is_system or actor.person_id == m.person_id or actor.may(Perm.MEMBER_VIEW, m.union)]


def kinds(actor: Actor, person: Any, union: Any, notes: bool) -> dict[str, str]:
    """Kinds of entries this reader may see, with their labels: our own and those other apps registered."""
    return {k: v for k, v in KINDS.items() if k != "note" or notes} | {s.key: s.label for s in lines.open_to(actor, person.pk, union)}


def timeline(
    *, actor: Actor, person: Any, spells: list[Membership], jobs: list[Employment], notes: bool, kind: str = "", union: Any = None
) -> list[Row]:
    """The rows of the page; the subject sees all of their own.

    Args: notes whether the reader may see training, health, benefits, voice; union where the person is a member, for what other apps add.
    """
    parts: dict[str, Callable[[], list[Row]]] = {
        "spell": lambda: _spells(visible(actor, spells)), "job": lambda: _jobs(jobs), "join": lambda: _joining(actor, person),
        "card": lambda: _cards(person), "move": lambda: _moves(actor, person), "post": lambda: _posts(actor, person),
        "note": lambda: _notes(person) if notes else [],
    }  # fmt: skip
    rows = [{**row, "kind": key, "label": KINDS[key]} for key, part in parts.items() if kind in ("", key) for row in part()]
    own = actor.person_id == person.pk
    for source in lines.open_to(actor, person.pk, union):
        if kind in ("", source.key):
            rows += [{**_line(x), "kind": source.key, "label": source.label} for x in source.rows(actor, person.pk, own)]
    return sorted(rows, key=lambda r: r["at"], reverse=True)


def _row(at: date | datetime, text: str, who: str = "", note: str = "") -> Row:
    return {"at": at.astimezone(clock.SHANGHAI).date() if isinstance(at, datetime) else at, "text": text, "who": who, "note": note}


def _line(line: lines.Line) -> Row:
    return {**_row(line.at, line.text, line.who, line.note), "url": line.url}


def _seen(actor: Actor, person: Any, perm: str, *orgs: str) -> Q:
    """What the actor may see of a person's rows; one's own are not cut."""
    if actor.person_id == person.pk:
        return Q()
    cut = [actor.within(perm, org) for org in orgs]
    return cut[0] if len(cut) == 1 or actor.is_system else cut[0] | cut[1]


def _spells(rows: list[Membership]) -> list[Row]:
    found = [_row(m.since, f"{m.union.name} · {m.get_standing_display()}", note=m.group.name if m.group else "") for m in rows]
    found += [_row(m.confirmed_on, "核实去向，仍在籍") for m in rows if m.confirmed_on]
    return found + [_row(m.until, f"{m.union.name} · {m.get_ended_display()}") for m in rows if m.until and m.ended]


def _jobs(rows: list[Employment]) -> list[Row]:
    found = [_row(j.since, f"到{j.employer.name}工作", j.get_kind_display(), j.post) for j in rows]
    found += [_row(j.host_since, f"借调到{j.host.name}", note="会籍留在原工会") for j in rows if j.host and j.host_since]
    return found + [_row(j.until, f"离开{j.employer.name}") for j in rows if j.until]


def _joining(actor: Actor, person: Any) -> list[Row]:
    rows = person.applications.filter(_seen(actor, person, Perm.APPLICATION_VIEW, "union")).select_related("union")
    found = []
    for a in rows:
        found.append(_row(a.submitted_at, f"向{a.union.name}申请入会", a.get_channel_display()))
        if a.decided_at:
            found.append(_row(a.decided_at, f"入会申请：{a.get_state_display()}", note=a.reason))
    return found


def _cards(person: Any) -> list[Row]:
    rows = list(person.cards.all())
    found = [_row(c.allocated_on, f"会员证编号 {c.number}") for c in rows]
    found += [_row(c.received_on, f"领取会员证 {c.number}", c.received_how) for c in rows if c.received_on]
    return found + [_row(c.ended_on, f"会员证 {c.number} {c.get_state_display()}") for c in rows if c.ended_on]


def _moves(actor: Actor, person: Any) -> list[Row]:
    seen = _seen(actor, person, Perm.TRANSFER_VIEW, "source", "target")
    found = []
    for t in person.transfers.filter(seen).select_related("source", "target"):
        way = f"{t.source.name} → {t.target.name if t.target else '待新工会接收'}"
        found.append(_row(t.opened_on, f"发起转会：{way}", t.get_cause_display()))
        if t.decided_on:
            found.append(_row(t.decided_on, f"转会{t.get_state_display()}", note=t.reason))
    found += [
        _row(e.declared_on, f"{e.get_kind_display()}立案", e.get_state_display())
        for e in person.exits.filter(_seen(actor, person, Perm.MEMBER_VIEW, "union"))
    ]
    return found


def _posts(actor: Actor, person: Any) -> list[Row]:
    found = []
    for a in (
        person.activist_spells.filter(_seen(actor, person, Perm.MEMBER_VIEW, "union")).select_related("union").prefetch_related("deeds")
    ):
        found.append(_row(a.since, f"列入{a.union.name}积极分子名册", note=a.skills))
        found += [
            _row(d.on, f"考评 {d.rating_year} {d.rating}" if d.rating else d.task, note=f"{d.minutes} 分钟" if d.minutes else "")
            for d in a.deeds.all()
        ]
        if a.until:
            found.append(_row(a.until, "退出积极分子名册"))
    for p in _held(actor, person):
        found.append(_row(p.since, f"{p.union.name} · {p.get_title_display()}"))
        if p.until:
            found.append(_row(p.until, f"{p.union.name} · {p.get_title_display()} 卸任"))
    return found


def _held(actor: Actor, person: Any) -> list[Any]:
    """Posts of the person, from the register."""
    model = Membership._meta.get_field("union").related_model
    assert model is not None and not isinstance(model, str)
    posts = model._meta.get_field("posts").related_model._default_manager  # type: ignore[union-attr]  # reverse relation of orgs.Union
    return list(posts.filter(_seen(actor, person, Perm.ROSTER_VIEW, "union"), person=person).select_related("union"))


def _notes(person: Any) -> list[Row]:
    return [_row(n.on, n.text, n.get_kind_display()) for n in person.notes.all()]


def age_of(born: date | None, day: date) -> int | None:
    """Full years (周岁)."""
    return None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))
