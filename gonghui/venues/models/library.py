"""The workers' library (职工书屋): titles, purchases, copies, loans."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.venues.enums import CopyState


class Book(models.Model):
    """A title in a library (书目)."""

    venue = models.ForeignKey("venues.Venue", models.PROTECT, related_name="books", verbose_name="书屋")
    title = models.CharField("书名", max_length=100)
    author = models.CharField("作者", max_length=60, blank=True)
    shelf = models.CharField("类别或架位", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "书目"
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "title", "author"], name="library_book_once", violation_error_message="这本书已在书目里。"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Purchase(models.Model):
    """A batch of books that came in (购书批次)."""

    venue = models.ForeignKey("venues.Venue", models.PROTECT, related_name="purchases", verbose_name="书屋")
    on = models.DateField("到书日期")
    amount_fen = models.BigIntegerField("金额")
    copies = models.PositiveIntegerField("册数")
    source = models.CharField("来源", max_length=80)
    actor = models.CharField("登记人", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "购书批次"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0, copies__gt=0),
                name="library_purchase_values",
                violation_error_message="册数要大于 0，金额不能为负。",
            )
        ]


class Copy(models.Model):
    """One copy (一册书)."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="copies", verbose_name="书目")
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="rows", verbose_name="购书批次")
    number = models.CharField("册号", max_length=24, unique=True)
    state = models.CharField("状态", max_length=6, choices=partial(labels, CopyState), default=CopyState.IN)

    class Meta:
        verbose_name = verbose_name_plural = "册"
        ordering = ["number"]
        indexes = [models.Index(fields=["book", "state"], name="library_copy_state")]


class Loan(models.Model):
    """A copy in somebody's hands (借阅). One copy has at most one loan that is not returned: the database refuses a second."""

    copy = models.ForeignKey(Copy, models.PROTECT, related_name="loans", verbose_name="册")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="借阅人")
    lent_on = models.DateField("借出日期")
    due_on = models.DateField("应还日期")
    renewals = models.PositiveSmallIntegerField("续借次数", default=0)
    ended_on = models.DateField("了结日期", null=True, blank=True)
    lost = models.BooleanField("遗失", default=False)
    reminded_on = models.DateField("催还日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "借阅"
        ordering = ["-lent_on", "-pk"]
        indexes = [
            models.Index(fields=["person", "ended_on"], name="library_loan_person"),
            models.Index(fields=["ended_on", "due_on"], name="library_loan_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["copy"], condition=Q(ended_on=None), name="library_loan_once", violation_error_message="这一册已经借出。"
            )
        ]
