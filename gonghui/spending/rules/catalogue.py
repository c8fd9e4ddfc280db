"""Which question of everyday life which rule answers (常见问题与规则)."""

from __future__ import annotations

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "办活动",
        (
            ("finance.participation_prize", "参与奖能发多少？"),
            ("finance.prize_share", "多少人可以获奖？"),
            ("finance.event_prize", "一等奖、团体奖能设多高？"),
            ("finance.souvenir", "不设奖，能发纪念品吗？"),
            ("finance.referee_fee", "能给裁判、评委发劳务费吗？"),
            ("finance.clothing", "能给参加比赛的人买服装吗？几年买一次？"),
            ("finance.meal_ceiling", "活动用餐、误餐补助按什么标准？"),
            ("finance.outing", "能组织春游秋游吗？能过夜吗？"),
            ("finance.training_award", "培训能奖励优秀学员吗？"),
        ),
    ),
    (
        "过节慰问",
        (
            ("finance.festivals", "哪些节日可以发慰问品？"),
            ("finance.festival_form", "能发购物卡、提货券、月饼吗？"),
            ("finance.festival_total", "一年能发多少？"),
            ("finance.consumption_voucher", "能发工会消费券吗？"),
            ("finance.distribution_list", "发东西要签字吗？"),
            ("finance.one_place", "派遣、借用、退休的人能领吗？"),
            ("members.dues_needed_for_welfare", "不交会费的人能领吗？"),
        ),
    ),
    (
        "关心会员",
        (
            ("finance.birthday", "会员生日能送什么？"),
            ("finance.wedding", "会员结婚能慰问多少？"),
            ("finance.childbirth", "会员生育能慰问多少？"),
            ("finance.hospital", "会员住院能慰问多少？"),
            ("finance.bereavement", "会员或亲属去世能慰问多少？"),
            ("finance.retirement", "会员退休能送纪念品吗？"),
            ("finance.health_check", "职工体检能用工会经费吗？"),
        ),
    ),
    (
        "文化生活",
        (
            ("finance.film", "能组织看电影吗？"),
            ("finance.show_ticket", "能买演出票吗？"),
            ("finance.annual_pass", "能办公园年票吗？"),
        ),
    ),
    (
        "怎么付、怎么批",
        (
            ("finance.cash_limit", "多少钱以下可以付现金？"),
            ("finance.no_budget", "没有预算能花吗？"),
            ("finance.eight_prohibitions", "哪些钱一定不能花（八不准）？"),
            ("finance.three_duties", "制单、审核、付款能是一个人吗？"),
            ("finance.dues_topup", "会费不够，能用工会经费补吗？"),
            ("finance.unit_costs", "办公场所、水电、印刷费能用工会经费吗？"),
        ),
    ),
)
"""Group -> (rule, question as people ask it)."""
