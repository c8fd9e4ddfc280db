"""Finance and audit training and exchange (财务经审培训沟通会)."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.db import models

from gonghui.core import clock
from gonghui.core.choices import labels
from gonghui.oversight.enums import ClassState


class TrainingClass(models.Model):
    """A class on finance (培训沟通会). `parent` is the class it passes on."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="主办工会")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="传达自")
    title = models.CharField("名称", max_length=80)
    on = models.DateField("日期")
    place = models.CharField("地点", max_length=80)
    state = models.CharField("状态", max_length=8, choices=partial(labels, ClassState), default=ClassState.PLANNED)
    people = models.PositiveIntegerField("到会人数", default=0)
    by = models.CharField("登记人", max_length=60)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "财务经审培训会"

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        return ClassState(self.state).tone


class AgendaItem(models.Model):
    """One topic (议程), with how often it was asked or found."""

    klass = models.ForeignKey(TrainingClass, models.CASCADE, related_name="agenda", verbose_name="培训会")
    n = models.PositiveSmallIntegerField("次序")
    rule = models.CharField("规则", max_length=80)
    words = models.CharField("议题", max_length=120)
    asked = models.PositiveIntegerField("提问次数", default=0)
    found = models.PositiveIntegerField("审计发现次数", default=0)
    refused = models.PositiveIntegerField("计划没有通过次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "培训议程"
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["klass", "rule"], name="ove_agenda_once")]


class ClassUnion(models.Model):
    """A union invited to a class (参会工会): did it come, and did it pass the class on."""

    klass = models.ForeignKey(TrainingClass, models.CASCADE, related_name="invited", verbose_name="培训会")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="参会工会")
    people = models.PositiveIntegerField("到会人数", null=True, blank=True)
    cascade_due_on = models.DateField("传达期限", null=True, blank=True)
    passed_on = models.ForeignKey(TrainingClass, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="传达的培训会")

    class Meta:
        verbose_name = verbose_name_plural = "参会工会"
        constraints = [models.UniqueConstraint(fields=["klass", "union"], name="ove_classunion_once")]

    @property
    def late(self) -> bool:
        """Should have passed it on by now."""
        due: date | None = self.cascade_due_on
        return due is not None and due < clock.today() and (self.passed_on is None or self.passed_on.state != ClassState.HELD)
