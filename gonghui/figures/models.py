"""Roll-ups and reports (汇总与报表)."""

from __future__ import annotations

from django.db import models


class Roll(models.Model):
    """Net change of one count on one day in the subtree of one union (汇总): a figure as of D is the sum up to D.

    Written only by `services.post`, folded at every ancestor in the writer's own transaction.
    """

    pk = models.CompositePrimaryKey("union", "key", "day")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会", db_index=False)
    key = models.CharField("计数项", max_length=48)
    day = models.DateField("日期")
    n = models.BigIntegerField("净增减")

    class Meta:
        verbose_name = verbose_name_plural = "汇总"
