"""What people thought afterwards (满意度). Source: R131; S183, S184, S186."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Satisfaction(models.Model):
    """Stars and words after a check or a match (体检活动评价), once each."""

    visit = models.OneToOneField(
        "services.HealthVisit", models.PROTECT, null=True, blank=True, related_name="satisfaction", verbose_name="体检预约"
    )
    entry = models.OneToOneField(
        "services.Entry", models.PROTECT, null=True, blank=True, related_name="satisfaction", verbose_name="参赛报名"
    )
    stars = models.PositiveSmallIntegerField("星级")
    words = models.CharField("意见", max_length=300, blank=True)
    at = models.DateTimeField("评价时间")
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by = models.CharField("答复人", max_length=40, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "体检活动评价"
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1) & Q(stars__lte=5), name="services_stars"),
            models.CheckConstraint(
                condition=Q(visit__isnull=False, entry=None) | Q(visit=None, entry__isnull=False), name="services_rated_one"
            ),
        ]

    @property
    def unit_path(self) -> str:
        """Where it lies in the tree."""
        row = self.visit.plan if self.visit is not None else self.entry.activity if self.entry is not None else None
        return str(row.union.path) if row is not None else ""
