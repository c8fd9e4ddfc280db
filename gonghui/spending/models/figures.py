"""Local figures the rule base does not hold (当地标准): entered with their source, by place and date."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.spending.enums import FigureKind


class LocalFigure(models.Model):
    """An amount of a place, valid by date (当地标准), kept by a union for itself and all below."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="录入的工会")
    kind = models.CharField("标准", max_length=24, choices=partial(labels, FigureKind))
    area = models.CharField("适用区划", max_length=6, help_text="六位区划代码，标准适用的地方")
    amount_fen = models.BigIntegerField("金额（分）")
    since = models.DateField("起")
    until = models.DateField("止（含）", null=True, blank=True)
    source = models.CharField("依据", max_length=120)
    made_by = models.CharField("录入人", max_length=60)
    made_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = verbose_name_plural = "当地标准"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "kind", "area", "since"], name="spe_figure_once", violation_error_message="同一天起的标准已经录入。"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="spe_figure_dates",
                violation_error_message="失效日期不能早于生效日期。",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="spe_figure_positive", violation_error_message="金额要大于零。"),
        ]
