"""Pure rules of the union tree (组织树): places, kinds, who may stand under whom."""

from __future__ import annotations

from dataclasses import dataclass

from gonghui.orgs.enums import CoverageForm, JointForm, Mode, UnionKind

LEVEL = 4
MOST_LEVELS = 20
ROOT_PATH = "0001"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

TERRITORIAL = frozenset(
    {UnionKind.CITY, UnionKind.COUNTY, UnionKind.TOWNSHIP, UnionKind.TOWNSHIP_FEDERATION, UnionKind.ZONE, UnionKind.VILLAGE}
)
"""Unions of a territory: they answer for employers nobody else covers (属地工会)."""

FEDERATIONS = frozenset({UnionKind.VILLAGE_FEDERATION, UnionKind.REGIONAL, UnionKind.INDUSTRY, UnionKind.CITY_INDUSTRIAL, UnionKind.GROUP})
"""Unions that stand over other unions and cover employers (联合会、产业、集团)."""

OWN = frozenset(
    {
        UnionKind.ENTERPRISE,
        UnionKind.DIRECT,
        UnionKind.SCHOOL,
        UnionKind.ORGAN,
        UnionKind.COOPERATIVE,
        UnionKind.CREDIT_UNION,
        UnionKind.GROUP,
        UnionKind.BRANCH,
    }
)
"""Kinds that can be an employer's own union (本单位工会)."""

INNER = frozenset({UnionKind.WORKSHOP, UnionKind.SUB_BRANCH, UnionKind.PROJECT, UnionKind.ORGANISER})
"""Kinds inside or beside an employer's union; they cover no employer of their own."""

JOINT = frozenset({UnionKind.JOINT, UnionKind.HERDER})
GRASSROOTS = OWN | INNER | JOINT
"""基层工会."""

COVERS: dict[str, str] = {
    UnionKind.REGIONAL: CoverageForm.REGIONAL,
    UnionKind.VILLAGE_FEDERATION: CoverageForm.REGIONAL,
    UnionKind.INDUSTRY: CoverageForm.INDUSTRY,
    UnionKind.CITY_INDUSTRIAL: CoverageForm.SYSTEM,
    UnionKind.HERDER: CoverageForm.JOINT1,
}

NAMING: dict[str, str] = {
    JointForm.COMMUNITY: "××社区（村、居）工会委员会",
    JointForm.BUILDING: "××（大楼）工会委员会",
    JointForm.STREET: "××街工会委员会",
    JointForm.PROJECT: "××项目部工会委员会",
    JointForm.MARKET: "××市场工会委员会",
    JointForm.REGIONAL_INDUSTRY: "××行业工会委员会",
    JointForm.PARK: "××园区工会委员会",
}
"""Naming pattern by joint form, inventory §4.2."""

NAME_HINTS: dict[str, tuple[str, ...]] = {
    JointForm.COMMUNITY: ("社区", "村", "居"),
    JointForm.BUILDING: ("大楼", "大厦", "楼宇", "楼", "中心"),
    JointForm.STREET: ("街", "路"),
    JointForm.PROJECT: ("项目",),
    JointForm.MARKET: ("市场", "商场", "商城"),
    JointForm.REGIONAL_INDUSTRY: ("行业", "业"),
    JointForm.PARK: ("园",),
}


def segment(number: int) -> str:
    """A child's place among its siblings, four base-36 characters."""
    if not 0 < number < 36**LEVEL:
        raise ValueError(f"子序号 {number} 超出四位三十六进制")
    digits = ""
    for _ in range(LEVEL):
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


def ancestors(path: str) -> list[str]:
    """Paths from the root down to and with the union itself."""
    return [path[:i] for i in range(LEVEL, len(path) + 1, LEVEL)]


def depth_of(path: str) -> int:
    return len(path) // LEVEL - 1


@dataclass(frozen=True)
class Fault:
    """A rule not met: stable code and the sentence for a person."""

    code: str
    message: str


def placement_fault(kind: str, parent_kind: str | None, parent_name: str) -> Fault | None:
    """May a union of this kind stand under that parent (上下级是否成立)?"""
    if parent_kind is None:
        return None
    upper, lower = UnionKind(parent_kind), UnionKind(kind)
    if upper in {UnionKind.ORGANISER, UnionKind.POOL}:
        return Fault("orgs.parent_kind", f"{parent_name}是{upper.label}，下面不能再设工会。请选别的上级工会。")
    if lower in TERRITORIAL and upper not in TERRITORIAL:
        return Fault("orgs.parent_kind", f"{lower.label}应隶属地方工会，{parent_name}是{upper.label}。请选地方工会作上级。")
    if lower in FEDERATIONS and upper in INNER | JOINT:
        return Fault("orgs.parent_kind", f"{lower.label}不能隶属{upper.label}。请选地方工会或企业集团工会作上级。")
    if lower in {UnionKind.WORKSHOP, UnionKind.SUB_BRANCH} and upper not in GRASSROOTS | FEDERATIONS:
        return Fault("orgs.parent_kind", f"{lower.label}设在基层工会下面，{parent_name}是{upper.label}。请选所在单位的工会。")
    return None


def form_fault(kind: str, form: str, name: str) -> Fault | None:
    """Does the joint form fit the kind and the name (联合形式与名称)? Source: inventory §4.2, S014."""
    if kind == UnionKind.JOINT and not form:
        return Fault("orgs.form_missing", "联合基层工会要选明是①至⑦哪一种形式。")
    if form and kind not in JOINT:
        return Fault("orgs.form_extra", f"{UnionKind(kind).label}不分联合形式，请清空这一项。")
    if kind == UnionKind.JOINT and not any(word in name for word in NAME_HINTS[form]):
        return Fault("orgs.form_name", f"{JointForm(form).label}的名称一般写作“{NAMING[form]}”，现在是“{name}”，请核对名称或形式。")
    return None


def mode_fault(mode: str, *, has_host: bool, target_mode: str, has_review: bool) -> Fault | None:
    """Is the formation mode complete (建会方式)? 挂靠 names a host, 过渡 a target and a review date. Source: S016."""
    if mode == Mode.AFFILIATED and not has_host:
        return Fault("orgs.host_missing", "挂靠建要写明挂靠在哪个工会。")
    if mode == Mode.TRANSITIONAL and not (target_mode and has_review):
        return Fault("orgs.target_missing", "过渡建要写明将来转为哪种方式、哪天复核。")
    if mode == Mode.TRANSITIONAL and target_mode == Mode.TRANSITIONAL:
        return Fault("orgs.target_missing", "过渡的目标不能还是过渡，请选单建、联建或挂靠建。")
    return None
