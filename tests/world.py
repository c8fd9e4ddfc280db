"""A small world in two township trees that know nothing of each other (两镇小世界), for tests about the whole platform.

Everything is written by services. Tree A is where most officers work, tree B is foreign to all of them but the city's.
Identity numbers and phones of B are canaries: no page for an officer of A may ever show one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.test import Client

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.figures import services as figures
from gonghui.files import services as files
from gonghui.members.rules import compare
from gonghui.members.services import ceremonies, consents, exits, joining, privacy, rosters, spells, transfers
from gonghui.members.tests import make as members
from gonghui.notices import services as notices
from gonghui.orgs import services as orgs
from gonghui.orgs.services.matters import open_matter
from gonghui.orgs.tests import make as register
from gonghui.policy import services as policy
from gonghui.portal import services as portal
from tests import parts

system = Actor.system("test")
AWAY = 9_999_999
"""An id that no row has."""


@dataclass
class Tree:
    """One township and what lies below it."""

    key: str
    town: Any = None
    federation: Any = None
    union: Any = None
    employer: Any = None
    sibling: Any = None
    members: list[Any] = field(default_factory=list)
    canaries: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    rows: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """Both trees and one account for each role."""

    root: Any
    a: Tree
    b: Tree
    users: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    objects: dict[str, dict[str, int]] = field(default_factory=dict)
    at: Any = None
    """When everybody's second factor was fresh; a long sweep stays in that moment."""

    def client(self, role: str) -> Client:
        """A fresh browser with the role's session; what one test does to its cookies the next does not see."""
        browser = Client()
        if role in self.clients:
            browser.cookies.load(self.clients[role].cookies.output(header="", sep=";"))
        return browser


def build() -> World:
    """Both trees, the accounts, and the objects of every table by the tree they lie in."""
    root = register.root()
    world = World(root, _tree(root, "a", "青石镇", 1), _tree(root, "b", "乙岸乡", 2))
    _between(world)
    _accounts(world)
    for tree in (world.a, world.b):
        parts.furnish(world, tree)
    world.objects = objects(world)
    world.at = clock.now()
    return world


# -- the two trees -----------------------------------------------------------------------------------------------


def _tree(root: Any, key: str, place: str, serial: int) -> Tree:
    tree = Tree(key)
    tree.town = register.township(f"{place}总工会", root, area="371002")
    tree.federation = register.regional(tree.town, f"{place}区域工会联合会")
    tree.employer = register.employer(tree.town, f"{place}茶业有限公司", phone=f"1390000{serial:04d}")
    for n, name in enumerate(("茶园分公司", "门店")):
        orgs.licence_add(actor=system, employer=tree.employer, number=licence(serial * 10 + n), name=f"{place}茶业{name}")
    tree.union = register.own_union(tree.employer, tree.town)
    other = register.employer(tree.town, f"{place}瓷器厂")
    tree.sibling = register.own_union(other, tree.town)
    blank = register.employer(tree.town, f"{place}五金店", headcount=8)
    covered = register.employer(tree.town, f"{place}修理铺", headcount=6)
    register.cover(tree.federation, covered)
    tree.rows |= {"blank": blank, "covered": covered, "other": other}
    _people(tree, place, serial)
    _matters(tree, place)
    return tree


def licence(n: int) -> str:
    """A unified social credit code with a right check character; 99 is no real area."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    stem = f"91990000MA{n:06d}X"
    weights = [3**i % 31 for i in range(17)]
    total = sum(alphabet.index(c) * w for c, w in zip(stem, weights, strict=True))
    return stem + alphabet[-total % 31]


def _someone(tree: Tree, n: int, name: str, **more: Any) -> Any:
    number, phone = members.id_number(n), f"1377{n:07d}"
    tree.canaries += [number, phone]
    tree.names.append(name)
    return members.people.person_register(actor=system, name=name, id_number=number, phone=phone, **more)


def _people(tree: Tree, place: str, serial: int) -> None:
    base, mark = 4000 + serial * 100, place[0]
    for i, word in enumerate(("甲林", "乙森", "丙焱", "丁淼", "戊垚")):
        who = _someone(tree, base + i, mark + word, migrant=i % 2 == 0)
        consents.consent_give(actor=members.worker(who), person=who, purpose="membership")
        members.employed(who, tree.employer)
        tree.members.append(members.member(tree.union if i < 4 else tree.sibling, who=who))
    asker = _someone(tree, base + 10, mark + "申鑫")
    tree.rows["application"] = members.applied(tree.union, asker, employer=tree.employer)
    tree.rows["asker"] = asker


def _matters(tree: Tree, place: str) -> None:
    """One of each thing officers work with."""
    today = clock.today()
    first, second, third = (m for m in tree.members[:3])
    mine = members.worker(first.person)
    tree.rows["request"] = privacy.request_make(
        actor=mine, person=first.person, kind="correct", field="phone", value="13600000000", words="换了号码"
    )
    tree.rows["snapshot"] = rosters.snapshot_make(actor=system, union=tree.union, kind="members", as_of=today, purpose="换届选举名册")
    tree.rows["activist"] = rosters.activist_add(actor=system, union=tree.union, person=second.person, skills="宣讲")
    tree.rows["note"] = rosters.note_add(actor=system, person=third.person, union=tree.union, kind="training", on=today, text="制茶培训")
    tree.rows["exit"] = exits.exit_open(actor=system, membership=third, kind="deemed_left", on=today)
    orgs.term_open(actor=system, union=tree.union, number=1, since=date(2024, 3, 1), years=3)
    clerk = accounts.acting((Role.CLERK, tree.union.path), username=f"maker-{tree.key}", name=f"{place}经办")
    tree.rows["maker"] = clerk
    tree.rows["file"] = files.file_make(
        clerk, name=f"{place}请示.csv", data=f"{place}关于换届的请示".encode(), purpose="test", org_path=tree.union.path
    )
    tree.rows["export"] = files.export_start(
        _chair(tree), "members.roster", "核对会员花名册", 3, org_path=tree.union.path, union=tree.union.pk, roster="members"
    )
    notices.notice_send(system, kind="result", title=f"{place}消息", body="请查看。", persons=[first.person_id])
    tree.rows["person_notice"] = apps.get_model("notices.Notice").objects.get(person_id=first.person_id, title=f"{place}消息").pk
    tree.rows["slip"] = _slip(tree)
    _batch(tree, place)
    _report(tree, today)
    _more(tree, place, today)


def _slip(tree: Tree) -> str:
    facts = {"members": policy.Fact(24, source="会员名册", record="roll:3")}
    decision = policy.decide("orgs.committee_form", on=date(2026, 1, 1), facts=facts)
    return policy.store("user:1", decision, subject=f"union:{tree.union.pk}", org_path=tree.union.path, perm="orgs.union.view")


def _chair(tree: Tree, word: str = "asker") -> Actor:
    return accounts.acting((Role.CHAIR, tree.union.path), username=f"{word}-{tree.key}", name="经办人")


def _more(tree: Tree, place: str, today: date) -> None:
    """What happens less often: ceremony, comparison, post, group, second leadership, follow-up, a text to publish, a text message."""
    union, first = tree.union, tree.members[0]
    tree.rows["job"] = first.person.employments.first().pk
    batch = joining.batch_open(actor=system, union=union, name=f"{place}集中入会")
    tree.rows["ceremony"] = ceremonies.ceremony_plan(
        actor=system, batch=batch, title="入会仪式", place=f"{place}礼堂", at=clock.now() + timedelta(days=3)
    )
    listed = [compare.Listed(1, tree.names[0], None, None, ""), compare.Listed(2, f"{place[0]}未登记", None, None, "")]
    tree.rows["comparison"] = rosters.comparison_run(actor=system, union=union, name=f"{place}工资表", origin="payroll", listed=listed)
    tree.rows["post"] = orgs.post_add(actor=system, union=union, person_id=first.person_id, title="委员", since=date(2024, 3, 1))
    tree.rows["group"] = orgs.group_add(actor=system, union=union, name="炒茶小组", since=date(2024, 3, 1))
    tree.rows["lead"] = orgs.lead_add(actor=system, lower=union, upper=tree.federation, since=date(2025, 1, 1), decision_no="〔2025〕1 号")
    open_matter(system, "certificate", on=today, union=union)
    text = portal.publication_write(actor=_chair(tree, "drafter"), union=union, title=f"{place}公示", body="新会员名单公示。")
    tree.rows["publication"] = portal.publication_submit(actor=_chair(tree, "sender"), publication=text, union=union)
    tree.rows["draft"] = portal.publication_write(actor=system, union=union, title=f"{place}草稿", body="草稿。")
    tree.rows["experience"] = portal.experience_add(
        actor=system, union=union, title=f"{place}做法", summary="先走访后建会。", tags=["建会"]
    )
    notices.sms_send(system, phone=tree.canaries[1], template="notices.plain", params={"text": "请查看消息"})


def _report(tree: Tree, today: date) -> None:
    period = figures.period_put(actor=system, name="2026 年度", opening=date(2026, 1, 1), closing=today, current=True)
    tree.rows["report"] = figures.report_prepare(actor=system, union=tree.town, period=period)
    tree.rows["reported"] = figures.reported_put(
        actor=system, union=tree.town, key="rate.joining", on=today, claimed="98%", source="年度总结"
    )


def _batch(tree: Tree, place: str) -> None:
    """A roster uploaded and checked, with a row that waits for a person."""
    from gonghui.files.imports import services as imports
    from gonghui.members.imports.tests import make as sheets

    number = members.id_number(4800 + (1 if tree.key == "a" else 2))
    tree.canaries += [number]
    head = ["姓名", "证件号码", "手机号", "单位编号", "工会代码", "是否会员", "入会日期"]
    rows = [
        [f"{place[0]}亥驰", number, "13770000999", tree.employer.code, tree.union.code, "是", "2024-04-01"],
        [
            f"{place[0]}错号",
            number[:-1] + ("0" if number[-1] != "0" else "1"),
            "13770000998",
            tree.employer.code,
            tree.union.code,
            "是",
            "2024-04-01",
        ],
    ]
    batch = imports.batch_upload(
        actor=system,
        kind="roster",
        content=sheets.text([head, *rows]),
        name=f"{place}花名册.csv",
        org_path=tree.union.path,
        org_name=tree.union.name,
    )
    batch = imports.batch_map(actor=system, batch=batch, mapping=batch.mapping)
    tree.rows["import"] = imports.batch_check(actor=system, batch=batch)


def _between(world: World) -> None:
    """Transfers inside each tree, a dual leadership, a duplicate pair: each kept inside its tree."""
    for tree in (world.a, world.b):
        tree.rows["transfer"] = transfers.transfer_open(actor=system, membership=tree.members[3], target=tree.sibling)


# -- accounts ----------------------------------------------------------------------------------------------------

OFFICERS: dict[str, tuple[Role, str]] = {
    "city": (Role.CITY, "root"),
    "organisation": (Role.ORGANISATION, "root"),
    "township_a": (Role.TOWNSHIP, "a.town"),
    "township_b": (Role.TOWNSHIP, "b.town"),
    "chair_a": (Role.CHAIR, "a.union"),
    "chair_b": (Role.CHAIR, "b.union"),
    "clerk_a": (Role.CLERK, "a.union"),
    "organiser_a": (Role.ORGANISER, "a.town"),
    "auditor_a": (Role.AUDITOR, "a.town"),
    "finance_a": (Role.FINANCE, "a.union"),
    "sysadmin": (Role.SYSADMIN, ""),
    "secadmin": (Role.SECADMIN, ""),
    "auditadmin": (Role.AUDITADMIN, ""),
}
WORKERS = ("member_a", "member_b", "guest")
ROLES = ("anonymous", *WORKERS, *OFFICERS)


def _accounts(world: World) -> None:
    for key, (role, where) in OFFICERS.items():
        path = scope_of(world, where)
        user = accounts.officer((role, path), username=f"qa-{key.replace('_', '-')}", name=f"干部{key[:4]}", totp=True)
        world.users[key] = user
        world.clients[key] = accounts.client(user, stepped_up=True)
    for key, person in (("member_a", world.a.members[0].person_id), ("member_b", world.b.members[0].person_id), ("guest", None)):
        world.users[key] = accounts.worker(person_id=person)
        world.clients[key] = accounts.client(world.users[key], stepped_up=True)
    for key in ("chair_a", "chair_b"):
        notices.notice_send(
            system, kind="result", title="请核对名册", body="请查看。", link="/console/notices/", users=[world.users[key].pk]
        )
    for browser in world.clients.values():
        browser.get("/healthz")  # the first request rotates the session key


def scope_of(world: World, where: str) -> str:
    """The path of a grant: `a.union`, `root`, or everything."""
    if not where:
        return ""
    target: Any = world
    for part in where.split("."):
        target = getattr(target, part)
    return str(target.path)


# -- where every row lies ----------------------------------------------------------------------------------------


def objects(world: World) -> dict[str, dict[str, int]]:
    """For each table one row per place: `a` in the union of tree A, `s` its sibling, `t` the township's own, `b` foreign."""
    found: dict[str, dict[str, int]] = {}
    places = [
        ("a", world.a.union.path),
        ("s", world.a.sibling.path),
        ("t", world.a.town.path),
        ("b", world.b.union.path),
        ("u", world.b.town.path),
    ]
    for model in apps.get_models():
        if not model.__module__.startswith("gonghui."):
            continue
        row_of: dict[str, int] = {}
        for row in model._default_manager.order_by("pk")[:400]:
            path = path_of(row)
            if path is None:
                continue
            for key, wanted in places:
                if key not in row_of and (
                    path == wanted
                    or (
                        key in "tu"
                        and path.startswith(wanted)
                        and not path.startswith((world.a.union.path, world.a.sibling.path, world.b.union.path))
                    )
                ):
                    row_of[key] = row.pk
        if "b" not in row_of and "u" in row_of:
            row_of["b"] = row_of["u"]
        row_of.pop("u", None)
        found[model._meta.label] = row_of
    chairs = {k: world.users[f"chair_{k}"].pk for k in ("a", "b")}
    for label in ("notices.Notice", "accounts.SignIn"):
        found[label] = {
            k: apps.get_model(label)._default_manager.filter(user_id=pk).values_list("pk", flat=True)[0] for k, pk in chairs.items()
        }
    found["accounts.User"] |= chairs
    return found


RELATIONS = (
    "union",
    "employer",
    "source",
    "batch",
    "comparison",
    "application",
    "approval",
    "person",
    "user",
    "activist",
    "ceremony",
    "lower",
    "first",
    "maker",
    "survivor",
    "giver",
    "campaign",
    "book",
    "voucher",
    "task",
    "plan",
    "statement",
    "project",
    "venue",
    "scheme",
    "programme",
    "merchant",
)


def path_of(row: Model | None, depth: int = 0) -> str | None:
    """The org path a row lies under, through its nearest relation."""
    if row is None or depth > 4:
        return None
    for name in ("path", "org_path", "unit_path"):
        value = getattr(row, name, None)
        if isinstance(value, str) and value:
            return value
    label = row._meta.label
    if label == "people.Person":
        spell = row.memberships.filter(until=None).select_related("union").first() or row.applications.select_related("union").first()  # type: ignore[attr-defined]
        return path_of(spell, depth + 1)
    if label == "accounts.User":
        grant = row.grants.exclude(org_path="").first()  # type: ignore[attr-defined]
        return grant.org_path if grant else None
    for name in RELATIONS:
        if name in {f.name for f in row._meta.concrete_fields if f.is_relation} and (path := path_of(getattr(row, name), depth + 1)):
            return path
    return None


__all__ = ["AWAY", "OFFICERS", "ROLES", "World", "build", "joining", "objects", "path_of", "spells"]
