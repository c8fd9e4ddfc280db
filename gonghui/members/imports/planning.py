"""What a roster would change (花名册办理方案): new people, changed people, what a person must decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.apps import apps

from gonghui.files.imports.protocol import CREATED, REJECTED, UNCHANGED, UPDATED, Context, Plan, Problem, Sheet
from gonghui.files.imports.reading import ROW
from gonghui.members.enums import EmploymentKind, Perm
from gonghui.members.imports import matching, places
from gonghui.members.imports.columns import KEYS
from gonghui.people.enums import Sex

ATTRIBUTES = ("sex", "birth_date", "ethnic", "education", "political", "home_area", "group")
SKIP, TRANSFER, RENAME, KEEP, SECOND = "skip", "transfer", "rename", "keep", "second"


@dataclass
class RosterPlan:
    """The handler's own plan (方案明细). Ids are database ids; `new` is a frame of people to create."""

    new: pl.DataFrame
    employers: dict[int, places.Place]
    attributes: list[tuple[int, dict[str, Any], dict[str, Any]]] = field(default_factory=list)  # person, new, old
    phones: list[tuple[int, str, bytes]] = field(default_factory=list)
    jobs: list[tuple[int, int, str, str, date]] = field(default_factory=list)  # person, employer, kind, post, since
    job_changes: list[tuple[int, str, str, str, str]] = field(default_factory=list)  # employment, new kind and post, old kind and post
    spells: list[tuple[int, int, int | None, date, str]] = field(default_factory=list)  # person, union, group, since, card
    cards: list[tuple[int, str]] = field(default_factory=list)
    transfers: list[tuple[int, int, int]] = field(default_factory=list)  # person, source union, target union
    second: list[tuple[int, int, str, str, date]] = field(default_factory=list)  # row of the first, employer, kind, post, since
    touched: set[int] = field(default_factory=set)


class Planner:
    """One pass over a tidied roster."""

    def __init__(self, sheet: Sheet, context: Context) -> None:
        self.context, self.frame = context, sheet.frame
        self.problems: list[Problem] = []
        self.verdicts: dict[int, str] = {}
        self.notes: list[str] = []
        self.plan = RosterPlan(sheet.frame.clear(), {})
        self._pending: set[int] = set()
        self.phones_kept = 0

    def run(self) -> Plan:
        """The plan and a verdict for every row."""
        rows = self.frame[ROW]
        self._places()
        self._dates()
        self._match()
        self._twice()
        self._existing()
        self.plan.new = self._alive().filter(pl.col("_person").is_null() & ~pl.col(ROW).is_in(list(self.verdicts)))
        bad = {p.row for p in self.problems}
        given = pl.DataFrame({ROW: list(self.verdicts), "v": list(self.verdicts.values())}, schema={ROW: pl.UInt32, "v": pl.String})
        verdicts = pl.DataFrame({ROW: rows}).join(given, on=ROW, how="left", maintain_order="left")
        verdicts = verdicts.select(
            ROW, pl.when(pl.col(ROW).is_in(list(bad))).then(pl.lit(REJECTED)).otherwise(pl.col("v").fill_null(CREATED)).alias("verdict")
        )
        return Plan(verdicts, self.problems, self.plan, self.notes)

    def _alive(self) -> pl.DataFrame:
        bad = list({p.row for p in self.problems})
        return self.frame.filter(~pl.col(ROW).is_in(bad)) if bad else self.frame

    def _places(self) -> None:
        self.frame, found, self.plan.employers = places.resolve(self.frame, self.context)
        self.problems += found
        explicit = pl.col("member").is_not_null()
        hinted = pl.col("joined_on").is_not_null() | pl.col("card_no").is_not_null()
        self.frame = self.frame.with_columns(pl.when(explicit).then(pl.col("member") == "1").otherwise(hinted).alias("_is_member"))
        idle = self._alive().filter(~pl.col("_is_member") & pl.col("_employer").is_null())
        self.problems += [
            Problem(int(r), "employer_name", "employer", "不是会员，又没有写单位，没有可登记的内容。请补上单位。") for r in idle[ROW]
        ]

    def _dates(self) -> None:
        as_of = self.context.as_of
        f = self.frame
        if n := int((f["_employer"].is_not_null() & f["_hired"].is_null()).sum()):
            self.notes.append(f"入职日期没填 {n:,} 人，按花名册截至日期 {as_of} 登记。")
        if n := int((f["_is_member"] & f["_joined"].is_null()).sum()):
            self.notes.append(f"入会日期没填 {n:,} 人，按花名册截至日期 {as_of} 登记。")
        self.frame = f.with_columns(
            pl.col("_hired").fill_null(as_of),
            pl.col("_joined").fill_null(as_of),
            pl.col("kind").fill_null(EmploymentKind.REGULAR.value),
            pl.col("post").fill_null(""),
        ).with_columns(_groups(f, self.notes))

    def _match(self) -> None:
        self.frame = matching.blind_columns(self.frame)
        alive = self._alive()
        matched = matching.by_document(alive)
        loose = alive.filter(pl.col("_id").is_null() & pl.col("_phone").is_not_null())
        if loose.height:
            self._match_by_phone(loose, matched)
        column = (
            pl.Series("_person", [matched.get(int(r)) for r in self.frame[ROW]], dtype=pl.Int64)
            if matched
            else pl.lit(None, pl.Int64).alias("_person")
        )
        self.frame = self.frame.with_columns(column)

    def _match_by_phone(self, loose: pl.DataFrame, matched: dict[int, int]) -> None:
        """Without a document: the same phone and name without a document of its own and working at the same place is the same person; else ask."""
        found = matching.by_phone([(int(r), k, n) for r, k, n in loose.select(ROW, "_phone", "name").iter_rows()])
        held = matching.known({pk for ids in found.values() for pk in ids})
        employer = dict(loose.select(ROW, "_employer").iter_rows())
        union = dict(loose.select(ROW, "_home").iter_rows())
        for row, ids in found.items():
            choice = self.context.choices.get(row, "")
            same = [
                p
                for p in ids
                if held.persons[p][11] == "none"
                and ((p, employer[row]) in held.jobs or held.open_spell.get(p, (0, 0, ""))[1] == union[row])
            ]
            if len(same) == 1:
                matched[row] = same[0]
            elif choice.startswith("is:") and choice[3:].isdigit() and int(choice[3:]) in ids:
                matched[row] = int(choice[3:])
            elif choice == SKIP:
                self.verdicts[row] = REJECTED
            elif choice != "new":
                choices = [(f"is:{p}", f"是同一人：与库中第 {i} 条合并登记") for i, p in enumerate(ids[:5], 1)]
                choices += [("new", "不是同一人：作为新人登记"), (SKIP, "先跳过这一行")]
                self.problems.append(
                    Problem(
                        row, "phone", "same_person", f"库中有 {len(ids)} 人同名同手机号，这一行没有证件号，请您定。", choices=tuple(choices)
                    )
                )

    def _twice(self) -> None:
        """The same document in several rows: equal rows are one, others need a decision."""
        alive = self._alive().filter(pl.col("_id").is_not_null())
        again = alive.filter(pl.col("_id").is_duplicated())
        if not again.height:
            return
        first: dict[bytes, dict[str, Any]] = {}
        for r in again.sort(ROW).iter_rows(named=True):
            before = first.setdefault(r["_id"], r)
            if before is r:
                continue
            row, choice = int(r[ROW]), self.context.choices.get(int(r[ROW]), "")
            if all(before[k] == r[k] for k in KEYS):
                self.verdicts[row] = UNCHANGED
            elif choice == SKIP:
                self.verdicts[row] = REJECTED
            elif choice == SECOND and r["_employer"] is not None and r["_employer"] != before["_employer"]:
                self.verdicts[row] = UPDATED
                self.plan.second.append((int(before[ROW]), r["_employer"], r["kind"], r["post"], r["_hired"]))
            else:
                options = [(SECOND, "是同一人在另一家单位的第二份工作")] if r["_employer"] != before["_employer"] and r["_employer"] else []
                self.problems.append(
                    Problem(
                        row,
                        "id_number",
                        "twice",
                        f"第 {before[ROW]} 行是同一个证件号。请您定怎么办。",
                        choices=(*options, (SKIP, "不用这一行")),
                    )
                )

    def _existing(self) -> None:
        alive = self._alive().filter(pl.col("_person").is_not_null() & ~pl.col(ROW).is_in(list(self.verdicts)))
        held = matching.known(alive["_person"].to_list())
        for r in alive.iter_rows(named=True):
            self.verdicts[int(r[ROW])] = self._one(r, held)
        if self.phones_kept:
            self.notes.append(
                f"{self.phones_kept:,} 人的手机号与登记的不同，没有改：是本人登录用的，请本人更正或到街道（乡镇）以上工会窗口更换。"
            )

    def _one(self, r: dict[str, Any], held: matching.Known) -> str:
        """One person already known. Absence of anything in the table never ends anything (MEM-07)."""
        row, person = int(r[ROW]), int(r["_person"])
        now, choice = held.persons[person], self.context.choices.get(row, "")
        if choice == SKIP:
            return REJECTED
        new, old = self._attributes(r, now)
        if r["name"] != now[1] and choice not in (KEEP, TRANSFER):
            if choice != RENAME:
                options = ((RENAME, "是同一人：按表更新姓名"), (KEEP, "是同一人：姓名不改"), (SKIP, "跳过这一行，先核对证件"))
                self.problems.append(Problem(row, "name", "name_differs", "库中这个证件号登记的是另一个姓名。请您定。", choices=options))
                return REJECTED
            new["name"], old["name"] = r["name"], now[1]
        if r["_is_member"] and not self._spell(r, row, person, held, choice):
            return REJECTED
        changed = self._job(r, person, held) | bool(new)
        if new:
            self.plan.attributes.append((person, new, old))
        if r["_phone"] is not None and bytes(now[10] or b"") != r["_phone"] and self._may_phone(now[10]):
            self.plan.phones.append((person, r["phone"], r["_phone"]))
            changed = True
        changed |= person in self._pending
        if changed:
            self.plan.touched.add(person)
        return UPDATED if changed else UNCHANGED

    def _may_phone(self, held: Any) -> bool:
        """The phone on record is the person's key to the own account: a table from the workplace fills a gap, it replaces nothing."""
        if held is None or self.context.actor.may(Perm.IDENTITY_DESK, self.context.org_path or None):
            return True
        self.phones_kept += 1
        return False

    def _attributes(self, r: dict[str, Any], now: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
        new: dict[str, Any] = {}
        old: dict[str, Any] = {}
        given = {**{k: r[k] for k in ATTRIBUTES}, "birth_date": r["_born"]}
        for name, value in zip(matching.PERSON, now, strict=True):
            if name == "migrant":
                stated = None if r["migrant"] is None else r["migrant"] == "1"
                if stated is not None and stated != bool(value):
                    new[name], old[name] = stated, bool(value)
            elif name in given and given[name] not in (None, "") and not (name == "sex" and given[name] == Sex.UNKNOWN):
                held = matching.day(value) if name == "birth_date" and value else value
                if given[name] != held:
                    new[name], old[name] = given[name], held
        return new, old

    def _job(self, r: dict[str, Any], person: int, held: matching.Known) -> bool:
        if r["_employer"] is None:
            return False
        job = held.jobs.get((person, r["_employer"]))
        if job is None:
            self.plan.jobs.append((person, r["_employer"], r["kind"], r["post"], r["_hired"]))
            held.jobs[person, r["_employer"]] = (0, r["kind"], r["post"])
            return True
        pk, kind, post = job
        wanted = (r["kind"] if r["_kind_given"] else kind, r["post"] or post)
        if pk and wanted != (kind, post):
            self.plan.job_changes.append((pk, *wanted, kind, post))
            return True
        return False

    def _spell(self, r: dict[str, Any], row: int, person: int, held: matching.Known, choice: str) -> bool:
        """The membership side; False when a person must decide first."""
        spell = held.open_spell.get(person)
        if spell is None:
            since = r["_joined"]
            if (last := held.past_until.get(person)) and since < last:
                self.problems.append(Problem(row, "joined_on", "dates", "入会日期早于这个人上一段会籍的结束日期，请核对。"))
                return False
            self.plan.spells.append((person, r["_home"], r["_group"], since, r["card_no"] or ""))
            held.open_spell[person] = (0, r["_home"], r["card_no"] or "")
            self._pend(person)
            return True
        pk, union, card = spell
        if union == r["_home"]:
            if pk and r["card_no"] and not card:
                self.plan.cards.append((pk, r["card_no"]))
                self._pend(person)
            return True
        if choice == TRANSFER:
            self.plan.transfers.append((person, union, r["_home"]))
            self._pend(person)
            return True
        if choice == KEEP:
            return True
        options = (
            (TRANSFER, "是同一人：申请把会籍转到本工会"),
            (KEEP, "是同一人：会籍不动，只登记劳动关系"),
            (SKIP, "跳过这一行，先核对证件"),
        )
        self.problems.append(
            Problem(row, "id_number", "member_elsewhere", "这个人现在是别的工会的会员。一个人只能有一处会籍，请您定。", choices=options)
        )
        return False

    def _pend(self, person: int) -> None:
        self._pending.add(person)


def _groups(frame: pl.DataFrame, notes: list[str]) -> list[pl.Series]:
    """`_group`: the union's group of that name; `_kind_given`: was a form of employment stated."""
    given = frame["kind"].is_not_null().alias("_kind_given")
    teams = frame["team"]
    if teams.null_count() == teams.len():
        return [pl.Series("_group", [None] * frame.height, dtype=pl.Int64), given]
    model = apps.get_model("orgs", "Group")
    wanted = frame["_home"].drop_nulls().unique().to_list()
    known: dict[tuple[int, str], int] = {}
    for start in range(0, len(wanted), 800):
        for pk, union, name in model._default_manager.filter(union_id__in=wanted[start : start + 800], until=None).values_list(
            "pk", "union_id", "name"
        ):
            known[union, name] = pk
    found = [known.get((u, t)) if t else None for u, t in zip(frame["_home"], teams, strict=True)]
    if n := sum(1 for g, t in zip(found, teams, strict=True) if t and g is None):
        notes.append(f"小组名称有 {n:,} 处在工会里还没有建，暂未归组。")
    return [pl.Series("_group", found, dtype=pl.Int64), given]
