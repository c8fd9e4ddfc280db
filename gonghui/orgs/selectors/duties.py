"""What the law asks of a union of this size and place, what is missing, what comes next (应尽的事). Source: TUL-11, -14, -16; CON-25; LPR."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Sum

from gonghui.core import clock
from gonghui.orgs import hooks
from gonghui.orgs.enums import Body, MatterState, PostTitle, Rank, Sector, UnionKind
from gonghui.orgs.models import Certificate, Employer, Matter, Post, Union, UnionAccount
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors import law, terms
from gonghui.policy.services import Decision, Fact

SOON_DAYS = 180
WANTED: dict[str, tuple[str, ...]] = {
    "orgs.committee_form": ("members", "workers"),
    "orgs.womens_committee": ("women_members", "women_workers"),
    "orgs.fulltime_chair": ("workers",),
    "orgs.fulltime_staff": ("workers",),
    "orgs.congress_form": ("members",),
}
LABELS = {"members": "会员数", "women_members": "女会员数", "workers": "职工数", "women_workers": "女职工数"}


@dataclass(frozen=True)
class Todo:
    """One thing a union owes (待办): what, by when, how urgent, and the slip that says why."""

    text: str
    due_on: date | None = None
    tone: str = "warn"
    slip: Decision | None = None


@dataclass
class Duties:
    """All of it, for the union's page."""

    slips: list[Decision] = field(default_factory=list)
    missing: list[Todo] = field(default_factory=list)
    coming: list[Todo] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def next(self) -> Todo | None:
        """The next duty with a date."""
        dated = [t for t in [*self.missing, *self.coming] if t.due_on is not None]
        return min(dated, key=lambda t: (t.due_on or date.max, t.text), default=None)


def union_facts_known(union: Union, on: date) -> dict[str, Fact]:
    """Counts from the members' app where it supplies them, else what the employers registered."""
    supplied = {
        k: v if isinstance(v, Fact) else Fact(v, source="会员登记", as_of=on) for k, v in hooks.supplied_facts(union.pk, on).items()
    }
    rows = (
        Employer.objects.filter(pk=union.employer_id)
        if union.employer_id
        else Employer.objects.filter(coverages__union=union, coverages__until=None)
    )
    registered = rows.filter(written_off_on=None).aggregate(workers=Sum("headcount"), women_workers=Sum("women_headcount"))
    found = {k: Fact(v, source="单位登记", as_of=on) for k, v in registered.items() if v is not None}
    return found | supplied


def union_duties(union: Union, on: date | None = None) -> Duties:
    """Slips, gaps and deadlines of a union (应尽的事)."""
    day = on or clock.today()
    duties = Duties()
    known = union_facts_known(union, day)
    duties.facts = {k: f.value for k, f in known.items()}
    if union.ended_on is not None:
        _matters(union, duties)
        return duties
    if union.kind in rules.OWN | rules.JOINT:
        _law(union, day, known, duties)
    if union.kind == UnionKind.CITY_INDUSTRIAL and "workers" in known:
        _decide(duties, "orgs.industrial_posts", union, day, {"headcount": known["workers"]})
    _bodies(union, day, duties)
    _papers(union, day, duties)
    _plans(union, day, duties)
    _matters(union, duties)
    duties.coming.sort(key=lambda t: (t.due_on or date.max, t.text))
    return duties


def _decide(duties: Duties, key: str, union: Union, day: date, facts: Mapping[str, Any]) -> Decision | None:
    decision = law.decided(key, union, day, facts)
    if decision is not None:
        duties.slips.append(decision)
    return decision


def _law(union: Union, day: date, known: Mapping[str, Fact], duties: Duties) -> None:
    made = {key: _decide(duties, key, union, day, {n: known.get(n) for n in names}) for key, names in WANTED.items()}
    unknown = sorted({m for d in made.values() if d is not None for m in d.missing if m in LABELS and m not in known})
    if unknown:
        duties.missing.append(Todo(f"还不知道{'、'.join(LABELS[m] for m in unknown)}，有些要求判断不了。请先登记单位人数或导入花名册。"))
    held = {(p.body, p.title) for p in terms.posts_on(union, day)}
    chair = terms.chair(union, day)
    women = made["orgs.womens_committee"]
    if women is not None and women.outcome is True and not any(b == Body.WOMEN for b, _ in held):
        duties.missing.append(Todo("女会员达到人数线，应建立女职工委员会。", slip=women))
    if (
        women is not None
        and women.outcome is False
        and known.get("women_members")
        and not any(t == PostTitle.WOMEN_MEMBER or b == Body.WOMEN for b, t in held)
    ):
        duties.missing.append(Todo("应在工会委员会中设女职工委员。", slip=women))
    full = made["orgs.fulltime_chair"]
    if full is not None and full.outcome is True and chair is not None and not chair.full_time:
        duties.missing.append(Todo("职工达到人数线，工会章程要求设专职工会主席，现在的主席登记为兼职。", tone="info", slip=full))
    form = made["orgs.committee_form"]
    if form is not None and form.outcome is True and union.kind == UnionKind.ORGANISER:
        duties.missing.append(Todo("会员达到人数线，应建立基层工会委员会。", slip=form))


def _bodies(union: Union, day: date, duties: Duties) -> None:
    if union.kind in {UnionKind.ORGANISER, UnionKind.POOL, UnionKind.SUB_BRANCH}:
        return
    rows = {s.body: s for s in terms.standing(union, day)}
    committee = rows[Body.COMMITTEE]
    if committee.term is None:
        duties.missing.append(Todo("还没有登记工会委员会的届次。"))
    elif committee.lapsed:
        duties.missing.append(
            Todo(f"第 {committee.term.number} 届已于 {committee.term.until} 届满，应换届选举。", committee.term.until, "bad")
        )
    elif committee.days_left is not None and committee.days_left <= SOON_DAYS:
        duties.coming.append(Todo(f"第 {committee.term.number} 届将届满，请筹备换届。", committee.term.until))
    chair = terms.chair(union, day)
    if chair is None:
        _vacancy(union, day, duties)
    elif union.pilot and chair.rank not in {Rank.HEAD, Rank.DEPUTY}:
        duties.missing.append(Todo(f"总工会试点的主席应按同级副职配备，现在登记为{Rank(chair.rank).label}。", tone="info"))
    if rows[Body.AUDIT].term is None:
        duties.missing.append(Todo("还没有登记经费审查委员会。"))


def _vacancy(union: Union, day: date, duties: Duties) -> None:
    left = Post.objects.filter(union=union, title=PostTitle.CHAIR, body=Body.COMMITTEE, until__lte=day).order_by("-until").first()
    if left is None or union.kind not in rules.OWN | rules.JOINT:
        duties.missing.append(Todo("主席空缺，应补选。", tone="bad"))
        return
    public = union.employer is not None and union.employer.sector == Sector.PUBLIC
    slip = _decide(
        duties, "orgs.chair_vacancy", union, day, {"unit_kind": "institution" if public else "enterprise", "vacant_on": left.until}
    )
    due = slip.values.get("due") if slip is not None else None
    duties.missing.append(Todo(f"主席自 {left.until} 起空缺，应补选。", due if isinstance(due, date) else None, "bad", slip))


def _papers(union: Union, day: date, duties: Duties) -> None:
    if union.kind in rules.INNER or union.kind == UnionKind.POOL:
        return
    certificate = Certificate.objects.filter(union=union, cancelled_on=None).order_by("-issued_on").first()
    if certificate is None:
        duties.missing.append(Todo("还没有登记工会法人资格证。", tone="info"))
        return
    if certificate.valid_until <= day:
        duties.missing.append(Todo(f"法人资格证已于 {certificate.valid_until} 到期，请换证。", certificate.valid_until, "bad"))
    elif (certificate.valid_until - day).days <= SOON_DAYS:
        duties.coming.append(Todo("法人资格证将到期，请随换届换证。", certificate.valid_until))
    if not UnionAccount.objects.filter(union=union, until=None).exists():
        duties.missing.append(Todo("还没有登记工会经费独立账户。", tone="info"))


def _plans(union: Union, day: date, duties: Duties) -> None:
    if union.review_on is not None:
        word = f"过渡建到了复核日，应转为“{union.get_target_mode_display()}”。"
        (duties.missing if union.review_on <= day else duties.coming).append(Todo(word, union.review_on))
    if union.planned_end is not None:
        late = union.planned_end <= day
        text = "项目已到计划完工日，请办理会员转出和撤销，或登记延期。" if late else "项目完工后办理撤销。"
        (duties.missing if late else duties.coming).append(Todo(text, union.planned_end, "bad" if late else "warn"))


def _matters(union: Union, duties: Duties) -> None:
    for matter in Matter.objects.filter(union=union, state=MatterState.OPEN):
        duties.missing.append(Todo(matter.note or matter.get_kind_display(), matter.due_on))
