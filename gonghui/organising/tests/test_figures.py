"""Figures of cases: as of any day, equal to a naive recount, down to the records; the ledger as workbook and on paper."""

from __future__ import annotations

import io
import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import polars
import pytest

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.figures import selectors as figures
from gonghui.organising import services
from gonghui.organising.enums import ENDED
from gonghui.organising.models import CaseStep
from gonghui.organising.selectors import figures as case_figures
from gonghui.organising.tests import make
from gonghui.orgs.selectors import closure

pytestmark = [pytest.mark.django_db]
ENDED_WORDS = {str(s) for s in ENDED}


def history() -> tuple[date, list[Any]]:
    """Cases of two towns over some months: one built, one returned and resumed, one withdrawn, one refused, one late."""
    start = clock.today() - timedelta(days=200)
    towns = [make.township(), make.township("白云镇总工会", make.root())]
    with clock.at(start):
        make.done(make.opened(make.shop("甲厂", 30, town=towns[0])))
    with clock.at(start + timedelta(days=40)):
        back = make.submitted(make.opened(make.shop("乙厂", 30, town=towns[1])))
        make.decide(back, make.town_officer(back), decision="return", opinion="名称写错了")
        off = make.opened(make.shop("丙厂", 30, town=towns[1]))
        refused = make.submitted(make.opened(make.shop("丁厂", 30, town=towns[0])))
    with clock.at(start + timedelta(days=90)):
        services.case_withdraw(actor=make.officer(Role.ORGANISER, off.org), case=off, reason="单位改主意")
        make.submitted(make.fresh(back))
        make.decide(refused, make.town_officer(refused), decision="refuse", opinion="不符合条件")
    return start, towns


def recount(union: Any, since: date, day: date) -> Counter[str]:
    """Every step looked at one by one: nothing of the counting in SQL."""
    out: Counter[str] = Counter()
    names = {s: s for s in ENDED_WORDS}
    for step in CaseStep.objects.select_related("case__org"):
        if not step.case.org.path.startswith(union.path):
            continue
        if step.since <= day and (step.until is None or step.until > day) and step.state not in ENDED_WORDS:
            late = step.due_on is not None and step.due_on < day
            for key in ("cases.open", f"cases.step={step.state}", f"cases.kind={step.case.kind}"):
                out[key] += 1
            for key in ("cases.overdue", f"cases.overdue_step={step.state}") if late else ():
                out[key] += 1
        if since < step.since <= day:
            out[f"cases.{names.get(step.state, '-')}"] += 1
            out["cases.opened"] += step.state == "application" and step.round == 1
            out["cases.approved"] += step.state == "filing" and step.round == 1
        if step.until is not None and since < step.until <= day:
            out["cases.filed"] += step.state == "filing" and step.outcome == "done"
            out["cases.returned"] += step.outcome == "returned"
    del out["cases.-"]
    return out


@pytest.mark.system("S006")
def test_counts_equal_a_naive_recount_on_random_days_at_every_level() -> None:
    start, towns = history()
    dice = random.Random(7)
    days = [start + timedelta(days=dice.randrange(-5, 210)) for _ in range(6)] + [clock.today()]
    seen: Counter[str] = Counter()
    for day in days:
        for union in (make.root(), *towns):
            shot = figures.snapshot(union.pk, day)
            want = recount(union, shot.since, day)
            have = {r.key: r.value for r in figures.figures(actor=make.system, union=union, as_of=day) if r.key.startswith("cases.")}
            assert {k: v for k, v in have.items() if v} == {k: v for k, v in want.items() if v}, (day, union.name)
            seen.update(want)
            # What is open is what came in less what ended, from the beginning of the records on.
            whole = recount(union, start - timedelta(days=1), day)
            assert want["cases.open"] == whole["cases.opened"] - sum(whole[f"cases.{s}"] for s in ENDED_WORDS)
    assert all(seen[k] for k in ("cases.overdue", "cases.returned", "cases.refused", "cases.withdrawn", "cases.filed", "cases.done"))


def test_a_figure_leads_to_exactly_its_records() -> None:
    start, towns = history()
    day = start + timedelta(days=60)
    shot = figures.snapshot(make.root().pk, day)
    for key in ("cases.open", "cases.overdue", "cases.step=pending", "cases.kind=build", "cases.returned", "cases.opened"):
        assert case_figures.behind(key, make.root().pk, shot.since, day).count() == shot.get(key), key
    inner = figures.snapshot(towns[1].pk, day)
    assert (
        0
        < case_figures.behind("cases.opened", towns[1].pk, inner.since, day).count()
        == inner.get("cases.opened")
        < shot.get("cases.opened")
    )


def test_a_moved_township_takes_its_cases_along_from_that_day_on() -> None:
    from gonghui.orgs import services as orgs

    _start, towns = history()
    county = orgs_county()
    orgs.union_move(actor=make.system, union=closure_union(towns[1]), new_parent=county, on=clock.today(), document_no="江工〔2026〕9 号")
    yesterday, today = clock.today() - timedelta(days=1), clock.today()
    moved = figures.snapshot(towns[1].pk, today).get("cases.open")
    assert moved
    assert figures.snapshot(county.pk, today).get("cases.open") == moved
    assert figures.snapshot(county.pk, yesterday).get("cases.open") == 0
    assert figures.snapshot(make.root().pk, yesterday).get("cases.open") == figures.snapshot(make.root().pk, today).get("cases.open")


def orgs_county() -> Any:
    from gonghui.orgs.tests import make as register

    return register.township("江南区总工会", make.root())


def closure_union(town: Any) -> Any:
    from gonghui.orgs.selectors import unions

    assert closure.node_by_pk(town.pk) is not None
    return unions.union_get(actor=make.system, pk=town.pk)


def test_the_pages_count_print_and_export() -> None:
    from gonghui.accounts.tests import make as accounts

    history()
    client = accounts.client(accounts.officer((Role.CITY, make.root().path), username="city-f"))
    found = client.get("/console/figures/definitions/cases.open/").content.decode()
    assert "在办建会事项" in found and "figure=cases.open" in found
    address = found.split('href="/console/organising/cases/?')[1].split('"')[0].replace("&amp;", "&")
    listed = client.get(f"/console/organising/cases/?{address}")
    assert "乙厂" in listed.content.decode() and "丙厂" not in listed.content.decode()
    book = client.get("/console/organising/cases/?state=&as=xlsx")
    table = polars.read_excel(io.BytesIO(book.content), infer_schema_length=0, has_header=False)
    cells = {str(v) for row in table.iter_rows() for v in row}
    assert {"甲厂工会委员会", "乙厂工会委员会", "丙厂工会委员会", "丁厂工会委员会", "批准文号"} <= cells
    for address in ("/console/organising/?print=1", "/console/organising/cases/?print=1&state="):
        assert "乙厂工会委员会" in client.get(address).content.decode()
    assert client.get("/console/organising/cases/?figure=members&org=1&from=2025-01-01&as_of=2025-02-01").status_code == 404
    assert client.get(f"/console/organising/cases/?figure=cases.open&org={make.root().pk}&from=x&as_of=2025-02-01").status_code == 422
