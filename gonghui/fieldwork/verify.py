"""Invariants of field work on the live data (核验)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator

from gonghui.fieldwork.enums import ActKind, ClashKind, ClashState, DocKind, JoinState
from gonghui.fieldwork.models import Act, Clash, Doc, Edit, HelpRequest, OnSiteJoin, Visit
from gonghui.fieldwork.rules import merge as rules
from gonghui.fieldwork.selectors import docs as reads


def acts_once() -> Generator[str, None, int]:
    """Every act of a phone has its effect, and nothing of a phone is there without its act."""
    acts = dict(Act.objects.values_list("uid", "kind"))
    edited = defaultdict(set)
    for uid, field, device in Edit.objects.exclude(device="").values_list("uid", "field", "device"):
        edited[uid.removesuffix(f":{field}")].add(device)
    for uid, devices in edited.items():
        if uid not in acts:
            yield f"修改 {uid} 没有对应的收到记录。"
        elif len(devices) > 1:
            yield f"事项 {uid} 有 {len(devices)} 台手机的修改。"
    joined = set(OnSiteJoin.objects.values_list("uid", flat=True))
    for uid, kind in acts.items():
        if kind == ActKind.JOIN and uid not in joined:
            yield f"现场入会 {uid} 已收到，却没有记录。"
    helps = Act.objects.filter(kind=ActKind.HELP).count()
    if helps > HelpRequest.objects.count():
        yield f"收到求助 {helps} 件，登记的更少。"
    return len(acts)


def docs_merged() -> Generator[str, None, int]:
    """Every document shows what its edits say, and every conflict among them is open or was settled."""
    open_ = defaultdict(set)
    for doc_id, kind, field in Clash.objects.filter(doc__isnull=False, state=ClashState.OPEN).values_list("doc_id", "kind", "field"):
        open_[doc_id].add((kind, field))
    count = 0
    for doc in Doc.objects.iterator(chunk_size=500):
        count += 1
        found = reads.merged(doc)
        for name in found.clashes:
            closing = name == rules.STATE and bool(found.against_closing)
            if ((ClashKind.CLOSED if closing else ClashKind.VALUE), name) not in open_[doc.pk]:
                yield f"{doc.key} 的“{name}”有两个值，却没有列为冲突。"
        if doc.kind == DocKind.VISIT:
            visit = Visit.objects.filter(doc=doc).first()
            shown = reads.values(found)
            if visit is None or visit.state != shown.get("state") or visit.outcome != shown.get("outcome", ""):
                yield f"走访单 {doc.key} 的内容与修改记录不符。"
    return count


def joins_sealed() -> Generator[str, None, int]:
    """A doubtful application is sealed until it is looked at, a settled one leaves no copy behind."""
    for pk, state, sealed in OnSiteJoin.objects.values_list("pk", "state", "payload_sealed"):
        if (state == JoinState.DOUBTFUL) != (sealed is not None):
            yield f"现场入会 {pk} 的留存内容与状态不符。"
    return OnSiteJoin.objects.count()


CHECKS = (
    ("FLD-01", "上送的事项各有一次效果", acts_once),
    ("FLD-02", "走访单和卡片等于修改的合并", docs_merged),
    ("FLD-03", "待核的入会申请密存，核后即删", joins_sealed),
)
