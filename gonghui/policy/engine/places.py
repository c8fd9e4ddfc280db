"""Jurisdictions (适用地区): GB/T 2260 codes and their chain, from the nation to the place."""

from __future__ import annotations

import re

from gonghui.policy.engine.records import FactError

NATION = "000000"
NAMES = {
    "000000": "全国", "110000": "北京", "120000": "天津", "130000": "河北", "140000": "山西", "150000": "内蒙古", "210000": "辽宁",
    "220000": "吉林", "230000": "黑龙江", "310000": "上海", "320000": "江苏", "330000": "浙江", "340000": "安徽", "350000": "福建",
    "360000": "江西", "370000": "山东", "410000": "河南", "420000": "湖北", "430000": "湖南", "440000": "广东", "450000": "广西",
    "460000": "海南", "500000": "重庆", "510000": "四川", "520000": "贵州", "530000": "云南", "540000": "西藏", "610000": "陕西",
    "620000": "甘肃", "630000": "青海", "640000": "宁夏", "650000": "新疆", "440300": "深圳",
    "350200": "厦门", "433122": "湖南泸溪", "610200": "陕西铜川",
}  # fmt: skip


def code(at: str) -> str:
    """A region as 6 digits: `37` → `370000`, a town code of 9 or 12 digits → its county. Raises FactError."""
    text = str(at).strip()
    if text.upper() in ("CN", "0", ""):
        return NATION
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", text):
        raise FactError(f"地区代码 {text} 不对，应是 2、4、6、9 或 12 位数字（GB/T 2260），全国写 000000。")
    return text[:6].ljust(6, "0")


def chain(at: str) -> tuple[str, ...]:
    """Nation, province, city, district, each once."""
    full = code(at)
    out = [NATION]
    for length in (2, 4, 6):
        step = full[:length].ljust(6, "0")
        if step not in out:
            out.append(step)
    return tuple(out)


def name(at: str) -> str:
    """Name of a place where known, else its code."""
    return NAMES.get(at) or at
