"""Invariants of benefits on the live data (核验)."""

from __future__ import annotations

from collections.abc import Callable, Generator

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from gonghui.benefits.enums import HOLDING, SEATED
from gonghui.benefits.models import Batch, FeeGrant, FeeScheme, Offer, Settlement, Share


def pieces() -> Generator[str, None, int]:
    """What an offer has given out is the codes that hold a piece."""
    rows = Offer.objects.annotate(n=Count("claims", filter=Q(claims__state__in=HOLDING)))
    for row in rows.exclude(taken=F("n"))[:100]:
        yield f"普惠项目 {row.pk} 记着领出 {row.taken} 份，有效的券是 {row.n} 张。"
    return Offer.objects.count()


def uses() -> Generator[str, None, int]:
    """Passes and budgets say what the uses add up to."""
    kept = Q(uses__reversed_at=None)
    for grant in FeeGrant.objects.annotate(n=Count("uses", filter=kept)).exclude(used=F("n"))[:100]:
        yield f"就医凭证 {grant.pk} 记着用了 {grant.used} 次，有效记录 {grant.n} 条。"
    spent = Coalesce(Sum("grants__uses__fee_fen", filter=Q(grants__uses__reversed_at=None)), 0)
    for scheme in FeeScheme.objects.annotate(n=spent).exclude(spent_fen=F("n"))[:100]:
        yield f"方案 {scheme.pk} 记着用了 {scheme.spent_fen} 分，使用记录合计 {scheme.n} 分。"
    return FeeGrant.objects.count() + FeeScheme.objects.count()


def settlements() -> Generator[str, None, int]:
    """A settlement is the sum of its uses; a void one has none."""
    rows = Settlement.objects.annotate(n=Count("uses"), fen=Coalesce(Sum("uses__fee_fen"), 0))
    wrong = Q(state="void") & Q(n__gt=0) | ~Q(state="void") & (~Q(n=F("count")) | ~Q(fen=F("amount_fen")))
    for row in rows.filter(wrong)[:100]:
        yield f"结算单 {row.pk} 和它的使用记录对不上。"
    return Settlement.objects.count()


def places() -> Generator[str, None, int]:
    """Places of shares and batches are held by the people listed."""
    listed = Count("applications", filter=Q(applications__state__in=SEATED))
    for share in Share.objects.annotate(n=listed).exclude(taken=F("n"))[:100]:
        yield f"疗休养名额 {share.pk} 记着用了 {share.taken} 个，入选 {share.n} 人。"
    for batch in Batch.objects.annotate(n=listed).exclude(seated=F("n"))[:100]:
        yield f"疗休养批次 {batch.pk} 记着排了 {batch.seated} 人，实际 {batch.n} 人。"
    return Share.objects.count() + Batch.objects.count()


CHECKS: list[tuple[str, str, Callable[[], Generator[str, None, int]]]] = [
    ("BEN-01", "普惠项目领出的份数等于有效的券", pieces),
    ("BEN-02", "免医事服务费的次数和金额等于使用记录", uses),
    ("BEN-03", "医事服务费结算单等于其使用记录", settlements),
    ("BEN-04", "疗休养名额和批次等于入选的人", places),
]
