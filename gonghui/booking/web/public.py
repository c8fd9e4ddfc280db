"""Draws that anybody may check (公开核对抽签): the page that recomputes, and the file for the stand-alone script."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gonghui.booking.enums import DrawState
from gonghui.booking.rules import draw as rules
from gonghui.booking.selectors import shop
from gonghui.booking.services import draws
from gonghui.core.access import public
from gonghui.core.http import Request, download, page_of, render


@public
@require_GET
def draw(request: Request, pk: int) -> HttpResponse:
    """The fingerprint, the list, the seed, the outcome, and whether it holds (核对抽签)."""
    row = shop.draw_published(pk)
    proof = draws.proof(row)
    faults = rules.faults(proof) if row.state == DrawState.REVEALED else []
    alias = "".join(c for c in request.GET.get("alias", "").upper() if c.isalnum())[:12]
    alias = "-".join(alias[i : i + 4] for i in range(0, len(alias), 4))
    winners, waiting = proof["winners"], proof["waiting"]
    place = ("won", winners.index(alias) + 1) if alias in winners else ("wait", waiting.index(alias) + 1) if alias in waiting else None
    listed = any(e["alias"] == alias for e in proof["entries"])
    context = {
        "row": row, "proof": proof, "faults": faults, "alias": alias, "place": place, "listed": listed, "name": draws.name_of(row),
        "page": page_of(request, winners or [e["alias"] for e in proof["entries"]], size=30), "item": row.session.item,
        "reserves": [(common_word(r["tag"]), r["places"]) for r in proof["reserves"]], "algorithm": rules.ALGORITHM,
    }  # fmt: skip
    return render(request, "booking/public/draw.html", context)


def common_word(tag: str) -> str:
    """A tag in words (预留对象)."""
    words = {"first_time": "首次参加", "night_shift": "夜班职工", "small_union": "小微企业工会", "township": "指定乡镇（街道）"}
    return words.get(tag.partition(":")[0], tag)


@public
@require_GET
def proof(request: Request, pk: int) -> HttpResponse:
    """The published material as a file (下载公开材料)."""
    row = shop.draw_published(pk)
    text = json.dumps(draws.proof(row), ensure_ascii=False, indent=1)
    return download(text.encode(), f"抽签公开材料-{draws.name_of(row)}.json", "application/json")
