"""Terms and posts, groups, certificates, accounts (届次与任职、小组、证书、账户). Source: ORG-05, S027, LPR, TUL-16-1, R010."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, bulk, crypto, mask
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.orgs.enums import Body, Perm, PostTitle
from gonghui.orgs.models import Certificate, Group, Post, Term, Union, UnionAccount
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors import law
from gonghui.orgs.selectors import terms as term_reads
from gonghui.orgs.services import guards
from gonghui.orgs.services.common import event, must_be_alive, not_future, violate
from gonghui.people import selectors as people_reads
from gonghui.people import services as people
from gonghui.people.enums import IdKind

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def level_of(union: Union) -> str:
    """Which term rule applies: grassroots, industrial or local."""
    if union.kind in rules.GRASSROOTS:
        return "grassroots"
    return "industrial" if union.kind in {"city_industrial", "industry"} else "local"


@transaction.atomic
def term_open(
    *,
    actor: Actor,
    union: Union,
    number: int,
    since: date,
    years: int,
    bodies: tuple[str, ...] = (Body.COMMITTEE, Body.AUDIT, Body.WOMEN),
    approval_no: str = "",
    approved_on: date | None = None,
) -> list[Term]:
    """Register a term of the committees elected together (登记届次).

    Raises: RuleViolation orgs.term_years with the slip; Conflict orgs.term_once. Source: policy orgs.term_years.
    """
    actor.require(Perm.POST_EDIT, union)
    must_be_alive(union)
    not_future(since, "届次开始")
    decision = law.decide("orgs.term_years", union, since, {"kind": level_of(union), "years": years})
    if decision.blocks:
        raise RuleViolation("orgs.term_years", f"{decision.verdict}，这里是 {years} 年。", slip=decision.as_json())
    until = _add_years(since, years)
    before = Term.objects.filter(union=union, body__in=bodies, until__gt=since, ended_on=None).exclude(number=number)
    for old in before.filter(since__gte=since):
        violate("orgs.term_overlap", f"第 {old.number} 届从 {old.since} 开始，新的一届要晚于它。")
    before.update(ended_on=since)
    try:
        with transaction.atomic():
            made = [
                Term.objects.create(
                    union=union,
                    body=b,
                    number=number,
                    since=since,
                    until=until,
                    years=years,
                    approval_no=approval_no,
                    approved_on=approved_on,
                )
                for b in bodies
            ]
    except IntegrityError:
        raise Conflict("orgs.term_once", f"第 {number} 届已经登记过。") from None
    Post.objects.filter(union=union, body__in=bodies, until=None, term__number__lt=number).update(until=since, reason="换届")
    event(union, "term", since, new={"number": number, "years": years, "until": until.isoformat()}, document_no=approval_no)
    audit.record(actor, "orgs.term.open", made[0], org_path=union.path, number=number, since=since, until=until, bodies=list(bodies))
    return made


def _add_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@transaction.atomic
def post_add(
    *,
    actor: Actor,
    union: Union,
    person_id: int,
    title: str,
    since: date,
    body: str = Body.COMMITTEE,
    full_time: bool = False,
    admin_leader: bool = False,
    rank: str = "",
) -> Post:
    """Somebody takes a post (登记任职), inside a term that is running (ORG-05)."""
    actor.require(Perm.POST_EDIT, union)
    must_be_alive(union)
    not_future(since, "任职日期")
    term = term_reads.running(union, body, since)
    if term is None and title in {PostTitle.CHAIR, PostTitle.VICE, PostTitle.MEMBER, PostTitle.WOMEN_MEMBER}:
        violate("orgs.no_term", f"{since} 这一天{Body(body).label}没有在任的届次。请先登记届次，或核对日期。")
    try:
        with transaction.atomic():
            row = Post.objects.create(
                union=union,
                term=term,
                person_id=person_id,
                title=title,
                body=body,
                full_time=full_time,
                rank=rank,
                admin_leader=admin_leader,
                since=since,
            )
    except IntegrityError:
        raise Conflict("orgs.one_chair", f"{Body(body).label}现在已有主席（主任），请先办理离任。") from None
    if title == PostTitle.CHAIR and body == Body.COMMITTEE:
        event(union, "chair", since, new={"person": person_id})
        guards.certificate_follow(actor, union, since, "法定代表人变更")
    audit.record(actor, "orgs.post.add", row, org_path=union.path, person=person_id, title=title, body=body, since=since)
    return row


@transaction.atomic
def post_add_named(*, actor: Actor, union: Union, name: str, id_number: str = "", **post: Any) -> Post:
    """As `post_add`, for somebody named in a form: found by document, else by the one visible person of that name, else registered.

    Raises: RuleViolation orgs.person_many when the name does not tell who is meant.
    """
    actor.require(Perm.POST_EDIT, union)
    name = name.strip()
    if id_number:
        found = people_reads.person_find(id_number=id_number)
    else:
        found = [p for p in people_reads.person_list(actor=actor, q=name)[:20] if p.name == name]
    if len(found) > 1:
        violate("orgs.person_many", f"叫{name}的有 {len(found)} 位，请填证件号认准是哪一位。")
    if found and found[0].name != name:
        violate("orgs.person_name", "这个证件号登记的不是这个姓名，请核对。")
    person = (
        found[0]
        if found
        else people.person_register(
            actor=actor,
            name=name,
            org_path=union.path,
            id_kind=IdKind.RESIDENT if id_number else IdKind.NONE,
            id_number=id_number,
            source="任职登记",
        )
    )
    return post_add(actor=actor, union=union, person_id=person.pk, **post)


@transaction.atomic
def post_end(*, actor: Actor, post: Post, on: date, reason: str) -> Post:
    """Somebody leaves a post (离任)."""
    post = Post.objects.select_for_update().select_related("union").get(pk=post.pk)
    actor.require(Perm.POST_EDIT, post.union)
    not_future(on, "离任日期")
    if post.until is not None or on < post.since:
        raise Conflict("orgs.post_ended", f"已经离任，或离任日期早于任职日期（{post.since}）。")
    if not reason.strip():
        violate("orgs.reason_missing", "请写明离任原因。")
    Post.objects.filter(pk=post.pk).update(until=on, reason=reason[:120])
    post.until, post.reason = on, reason[:120]
    if post.title == PostTitle.CHAIR and post.body == Body.COMMITTEE:
        event(post.union, "chair_end", on, old={"person": post.person_id}, note=reason)
    audit.record(actor, "orgs.post.end", post, org_path=post.union.path, on=on, reason=reason)
    return post


@transaction.atomic
def group_add(*, actor: Actor, union: Union, name: str, since: date, leader_id: int | None = None, filed_on: date | None = None) -> Group:
    """Set up a union group (建立工会小组); its election result is filed above. Source: R007."""
    actor.require(Perm.POST_EDIT, union)
    must_be_alive(union)
    not_future(since)
    try:
        with transaction.atomic():
            row = Group.objects.create(union=union, name=name.strip(), leader_id=leader_id, filed_on=filed_on, since=since)
    except IntegrityError:
        raise Conflict("orgs.group_name", f"已有小组“{name.strip()}”。请换一个名称。") from None
    audit.record(actor, "orgs.group.add", row, org_path=union.path, name=row.name, leader=leader_id)
    return row


@transaction.atomic
def group_update(*, actor: Actor, group: Group, leader_id: int | None, filed_on: date | None) -> Group:
    """The elected leader and the filing of a group (小组长选举结果与备案). Source: R007."""
    actor.require(Perm.POST_EDIT, group.union)
    if filed_on is not None:
        not_future(filed_on)
    old = {"leader": group.leader_id, "filed_on": group.filed_on}
    if not Group.objects.filter(pk=group.pk, until=None).update(leader_id=leader_id, filed_on=filed_on):
        raise Conflict("orgs.group_ended", "这个小组已经撤销。")
    group.refresh_from_db()
    audit.record(actor, "orgs.group.updated", group, org_path=group.union.path, old=old, leader=leader_id, filed_on=filed_on)
    return group


@transaction.atomic
def group_end(*, actor: Actor, group: Group, on: date) -> Group:
    """Close a group (撤销小组)."""
    actor.require(Perm.POST_EDIT, group.union)
    not_future(on)
    if not Group.objects.filter(pk=group.pk, until=None).update(until=on):
        raise Conflict("orgs.group_ended", "这个小组已经撤销。")
    group.until = on
    audit.record(actor, "orgs.group.end", group, org_path=group.union.path, on=on)
    return group


@transaction.atomic
def certificate_add(
    *,
    actor: Actor,
    union: Union,
    number: str,
    issued_on: date,
    valid_until: date,
    credit_code: str = "",
    representative_id: int | None = None,
) -> Certificate:
    """Register the legal-person certificate (登记法人资格证); the one before it is replaced."""
    actor.require(Perm.UNION_EDIT, union)
    must_be_alive(union)
    not_future(issued_on, "发证日期")
    if valid_until <= issued_on:
        violate("orgs.certificate_dates", f"有效期至 {valid_until} 应晚于发证日期 {issued_on}。")
    Certificate.objects.filter(union=union, cancelled_on=None).update(cancelled_on=issued_on)
    row = Certificate.objects.create(
        union=union,
        number=number,
        credit_code=credit_code,
        representative_id=representative_id,
        issued_on=issued_on,
        valid_until=valid_until,
    )
    audit.record(actor, "orgs.certificate.add", row, org_path=union.path, number=number, valid_until=valid_until)
    return row


@transaction.atomic
def account_set(*, actor: Actor, union: Union, bank: str, number: str, since: date) -> UnionAccount:
    """Register the bank account (登记经费账户): sealed number; only a union with a certificate opens one. Source: S027, R010."""
    actor.require(Perm.UNION_EDIT, union)
    must_be_alive(union)
    if not Certificate.objects.filter(union=union, cancelled_on=None).exists():
        violate("orgs.certificate_first", f"{union.name}还没有登记法人资格证，取得后才能开设独立账户。")
    digits = "".join(c for c in number if c.isdigit())
    if not 10 <= len(digits) <= 30:
        violate("orgs.account_number", f"银行账号一般 10–30 位数字，这里是 {len(digits)} 位。")
    UnionAccount.objects.filter(union=union, until=None).update(until=since)
    pk = int(bulk.reserve_ids(UnionAccount, 1)[0])
    sealed = crypto.seal("orgs.unionaccount", "number_sealed", pk, digits)
    row = UnionAccount.objects.create(pk=pk, union=union, bank=bank, number_sealed=sealed, number_mask=mask.card(digits), since=since)
    audit.record(actor, "orgs.account.set", row, org_path=union.path, bank=bank, number=audit.digest("orgs.account", digits))
    return row
