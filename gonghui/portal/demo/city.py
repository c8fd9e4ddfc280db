"""Unions and employers of the demo city (演示城市的工会与单位)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from gonghui.portal.demo import names
from gonghui.portal.demo.plan import AREA, CITY, CITY_CODE, CLOSING, OPENING, Plan, shares

BEFORE = OPENING - timedelta(days=1)
LATER = (date(2026, 2, 1), date(2026, 10, 31))
EVIDENCE = {
    "注销": "登记机关注销通知",
    "关停": "实地走访，厂房已关停",
    "搬迁": "实地走访，已迁出本市",
    "更名": "变更登记通知，原名核减",
    "同名": "两个走访比对，与已有单位为同一单位",
    "倒闭": "人民法院破产裁定",
    "归并": "归并协议，人员并入承接单位",
}


@dataclass
class UnionRow:
    """A union as written to the file."""

    code: str
    name: str
    kind: str
    parent: str
    founded: date
    mode: str = "单建"
    form: str = ""
    term: tuple[int, date, date] | None = None
    chair: str = ""
    certificate: str = ""
    place: tuple[float, float] = (0.0, 0.0)


@dataclass
class EmployerRow:
    """An employer as written to the file, and what the roster needs of it."""

    code: str
    name: str
    licence: str
    sector: str
    section: str
    township: str
    opened: date
    listed: date
    address: str = ""
    operator: str = ""
    operator_id: str = ""
    phone: str = ""
    status: str = "正常"
    status_on: date | None = None
    form: str = ""
    union: str = ""
    covered: date | None = None
    workers: int = 0
    members: int = 0
    migrants: int = 0
    desk: bool = True
    place: tuple[float, float] = (0.0, 0.0)


@dataclass
class City:
    """All unions and employers, and the planted truth."""

    unions: list[UnionRow] = field(default_factory=list)
    employers: list[EmployerRow] = field(default_factory=list)
    truth: dict[str, list[Any]] = field(default_factory=dict)


def build(plan: Plan) -> City:
    """The whole city, the same for the same plan."""
    random = Random(f"city-{plan.seed}-{plan.scale}")
    city = City()
    towns = _upper(city, plan, random)
    regional, industry = _federations(city, plan, random, towns)
    employers = _employers(city, plan, random, towns, regional, industry)
    _write_off(plan, random, employers)
    _public(city, plan, random, towns)
    _later(city, plan, random, towns)
    _headcounts(plan, random, employers)
    _licences(city, plan, random, employers)
    _same_names(city, plan, random, employers)
    _stopped(city, plan, random, employers)
    _terms(city, plan, random)
    return city


def _near(random: Random, centre: tuple[float, float], spread: float) -> tuple[float, float]:
    return round(centre[0] + random.uniform(-spread, spread), 5), round(centre[1] + random.uniform(-spread, spread), 5)


def _upper(city: City, plan: Plan, random: Random) -> list[UnionRow]:
    city.unions.append(UnionRow(CITY_CODE, f"{CITY}总工会", "县（市、区）总工会", "", date(1990, 5, 1), place=(37.0, 120.0)))
    towns = []
    for i in range(plan.townships):
        base = names.TOWNS[i % len(names.TOWNS)]
        name = base if i < len(names.TOWNS) else f"{base[:-1]}{i // len(names.TOWNS) + 1}{base[-1]}"
        kind = "开发区（园区）工会" if "园区" in name or "开发区" in name else "乡镇（街道）总工会" if i % 5 == 3 else "乡镇（街道）工会"
        label = f"{name}总工会" if kind != "乡镇（街道）工会" else f"{name}工会委员会"
        row = UnionRow(
            f"{CITY_CODE}-{i + 1:02d}",
            label,
            kind,
            CITY_CODE,
            date(1998, 1, 1) + timedelta(days=40 * i),
            place=_near(random, (37.0, 120.0), 0.3),
        )
        towns.append(row)
        city.unions.append(row)
        city.unions.append(UnionRow(f"{row.code}-P", f"{name}会员库", "属地会员库", row.code, date(2015, 1, 1), place=row.place))
    for i in range(plan.systems):
        city.unions.append(
            UnionRow(
                f"{CITY_CODE}-S{i + 1:02d}",
                f"{CITY}{names.SYSTEMS[i]}工会委员会",
                "市直产业工会",
                CITY_CODE,
                date(2001, 3, 1),
                place=(37.0, 120.0),
            )
        )
    return towns


def _federations(city: City, plan: Plan, random: Random, towns: list[UnionRow]) -> tuple[list[UnionRow], list[UnionRow]]:
    regional, industry = [], []
    for i in range(plan.regional):
        town = towns[i % len(towns)]
        label = names.VILLAGES[i // len(towns) % len(names.VILLAGES)] + ("片区" if i // len(towns) < len(names.VILLAGES) else f"{i}片区")
        regional.append(
            UnionRow(
                f"{town.code}-R{i + 1:03d}",
                f"{_short(town)}{label}工会联合会",
                "区域性工会联合会",
                town.code,
                names.day(random, date(2006, 1, 1), date(2018, 12, 31)),
                mode="联建",
                place=_near(random, town.place, 0.05),
            )
        )
    trades = names.TRADE_FEDERATIONS
    for i in range(plan.industry):
        town, trade = towns[i % len(towns)], trades[i % len(trades)]
        citywide = i < len(trades)
        parent, prefix = (CITY_CODE, CITY) if citywide else (town.code, _short(town))
        industry.append(
            UnionRow(
                f"{parent}-I{i + 1:03d}",
                f"{prefix}{trade}行业工会联合会",
                "行业性工会联合会",
                parent,
                names.day(random, date(2008, 1, 1), date(2019, 12, 31)),
                mode="联建",
                place=_near(random, town.place, 0.05),
            )
        )
    city.unions += regional + industry
    return regional, industry


def _short(town: UnionRow) -> str:
    return town.name.replace("工会委员会", "").replace("总工会", "")


def _employers(
    city: City, plan: Plan, random: Random, towns: list[UnionRow], regional: list[UnionRow], industry: list[UnionRow]
) -> list[EmployerRow]:
    """Non-public employers: those that remain at closing, then those written off in the year."""
    forms = ["单独建会"] * plan.covered_single + ["区域性联合会覆盖"] * plan.covered_regional + ["行业性联合会覆盖"] * plan.covered_industry
    random.shuffle(forms)
    gone = sum(plan.written_off.values())
    forms += random.choices(["区域性联合会覆盖", "行业性联合会覆盖"], [4, 1], k=gone)
    used: set[str] = set()
    rows: list[EmployerRow] = []
    counts = {"区域性联合会覆盖": 0, "行业性联合会覆盖": 0}
    for i, form in enumerate(forms):
        section = random.choices(list(names.TRADES), [24, 9, 26, 9, 14, 3, 3, 8, 3, 1])[0]
        name = names.firm_name(random, section)
        while name in used:
            name = names.firm_name(random, section, random.choice(names.VILLAGES))
        used.add(name)
        is_new = plan.closing - plan.new <= i < plan.closing
        opened = (
            names.day(random, date(2025, 1, 2), date(2025, 11, 30)) if is_new else names.day(random, date(1999, 1, 1), date(2024, 10, 31))
        )
        row = EmployerRow(
            f"QY{i + 1:06d}",
            name,
            names.credit_code(i + 1),
            "非公有制",
            section,
            "",
            opened,
            opened if is_new else max(opened, date(2020, 1, 1)),
        )
        if form == "单独建会":
            town = random.choice(towns)
            row.union, row.township, centre = f"{town.code}-E{i + 1:05d}", town.code, town.place
        else:
            pool = regional if form == "区域性联合会覆盖" else industry
            union = pool[counts[form] % len(pool)]
            counts[form] += 1
            row.union, centre = union.code, union.place
            row.township = union.parent if union.parent != CITY_CODE else random.choice(towns).code
        row.form, row.place = form, _near(random, centre, 0.04)
        earliest = max(opened, date(2019, 12, 31)) + timedelta(days=20)
        row.covered = _covered(random, earliest, late=is_new or random.random() < 0.05)
        row.address = f"{CITY}{_town_name(towns, row.township)}{random.choice(names.VILLAGES)}路 {random.randint(1, 299)} 号"
        row.operator, row.phone = names.person_name(random, random.random() < 0.3), names.phone(50_000_000 + i)
        row.operator_id = names.Numbers().fresh(f"3799{i % 97:02d}", date(1960, 1, 1) + timedelta(days=i * 3 % 12000), i % 3 == 0)
        if form == "单独建会":
            city.unions.append(UnionRow(row.union, f"{name}工会委员会", "基层工会委员会", row.township, row.covered, place=row.place))
        rows.append(row)
    city.employers += rows
    return rows


def _covered(random: Random, earliest: date, *, late: bool) -> date:
    if late:
        return min(
            max(earliest + timedelta(days=random.randint(5, 200)), OPENING + timedelta(days=random.randint(10, 340))), date(2025, 12, 20)
        )
    return min(names.day(random, earliest, max(earliest, BEFORE)), BEFORE)


def _town_name(towns: list[UnionRow], code: str) -> str:
    return next(_short(t) for t in towns if t.code == code)


def _write_off(plan: Plan, random: Random, rows: list[EmployerRow]) -> None:
    gone = rows[plan.closing :]
    reasons = [reason for reason, n in plan.written_off.items() for _ in range(n)]
    for row, reason in zip(gone, reasons, strict=True):
        row.status, row.status_on = reason, names.day(random, date(2025, 1, 15), date(2025, 12, 25))
        row.covered = min(row.covered or BEFORE, BEFORE)
        row.listed = min(row.listed, BEFORE)


def _public(city: City, plan: Plan, random: Random, towns: list[UnionRow]) -> None:
    for i in range(plan.public):
        system = i % plan.systems
        town = towns[i % len(towns)]
        name = f"{CITY}{_short(town)}{names.SYSTEMS[system]}{names.UNITS[i // plan.systems % len(names.UNITS)]}"
        row = EmployerRow(
            f"GY{i + 1:06d}", name, names.credit_code(700_000 + i, "12"), "机关企事业", "S", town.code, date(1995, 1, 1), date(2020, 1, 1)
        )
        row.form, row.union, row.covered = "产业（系统）工会覆盖", f"{CITY_CODE}-S{system + 1:02d}", date(2020, 1, 1)
        row.address, row.place = f"{CITY}{_short(town)}人民路 {i + 1} 号", _near(random, town.place, 0.03)
        row.operator, row.phone = names.person_name(random, False), names.phone(60_000_000 + i)
        city.employers.append(row)


def _later(city: City, plan: Plan, random: Random, towns: list[UnionRow]) -> None:
    """Employers registered after the closing date and not organised yet: today's blank spots."""
    for i in range(plan.later_employers):
        section = random.choice(list(names.TRADES))
        town = towns[0] if i % 3 == 0 else random.choice(towns)
        opened = names.day(random, *LATER)
        row = EmployerRow(
            f"XZ{i + 1:06d}",
            names.firm_name(random, section) + f"（{random.choice(names.VILLAGES)}店）",
            names.credit_code(800_000 + i),
            "非公有制",
            section,
            town.code,
            opened,
            opened,
        )
        row.address, row.place = f"{CITY}{_short(town)}{random.choice(names.VILLAGES)}街 {i + 1} 号", _near(random, town.place, 0.03)
        row.operator, row.phone, row.workers = (
            names.person_name(random, random.random() < 0.4),
            names.phone(61_000_000 + i),
            random.randint(3, 60),
        )
        city.employers.append(row)


def _headcounts(plan: Plan, random: Random, rows: list[EmployerRow]) -> None:
    """Workers and members of the employers that remain; the stopped ones at the end of the list have none."""
    alive = _working(plan, rows)
    weight = {"单独建会": 8.0, "区域性联合会覆盖": 1.0, "行业性联合会覆盖": 1.3}
    sizes = shares(plan.workers, [weight[r.form] * random.lognormvariate(0, 0.7) for r in alive], least=2)
    members = shares(plan.members, [size * random.uniform(0.985, 1.015) for size in sizes])
    members = _within(members, list(sizes))
    migrants = _within(shares(plan.migrant_members, [m * random.uniform(0.9, 1.1) for m in members]), members)
    for row, size, member, migrant in zip(alive, sizes, members, migrants, strict=True):
        row.workers, row.members, row.migrants = size, member, migrant


def _stopped_at(plan: Plan) -> slice:
    """Firms of earlier years near the end of the list; those that are new in the year stand behind them."""
    end = plan.closing - plan.new
    return slice(end - plan.faults["stopped"], end)


def _working(plan: Plan, rows: list[EmployerRow]) -> list[EmployerRow]:
    """Employers of the closing ledger that still have workers."""
    gone = _stopped_at(plan)
    return rows[: gone.start] + rows[gone.stop : plan.closing]


def _within(parts: list[int], most: list[int]) -> list[int]:
    """The same total with no part above its limit."""
    over = 0
    for i, limit in enumerate(most):
        if parts[i] > limit:
            over += parts[i] - limit
            parts[i] = limit
    i = 0
    while over:
        room = min(most[i] - parts[i], over)
        parts[i] += room
        over -= room
        i += 1
    return parts


def _licences(city: City, plan: Plan, random: Random, rows: list[EmployerRow]) -> None:
    """One operator with several licences (一企多照), as ledgers really show it: all alike; the address written otherwise and no
    document on record; another address. And traps: firms in one building, firms with one book-keeper's phone."""
    alive = [r for r in _working(plan, rows) if r.form == "区域性联合会覆盖"]
    chosen = random.sample(alive, 2 * min(plan.faults["licence_clusters"], len(alive) // 2))
    pairs, taken = [], {r.code for r in chosen}
    for i, (first, second) in enumerate(zip(chosen[::2], chosen[1::2], strict=True)):
        second.operator, second.phone = first.operator, first.phone
        if i % 4 != 3:
            second.address = first.address
        second.operator_id = first.operator_id
        if i % 4 == 2:
            second.operator_id, second.address = (
                "",
                first.address.replace(" ", "").translate(str.maketrans("0123456789", "０１２３４５６７８９")),
            )
        pairs.append(sorted([first.code, second.code]))
    city.truth["licence_clusters"] = sorted(pairs)
    free = [r for r in alive if r.code not in taken]
    traps = random.sample(free, min(2 * plan.faults["licence_clusters"], len(free) // 4 * 2))
    for i, (first, second) in enumerate(zip(traps[::2], traps[1::2], strict=True)):
        if i % 2:
            second.address = first.address
        else:
            second.phone = first.phone


def _same_names(city: City, plan: Plan, random: Random, rows: list[EmployerRow]) -> None:
    """Two firms of one name that are not the same (同名不同单位): a trap for the detector."""
    free = [r for r in _working(plan, rows) if r.form != "单独建会" and not any(r.code in p for p in city.truth["licence_clusters"])]
    chosen = random.sample(free, 2 * min(plan.faults["same_name_pairs"], len(free) // 2))
    pairs = []
    for first, second in zip(chosen[::2], chosen[1::2], strict=True):
        second.name = first.name
        pairs.append(sorted([first.code, second.code]))
    city.truth["same_name_pairs"] = sorted(pairs)


def _stopped(city: City, plan: Plan, random: Random, rows: list[EmployerRow]) -> None:
    """Alive in the ledger, without a single worker (停产未注销): the department still calls them 正常."""
    working = [r for r in _working(plan, rows) if r.form != "单独建会"]
    for row in random.sample(working, min(plan.faults["desk_without_workers"], len(working) // 3)):
        row.desk = False  # the department knows no workers, the roster does: a trap for the detector of stopped firms
    city.truth["desk_without_workers"] = sorted(r.code for r in working if not r.desk)
    city.truth["stopped"] = sorted(r.code for r in rows[_stopped_at(plan)])


def _terms(city: City, plan: Plan, random: Random) -> None:
    elected = [u for u in city.unions if u.kind not in {"属地会员库"}]
    lapsed = {
        u.code
        for u in random.sample(
            [u for u in elected if u.founded < date(2020, 1, 1) and u.parent] or elected,
            min(plan.faults["lapsed_terms"], len(elected) // 3),
        )
    }
    for union in elected:
        years = 5 if union.kind != "基层工会委员会" else random.choice((3, 5))
        since = names.day(random, date(2023, 1, 10), date(2025, 6, 30))
        if union.code in lapsed:
            years, since = 3, names.day(random, date(2020, 6, 1), date(2022, 6, 30))
        since = max(since, union.founded)
        until = date(since.year + years, since.month, min(since.day, 28))
        union.term = (max(1, (since.year - union.founded.year) // years + 1), since, until)
        union.chair = names.person_name(random, random.random() < 0.35)
        if union.kind != "基层工会委员会" or random.random() < 0.8:
            union.certificate = names.credit_code(abs(hash_of(union.code)) % 900_000_000, "81")
    city.truth["lapsed_terms"] = sorted(u.code for u in elected if u.term and u.term[2] <= CLOSING)


def largest(city: City, town: str = "") -> EmployerRow:
    """The employer with an own union and the most workers, in a town if one is named."""
    own = [e for e in city.employers if e.form == "单独建会" and e.workers and (not town or e.township == town)]
    return max(own, key=lambda e: (e.workers, e.code))


def hash_of(text: str) -> int:
    """A stable number for a text (Python's own hash changes between runs)."""
    value = 0
    for c in text:
        value = (value * 131 + ord(c)) % 2_147_483_647
    return value


__all__ = ["AREA", "City", "EmployerRow", "UnionRow", "build", "largest"]
