"""Tags and filters of every page, built in (页面标签); `static`, `translate` and the like need no {% load %} either.

See docs/howto/ui.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.http import QueryDict
from django.template.context import Context
from django.templatetags import i18n, l10n
from django.templatetags.static import do_static, static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from gonghui.core import charts, mask, show
from gonghui.core import money as fen_text

register = template.Library()
register.tags.update({**i18n.register.tags, **l10n.register.tags})
register.filters.update({**i18n.register.filters, **l10n.register.filters})
register.tag("static", do_static)

SPRITE = "vendor/icons.svg"
TONES = {"", "ok", "warn", "bad", "info", "line"}


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """`{% icon "users" %}`, `{% icon "users" "sm" %}`: always beside words."""
    kind = f" icon-{size}" if size else ""
    return format_html('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>', kind, static(SPRITE), name)


# -- bars and charts ---------------------------------------------------------------------------------------------


@register.simple_tag
def bar(value: Any, whole: Any = 100, target: Any = None, tone: str = "", label: str = "", height: int = 8) -> SafeString:
    """`{% bar done total target=85 tone="ok" label="建会率 86.4%，目标 85%" %}`."""
    goal = None if target in (None, "") else float(target)
    svg = charts.bar(float(value or 0), float(whole or 0), target=goal, tone=tone, label=str(label), height=height)
    return mark_safe(svg)  # noqa: S308


@register.simple_tag
def thr(value: Any, limit: Any, text: str, tone: str = "ok", scale: Any = None) -> SafeString:
    """`{% thr 16800 15000 "标准 ¥150" tone="bad" %}`: print both numbers beside it."""
    return mark_safe(charts.threshold(float(value), float(limit), text=str(text), tone=tone, scale=float(scale) if scale else None))  # noqa: S308


@register.simple_tag
def chart(drawing: charts.Chart) -> SafeString:
    """`{% chart obj %}` for any object of `core.charts`."""
    return charts.figure(drawing)


@register.simple_tag
def line_chart(
    labels: Sequence[str], series: Iterable[tuple[str, Sequence[Any]]], finding: str, unit: str = "%", target: Any = None
) -> SafeString:
    """`{% line_chart months rates "建会率 9 月起超过目标。" target=85 %}`; `rates` is a list of (name, values)."""
    rows = [charts.Series(name, values) for name, values in series]
    return charts.figure(charts.Line(labels, rows, finding, unit=unit, target=float(target) if target is not None else None))


@register.simple_tag
def hbars(rows: Sequence[tuple[str, float]], finding: str, unit: str = "", head: str = "项目", value_head: str = "数值") -> SafeString:
    """`{% hbars rows "货车司机最多。" unit="人" %}`; rows of (name, value)."""
    return charts.figure(charts.HBars(rows, finding, unit=unit, head=head, value_head=value_head))


@register.simple_tag
def share_bar(parts: Sequence[tuple[str, float]], finding: str, unit: str = "") -> SafeString:
    """`{% share_bar parts "一半以上由区域工会覆盖。" unit="家" %}`."""
    return charts.figure(charts.Share(parts, finding, unit=unit))


# -- numbers, money, dates ---------------------------------------------------------------------------------------


@register.filter
def money(fen: Any) -> str:
    """Fen as `¥18,640.00`."""
    return show.NONE if fen is None or fen == "" else fen_text.show(int(fen))


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as `18,640.00` for a column whose head says 元."""
    return money(fen).replace("¥", "")


@register.filter
def capital(fen: int) -> str:
    """Fen in capital numerals (大写)."""
    return fen_text.capital(int(fen))


@register.filter
def money_wan(fen: int | None) -> SafeString | str:
    """`¥342.6万` with the exact amount in `title`."""
    if fen is None:
        return show.NONE
    return format_html('<span class="num" title="{}">{}</span>', fen_text.show(int(fen)), show.money_wan(int(fen)))


@register.filter
def wan(value: Any) -> SafeString | str:
    """`6.24万` with the exact value in `title`; `4,512` as it is."""
    if value is None or value == "":
        return show.NONE
    text = show.wan(int(value))
    return text if abs(int(value)) < 10_000 else format_html('<span class="num" title="{:s}">{}</span>', f"{int(value):,}", text)


@register.filter
def num(value: Any) -> str:
    """`4,512`."""
    return show.number(value)


@register.filter
def rate(part: Any, whole: Any) -> str:
    """`{{ members|rate:workers }}` -> `91.2%`."""
    return show.rate(part, whole)


register.filter("percent", show.percent)
register.filter("points", show.points)
register.filter("day", show.day)
register.filter("day_cn", show.day_cn)
register.filter("minute", show.minute)
register.filter("near", show.near)
register.filter("mask_name", mask.name)
register.filter("mask_id", mask.id_number)
register.filter("mask_phone", mask.phone)
register.filter("mask_card", mask.card)


@register.simple_tag
def due(value: date | datetime | None) -> SafeString:
    """The deadline block of a to-do row: 今天到期, 3 天后到期, 2 天已超期."""
    word, rest, kind = show.due(value)
    return format_html('<span class="due {}"><b>{}</b>{}</span>', kind, word, rest)


# -- words, links, parts -----------------------------------------------------------------------------------------


@register.simple_tag
def tag(text: Any, tone: str = "", icon_name: str = "") -> SafeString:
    """A state word: `{% tag "已达标" "ok" %}`; an enum member brings its `label`, and its `tone` when it has one."""
    tone = tone or getattr(text, "tone", "") or ""
    if tone not in TONES:
        raise ValueError(f"没有这种标签色：{tone}")
    label = getattr(text, "label", text)
    picture = icon(icon_name, "sm") if icon_name else ""
    return format_html('<span class="tag{}">{}{}</span>', f" tag-{tone}" if tone else "", picture, label)


@register.simple_tag(takes_context=True)
def qs(context: Context, **changes: Any) -> str:
    """The query string with some keys changed; None or "" removes; changing anything but `page` drops `page`."""
    query: QueryDict = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def sort_th(context: Context, key: str, label: str, cls: str = "") -> SafeString:
    """A sortable head: `{% sort_th "joined" "入会日期" %}` works through `?sort=joined` and `?sort=-joined`."""
    now = context["request"].GET.get("sort", "")
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    picture = {"ascending": "chevron-up", "descending": "chevron-down"}.get(state, "selector")
    url = qs(context, sort=f"-{key}" if now == key else key)
    sorted_as = format_html(' aria-sort="{}"', state) if state else ""
    link = format_html('<a class="th-sort" href="{}">{}{}</a>', url, label, icon(picture, "sm"))
    return format_html('<th scope="col" class="{}"{}>{}</th>', cls, sorted_as, link)


@register.simple_tag
def qr(text: str, label: str = "二维码") -> SafeString:
    """A QR code as inline SVG with a margin of four modules."""
    import segno  # only pages with a code pay for it

    code = segno.make(str(text), error="m", micro=False)
    size = code.symbol_size(border=4)[0]
    path = "".join(f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<rect width="{0}" height="{0}" fill="#fff"/><path d="{2}" fill="#000"/></svg>',
        size,
        label,
        path,
    )


@register.simple_tag
def url_or_none(name: str, *args: Any, **kwargs: Any) -> str:
    """`{% url_or_none "policy:why" key as link %}`: "" when no app offers the page."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """A field with label, hint and error: `{% field form.phone %}`."""
    return bound.as_field_group()


@register.inclusion_tag("ui/_error_summary.html")
def errors(*forms: BaseForm) -> dict[str, Any]:
    """The error summary of one or more forms; nothing when all is well."""
    rows = [
        (bound.id_for_label or bound.auto_id, bound.label, text)
        for form in forms
        for bound in form.visible_fields()
        for text in bound.errors
    ]
    general = [text for form in forms for text in form.non_field_errors()]
    general += [text for form in forms for bound in form.hidden_fields() for text in bound.errors]
    return {"rows": rows, "general": general, "count": len(rows) + len(general)}


@register.inclusion_tag("ui/_pager.html", takes_context=True)
def paged(context: Context, page: Page[Any], unit: str = "", tip: bool = False) -> dict[str, Any]:
    """The pager below a list: `{% paged page %}`; `tip=True` adds the keyboard hint."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": list(numbers),
        "unit": unit or gettext("条"),
        "tip": tip,
        "request": context["request"],
        "gap": page.paginator.ELLIPSIS,
    }


@register.filter
def pick(table: Mapping[str, Any], key: Any) -> Any:
    """What a table says under a key, else the key."""
    return table.get(str(key), key)


@register.filter
def label_of(value: Any) -> Any:
    """The label of an enum member, else the value."""
    return value.label if hasattr(value, "label") and not isinstance(value, Promise) else value


@register.filter
def first_char(text: str) -> str:
    """The character in the round picture of an account."""
    return str(text)[:1]
