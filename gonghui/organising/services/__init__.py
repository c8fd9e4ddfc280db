"""Writes of organising (建会办理). Other apps: `from gonghui.organising import services as organising`."""

from gonghui.organising.services.building import filing_done, setup_done
from gonghui.organising.services.changing import change_execute
from gonghui.organising.services.electing import (
    Vote,
    applicant_add,
    applicant_leave,
    applicant_name,
    applicant_sign,
    group_form,
    meeting_record,
    prep_add,
    recruiting_done,
    result_submit,
)
from gonghui.organising.services.joining_in import coverage_join
from gonghui.organising.services.opening import case_edit, case_open, case_submit, case_withdraw, change_open, leader_set, unit_add
from gonghui.organising.services.papers import paper_add, paper_issue

__all__ = [
    "Vote",
    "applicant_add",
    "applicant_leave",
    "applicant_name",
    "applicant_sign",
    "case_edit",
    "case_open",
    "case_submit",
    "case_withdraw",
    "change_execute",
    "change_open",
    "coverage_join",
    "filing_done",
    "group_form",
    "leader_set",
    "meeting_record",
    "paper_add",
    "paper_issue",
    "prep_add",
    "recruiting_done",
    "result_submit",
    "setup_done",
    "unit_add",
]
