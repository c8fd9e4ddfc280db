"""Tables of oversight (经审与公开)."""

from __future__ import annotations

from gonghui.oversight.models.audits import AuditPlan, AuditTask, Finding, Proof, Rectification, Sample, SampleLook, Score, TeamMember
from gonghui.oversight.models.publicity import Faq, Question, Statement
from gonghui.oversight.models.training import AgendaItem, ClassUnion, TrainingClass

__all__ = [
    "AgendaItem", "AuditPlan", "AuditTask", "ClassUnion", "Faq", "Finding", "Proof", "Question", "Rectification", "Sample", "SampleLook",
    "Score", "Statement", "TeamMember", "TrainingClass",
]  # fmt: skip
