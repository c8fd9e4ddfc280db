"""Words of venues (服务阵地)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class VenueKind(models.TextChoices):
    """What a point is (阵地类别)."""

    HOME = "home", "职工之家"
    ACTIVITY = "activity", "职工活动中心"
    LIBRARY = "library", "职工书屋"
    REST = "rest", "暖心驿站"
    NURSING = "nursing", "母婴关爱室"
    STATION = "station", "工会服务站"
    CENTRE = "centre", "职工服务中心"
    SITE = "site", "项目驻地职工之家"


class VenueState(models.TextChoices):
    """Life of a point (阵地状态)."""

    OPEN = "open", "正常开放"
    PAUSED = "paused", "暂停开放"
    CLOSED = "closed", "已撤销"

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return {"open": "ok", "paused": "warn"}.get(self.value, "line")


class Facility(models.TextChoices):
    """What a point offers (功能设施)."""

    WATER = "water", "饮水"
    REST = "rest", "休息座椅"
    CHARGING = "charging", "手机充电"
    MICROWAVE = "microwave", "微波炉"
    MEDICINE = "medicine", "应急药箱"
    TOILET = "toilet", "卫生间"
    WIFI = "wifi", "无线网络"
    BIKE = "bike", "电动车充换电"
    AIR = "air", "空调"
    FITNESS = "fitness", "健身"
    CHESS = "chess", "棋牌"
    FILM = "film", "观影"
    READING = "reading", "阅读"
    BALL = "ball", "球类"
    TRAINING = "training", "培训"
    COUNSEL = "counsel", "心理疏导"
    CRIB = "crib", "婴儿床"
    TABLE = "table", "护理台"
    CURTAIN = "curtain", "遮挡帘和门锁"
    FRIDGE = "fridge", "冰箱"
    SINK = "sink", "洗手池"


class CheckKind(models.TextChoices):
    """Who checked (检查方式)."""

    SELF = "self", "自查"
    INSPECTION = "inspection", "上级检查"


class GatheringKind(models.TextChoices):
    """What people came together for (活动种类)."""

    READING = "reading", "读书活动"
    TALK = "talk", "讲座"
    CLASS = "class", "培训"
    SPORT = "sport", "文体活动"


class TicketKind(models.TextChoices):
    """What is asked (事项类别)."""

    REPAIR = "repair", "报修"
    SERVICE = "service", "职工求助"


class TicketState(models.TextChoices):
    """Life of a ticket (事项状态)."""

    OPEN = "open", "待受理"
    DOING = "doing", "办理中"
    REFERRED = "referred", "已转职工服务中心"
    DONE = "done", "已办结"
    REFUSED = "refused", "不予办理"

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return {"open": "bad", "doing": "warn", "referred": "warn", "done": "ok"}.get(self.value, "line")


class ReservationState(models.TextChoices):
    """Life of a reservation (预约状态)."""

    BOOKED = "booked", "已约"
    CANCELLED = "cancelled", "已取消"


class CopyState(models.TextChoices):
    """Where a copy is (在架状态)."""

    IN = "in", "在架"
    LENT = "lent", "借出"
    LOST = "lost", "遗失报损"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    VENUE_VIEW = "venues.venue.view"
    VENUE_EDIT = "venues.venue.edit"
    CHECK_RECORD = "venues.check.record"
    INSPECT = "venues.check.inspect"
    LIBRARY_RUN = "venues.library.run"
    TICKET_HANDLE = "venues.ticket.handle"
