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
    ("finance.levy_component", "哪些工资项目要算进工资总额？"),
    ("finance.levy_due", "拨缴经费几号以前缴？"),
    ("finance.late_fee", "晚缴要收滞纳金吗？"),
    ("finance.payment_order", "不缴经费能申请支付令吗？"),
    ("finance.levy_deduction", "工会经费能税前列支吗？"),
    ("finance.preparation_fund", "没有建会要缴筹备金吗？"),
    ("finance.refund_small_payer", "缴得少能全额返还吗？"),
    ("finance.asset_threshold", "多少钱的东西算固定资产？"),
    ("finance.useful_life", "固定资产按几年折旧？"),
    ("finance.intangible_threshold", "买软件要记无形资产吗？"),
    ("finance.amortisation", "无形资产怎样摊销？"),
    ("finance.levy_accrual", "没有收到的经费能记收入吗？"),
    ("finance.archive_years", "会计凭证、账簿要保管多少年？"),
    ("oversight.leaving_audit", "主席离任要不要审计？"),
)
"""What accountants and auditors ask: after what members ask."""
QUESTIONS: dict[str, str] = {**dict(EXTRA), **{key: words for _title, asks in GROUPS for key, words in asks}, **dict(BOOKS)}
"""Rule -> the question as people ask it."""
