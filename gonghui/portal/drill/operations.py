"""What is drilled (演练项目): import, approval, transfer, booking. Each says what it begins, acknowledges what was done, and checks what is left."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from typing import Any

from django.apps import apps

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import Role
from gonghui.approvals import kinds
from gonghui.approvals import services as approvals
from gonghui.core import crypto
from gonghui.files.imports import services as imports
from gonghui.members.services import transfers
from gonghui.notices import services as notices
from gonghui.portal.drill import posting, rush, syncing
from gonghui.portal.drill.ground import id_number, system

Say = Callable[[Mapping[str, Any]], None]
Facts = Mapping[str, Any]
ROWS, BASE, KIND = 30, 10_000, "drill.matter"


@dataclass(frozen=True)
class Operation:
    """One kind of work (演练操作): `work` loops until it is killed, `check` yields one sentence for each thing that is wrong."""

    work: Callable[[Facts, dict[str, Any], Say], None]
    check: Callable[[Facts, dict[str, Any]], Iterator[str]]
    invariants: tuple[str, ...] = ()  # looked at after every round; all of them after every twentieth and the last, empty: always all


def model(label: str) -> Any:
    """Tables are looked at raw here: a drill must see what the services would not show."""
    return apps.get_model(label)._default_manager


# -- import ------------------------------------------------------------------------------------------------------


def _file(number: int, facts: Facts) -> bytes:
    employer, union = facts["codes"][number % 2]
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["姓名", "证件号码", "手机号", "单位编号", "工会代码", "是否会员", "入会日期"])
    for i in range(ROWS):
        n = BASE + number * ROWS + i
        table.writerow([f"导入{n}", id_number(n), f"137{n:08d}", employer, union, "是", "2024-04-01"])
    return out.getvalue().encode()


def _import(facts: Facts, book: dict[str, Any], say: Say) -> None:
    """First the file that was cut off last time, again; then fresh ones."""
    again = sorted(int(k) for k in book["begun"].keys() - book["done"].keys())
    for n in chain(again, count(book["start"])):
        say({"what": "begun", "key": n, "n": n})
        done = imports.import_run(
            actor=system(), kind="roster", content=_file(n, facts), name=f"演练{n}.csv", org_path=facts["paths"]["town"]
        )
        say({"what": "done", "key": n, "n": n, "counts": {k: done[k] for k in ("rows", "created", "updated", "unchanged", "rejected")}})


def _import_check(facts: Facts, book: dict[str, Any]) -> Iterator[str]:
    for key in book["begun"]:
        first = BASE + int(key) * ROWS
        indexes = [crypto.blind("people.person.id", id_number(first + i)) for i in range(ROWS)]
        people = list(model("people.Person").filter(id_index__in=indexes).values_list("pk", flat=True))
        spells = model("members.Membership").filter(person_id__in=people, until=None).count()
        jobs = model("members.Employment").filter(person_id__in=people, until=None).count()
        found = (len(people), spells, jobs)
        if key in book["done"] and found != (ROWS, ROWS, ROWS):
            yield f"第 {key} 个文件已回报导入完成，却只有人员、会籍、劳动关系 {found}"
        elif found not in {(ROWS, ROWS, ROWS), (0, 0, 0)}:
            yield f"第 {key} 个文件只写了一半：人员、会籍、劳动关系 {found}"
        counts = book["done"].get(key, {}).get("counts")
        if counts and (counts["rejected"] or counts["created"] + counts["updated"] + counts["unchanged"] != counts["rows"]):
            yield f"第 {key} 个文件的行数对不上：{counts}"


# -- approval ----------------------------------------------------------------------------------------------------


def _actor(facts: Facts, key: str, role: Role, path: str) -> Actor:
    pk = facts["officers"][key]
    return Actor(ref=f"user:{pk}", name=key, user_id=pk, is_officer=True, scopes=(Scope(str(role), path),))


def _matter(facts: Facts) -> None:
    """A kind of its own whose approval has one effect: a notice to a member."""
    paths = facts["paths"]

    def approved(actor: Actor, approval: Any) -> None:
        notices.notice_send(actor, kind="result", title=f"演练 {approval.subject_id}", persons=[facts["members"][0]])

    handler = kinds.Handler(
        label="演练事项",
        url=lambda subject: "/console/inbox/",
        levels=lambda subject: [
            kinds.Level("镇审核", paths["town"], role=Role.TOWNSHIP),
            kinds.Level("市审批", paths["root"], role=Role.CITY),
        ],
        digest=lambda subject: subject,
        on_approved=approved,
    )
    kinds.register(KIND, handler)


def _approve(facts: Facts, book: dict[str, Any], say: Say) -> None:
    _matter(facts)
    clerk = _actor(facts, "clerk", Role.CLERK, facts["paths"]["unit"])
    deciders = [_actor(facts, "town", Role.TOWNSHIP, facts["paths"]["town"]), _actor(facts, "city", Role.CITY, facts["paths"]["root"])]
    for n in count(book["start"]):
        say({"what": "begun", "key": f"{n}:0", "n": n})
        row = approvals.approval_submit(actor=clerk, kind=KIND, subject_id=n, title=f"演练 {n}", org_path=facts["paths"]["unit"])
        say({"what": "done", "key": f"{n}:0", "n": n})
        for level, decider in enumerate(deciders, 1):
            say({"what": "begun", "key": f"{n}:{level}", "n": n})
            row = approvals.approval_decide(actor=decider, approval=row, decision="approve")
            row = model("approvals.Approval").get(pk=row.pk)
            say({"what": "done", "key": f"{n}:{level}", "n": n})


def _approve_check(facts: Facts, book: dict[str, Any]) -> Iterator[str]:
    rows = {r.subject_id: r for r in model("approvals.Approval").filter(kind=KIND).prefetch_related("steps")}
    told = list(model("notices.Notice").filter(title__startswith="演练 ").values_list("title", flat=True))
    for key in book["done"]:
        subject, level = key.split(":")
        row = rows.get(subject)
        if row is None:
            yield f"事项 {subject} 已回报送审，却不在"
        elif sum(1 for s in row.steps.all() if s.decided_at) < int(level):
            yield f"事项 {subject} 第 {level} 级已回报办结，却没有记下"
    for subject, row in rows.items():
        decided, open_ = [s for s in row.steps.all() if s.decided_at], [s for s in row.steps.all() if s.is_open]
        finished = row.state == "approved"
        if (len(decided), len(open_)) != ((2, 0) if finished else (len(decided), 1)):
            yield f"事项 {subject} 状态 {row.state}，已办 {len(decided)} 级，打开 {len(open_)} 级"
        if told.count(f"演练 {subject}") != int(finished):
            yield f"事项 {subject} 状态 {row.state}，通知 {told.count(f'演练 {subject}')} 条"


# -- transfer ----------------------------------------------------------------------------------------------------


def _transfer(facts: Facts, book: dict[str, Any], say: Say) -> None:
    """Members move to and fro; a transfer left open by the kill is finished first."""
    unions = {u.pk: u for u in model("orgs.Union").filter(pk__in=facts["unions"])}
    left = list(model("members.Transfer").filter(state="in_transit").select_related("source", "target"))
    for n, row in enumerate(left, book["start"]):
        _step(say, n, row.person_id, "accept", row.target_id, partial(transfers.transfer_accept, actor=system(), transfer=row))
    for n in count(book["start"] + len(left)):
        person = facts["members"][n % len(facts["members"])]
        spell = model("members.Membership").select_related("union").get(person_id=person, until=None)
        other = next(u for pk, u in unions.items() if pk != spell.union_id)
        row = _step(
            say, n, person, "open", spell.union_id, partial(transfers.transfer_open, actor=system(), membership=spell, target=other)
        )
        _step(say, n, person, "accept", other.pk, partial(transfers.transfer_accept, actor=system(), transfer=row))


def _step(say: Say, n: int, person: int, step: str, at: int, do: Callable[[], Any]) -> Any:
    say({"what": "begun", "key": person, "n": n, "step": step, "at": at})
    result = do()
    say({"what": "done", "key": person, "n": n, "step": step, "at": at})
    return result


def _transfer_check(facts: Facts, book: dict[str, Any]) -> Iterator[str]:
    for person in facts["members"]:
        spells = list(model("members.Membership").filter(person_id=person, until=None))
        moving = list(model("members.Transfer").filter(person_id=person, state__in=["requested", "in_transit"]))
        if len(spells) != 1:
            yield f"人员 {person} 有 {len(spells)} 段有效会籍"
            continue
        if (spells[0].standing == "in_transit") != bool(moving):
            yield f"人员 {person} 会籍状态 {spells[0].standing}，在办转会 {len(moving)} 笔"
        last, begun = book["done"].get(str(person)), book["begun"].get(str(person))
        if last and last == {**(begun or {}), "what": "done"}:
            wanted = (last["at"], last["step"] == "open")
            if (spells[0].union_id, bool(moving)) != wanted:
                yield f"人员 {person} 已回报“{last['step']}”到 {wanted}，实际 {(spells[0].union_id, bool(moving))}"


OPERATIONS: dict[str, Operation] = {
    "import": Operation(_import, _import_check),
    "approval": Operation(_approve, _approve_check),
    "transfer": Operation(_transfer, _transfer_check),
    "posting": Operation(posting.work, posting.check),
    "booking": Operation(rush.work, rush.check),
    "sync": Operation(syncing.work, syncing.check, syncing.INVARIANTS),
}
