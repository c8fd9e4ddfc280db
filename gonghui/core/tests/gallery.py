"""A gallery of all parts of the pages (样例页), for eyes and for tests. Everything in it is invented.

`python -m gonghui.core.tests.serve_gallery 8101` serves it; tests use it as ROOT_URLCONF.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import OperationalError
from django.forms import CharField, ChoiceField, RadioSelect, Textarea
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from gonghui.core import charts, clock, forms, menu
from gonghui.core.access import public
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation, TooMany, Unavailable

HERE = Path(__file__).resolve().parent / "gallery_pages"
app_name = "gallery"
handler400 = "gonghui.core.refusals.bad_request"
handler403 = "gonghui.core.refusals.not_permitted"
handler404 = "gonghui.core.refusals.not_found"
handler500 = "gonghui.core.refusals.server_error"


@dataclass(frozen=True)
class Reader:
    """A stand-in for the actor."""

    ref: str = "user:1"
    name: str = "赵雪梅"
    signed_in: bool = True
    is_officer: bool = True
    held: frozenset[str] = field(default_factory=frozenset)

    def may(self, perm: str, org: Any = None) -> bool:
        return perm in self.held


class ReaderMiddleware:
    """Everybody is 赵雪梅."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = Reader()  # type: ignore[attr-defined]
        return self.get_response(request)


MIDDLEWARE = [
    "gonghui.core.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "gonghui.core.tests.gallery.ReaderMiddleware",
    "gonghui.core.middleware.RefusalMiddleware",
]


class UnionForm(forms.Form):
    """A form with one field of each kind."""

    phone = forms.PhoneField(label="联系电话")
    founded = forms.DayField(label="成立日期", not_future=True)
    head = CharField(label="会员人数", help_text="满 25 人应单独建立基层工会委员会。")
    amount = forms.MoneyField(label="拨入经费（元）", most=10_000_000)
    kind = ChoiceField(
        label="组建形式", choices=[("single", "单独组建"), ("joint", "联合组建"), ("region", "区域工会覆盖")], widget=RadioSelect
    )
    town = ChoiceField(label="所在乡镇", choices=[(str(i), f"第 {i} 镇总工会") for i in range(30)])
    note = CharField(label="备注", required=False, widget=Textarea(attrs={"rows": 3}))


class FilterForm(forms.Form):
    """Filters of a list."""

    q = CharField(label="姓名、手机号后四位、会员编号", required=False)
    post = ChoiceField(label="岗位", required=False, choices=[("", "全部岗位"), ("driver", "货车司机")])
    since = forms.DayField(label="入会时间从", required=False)
    until = forms.DayField(label="到", required=False)


MONTHS = ["12月", *[f"{m}月" for m in range(1, 12)]]
FORMED = [80.2, 80.9, 81.1, 81.8, 82.6, 83.1, 83.9, 84.4, 84.9, 85.3, 85.8, 86.4]
JOINED = [87.0, 87.4, 87.5, 88.1, 88.6, 89.2, 89.5, 90.0, 90.3, 90.6, 90.9, 91.2]
GROUPS = [
    ("货车司机", 1286),
    ("快递员", 904),
    ("网约送餐员", 652),
    ("保安员", 548),
    ("家政服务员", 431),
    ("护工护理员", 372),
    ("房产中介员", 187),
    ("商场信息员", 132),
]
TOWNS = [
    ("白桦镇", 92.6, 289, 312, 94.0, 17310),
    ("开发区", 92.3, 155, 168, 94.2, 12204),
    ("柳河镇", 83.1, 98, 118, 89.5, 5388),
    ("锡林苏木", 70.0, 35, 50, 75.1, 882),
]
NAMES = ["巴特尔", "王建国", "其木格", "李志强", "苏和", "陈玉梅", "赵铁柱", "额尔德木图", "刘海燕", "孙德福", "乌云其其格", "周晓峰"]


def _context(request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    bound = UnionForm({"phone": "1384700219", "founded": "2199-12-01", "head": "26", "amount": "一百", "kind": "", "town": "3"})
    return {
        "chart": charts.Line(
            MONTHS,
            [charts.Series("建会率", FORMED), charts.Series("入会率", JOINED)],
            "建会率 9 月起超过目标，全年提高 6.2 个百分点。",
            target=85,
        ),
        "groups": GROUPS,
        "parts": [("单独组建", 506), ("区域覆盖", 2848), ("行业覆盖", 784)],
        "many": charts.Multiples(
            MONTHS, [charts.Series(name, [n * k // 100 for k in FORMED]) for name, n in GROUPS[:6]], "六个群体会员都在增加。", unit="人"
        ),
        "towns": TOWNS,
        "todo": [(clock.today() + timedelta(days=d), text, meta) for d, text, meta in TODO],
        "warnings": WARNINGS,
        "tabs": [
            {"label": "全部", "url": "?", "count": 638, "current": True},
            {"label": "正常", "url": "?state=ok", "count": 587},
            {"label": "待补资料", "url": "?state=lack", "count": 34},
            {"label": "待审核", "url": "?state=new", "count": 9},
        ],
        "chips": [{"label": "2023-01-01 起入会", "url": "?"}],
        "page": Paginator([SimpleNamespace(pk=i, name=NAMES[i % 12], code=f"BH-{4500 + i}") for i in range(638)], 12).get_page(
            request.GET.get("page")
        ),
        "filters": FilterForm({"since": "2023-01-01"}),
        "form": bound,
        "fresh": UnionForm(),
        "trail": [("江州市总工会", "/"), ("白桦镇总工会", "/"), ("货车司机联合工会", "")],
        "timeline": [
            SimpleNamespace(text="系统比对 7 条标准", at=now, who="标准库第 3 版", note=""),
            SimpleNamespace(text="李文华同意上报", at=now - timedelta(days=1), who="", note="材料齐全"),
            SimpleNamespace(text="周敏提交", at=datetime(2026, 11, 9, 17, 32, tzinfo=clock.SHANGHAI), who="", note=""),
        ],
        "kv": [("单号", "BX-2026-1107"), ("申请单位", "白桦镇总工会"), ("经办人", "周敏（兼职工会干事）")],
        "running": SimpleNamespace(pk=1, title="正在导入花名册", state="running", done=212, total=390, ended_at=None, note=""),
        "done": SimpleNamespace(pk=2, title="花名册已导入", state="done", done=390, total=390, ended_at=now, note="新增 390 人。"),
        "dead": SimpleNamespace(pk=3, title="导出", state="dead", done=0, total=9, ended_at=now, note=""),
        "steps": ["下载模板", "上传文件", "核对表头", "检查错误", "确认导入"],
        "consequences": ["不能再订活动，已订的 2 份会取消", "会籍记录保留，可在 30 天内撤回"],
        "now": now,
    }


TODO = [
    (0, "云捷快递南屯网点 23 名快递员集体入会", "入会审批 · 网点工会周建军提交 · 材料齐全"),
    (0, "“暖心驿站杯”乒乓球赛报销 ¥18,640.00", "支出审核 · 白桦镇总工会 · 2 项不符合标准"),
    (1, "4 名货车司机反映运费拖欠，共 ¥3.2万", "诉求办理 · 已转县人社局，待回复职工"),
    (3, "金叶木业公司工会换届选举结果备案", "选举换届 · 应到 86 人，实到 79 人"),
    (-2, "2 户困难职工家庭“金秋助学”复核", "困难帮扶 · 东岗镇总工会上报"),
]
WARNINGS = [
    ("calendar-x", "bad", "6 家工会届满未换届", "最久的是柳河镇粮油加工厂工会，已超期 143 天"),
    ("receipt-yuan", "bad", "3 家工会节日慰问支出接近上限", "最高 47.8%，标准是不超过年度预算收入 50%"),
    ("zzz", "", "14 家工会 180 天没有活动记录", "其中 9 家没有专职工会干部"),
    ("id-badge-2", "info", "523 名会员缺身份证号或手机号", "不补齐就领不到普惠活动名额"),
]


@public
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of the gallery."""
    if not (HERE / f"{name}.html").exists():
        raise NotFound()
    if name == "states":
        messages.success(request, "已导入 390 名会员，还有 22 行没改好。")
    template = engines["django"].from_string((HERE / f"{name}.html").read_text(encoding="utf-8"))
    return HttpResponse(template.render(_context(request), request))


@public
def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    """Each refusal and fault once."""
    raise {
        "403": NotPermitted("gallery.no", "您还不能审批支出。这项工作由财务负责人和主席办理，请找主席李文华开通。"),
        "404": NotFound(),
        "409": Conflict("gallery.moved", "这件诉求已由王芳在 3 分钟前办结，请看最新情况。"),
        "422": RuleViolation("gallery.roll", "赞成票 11 张，多于应到代表 10 人，请核对计票结果。", yes=11, roll=10),
        "429": TooMany("gallery.slow", "一分钟内只能取一次验证码，请 40 秒后再试。", retry_after=40),
        "503": Unavailable(),
        "locked": OperationalError("database is locked"),
        "broken": OperationalError("no such table: x"),
        "500": RuntimeError("secret detail"),
    }.get(kind, NotFound())


# The two front pages only lend their names to the menu.
urlpatterns = [
    path("", include("gonghui.core.urls")),
    path("refuse/<str:kind>", refuse),
    path("console/refuse/<str:kind>", refuse),
    path("m/refuse/<str:kind>", refuse),
    path("api/refuse/<str:kind>", refuse),
    path("console/<str:name>", page, name="page"),
    path("m/<str:name>", page),
    path("<str:name>", page),
    *[
        path(f"console/{key}", page, {"name": "workbench"}, name=key)
        for key in ("home", "todo", "tree", "roll", "import", "vote", "act", "case", "help", "pay", "score", "faq", "inbox", "search")
    ],
]


def fill_menu() -> None:
    """The menu of the prototypes instead of the apps' own."""
    for registry in (menu._entries, menu._unread, menu._places):
        registry.clear()
    rows = [
        ("home", "工作台", "layout-dashboard", "", 0), ("todo", "待办审批", "checkup-list", "", 7),
        ("tree", "组织架构", "sitemap", "组织与会员", 0),
        ("roll", "会员名册", "users", "组织与会员", 0), ("import", "花名册导入", "file-import", "组织与会员", 0),
        ("vote", "选举换届", "writing-sign", "组织与会员", 3),
        ("act", "活动与福利", "ticket", "服务与维权", 0), ("case", "提案与诉求", "message-report", "服务与维权", 5),
        ("help", "困难帮扶", "heart-handshake", "服务与维权", 0),
        ("pay", "经费凭证", "receipt-yuan", "经费与考核", 0), ("score", "考核评价", "chart-bar", "经费与考核", 0),
        ("faq", "政策解答", "book-2", "经费与考核", 0),
    ]  # fmt: skip
    for i, (key, label, picture, group, count) in enumerate(rows):
        menu.register(
            menu.Entry(
                f"gallery.{key}",
                label,
                picture,
                key,
                group=group,
                order=i,
                badge=(lambda _a, n=count: n) if count else None,
                hot=key == "todo",
            )
        )
    for key, label, picture in (
        ("home", "首页", "home"),
        ("act", "活动", "ticket"),
        ("case", "诉求", "message-report"),
        ("roll", "我的", "user"),
    ):
        menu.register(menu.Entry(f"gallery.m.{key}", label, picture, key, front="mobile", order=500))
    menu.unread(lambda _actor: 3)
    menu.places(lambda _request: [menu.Place("江州市总工会", "?at=1", current=True), menu.Place("白桦镇总工会", "?at=2")])
    menu.fix(home="home", search="search", inbox="inbox", guide="faq")
