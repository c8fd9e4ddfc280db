"""Words of the member services (普惠服务)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class CheckKind(models.TextChoices):
    """Which yearly check (体检种类)."""

    GENERAL = "general", "职工体检"
    WOMEN = "women", "女职工专项检查"


class PlanState(models.TextChoices):
    """Life of a health check plan (体检计划状态)."""

    DRAFT = "draft", "起草"
    OPEN = "open", "预约中"
    CLOSED = "closed", "已结束"


class VisitState(models.TextChoices):
    """Life of a place at a session (体检预约状态)."""

    BOOKED = "booked", "已预约"
    ATTENDED = "attended", "已到检"
    MISSED = "missed", "没有来"
    CANCELLED = "cancelled", "已取消"


LIVE = (VisitState.BOOKED, VisitState.ATTENDED)


class CareKind(models.TextChoices):
    """What was done for health besides the check (健康服务)."""

    LECTURE = "lecture", "健康讲座"
    HANDBOOK = "handbook", "发放手册"


class ActivityKind(models.TextChoices):
    """What is played or shown (活动项目)."""

    BASKETBALL = "basketball", "篮球"
    TABLE_TENNIS = "table_tennis", "乒乓球"
    BADMINTON = "badminton", "羽毛球"
    TUG_OF_WAR = "tug_of_war", "拔河"
    CLIMBING = "climbing", "登山"
    SPEECH = "speech", "演讲"
    PICTURES = "pictures", "书画摄影"
    SONG = "song", "歌舞"
    OTHER = "other", "其他"


class EntryMode(models.TextChoices):
    """Who competes (参赛单位)."""

    TEAM = "team", "团体"
    SINGLE = "single", "个人"


class Division(models.TextChoices):
    """Group of the entries (组别)."""

    MEN = "men", "男子组"
    WOMEN = "women", "女子组"
    OPEN = "open", "不分组"


class Format(models.TextChoices):
    """How the winner is found (赛制)."""

    ROUND_ROBIN = "round_robin", "单循环"
    POOLS = "pools", "先分组循环，后淘汰"
    KNOCKOUT = "knockout", "单淘汰"
    SCORED = "scored", "评分排名"


class ActivityState(models.TextChoices):
    """Life of an activity (活动状态)."""

    DRAFT = "draft", "筹备"
    OPEN = "open", "报名中"
    DRAWN = "drawn", "比赛中"
    DONE = "done", "已结束"
    CANCELLED = "cancelled", "已取消"


class Stage(models.TextChoices):
    """Part of a match (比赛阶段)."""

    POOL = "pool", "循环赛"
    KNOCKOUT = "knockout", "淘汰赛"
    THIRD = "third", "三四名决赛"


class EventState(models.TextChoices):
    """Life of a service plan (保障方案状态)."""

    DRAFT = "draft", "筹备"
    RUNNING = "running", "保障中"
    DONE = "done", "已结束"

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return {"draft": "warn", "running": "ok"}.get(self.value, "line")


class SupplyWay(models.TextChoices):
    """Given out or brought back (领还)."""

    OUT = "out", "领出"
    BACK = "back", "归还"


class IssueState(models.TextChoices):
    """Life of an issue (问题状态)."""

    OPEN = "open", "待解决"
    DONE = "solved", "已解决"


class Perm(StrEnum):
    """Permissions (权限)."""

    HEALTH_VIEW = "services.health.view"
    HEALTH_EDIT = "services.health.edit"
    HEALTH_ATTEND = "services.health.attend"
    HEALTH_RESULT = "services.health.result"
    ACTIVITY_VIEW = "services.activity.view"
    ACTIVITY_EDIT = "services.activity.edit"
    EVENT_VIEW = "services.event.view"
    EVENT_RUN = "services.event.run"
    FEEDBACK_VIEW = "services.feedback.view"
