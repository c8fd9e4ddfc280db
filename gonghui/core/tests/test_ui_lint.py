"""Rules for templates, style sheets and scripts of the whole project (页面房规), each with a negative control."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory, override_settings

from gonghui.core import menu

pytestmark = pytest.mark.engine_free

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "core" / "static"
TEMPLATES = sorted(p for p in ROOT.rglob("*.html") if "static" not in p.parts)
OURS = sorted(p for p in [*ROOT.glob("*/static/**/*.css"), *ROOT.glob("*/static/**/*.js")] if "vendor" not in p.parts)
KIB = 1024

PAGE_RULES = {
    "内联样式": r"\sstyle\s*=",
    "样式块": r"<style[\s>]",
    "内联脚本": r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    "事件属性": r"\son[a-z]+\s*=\s*[\"'{]",
    "hx-on": r"hx-on[:\-=]",
    "hx-vals 脚本": r"hx-(?:vals|headers)\s*=\s*[\"']\s*(?:js|javascript):",
    "脚本链接": r"javascript:",
    "触发过滤": r"hx-trigger\s*=\s*[\"'][^\"']*\[",
    "外站文件": r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
    "指定外站": r"hx-(?:get|post|put|patch|delete)\s*=\s*[\"'](?:https?:)?//",
}
CSS_RULES = {
    "@layer": r"@layer\b",
    ":has()": r":has\(",
    "容器查询": r"@container\b|container-type",
    "color-mix": r"color-mix\(",
    "oklch": r"\boklch\(",
    "light-dark": r"light-dark\(",
    "dvh/svh": r"\d[ds]vh\b",
    "subgrid": r"\bsubgrid\b",
    "@scope": r"@scope\b",
    "嵌套": r"\{[^{}@]*\n\s*&",
    "外站": r"url\(\s*[\"']?(?:https?:)?//",
    "@import": r"@import\b",
}
JS_RULES = {
    "Array.at": r"\.at\(",
    "findLast": r"\.findLast",
    "Object.hasOwn": r"Object\.hasOwn\b",
    "structuredClone": r"structuredClone",
    "randomUUID": r"randomUUID",
    "后行断言": r"\(\?<[=!]",
    "顶层等待": r"^await\b",
    "模块": r"^(?:import|export)\b",
    "写样式属性": r"setAttribute\(\s*['\"]style",
    "eval": r"\beval\(|new Function\(",
    "innerHTML": r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML",
}


def faults(text: str, rules: dict[str, str]) -> list[str]:
    """Names of the rules a text breaks. Comments of templates and style sheets do not count."""
    bare = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}|/\*.*?\*/|<!--.*?-->", "", text, flags=re.DOTALL)
    return [name for name, pattern in rules.items() if re.search(pattern, bare, re.IGNORECASE | re.MULTILINE)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_template_keeps_the_csp(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8"), PAGE_RULES) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("内联样式", '<p style="color:red">'),
        ("样式块", "<style>p{}</style>"),
        ("内联脚本", "<script>alert(1)</script>"),
        ("事件属性", '<a onclick="x()">'),
        ("hx-on", '<a hx-on:click="x()">'),
        ("hx-vals 脚本", "<a hx-vals='js:{a:1}'>"),
        ("脚本链接", '<a href="javascript:x()">'),
        ("触发过滤", '<a hx-trigger="click[ctrlKey]">'),
        ("外站文件", '<script src="https://cdn.example/x.js"></script>'),
        ("指定外站", '<a hx-get="//example/x">'),
    ],
)
def test_each_page_rule_bites(name: str, text: str) -> None:
    assert name in faults(text, PAGE_RULES)


def test_harmless_markup_passes() -> None:
    text = '<script src="/static/a.js" defer></script>{# style="x" #}<input data-online="1"><a class="style-x" href="/a?javascript=1">'
    assert faults(text, PAGE_RULES) == []


@pytest.mark.parametrize("path", OURS, ids=lambda p: str(p.relative_to(ROOT)))
def test_our_files_run_on_chrome_90(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8"), CSS_RULES if path.suffix == ".css" else JS_RULES) == []


@pytest.mark.parametrize(
    ("rules", "name", "text"),
    [
        (CSS_RULES, "@layer", "@layer a { }"),
        (CSS_RULES, ":has()", "a:has(b) { }"),
        (CSS_RULES, "容器查询", "@container (min-width: 1px) { }"),
        (CSS_RULES, "color-mix", "a { color: color-mix(in srgb, red, blue) }"),
        (CSS_RULES, "oklch", "a { color: oklch(1 0 0) }"),
        (CSS_RULES, "light-dark", "a { color: light-dark(red, blue) }"),
        (CSS_RULES, "dvh/svh", "a { height: 100dvh }"),
        (CSS_RULES, "subgrid", "a { grid: subgrid }"),
        (CSS_RULES, "@scope", "@scope (a) { }"),
        (CSS_RULES, "嵌套", "a { color: red;\n  & b { } }"),
        (CSS_RULES, "外站", "a { background: url(https://x/y.png) }"),
        (CSS_RULES, "@import", "@import 'x.css';"),
        (JS_RULES, "Array.at", "list.at(-1)"),
        (JS_RULES, "findLast", "list.findLast(f)"),
        (JS_RULES, "Object.hasOwn", "Object.hasOwn(a, b)"),
        (JS_RULES, "structuredClone", "structuredClone(a)"),
        (JS_RULES, "randomUUID", "crypto.randomUUID()"),
        (JS_RULES, "后行断言", "/(?<=a)b/"),
        (JS_RULES, "顶层等待", "await x;"),
        (JS_RULES, "模块", "import a from 'b';"),
        (JS_RULES, "写样式属性", "a.setAttribute('style', 'x')"),
        (JS_RULES, "eval", "eval('x')"),
        (JS_RULES, "innerHTML", "a.innerHTML = b"),
    ],
)
def test_each_floor_rule_bites(rules: dict[str, str], name: str, text: str) -> None:
    assert name in faults(text, rules)


# -- every template compiles --------------------------------------------------------------------------------------


def _loadable(path: Path) -> str | None:
    parts = path.parts
    return "/".join(parts[parts.index("templates") + 1 :]) if "templates" in parts else None


@pytest.mark.parametrize("path", [p for p in TEMPLATES if _loadable(p)], ids=lambda p: str(p.relative_to(ROOT)))
def test_template_compiles(path: Path) -> None:
    name = _loadable(path)
    assert name
    assert get_template(name)


# -- icons --------------------------------------------------------------------------------------------------------

SPRITE = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "vendor" / "icons.svg").read_text(encoding="utf-8")))
ICON_USES = [
    re.compile(r'{%\s*icon "([^"]+)"'),
    re.compile(r'\bicon_name="([^"]+)"'),
    re.compile(r'{%\s*tag [^%]*?"(?:ok|warn|bad|info|line|)" "([^"]+)"'),
    re.compile(r"icons\.svg#([a-z0-9-]+)"),
]


def icons_in(text: str) -> set[str]:
    """Icon names a template asks for by literal."""
    return {name for pattern in ICON_USES for name in pattern.findall(text)}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_icons_exist(path: Path) -> None:
    assert icons_in(path.read_text(encoding="utf-8")) - SPRITE == set()


def test_icon_rule_bites() -> None:
    text = '{% icon "no-such" %}{% tag "a" "ok" "nor-this" %}{% include "x" with icon_name="neither" %}<use href="icons.svg#gone">'
    assert icons_in(text) - SPRITE == {"no-such", "nor-this", "neither", "gone"}


def test_menu_icons_exist() -> None:
    assert {entry.icon for entry in menu._entries.values()} - SPRITE == set()


def test_sprite_matches_the_list() -> None:
    listed = (ROOT.parent / "tools" / "icons.txt").read_text(encoding="utf-8").splitlines()
    assert {name for row in listed if not row.startswith("#") for name in row.split()} == SPRITE


# -- weight -------------------------------------------------------------------------------------------------------


def weight(html: str) -> int:
    """Bytes of a first visit, gzipped: the page, each static file it names, and the sprite."""
    names = set(re.findall(r'(?:href|src)="/static/([^"#]+)', html)) | {"vendor/icons.svg"}
    return len(gzip.compress(html.encode())) + sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)


@pytest.mark.parametrize(
    ("base", "path", "limit"), [("ui/console.html", "/console/x", 160), ("ui/mobile.html", "/m/x", 100), ("ui/public.html", "/", 100)]
)
def test_first_visit_stays_light(base: str, path: str, limit: int) -> None:
    room = 12 * KIB  # for the page's own markup, gzipped
    assert weight(render_to_string(base, {}, RequestFactory().get(path))) + room <= limit * KIB


def test_weight_counts_files() -> None:
    light, heavy = weight("<p>"), weight('<link href="/static/vendor/bootstrap-5.3.8/bootstrap.min.css">')
    assert heavy - light > 25 * KIB


def test_app_js_is_small() -> None:
    assert len(gzip.compress((STATIC / "js" / "app.js").read_bytes())) <= 4 * KIB


# -- vendored files -----------------------------------------------------------------------------------------------


def test_vendored_files_match_the_manifest() -> None:
    import hashlib

    rows = [row.split("  ") for row in (STATIC / "vendor" / "MANIFEST.txt").read_text().splitlines() if not row.startswith("#")]
    assert len(rows) >= 8
    for digest, name in rows:
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest, name


@override_settings(STATIC_URL="/static/")
def test_pages_name_only_files_that_exist() -> None:
    for base in ("ui/console.html", "ui/mobile.html", "ui/public.html", "ui/print.html"):
        html = render_to_string(base, {}, RequestFactory().get("/"))
        for name in re.findall(r'(?:href|src)="/static/([^"#]+)', html):
            assert (STATIC / name).is_file(), name
