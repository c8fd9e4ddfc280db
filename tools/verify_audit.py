#!/usr/bin/env python3
"""Verifies an export of the audit chain (核对审计链导出), without Django and without Gonghui.

    python verify_audit.py EXPORT.jsonl [--heads HEADS.jsonl] [--head SEQ:HASH]

Each line of the export is one entry as JSON; the last line is {"head": {"seq": n, "hash": "…"}}. The hash of an entry is the
SHA-256 of the canonical JSON (no spaces, sorted keys, UTF-8) of the list of its fields, the hash of the entry before it
included; the first one follows 64 zeros. --heads takes the daily heads that were published, --head one that you wrote
down: each must be found in the chain, otherwise the chain was rewritten or cut. Exit code 0: all holds; 1: it does not.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

FIELDS = ("seq", "at", "actor", "verb", "kind", "object_id", "org_path", "data", "prev")
ZERO = "0" * 64


def link(entry):
    """The hash an entry must have."""
    text = json.dumps([entry[name] for name in FIELDS], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def lines_of(path):
    """(line number, parsed JSON object) of each line."""
    with Path(path).open(encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            yield number, found if isinstance(found, dict) else {}


def check(path, known):
    """Yields a sentence for each fault. `known` maps a sequence number to the hash published for it."""
    prev, expected, last_at, head, seen = ZERO, 1, "", None, {}
    for number, entry in lines_of(path):
        if head is not None:
            yield f"第 {number} 行：链头后面还有内容。"
            return
        if set(entry) == {"head"}:
            head = entry["head"]
            continue
        if set(entry) != {*FIELDS, "hash"}:
            yield f"第 {number} 行：不是完整的审计记录。"
            return
        if entry["seq"] != expected:
            yield f"第 {number} 行：应为第 {expected} 条，读到第 {entry['seq']} 条，有缺失、插入或调换。"
            expected = entry["seq"] if isinstance(entry["seq"], int) else expected
        if entry["prev"] != prev:
            yield f"第 {entry['seq']} 条：与前一条接不上。"
        if link(entry) != entry["hash"]:
            yield f"第 {entry['seq']} 条：内容与哈希不符，已被改动。"
        if entry["seq"] in known:
            seen[entry["seq"]] = entry["hash"]
        prev, expected, last_at = entry["hash"], expected + 1, entry["at"]
    if head is None:
        yield "末行没有链头，文件不完整。"
    elif (head.get("seq"), head.get("hash")) != (expected - 1, prev):
        yield f"链头是第 {head.get('seq')} 条，文件里最后是第 {expected - 1} 条，可能被截断或改写。"
    for seq, wanted in sorted(known.items()):
        if seq and seen.get(seq) != wanted:
            yield f"公布过的第 {seq} 条链头不在这条链上：链被改写，或截断到了它之前。"
    print(f"共 {expected - 1} 条，最后一条写于 {last_at or '—'}，链头 {prev}，核对公布的链头 {len(known)} 个。")


def main(argv=None):
    parser = argparse.ArgumentParser(description="核对审计链导出。")
    parser.add_argument("export", help="gonghui export-audit 导出的文件")
    parser.add_argument("--heads", help="逐日公布的链头（audit-heads.jsonl）")
    parser.add_argument("--head", action="append", default=[], metavar="SEQ:HASH", help="您另外抄下的链头")
    options = parser.parse_args(argv)
    known = {int(seq): digest for seq, _, digest in (text.partition(":") for text in options.head)}
    if options.heads:
        known.update({line["seq"]: line["hash"] for _, line in lines_of(options.heads) if "seq" in line})
    faults = list(check(options.export, known))
    for fault in faults:
        print(fault, file=sys.stderr)
    print("不通过。" if faults else "通过。")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
