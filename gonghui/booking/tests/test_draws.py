"""A draw from fingerprint to tickets, as the page shows it and the stand-alone script checks it (BK-08); simulation and proposal."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from gonghui.booking.models import Booking, DrawEntry, Waiting
from gonghui.booking.rules import quota
from gonghui.booking.rules.places import Shelf
from gonghui.booking.services import draws, items
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.core.errors import Conflict

pytestmark = [pytest.mark.django_db, pytest.mark.system("S171")]
SCRIPT = Path(__file__).resolve().parents[3] / "tools" / "check_draw.py"


@pytest.mark.invariant("BK-08")
def test_winners_get_tickets_the_rest_wait_in_the_drawn_order_and_anybody_can_check(tmp_path: Path) -> None:
    with clock.at(shop.NOW):
        item = shop.drawing(2, shares={"first_time": 1})
        noon = shop.noon(item)
        people = [shop.member() for _n in range(5)]
    with clock.at(shop.OPEN):
        with pytest.raises(Conflict, match="指纹还没有公布"):
            draws.draw_enter(actor=shop.worker(people[0]), session=noon)
        draw = draws.draw_commit(actor=shop.system, session=noon)
        assert draw.seed == "" and draw.seed_hash and draw.seed_sealed
        for person in people:
            draws.draw_enter(actor=shop.worker(person), session=noon)
        twice = draws.draw_enter(actor=shop.worker(people[0]), session=noon)
        assert DrawEntry.objects.filter(person=people[0]).get().pk == twice.pk
        with pytest.raises(Conflict, match="还没有截止"):
            draws.draw_close(actor=shop.system, draw=draw)
        with pytest.raises(Conflict, match="先公布名单"):
            draws.draw_reveal(actor=shop.system, draw=draw)
        before = Client().get(reverse("booking:draw", args=[draw.pk])).content.decode()
        assert draw.seed_hash in before and "正在报名" in before
    with clock.at(noon.closes_at):
        with pytest.raises(Conflict, match="不能再改"):
            draws.draw_leave(actor=shop.worker(people[0]), session=noon)
        draw = draws.draw_close(actor=shop.system, draw=draw)
        draw = draws.draw_reveal(actor=shop.system, draw=draw)
        again = draws.draw_reveal(actor=shop.system, draw=draw)
        page = Client().get(reverse("booking:draw", args=[draw.pk])).content.decode()
        file = tmp_path / "proof.json"
        file.write_bytes(Client().get(reverse("booking:draw-proof", args=[draw.pk])).content)
    assert again.pk == draw.pk and Booking.objects.filter(session=noon).count() == 2
    order = list(DrawEntry.objects.filter(draw=draw).order_by("rank").values_list("person_id", flat=True))
    assert list(Booking.objects.filter(session=noon).order_by("pk").values_list("person_id", flat=True)) == order[:2]
    assert list(Waiting.objects.filter(session=noon).order_by("number").values_list("person_id", flat=True)) == order[2:]
    assert "核对相符" in page
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(file), "--commitment", draw.seed_hash, "--list-digest", draw.list_digest],
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    text = file.read_text(encoding="utf-8")
    assert not any(p.name in text for p in people), "no name is published"
    changed = json.loads(text)
    changed["winners"][0], changed["waiting"][0] = changed["waiting"][0], changed["winners"][0]
    file.write_text(json.dumps(changed), encoding="utf-8")
    assert subprocess.run([sys.executable, str(SCRIPT), str(file)], capture_output=True, check=False, timeout=30).returncode == 1


def test_an_entrant_barred_from_the_group_meanwhile_is_taken_off_before_the_list_is_published() -> None:
    with clock.at(shop.NOW):
        root = shop.root()
        group = items.group_save(actor=shop.system, union=root, name="互斥", reason="价值相近", since=shop.NOW.date())
        lottery, film = shop.draft(name="抽签", mode="draw"), shop.draft(name="观影券")
        for item in (lottery, film):
            items.item_group(actor=shop.system, item=item, group=group)
            shop.session(item)
            shop.session(item, 2, "evening")
            shop.publishing.item_publish(actor=shop.system, item=item)
        who, other = shop.member(), shop.member()
    noon = shop.noon(lottery)
    with clock.at(shop.OPEN):
        draw = draws.draw_commit(actor=shop.system, session=noon)
        for person in (who, other):
            draws.draw_enter(actor=shop.worker(person), session=noon)
        shop.take(who, shop.evening(film))
    with clock.at(noon.closes_at + timedelta(minutes=1)):
        draws.draw_close(actor=shop.system, draw=draw)
    assert [e.alias for e in draws.entrants(draw)] == [DrawEntry.objects.get(person=other).alias]


def shelf(size: int, kind: str = "session", *, reserved: bool = False) -> Shelf:
    return Shelf(hash((kind, size)) % 10**6, kind, "", reserved, size, 0, False, None)


def test_the_simulation_shows_how_many_more_people_are_served() -> None:
    greedy = [quota.Wish(1, "noon"), quota.Wish(1, "evening"), quota.Wish(2, "noon"), quota.Wish(3, "evening", served_before=1)]
    plain = quota.simulate(greedy, quota.Setting({"noon": [shelf(1)], "evening": [shelf(1)]}, per_person=9, bars=False))
    fair = quota.simulate(greedy, quota.Setting({"noon": [shelf(1)], "evening": [shelf(1)]}, per_person=1))
    assert (plain.served, fair.served) == (1, 2)
    assert fair.refused["cap"] == 1 and fair.first_share == Fraction(1, 2)


def test_a_share_nobody_of_its_group_asks_for_is_given_to_the_others_at_last() -> None:
    rows = [shelf(3), shelf(2, "night_shift", reserved=True), shelf(1, "general", reserved=True)]
    day = [quota.Wish(n, "noon") for n in range(4)]
    night = quota.Wish(9, "noon", frozenset({"night_shift"}))
    assert quota.simulate(day, quota.Setting({"noon": rows})).served == 3
    mixed = quota.simulate([*day, night], quota.Setting({"noon": rows}))
    assert 9 in mixed.people and mixed.served == 3 and mixed.refused["full"] == 2


def test_shares_are_whole_places_and_never_more_than_there_are() -> None:
    assert quota.shares_of(37, {"first_time": Fraction(1, 5), "night_shift": Fraction(1, 10)}) == {"first_time": 7, "night_shift": 3}
    assert sum(quota.shares_of(10, {"a": Fraction(4, 5), "b": Fraction(3, 5)}).values()) == 10
