"""Identities a report must satisfy before it is released (发布前核对). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bridge:
    """opening + new − written off by reason + moved = closing (期初期末平衡)."""

    key: str
    label: str
    opening: int
    new: int
    reasons: Mapping[str, int]
    written_off: int
    moved: int
    closing: int

    @property
    def expected(self) -> int:
        return self.opening + self.new - sum(self.reasons.values()) + self.moved

    @property
    def difference(self) -> int:
        return self.closing - self.expected

    def fault(self) -> str:
        """The sentence that names the difference, or ""."""
        if self.difference:
            sum_text = f"期初 {self.opening:,} + 新增 {self.new:,} − 核减 {sum(self.reasons.values()):,} + 调入调出 {self.moved:,} = {self.expected:,}"
            return f"{self.label}期初期末不平：{sum_text}，期末是 {self.closing:,}，相差 {abs(self.difference):,} 家。"
        if sum(self.reasons.values()) != self.written_off:
            return f"{self.label}核减 {self.written_off:,} 家，七类原因相加是 {sum(self.reasons.values()):,} 家，有单位没有写明核减原因。"
        return ""


@dataclass(frozen=True)
class Check:
    """One identity with its numbers (一项核对)."""

    name: str
    text: str
    ok: bool

    def plain(self) -> dict[str, str | bool]:
        return {"name": self.name, "text": self.text, "ok": self.ok}


def of_bridge(bridge: Bridge) -> Check:
    fine = (
        f"{bridge.opening:,} + {bridge.new:,} − {bridge.written_off:,}"
        + (f" + ({bridge.moved:+,})" if bridge.moved else "")
        + f" = {bridge.closing:,}"
    )
    fault = bridge.fault()
    return Check(f"{bridge.label}期初期末平衡", fault or f"{fine}。", not fault)


def parts(name: str, whole: int, named: Mapping[str, int]) -> Check:
    """The parts make up the whole, counted once."""
    total = sum(named.values())
    text = " + ".join(f"{label} {n:,}" for label, n in named.items() if n) or "0"
    if total == whole:
        return Check(name, f"{text} = {whole:,}。", True)
    return Check(name, f"{text} = {total:,}，合计是 {whole:,}，相差 {abs(total - whole):,}。", False)


def within(name: str, part: int, whole: int) -> Check:
    """A part is no larger than the whole."""
    if part <= whole:
        return Check(name, f"{part:,} 不超过 {whole:,}。", True)
    return Check(name, f"{part:,} 超过了 {whole:,}，多 {part - whole:,}，请核对。", False)
