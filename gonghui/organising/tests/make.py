"""Factories of cases: a street of shops, officers of each level, a case walked to any step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import selectors as approvals
from gonghui.approvals import services as approving
from gonghui.approvals.models import Approval
from gonghui.core import clock
from gonghui.members.tests import make as members
from gonghui.organising import services
from gonghui.organising.models import Case
from gonghui.organising.services import Vote
from gonghui.orgs.tests import make as orgs

system = Actor.system("test")
root, township, employer, regional, build, cover, person, worker = (
    orgs.root, orgs.township, orgs.employer, orgs.regional, orgs.build, orgs.cover, members.person, members.worker,
)  # fmt: skip


def officer(role: Role, union: Any, name: str = "") -> Actor:
    """A real account with one grant, the same for the same name: approvals look accounts up."""
    from gonghui.accounts import selectors as users
    from gonghui.accounts.models import User

    username = name or f"{role}-{union.pk}"
    found = User.objects.filter(username=username).first()
    return (
        users.actor_of(found)
        if found is not None
        else accounts.acting((role, union.path), username=username, name=name or f"{role.label}{union.pk}")
    )


def at_the_phone(who: Any) -> Actor:
    """The person signed in with a real worker's account."""
    from gonghui.accounts import selectors as users
    from gonghui.accounts import services

    return users.actor_of(services.worker_of_phone(f"1381234{who.pk:04d}", who.pk))


def shop(name: str = "清泉五金店", workers: int = 8, street: str = "清泉街", town: Any = None) -> Any:
    return orgs.employer(town or orgs.township(), name, headcount=workers, address=f"江州市青石镇{street} 12 号")


def opened(firm: Any = None, form: str = "own", **extra: Any) -> Case:
    firm = firm or shop(workers=30)
    return services.case_open(
        actor=officer(Role.ORGANISER, firm.union), employer=firm, form=form, **{"leader": ("周小兰", "13911110001"), **extra}
    )


def submitted(case: Case | None = None) -> Case:
    case = case or opened()
    return services.case_submit(actor=officer(Role.ORGANISER, case.org), case=case)


def pending(case: Case) -> Approval:
    return approvals.approval_list(actor=system, state="pending").get(subject_id=str(case.pk))


def decide(case: Case, *levels: Actor, decision: str = "approve", opinion: str = "") -> Case:
    """Each actor decides one level of what waits."""
    for actor in levels:
        approving.approval_decide(actor=actor, approval=pending(case), decision=decision, opinion=opinion)
    return fresh(case)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def town_officer(case: Case) -> Actor:
    return officer(Role.TOWNSHIP, case.parent)


def city_officer(case: Case) -> Actor:
    return officer(Role.CITY, root())


def prepared(case: Case | None = None) -> Case:
    """Approved to prepare: township looked, city agreed."""
    case = submitted(case)
    return decide(case, town_officer(case), city_officer(case))


def recruiting(case: Case | None = None, joiners: int = 6, women: int = 2) -> Case:
    case = prepared(case)
    case = services.group_form(actor=officer(Role.ORGANISER, case.org), case=case)
    for i in range(joiners):
        join(case, sex="2" if i < women else "1")
    return case


def join(case: Case, who: Any = None, **values: Any) -> Any:
    """A worker fills in and signs on the phone."""
    who = who or person(**values)
    return services.applicant_sign(actor=worker(who), case=case, person=who, signed_name=who.name)


def meeting(case: Case | None = None, joiners: int = 6) -> Case:
    case = recruiting(case, joiners)
    return services.recruiting_done(actor=officer(Role.ORGANISER, case.org), case=case)


def record(case: Case, **changes: Any) -> Any:
    """A lawful election: everybody came, three seats, four candidates; what differs is given."""
    people = list(case.applicants.values_list("person_id", flat=True))
    n = len(people)
    votes = changes.pop("votes", None) or [
        Vote(people[0], n, title="chair"),
        Vote(people[1], n, title="vice"),
        Vote(people[2], n),
        Vote(people[3], 1, elected=False),
        Vote(people[3], n, body="audit", title="chair"),
        Vote(people[4], n, body="women", title="chair"),
    ]
    given = {
        "held_on": clock.today(),
        "entitled": n,
        "present": n,
        "seats": 3,
        "candidates": 4,
        "years": 3,
        "posted_on": clock.today() - timedelta(days=14),
    }
    return services.meeting_record(actor=officer(Role.ORGANISER, case.org), case=case, votes=votes, **{**given, **changes})


def reported(case: Case | None = None, **changes: Any) -> Case:
    case = meeting(case)
    record(case, **changes)
    return services.result_submit(actor=officer(Role.ORGANISER, case.org), case=case)


def built(case: Case | None = None) -> Case:
    """Result approved: the union stands."""
    case = reported(case)
    return decide(case, town_officer(case), city_officer(case))


def filed(case: Case | None = None) -> Case:
    case = built(case)
    return services.filing_done(actor=city_officer(case), case=case, number="815100001234567890", credit_code="")


def done(case: Case | None = None) -> Case:
    case = filed(case)
    today: date = clock.today()
    return services.setup_done(
        actor=officer(Role.ORGANISER, case.org), case=case, seal_on=today, plate_on=today, bank="农商行", account="622200001111222233"
    )
