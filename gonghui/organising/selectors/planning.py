"""Which form fits an employer (建会方案), and why: law first, then what is near. Source: TUL-11, R006, R014–R016, S014–S020, P01."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from gonghui.accounts.actor import Actor, subtree
from gonghui.core import clock
from gonghui.organising import rules
from gonghui.organising.enums import JOINT_FORMS, Form
from gonghui.organising.selectors import policy_values
from gonghui.orgs.enums import CoverageForm, UnionKind
from gonghui.orgs.rules.tree import TERRITORIAL
from gonghui.orgs.selectors import spots, unions
from gonghui.policy.services import Decision, Fact

if TYPE_CHECKING:
    from collections.abc import Sequence

SYSTEM = Actor.system("organising")
MOST_NEAR = 3
JOINABLE = (UnionKind.JOINT, UnionKind.REGIONAL, UnionKind.INDUSTRY, UnionKind.VILLAGE_FEDERATION)


@dataclass
class Option:
    """One way to give the employer a union (一种形式): does it fit, why, and what it would need."""

    form: str
    label: str
    fits: bool | None
    why: str
    needs: list[str] = field(default_factory=list)
    union: Any = None
    slip: Decision | None = None

    @property
    def one_tap(self) -> bool:
        """Joining what stands needs no case."""
        return self.union is not None

    @property
    def tone(self) -> str:
        return {True: "ok", False: "bad", None: "warn"}[self.fits]

    @property
    def word(self) -> str:
        return {True: "适合", False: "不适合", None: "要先弄清"}[self.fits]


@dataclass
class Plan:
    """The proposal for an employer (建会方案)."""

    employer: Any
    parent: Any
    slip: Decision | None
    options: list[Option]
    place: str = ""
    neighbours: list[Any] = field(default_factory=list)

    @property
    def best(self) -> Option:
        return self.options[0]


def parent_of(employer: Any, form: str = "") -> Any:
    """The union a new one would hang below (上一级工会): the company's own union for a project, else the nearest territorial one."""
    union = employer.union
    if form in rules.INNER_FORMS and union.employer_id == employer.pk:
        return union
    chain = [*unions.ancestors(union), union]
    return next((u for u in reversed(chain) if u.kind in TERRITORIAL), chain[0])


def near(employer: Any) -> list[Any]:
    """Joint unions and federations the employer could join today (可加入的联合工会): same place first, then same industry, then the town's."""
    town = parent_of(employer)
    rows = unions.union_visible(SYSTEM).filter(
        Q(subtree(town.path)) | Q(kind=UnionKind.INDUSTRY), kind__in=JOINABLE, state="active", ended_on=None
    )
    found = rules.place_of(employer.address or "")
    place = found[1] if found else ""
    section = (employer.industry or "")[:1]
    ranked = sorted(rows[:400], key=lambda u: (_rank(u, town, place, section), u.depth, u.pk))
    return [u for u in ranked if _rank(u, town, place, section) < 9][:MOST_NEAR]


def _rank(union: Any, town: Any, place: str, section: str) -> int:
    """The smaller the nearer; 9 is too far."""
    if place and place in union.name:
        return 0
    if union.kind == UnionKind.INDUSTRY:
        if not section or (union.industry or "")[:1] != section:
            return 9
        return 1 if union.path.startswith(town.path) else 4
    if union.kind in {UnionKind.REGIONAL, UnionKind.VILLAGE_FEDERATION}:
        return 2 if union.parent_id == town.pk else 3
    return 9  # a joint union of another street


def neighbours(employer: Any) -> list[Any]:
    """Other employers without a union in the same place (同一条街、楼、市场的空白点)."""
    found = rules.place_of(employer.address or "")
    if found is None:
        return []
    rows = spots.spot_list(actor=SYSTEM, union=parent_of(employer), q=found[1]).exclude(employer_id=employer.pk)
    return [s.employer for s in rows[:30] if found[1] in s.employer.address]


def plan_for(employer: Any, *, members: int | None = None, project: tuple[date, date] | None = None, on: date | None = None) -> Plan:
    """Propose the form that fits, with the slip and what each other form would need (建会方案).

    Args: members confirmed applicants where they are known, else the registered headcount stands for them; project (start, end) for a
    construction project.
    """
    day = on or clock.today()
    parent = parent_of(employer)
    line = _line(day, parent)
    close, place = near(employer), rules.place_of(employer.address or "")
    beside = [e for e in neighbours(employer) if line is None or (e.headcount or 0) < line]
    slip = policy_values.decide("organising.form", _facts(employer, members, project, close), day, parent)
    make = _Maker(employer, parent, slip, day, members if members is not None else employer.headcount)
    options = make.project(project) if project is not None else make.options(close, place, beside)
    rank = {True: 0, None: 1, False: 2}
    options.sort(key=lambda o: rank[o.fits])
    return Plan(employer, parent, slip, options, place[1] if place else "", beside)


def _line(day: date, parent: Any) -> int | None:
    """From how many members on a unit builds its own committee: larger neighbours take no part in a joint one. Source: policy organising.form."""
    decision = policy_values.decide("organising.form", {"project": False, "members": 0}, day, parent)
    return int(decision.nearest.after) if decision is not None and decision.nearest is not None else None


def _facts(employer: Any, members: int | None, project: tuple[date, date] | None, close: Sequence[Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"project": project is not None, "near": bool(close)}
    if members is not None:
        facts["members"] = Fact(members, source="入会申请人数")
    elif employer.headcount is not None:
        facts["members"] = Fact(employer.headcount, source="登记职工数，会员数还不知道", record=f"employer:{employer.pk}")
    if project is not None:
        facts["months"] = rules.months_between(*project)
    return facts


class _Maker:
    """Writes the options out, each with its reason and its needs."""

    def __init__(self, employer: Any, parent: Any, slip: Decision | None, day: date, members: int | None) -> None:
        self.employer, self.parent, self.day, self.members = employer, parent, day, members
        self.slip = slip
        self.values = slip.values if slip is not None else {}
        told = self.values.get("must_own")
        self.must_own: bool | None = told if isinstance(told, bool) else None  # not known is neither yes nor no

    def project(self, dates: tuple[date, date]) -> list[Option]:
        """A union for a long project, an organiser for a short one. Source: R006."""
        long = self.values.get("project_union")
        months = rules.months_between(*dates)
        line = policy_values.number("orgs.project_months", self.day, self.parent.area)
        why = f"工期 {months} 个月，标准 {line} 个月"
        needs = ["项目部选举，结果报公司工会备案", f"完工日 {dates[1]} 到期提醒办理撤销、会员转出"]
        return [
            Option(Form.PROJECT, Form.PROJECT.label, bool(long), why + ("，应建项目部工会。" if long else "，不到标准。"), needs),
            Option(
                Form.ORGANISER,
                Form.ORGANISER.label,
                not long,
                why + ("，应建工会而不是只选组织员。" if long else "，选举组织员一人。"),
                needs,
            ),
        ]

    def options(self, close: Sequence[Any], place: tuple[Form, str] | None, beside: Sequence[Any]) -> list[Option]:
        """All forms in the order in which they fit a small or a large employer."""
        joins = [self._join(u) for u in close]
        joint = self._joint(place, beside)
        rest = [self._one(), self._host(), self._later(), self._federation(Form.REGIONAL), self._federation(Form.INDUSTRY)]
        return [*joins, *joint, self._own(), *rest] if self.must_own is False else [self._own(), *joins, *joint, *rest]

    def _small(self) -> bool | None:
        return None if self.must_own is None else not self.must_own

    def _own(self) -> Option:
        size = policy_values.decide("orgs.committee_size", {"members": self.members} if self.members else {}, self.day, self.parent)
        least, most = (size.values.get("least"), size.values.get("most")) if size is not None else (None, None)
        needs = [
            "筹备组、会员大会选举三个委员会",
            f"委员 {least}–{most} 名" if least else "先弄清会员人数，再定委员名额",
            "法人登记、刻章、开户",
        ]
        if self.must_own:
            return Option(Form.OWN, Form.OWN.label, True, "会员达到人数线，法律要求单独建立委员会。", needs, slip=self.slip)
        if self.must_own is None:
            return Option(Form.OWN, Form.OWN.label, None, "还不知道有多少职工，先登记人数。", needs)
        return Option(Form.OWN, Form.OWN.label, True, "人数不多也可以单独建，但手续最多，小店一般不选。", needs)

    def _join(self, union: Any) -> Option:
        why = f"{union.name}就在附近，加入后马上有工会，不用另办手续。" if self._small() else "会员达到人数线的，先单独建会，再加入联合会。"
        return Option(Form.JOIN, f"加入{union.name}", self._small(), why, ["单位和职工同意", "在册登记覆盖"], union=union)

    def _joint(self, place: tuple[Form, str] | None, beside: Sequence[Any]) -> list[Option]:
        form, name = place or (Form.JOINT1, "")
        largest = max([self.members or 0, *[e.headcount or 0 for e in beside]])
        given = {"units": 1 + len(beside), "largest_members": largest, "form": _WORDS.get(form), "reason_recorded": False}
        if self.members is None:
            given.pop("largest_members")
        slip = policy_values.decide("orgs.joint_form", given, self.day, self.parent)
        fits = None if slip is None else slip.outcome
        if self.must_own:
            fits = False
        who = f"{name}上还有 {len(beside)} 家没有工会的单位。" if name else "还不知道在哪条街、哪个楼或市场，先补地址。"
        needs = ["至少两个单位的会员联合", "写明不宜单独建会的理由", "委员由各单位工会负责人组成"]
        if not beside:
            needs.insert(0, "再找一家同街（楼、市场）的单位")
        return [Option(form, form.label, fits if name else None, who, needs, slip=slip)]

    def _one(self) -> Option:
        why = "会员不多、暂时凑不成委员会时，可以选一名组织员组织活动。" if self._small() else "会员达到人数线，只选组织员不够。"
        return Option(
            Form.ORGANISER,
            Form.ORGANISER.label,
            None if self._small() else self._small(),
            why,
            ["短期项目部：写明开工、完工日期", "报上一级工会备案"],
        )

    def _host(self) -> Option:
        return Option(
            Form.AFFILIATED, Form.AFFILIATED.label, None, "主管单位或邻近单位的工会愿意带时可以挂靠。", ["写明挂靠的工会，并征得它同意"]
        )

    def _later(self) -> Option:
        return Option(
            Form.TRANSITIONAL,
            Form.TRANSITIONAL.label,
            None,
            "条件一时不够的先过渡，到复核日转为正式形式。",
            ["写明将来转为哪种方式、哪天复核"],
        )

    def _federation(self, form: Form) -> Option:
        area = form == Form.REGIONAL
        why = "小单位多、没有合适的街道或市场时，由一片区域建联合会。" if area else "同一行业的小单位多，依托行业协会建联合会。"
        return Option(
            form,
            form.label,
            None if self._small() else False,
            why,
            ["上一级工会批准", "写明覆盖的村（社区）" if area else "写明行业和依托的协会"],
        )


_WORDS = {
    Form.JOINT1: "community",
    Form.JOINT2: "building",
    Form.JOINT3: "street",
    Form.JOINT4: "project",
    Form.JOINT5: "market",
    Form.JOINT6: "industry",
    Form.JOINT7: "park",
}


def coverage_form(union: Any) -> str:
    """In which form a union covers an employer that joins it."""
    if union.kind == UnionKind.JOINT:
        return str(union.form)
    return str(CoverageForm.INDUSTRY if union.kind == UnionKind.INDUSTRY else CoverageForm.REGIONAL)


__all__ = ["JOINT_FORMS", "Option", "Plan", "coverage_form", "near", "neighbours", "parent_of", "plan_for"]
