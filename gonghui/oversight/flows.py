"""States of plans, tasks, findings, statements, questions, classes (流程)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.oversight.enums import ClassState, FindingState, PlanState, QuestionState, StatementState, TaskState
from gonghui.oversight.models import AuditPlan, AuditTask, Finding, Question, Statement, TrainingClass

PLAN: Flow[AuditPlan] = Flow("oversight.plan", {PlanState.DRAFT: {PlanState.ISSUED}, PlanState.ISSUED: set()})
TASK: Flow[AuditTask] = Flow(
    "oversight.task",
    {
        TaskState.PLANNED: {TaskState.FIELD},
        TaskState.FIELD: {TaskState.REPORTED, TaskState.CLOSED},
        TaskState.REPORTED: {TaskState.CLOSED},
        TaskState.CLOSED: set(),
    },
)
FINDING: Flow[Finding] = Flow(
    "oversight.finding",
    {
        FindingState.NOTED: {FindingState.OPEN},
        FindingState.OPEN: {FindingState.ANSWERED},
        FindingState.ANSWERED: {FindingState.OPEN, FindingState.CLOSED},
        FindingState.CLOSED: set(),
    },
)
STATEMENT: Flow[Statement] = Flow(
    "oversight.statement", {StatementState.DRAFT: {StatementState.PUBLISHED}, StatementState.PUBLISHED: set()}
)
QUESTION: Flow[Question] = Flow("oversight.question", {QuestionState.ASKED: {QuestionState.ANSWERED}, QuestionState.ANSWERED: set()})
CLASS: Flow[TrainingClass] = Flow("oversight.class", {ClassState.PLANNED: {ClassState.HELD}, ClassState.HELD: set()})
