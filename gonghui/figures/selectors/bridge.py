"""The period bridge and the identities around it (期初期末平衡与核对)."""

from __future__ import annotations

from datetime import date, timedelta

from gonghui.figures.enums import REASONS
from gonghui.figures.rules.identities import Bridge, Check, of_bridge, parts, within
from gonghui.figures.selectors.values import Snapshot, snapshot
from gonghui.figures.words import labels

HEADS = {"employers": "全部用人单位", "employers.non_public": "非公有制单位", "employers.public": "机关企事业单位"}


def bridge(shot: Snapshot, head: str) -> Bridge:
    """The bridge of one population between the two dates of a snapshot."""
    reasons = {reason: shot.flow(f"{head}.written_off.{reason}") for reason in REASONS}
    return Bridge(
        head,
        HEADS[head],
        shot.opening.get(head, 0),
        shot.flow(f"{head}.new"),
        reasons,
        shot.flow(f"{head}.written_off"),
        shot.flow(f"{head}.moved"),
        shot.closing.get(head, 0),
    )


def bridges(shot: Snapshot) -> list[Bridge]:
    return [bridge(shot, head) for head in HEADS]


def reason_rows(item: Bridge) -> list[tuple[str, int]]:
    """Reasons with their words."""
    words = labels("status")
    return [(words.get(reason, reason), n) for reason, n in item.reasons.items()]


def of_period(union_id: int, opening: date, closing: date) -> Snapshot:
    """A snapshot whose flows run from `opening` through `closing`."""
    return snapshot(union_id, closing, since=opening - timedelta(days=1))


def checks(shot: Snapshot) -> list[Check]:
    """Every identity a report has to satisfy."""
    forms = labels("coverage_form")
    covered = {
        forms.get(k.removeprefix("coverage."), k): n for k, n in shot.closing.items() if k.startswith("coverage.") and ".public" not in k
    }
    sectors = {HEADS[h]: shot.closing.get(h, 0) for h in ("employers.non_public", "employers.public")}
    sexes = sum(n for k, n in shot.closing.items() if k.startswith("members.sex="))
    return [
        *(of_bridge(b) for b in bridges(shot)),
        parts("单位性质合计", shot.get("employers"), sectors),
        parts("覆盖形式合计", shot.get("employers.organised"), covered),
        within("已建会单位不超过在册单位", shot.get("employers.organised"), shot.get("employers.non_public")),
        within("按性别分的会员不超过会员", sexes, shot.get("members")),
        within("农民工会员不超过会员", shot.get("members.migrant"), shot.get("members")),
    ]
