"""Rights of a person over own data (个人信息权利): correct, erase with reasoned refusal, retention. Source: PIPL 45–50, PRI-07…09."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet

from gonghui.core import audit, bulk, clock, crypto
from gonghui.core.errors import BadInput, NotPermitted, RuleViolation
from gonghui.members import flows
from gonghui.members.enums import ApplicationState, EndReason, Perm, RequestKind, RequestState
from gonghui.members.models import Application, Card, Comparison, DataRequest, Difference, Exit, Membership, Transfer
from gonghui.members.selectors import policy_values
from gonghui.members.services import consents
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.people import services as people

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE = "members.datarequest"
FIELDS = {"name": "姓名", "phone": "手机号", "id_number": "证件号", "education": "学历", "ethnic": "民族"}
LEAST_WORDS = 4
"""Characters of a reason somebody can understand."""
SELF_SERVICE = frozenset({"education", "ethnic"})
"""What a person corrects without anybody's leave; identity goes through a check."""


@transaction.atomic
def request_make(*, actor: Actor, person: Any, kind: str, field: str = "", value: str = "", words: str = "") -> DataRequest:
    """Ask for a correction or an erasure (提出请求): answered within the days of the rule."""
    if actor.person_id != person.pk:
        raise NotPermitted("members.not_yours", "只能对本人的资料提出请求。")
    if kind == RequestKind.CORRECT and (field not in FIELDS or not value.strip()):
        raise BadInput("members.request", "请选择要更正的项目，并填写正确的内容。")
    if DataRequest.objects.filter(person_id=person.pk, kind=kind, field=field, state=RequestState.OPEN).exists():
        raise RuleViolation("members.request_open", "同样的请求正在处理，请等答复。")
    if kind == RequestKind.RELATIVE:
        raise NotPermitted("members.relative_at_desk", "近亲属的请求由工会窗口核对关系证明后登记。")
    if kind == RequestKind.REVIEW and len(words.strip()) < LEAST_WORDS:
        raise BadInput("members.request", f"请写明对哪一件判定有异议、为什么，至少 {LEAST_WORDS} 个字。")
    spell = Membership.objects.filter(person_id=person.pk, until=None).select_related("union__parent").first()
    union = spell.union if spell else None
    if union is not None and kind == RequestKind.REVIEW:
        union = union.parent or union  # looked at again by the union above, not by the one that decided
    days = policy_values.number("members.request_answer_days", clock.today(), union)
    pk = int(bulk.reserve_ids(DataRequest, 1)[0])
    sealed = crypto.seal(TABLE, "value", pk, value.strip()[:100]) if value.strip() else None
    row = DataRequest.objects.create(
        pk=pk, person_id=person.pk, union=union, kind=kind, field=field, value_sealed=sealed, words=words.strip()[:200],
        made_at=clock.now(), due_on=clock.today() + timedelta(days=days),
    )  # fmt: skip
    audit.record(actor, "members.request.made", row, kind=kind, field=field)
    if kind == RequestKind.CORRECT and field in SELF_SERVICE:
        return _correct(actor, row, person)
    if kind == RequestKind.ERASE:
        return _erase(actor, row, person)
    if kind == RequestKind.EXPLAIN:
        return _answer(actor, row, RequestState.DONE, explained(person.pk))
    return row


def explained(person_id: int) -> list[str]:
    """What is done with the data and by which rules (处理规则说明, PIPL 24 and 48)."""
    lines = []
    for notice in consents.notices().values():
        live = "已同意" if consents.consent_live(person_id, notice.purpose) else "没有同意，不作此用"
        lines.append(f"{notice.title}（第 {notice.version} 版，{live}）：处理{notice.what}；用于{notice.why}；保存{notice.kept}。")
    lines.append("资格和标准由公开的规则判定，每次都写明条款和算式，点“为什么”可以看到；不服的可以要求人工复核，不会只凭自动判断决定。")
    lines.append("不作画像推送，不向用人单位提供您的诉求、困难、健康和投票内容。")
    return lines


@transaction.atomic
def relative_request(*, actor: Actor, person: Any, union: Any, relative: str, relation: str, words: str) -> DataRequest:
    """A near relative of a member who died asks for the data (近亲属请求, PIPL 49): the desk has seen the proof of relation.

    Raises: NotPermitted without the desk's right; RuleViolation members.not_died, members.relative.
    """
    actor.require(Perm.IDENTITY_DESK, union)
    if not Membership.objects.filter(person_id=person.pk, union__path__startswith=union.path, ended=EndReason.DIED).exists():
        raise RuleViolation("members.not_died", "本会没有登记这位会员去世。先按退会手续登记去世，再办近亲属的请求。")
    if not relative.strip() or not relation.strip() or len(words.strip()) < LEAST_WORDS:
        raise RuleViolation("members.relative", "请写明近亲属的姓名、与逝者的关系，以及为了什么合法、正当的利益。")
    today = clock.today()
    row = DataRequest.objects.create(
        person_id=person.pk, union=union, kind=RequestKind.RELATIVE, words=f"{relation.strip()} {relative.strip()}：{words.strip()}"[:200],
        made_at=clock.now(), due_on=today + timedelta(days=policy_values.number("members.request_answer_days", today, union)),
    )  # fmt: skip
    audit.record(actor, "members.request.made", row, kind=RequestKind.RELATIVE)
    return row


def wanted(row: DataRequest) -> str:
    """The value asked for, in clear."""
    return crypto.unseal(TABLE, "value", row.pk, row.value_sealed) if row.value_sealed is not None else ""


@transaction.atomic
def request_decide(*, actor: Actor, request: DataRequest, agree: bool, reason: str = "") -> DataRequest:
    """Answer a correction (答复更正请求). A refusal gives its reason (PIPL 50)."""
    row = DataRequest.objects.select_for_update(of=("self",)).select_related("person", "union").get(pk=request.pk)
    actor.require(Perm.REQUEST_DECIDE, row.union)
    if agree and row.kind == RequestKind.CORRECT:
        return _correct(actor, row, row.person)
    if len(reason.strip()) < LEAST_WORDS:
        raise RuleViolation("members.reason", f"请写明答复的内容或不同意的理由，至少 {LEAST_WORDS} 个字。")
    if agree:
        return _answer(actor, row, RequestState.DONE, [reason.strip()[:200]])
    return _answer(actor, row, RequestState.REFUSED, [reason.strip()[:200]])


def _correct(actor: Actor, row: DataRequest, person: Any) -> DataRequest:
    path = row.union.path if row.union else ""
    doer = actor if actor.person_id == person.pk else type(actor).system("request")
    people.person_correct(actor=doer, person=person, reason=f"本人请求 {row.pk}", org_path=path, **{row.field: wanted(row)})
    return _answer(actor, row, RequestState.DONE, [f"{FIELDS[row.field]}已更正"])


def kept_of(person_id: int) -> list[str]:
    """What the law or an open matter makes us keep (依法保留的内容及理由), named one by one."""
    kept = []
    if Membership.objects.filter(person_id=person_id, until=None).exists():
        kept.append("现有会籍：您还是会员，会籍登记是工会履行法定职责所必需（个人信息保护法第十三条第一款第三项）。退会后再提出。")
    if Membership.objects.filter(person_id=person_id, until__isnull=False).exists():
        kept.append("会籍经历：会籍档案按规定保存，期满前只存储、不使用（个人信息保护法第四十七条第二款）。")
    if Card.objects.filter(person_id=person_id).exists():
        kept.append("会员证编号：证号不得重复使用，随会籍档案保存。")
    if Transfer.objects.filter(person_id=person_id).exists() or Exit.objects.filter(person_id=person_id).exists():
        kept.append("转会、退会的办理记录：随会籍档案保存。")
    if Application.objects.filter(person_id=person_id, state__in=["submitted", "returned", "approved"]).exists():
        kept.append("正在办理的入会申请：请先撤回。")
    kept.append("审计记录：只有编号和校验值，不含您的姓名和证件号（网络安全法要求日志留存不少于六个月）。")
    return kept


def _erase(actor: Actor, row: DataRequest, person: Any) -> DataRequest:
    """Erase what may go at once; list what stays and why (PRI-08)."""
    gone = []
    signatures = Application.objects.filter(person_id=person.pk, signature_sealed__isnull=False)
    if signatures.update(signature_sealed=None):
        gone.append("手写签名图像")
    ended = Application.objects.filter(person_id=person.pk, state__in=[ApplicationState.REFUSED, ApplicationState.WITHDRAWN])
    if ended.exists():
        _drop_applications(ended)
        gone.append("未批准和撤回的入会申请")
    if person.consents.filter(withdrawn_at=None).exclude(purpose="membership").update(withdrawn_at=clock.now()):
        gone.append("可选用途的同意")
    if person.service_cards.filter(until=None).update(until=clock.today(), state="closed"):
        gone.append("服务卡（停用）")
    stays = kept_of(person.pk)
    answer = [f"已删除：{'、'.join(gone)}。" if gone else "没有可以立即删除的内容。", *stays]
    return _answer(actor, row, RequestState.DONE, answer)


def _drop_applications(rows: QuerySet[Application]) -> int:
    ids = list(rows.values_list("pk", flat=True))
    from gonghui.members.models import Attendance

    Attendance.objects.filter(application_id__in=ids).delete()
    return Application.objects.filter(pk__in=ids).delete()[0] and len(ids)


def _answer(actor: Actor, row: DataRequest, state: str, answer: list[str]) -> DataRequest:
    changes = {"answer": answer, "answered_at": clock.now(), "answered_by": actor.ref, "value_sealed": None}
    flows.REQUEST.advance(row, state, actor=actor, org_path=row.union.path if row.union else "", changes=changes)
    if actor.person_id != row.person_id:
        about = RequestKind(row.kind).label
        title = f"{about}已办" if state == RequestState.DONE else f"{about}没有同意"
        notices.notice_send(
            actor, kind=NoticeKind.RESULT, title=title, body="；".join(answer), link="/m/members/data/", persons=[row.person_id]
        )
    return row


# -- retention ---------------------------------------------------------------------------------------------------


def retention_due() -> dict[str, QuerySet[Any]]:
    """What is past its time today (到期应删), by kind. The dry run and the run read the same lists (PRI-09)."""
    today = clock.today()

    def before(key: str) -> Any:
        day = clock.add_months(today, -policy_values.number(key, today))
        return clock.now().replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0)

    refused = Q(state__in=[ApplicationState.REFUSED, ApplicationState.WITHDRAWN], decided_at__lt=before("members.keep_refused_months"))
    signed = Comparison.objects.filter(signed_on__lt=before("members.keep_comparison_months").date())
    return {
        "applications": Application.objects.filter(refused),
        "differences": Difference.objects.filter(comparison__in=signed),
        "requests": DataRequest.objects.exclude(state=RequestState.OPEN).filter(answered_at__lt=before("members.keep_request_months")),
    }


def retention_plan() -> dict[str, int]:
    """How many would go (试算)."""
    return {kind: rows.count() for kind, rows in retention_due().items()}


@transaction.atomic
def retention_run(*, actor: Actor) -> dict[str, int]:
    """Delete exactly what the schedule says (到期清理). Only the system's own job runs it."""
    if not actor.is_system:
        raise NotPermitted("members.system_only", "到期清理由系统按保存期限表办理。")
    gone: dict[str, int] = {}
    for kind, rows in retention_due().items():
        ids = list(rows.values_list("pk", flat=True))
        gone[kind] = len(ids)
        if kind == "applications":
            _drop_applications(Application.objects.filter(pk__in=ids))
        else:
            rows.model._default_manager.filter(pk__in=ids).delete()
    audit.record(actor, "members.retention.run", None, org_path="", gone=gone)
    return gone
