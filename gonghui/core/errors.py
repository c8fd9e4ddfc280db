"""The refusals of the platform (业务错误): one family, three front doors.

`core.middleware.RefusalMiddleware` maps them to a page, an HTMX partial or JSON; `core.cli.Command` maps them to a
message on stderr and an exit code. A message states the fact, the ground and the next step in Chinese and ends in 。
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A named refusal (拒绝).

    Args: code: stable name, tested; message: Chinese sentence for a person; facts: plain data behind it.
    """

    status = 400

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.facts = code, message, facts

    def as_dict(self) -> dict[str, Any]:
        """The JSON form shown by API and command line."""
        return {"code": self.code, "message": self.message, "facts": self.facts}


class BadInput(Refusal):
    """Input that cannot be read (输入有误), 422. `errors` lists row, field, reason and next step."""

    status = 422

    def __init__(self, code: str, message: str, *, errors: list[dict[str, Any]] | None = None, **facts: Any) -> None:
        super().__init__(code, message, **facts)
        self.errors = errors or []

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "errors": self.errors}


class RuleViolation(Refusal):
    """Against a rule (违反规则), 422. `decision` is the key of the slip that explains it, if one was stored."""

    status = 422

    def __init__(self, code: str, message: str, *, decision: str | None = None, **facts: Any) -> None:
        super().__init__(code, message, **facts)
        self.decision = decision


class NotPermitted(Refusal):
    """The actor may not do this (没有权限), 403."""

    status = 403


class NotFound(Refusal):
    """Absent, or outside the actor's scope (没找到), 404: the two look alike."""

    status = 404

    def __init__(self, code: str = "core.not_found", message: str = "没找到。可能不存在，或不在您管理的范围内。", **facts: Any) -> None:
        super().__init__(code, message, **facts)


class Conflict(Refusal):
    """Somebody was faster, or the thing is not in this state any more (状态冲突), 409."""

    status = 409


class TooMany(Refusal):
    """Too many requests (操作太频繁), 429. `retry_after` in seconds."""

    status = 429

    def __init__(self, code: str, message: str, *, retry_after: int, **facts: Any) -> None:
        super().__init__(code, message, **facts)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """The store or a gateway does not answer in time (暂时不可用), 503."""

    status = 503

    def __init__(
        self,
        code: str = "core.busy",
        message: str = "系统正忙，您填的内容没有丢。请过几秒再试一次。",
        *,
        retry_after: int = 5,
        **facts: Any,
    ) -> None:
        super().__init__(code, message, **facts)
        self.retry_after = retry_after
