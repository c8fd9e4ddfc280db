"""Pages of field work: reachable, cut to scope, cheap, usable without script; doors of the phone."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import RuleViolation
from gonghui.fieldwork.models import Clash, Device, Doc, FollowUp, HelpRequest, Visit
from gonghui.fieldwork.rules import route, works
from gonghui.fieldwork.selectors import results, today
from gonghui.fieldwork.selectors import works as work_reads
from gonghui.fieldwork.services import devices, follow_ups, helps, visits
from gonghui.fieldwork.tests import make
from gonghui.orgs import services as orgs

pytestmark = [pytest.mark.django_db, pytest.mark.system("S011")]
WEIGHTS = route.Weights(3, 60, (40, 30, 22, 12, 6, 4), 4, 30)


@pytest.fixture
def town():
    return make.township()


@pytest.fixture
def firm(town):
    return make.employer(town, "青石便民店", headcount=3, address="青石街 1 号", industry="F52")


@pytest.fixture
def road(town):
    """(user, actor, signed-in browser) of an organiser."""
    user, actor = make.organiser(town)
    client = Client()
    client.force_login(user)
    return user, actor, client


@pytest.fixture
def boss(town):
    client = Client()
    client.force_login(accounts.officer((Role.TOWNSHIP, town.path), name="孙建国"))
    return client


def seen(actor, firm, day: str, outcome: str = "interested", n: int = 1, **fields):
    """A visit that was made."""
    with clock.at(date.fromisoformat(day)):
        doc, _open = visits.write(
            actor, f"v-{firm.pk}-{n}-{day}", firm, visits.clean({"state": "done", "visited_on": day, "outcome": outcome, **fields}),
            uid=f"u-{firm.pk}-{n}-{day}", base=None, made=clock.now(),
        )  # fmt: skip
    return Visit.objects.get(doc=doc)


# -- the route ---------------------------------------------------------------------------------------------------


def test_overdue_before_promising_before_far_away_and_each_says_why() -> None:
    on = date(2026, 3, 2)
    places = [
        route.Place(1, None, "untouched", (37.1, 120.0)),
        route.Place(2, on - timedelta(days=15), "contact", None, on),
        route.Place(3, None, "agreed", None),
        route.Place(4, None, "untouched", (37.02, 120.0)),
    ]
    stops = route.route(places, on, WEIGHTS, here=(37.0, 120.0))
    assert [s.key for s in stops] == [2, 3, 4, 1]
    assert stops[0].reason.startswith("约定 02-15，已过 15 天") and "趁热办" in stops[1].reason and "离您" in stops[2].reason


def test_points_by_hand() -> None:
    """15 days late: min((15+1)×3, 60) = 48, contact 22; agreed 40; 111 m: 30 − 0 + 12."""
    on = date(2026, 3, 2)
    found = {s.key: s.points for s in route.route([
        route.Place(2, on - timedelta(days=15), "contact", None, on), route.Place(3, None, "agreed", None), route.Place(4, None, "untouched", (37.001, 120.0)),
        route.Place(5, on - timedelta(days=300), "contact", None, on)], on, WEIGHTS, here=(37.0, 120.0))}  # fmt: skip
    assert found == {2: 70, 3: 40, 4: 42, 5: 82}


def test_the_day_of_an_organiser_holds_only_what_is_in_reach(town, firm, road) -> None:
    user, actor, client = road
    away = make.employer(make.township("远山镇工会"), "远山小店")
    for employer in (firm, away):
        FollowUp.objects.create(employer=employer, user_id=user.pk, since=clock.today())
    assert [x.employer.name for x in today.day(actor, user.pk)] == [firm.name]
    page = client.get(reverse("fieldwork:today")).content.decode()
    assert firm.name in page and "还没有走访过" in page and away.name not in page


@pytest.mark.parametrize("n", [3, 30])
def test_the_day_costs_the_same_for_few_and_many(town, road, n: int) -> None:
    user, actor, _client = road
    for i in range(n):
        FollowUp.objects.create(employer=make.employer(town, f"小店{i}"), user_id=user.pk, since=clock.today())
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(today.day(actor, user.pk)) == n
    assert len(asked) <= 8


# -- follow-ups --------------------------------------------------------------------------------------------------


@pytest.mark.system("S008")
def test_a_follow_up_stays_open_until_the_union_works_by_the_book(town, firm, road) -> None:
    user, actor, _client = road
    care = FollowUp.objects.create(employer=firm, user_id=user.pk, since=clock.today())
    with pytest.raises(RuleViolation, match="不能跳"):
        follow_ups.stage_set(actor=actor, follow_up=care, stage="fill")
    with pytest.raises(RuleViolation, match="记录还对不上"):
        follow_ups.stage_set(actor=actor, follow_up=care, stage="stage")
    for stage in ("stage", "fill", "improve"):
        care, slip = follow_ups.stage_set(actor=actor, follow_up=care, stage=stage, reason="现场看过材料")
        assert slip.outcome is False and care.until is None
    care, _slip = follow_ups.stage_set(actor=actor, follow_up=care, stage="standard", reason="现场看过材料")
    assert care.until == clock.today() and care.end_reason == "已逐步规范"


def test_a_portfolio_takes_the_blank_spots_of_the_area_once(town, firm, road) -> None:
    user, _actor, _client = road
    row = follow_ups.portfolio_set(actor=make.orgs.system, user_id=user.pk, union=town)
    assert FollowUp.objects.get(until=None).employer == firm
    assert follow_ups.portfolio_fill(make.orgs.system, row, clock.today()) == 0
    with pytest.raises(follow_ups.Conflict):
        follow_ups.portfolio_set(actor=make.orgs.system, user_id=user.pk, union=town)


def test_a_spot_given_in_the_register_is_followed_by_the_one_it_was_given_to(town, firm, road) -> None:
    from gonghui.fieldwork import jobs

    user, _mine, _client = road
    orgs.spot_assign(actor=make.orgs.system, spots=[firm.spots.get()], organiser_id=user.pk)
    assert jobs.fill()["assigned"] == 1 and jobs.fill()["assigned"] == 0
    assert FollowUp.objects.get().user_id == user.pk


def test_a_phone_not_heard_of_too_long_is_cut_off(town, road) -> None:
    """60 days: at 59 it stays, at 61 it goes."""
    from gonghui.fieldwork import jobs

    _user, actor, _client = road
    device = make.phone(actor).device
    for days, gone in ((59, 0), (61, 1)):
        with clock.at(clock.now() + timedelta(days=days)):
            assert jobs.stale()["revoked"] == gone
    device.refresh_from_db()
    assert device.revoked_why == "超过保存期限没有同步"


def test_giving_an_employer_on_ends_the_care_of_the_one_before(town, firm, road) -> None:
    user, _mine, _client = road
    other, _actor = make.organiser(town, "吴敏")
    follow_ups.follow_up_assign(actor=make.orgs.system, employer=firm, user_id=user.pk)
    follow_ups.follow_up_assign(actor=make.orgs.system, employer=firm, user_id=other.pk)
    assert FollowUp.objects.get(until=None).user_id == other.pk and FollowUp.objects.count() == 2


# -- results -----------------------------------------------------------------------------------------------------


def test_the_month_is_counted_from_the_records(town, firm, road) -> None:
    user, actor, client = road
    shop = make.employer(town, "青石面馆", headcount=4)
    for employer in (firm, shop):
        FollowUp.objects.create(employer=employer, user_id=user.pk, since=date(2026, 2, 1))
    seen(actor, firm, "2026-02-03", needs=["training"], warnings=["wages"])
    seen(actor, firm, "2026-02-20", "refused", refusal="cost")
    seen(actor, shop, "2026-03-02")
    make.orgs.cover(make.orgs.regional(town), firm, since=date(2026, 2, 25))
    sheet = results.month_of(actor=actor, user_id=user.pk, month="2026-02")
    assert (sheet.visits, sheet.employers, len(sheet.formed), sheet.needs["training"], sheet.warnings["wages"], sheet.refusals["cost"]) == (
        2,
        1,
        1,
        1,
        1,
        1,
    )
    url = reverse("fieldwork:month", args=[user.pk])
    assert "新建会（覆盖）单位" in client.get(url + "?month=2026-02").content.decode()
    assert client.get(url + "?month=2026-02&as=xlsx").content.startswith(b"PK") and client.get(url + "?as=print").status_code == 200
    assert client.get(url + "?month=胡说").status_code == 200


def test_one_organiser_does_not_see_the_sheet_of_another(town, road) -> None:
    _user, _actor, client = road
    other, _them = make.organiser(town, "吴敏")
    assert client.get(reverse("fieldwork:month", args=[other.pk])).status_code == 404
    assert client.get(reverse("fieldwork:month", args=[10**6])).status_code == 404


@pytest.mark.system("S008")
def test_what_works_hides_small_numbers_and_says_how_many(town, road) -> None:
    _user, actor, client = road
    union = make.orgs.regional(town)
    for i in range(6):
        shop = make.employer(town, f"小店{i}", headcount=5 + i, industry="F52")
        seen(actor, shop, "2026-02-01", arguments=["neighbour"] if i < 5 else ["law"], visitor="peer", proposed_form="joint3")
        if i < 3:
            make.orgs.cover(union, shop, since=date(2026, 2, 10))
    found = work_reads.report(actor=actor)
    table = {row.label: row.cell for row in dict(found.tables)["说的道理"]}
    assert (table["邻近店铺已经加入"].visited, table["邻近店铺已经加入"].formed, table["邻近店铺已经加入"].hidden) == (5, 3, False)
    assert table["法律规定"].hidden and table["法律规定"].rate is None
    page = client.get(reverse("fieldwork:works")).content.decode()
    assert "数太小，不显示" in page and "60%" in page.replace(".0%", "%")


def test_covered_before_the_first_visit_is_no_success(town, road) -> None:
    _user, actor, _client = road
    shop = make.employer(town, "老店", headcount=5)
    make.orgs.cover(make.orgs.regional(town), shop, since=date(2021, 1, 1))
    seen(actor, shop, "2026-02-01", arguments=["law"])
    assert work_reads.report(actor=actor).formed == 0


def test_bands_by_hand() -> None:
    assert [works.band(n, [10, 25, 100]) for n in (None, 0, 9, 10, 24, 25, 100)] == [
        "人数未知",
        "9 人以下",
        "9 人以下",
        "10–24 人",
        "10–24 人",
        "25–99 人",
        "100 人以上",
    ]


# -- pages -------------------------------------------------------------------------------------------------------


def test_the_desk_orders_changes_and_prints(town, firm, road, boss) -> None:
    user, _actor, _client = road
    told = boss.post(
        reverse("fieldwork:order", args=[firm.pk]), {"organiser": user.pk, "purpose": "build", "planned_on": clock.today().isoformat()}
    )
    assert told.status_code == 302, told.content.decode()[-600:]
    visit = Visit.objects.get()
    assert (visit.user_id, visit.state) == (user.pk, "planned") and FollowUp.objects.get().user_id == user.pk
    url = reverse("fieldwork:visit", args=[visit.pk])
    base = Doc.objects.get(pk=visit.doc_id).version
    assert boss.post(url, {"purpose": "build", "state": "done", "base": base}).status_code == 422
    done = {
        "purpose": "build",
        "state": "done",
        "visited_on": clock.today().isoformat(),
        "outcome": "interested",
        "base": base,
        "note": "谈得好",
    }
    assert boss.post(url, done).status_code == 302
    assert boss.post(url, {**done, "note": "另一位改的"}).status_code == 302, "against the version shown before: a conflict, not a loss"
    assert Clash.objects.filter(state="open", field="note").count() == 1
    for name in ("visits", "visits_print", "visits_export", "clashes", "organisers", "devices", "helps", "works", "order_find"):
        assert boss.get(reverse(f"fieldwork:{name}")).status_code == 200, name
    assert boss.get(url).status_code == 200 and boss.get(reverse("fieldwork:visit_print", args=[visit.pk])).status_code == 200
    clash = Clash.objects.get()
    page = boss.get(reverse("fieldwork:clash", args=[clash.pk])).content.decode()
    assert "谈得好" in page and "另一位改的" in page
    assert boss.post(reverse("fieldwork:clash", args=[clash.pk]), {"choice": "both", "words": "两边都记"}).status_code == 302
    visit.refresh_from_db()
    assert visit.note == "两边都记"


def test_the_phone_pages_work_without_script(town, firm, road) -> None:
    _user, _actor, client = road
    assert client.get(reverse("fieldwork:shop", args=[firm.pk])).status_code == 200
    url = reverse("fieldwork:report", args=[firm.pk])
    told = {"purpose": "build", "state": "done", "visited_on": clock.today().isoformat(), "outcome": "refused", "base": 0, "key": "k1"}
    assert client.post(url, told).status_code == 422
    for _ in range(2):
        assert client.post(url, {**told, "refusal": "cost", "arguments": ["law"]}).status_code == 302
    visit = Visit.objects.get()
    assert (visit.refusal, visit.arguments) == ("cost", ["law"]) and firm.spots.get().state == "not_yet"
    card = reverse("fieldwork:card", args=[firm.pk, "six"])
    assert client.get(card).status_code == 200
    assert client.post(card, {"base": 0, "key": "c1", "operation": "正常", "mood": "稳定"}).status_code == 302
    assert {b.block for b in firm.blocks.all()} == {"operation", "mood"}
    assert (
        client.post(reverse("fieldwork:shop", args=[firm.pk]), {"words": "请一起去"}).status_code == 302
        and HelpRequest.objects.count() == 1
    )


def test_help_is_answered_by_the_officer_not_by_the_asker(town, firm, road, boss) -> None:
    _user, actor, client = road
    row = helps.help_ask(actor=actor, employer=firm, words="请一起去")
    assert client.post(reverse("fieldwork:help_answer", args=[row.pk]), {"answer": "好"}).status_code == 403
    assert boss.post(reverse("fieldwork:help_answer", args=[row.pk]), {"answer": "周四一起去"}).status_code == 302
    row.refresh_from_db()
    assert row.answer == "周四一起去"


# -- doors of the phone ------------------------------------------------------------------------------------------


def test_the_shell_is_nobodys_and_the_worker_lists_what_it_keeps(client) -> None:
    page = client.get(reverse("fieldwork:kit"))
    assert page.status_code == 200 and not page.cookies and "kit-blocks" in page.content.decode()
    script = client.get(reverse("fieldwork:worker"))
    assert script["Content-Type"].startswith("text/javascript") and "kit.js" in script.content.decode()
    held = json.loads(client.get(reverse("fieldwork:manifest")).content)
    assert held["display"] == "standalone" and held["scope"] == "/m/fieldwork/" and len(held["icons"]) == 2
    assert "'unsafe" not in page["Content-Security-Policy"]


def test_a_phone_registers_over_the_session_and_syncs_without_it(town, firm, road, client) -> None:
    user, _actor, browser = road
    FollowUp.objects.create(employer=firm, user_id=user.pk, since=clock.today())
    given = browser.post(reverse("fieldwork:register"), {"name": "红米"}).json()
    url, head = reverse("fieldwork:exchange"), {"HTTP_AUTHORIZATION": f"Device {given['token']}"}
    sent = make.act("visit", 1, firm, key="visit-page", state="done", visited_on=clock.today().isoformat(), outcome="interested")
    for _ in range(2):
        told = client.post(url, json.dumps({"acts": [sent]}), content_type="application/json", **head)
        assert told.status_code == 200 and told.json()["results"][0]["state"] == "applied"
    pack = told.json()["pack"]
    assert pack["employers"][0]["name"] == firm.name and set(pack["employers"][0]["cards"]) == {"six"} and Visit.objects.count() == 1
    assert client.post(url, "{}", content_type="application/json").status_code == 403, "without the token: closed, session or not"
    assert browser.post(url, "{}", content_type="application/json").status_code == 403
    for body in ("[", "[]", '{"acts": 1}', '{"acts": [{}, 1, null, {"uid": {}}]}'):
        assert client.post(url, body, content_type="application/json", **head).status_code in (200, 422)
    device = Device.objects.get()
    devices.device_revoke(actor=make.orgs.system, device=device, why="丢失")
    gone = client.post(url, "{}", content_type="application/json", **head)
    assert gone.status_code == 403 and gone.json()["facts"]["wipe"] is True
    assert client.get(reverse("fieldwork:standing", args=[device.public_id])).json() == {"wipe": True}
    assert client.get(reverse("fieldwork:standing", args=["0" * 32])).json() == {"wipe": False}


def test_the_pack_takes_no_number_along(town, road) -> None:
    """What is on a phone can be lost: no phone number, no ID number, no member."""
    from gonghui.fieldwork.services import sync

    user, actor, _browser = road
    shop = make.employer(town, "带电话的店", phone="13812345678", operator_id="")
    FollowUp.objects.create(employer=shop, user_id=user.pk, since=clock.today())
    said = json.dumps(sync.pack_for(actor=actor, device=make.phone(actor).device), default=str, ensure_ascii=False)
    assert "带电话的店" in said and "13812345678" not in said and "138****" not in said


def test_moving_a_union_takes_phones_and_conflicts_along(town, firm, road) -> None:
    from gonghui.fieldwork.services import following

    _user, actor, _browser = road
    device = make.phone(actor).device
    following.path_moved(town.path, "0001zzzz")
    device.refresh_from_db()
    assert device.org_path == "0001zzzz"
