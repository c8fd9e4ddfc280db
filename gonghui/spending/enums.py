"""Words of spending (支出把关)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class PlanKind(models.TextChoices):
    """What the union wants to spend on (计划种类)."""

    ACTIVITY = "activity", "文体活动"
    FESTIVAL = "festival", "节日慰问"
    OUTING = "outing", "春游秋游"
    MEAL = "meal", "用餐与误餐补助"
    CLOTHING = "clothing", "活动服装"
    BIRTHDAY = "birthday", "生日慰问"
    WEDDING = "wedding", "结婚慰问"
    CHILDBIRTH = "childbirth", "生育慰问"
    HOSPITAL = "hospital", "住院慰问"
    BEREAVEMENT = "bereavement", "丧事慰问"
    RETIREMENT = "retirement", "退休离岗"
    CULTURE = "culture", "观影、演出与消费券"
    TRAINING = "training", "职工教育培训"
    PURCHASE = "purchase", "采购与其他"


CARE = frozenset({PlanKind.BIRTHDAY, PlanKind.WEDDING, PlanKind.CHILDBIRTH, PlanKind.HOSPITAL, PlanKind.BEREAVEMENT, PlanKind.RETIREMENT})
"""Condolence and congratulation for single members (对个人的慰问)."""
PRIVATE = frozenset({PlanKind.HOSPITAL, PlanKind.BEREAVEMENT, PlanKind.CHILDBIRTH})
"""Kinds whose names and reasons are sensitive: opened only with a recorded reason."""
COLLECTIVE = frozenset({PlanKind.FESTIVAL, PlanKind.BIRTHDAY, PlanKind.OUTING, PlanKind.CULTURE})
"""Collective welfare: one place only (集体福利)."""


class Use(models.TextChoices):
    """What one line of a plan is for (支出用途)."""

    PARTICIPATION = "participation", "参与奖"
    PRIZE = "prize", "个人奖"
    TEAM = "team", "团体奖"
    SOUVENIR = "souvenir", "纪念品"
    GIFT = "gift", "节日慰问品"
    TRIP = "trip", "春秋游费用"
    MEAL = "meal", "活动用餐"
    MISSED_MEAL = "missed_meal", "误餐补助"
    CLOTHING = "clothing", "活动服装"
    CARE = "care", "慰问金或慰问品"
    FILM = "film", "观影"
    SHOW = "show", "演出、展览票"
    PASS = "pass", "公园、景区年票"
    VOUCHER = "voucher", "工会消费券"
    AWARD = "award", "优秀学员奖励"
    REFEREE = "referee", "裁判、评委劳务"
    HEALTH = "health", "职工体检"
    OTHER = "other", "场地、交通、物品等"


class PlanState(models.TextChoices):
    """Life of a plan (计划状态)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待主席确认"
    APPROVED = "approved", "已确认，待记账"
    POSTED = "posted", "已记账"
    REVERSED = "reversed", "已冲销"
    REFUSED = "refused", "未同意"
    CANCELLED = "cancelled", "已取消"


COUNTED = (PlanState.APPROVED, PlanState.POSTED)
"""States that count into the year's totals (计入本年)."""


class Outcome(models.TextChoices):
    """The overall answer (总的结论)."""

    ALLOWED = "allowed", "可以办"
    REASON = "reason", "要写明理由"
    REFUSED = "refused", "不能办"
    UNKNOWN = "unknown", "还不能判断"


class Method(models.TextChoices):
    """How it is paid (付款方式)."""

    TRANSFER = "transfer", "银行转账"
    CHEQUE = "cheque", "支票"
    REMIT = "remit", "汇款"
    CASH = "cash", "现金"


class Nature(models.TextChoices):
    """Which of the eight prohibitions the spending touches (支出性质)."""

    NONE = "none", "都不是"
    BANQUET = "banquet", "请客送礼"
    BONUS = "bonus", "滥发奖金、津贴、补贴"
    LUXURY = "luxury", "高消费娱乐和健身"
    SLUSH = "slush", "行政利用工会账户设小金库"
    MERGED = "merged", "工会账户并入行政账户"
    DIVERTED = "diverted", "截留、挪用工会经费"
    FUNDRAISING = "fundraising", "非法集资或为其担保"
    UNRELATED = "unrelated", "报销与工会活动无关的费用"


class Festival(models.TextChoices):
    """节日."""

    NEW_YEAR = "new_year", "元旦"
    SPRING = "spring", "春节"
    QINGMING = "qingming", "清明节"
    LABOUR = "labour", "劳动节"
    DRAGON_BOAT = "dragon_boat", "端午节"
    MID_AUTUMN = "mid_autumn", "中秋节"
    NATIONAL = "national", "国庆节"
    ETHNIC = "ethnic", "少数民族节日"
    OTHER = "other", "其他日子"


class GiftForm(models.TextChoices):
    """慰问形式."""

    GOODS = "goods", "实物"
    PICKUP = "pickup", "指定商家的慰问品领取券"
    UNION_VOUCHER = "union_voucher", "工会消费券"
    CASH_VOUCHER = "cash_voucher", "代金券"
    COUPON = "coupon", "购物券"
    SHOPPING_CARD = "shopping_card", "购物卡"
    PREPAID_CARD = "prepaid_card", "预付卡"
    CASH = "cash", "现金"


class Standing(models.TextChoices):
    """What a participant is to this unit (人员类别)."""

    REGULAR = "regular", "本单位在职会员"
    DISPATCHED = "dispatched", "劳务派遣"
    SECONDED = "seconded", "借用、挂职"
    RETIRED = "retired", "离退休人员"


class OverrideState(models.TextChoices):
    """Life of an override (例外办理)."""

    ASKED = "asked", "待批"
    GRANTED = "granted", "已批准"
    DENIED = "denied", "未批准"


class InquiryState(models.TextChoices):
    """Life of an inquiry (询价状态)."""

    OPEN = "open", "询价中"
    CHOSEN = "chosen", "已定供货单位"

    @property
    def tone(self) -> str:
        return "ok" if self.value == "chosen" else "info"


class FigureKind(models.TextChoices):
    """What a local figure is (当地标准)."""

    TRAVEL_MEAL = "travel_meal", "差旅伙食补助标准"
    UNIT_MEAL = "unit_meal", "本单位工作餐标准"
    PRIZE = "participation_prize", "参与奖人均标准"
    INDIVIDUAL = "individual_prize", "个人奖标准"
    TEAM = "team_prize", "团体奖人均标准"
    SOUVENIR = "souvenir", "纪念品标准"
    OUTING = "outing", "春秋游每人费用标准"
    FESTIVAL = "festival_total", "节日慰问每人每年标准"
    CLOTHING = "clothing", "活动服装人均标准"
    BIRTHDAY = "birthday", "生日慰问标准"
    WEDDING = "wedding", "结婚慰问标准"
    CHILDBIRTH = "childbirth", "生育慰问标准"
    HOSPITAL = "hospital", "住院慰问标准"
    MEMBER_DEATH = "member_death", "会员去世慰问标准"
    RELATIVE_DEATH = "relative_death", "亲属去世慰问标准"
    RETIREMENT = "retirement", "退休纪念品标准"
    FILM = "film", "观影标准"
    SHOW = "show_ticket", "演出、展览票标准"
    PASS = "annual_pass", "年票标准"
    VOUCHER = "consumption_voucher", "工会消费券标准"
    REFEREE = "referee_fee", "裁判劳务标准"
    AWARD = "training_award", "优秀学员奖励标准"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    PLAN_VIEW = "spending.plan.view"
    PLAN_EDIT = "spending.plan.edit"
    PLAN_CONFIRM = "spending.plan.confirm"
    PLAN_EXPORT = "spending.plan.export"
    OVERRIDE_DECIDE = "spending.override.decide"
    OVERRIDE_VIEW = "spending.override.view"
    CARE_VIEW = "spending.care.view"
    FIGURE_EDIT = "spending.figure.edit"
