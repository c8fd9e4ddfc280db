"""Writes of the register (登记服务). Other apps: `from gonghui.orgs import services as orgs`."""

from gonghui.orgs.hooks import register_facts
from gonghui.orgs.services.coverage import coverage_add, coverage_change, coverage_end, coverage_main
from gonghui.orgs.services.employers import employer_edit, employer_register, licence_add, licence_end, value_record
from gonghui.orgs.services.matters import matter_cancel, matter_check, matter_close, matter_confirm
from gonghui.orgs.services.spots import spot_assign, spot_record
from gonghui.orgs.services.status import employer_status, employer_write_off_undo
from gonghui.orgs.services.tree import union_build, union_move, union_rename

__all__ = [
    "coverage_add",
    "coverage_change",
    "coverage_end",
    "coverage_main",
    "employer_edit",
    "employer_register",
    "employer_status",
    "employer_write_off_undo",
    "licence_add",
    "licence_end",
    "matter_cancel",
    "matter_check",
    "matter_close",
    "matter_confirm",
    "register_facts",
    "spot_assign",
    "spot_record",
    "union_build",
    "union_move",
    "union_rename",
    "value_record",
]
