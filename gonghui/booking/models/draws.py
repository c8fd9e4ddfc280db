"""Draws and quizzes (抽签、答题)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.booking.enums import DrawState
from gonghui.booking.models.bookings import Booking
from gonghui.booking.models.items import Item, Session
from gonghui.core.choices import labels


class Draw(models.Model):
    """A draw with a committed seed (抽签): the fingerprint is published before closing, the seed afterwards."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="draws", verbose_name="场次")
    state = models.CharField("状态", max_length=10, choices=partial(labels, DrawState), default=DrawState.COMMITTED)
    algorithm = models.CharField("算法", max_length=24, default="gonghui-draw-1")
    places = models.PositiveIntegerField("名额")
    terms = models.JSONField("开奖条件", default=dict, help_text="公布指纹时定下：标题、预留名额")
    seed_hash = models.CharField("种子指纹", max_length=64)
    seed_sealed = models.BinaryField("种子密文", null=True, blank=True)
    seed = models.CharField("种子", max_length=128, blank=True, help_text="开奖时公布")
    list_digest = models.CharField("名单指纹", max_length=64, blank=True)
    committed_at = models.DateTimeField("公布指纹时间")
    closes_at = models.DateTimeField("截止报名")
    closed_at = models.DateTimeField("名单公布时间", null=True, blank=True)
    revealed_at = models.DateTimeField("开奖时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "抽签"
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=~Q(state="void"), name="bk_draw_one_live", violation_error_message="这个场次已有抽签。"
            ),
        ]

    @property
    def org_path(self) -> str:
        """Whose scope it falls in."""
        return self.session.item.union.path


class DrawEntry(models.Model):
    """A member in a draw (抽签报名). `alias` is the published pseudonym."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entries", verbose_name="抽签")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="draw_entries", verbose_name="会员")
    alias = models.CharField("公示编号", max_length=24)
    priority = models.PositiveSmallIntegerField("公平级别", default=1)
    facts = models.JSONField("当时的资格", default=dict)
    entered_at = models.DateTimeField("报名时间")
    left_at = models.DateTimeField("退出时间", null=True, blank=True)
    rank = models.PositiveIntegerField("名次", null=True, blank=True)
    won = models.BooleanField("中签", null=True, blank=True)
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="drawn", verbose_name="预约")

    class Meta:
        verbose_name = verbose_name_plural = "抽签报名"
        constraints = [
            models.UniqueConstraint(fields=["draw", "person"], name="bk_draw_entry_once", violation_error_message="您已经报名。"),
            models.UniqueConstraint(fields=["draw", "alias"], name="bk_draw_alias_once"),
        ]


class Question(models.Model):
    """A quiz question of an item (题目)."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="questions", verbose_name="项目")
    text = models.CharField("题目", max_length=300)
    options = models.JSONField("选项", default=list)
    answer = models.PositiveSmallIntegerField("答案（从 0 数）")
    active = models.BooleanField("使用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "题目"

    @property
    def org_path(self) -> str:
        """Whose scope it falls in."""
        return self.item.union.path


class QuizTry(models.Model):
    """One try at the quiz (答题记录)."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="tries", verbose_name="项目")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="quiz_tries", verbose_name="会员")
    day = models.DateField("日期")
    number = models.PositiveSmallIntegerField("第几次")
    asked = models.JSONField("题号", default=list)
    answers = models.JSONField("作答", default=list)
    right = models.PositiveSmallIntegerField("答对", default=0)
    passed = models.BooleanField("过关", default=False)
    started_at = models.DateTimeField("开始时间")
    done_at = models.DateTimeField("交卷时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "答题记录"
        constraints = [
            models.UniqueConstraint(fields=["item", "person", "day", "number"], name="bk_quiz_try_once"),
        ]
