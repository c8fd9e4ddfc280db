"""The rush as a drill (抢约演练): a web process is killed while many members book; nothing acknowledged is lost, no place leaks.

Threads call the fast door as the web server's threads do, so requests of one instant share a commit. A request that was cut
off is sent again by the next process with the same key: whoever had a place must get the same ticket.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connections

from gonghui.accounts.actor import Actor
from gonghui.booking.services import hot, items, passes, publishing
from gonghui.booking.web import door
from gonghui.core import clock
from gonghui.portal.drill.ground import OLD, system

Say = Callable[[Mapping[str, Any]], None]
Facts = Mapping[str, Any]
PLACES, THREADS, SHARE = 8, 6, 2
"""Places of each session, threads of the web process, places of each session set aside for those never served."""


def model(label: str) -> Any:
    return apps.get_model(label)._default_manager


def _open(union: Any, n: int) -> Any:
    """A session that is open now, published an hour ago."""
    now = clock.now()
    with clock.at(now - timedelta(hours=1)):
        item = items.item_create(
            actor=system(), union=union, name=f"演练 {n}", summary="演练", place="演练", contact="演练", phone="0631-0000000",
            opens_at=now - timedelta(minutes=30), closes_at=now + timedelta(hours=2), session_exempt="演练只设一场",
            since=OLD.replace(year=now.year), until=OLD.replace(year=now.year + 1), category="culture",
        )  # fmt: skip
        starts = now + timedelta(days=1)
        items.session_add(
            actor=system(), item=item, kind="evening", capacity=PLACES, label="晚上场", starts_at=starts,
            ends_at=starts + timedelta(hours=1), shares={"first_time": SHARE},
        )  # fmt: skip
        publishing.item_publish(actor=system(), item=item)
    return model("booking.Session").select_related("item__union", "item__exclusion").get(item=item)


def _pass(session: Any, person: int) -> str:
    actor = Actor(ref=f"worker:{person}", user_id=10**6 + person, person_id=person)
    return passes.issue(actor=actor, session=session, person_id=person).text


def _send(text: str, key: str) -> dict[str, Any]:
    """One request at the fast door, as the web server hands it over."""
    body = json.dumps({"key": key}).encode()
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "HTTP_X_BOOKING_PASS": text}
    found: dict[str, Any] = json.loads(b"".join(door.take(environ, lambda status, headers: None)))
    return found


def work(facts: Facts, book: dict[str, Any], say: Say) -> None:
    """What was cut off last time, again; then session after session, every member at once."""
    union = model("orgs.Union").get(path=facts["paths"]["root"])
    hot.throttle._most = lambda: 10**6  # the drill hammers on purpose
    open_ = [book["begun"][k] for k in book["begun"].keys() - book["done"].keys()]
    if open_:
        sessions = {s.pk: s for s in model("booking.Session").select_related("item__union", "item__exclusion")}
        _rush([(line["session"], line["person"], sessions[line["session"]], line["n"]) for line in open_], say)
    for n in count(book["start"]):
        session = _open(union, n)
        _rush([(session.pk, person, session, n) for person in facts["members"]], say)


def _rush(asks: list[tuple[int, int, Any, int]], say: Say) -> None:
    texts = [_pass(session, person) for _pk, person, session, _n in asks]

    def run(start: int) -> None:
        for text, (pk, person, _session, n) in list(zip(texts, asks, strict=True))[start::THREADS]:
            key = f"{pk}:{person}"
            say({"what": "begun", "key": key, "n": n, "session": pk, "person": person})
            answer = _send(text, f"drill-{key}")
            if answer["code"] != "core.busy":
                say(
                    {
                        "what": "done",
                        "key": key,
                        "n": n,
                        "session": pk,
                        "person": person,
                        "code": answer["code"],
                        "place": answer.get("booking"),
                    }
                )
        connections.close_all()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def check(facts: Facts, book: dict[str, Any]) -> Iterator[str]:
    """Acknowledged places are there, refused ones are not, full sessions are full and no fuller, nobody has two."""
    rows: dict[str, list[Any]] = {}
    for row in model("booking.Booking").all():
        rows.setdefault(f"{row.session_id}:{row.person_id}", []).append(row)
    for key, line in book["done"].items():
        found = rows.get(key, [])
        if line["place"] and [r.code for r in found] != [line["place"]]:
            yield f"{key} 已告知约到 {line['place']}，库里是 {[r.code for r in found]}"
        elif not line["place"] and found:
            yield f"{key} 已告知没有约到（{line['code']}），库里却有 {found[0].code}"
    yield from (f"{key} 有 {len(found)} 份预约" for key, found in rows.items() if len(found) > 1)
    refused = {line["session"] for line in book["done"].values() if line["code"] == "booking.full"}
    for quota in model("booking.Quota").filter(reserved=False):
        taken = sum(len(found) for key, found in rows.items() if key.startswith(f"{quota.session_id}:"))
        if taken != quota.taken or taken > quota.size:
            yield f"场次 {quota.session_id} 名额 {quota.size}，计数 {quota.taken}，预约 {taken}"
        if quota.session_id in refused and taken < quota.size:
            yield f"场次 {quota.session_id} 说已约满，却还剩 {quota.size - taken} 份"
