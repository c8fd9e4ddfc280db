"""The practice book's exercises (练习账套)."""

from __future__ import annotations

from django.db import models

from gonghui.finance.models.books import Book


class PracticeTry(models.Model):
    """One answer to a practice case (练习记录)."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="tries", verbose_name="练习账套")
    case = models.CharField("题目", max_length=40)
    user_id = models.BigIntegerField("账号")
    right = models.BooleanField("做对了")
    answer = models.JSONField("答案", default=dict)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "练习记录"
        indexes = [models.Index(fields=["book", "user_id", "case"], name="practice_try")]
