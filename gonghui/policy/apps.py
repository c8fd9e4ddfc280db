"""App policy (规则库)."""

from __future__ import annotations

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "gonghui.policy"
    verbose_name = "规则库"

    def ready(self) -> None:
        """A faulty rule file stops the start-up here, named by file and key."""
        from gonghui.core import menu, verify
        from gonghui.policy import checks, rules
        from gonghui.policy.enums import Perm

        rules.live()
        verify.register("POL-01", "规则库的全部案例与现行规则相符", checks.worked_cases)
        verify.register("POL-02", "决定单的内容与输入哈希相符", checks.stored_slips)
        menu.register(
            menu.Entry("policy.rules", "规则库", "book-2", "policy:rules", group="规则与依据", perm=str(Perm.RULE_VIEW), order=840),
            menu.Entry(
                "policy.review", "规则复核", "checkup-list", "policy:review", group="规则与依据", perm=str(Perm.RULE_REVIEW), order=841
            ),
            menu.Entry(
                "policy.whatif", "规则试算", "help-circle", "policy:whatif", group="规则与依据", perm=str(Perm.RULE_VIEW), order=842
            ),
        )
