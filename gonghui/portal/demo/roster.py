"""The people of the demo city (演示城市的职工), one roster a township, with planted faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from gonghui.portal.demo import names
from gonghui.portal.demo.city import City, EmployerRow
from gonghui.portal.demo.plan import CLOSING, OPENING, Plan

COLUMNS = (
    "姓名", "证件种类", "证件号码", "性别", "出生日期", "民族", "学历", "政治面貌", "手机号", "户籍地", "是否农民工", "八大群体", "单位编号", "工会代码",
    "岗位", "用工形式", "入职日期", "是否会员", "入会日期",
)  # fmt: skip
EDUCATION = ("研究生", "大学本科", "大学专科", "中等专科", "技工学校", "高中", "初中", "小学")
EDUCATION_WEIGHTS = (1, 8, 14, 11, 8, 24, 31, 3)
ETHNIC = ("汉族", "蒙古族", "满族", "回族", "朝鲜族", "达斡尔族", "鄂温克族")
POSTS = {
    "C": "操作工",
    "E": "建筑工",
    "F": "营业员",
    "G": "驾驶员",
    "H": "服务员",
    "I": "技术员",
    "K": "经纪人",
    "O": "服务员",
    "A": "种养工",
    "Q": "护理员",
}
GROUPS = {
    "G": ("货车司机", "快递员", "网约送餐员"),
    "O": ("家政服务员", "保安员"),
    "K": ("房产中介员",),
    "Q": ("护工护理员",),
    "F": ("商场信息员",),
}

CHANGED_PHONE = 25
Row = tuple[str, ...]


class Crowd:
    """Makes people one after another, the same for the same seed."""

    def __init__(self, plan: Plan, city: City) -> None:
        self.plan, self.city = plan, city
        self.random = Random(f"people-{plan.seed}-{plan.scale}")
        self.numbers = names.Numbers()
        self.serial = 0
        total = max(plan.workers, 1)
        self.wrong = set(self.random.sample(range(total), min(plan.faults["wrong_check_digit"], total)))
        self.twins = set(self.random.sample(range(total), min(plan.faults["duplicate_persons"], total // 4)))
        self.doubles = set(self.random.sample(range(total), min(plan.faults["double_membership"], total // 4)))
        self.shared = set(self.random.sample(range(2, max(total, 3)), min(plan.faults["shared_phones"], total // 4)))
        self.pending_twin: Row | None = None
        self.typed = 0
        self.doubled: list[Row] = []
        for name in ("wrong_check_digit", "duplicate_persons", "double_membership"):
            city.truth[name] = []

    def of(self, employer: EmployerRow) -> Iterator[Row]:
        """The roster rows of one employer: members first."""
        for i in range(employer.workers):
            yield self._person(
                employer,
                member=i < employer.members,
                migrant=i < employer.migrants or (i >= employer.members and self.random.random() < 0.6),
            )

    def _person(self, employer: EmployerRow, *, member: bool, migrant: bool) -> Row:
        random, n = self.random, self.serial
        self.serial += 1
        woman = random.random() < (0.46 if employer.section in "FHOQ" else 0.36)
        birth = date(1964, 1, 1) + timedelta(days=int(random.random() ** 0.9 * 15700))
        area = (
            f"{'379900' if not migrant or random.random() < 0.7 else ('4199', '3499', '2299', '1599')[n % 4] + '00'}"[:4]
            + f"{n % 90 + 10:02d}"
        )
        number, name, phone = (
            self.numbers.fresh(area, birth, woman),
            names.person_name(random, woman),
            names.phone(n - 1 if n in self.shared else n),
        )
        if self.pending_twin is not None:
            number, name, phone, birth, woman = self._twin(employer)
        elif n in self.twins:
            self.pending_twin = (number, name, phone, birth.isoformat(), "女" if woman else "男", employer.code)
        elif n in self.wrong:
            number = number[:17] + ("0" if number[17] != "0" else "1")
            self.city.truth["wrong_check_digit"].append([number[-4:], employer.code])
        since, joined = self._dates(employer, member)
        groups = GROUPS.get(employer.section, ())
        group = groups[n % len(groups)] if groups and random.random() < 0.5 else ""
        ethnic = ETHNIC[0] if random.random() < 0.93 else ETHNIC[1 + n % 6]
        row = (
            name, "居民身份证", number, "女" if woman else "男", birth.isoformat(), ethnic, random.choices(EDUCATION, EDUCATION_WEIGHTS)[0],
            "中共党员" if random.random() < 0.06 else "群众", phone, area, "是" if migrant else "否", group, employer.code, employer.union,
            POSTS.get(employer.section, "职员"), "季节工" if random.random() < 0.05 else "临时工" if random.random() < 0.06 else "合同制",
            since.isoformat(), "是" if member else "否", joined.isoformat() if member else "",
        )  # fmt: skip
        if member and n in self.doubles:
            self.doubled.append(row)
        return row

    def _twin(self, employer: EmployerRow) -> tuple[str, str, str, date, bool]:
        """The last person once more elsewhere, with one digit of the ID typed wrong."""
        assert self.pending_twin is not None
        number, name, phone, born, sex, first = self.pending_twin
        self.pending_twin = None
        at = 14 + self.typed % 3  # somewhere in the sequence number
        typo = number[:at] + str((int(number[at]) + 2) % 10) + number[at + 1 :]
        self.typed += 1
        if self.typed % CHANGED_PHONE == 0:
            phone = names.phone(90_000_000 + self.serial)  # and a new number since: only the papers can tell
        self.city.truth["duplicate_persons"].append([number[-4:], first, typo[-4:], employer.code])
        self.city.truth["wrong_check_digit"].append(
            [typo[-4:], employer.code]
        )  # one wrong digit before it, and the check digit no longer fits
        return typo, name, phone, date.fromisoformat(born), sex == "女"

    def _dates(self, employer: EmployerRow, member: bool) -> tuple[date, date]:
        random = self.random
        recent = random.random() < 0.06
        covered = employer.covered or CLOSING
        first = OPENING if recent else max(employer.opened, date(2012, 1, 1))
        since = names.day(
            random, max(first, employer.opened), max(first, employer.opened, date(2025, 11, 30) if recent else date(2024, 12, 20))
        )
        if since < OPENING and since.replace(day=1) >= first:
            since = since.replace(day=1)  # old rolls know the month only
        joined = max(min(max(since, covered) + timedelta(days=random.randint(0, 45)), date(2025, 12, 30)), covered)
        following = (joined.replace(day=28) + timedelta(days=4)).replace(day=1)
        return since, following if following < OPENING else joined

    def double_rows(self) -> list[Row]:
        """The same people reported as members by a second employer: the importer must ask, never open a second membership."""
        covered = [e for e in self.city.employers if e.workers and e.union and e.sector == "非公有制"]
        rows = []
        for i, row in enumerate(self.doubled):
            other = next(e for n in range(len(covered)) if (e := covered[(i * 37 + 11 + n) % len(covered)]).union != row[13])
            values = list(row)
            values[12], values[13] = other.code, other.union
            rows.append(tuple(values))
            self.city.truth["double_membership"].append([row[2][-4:], row[12], other.code])
        return rows
