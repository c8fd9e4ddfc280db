"""Words for the audit chain (审计动作的说法): `members.consent.given` on a `members.consent` reads “给出 同意记录”.

The object's word is its model's `verbose_name`; the act is looked up here, or is the label of the state a flow moved it to.
Apps whose acts have words of their own add them with `register`.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps
from django.db import models

_acts: dict[str, str] = {
    "accepted": "接收", "account": "登记账户", "added": "新增", "adopted": "采用", "allocated": "分配", "anonymous": "匿名访问", "answered": "答复",
    "approved": "批准", "asked": "申请", "assign": "指派", "bad_rows_taken": "下载未通过的行", "build": "组建", "cancelled": "取消", "changed": "修改",
    "check": "核对", "checked": "核对", "checked_in": "签到", "closed": "办结", "code": "使用恢复码", "committee": "登记委员会", "confirm": "确认",
    "confirmed": "确认", "corrected": "更正", "count": "清点", "created": "新建", "decided": "决定", "deed": "记录事迹", "deleted": "删除",
    "disabled": "停用", "disclosed": "查看原文", "dissolve": "撤销", "distinct": "判为不同", "diversity": "登记用工画像", "document_added": "加入材料", "done": "完成",
    "edited": "修改", "enabled": "启用", "end": "结束", "ended": "结束", "ended_others": "结束其他会话", "enrolled": "启用动态码", "entered": "录入",
    "export": "导出", "exported": "导出", "failed": "失败", "followed": "跟踪", "given": "授予", "import": "导入", "import_undone": "撤回导入",
    "imported": "导入", "in": "登录", "issued": "发出", "link": "关联", "linked": "关联", "made": "提出", "main": "设为主办", "marked_present": "记到场",
    "merge": "合并", "merged": "合并", "move": "划转", "moved": "移动", "open": "打开", "opened": "打开", "out": "退出", "outcome": "登记结果",
    "passed": "通过", "phone": "登记手机号", "phone_set": "设置手机号", "photo": "加入照片", "placed": "安置", "planned": "计划", "prepared": "准备",
    "printed": "打印", "published": "公布", "put": "登记", "rated": "评分", "read": "查看", "read_all": "全部已读", "reconciled": "核对",
    "record": "登记", "recorded": "登记", "refreshed": "刷新", "refused": "拒绝", "register": "登记", "released": "发布", "reminded": "提醒",
    "removed": "移除", "rename": "更名", "renewed": "换发", "reopen": "重新打开", "reopened": "重新打开", "resent": "重发", "reset": "重设",
    "restored": "恢复", "retained": "保留", "returned": "退回", "reviewed": "复核", "revoked": "收回", "run": "运行", "scan": "扫描",
    "scope_moved": "随工会划转", "send": "发送", "sent": "发送", "set": "设置", "settled": "处理", "signed": "签字", "started": "开始", "step": "办理一步",
    "stored": "存入", "submitted": "提交", "unmerged": "撤回合并", "updated": "更新", "uploaded": "上传", "used": "使用", "withdrawn": "撤回",
    "write_off_undo": "撤回核销", "wrong": "未通过",
    "add": "新增", "change": "修改", "drilled": "演练", "edit": "修改", "person_merged": "随人员合并", "person_unmerged": "撤回人员合并",
    "phone_released": "解除手机号", "registered": "登记", "reported": "回执", "revealed": "查看原文", "rotated": "轮换", "seconded": "借调",
    "unmerge": "撤回合并", "value": "登记数值", "written": "撰写",
    "activated": "启用", "adjusting": "调整", "agent_set": "设定代理记账", "applied": "申请", "arrived": "登记到账", "attached": "附上附件", "auto": "自动匹配",
    "brought": "批量记入", "closed_through": "结账到", "committed": "公布指纹", "discarded": "放弃", "disposed": "处置", "drafted": "起草", "dropped": "作废",
    "dues": "登记会费", "fee": "登记滞纳金", "filed": "提交", "grouped": "归组", "leader": "确定负责人", "left": "退出", "lifted": "解除", "many": "批量登记",
    "named": "命名", "paper_added": "加入材料", "prep_added": "加入筹备组成员", "proposed": "建议", "purchase": "登记采购", "refunded": "退款",
    "requested": "申请", "reserved": "占用", "resized": "调整份数", "reversed": "冲销", "reversing": "申请冲销", "saved": "保存", "source": "登记来源",
    "transferred": "转让", "undone": "撤回", "unit_added": "加入单位", "void": "作废", "voucher": "生成凭证",
}  # fmt: skip
_nouns: dict[str, str] = {
    "accounts.audit": "审计日志", "accounts.password": "密码", "accounts.factor": "二次验证", "accounts.phone": "手机验证", "accounts.totp": "动态码",
    "accounts.recovery": "恢复码", "accounts.preferences": "显示偏好", "core.verify": "数据核验", "core": "访问", "members.retention": "到期清理",
    "members.membership": "会籍", "members.data": "本人资料", "members.identity": "身份核对", "orgs.reminders": "提醒", "people.codes": "代码表",
    "core.backup": "备份", "core.datakey": "数据密钥", "core.index": "索引密钥", "core.kek": "主密钥", "policy.rule": "规则", "policy.local": "本地标准", "files.import": "导入批次",
}  # fmt: skip


def register(acts: Mapping[str, str], nouns: Mapping[str, str] | None = None) -> None:
    """Add words of an app. A word that says something else than the one held raises."""
    for held, more in ((_acts, acts), (_nouns, nouns or {})):
        for key, word in more.items():
            if held.setdefault(key, word) != word:
                raise ValueError(f"审计动作的说法重复：{key}")


def noun(kind: str, verb: str = "") -> str:
    """The Chinese word of a model's label, or of the verb's own noun; what is known to neither stays as written."""
    model = _model(kind)
    if model is not None:
        return str(model._meta.verbose_name)
    stem = verb.rpartition(".")[0]
    return _nouns.get(stem, "") or _nouns.get(stem.partition(".")[0], "") or kind


def act(verb: str, kind: str = "") -> str:
    """What was done, in Chinese; "" when nobody has given it a word."""
    last = verb.rpartition(".")[2]
    model = _model(kind)
    if model is not None:
        for name in ("state", "status"):
            field = next((f for f in model._meta.concrete_fields if f.name == name and f.choices), None)
            label = dict(field.flatchoices).get(last) if field is not None else None
            if label:
                return f"转为“{label}”"
    return _acts.get(last, "")


def say(verb: str, kind: str = "") -> str:
    """One line for a reader: “批准 入会申请”. The verb itself where no word is known."""
    return " ".join(filter(None, [act(verb, kind), noun(kind, verb)])) if act(verb, kind) else verb


def _model(kind: str) -> type[models.Model] | None:
    try:
        return apps.get_model(kind) if "." in kind else None
    except LookupError:
        return None


__all__ = ["act", "noun", "register", "say"]
