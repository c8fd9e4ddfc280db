"""Templates and issued documents (文书范本与出具的文书). What is issued is never changed; what becomes of it stands beside it."""

from __future__ import annotations

from django.db import models


class Template(models.Model):
    """One version of a template (范本的一版): its source text, from which page and Word are both made."""

    kind = models.CharField("文书种类", max_length=60)
    number = models.PositiveIntegerField("版次")
    title = models.CharField("名称", max_length=80)
    source = models.TextField("范本正文")
    digest = models.CharField("正文散列", max_length=64)
    shipped = models.BooleanField("随系统提供", default=False)
    active_from = models.DateField("启用日期", null=True, blank=True, help_text="空为草稿")
    note = models.CharField("修改说明", max_length=200, blank=True)
    actor = models.CharField("经办", max_length=40)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "文书范本"
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="template_once", violation_error_message="这一版已经有了。")]

    def __str__(self) -> str:
        return f"{self.title}（第 {self.number} 版）"


class Document(models.Model):
    """An issued document (出具的文书): only ever added; a trigger refuses any change."""

    public_id = models.CharField("查验码", max_length=20, unique=True)
    kind = models.CharField("文书种类", max_length=60)
    template = models.ForeignKey(Template, models.PROTECT, related_name="documents", verbose_name="范本版次")
    title = models.CharField("标题", max_length=160)
    number = models.CharField("文号", max_length=60, blank=True)
    subject = models.CharField("对应的记录", max_length=80, help_text="app.model:pk")
    org_name = models.CharField("出具单位", max_length=120, blank=True)
    signatory = models.CharField("签发人", max_length=60, blank=True)
    signed_on = models.DateField("文书日期")
    digest = models.CharField("内容散列", max_length=64)
    actor = models.CharField("经办", max_length=40)
    issued_at = models.DateTimeField("出具时间")

    class Meta:
        verbose_name = verbose_name_plural = "出具的文书"
        indexes = [models.Index(fields=["subject"], name="document_subject"), models.Index(fields=["number"], name="document_number")]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()


class Archive(models.Model):
    """The text of an issued copy, sealed, and where it lies (归档). The text is guarded by the document's digest; the place follows the union."""

    document = models.OneToOneField(Document, models.PROTECT, primary_key=True, related_name="archive", verbose_name="文书")
    org_path = models.CharField("组织路径", max_length=80)
    text_sealed = models.BinaryField("正文密文")

    class Meta:
        verbose_name = verbose_name_plural = "文书归档"
        indexes = [models.Index(fields=["org_path"], name="archive_path")]


class Cancellation(models.Model):
    """An issued document declared void (作废): the copy stays, the check page says so."""

    document = models.OneToOneField(Document, models.PROTECT, related_name="cancelled", verbose_name="文书")
    on = models.DateField("作废日期")
    reason = models.CharField("理由", max_length=200)
    actor = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "文书作废"


class Series(models.Model):
    """Running numbers of official papers (文号流水): one line per issuing union, word and year."""

    org_path = models.CharField("组织路径", max_length=80)
    word = models.CharField("机关代字", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文号流水"
        constraints = [models.UniqueConstraint(fields=["org_path", "word", "year"], name="series_once")]
