"""Charts as SVG made on the server (图表): line, horizontal bars, stacked share bar, target bar, small multiples.

Each chart is drawn twice, wide and narrow, so that its text never renders below 11 px; carries its finding as `aria-label`
and as a sentence; and offers its numbers as a table. No inline style anywhere (CSP).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import ceil, floor, log10
from typing import Protocol

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

WIDE, NARROW = 430, 330
MAX_LINES, MAX_PARTS = 2, 4
LABEL_GAP, TARGET = 15.0, 0
"""Room a label at the end of a line needs; the number of the target among the lines."""
Value = float | int | None


class Chart(Protocol):
    """What `figure` can put on a page."""

    @property
    def finding(self) -> str: ...

    def svg(self, width: int) -> str: ...

    def table(self) -> tuple[list[str], list[list[str]]]: ...

    @property
    def note(self) -> str: ...


def figure(chart: Chart) -> SafeString:
    """The chart as it stands on a page: two drawings, the finding, the data table."""
    heads, rows = chart.table()
    wide, narrow = mark_safe(chart.svg(WIDE)), mark_safe(chart.svg(NARROW))  # noqa: S308
    context = {"wide": wide, "narrow": narrow, "finding": chart.finding, "note": chart.note, "heads": heads, "rows": rows}
    return render_to_string("ui/_chart.html", context)


def text_width(text: str, size: float = 13) -> float:
    """Rough width of a text in px: CJK is one em, the rest a good half."""
    return sum(size if ord(c) > 0x2E80 else size * 0.58 for c in text)


def show(value: Value, unit: str) -> str:
    """A value with its unit: `86.4%`, `1,286`."""
    if value is None:
        return "无数据"
    if unit == "%":
        return f"{value:.1f}%"
    return f"{value:,.0f}{unit}" if float(value).is_integer() else f"{value:,.1f}{unit}"


def nice(low: float, high: float, count: int = 4) -> list[float]:
    """Round ticks that span low to high."""
    span = (high - low) or abs(high) or 1.0
    size = 10 ** floor(log10(span / count))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if span / (size * m) <= count)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def apart(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Heights in the same order, `gap` apart and inside the drawing, each as near to where it wants to stand as that allows.

    Labels that touch form a block around the mean of their wishes; blocks that touch grow together.
    """
    blocks: list[tuple[float, list[float]]] = []  # top of the block, the wishes in it
    for want in wanted:
        start, members = want, [want]
        while blocks and start < blocks[-1][0] + gap * len(blocks[-1][1]):
            members = blocks.pop()[1] + members
            start = sum(w - gap * i for i, w in enumerate(members)) / len(members)
        blocks.append((start, members))
    out = [start + gap * i for start, members in blocks for i in range(len(members))]
    for i in range(len(out)):
        out[i] = max(out[i], top + gap * i)
    for i in range(len(out)):
        out[-1 - i] = min(out[-1 - i], bottom - gap * i)
    return out


def _open(width: int, height: float, label: str) -> str:
    return f'<svg class="chart" viewBox="0 0 {width} {height:g}" role="img" aria-label="{escape(label)}">'


def _title(name: str, value: Value, unit: str) -> str:
    return f"<title>{escape(name)} {show(value, unit)}</title>"


@dataclass(frozen=True)
class Series:
    """One named row of values; None is a gap."""

    name: str
    values: Sequence[Value]


@dataclass(frozen=True)
class Line:
    """Line chart, at most two series; the second is also dashed (折线图)."""

    labels: Sequence[str]
    series: Sequence[Series]
    finding: str
    unit: str = "%"
    target: float | None = None
    target_name: str = "目标"
    from_zero: bool = False
    height: int = 232

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= MAX_LINES:
            raise ValueError("折线最多两条，多了请用小图组。")
        if any(len(s.values) != len(self.labels) for s in self.series):
            raise ValueError("每条折线的点数要和横轴一致。")

    @property
    def ticks(self) -> list[float]:
        found = [v for s in self.series for v in s.values if v is not None]
        found += [self.target] if self.target is not None else []
        low, high = min(found, default=0), max(found, default=1)
        ticks = nice(0 if self.from_zero else low, high)
        step = ticks[1] - ticks[0] if len(ticks) > 1 else 0
        # Room below the lowest point for its name, unless the axis stands at zero already.
        return (
            [round(ticks[0] - step, 10), *ticks] if ticks[0] - step >= 0 and low - ticks[0] < step * 0.6 and not self.from_zero else ticks
        )

    @property
    def note(self) -> str:
        """A line need not start at 0, and then it says so."""
        return "" if self.ticks[0] == 0 else f"纵轴从 {self._tick(self.ticks[0])} 起"

    def _tick(self, value: float) -> str:
        return f"{value:g}%" if self.unit == "%" else f"{value:,g}"

    def table(self) -> tuple[list[str], list[list[str]]]:
        rows = [[label, *(show(s.values[i], self.unit) for s in self.series)] for i, label in enumerate(self.labels)]
        return ["", *(s.name for s in self.series)], rows

    def svg(self, width: int) -> str:
        return _LineDrawing(self, width).draw()


class _LineDrawing:
    """Geometry of one line chart at one width."""

    def __init__(self, chart: Line, width: int) -> None:
        self.chart, self.width, self.ticks = chart, width, chart.ticks
        left = max(text_width(chart._tick(t), 12) for t in self.ticks) + 10
        ends = [show(s.values[-1], chart.unit) for s in chart.series if s.values]
        ends += [f"{chart.target_name} {chart._tick(chart.target)}"] if chart.target is not None else []
        self.x0, self.x1 = left, width - max([text_width(e) for e in ends] or [0]) - 12
        self.y0, self.y1 = 12.0, chart.height - 26.0

    def x(self, i: int) -> float:
        last = len(self.chart.labels) - 1
        return self.x0 + (self.x1 - self.x0) * (i / last if last else 0.5)

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.y1 - (self.y1 - self.y0) * (value - low) / ((high - low) or 1)

    def draw(self) -> str:
        ends = self.end_heights()
        parts = [_open(self.width, self.chart.height, self.chart.finding), *self.axis(), *self.target(ends.get(TARGET)), *self.months()]
        for number, series in enumerate(self.chart.series, 1):
            parts += self.line(series, number, ends.get(number))
        return "".join([*parts, "</svg>"])

    def axis(self) -> list[str]:
        out = []
        for i, tick in enumerate(self.ticks):
            y, kind = self.y(tick), "base" if i == 0 else "ax"
            out.append(f'<line class="{kind}" x1="{self.x0:.1f}" x2="{self.x1:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
            out.append(f'<text x="{self.x0 - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{self.chart._tick(tick)}</text>')
        return out

    def target(self, end: float | None) -> list[str]:
        target = self.chart.target
        if target is None or end is None:
            return []
        y = self.y(target)
        label = f"{escape(self.chart.target_name)} {self.chart._tick(target)}"
        return [
            f'<line class="tgt" x1="{self.x0:.1f}" x2="{self.x1:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>',
            f'<text x="{self.x1 + 9:.1f}" y="{end + 4:.1f}">{label}</text>',
        ]

    def months(self) -> list[str]:
        """Labels of the x axis, thinned so that they never touch; the last one always stands."""
        labels = self.chart.labels
        room = (self.x1 - self.x0) / max(len(labels) - 1, 1)
        every = max(1, ceil((max(text_width(t, 12) for t in labels) + 6) / room)) if labels else 1
        last = len(labels) - 1
        return [
            f'<text x="{self.x(i):.1f}" y="{self.chart.height - 6}" text-anchor="middle">{escape(t)}</text>'
            for i, t in enumerate(labels)
            if (last - i) % every == 0
        ]

    def end_heights(self) -> dict[int, float]:
        """Where the end labels stand: moved apart when they would touch each other or the target's label."""
        ends = [(self.y(s.values[-1]), n) for n, s in enumerate(self.chart.series, 1) if s.values and s.values[-1] is not None]
        if self.chart.target is not None:
            ends.append((self.y(self.chart.target), TARGET))
        ends.sort()
        placed = apart([y for y, _n in ends], LABEL_GAP, self.y0 - 2, self.y1)
        return {n: y for y, (_y, n) in zip(placed, ends, strict=True)}

    def line(self, series: Series, number: int, end: float | None) -> list[str]:
        points = [(i, v) for i, v in enumerate(series.values) if v is not None]
        if not points:
            return []
        out = [f'<polyline class="s{number}" points="{run}"/>' for run in self.runs(series)]
        for i, value in points:
            title = f"{self.chart.labels[i]} {series.name} {show(value, self.chart.unit)}"
            circle = f'<circle class="d{number}" cx="{self.x(i):.1f}" cy="{self.y(value):.1f}" r="3"/>'
            out.append(f'<g class="pt">{circle}<title>{escape(title)}</title></g>')
        first_i, first = points[0]
        above = self.is_upper(number, first_i, first)
        y = min(max(self.y(first) + (-15 if above else 21), 12), self.y1 - 4)
        if len(self.chart.series) > 1:
            out.append(f'<text class="l{number}" x="{self.x(first_i) + 4:.1f}" y="{y:.1f}">{escape(series.name)}</text>')
        if end is not None:
            out.append(f'<text class="l{number}" x="{self.x1 + 9:.1f}" y="{end + 4:.1f}">{show(series.values[-1], self.chart.unit)}</text>')
        return out

    def is_upper(self, number: int, i: int, value: float) -> bool:
        others = [s.values[i] for n, s in enumerate(self.chart.series, 1) if n != number]
        return all(value >= other for other in others if other is not None)

    def runs(self, series: Series) -> list[str]:
        """Polylines between the gaps."""
        out: list[str] = []
        run: list[str] = []
        for i, value in enumerate([*series.values, None]):
            if value is not None:
                run.append(f"{self.x(i):.1f},{self.y(value):.1f}")
            elif run:
                out.append(" ".join(run))
                run = []
        return out


@dataclass(frozen=True)
class HBars:
    """Horizontal bars from zero, labelled directly (条形图)."""

    rows: Sequence[tuple[str, float]]
    finding: str
    unit: str = ""
    target: float | None = None
    head: str = "项目"
    value_head: str = "数值"

    note = ""

    def table(self) -> tuple[list[str], list[list[str]]]:
        return [self.head, self.value_head], [[name, show(value, self.unit)] for name, value in self.rows]

    def svg(self, width: int) -> str:
        step = 26 if width >= WIDE else 28
        left = min(max((text_width(name) for name, _v in self.rows), default=0) + 14, width * 0.42)
        right = max((text_width(show(v, self.unit)) for _n, v in self.rows), default=0) + 12
        top = max([v for _n, v in self.rows] + [self.target or 0], default=0) or 1
        out = [_open(width, step * len(self.rows) + 2, self.finding)]
        for i, (name, value) in enumerate(self.rows):
            y, size = i * step, max(value, 0) / top * (width - left - right)
            label = name if text_width(name) <= left else name[: int(left // 13) - 1] + "…"
            out.append(f'<text class="lab" x="0" y="{y + 18}">{escape(label)}</text>')
            place = f'x="{left:.1f}" y="{y + 7}" width="{size:.1f}" height="14" rx="3"'
            out.append(f'<rect class="b1" {place}>{_title(name, value, self.unit)}</rect>')
            out.append(f'<text class="val" x="{left + size + 7:.1f}" y="{y + 18.5}">{show(value, self.unit)}</text>')
        if self.target is not None:
            x = left + self.target / top * (width - left - right)
            out.append(f'<line class="tgt" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{step * len(self.rows)}"/>')
        return "".join([*out, "</svg>"])


@dataclass(frozen=True)
class Share:
    """One stacked bar of shares, at most four parts (占比条)."""

    parts: Sequence[tuple[str, float]]
    finding: str
    unit: str = ""
    head: str = "部分"

    note = ""

    def __post_init__(self) -> None:
        if len(self.parts) > MAX_PARTS:
            raise ValueError("占比条最多四段，其余请合并为“其他”。")

    def _percent(self, value: float) -> str:
        total = sum(v for _n, v in self.parts)
        return f"{value / total * 100:.1f}%" if total else "—"

    def table(self) -> tuple[list[str], list[list[str]]]:
        return [self.head, "数值", "占比"], [[n, show(v, self.unit), self._percent(v)] for n, v in self.parts]

    def svg(self, width: int) -> str:
        total, x = sum(v for _n, v in self.parts) or 1, 0.0
        out = [_open(width, 30 + 24 * len(self.parts), self.finding)]
        for i, (name, value) in enumerate(self.parts, 1):
            size = value / total * width
            place = f'x="{x:.1f}" y="2" width="{max(size - 1.5, 0):.1f}" height="18"'
            out.append(f'<rect class="c{i}" {place}>{_title(name, value, self.unit)}</rect>')
            y = 16 + 24 * i
            out.append(
                f'<rect class="c{i}" x="0" y="{y - 1}" width="12" height="12" rx="2"/>'
                f'<text class="lab" x="20" y="{y + 10}">{escape(name)}</text>'
            )
            out.append(
                f'<text class="val" x="{width}" y="{y + 10}" text-anchor="end">{show(value, self.unit)}　{self._percent(value)}</text>'
            )
            x += size
        return "".join([*out, "</svg>"])


@dataclass(frozen=True)
class Multiples:
    """Small multiples: one little line each, same scale (小图组)."""

    labels: Sequence[str]
    series: Sequence[Series]
    finding: str
    unit: str = ""
    head: str = "时间"
    columns: int = field(default=3)

    @property
    def note(self) -> str:
        return "各图纵轴相同"

    def table(self) -> tuple[list[str], list[list[str]]]:
        rows = [[label, *(show(s.values[i], self.unit) for s in self.series)] for i, label in enumerate(self.labels)]
        return [self.head, *(s.name for s in self.series)], rows

    def svg(self, width: int) -> str:
        columns = self.columns if width >= WIDE else 2
        cell, high, rows = width / columns, 92, ceil(len(self.series) / columns)
        top = max((v for s in self.series for v in s.values if v is not None), default=1) or 1
        out = [_open(width, high * rows, self.finding)]
        for n, series in enumerate(self.series):
            x, y = n % columns * cell, n // columns * high
            out += self._cell(series, x, y, cell - 16, top)
        return "".join([*out, "</svg>"])

    def _cell(self, series: Series, x: float, y: float, width: float, top: float) -> list[str]:
        last = max(len(series.values) - 1, 1)
        at = [(x + 2 + i / last * (width - 4), y + 76 - v / top * 46, v) for i, v in enumerate(series.values) if v is not None]
        out = [f'<text class="lab" x="{x:.1f}" y="{y + 14}">{escape(series.name)}</text>']
        out.append(f'<line class="base" x1="{x:.1f}" x2="{x + width:.1f}" y1="{y + 76}" y2="{y + 76}"/>')
        if at:
            out.append('<polyline class="s1" points="' + " ".join(f"{a:.1f},{b:.1f}" for a, b, _v in at) + '"/>')
            end, height, value = at[-1]
            out.append(f'<circle class="d1" cx="{end:.1f}" cy="{height:.1f}" r="3"/>')
            out.append(f'<text class="val" x="{x + width:.1f}" y="{y + 14}" text-anchor="end">{show(value, self.unit)}</text>')
        return out


def bar(value: float, whole: float = 100, *, target: float | None = None, tone: str = "", label: str = "", height: int = 8) -> str:
    """A target bar (目标条): share filled, dark line at the target. Both in the unit of `whole`."""
    share = min(max(value / whole * 100, 0), 100) if whole else 0
    named = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    kind = f"v-{tone}" if tone else "v"
    tick = ""
    if target is not None and whole:
        at = min(max(target / whole * 100, 0), 99.4)
        tick = f'<rect class="tick" x="{at:.4g}%" y="-3" width="2" height="{height + 6}" rx="1"/>'
    track = f'<rect class="trk" width="100%" height="{height}" rx="{height // 2}"/>'
    return f'<svg class="bar" {named}>{track}<rect class="{kind}" width="{share:.4g}%" height="{height}" rx="{height // 2}"/>{tick}</svg>'


def threshold(value: float, limit: float, *, text: str, tone: str = "ok", scale: float | None = None) -> str:
    """The bar of a decision panel (标准条): the dark line is the standard, three quarters along unless `scale` says else."""
    whole = scale or max(limit * 4 / 3, value * 1.02) or 1
    share, at = min(max(value / whole * 100, 0), 100), min(max(limit / whole * 100, 0), 99.4)
    anchor = "start" if at < 30 else "end"
    return (
        f'<svg class="thr bar" aria-hidden="true"><rect class="trk" y="2" width="100%" height="8" rx="4"/>'
        f'<rect class="v-{tone}" y="2" width="{share:.4g}%" height="8" rx="4"/>'
        f'<rect class="tick" x="{at:.4g}%" y="-1" width="2" height="14"/>'
        f'<text x="{at:.4g}%" y="25" text-anchor="{anchor}">{escape(text)}</text></svg>'
    )
