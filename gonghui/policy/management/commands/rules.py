"""`gonghui rules …`: the rule base and its decisions (规则库命令)."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gonghui.core import clock
from gonghui.core.cli import Command as BaseCommand
from gonghui.core.cli import iso_date
from gonghui.core.errors import BadInput
from gonghui.policy import rules, selectors, services
from gonghui.policy.engine import loader, places


class Command(BaseCommand):
    help = "规则库：list 清单，show 一条规则，why 一张决定单，review 待复核，diff 比较，decide 按事实判断，recheck 按现行规则复算。"

    def arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|why|review|diff|decide|recheck")
        add: Callable[[str, str], ArgumentParser] = lambda name, text: _json(actions.add_parser(name, help=text))  # noqa: E731
        one = add("list", "全部规则和各自要的事实")
        one.add_argument("--area", default="", help="只看一个领域，如 orgs")
        one = add("show", "一条规则的全部版本")
        one.add_argument("key")
        one = add("why", "一张存档的决定单")
        one.add_argument("decision")
        add("review", "待复核的规则")
        one = add("diff", "两个日期之间，或与另一个规则包之间的变化")
        one.add_argument("--from", dest="first", type=iso_date)
        one.add_argument("--to", dest="last", type=iso_date)
        one.add_argument("--at", default=places.NATION)
        one.add_argument("--pack", type=Path, help="另一个规则包的 params 目录")
        one = add("decide", "按事实判断，不存档")
        one.add_argument("key")
        one.add_argument("--on", type=iso_date, default=None, help="依据日期，默认今天")
        one.add_argument("--at", default=places.NATION, help="行政区划代码，默认全国 000000")
        one.add_argument("--facts", default="", help="事实的 JSON 文件；- 表示标准输入；不给就看还缺什么")
        one = add("recheck", "存档的决定单里，按现行规则会有不同结论的")
        one.add_argument("--key", default="")

    def run(self, **options: Any) -> Any:
        return getattr(self, "do_" + options["action"])(**options)

    def do_list(self, *, area: str, **options: Any) -> list[dict[str, Any]]:
        return [selectors.rule_dict(r) for _, r in sorted(rules.live().rules.items()) if not area or r.area == area]

    def do_show(self, *, key: str, **options: Any) -> dict[str, Any]:
        rule = selectors.rule_get(key)
        clauses = [{"key": c.key, "label": c.label, "kind": c.kind} for c in rule.clauses]
        return {
            **selectors.rule_dict(rule),
            "clauses": clauses,
            "versions": [selectors.version_dict(v) for v in rule.versions],
            "file": rule.file,
        }

    def do_why(self, *, decision: str, **options: Any) -> dict[str, Any]:
        row = selectors.stored_get(decision)
        return {"decision": row.public_id, "made_at": row.made_at, "made_by": row.made_by, **json.loads(row.body)}

    def do_review(self, **options: Any) -> list[dict[str, Any]]:
        return [{k: v for k, v in item.items() if k != "row"} for item in selectors.review_queue()]

    def do_diff(self, *, first: Any, last: Any, at: str, pack: Path | None, **options: Any) -> list[dict[str, Any]]:
        if pack is not None:
            if not pack.is_dir():
                raise BadInput("policy.no_pack", f"没有目录 {pack}，请给出规则包的 params 目录。")
            return services.diff_packs(pack)
        if first is None or last is None:
            raise BadInput("policy.diff_dates", "请用 --from 和 --to 给出两个日期，或用 --pack 给出另一个规则包。")
        return services.diff_dates(first, last, at)

    def do_decide(self, *, key: str, on: Any, at: str, facts: str, **options: Any) -> dict[str, Any]:
        decision = services.decide(key, on=on or clock.today(), at=at, facts=_facts(facts))
        self.decision = decision
        return decision.as_json()

    def do_recheck(self, *, key: str, **options: Any) -> list[dict[str, Any]]:
        return list(services.reevaluate(key=key))

    def exit_code(self, data: Any) -> int:
        """A negative answer is an answer, not a failure."""
        return 0

    def show(self, data: Any) -> None:
        if isinstance(data, list):
            for row in data:
                self.stdout.write("  ".join(str(row[k]) for k in ("key", "label", "why", "change", "after") if row.get(k)))
            self.stdout.write(f"共 {len(data)} 条。{loader.describe(rules.live())}")
        elif decision := getattr(self, "decision", None):
            self._show_decision(decision)
        else:
            super().show(data)

    def _show_decision(self, decision: services.Decision) -> None:
        slip = decision.as_slip()
        lines = [f"{slip['label']}：{slip['verdict']}（{slip['severity_label']}）"]
        lines += [f"  算法 {step['text']}" for step in slip["arithmetic"]]
        lines += [f"  依据 {r['source']}（{r['version']} 起，{places.name(r['jurisdiction'])}，{r['confidence']}）" for r in slip["rules"]]
        lines += [f"  不采用 {o['source']}：{o['why']}" for o in slip["overridden"]]
        lines += [f"  不一致 {c['text']}" for c in slip["conflicts"]]
        lines += [f"  还缺 {f['label']}（{f['name']}）" for f in slip["missing_facts"]]
        lines += [f"  {slip['nearest']['text']}"] if slip["nearest"] else []
        self.stdout.write("\n".join(lines))


def _json(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("--json", action="store_true", help="只输出一份 JSON")
    return parser


def _facts(where: str) -> dict[str, Any]:
    """Facts from a file or stdin: one JSON object."""
    if not where:
        return {}
    try:
        text = sys.stdin.read() if where == "-" else Path(where).read_text(encoding="utf-8")
        data = json.loads(text, parse_float=str)
    except OSError as fault:
        raise BadInput("policy.facts_file", f"事实文件 {where} 打不开，请核对路径。") from fault
    except ValueError as fault:
        raise BadInput("policy.facts_json", f"事实文件不是 JSON：{fault}。") from fault
    if not isinstance(data, dict):
        raise BadInput("policy.facts_json", '事实应是一个 JSON 对象，如 {"members": 24}。')
    return data
