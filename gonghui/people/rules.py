"""Identity documents, phones and what they tell (证件与手机号规则). Pure functions; no number is ever guessed.

The check digit alone decides "校验通过" or "未核验" (MEM-04): a real person is never refused for an area code or a year of
birth. Source: GB 11643-1999 (IDN-1…4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from gonghui.people.enums import IdCheck, IdKind, Sex

FULL_WIDTH = {i: i - 0xFEE0 for i in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SCIENTIFIC = re.compile(r"^[+-]?\d+(\.\d+)?[eE][+-]?\d+$")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
HOME_RETURN = ("81", "82", "83")
REVEALS_PER_HOUR = 30
"""Security bar R3 of the assurance file: further persons within an hour ask for a second factor."""
REASON_LEAST = 4
"""Security bar R1: characters of the reason."""


@dataclass(frozen=True)
class IdRead:
    """A document number as understood (证件号解读): `problem` stops it, `warnings` only tell."""

    number: str
    kind: IdKind
    check: IdCheck = IdCheck.UNVERIFIED
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None
    problem: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """Half-width, without invisible characters, outer spaces and the apostrophe Excel keeps before numbers."""
    return INVISIBLE.sub("", text.translate(FULL_WIDTH)).strip().lstrip("'’‘`").strip()


def tidy_number(text: str) -> str:
    """A number as people type it: also without inner spaces, dots and dashes, X in upper case."""
    return re.sub(r"[\s\-－—·.]", "", tidy(text)).upper()


def check_digit(first17: str) -> str:
    """Check character of the first 17 digits. Source: IDN-1."""
    return CHECKS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def upgrade(old: str) -> str:
    """The 18-character form of an old 15-digit number. Source: IDN-2."""
    first17 = old[:6] + "19" + old[6:]
    return first17 + check_digit(first17)


def resident_read(text: str, today: date, areas: frozenset[str] = frozenset()) -> IdRead:
    """An 18- or 15-character number (居民身份证、港澳台居住证).

    Args: areas: known area codes, current and withdrawn; unknown ones only warn, as do odd dates of birth.
    """
    shown = tidy(text)
    if SCIENTIFIC.match(shown):
        return IdRead("", IdKind.RESIDENT, problem="scientific", message="Excel 把长号码变成了科学计数，原号码已丢，请照身份证重填。")
    number, warnings = tidy_number(text), []
    if re.fullmatch(r"\d{15}", number):
        number = upgrade(number)
        warnings.append("old15")
    if len(number) != 18:
        extra = "；X 只能在最后一位" if "X" in number[:-1] else ""
        return IdRead(number, IdKind.RESIDENT, problem="length", message=f"这里有 {len(number)} 位，应为 18 位{extra}。请照身份证改好。")
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return IdRead(number, IdKind.RESIDENT, problem="characters", message="前 17 位只能是数字，X 只能在最后一位。请照身份证改好。")
    kind = IdKind.HK_MO_TW if number[:2] in HOME_RETURN and number[2:6] == "0000" else IdKind.RESIDENT
    check = IdCheck.OK if number[-1] == check_digit(number[:17]) else IdCheck.UNVERIFIED
    if check is IdCheck.UNVERIFIED:
        warnings.append("check_digit")
    birth = _date(number[6:14])
    if birth is None or not date(1900, 1, 1) <= birth <= today:
        warnings.append("birth")
        birth = None
    if areas and number[:6] not in areas and number[:2] + "0000" not in areas:
        warnings.append("area")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdRead(number, kind, check, sex, birth, warnings=tuple(warnings))


def other_read(kind: IdKind, text: str) -> IdRead:
    """Passport or permanent residence card: letters and digits, no public check digit (IDN-4), so unverified."""
    number = tidy_number(text)
    if not re.fullmatch(r"[A-Z0-9]{5,20}", number):
        return IdRead(
            number,
            kind,
            problem="characters",
            message=f"{kind.label}号码只能是 5 至 20 位字母和数字，这里有 {len(number)} 位。请照证件改好。",
        )
    return IdRead(number, kind)


def id_read(kind: IdKind, text: str, today: date, areas: frozenset[str] = frozenset()) -> IdRead:
    """Any document (证件). An empty number is a person without one."""
    if not tidy(text):
        return IdRead("", IdKind.NONE)
    if kind in (IdKind.RESIDENT, IdKind.HK_MO_TW, IdKind.NONE):
        return resident_read(text, today, areas)
    return other_read(kind, text)


def phone_read(text: str) -> tuple[str, str]:
    """A mobile number: (digits, message); the message is empty when it reads."""
    shown = tidy(text)
    if SCIENTIFIC.match(shown):
        return "", "Excel 把手机号变成了科学计数，请重填 11 位手机号。"
    digits = re.sub(r"[\s\-－—]", "", shown)
    digits = re.sub(r"^(\+?86|0086)(?=1\d{10}$)", "", digits)
    if not digits:
        return "", ""
    if not re.fullmatch(r"[0-9]+", digits):
        return "", "手机号只有数字，请去掉其他字符。"
    if gap := len(digits) - 11:
        return "", f"手机号是 11 位，这里{'多' if gap > 0 else '少'} {abs(gap)} 位。"
    return (digits, "") if digits[0] == "1" else ("", "手机号以 1 开头，请核对第一位。")


def disagreements(read: IdRead, sex: str, birth_date: date | None) -> tuple[str, ...]:
    """What the document says otherwise than the form (MEM-04): `sex`, `birth_date`. It flags, it never refuses."""
    found = []
    if read.sex != Sex.UNKNOWN and sex in (Sex.MALE, Sex.FEMALE) and read.sex != sex:
        found.append("sex")
    if read.birth_date and birth_date and read.birth_date != birth_date:
        found.append("birth_date")
    return tuple(found)


def twin_reasons(name_same: bool, phone_same: bool, sex_same: bool, born_same: bool, unverified: int) -> list[str]:
    """What speaks for one person, in words (疑似重复的理由)."""
    said = ["姓名相同"] * name_same + ["手机号相同"] * phone_same + ["性别相同"] * sex_same + ["出生日期相同"] * born_same
    return [*said, "两条的证件都未核验" if unverified == 2 else "其中一条的证件未核验"]


def name_read(text: str) -> tuple[str, str]:
    """A person's name, exactly as written but for outer spaces and invisible marks: (name, message)."""
    name = INVISIBLE.sub("", text).strip().strip("\u3000")
    if not name:
        return "", "姓名没有填。请填写姓名。"
    if any("\ud800" <= c <= "\udfff" for c in name):
        return "", "姓名里有无法保存的字符。请重新输入这个字。"
    if len(name) > 60:
        return "", f"姓名最多 60 个字，这里有 {len(name)} 个。请核对是否填错了列。"
    return name, ""


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
