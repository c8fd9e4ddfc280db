"""Rosters, comparisons, activists, further notes (花名册、比对、积极分子、职工动态)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.members.enums import DiffClass, DiffState, NoteKind, RosterKind


class RosterSnapshot(models.Model):
    """A frozen roster (花名册快照): what an election or an inspection counted. Never changed (trigger in migration 0002)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    kind = models.CharField("种类", max_length=10, choices=partial(labels, RosterKind))
    as_of = models.DateField("截止日期")
    purpose = models.CharField("用途", max_length=120)
    rows = models.JSONField("名单", help_text="不含证件号和手机号")
    count = models.PositiveIntegerField("人数")
    hash = models.CharField("校验值", max_length=64)
    actor = models.CharField("制作人", max_length=40)
    made_at = models.DateTimeField("制作时间")

    class Meta:
        verbose_name = verbose_name_plural = "花名册快照"
        indexes = [models.Index(fields=["union", "kind", "as_of"], name="snapshot_union")]


class Comparison(models.Model):
    """A comparison of two rosters (名册比对, S041): a list from paper, file or payroll against the register."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    name = models.CharField("名称", max_length=80)
    origin = models.CharField("对照名单来源", max_length=16, help_text="paper 纸质、file 电子、payroll 工资表")
    as_of = models.DateField("核对日期")
    listed = models.PositiveIntegerField("名单人数")
    registered = models.PositiveIntegerField("登记会员人数")
    after = models.PositiveIntegerField("清理后会员人数", null=True, blank=True)
    file_hash = models.CharField("文件校验值", max_length=64, blank=True)
    actor = models.CharField("经办", max_length=40)
    made_at = models.DateTimeField("时间")
    signed_on = models.DateField("签认日期", null=True, blank=True)
    signed_by = models.CharField("签认人", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名册比对"

    def __str__(self) -> str:
        return self.name


class Difference(models.Model):
    """One person in a comparison (比对结果). Matches are kept too, so that the counts add up."""

    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="differences", verbose_name="比对")
    row_no = models.PositiveIntegerField("名单行号", null=True, blank=True)
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记的人")
    name = models.CharField("姓名", max_length=60)
    id_mask = models.CharField("证件号（脱敏）", max_length=24, blank=True)
    verdict = models.CharField("结论", max_length=10, choices=partial(labels, DiffClass))
    why = models.CharField("说明", max_length=160, blank=True)
    state = models.CharField("处理", max_length=6, choices=partial(labels, DiffState), default=DiffState.OPEN)
    handled_by = models.CharField("处理人", max_length=40, blank=True)
    handled_on = models.DateField("处理日期", null=True, blank=True)
    handled_note = models.CharField("处理说明", max_length=160, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "比对结果"
        indexes = [models.Index(fields=["comparison", "verdict", "state"], name="difference_list")]


class Activist(models.Model):
    """A union activist (工会积极分子, S050)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="activist_spells", verbose_name="积极分子")
    skills = models.CharField("特长", max_length=120, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "积极分子"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "person"],
                condition=Q(until__isnull=True),
                name="activist_once",
                violation_error_message="这个人已经是本工会的积极分子。",
            )
        ]


class ActivistDeed(models.Model):
    """What an activist did (积极分子工作记录): task and hours; the annual rating is an entry of its year."""

    activist = models.ForeignKey(Activist, models.PROTECT, related_name="deeds", verbose_name="积极分子")
    on = models.DateField("日期")
    task = models.CharField("工作", max_length=120)
    minutes = models.PositiveIntegerField("用时（分钟）", default=0)
    rating_year = models.PositiveSmallIntegerField("考评年度", null=True, blank=True)
    rating = models.CharField("考评", max_length=12, blank=True)
    actor = models.CharField("登记人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "积极分子工作"
        constraints = [
            models.UniqueConstraint(
                fields=["activist", "rating_year"],
                condition=Q(rating_year__isnull=False),
                name="rating_once",
                violation_error_message="这个年度已经考评过。",
            )
        ]


class WorkerNote(models.Model):
    """A further entry of a worker's timeline (职工动态, S051). Medical results are never stored, only that a check took place."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="notes", verbose_name="职工")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="登记工会")
    kind = models.CharField("种类", max_length=8, choices=partial(labels, NoteKind))
    on = models.DateField("日期")
    text = models.CharField("内容", max_length=160)
    actor = models.CharField("登记人", max_length=40)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "职工动态"
        indexes = [models.Index(fields=["person", "on"], name="note_person")]
