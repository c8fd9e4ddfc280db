"""Small factories of field work."""

from __future__ import annotations

from itertools import count
from typing import Any

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.fieldwork.services import acts, devices
from gonghui.orgs.tests import make as orgs

_uids, _names = count(1), count(1)


def organiser(town: Any, name: str = "周海峰") -> Any:
    """(user, actor) with the role for the town."""
    user = accounts.officer((Role.ORGANISER, town.path), username=f"field{next(_names)}", name=name)
    return user, _actor(user)


def _actor(user: Any) -> Any:
    from gonghui.accounts import selectors

    actor = selectors.actor_by_id(user.pk)
    assert actor is not None
    return actor


def phone(actor: Any, name: str = "手机") -> Any:
    return devices.device_register(actor=actor, name=name)


def act(
    kind: str,
    seq: int,
    employer: Any = None,
    /,
    *,
    uid: str = "",
    key: str = "",
    base: int = 0,
    made: str = "",
    files: Any = None,
    **fields: Any,
) -> dict[str, Any]:
    """An act as a phone sends it."""
    return {
        "uid": uid or f"act-{next(_uids):08d}", "seq": seq, "kind": kind, "employer": getattr(employer, "pk", employer), "key": key, "base": base,
        "made": made or clock.now().isoformat(), "fields": fields, "files": files or {},
    }  # fmt: skip


def send(actor: Any, issued: Any, *sent: dict[str, Any]) -> list[dict[str, Any]]:
    return acts.receive_all(actor=actor, device=issued.device, acts=list(sent))


def png() -> str:
    """A signature as the pad makes it."""
    import base64
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


township, root, employer, build = orgs.township, orgs.root, orgs.employer, orgs.build
