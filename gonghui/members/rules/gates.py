"""Three gates and three papers (把三关、三有): what is still missing (R019–R022, S036, S037)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gonghui.members.enums import DocumentKind


@dataclass(frozen=True)
class Paper:
    """A paper of the dossier and how many people it lists."""

    kind: str
    people: int | None = None


@dataclass(frozen=True)
class ApplicationFacts:
    """What the gates look at in one application."""

    self_filled: bool
    signed: bool
    decided: bool
    issued: bool
    state: str


@dataclass(frozen=True)
class Gate:
    """A gate and what it lacks; open (passed) when nothing is missing."""

    key: str
    label: str
    missing: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.missing


def gates(
    applications: Iterable[ApplicationFacts], papers: Iterable[Paper], *, approval_no: str, reconciled_on: date | None
) -> tuple[Gate, Gate, Gate]:
    """The three gates of a batch: 申请关、档案关、发证关."""
    rows, kept = [a for a in applications if a.state not in ("withdrawn", "refused")], list(papers)
    return _asked(rows), _filed(rows, kept, approval_no, reconciled_on), _issued(rows)


def _asked(rows: list[ApplicationFacts]) -> Gate:
    missing = [] if rows else ["还没有入会申请"]
    if n := sum(not a.self_filled for a in rows):
        missing.append(f"{n} 份申请没有由本人填写或确认")
    if n := sum(not a.signed for a in rows):
        missing.append(f"{n} 份申请没有本人签名")
    return Gate("asked", "申请关", tuple(missing))


def _filed(rows: list[ApplicationFacts], papers: list[Paper], approval_no: str, reconciled_on: date | None) -> Gate:
    kinds = {p.kind for p in papers}
    missing = [f"缺{DocumentKind(kind).label}" for kind in (DocumentKind.ROSTER_PAPER, DocumentKind.ROSTER_ELECTRONIC) if kind not in kinds]
    listed = {kind: max((p.people or 0 for p in papers if p.kind == kind), default=0) for kind in kinds}
    paper, electronic = listed.get(DocumentKind.ROSTER_PAPER), listed.get(DocumentKind.ROSTER_ELECTRONIC)
    if paper and electronic and paper != electronic:
        missing.append(f"纸质名册 {paper} 人，电子名册 {electronic} 人，对不上")
    elif not missing and reconciled_on is None:
        missing.append("纸质与电子名册还没有核对一致")
    if DocumentKind.APPROVAL not in kinds and not approval_no:
        missing.append("缺批文")
    if n := sum(not a.decided for a in rows):
        missing.append(f"{n} 份申请委员会还没有决定")
    return Gate("filed", "档案关", tuple(missing))


def _issued(rows: list[ApplicationFacts]) -> Gate:
    missing = [f"{n} 人还没有领到会员证"] if (n := sum(not a.issued for a in rows)) else []
    return Gate("issued", "发证关", tuple(missing))
