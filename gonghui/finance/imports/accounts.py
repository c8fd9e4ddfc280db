"""Which account a row of another program means (认科目): by code, by name, by both; what is not certain is asked. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gonghui.finance.enums import Level
from gonghui.finance.rules.charts import Account, Chart, charts

NEAR, AGREES, MOST = 0.55, 0.5, 8
_BOTH = re.compile(r"^[(（\[【]?(\d{3}[\d.\-_/\\ ]*)[)）\]】]?[\s\-—:：.]*(.*)$", re.DOTALL)
_STEPS = re.compile(r"[\\/—\-–_>→|:：.·]+")
ALL = "="
"""A choice that begins so stands for every row that writes its account in the same way."""


@dataclass(frozen=True)
class Found:
    """An account found, or why not. `detail`: what the other program kept below our account; `note`: what was understood silently."""

    code: str = ""
    detail: str = ""
    fault: str = ""
    choices: tuple[str, ...] = ()
    note: str = ""


def written(code: str | None, name: str | None) -> tuple[str, str]:
    """Code and name as written, tidied, with `50105 会员活动` in one cell cut in two: the same way of writing gives the same pair."""
    number, words = _plain(code), _plain(name)
    for text in (number, words):
        both = _BOTH.match(text)
        if both and (both[2] or text is words):
            rest = both[2].strip() or (words if text is number else "")
            return _code(number if text is words and number else both[1]), rest
    if number and not number[:1].isdigit():
        return "", words or number
    return _code(number), words


def match(code: str, name: str, table: Chart, level: str) -> Found:
    """The account of a pair from `written`, in the chart of the day, for a union of this level."""
    parts = [p for p in (x.strip() for x in _STEPS.split(name)) if p]
    account, rest = _by_code(code, table)
    if not code and not parts:
        return Found(fault="科目没有填，请写科目编码或名称。")
    note = ""
    if account is None or (rest and account.details):
        account, below = _by_name(parts, table)
        if account is None:
            return _unknown(code, name, parts, table, level)
        rest = below[-1] if below else ""
        note = f"编码 {code} 不在科目表里，按名称记到 {account}" if code else ""
    elif parts and not _agree(account, parts, table):
        return _clash(account, parts, table, level)
    if account.details and len(parts) > 1 and (child := _child(account, parts[1], table)):
        account = child
    if account.details:
        return _detailed(account, parts, table, level)
    if odd := _other_level(account, table, level):
        return odd
    lower = parts[-1] if parts and (rest or len(parts) > 1) and not _same(parts[-1], account.name) else ""
    detail = lower or (rest if not parts or not rest or rest != parts[-1] else "")
    if detail:
        note = note or f"{code or name} 记到 {account}，“{detail}”记在往来或明细里"
    return Found(account.code, detail[:60], note=note)


def offered(found: Found, table: Chart, *, many: bool) -> tuple[tuple[str, str], ...]:
    """Choices for the page. Args: many: the same way of writing stands in other rows too."""
    labels = [(code, f"{code} {table.name(code)}") for code in found.choices]
    if not many:
        return tuple((code, f"记 {label}") for code, label in labels)
    return (
        *((f"{ALL}{code}", f"这样写的行都记 {label}") for code, label in labels),
        *((code, f"只这一行记 {label}") for code, label in labels),
    )


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text or "")).strip().strip("'’‘`").strip()


def _code(text: str) -> str:
    text = text.strip(" .-_/\\")
    return text.removesuffix(".0") if re.fullmatch(r"\d+\.0", text) else text


def _bare(text: str) -> str:
    return re.sub(r"[\s（）()、，,“”\"]", "", text)


def _same(one: str, other: str) -> bool:
    """The same name, with or without the closing 支出 or 费 that one program writes and another leaves out."""
    a, b = _bare(one), _bare(other)
    return a == b or ("其他" not in (a, b) and _stem(a) == _stem(b))


def _stem(bare: str) -> str:
    return next((bare.removesuffix(end) for end in ("支出", "费用", "费") if bare.endswith(end)), bare)


def _by_code(code: str, table: Chart) -> tuple[Account | None, str]:
    """The account of a code and what of the code lies below it. `102.01` and `10201` are a part of 102; `2211` is nobody's."""
    parts = [p for p in re.split(r"[.\-_/\\ ]+", code) if p]
    if not parts or not all(p.isdigit() for p in parts):
        return None, ""
    whole = "".join(parts)
    if whole in table.accounts:
        return table.accounts[whole], ""
    cuts = ["".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
    if len(whole) % 2 == 1:  # three digits and pairs, as the charts of unions are built; four-digit codes are of other charts
        cuts += [whole[:5], whole[:3]]
    for cut in cuts:
        account = table.accounts.get(cut)
        if account is not None and len(cut) < len(whole):
            return account, code
    return None, ""


def _by_name(parts: list[str], table: Chart) -> tuple[Account | None, list[str]]:
    """The account of a name, level 1 before its details, and the parts of the name below it."""
    if not parts:
        return None, []
    for n in range(len(parts)):
        head = next((a for a in table.ordered if a.level == 1 and _same(a.name, parts[n])), None)
        if head is not None:
            if n + 1 < len(parts) and (child := _child(head, parts[n + 1], table)):
                return child, parts[n + 2 :]
            return head, parts[n + 1 :]
    below = [a for a in table.ordered if a.level == 2 and any(_same(a.name, p) for p in parts)]
    return (below[0], []) if len(below) == 1 else (None, [])


def _child(head: Account, name: str, table: Chart) -> Account | None:
    return next((table.accounts[c] for c in head.below if _same(table.accounts[c].name, name)), None)


def _agree(account: Account, parts: list[str], table: Chart) -> bool:
    """Does the name written beside the code speak of this account?"""
    own = (account.code, account.code[:3], *account.details)
    names = {_bare(table.accounts[code].name) for code in own}
    if any(_same(n, p) for n in names for p in parts):
        return True
    exact, _below = _by_name(parts, table)
    if exact is not None:
        return exact.code[:3] == account.code[:3]
    if any(n in _bare(p) or _bare(p) in n for n in names for p in parts):
        return True
    if _elsewhere(account.code, parts, table):
        return False
    return any(_ratio(n, _bare(p)) >= AGREES for n in names for p in parts)


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _elsewhere(code: str, parts: list[str], table: Chart) -> Chart | None:
    """Another year's chart in which this code bears this name."""
    for other in charts():
        found = other.accounts.get(code[:3])
        if other is not table and found is not None and parts and _same(found.name, parts[0]):
            return other
    return None


def _near(words: Iterable[str], table: Chart, level: str) -> list[Account]:
    """Accounts whose names are near, most alike first."""
    ranked = []
    for account in table.leaves(level):
        names = (_bare(account.name), _bare(table.name(account.code)))
        best = max((_ratio(n, _bare(w)) for n in names for w in words), default=0.0)
        if best >= NEAR:
            ranked.append((best, account))
    return [a for _r, a in sorted(ranked, key=lambda x: (-x[0], x[1].code))][:MOST]


def _unknown(code: str, name: str, parts: list[str], table: Chart, level: str) -> Found:
    said = f"{code} {name}".strip()
    old = next((c for c in charts() if c is not table and (code in c.accounts or _by_name(parts, c)[0] is not None)), None)
    why = f"是《{old.label}》的科目，这一天用的科目表里没有" if old is not None else f"在{table.label}的科目表里没有"
    near = [a.code for a in _near(parts, table, level)]
    head = table.accounts.get(code[:3]) if code and not near and len(code) % 2 == 1 else None
    if head is not None and head.details:
        near = list(head.details)
    how = "请在右边选对应的科目。" if near else "请改成科目表里的编码或名称。"
    return Found(fault=f"科目“{said}”{why}。{how}", choices=tuple(near))


def _clash(account: Account, parts: list[str], table: Chart, level: str) -> Found:
    said = "—".join(parts)
    if other := _elsewhere(account.code, parts, table):
        near = [a.code for a in _near(parts, table, level)]
        fault = f"“{account.code} {said}”是《{other.label}》的科目，这一天 {account.code} 是“{account.name}”。请选现在的科目。"
        return Found(fault=fault, choices=tuple(dict.fromkeys([*near, *_leaf(account)])))
    named, _below = _by_name(parts, table)
    wanted = [c for a in (account, named) if a is not None for c in _leaf(a)]
    near = wanted if named is not None else [*wanted, *(a.code for a in _near(parts, table, level))]
    fault = f"编码 {account.code} 是“{table.name(account.code)}”，名称写的是“{said}”，两边对不上。请选按哪一个记。"
    return Found(fault=fault, choices=tuple(dict.fromkeys(near))[:MOST])


def _leaf(account: Account) -> list[str]:
    return list(account.details) or [account.code]


def _detailed(account: Account, parts: list[str], table: Chart, level: str) -> Found:
    last = _bare(parts[-1]) if parts else ""
    order = sorted(account.details, key=lambda c: (-_ratio(_bare(table.accounts[c].name), last), c))
    if odd := _other_level(account, table, level):
        return replace(odd, choices=(*odd.choices, *(c for c in order if account.fits(level)))[:MOST])
    return Found(fault=f"“{account}”有明细科目，要记到明细。请选记哪一个。", choices=tuple(order))


def _other_level(account: Account, table: Chart, level: str) -> Found | None:
    """An account that only the other level's chart has (基层、县级以上)."""
    head = table.accounts[account.code[:3]]
    near = [
        a.code for a in _near([account.name, head.name], table, level) if a.code[:3] != head.code and (level == Level.COUNTY or not a.extra)
    ]
    if not account.fits(level):
        return Found(
            fault=f"“{head}”是基层工会的科目，县级以上工会没有。请选对应的科目。", choices=tuple(near) or _same_class(head, table, level)
        )
    if account.extra and level != Level.COUNTY:
        own = [] if account.details else [account.code]
        fault = f"“{head}”是县级以上工会的科目，基层工会确需时才用。请选对应的科目；确需时选原来的。"
        return Found(fault=fault, choices=tuple(dict.fromkeys([*(near or _same_class(head, table, level)), *own])))
    return None


def _same_class(head: Account, table: Chart, level: str) -> tuple[str, ...]:
    return tuple(a.code for a in table.leaves(level, extra=False) if a.cls == head.cls)[:MOST]
