"""Charts, words, forms, menu and tags (部件)."""

from __future__ import annotations

import itertools
import re
from datetime import date, datetime
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from gonghui.core import charts, clock, context, forms, menu, show
from gonghui.core.templatetags import ui
from gonghui.core.tests import gallery


def draw(text: str, path: str = "/", **values: object) -> str:
    return engines["django"].from_string(text).render(values, RequestFactory().get(path))


# -- charts -------------------------------------------------------------------------------------------------------

LINE = charts.Line(
    ["1月", "2月", "3月"], [charts.Series("甲", [80.0, None, 90.0]), charts.Series("乙", [70.0, 75.0, 78.0])], "甲升到 90%。", target=85
)


@pytest.mark.parametrize(
    "chart",
    [
        LINE,
        charts.HBars([("货车司机", 12), ("<b>", 3)], "货车司机最多。"),
        charts.Share([("甲", 1), ("乙", 3)], "乙占四分之三。"),
        charts.Multiples(["1", "2"], [charts.Series(str(i), [i, i + 1]) for i in range(5)], "都在升。"),
        charts.HBars([], "还没有数据。"),
        charts.Share([("甲", 0)], "还没有数据。"),
        charts.Line(["1月"], [charts.Series("甲", [None])], "还没有数据。"),
    ],
)
@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_a_chart_is_sound_svg_that_says_its_finding(chart: charts.Chart, width: int) -> None:
    root = ElementTree.fromstring(chart.svg(width))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == chart.finding
    assert "style" not in chart.svg(width)


def test_a_figure_has_both_widths_finding_and_numbers() -> None:
    html = charts.figure(LINE)
    assert html.count("<svg") == 2
    assert "甲升到 90%。" in html
    assert "看数据表" in html
    assert "无数据" in html
    assert '<td class="r num">90.0%</td>' in html


def test_a_gap_breaks_the_line_and_points_carry_titles() -> None:
    svg = LINE.svg(430)
    assert svg.count('class="s1"') == 2  # one run on each side of the gap
    assert svg.count('class="s2"') == 1
    assert "<title>3月 甲 90.0%</title>" in svg


def test_an_axis_that_does_not_start_at_zero_says_so() -> None:
    assert LINE.note.startswith("纵轴从")
    assert charts.Line(["1", "2"], [charts.Series("a", [0, 3])], "x").note == ""


def test_bars_start_at_zero_and_keep_proportion() -> None:
    widths = [
        float(w) for w in re.findall(r'class="b1"[^>]* width="([\d.]+)"', charts.HBars([("a", 10), ("b", 5), ("c", 0)], "x").svg(430))
    ]
    assert widths[1] == pytest.approx(widths[0] / 2, abs=0.2)
    assert widths[2] == 0


def test_end_labels_do_not_touch() -> None:
    close = charts.Line(["1", "2"], [charts.Series("a", [80, 85.1]), charts.Series("b", [79, 84.9])], "x", target=85)
    heights = charts._LineDrawing(close, 430).end_heights()
    assert abs(heights[1] - heights[2]) >= 14


@pytest.mark.parametrize("ends", [(85.1, 84.9), (84.9, 85.1), (85, 85), (99.9, 99.8), (70, 70.1), (70, 99)])
@pytest.mark.parametrize("target", [None, 85, 70, 99.9])
def test_end_labels_stand_apart_and_inside_whatever_the_values(ends: tuple[float, float], target: float | None) -> None:
    chart = charts.Line(["1", "2"], [charts.Series("a", [80, ends[0]]), charts.Series("b", [79, ends[1]])], "x", target=target)
    drawing = charts._LineDrawing(chart, 430)
    heights = sorted(drawing.end_heights().values())
    assert len(heights) == 2 + (target is not None)
    assert all(b - a >= 14.99 for a, b in itertools.pairwise(heights)), heights
    assert heights[0] >= drawing.y0 - 2.01 and heights[-1] <= drawing.y1 + 0.01, heights


def test_labels_with_room_stand_where_their_lines_end() -> None:
    """Negative control: without neighbours nothing is moved."""
    assert charts.apart([20, 60, 100], 15, 0, 200) == [20, 60, 100]
    assert charts.apart([50, 52], 15, 0, 200) == [43.5, 58.5]


def test_names_are_escaped() -> None:
    assert "<script>" not in charts.HBars([("<script>", 1)], "<script>").svg(430)


@pytest.mark.parametrize(
    "make",
    [
        lambda: charts.Line(["1"], [charts.Series(str(i), [1]) for i in range(3)], "x"),
        lambda: charts.Share([("a", 1)] * 5, "x"),
        lambda: charts.Line(["1", "2"], [charts.Series("a", [1])], "x"),
    ],
)
def test_too_many_series_are_refused(make: object) -> None:
    with pytest.raises(ValueError, match="。"):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(("value", "whole", "share"), [(50, 100, "50%"), (120, 100, "100%"), (-3, 100, "0%"), (1, 0, "0%")])
def test_a_bar_stays_within_its_track(value: float, whole: float, share: str) -> None:
    assert f'class="v" width="{share}"' in charts.bar(value, whole)


def test_threshold_puts_the_standard_at_three_quarters() -> None:
    svg = charts.threshold(168, 150, text="标准 ¥150", tone="bad")
    assert 'x="75%"' in svg
    assert 'width="84%"' in svg


def test_ticks_are_round() -> None:
    assert charts.nice(80.2, 91.2) == [80, 85, 90, 95]
    assert charts.nice(0, 0)[0] == 0


# -- numbers and dates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "text"), [(4512, "4,512"), (62_400, "6.24万"), (108_000_000, "1.08亿"), (9_999, "9,999"), (10_000, "1.00万"), (None, "—")]
)
def test_wan(n: int | None, text: str) -> None:
    assert show.wan(n) == text


@pytest.mark.parametrize(("fen", "text"), [(342_600_000, "¥342.6万"), (123_400, "¥1,234"), (-342_600_000, "-¥342.6万"), (None, "—")])
def test_money_wan(fen: int | None, text: str) -> None:
    assert show.money_wan(fen) == text


def test_rates() -> None:
    assert show.rate(1109, 1284) == "86.4%"
    assert show.rate(1, 0) == "—"
    assert show.percent("1/2") == "50.0%"
    assert show.points(Fraction(6, 1000)) == "▲ 0.6 个百分点"
    assert show.points(Fraction(-6, 1000)) == "▼ 0.6 个百分点"
    assert show.points(Fraction(0)) == "持平"


def test_dates() -> None:
    at = datetime(2026, 11, 23, 16, 40, tzinfo=clock.SHANGHAI)
    with clock.at(datetime(2026, 11, 23, 18, tzinfo=clock.SHANGHAI)):
        assert show.near(at) == "今天 16:40"
        assert show.near(at.replace(day=22)) == "昨天 16:40"
        assert show.near(at.replace(day=3)) == "11月3日 16:40"
        assert show.near(at.replace(year=2025)) == "2025年11月23日"
        assert show.near(date(2026, 11, 24)) == "明天"
        assert show.due(date(2026, 11, 23)) == ("今天", "到期", "due-hot")
        assert show.due(date(2026, 11, 20)) == ("3 天", "已超期", "due-hot")
        assert show.due(date(2026, 11, 25)) == ("2 天", "后到期", "due-warm")
    assert (show.day(at), show.day_cn(at), show.minute(at)) == ("2026-11-23", "2026年11月23日", "2026-11-23 16:40")


# -- tags ---------------------------------------------------------------------------------------------------------


def test_query_string_keeps_the_rest_and_returns_to_the_first_page() -> None:
    assert draw("{% qs state='ok' %}", "/?q=a&page=3") == "?q=a&amp;state=ok"
    assert draw("{% qs page=4 %}", "/?q=a&page=3") == "?q=a&amp;page=4"
    assert draw("{% qs q=None %}", "/?q=a") == "?"


def test_sortable_head_turns_around() -> None:
    assert 'aria-sort="ascending"' in draw('{% sort_th "joined" "入会日期" %}', "/?sort=joined")
    assert "sort=-joined" in draw('{% sort_th "joined" "入会日期" %}', "/?sort=joined")
    assert "aria-sort" not in draw('{% sort_th "joined" "入会日期" %}', "/?sort=code")


def test_state_word_knows_its_colours() -> None:
    assert 'class="tag tag-ok"' in draw('{% tag "正常" "ok" %}')
    assert "&lt;b&gt;" in draw("{% tag x %}", x="<b>")
    with pytest.raises(ValueError, match="标签色"):
        draw('{% tag "x" "pink" %}')


def test_qr_reads_back_in_size() -> None:
    svg = ui.qr("GH:T:4521", "取票二维码")
    assert 'aria-label="取票二维码"' in svg
    assert ElementTree.fromstring(svg).attrib["viewBox"] == "0 0 29 29"  # version 1 is 21 modules and 4 on each side


def test_pager_shows_where_one_is() -> None:
    html = draw('{% paged page unit="人" %}', "/?q=a&page=2", page=Paginator(range(638), 20).get_page(2))
    assert "第 21–40 人，共 638 人" in html
    assert 'aria-current="page">2<' in html
    assert "?q=a&amp;page=3" in html


def test_pager_of_nothing() -> None:
    assert "共 0 条" in draw("{% paged page %}", page=Paginator([], 20).get_page(1))


# -- forms --------------------------------------------------------------------------------------------------------


def test_a_refused_field_is_tied_to_its_error() -> None:
    html = str(gallery.UnionForm({"phone": "1384700219"}))
    assert "手机号是 11 位，这里少 1 位。" in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone_error"' in html
    assert 'id="id_phone_error"' in html
    assert 'href="#id_phone"' in html
    assert 'role="alert"' in html
    assert "请填写会员人数。" in html
    assert 'value="1384700219"' in html


def test_a_fresh_form_complains_of_nothing() -> None:
    html = str(gallery.UnionForm())
    assert "aria-invalid" not in html
    assert "note-bad" not in html
    assert 'aria-describedby="id_head_hint"' in html
    assert html.count("选填") == 1


@pytest.mark.parametrize(
    ("field", "value", "result"),
    [
        (forms.PhoneField(), " 138 4700-2190 ", "13847002190"),
        (forms.PhoneField(), "１３８４７００２１９０", "13847002190"),
        (forms.MoneyField(), "1,234.5", 123450),
        (forms.IdNumberField(), "15079919880401001x", "15079919880401001X"),
        (forms.IdNumberField(), "'150799198804010017", "150799198804010017"),
    ],
)
def test_fields_clean_what_people_type(field: object, value: str, result: object) -> None:
    assert field.clean(value) == result  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (forms.PhoneField(), "23847002190", "以 1 开头"),
        (forms.PhoneField(), "138abc02190", "只有数字"),
        (forms.MoneyField(), "0", "至少 ¥0.01"),
        (forms.MoneyField(most=100), "2", "最多 ¥1.00"),
        (forms.IdNumberField(), "1507991988", "这里是 10 位"),
        (forms.IdNumberField(), "15079919X804010017", "X 只能在最后一位"),
    ],
)
def test_fields_say_the_fact_and_the_next_step(field: object, value: str, message: str) -> None:
    with pytest.raises(forms.forms.ValidationError, match=message):
        field.clean(value)  # type: ignore[attr-defined]


def test_dates_know_today() -> None:
    with clock.at(date(2026, 11, 23)):
        field = forms.DayField(not_future=True)
        assert field.clean("2026-11-23") == date(2026, 11, 23)
        with pytest.raises(forms.forms.ValidationError, match="不能晚于今天（2026-11-23）。"):
            field.clean("2026-11-24")


# -- menu ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def _menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "_entries", {})
    monkeypatch.setattr(menu, "_unread", [])
    monkeypatch.setattr(menu, "_places", [])


@pytest.mark.usefixtures("_menu")
@pytest.mark.urls("gonghui.core.tests.gallery")
def test_menu_shows_what_one_may_open_grouped_and_in_order() -> None:
    menu.register(
        menu.Entry("a.roll", "名册", "users", "roll", group="组织", perm="a.see", order=20),
        menu.Entry("a.home", "工作台", "home", "home", order=10),
        menu.Entry("a.vote", "选举", "users", "vote", group="组织", perm="a.vote", order=30),
        menu.Entry("a.pay", "经费", "cash", "pay", group="经费", order=40, badge=lambda _actor: 5),
        menu.Entry("a.gone", "没有页面", "cash", "no-such-page", order=50),
        menu.Entry("a.m", "手机", "cash", "act", front="mobile"),
    )
    request = RequestFactory().get("/console/roll/17")
    request.actor = gallery.Reader(held=frozenset({"a.see"}))  # type: ignore[attr-defined]
    nav = context.Site(request).nav
    assert [(g.label, [i.label for i in g.items]) for g in nav] == [("", ["工作台"]), ("组织", ["名册"]), ("经费", ["经费"])]
    assert [i.current for g in nav for i in g.items] == [False, True, False]
    assert nav[2].items[0].count == 5
    assert [i.label for g in context.Site(request).mobile_nav for i in g.items] == ["手机"]


@pytest.mark.usefixtures("_menu")
def test_nobody_has_no_menu_and_no_count() -> None:
    menu.register(menu.Entry("a.home", "工作台", "home", "home"))
    menu.unread(lambda _actor: 7)
    site = context.Site(RequestFactory().get("/"))
    assert (site.nav, site.unread, site.places) == ([], 0, [])


@pytest.mark.usefixtures("_menu")
def test_one_key_one_entry() -> None:
    entry = menu.Entry("a.home", "工作台", "home", "home")
    menu.register(entry)
    menu.register(entry)
    with pytest.raises(ValueError, match=r"a\.home"):
        menu.register(menu.Entry("a.home", "别的", "home", "home"))


@pytest.mark.usefixtures("_menu")
def test_unread_sums_all_providers() -> None:
    menu.unread(lambda _actor: 3)
    menu.unread(lambda _actor: 4)
    assert menu.unread_count(gallery.Reader()) == 7  # type: ignore[arg-type]  # stands in for an Actor
