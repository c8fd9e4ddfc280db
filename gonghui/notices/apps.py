"""App notices (消息与短信)."""

from __future__ import annotations

from datetime import time, timedelta
from importlib.util import find_spec

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gonghui.notices"
    verbose_name = "消息与短信"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
        from gonghui.core import health, jobs, menu, rotation
        from gonghui.notices import outbox, selectors
        from gonghui.notices.enums import Perm

        permissions.register(Perm, {Role.SYSADMIN: Perm})
        rotation.register_sealed(
            "notices.Sms",
            {"phone_sealed": "phone", "params_sealed": "params"},
            place="reference",
            indexes={"phone_index": ("notices.sms.phone", "phone_sealed")},
        )
        jobs.pump("notices.sms", outbox.pump)
        jobs.every("notices.sms_sweep", timedelta(days=1), outbox.sweep, title="清理过期短信", at=time(2, 20))
        health.register("短信", selectors.sms_waiting)
        menu.unread(selectors.unread)
        menu.register(
            menu.Entry("notices.sms", "短信发件箱", "message-circle", "notices:sms", group="系统", perm=Perm.SMS_VIEW, order=940),
            menu.Entry("notices.inbox", "消息", "bell", "notices:inbox", order=30, badge=selectors.unread, hot=True),
        )
        if find_spec("gonghui.accounts.hooks"):
            from gonghui.notices import codes

            codes.offer()
