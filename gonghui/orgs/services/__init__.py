"""Writes of the register (登记服务). Other apps: `from gonghui.orgs import services as orgs`."""

from gonghui.orgs.hooks import register_facts
from gonghui.orgs.selectors.duties import union_duties
from gonghui.orgs.services.cards import card_record, diversity_set
from gonghui.orgs.services.changes import (
    hand_over_finish,
    hand_over_open,
    lead_add,
    lead_end,
    organiser_convert,
    project_extend,
    stale_sides,
    union_edit,
    union_mode,
    union_stage,
    union_upgrade,
)
from gonghui.orgs.services.coverage import coverage_add, coverage_change, coverage_end, coverage_main
from gonghui.orgs.services.duplicates import duplicate_decide, duplicate_reopen, duplicates_scan, employer_merge, employer_unmerge
from gonghui.orgs.services.employers import employer_edit, employer_register, licence_add, licence_end, value_record
from gonghui.orgs.services.endings import Part, union_dissolve, union_merge, union_split
from gonghui.orgs.services.exports import employers_export
from gonghui.orgs.services.federations import agreement_end, agreement_record, agreements_export, cluster_congress_record, covered_export
from gonghui.orgs.services.inner import season_count, work_unit_end, work_unit_set, workshop_build
from gonghui.orgs.services.matters import matter_cancel, matter_check, matter_close, matter_confirm
from gonghui.orgs.services.posts import (
    account_set,
    certificate_add,
    group_add,
    group_end,
    group_update,
    post_add,
    post_add_named,
    post_end,
    term_open,
)
from gonghui.orgs.services.rebuilding import rebuild_choose
from gonghui.orgs.services.reminders import reminders_send
from gonghui.orgs.services.spots import spot_assign, spot_record
from gonghui.orgs.services.status import employer_status, employer_write_off_undo
from gonghui.orgs.services.tree import union_build, union_move, union_rename

__all__ = [
    "Part",
    "account_set",
    "agreement_end",
    "agreement_record",
    "agreements_export",
    "card_record",
    "certificate_add",
    "cluster_congress_record",
    "coverage_add",
    "coverage_change",
    "coverage_end",
    "coverage_main",
    "covered_export",
    "diversity_set",
    "duplicate_decide",
    "duplicate_reopen",
    "duplicates_scan",
    "employer_edit",
    "employer_merge",
    "employer_register",
    "employer_status",
    "employer_unmerge",
    "employer_write_off_undo",
    "employers_export",
    "group_add",
    "group_end",
    "group_update",
    "hand_over_finish",
    "hand_over_open",
    "lead_add",
    "lead_end",
    "licence_add",
    "licence_end",
    "matter_cancel",
    "matter_check",
    "matter_close",
    "matter_confirm",
    "organiser_convert",
    "post_add",
    "post_add_named",
    "post_end",
    "project_extend",
    "rebuild_choose",
    "register_facts",
    "reminders_send",
    "season_count",
    "spot_assign",
    "spot_record",
    "stale_sides",
    "term_open",
    "union_build",
    "union_dissolve",
    "union_duties",
    "union_edit",
    "union_merge",
    "union_mode",
    "union_move",
    "union_rename",
    "union_split",
    "union_stage",
    "union_upgrade",
    "value_record",
    "work_unit_end",
    "work_unit_set",
    "workshop_build",
]
