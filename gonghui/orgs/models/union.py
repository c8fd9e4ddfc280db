"""Unions (工会): one tree, dated; terms, posts, groups, certificates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.orgs.enums import (
    Body,
    JointForm,
    LeadKind,
    MatterKind,
    MatterState,
    Mode,
    PostTitle,
    Rank,
    Season,
    Stage,
    UnionKind,
    UnionState,
)


class Union(models.Model):
    """A union organisation (工会组织): a node of the one tree. `path` has four base-36 characters a level."""

    code = models.CharField("组织代码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=40, blank=True)
    kind = models.CharField("类别", max_length=24, choices=UnionKind.choices)
    form = models.CharField("联合形式", max_length=8, choices=JointForm.choices, blank=True)
    mode = models.CharField("建会方式", max_length=14, choices=Mode.choices, default=Mode.SINGLE)
    state = models.CharField("状态", max_length=12, choices=UnionState.choices, default=UnionState.ACTIVE)
    stage = models.CharField("阶段", max_length=14, choices=Stage.choices, default=Stage.NEW)
    path = models.CharField("路径", max_length=80, unique=True)
    depth = models.PositiveSmallIntegerField("层级")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级工会")
    next_child = models.PositiveIntegerField("下一子序号", default=1)
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="own_unions", verbose_name="所在单位")
    host = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="hosted", verbose_name="挂靠工会")
    target_mode = models.CharField("过渡目标", max_length=14, choices=Mode.choices, blank=True)
    review_on = models.DateField("过渡复核日", null=True, blank=True)
    area = models.CharField("行政区划", max_length=12, blank=True)
    industry = models.CharField("行业", max_length=5, blank=True)
    covered_areas = models.JSONField("覆盖的村（社区）", default=list, blank=True, help_text="区划代码，联合会用")
    association = models.CharField("依托协会", max_length=80, blank=True)
    address = models.CharField("地址", max_length=160, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    planned_start = models.DateField("计划开工", null=True, blank=True)
    planned_end = models.DateField("计划完工", null=True, blank=True)
    management = models.CharField("合作社管理", max_length=12, blank=True, help_text="local 属地、leader 龙头企业")
    pilot = models.BooleanField("总工会试点", default=False)
    party_org = models.CharField("对应党组织", max_length=120, blank=True)
    founded_on = models.DateField("成立日期")
    ended_on = models.DateField("终止日期", null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="承接工会")
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "工会"
        indexes = [models.Index(fields=["kind", "state"], name="union_kind"), models.Index(fields=["name"], name="union_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(depth=0, parent__isnull=True) | Q(depth__gt=0, parent__isnull=False),
                name="union_root",
                violation_error_message="除最上级外，每个工会都要有上级工会。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("founded_on")),
                name="union_dates",
                violation_error_message="终止日期不能早于成立日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnionLine(models.Model):
    """Dated closure of the tree (上下级关系闭包): `ancestor` stood above `descendant` from `since` until `until` (exclusive). Depth 0 is the union itself."""

    ancestor = models.ForeignKey(Union, models.PROTECT, related_name="lines_down", verbose_name="上级")
    descendant = models.ForeignKey(Union, models.PROTECT, related_name="lines_up", verbose_name="下级")
    depth = models.PositiveSmallIntegerField("级差")
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上下级关系"
        constraints = [models.UniqueConstraint(fields=["descendant", "ancestor", "since"], name="line_once")]
        indexes = [models.Index(fields=["ancestor", "depth"], name="line_down")]


class Lead(models.Model):
    """A further leadership line (领导关系): dated; grants data scope only when `shares_data` is set (ORG-04)."""

    lower = models.ForeignKey(Union, models.PROTECT, related_name="leads_up", verbose_name="下级工会")
    upper = models.ForeignKey(Union, models.PROTECT, related_name="leads_down", verbose_name="上级工会")
    kind = models.CharField("性质", max_length=8, choices=LeadKind.choices, default=LeadKind.SECOND)
    shares_data = models.BooleanField("共享数据", default=False)
    decision_no = models.CharField("决定文号", max_length=60, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "双重领导关系"
        constraints = [
            models.UniqueConstraint(
                fields=["lower"],
                condition=Q(until__isnull=True),
                name="lead_once",
                violation_error_message="这个工会已有一条第二领导关系，请先终止原来的。",
            )
        ]


class Term(models.Model):
    """A term of a body (届次). The three committees of one election carry the same number."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="terms", verbose_name="工会")
    body = models.CharField("机构", max_length=10, choices=Body.choices)
    number = models.PositiveSmallIntegerField("届次")
    since = models.DateField("起")
    until = models.DateField("届满日（不含）")
    years = models.PositiveSmallIntegerField("年限")
    approval_no = models.CharField("批复文号", max_length=60, blank=True)
    approved_on = models.DateField("批复日期", null=True, blank=True)
    ended_on = models.DateField("实际结束", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "届次"
        constraints = [
            models.UniqueConstraint(fields=["union", "body", "number"], name="term_once", violation_error_message="这一届已经登记过。"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="term_dates", violation_error_message="届满日应晚于开始日。"),
        ]


class Post(models.Model):
    """Somebody in a post (任职), inside the term's dates (ORG-05)."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="posts", verbose_name="工会")
    term = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="届次")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="posts", verbose_name="任职人")
    title = models.CharField("职务", max_length=14, choices=PostTitle.choices)
    body = models.CharField("机构", max_length=10, choices=Body.choices, default=Body.COMMITTEE)
    full_time = models.BooleanField("专职", default=False)
    rank = models.CharField("职级", max_length=14, choices=Rank.choices, blank=True, default="")
    admin_leader = models.BooleanField("行政负责人兼任", default=False)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    reason = models.CharField("离任原因", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        indexes = [models.Index(fields=["union", "title", "until"], name="post_union"), models.Index(fields=["person"], name="post_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["union", "body"],
                condition=Q(title="chair", until__isnull=True),
                name="post_one_chair",
                violation_error_message="这个机构现在已有主席（主任），请先办理离任。",
            )
        ]


class Group(models.Model):
    """A union group or sub-branch (工会小组、分会)."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="groups", verbose_name="工会")
    name = models.CharField("名称", max_length=60)
    leader = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="led_groups", verbose_name="组长")
    filed_on = models.DateField("备案日期", null=True, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工会小组"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "name"], condition=Q(until__isnull=True), name="group_name_once", violation_error_message="已有同名小组。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """Legal-person certificate of a union (工会法人资格证)."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="certificates", verbose_name="工会")
    number = models.CharField("证书编号", max_length=40)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    representative = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="法定代表人")
    issued_on = models.DateField("发证日期")
    valid_until = models.DateField("有效期至")
    cancelled_on = models.DateField("注销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "法人资格证"


class UnionAccount(models.Model):
    """Bank account of a union (工会经费账户)."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="accounts", verbose_name="工会")
    bank = models.CharField("开户行", max_length=80)
    number_sealed = models.BinaryField("账号密文")
    number_mask = models.CharField("账号（脱敏）", max_length=24)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工会账户"


class UnionEvent(models.Model):
    """What happened to a union (沿革): build, rename, move, merge, split, dissolve, hand-over, mode and kind changes."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="events", verbose_name="工会")
    kind = models.CharField("事项", max_length=16)
    on = models.DateField("日期")
    old = models.JSONField("原值", default=dict)
    new = models.JSONField("新值", default=dict)
    document_no = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "沿革"
        ordering = ["on", "pk"]


class Matter(models.Model):
    """A follow-up of the register (组织事项): hand-over, rebuilding, conversion. A checklist, two confirmations where two sides act, a due date."""

    kind = models.CharField("事项", max_length=16, choices=MatterKind.choices)
    state = models.CharField("状态", max_length=10, choices=MatterState.choices, default=MatterState.OPEN)
    union = models.ForeignKey(Union, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name="工会")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="matters", verbose_name="单位")
    target = models.ForeignKey(Union, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收工会")
    checklist = models.JSONField("清单", default=dict, help_text="项目 → {done, on, by}")
    confirmations = models.JSONField("确认", default=dict, help_text="from、to → {on, by}")
    outcome = models.CharField("结果", max_length=16, blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    opened_on = models.DateField("提出日期")
    due_on = models.DateField("期限", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    actor = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "组织事项"
        indexes = [models.Index(fields=["state", "due_on"], name="matter_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(union__isnull=False) | Q(employer__isnull=False),
                name="matter_subject",
                violation_error_message="事项要对应一个工会或一个单位。",
            ),
            models.UniqueConstraint(
                fields=["kind", "union"],
                condition=Q(state="open", union__isnull=False),
                name="matter_union_once",
                violation_error_message="这个工会已有同样的事项在办。",
            ),
            models.UniqueConstraint(
                fields=["kind", "employer"],
                condition=Q(state="open", union__isnull=True),
                name="matter_employer_once",
                violation_error_message="这个单位已有同样的事项在办。",
            ),
        ]

    def __str__(self) -> str:
        return str(MatterKind(self.kind).label)


class WorkUnit(models.Model):
    """A workshop, team or station inside a union's employer (车间、队、站), with its headcount on a day. Source: S021, R005."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="work_units", verbose_name="工会")
    name = models.CharField("名称", max_length=60)
    headcount = models.PositiveIntegerField("人数")
    on = models.DateField("人数日期")
    committee = models.ForeignKey(
        Union, models.PROTECT, null=True, blank=True, related_name="committee_of", verbose_name="车间（队、站）工会"
    )
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "车间（队、站）"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "name"],
                condition=Q(until__isnull=True),
                name="work_unit_once",
                violation_error_message="已有同名的车间（队、站）。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SeasonCount(models.Model):
    """Members or workers of a cooperative's or herders' union by season, dated (季节人数). Source: S017, S018."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="season_counts", verbose_name="工会")
    season = models.CharField("季节", max_length=8, choices=Season.choices)
    persons = models.PositiveIntegerField("人数")
    on = models.DateField("日期")
    actor = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "季节人数"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "season", "on"], name="season_once", violation_error_message="这一天的这个季节人数已经登记过。"
            )
        ]


class Reminder(models.Model):
    """A reminder that has gone out (已发提醒): once for each thing, day and stage."""

    key = models.CharField("事项与时点", max_length=80, unique=True)
    sent_at = models.DateTimeField("发出时间")

    class Meta:
        verbose_name = verbose_name_plural = "已发提醒"
