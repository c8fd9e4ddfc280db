"""The same request twice has one effect (幂等)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.core.models import IdempotencyKey

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def once(actor: Actor, key: str, body: Any, do: Callable[[], Any]) -> Any:
    """Run `do` once for (actor, key); later calls with the same body get the stored answer.

    Args: key: made by the client, at most 64 characters; body: what was asked; do: returns plain JSON data.
    Raises: Conflict core.idempotency_reused when the key comes with another body.
    """
    digest = hashlib.sha256(audit.canonical(body).encode()).hexdigest()
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(actor=actor.ref, key=key[:64], digest=digest, created_at=clock.now())
    except IntegrityError:
        row = IdempotencyKey.objects.select_for_update().get(actor=actor.ref, key=key[:64])
        if row.digest != digest:
            raise Conflict("core.idempotency_reused", "同一个提交编号对应了不同的内容。请刷新页面后重新填写提交。") from None
        return row.answer
    answer = do()
    IdempotencyKey.objects.filter(pk=row.pk).update(answer=answer)
    return answer
