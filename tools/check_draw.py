#!/usr/bin/env python3
"""Checks a published draw (核对抽签), without Gonghui: only the Python standard library.

    python check_draw.py PROOF.json [--commitment HASH] [--list-digest HASH] [--alias ALIAS]

PROOF.json is the file offered on the draw's page. --commitment and --list-digest are what you noted before the seed was
revealed; with them even a proof made up afterwards is found out. --alias shows what became of one entrant.

How the draw works (gonghui-draw-1):
  commitment  = SHA-256("gonghui-draw-1|" + draw + "|" + seed), published before entries close
  list digest = SHA-256 of the lines "alias|class|tag,tag" + LF, sorted, published when entries close
  number      = SHA-256(seed + "|" + alias), all hashes in lower-case hex over UTF-8
  order       = (class, number, alias). Each reserve, in its published order, goes to the first entrants with its tag; the
                other places go to the first of the rest. Whoever is left waits in that order.
Exit code 0: all holds; 1: it does not; 2: the file cannot be read.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

NAME = "gonghui-draw-1"


def sha(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def line(entry):
    return "{}|{}|{}".format(entry["alias"], entry["class"], ",".join(sorted(entry["tags"])))


def draw(proof):
    """(winners, waiting) worked out anew."""
    order = sorted(proof["entries"], key=lambda e: (e["class"], sha(proof["seed"] + "|" + e["alias"]), e["alias"]))
    won = []
    for reserve in proof["reserves"]:
        wanted = [e["alias"] for e in order if reserve["tag"] in e["tags"] and e["alias"] not in won]
        won += wanted[: max(0, min(reserve["places"], proof["places"] - len(won)))]
    taken = set(won)
    rest = [e["alias"] for e in order if e["alias"] not in taken]
    free = max(0, proof["places"] - len(won))
    return won + rest[:free], rest[free:]


def faults(proof, commitment="", list_digest=""):
    """Yields a sentence for each thing that does not hold."""
    if proof["algorithm"] != NAME:
        yield f"算法是 {proof['algorithm']}，这个脚本只会核对 {NAME}"
        return
    if not proof["seed"]:
        yield "种子还没有公布，等公布后再核对"
        return
    if sha(f"{NAME}|{proof['draw']}|{proof['seed']}") != proof["commitment"]:
        yield "种子与事先公布的承诺值不符"
    if commitment and commitment.strip().lower() != proof["commitment"]:
        yield "承诺值与您事先记下的不一样"
    if sha("".join(text + "\n" for text in sorted(line(e) for e in proof["entries"]))) != proof["list_digest"]:
        yield "名单与公布的名单摘要不符"
    if list_digest and list_digest.strip().lower() != proof["list_digest"]:
        yield "名单摘要与您事先记下的不一样"
    if len({e["alias"] for e in proof["entries"]}) != len(proof["entries"]):
        yield "名单里有人出现两次"
        return
    winners, waiting = draw(proof)
    if winners != proof["winners"]:
        yield "中签名单与重新计算的不符"
    if waiting != proof["waiting"]:
        yield "候补次序与重新计算的不符"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("proof", type=Path)
    parser.add_argument("--commitment", default="")
    parser.add_argument("--list-digest", default="")
    parser.add_argument("--alias", default="")
    given = parser.parse_args()
    try:
        proof = json.loads(given.proof.read_text(encoding="utf-8"))
        found = list(faults(proof, given.commitment, given.list_digest))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        print(f"读不了这份材料：{fault}", file=sys.stderr)
        return 2
    for text in found:
        print(f"不符：{text}。")
    if found:
        return 1
    print(f"相符：{proof['title']}，{len(proof['entries'])} 人参加，{proof['places']} 个名额，{len(proof['winners'])} 人中签。")
    if given.alias:
        winners, waiting = draw(proof)
        place = f"中签，第 {winners.index(given.alias) + 1} 名" if given.alias in winners else ""
        place = place or (f"候补第 {waiting.index(given.alias) + 1} 位" if given.alias in waiting else "不在名单里")
        print(f"{given.alias}：{place}。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
