"""Short guides (操作指南)."""

from __future__ import annotations

from gonghui.core import menu

OFFICER = (
    ("今天先看什么", "工作台上的“待办”是等您办的事，按到期先后排；“预警”是出了问题的地方，点“为什么”看依据。", "portal:home"),
    ("导入花名册", "在“数据导入”上传 xlsx 或 csv，系统逐行给出结论，只需改有问题的行，改好再提交。", "files:imports:home"),
    ("办理入会", "收到的申请在“入会办理”，过申请关、档案关、发证关，三关都过才计入会员。", "members:joining"),
    ("数不对怎么办", "点数字看口径，再往下一级点，三次以内能看到记录。记录改对了，数自己会对。", "figures:home"),
    ("上报数和实有数不一样", "把上报的数录进来，系统并排给出实有数和差多少，不会改任何一边。", "figures:reported"),
    ("发布报表", "先编制，再核对，期初、新增、核减、期末平衡才能发布；发布后要改就出更正版。", "figures:reports"),
)
WORKER = (
    ("怎么入会", "打开“入会”，最多填五项，交上后工会在几天内答复。可以不让单位知道。", "members:m-join"),
    ("换了单位", "会籍跟着您走。在“我的会籍”办转会，新工会接收前原工会继续服务。", "members:m-home"),
    ("谁看过我的资料", "在“我的会籍”能看到谁在什么时候看过、为什么看。", "members:m-home"),
)


def topics(officer: bool) -> list[tuple[str, str, str]]:
    """Title, text, address (empty when the page is not there)."""
    return [(title, text, menu.address(name)) for title, text, name in (OFFICER if officer else WORKER)]
