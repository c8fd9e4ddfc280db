"""A case (建会事项), its steps, people, papers and the election as recorded."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.organising.enums import OPEN_STATES, CaseKind, CaseState, Form, Outcome, PaperKind
from gonghui.orgs.enums import Body, Mode, PostTitle


class Case(models.Model):
    """One union on its way: built, rebuilt, merged, split, handed over or dissolved (建会及变更事项).

    `org` is in whose scope the case lies; `parent` the union it will hang below; `approver` who may approve, frozen at hand-in.
    """

    number = models.CharField("事项编号", max_length=24, unique=True)
    kind = models.CharField("事项", max_length=10, choices=partial(labels, CaseKind), default=CaseKind.BUILD)
    form = models.CharField("组织形式", max_length=14, choices=partial(labels, Form), blank=True)
    state = models.CharField("环节", max_length=12, choices=partial(labels, CaseState), default=CaseState.APPLICATION)
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="用人单位")
    union = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="工会")
    org = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="属地工会")
    parent = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上一级工会")
    approver = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准的工会")
    second = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="第二上级（集团工会）")
    layer = models.CharField("与集团的关系", max_length=8, blank=True)
    target = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="并入或接收的工会")
    name = models.CharField("工会名称", max_length=120)
    mode = models.CharField("建会方式", max_length=14, choices=partial(labels, Mode), default=Mode.SINGLE)
    host = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="挂靠工会")
    target_mode = models.CharField("过渡目标", max_length=14, choices=partial(labels, Mode), blank=True)
    review_on = models.DateField("过渡复核日", null=True, blank=True)
    association = models.CharField("依托协会", max_length=80, blank=True)
    industry = models.CharField("行业", max_length=5, blank=True)
    planned_start = models.DateField("计划开工", null=True, blank=True)
    planned_end = models.DateField("计划完工", null=True, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True, help_text="为什么用这种形式，或为什么办这件事")
    congress_on = models.DateField("会员（代表）大会通过日期", null=True, blank=True)
    parts = models.JSONField("分立方案", default=list, blank=True)
    chair_name = models.CharField("筹备组组长", max_length=60, blank=True)
    leader = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="组长（自然人）")
    prepare_no = models.CharField("同意筹备的文号", max_length=60, blank=True)
    prepared_on = models.DateField("同意筹备日期", null=True, blank=True)
    result_no = models.CharField("批准文号", max_length=60, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    seal_on = models.DateField("刻章日期", null=True, blank=True)
    plate_on = models.DateField("挂牌日期", null=True, blank=True)
    slip = models.CharField("形式决定单", max_length=40, blank=True)
    source = models.CharField("来源", max_length=40, blank=True)
    token = models.CharField("入会码", max_length=32, unique=True)
    maker = models.CharField("经办", max_length=40)
    opened_on = models.DateField("提出日期")
    closed_on = models.DateField("办结日期", null=True, blank=True)
    end_reason = models.CharField("终止理由", max_length=200, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "建会事项"
        indexes = [models.Index(fields=["state", "kind"], name="case_state"), models.Index(fields=["org", "state"], name="case_org")]
        constraints = [
            models.UniqueConstraint(
                fields=["employer"],
                condition=Q(kind="build", state__in=[str(s) for s in OPEN_STATES], employer__isnull=False)
                & ~Q(form="project")
                & ~Q(form="organiser"),
                name="case_one_open_build",
                violation_error_message="这个单位已有一件建会事项在办。",
            ),
            models.UniqueConstraint(
                fields=["union", "kind"],
                condition=Q(state__in=[str(s) for s in OPEN_STATES], union__isnull=False) & ~Q(kind="build"),
                name="case_one_open_change",
                violation_error_message="这个工会已有同样的事项在办。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def ended(self) -> bool:
        """Nobody has anything left to do."""
        return self.state not in {str(s) for s in OPEN_STATES}


class Unit(models.Model):
    """Another employer that takes part in a joint union or federation (参加联合的单位)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="units", verbose_name="事项")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="+", verbose_name="单位")
    reason = models.CharField("不单独建会的理由", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参加联合的单位"
        constraints = [
            models.UniqueConstraint(fields=["case", "employer"], name="case_unit_once", violation_error_message="这个单位已经列入。")
        ]


class CaseStep(models.Model):
    """A step as it was worked (办理经过): since when, due when, done when, how it ended."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name="事项")
    state = models.CharField("环节", max_length=12, choices=partial(labels, CaseState))
    round = models.PositiveSmallIntegerField("第几次", default=1)
    since = models.DateField("开始")
    due_on = models.DateField("期限", null=True, blank=True)
    until = models.DateField("结束（不含）", null=True, blank=True)
    outcome = models.CharField("结果", max_length=8, choices=partial(labels, Outcome), blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)
    who = models.CharField("由谁办", max_length=80, blank=True)
    actor = models.CharField("经办", max_length=40, blank=True)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "办理经过"
        indexes = [models.Index(fields=["state", "since"], name="case_step_as_of")]
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(until__isnull=True), name="case_step_one_open")]


class PrepMember(models.Model):
    """Somebody in the preparation group (筹备组成员)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="prep", verbose_name="事项")
    name = models.CharField("姓名", max_length=60)
    duty = models.CharField("组内职务", max_length=20, default="成员")
    side = models.CharField("代表", max_length=20, blank=True, help_text="党组织、职工、上级工会")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="自然人")

    class Meta:
        verbose_name = verbose_name_plural = "筹备组成员"
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="prep_once", violation_error_message="这个人已在筹备组里。")]


class Applicant(models.Model):
    """Somebody who asks to join the union that is being built (入会申请人); turned into an application once it stands."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="applicants", verbose_name="事项")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="申请人")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="用人单位")
    self_filled = models.BooleanField("本人填写", default=False)
    signed_name = models.CharField("签名", max_length=60, blank=True)
    signed_at = models.DateTimeField("签名时间", null=True, blank=True)
    application = models.ForeignKey("members.Application", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="入会申请")
    left_at = models.DateTimeField("撤回时间", null=True, blank=True)
    actor = models.CharField("录入人", max_length=40)
    added_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "入会申请人"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], name="applicant_once", violation_error_message="这个人已在这件事项的申请名单里。"
            )
        ]


class Meeting(models.Model):
    """The founding meeting as recorded (成立大会及选举结果). The ballot itself is another module's."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="meeting", verbose_name="事项")
    held_on = models.DateField("会议日期")
    place = models.CharField("地点", max_length=120, blank=True)
    delegates = models.BooleanField("会员代表大会", default=False, help_text="不勾选为会员大会")
    posted_on = models.DateField("候选人公示日期", null=True, blank=True)
    members = models.PositiveIntegerField("会员人数")
    entitled = models.PositiveIntegerField("应到会人数")
    present = models.PositiveIntegerField("实到会人数")
    issued = models.PositiveIntegerField("发出选票")
    returned = models.PositiveIntegerField("收回选票")
    candidates = models.PositiveIntegerField("委员候选人数")
    seats = models.PositiveIntegerField("委员名额")
    years = models.PositiveSmallIntegerField("任期（年）")
    chair_by = models.CharField(
        "主席产生方式", max_length=10, default="committee", choices=[("committee", "委员会选举"), ("meeting", "大会直接选举")]
    )
    recorded_by = models.CharField("登记人", max_length=40)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "选举会议"


class Elected(models.Model):
    """Somebody with the votes received (得票)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="results", verbose_name="会议")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="候选人")
    body = models.CharField("机构", max_length=10, choices=Body.choices, default=Body.COMMITTEE)
    title = models.CharField("职务", max_length=14, choices=PostTitle.choices, default=PostTitle.MEMBER)
    votes = models.PositiveIntegerField("赞成票")
    elected = models.BooleanField("当选", default=True)
    admin_leader = models.BooleanField("单位行政负责人", default=False)
    relative = models.BooleanField("行政负责人的近亲属", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "得票"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person", "body"], name="elected_once", violation_error_message="这个人已在这个机构里登记。"
            )
        ]


class Paper(models.Model):
    """A paper that came in (外来材料)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers", verbose_name="事项")
    kind = models.CharField("种类", max_length=12, choices=partial(labels, PaperKind))
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+", verbose_name="附件")
    note = models.CharField("说明", max_length=80, blank=True)
    actor = models.CharField("上传人", max_length=40)
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "外来材料"


class Issued(models.Model):
    """A document of the library issued for this case (事项文书)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="issued", verbose_name="事项")
    document = models.ForeignKey("documents.Document", models.PROTECT, related_name="+", verbose_name="文书")
    step = models.CharField("环节", max_length=12, choices=partial(labels, CaseState))

    class Meta:
        verbose_name = verbose_name_plural = "事项文书"
