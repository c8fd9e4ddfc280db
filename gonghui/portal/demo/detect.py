"""`gonghui bench detect` (检出率): what the detectors propose in the demo city beside what was planted in it.

The detectors see the database only. `truth.json` is read here and nowhere else, after they have spoken; it names people by
the last four characters of the document number and the code of the employer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from functools import cache, partial
from time import perf_counter
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from gonghui.accounts.actor import Actor
from gonghui.core import bench
from gonghui.files.imports import services as imports
from gonghui.members.selectors import silent
from gonghui.orgs import services as orgs
from gonghui.orgs.rules import likeness
from gonghui.orgs.selectors import terms, unions
from gonghui.people import selectors as people
from gonghui.portal.demo.chapters import spending
from gonghui.portal.demo.plan import CITY_CODE, CLOSING, OPENING
from gonghui.spending.selectors import watch
from gonghui.spending.services.vouchers import let_through

BAR = 0.95
Found = Iterable[Hashable]
ACTOR = Actor.system("bench")


class _Undo(Exception):
    """Takes back what a scan stored."""


def licences() -> Found:
    """Pairs proposed as several licences of one operator (一企多照)."""
    return _pairs(likeness.LICENCE)


def same_names() -> Found:
    """Pairs told apart as two firms of one name (同名不同单位)."""
    return _pairs(likeness.SAME_NAME)


def _pairs(kind: str) -> Found:
    """Proposals of a fresh scan; nothing stays."""
    held = apps.get_model("orgs", "Duplicate").objects
    found: list[Hashable] = []
    try:
        with transaction.atomic():
            orgs.duplicates_scan(actor=ACTOR, org=unions.union_of_code(CITY_CODE))
            found = [tuple(sorted(pair)) for pair in held.filter(kind=kind).values_list("first__code", "second__code")]
            raise _Undo
    except _Undo:
        return found


def twins() -> Found:
    """Pairs of records that may be one person (疑似重复人员)."""
    pairs = [(a, b) for a, b, _why in people.likely_twins()]
    at = _employers([p.pk for pair in pairs for p in pair])
    return [tuple(sorted((p.id_mask[-4:], at.get(p.pk, "")) for p in pair)) for pair in pairs]


def check_digits() -> Found:
    """Resident numbers whose check digit does not fit (证件未核验)."""
    rows = apps.get_model("people", "Person").objects.filter(id_kind="resident", id_check="unverified", merged_into=None)
    found = dict(rows.values_list("pk", "id_mask"))
    at = _employers(list(found))
    return [(mask[-4:], at.get(pk, "")) for pk, mask in found.items()]


def stopped() -> Found:
    """Employers that seem to have stopped (疑似停产未注销)."""
    return silent.silent_employers(actor=ACTOR).values_list("code", flat=True)


def lapsed() -> Found:
    """Unions whose term had run out at the closing date (届满未换届)."""
    return terms.lapsed(unions.union_visible(ACTOR), CLOSING).values_list("code", flat=True)


def doubles() -> Found:
    """Rows the importer stopped because the person is a member elsewhere (重复会籍)."""
    rows = apps.get_model("files", "ImportRow").objects.filter(cause="member_elsewhere")
    found: list[Hashable] = []
    for row in rows:
        cells = imports.row_cells(row)
        found.append((str(cells.get("id_number"))[-4:].upper(), str(cells.get("employer_code"))))
    return found


def spent_against(rule: str) -> Found:
    """Plans of the closed year that do not meet a rule of spending, decided anew from the records (违规支出)."""
    return [plan.number for plan, item in _rechecked() if item.decision.key == f"finance.{rule}"]


@cache
def _rechecked() -> list[tuple[Any, Any]]:
    return list(watch.rechecked(ACTOR, OPENING, CLOSING))


def _employers(persons: list[int]) -> dict[int, str]:
    """Code of the employer each of these persons came with: the first one on record."""
    jobs = apps.get_model("members", "Employment").objects.order_by("-pk")
    found: dict[int, str] = {}
    for start in range(0, len(persons), 500):
        found |= dict(jobs.filter(person_id__in=persons[start : start + 500]).values_list("person_id", "employer__code"))
    return found


def _key(row: Any) -> Hashable:
    return tuple(_key(x) for x in row) if isinstance(row, list) else row


DETECTORS: dict[str, tuple[str, Callable[[], Found], Callable[[Any], Hashable]]] = {
    "detect.licences": ("licence_clusters", licences, _key),
    "detect.same_names": ("same_name_pairs", same_names, _key),
    "detect.twins": ("duplicate_persons", twins, lambda r: tuple(sorted([(r[0], r[1]), (r[2], r[3])]))),
    "detect.check_digits": ("wrong_check_digit", check_digits, _key),
    "detect.stopped": ("stopped", stopped, _key),
    "detect.lapsed_terms": ("lapsed_terms", lapsed, _key),
    "detect.double_membership": ("double_membership", doubles, lambda r: (r[0], r[2])),
    "detect.spending.lawful_vouchers": (spending.LAWFUL, let_through, str),
    **{f"detect.spending.{rule}": (f"spending_{rule}", partial(spent_against, rule), str) for rule in spending.RULES},
}
"""Name -> key of the truth, the detector, how an entry of the truth is named."""


def score(found: Iterable[Hashable], truth: Iterable[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and F1, counted with multiplicity. Nothing found of nothing planted is perfect."""
    said, planted = Counter(found), Counter(truth)
    right = (said & planted).total()
    precision = right / said.total() if said else float(not planted)
    recall = right / planted.total() if planted else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def detect(**_options: Any) -> list[dict[str, Any]]:
    """Every detector on the city of this data directory. Raises: LookupError when it is no demo city."""
    place = settings.DATA_DIR / "demo" / "truth.json"
    if not place.exists():
        raise LookupError("这里没有演示城市。请先运行 gonghui demo，再加 --data 同一目录。")
    _rechecked.cache_clear()
    spoken = {name: _timed(look) for name, (_truth, look, _name) in DETECTORS.items()}
    truth = json.loads(place.read_text(encoding="utf-8"))
    return [_row(name, *spoken[name], [named(r) for r in truth.get(key, [])]) for name, (key, _look, named) in DETECTORS.items()]


def _timed(look: Callable[[], Found]) -> tuple[list[Hashable], float]:
    begun = perf_counter()
    return list(look()), (perf_counter() - begun) * 1000


def _row(name: str, found: list[Hashable], spent: float, truth: list[Hashable]) -> dict[str, Any]:
    precision, recall, f1 = score(found, truth)
    return {
        "name": name, "engine": connection.vendor, "value": round(f1, 4), "unit": "F1", "floor": BAR, "ratio": round(f1 / BAR, 3), "n": len(truth), "peak_mib": bench.peak_mib(),
        "precision": round(precision, 4), "recall": round(recall, 4), "found": len(found), "ms": round(spent, 1), "ok": precision >= BAR and recall >= BAR,
    }  # fmt: skip


def register() -> None:
    """Make the bench known."""
    bench.register("detect", detect)
