"""Texts of the SMS (短信模板): one text per key, placeholders named; apps above may add theirs with `register`."""

from __future__ import annotations

from string import Formatter

_texts: dict[str, str] = {}
_secret: set[str] = set()


def register(key: str, text: str, *, secret: bool = False) -> None:
    """Add a template `app.noun`. `secret` texts carry a code: their parameters are wiped once handed over."""
    if _texts.setdefault(key, text) != text:
        raise ValueError(f"短信模板重复：{key}")
    if secret:
        _secret.add(key)


def render(key: str, params: dict[str, str]) -> str:
    """The text. Raises LookupError for an unknown template, ValueError for missing or superfluous parameters."""
    if key not in _texts:
        raise LookupError(f"没有登记的短信模板：{key}")
    wanted = {name for _text, name, _spec, _conv in Formatter().parse(_texts[key]) if name}
    if wanted != set(params):
        raise ValueError(f"模板 {key} 需要 {sorted(wanted)}，给了 {sorted(params)}")
    return _texts[key].format(**params)


def is_secret(key: str) -> bool:
    """Does the template carry a code?"""
    return key in _secret


def secret() -> list[str]:
    """Templates that carry a code."""
    return sorted(_secret)


register("accounts.code", "【工会】验证码 {code}，{minutes} 分钟内有效。工作人员不会向您要验证码。", secret=True)
register("notices.plain", "【工会】{text}")
