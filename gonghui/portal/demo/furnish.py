"""What the files cannot bring: accounts, the statistical period, the claimed figures (账号、统计期、上报数)."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from typing import Any

from django.conf import settings

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.services import grants, officers
from gonghui.core import clock
from gonghui.figures import services as figures
from gonghui.orgs.selectors import closure, unions
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City, largest
from gonghui.portal.demo.plan import CITY_CODE, CLOSING, Plan

CLAIMED_JOINING = "98%"
CLAIMED_FORMATION = "100%"


def path_of(code: str) -> str:
    """The path of a union, empty for the empty code."""
    return unions.union_of_code(code).path if code else ""


def furnish(actor: Actor, plan: Plan, city: City) -> list[dict[str, str]]:
    """Accounts one for each role, the reports of two years, and what the year's report claims."""
    root = closure.node(CITY_CODE)
    for year in (CLOSING.year - 1, CLOSING.year):
        with clock.at(date(year + 1, 1, 15)):
            period = figures.period_put(
                actor=actor, name=f"{year} 年度", opening=date(year, 1, 1), closing=date(year, 12, 31), current=year == CLOSING.year
            )
            report = figures.report_prepare(actor=actor, union=root, period=period)
            figures.report_release(actor=actor, report=figures.report_check(actor=actor, report=report, union=root), union=root)
    for key, claimed in (("rate.joining", CLAIMED_JOINING), ("rate.formation", CLAIMED_FORMATION)):
        figures.reported_put(actor=actor, union=root, key=key, on=period.closing, claimed=claimed, source=f"{CLOSING.year} 年度工作总结")
    return [*_officers(actor, plan, city), _worker(plan, city)]


def seed_of(login: str, plan: Plan) -> str:
    """The TOTP seed of a demo account, the same for the same city."""
    return base64.b32encode(hashlib.sha256(f"totp-{plan.seed}-{login}".encode()).digest()[:20]).decode()


def _officers(actor: Actor, plan: Plan, city: City) -> list[dict[str, str]]:
    town, chair = f"{CITY_CODE}-01", largest(city)
    wanted = [
        ("city", "赵雪梅", "副主席", Role.CITY, CITY_CODE),
        ("zuzhi", "钱志文", "组织部部长", Role.ORGANISATION, CITY_CODE),
        ("township", "孙建国", "镇工会主席", Role.TOWNSHIP, town),
        ("chair", "李秀兰", "工会主席", Role.CHAIR, chair.union),
        ("kuaiji", "何敏", "工会会计", Role.FINANCE, chair.union),
        ("chuna", "吕洁", "工会出纳", Role.CASHIER, chair.union),
        ("caiwu", "高远", "财务部部长", Role.FINANCE_HEAD, CITY_CODE),
        ("zhendi", "马晓燕", "服务中心管理员", Role.STEWARD, CITY_CODE),
        ("xinli", "沈宁", "心理咨询师", Role.COUNSELLOR, CITY_CODE),
        ("organiser", "周海峰", "工建指导员", Role.ORGANISER, town),
        ("auditor", "吴静", "经审委员", Role.AUDITOR, CITY_CODE),
        ("sysadmin", "郑明", "系统管理员", Role.SYSADMIN, ""),
        ("secadmin", "王芳", "安全管理员", Role.SECADMIN, ""),
        ("auditadmin", "冯磊", "审计管理员", Role.AUDITADMIN, ""),
    ]
    made = []
    for login, name, title, role, code in wanted:
        user = officers.demo_officer(
            actor=actor, username=login, name=name, password=settings.DEMO_PASSWORD, totp_seed=seed_of(login, plan), title=title
        )
        org = unions.union_of_code(code) if code else None
        grants.grant_give(
            actor=actor, user=user, role=role, org_path=org.path if org else "", org_name=org.name if org else "全部", reason="演示账号"
        )
        made.append(
            {"role": role.label, "login": login, "password": settings.DEMO_PASSWORD, "note": f"{name}，{org.name if org else '全平台'}"}
        )
    return made


def _worker(plan: Plan, city: City) -> dict[str, Any]:
    """The first member of the city's first employer signs in with the phone number of the roster."""
    return {"role": "职工", "login": names.phone(0), "password": "短信验证码", "note": "验证码见短信页；/m/"}
