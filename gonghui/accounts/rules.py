"""Pure rules of sign-in (登录规则): passwords, one-time codes, life of a session. Source: assurance §5.2 bars 9–12."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.contrib.auth.password_validation import CommonPasswordValidator

from gonghui.accounts.limits import Limit

PASSWORD_LEAST, PASSWORD_MOST = 12, 128
PASSWORD_AGE = timedelta(days=90)
PASSWORDS_KEPT = 5
STEP_SECONDS = 30
SECRET_BYTES = 20
RECOVERY_CODES = 10
CODE_DIGITS, CODE_TRIES, CODE_LIFE = 6, 5, timedelta(minutes=5)
STEP_UP = timedelta(minutes=5)
PENDING = timedelta(minutes=10)
IDLE = {"officer": timedelta(minutes=15), "worker": timedelta(minutes=30)}
ABSOLUTE = {"officer": timedelta(hours=8), "worker": timedelta(hours=12)}
SEEN_EVERY = timedelta(seconds=30)
WORDS_FILE = Path(__file__).parent / "data" / "password_words.txt"

BY_ACCOUNT = Limit("signin.account", 5, timedelta(minutes=15))
BY_DEVICE = Limit("signin.device", 5, timedelta(minutes=15))
BY_NETWORK = Limit("signin.network", 100, timedelta(minutes=15), growing=True)
BY_FACTOR = Limit("signin.factor", 5, timedelta(minutes=15))
SMS_MINUTE = Limit("sms.minute", 1, timedelta(minutes=1))
SMS_DAY = Limit("sms.day", 5, timedelta(days=1))
SMS_NETWORK = Limit("sms.network", 1000, timedelta(hours=1))
SMS_ALL = Limit("sms.all", 20_000, timedelta(days=1))
SEARCH = Limit("search", 60, timedelta(minutes=1))
EXPORT = Limit("export", 20, timedelta(hours=1))
UPLOAD = Limit("upload", 60, timedelta(hours=1))

_LEET = str.maketrans("013457@$!", "oieastasi")
_EDGES = re.compile(r"^[\d\W_]+|[\d\W_]+$")
_CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d]")


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Passwords and words everybody tries first: Django's list of 20,000 and ours of the trade and of Chinese habits."""
    django_list = Path(str(CommonPasswordValidator().DEFAULT_PASSWORD_LIST_PATH))
    with gzip.open(django_list, "rt", encoding="utf-8") as file:
        found = {line.strip().lower() for line in file}
    lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(found | {line.strip().lower() for line in lines if line.strip() and not line.startswith("#")})


def password_faults(password: str, policy: str, personal: Iterable[str] = ()) -> list[str]:
    """What is wrong with a new password, as sentences (口令检查). Args: policy `asvs` or `djbh3`; personal name, login name, phone."""
    if len(password) < PASSWORD_LEAST:
        return [f"口令至少 {PASSWORD_LEAST} 个字，这里是 {len(password)} 个。可以用一句好记的话。"]
    if len(password) > PASSWORD_MOST:
        return [f"口令最多 {PASSWORD_MOST} 个字，这里是 {len(password)} 个。"]
    found = []
    if _is_common(password):
        found.append("这个口令太常见，别人第一个就会试它。请换一句只有您知道的话。")
    if _has_personal(password, personal):
        found.append("口令里不要放姓名、登录名或手机号，请换一个。")
    if policy == "djbh3" and (kinds := sum(bool(re.search(c, password)) for c in _CLASSES)) < 3:
        found.append(f"口令要有大写字母、小写字母、数字、符号中的 3 类，这里有 {kinds} 类。")
    return found


def _is_common(password: str) -> bool:
    low = password.lower()
    forms = {low, low.translate(_LEET), _EDGES.sub("", low), _EDGES.sub("", low.translate(_LEET)), _EDGES.sub("", low).translate(_LEET)}
    if forms & common_words() or len(set(low)) < 5 or "" in forms:
        return True
    return any(len(low) % n == 0 and low == low[:n] * (len(low) // n) for n in range(1, len(low) // 2 + 1)) or _is_run(low)


def _is_run(low: str) -> bool:
    """`abcdefghijkl`, `987654321098`, a row of the keyboard."""
    steps = {(ord(b) - ord(a)) % 10 if a.isdigit() and b.isdigit() else ord(b) - ord(a) for a, b in pairwise(low)}
    return len(steps) == 1


def _has_personal(password: str, personal: Iterable[str]) -> bool:
    low = password.lower()
    for word in personal:
        word = word.strip().lower()
        if len(word) >= (2 if not word.isascii() else 4) and word in low:
            return True
    return False


def remembers(policy: str) -> bool:
    """Does the policy refuse the last five passwords?"""
    return policy == "djbh3"


def password_expired(changed_days: int | None, policy: str) -> bool:
    """Policy djbh3 asks for a change every 90 days; asvs never (F9)."""
    return policy == "djbh3" and (changed_days is None or changed_days >= PASSWORD_AGE.days)


def step_of(timestamp: float) -> int:
    """Number of the 30-second step."""
    return int(timestamp) // STEP_SECONDS


def totp(secret: bytes, step: int) -> str:
    """The code of one step (RFC 6238, SHA-1, six digits)."""
    return HOTP(secret, 6, SHA1(), enforce_key_length=False).generate(step).decode()  # noqa: S303  # the RFC's own hash


def totp_step(secret: bytes, code: str, now: int) -> int | None:
    """Which step a code belongs to: this one, the one before or the next (clock slack); None when it is wrong."""
    checker = HOTP(secret, 6, SHA1(), enforce_key_length=False)  # noqa: S303  # the RFC's own hash
    match = None
    for step in (now - 1, now, now + 1):
        try:
            checker.verify(code.encode(), step)
            match = step
        except InvalidToken:
            continue
    return match
