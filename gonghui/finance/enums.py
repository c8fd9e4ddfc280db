"""Words of finance (工会账务)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class BookKind(models.TextChoices):
    """What a book is for (账套用途)."""

    REAL = "real", "正式账套"
    PRACTICE = "practice", "练习账套"


class Level(models.TextChoices):
    """Which chart a union uses (会计科目表)."""

    BASIC = "basic", "基层工会"
    COUNTY = "county", "县级以上工会"


class VoucherState(models.TextChoices):
    """Life of a voucher (凭证状态)."""

    DRAFT = "draft", "待审核"
    CHECKED = "checked", "待记账"
    POSTED = "posted", "已记账"
    DROPPED = "dropped", "已作废"

    @property
    def tone(self) -> str:
        return {"draft": "warn", "checked": "info", "posted": "ok", "dropped": "line"}[self.value]


class VoucherKind(models.TextChoices):
    """Kind of voucher (凭证种类)."""

    NORMAL = "normal", "日常"
    OPENING = "opening", "期初"
    TRANSITION = "transition", "新旧衔接"
    DEPRECIATION = "depreciation", "折旧"
    CLOSING = "closing", "年终结转"
    REVERSAL = "reversal", "冲销"


class Stream(models.TextChoices):
    """Which figure a posting belongs to (发生性质): openings and year-end transfers are kept apart from what happened."""

    OPENING = "o", "期初与衔接"
    NORMAL = "n", "发生"
    CLOSING = "c", "年终结转"


class PeriodState(models.TextChoices):
    """State of a month (会计期间)."""

    OPEN = "open", "未结账"
    CLOSED = "closed", "已结账"

    @property
    def tone(self) -> str:
        return "ok" if self.value == "closed" else "info"


class OverrideState(models.TextChoices):
    """An exception to a finding (例外)."""

    ASKED = "asked", "待批准"
    GRANTED = "granted", "已批准"
    REFUSED = "refused", "未批准"
    VOID = "void", "内容改动，已失效"

    @property
    def tone(self) -> str:
        return {"asked": "warn", "granted": "ok", "refused": "bad", "void": "line"}[self.value]


class AccountClass(models.TextChoices):
    """Class of an account (科目类别)."""

    ASSET = "asset", "资产"
    LIABILITY = "liability", "负债"
    NET = "net", "净资产"
    INCOME = "income", "收入"
    EXPENSE = "expense", "支出"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    BOOK_VIEW = "finance.book.view"
    BOOK_OPEN = "finance.book.open"
    BOOK_EXPORT = "finance.book.export"
    VOUCHER_MAKE = "finance.voucher.make"
    VOUCHER_CHECK = "finance.voucher.check"
    VOUCHER_POST = "finance.voucher.post"
    VOUCHER_REVERSE = "finance.voucher.reverse"
    FINDING_OVERRIDE = "finance.finding.override"
    PERIOD_CLOSE = "finance.period.close"
    PERIOD_REOPEN = "finance.period.reopen"
    PRACTICE = "finance.practice"
