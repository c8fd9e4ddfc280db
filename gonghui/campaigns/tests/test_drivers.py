"""Truck drivers join by phone without a workplace; the rule finds their union; members' pages lead there by a registered link."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.accounts import selectors as users
from gonghui.accounts import services as accounts_services
from gonghui.accounts.tests import make as accounts
from gonghui.campaigns.models import DriverNote
from gonghui.campaigns.selectors import homes
from gonghui.campaigns.services import sites
from gonghui.campaigns.tests import make
from gonghui.core import clock
from gonghui.members.models import Application
from gonghui.members.selectors.links import offered
from gonghui.members.tests import make as members
from gonghui.orgs import services as orgs
from gonghui.orgs.tests import make as register

pytestmark = [pytest.mark.django_db]
SYSTEM = make.system


def phone(who: Any = None) -> tuple[Any, Any]:
    """(user, browser) of a worker's own phone."""
    user = accounts_services.worker_of_phone(f"1357{who.pk if who else 0:07d}", who.pk if who else None)
    return user, accounts.client(user)


def sent(town: Any, **more: Any) -> dict[str, Any]:
    given = {
        "plate": "鲁k 12345",
        "home_place": "南环路货场",
        "platform": "",
        "signed_name": "李大车",
        "agree": "on",
        "key": "k-1",
        "table": "",
    }
    return {**given, **({"place": town.pk} if town else {}), **more}


@pytest.mark.system("S032")
def test_the_rule_finds_park_then_industry_then_pool_then_territory() -> None:
    root = register.root()
    town, other = register.township("青石镇工会", root), register.township("乙岸乡工会", root)
    assert homes.home_of(town).by == "territory" and homes.home_of(town).union == town
    pool = register.build("pool", "青石镇会员库", town)
    found = homes.home_of(town)
    assert (found.by, found.union, found.step) == ("pool", pool, "pool")
    register.build("industry", "茶叶行业工会联合会", town, industry="A01")  # not freight
    assert homes.home_of(town).by == "pool"
    freight = register.build("industry", "货运行业工会联合会", root, industry="G54")
    assert homes.home_of(town).union == freight and homes.home_of(other).union == freight  # of the city, for all its towns
    near = register.build("industry", "青石货运工会联合会", town, industry="G54")
    assert homes.home_of(town).union == near and homes.home_of(other).union == freight
    park = register.build("zone", "南环物流园工会", town)
    assert homes.home_of(town).by == "industry"  # a park without a freight firm is none for drivers
    firm = register.employer(park, "南环货运公司")
    orgs.employer_edit(actor=SYSTEM, employer=firm, key_sector="logistics")
    found = homes.home_of(town)
    assert (found.by, found.union) == ("park", park) and found.slip is not None and found.slip.outcome is True


@pytest.mark.system("S032")
def test_a_driver_joins_by_phone_once_with_vehicle_and_home() -> None:
    d = make.drive(categories=[make.category("group", "trucker")])
    freight = register.build("industry", "货运行业工会联合会", d.root, industry="G54")
    who = members.person("李大车")
    user, client = phone(who)
    page = client.get("/m/campaigns/driver/").content.decode()
    assert "常驻的乡镇" in page and 'name="id_number"' not in page  # who is known types no document again
    bad = client.post("/m/campaigns/driver/", sent(d.towns[0], signed_name="别人"))
    assert bad.status_code == 422 and not Application.objects.filter(person=who).exists()
    short = client.post("/m/campaigns/driver/", sent(d.towns[0], plate="鲁K"))
    assert short.status_code == 422 and not Application.objects.filter(person=who).exists()  # nothing half done
    for _ in range(2):  # the button pressed twice
        assert client.post("/m/campaigns/driver/", sent(d.towns[0])).status_code == 302
    row, note = Application.objects.get(person=who), DriverNote.objects.get()
    assert (row.union, row.employment_kind, row.employer, row.self_filled) == (freight, "gig", None, True)
    assert (note.plate, note.home_by, note.application) == ("鲁K12345", "industry", row)
    who.refresh_from_db()
    assert who.group == "trucker"
    saved = client.get("/m/campaigns/driver/?saved=1").content.decode()
    assert "货运行业工会" in saved and "鲁K12345" in saved
    assert client.post("/m/campaigns/driver/", {"plate": "鲁K99999", "home_place": "青石镇"}).status_code == 302
    assert DriverNote.objects.get().home_by == "industry"  # a new lorry does not forget why
    assert "车牌和常驻地" in client.get("/m/members/application/").content.decode()
    assert users.actor_of(user).person_id == who.pk


@pytest.mark.system("S032")
def test_an_unknown_driver_is_registered_and_an_officer_is_sent_away() -> None:
    d = make.drive()
    user, client = phone()
    given = sent(d.towns[0], name="李大车", id_number=members.id_number(8888))
    assert client.post("/m/campaigns/driver/", given).status_code == 302
    row = Application.objects.get()
    assert (row.union, row.person.group, row.route_slip) == (d.towns[0], "trucker", "territory")
    user.refresh_from_db()
    assert user.person_id == row.person_id
    assert accounts.client(d.leader).get("/m/campaigns/driver/").status_code == 403


@pytest.mark.system("S032")
def test_a_drivers_table_leads_to_the_page_and_checks_in_and_other_tables_do_not() -> None:
    d = make.drive(categories=[make.category("group", "trucker")])
    given = {"actor": SYSTEM, "campaign": d.campaign, "title": "物流园扫码入会", "place": "南环物流园", "at": clock.now()}
    site = sites.site_open(kind="park", union=d.towns[0], **given)
    _user, client = phone(members.person("李大车"))
    page = client.get(f"/m/members/join/{site.ceremony.token}/").content.decode()
    assert f"/m/campaigns/driver/?table={site.ceremony.token}" in page
    answer = client.post("/m/campaigns/driver/", sent(None, table=site.ceremony.token))
    assert answer.status_code == 302
    row = Application.objects.get()
    assert (row.batch, row.channel, row.union) == (site.batch, "collective", d.towns[0])
    assert site.ceremony.attendances.count() == 1 and DriverNote.objects.get().home_by == "table"
    _other, stranger = phone(members.person("张大车"))
    assert stranger.get("/m/campaigns/driver/?table=nonsense").status_code == 404
    plain = make.drive_of(d, "全员入会月")
    hall = sites.site_open(actor=SYSTEM, campaign=plain, kind="field", union=d.towns[1], title="工地入会", place="礼堂", at=clock.now())
    assert offered(None, hall.ceremony) == [] and len(offered(None, site.ceremony)) == 1


@pytest.mark.system("S032")
def test_who_is_a_member_already_is_told_so_and_led_to_the_transfer() -> None:
    row = members.member(register.township("青石镇工会", register.root()))
    _user, browser = phone(row.person)
    page = browser.get("/m/campaigns/driver/").content.decode()
    assert "您已经是会员" in page and row.union.name in page and "提交申请" not in page
