"""Which questions belong to which rule (规则目录)."""

from __future__ import annotations

from gonghui.spending.rules.catalogue import GROUPS

EXTRA = (
    ("finance.levy", "拨缴经费怎么算？"),
    ("finance.dues_topup", "会费怎么用？"),
    ("finance.publication_half_year", "多久公布一次财务收支？"),
    ("finance.three_systems", "工会要有哪些财务制度？"),
    ("finance.own_authority", "工会经费由谁决定怎么用？"),
    ("finance.independent_account", "工会要有自己的账户吗？"),
    ("finance.budget_approval", "预算由谁审查批准？"),
)
BOOKS = (
    ("finance.levy_accrual", "没有收到的经费能记收入吗？"),
    ("finance.archive_years", "会计凭证、账簿要保管多少年？"),
    ("oversight.leaving_audit", "主席离任要不要审计？"),
)
"""What accountants and auditors ask: after what members ask."""
QUESTIONS: dict[str, str] = {**dict(EXTRA), **{key: words for _title, asks in GROUPS for key, words in asks}, **dict(BOOKS)}
"""Rule -> the question as people ask it."""
