"""Publishing with approval, and the experience library (信息发布、典型经验)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from gonghui.approvals import kinds
from gonghui.approvals import services as approvals
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.portal import flows
from gonghui.portal.enums import Audience, Channel, Perm, PubState
from gonghui.portal.models import Adoption, Experience, Publication

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.selectors.closure import Node

KIND = "portal.publication"
MOST_TAGS = 8


@transaction.atomic
def publication_write(
    *,
    actor: Actor,
    union: Node,
    title: str,
    body: str,
    channel: str = Channel.LAN,
    audience: str = Audience.SIGNED_IN,
    publication: Publication | None = None,
) -> Publication:
    """Write or rewrite a draft (拟稿). A text under approval or out is not changed any more."""
    actor.require(Perm.PUBLISH_EDIT, union)
    fields = {"title": title.strip(), "body": body.strip(), "channel": Channel(channel), "audience": Audience(audience)}
    if publication is None:
        publication = Publication.objects.create(union_id=union.pk, author=actor.ref, created_at=clock.now(), **fields)
    elif not Publication.objects.filter(pk=publication.pk, state=PubState.DRAFT).update(**fields):
        raise Conflict("portal.not_draft", "稿件已经送审或发布，不能再改。需要更正请另发一条。")
    audit.record(
        actor, "portal.publication.written", publication, org_path=union.path, title=fields["title"], channel=channel, audience=audience
    )
    return publication


@transaction.atomic
def publication_submit(*, actor: Actor, publication: Publication, union: Node) -> Publication:
    """Hand a draft in for approval (送审). Another person decides."""
    actor.require(Perm.PUBLISH_EDIT, union)
    flows.PUBLICATION.advance(publication, PubState.PENDING, actor=actor, org_path=union.path)
    approval = approvals.approval_submit(
        actor=actor, kind=KIND, subject_id=publication.pk, title=f"发布：{publication.title}", org_path=union.path, org_name=union.name
    )
    Publication.objects.filter(pk=publication.pk).update(approval=approval)
    publication.approval = approval
    return publication


def _of(approval: Any) -> Publication:
    return Publication.objects.select_for_update(of=("self",)).select_related("union").get(pk=int(approval.subject_id))


def _approved(actor: Actor, approval: Any) -> None:
    row = _of(approval)
    flows.PUBLICATION.advance(row, PubState.PUBLISHED, actor=actor, org_path=row.union.path, changes={"published_at": clock.now()})


def _back(actor: Actor, approval: Any) -> None:
    row = _of(approval)
    flows.PUBLICATION.advance(row, PubState.DRAFT, actor=actor, org_path=row.union.path)


def _digest(subject_id: str) -> str:
    row = Publication.objects.get(pk=int(subject_id))
    return f"{row.title}\n{row.body}\n{row.channel}\n{row.audience}"


def _levels(subject_id: str) -> list[kinds.Level]:
    row = Publication.objects.select_related("union").get(pk=int(subject_id))
    return [kinds.Level("发布审批", row.union.path, perm=Perm.PUBLISH_APPROVE)]


HANDLER = kinds.Handler(
    label="信息发布",
    url=lambda pk: reverse("portal:publication", args=[int(pk)]),
    levels=_levels,
    digest=_digest,
    on_approved=_approved,
    on_refused=_back,
    on_withdrawn=_back,
    on_voided=_back,
)


@transaction.atomic
def publication_archive(*, actor: Actor, publication: Publication, union: Node) -> Publication:
    """Take a text off the pages; it stays readable in the archive (归档)."""
    actor.require(Perm.PUBLISH_EDIT, union)
    return flows.PUBLICATION.advance(publication, PubState.ARCHIVED, actor=actor, org_path=union.path, changes={"archived_at": clock.now()})


@transaction.atomic
def experience_add(*, actor: Actor, union: Node, title: str, summary: str, tags: list[str], point: Node | None = None) -> Experience:
    """Put a case into the library (经验入库)."""
    actor.require(Perm.EXPERIENCE_EDIT, union)
    clean = list(dict.fromkeys(t.strip()[:12] for t in tags if t.strip()))
    if len(clean) > MOST_TAGS:
        raise RuleViolation("portal.too_many_tags", f"标签最多 {MOST_TAGS} 个，这里有 {len(clean)} 个。请留下最要紧的。")
    fields = {"title": title.strip(), "summary": summary.strip(), "tags": clean, "point_id": point.pk if point else None}
    row = Experience.objects.create(union_id=union.pk, author=actor.ref, created_at=clock.now(), **fields)
    audit.record(actor, "portal.experience.added", row, org_path=union.path, title=row.title, tags=clean)
    return row


@transaction.atomic
def experience_adopt(*, actor: Actor, experience: Experience, union: Node, note: str = "") -> Adoption:
    """A union takes a case over (登记采用). Once a union."""
    actor.require(Perm.EXPERIENCE_VIEW, union)
    try:
        with transaction.atomic():
            row = Adoption.objects.create(
                experience=experience, union_id=union.pk, on=clock.today(), note=note.strip()[:200], actor=actor.ref
            )
    except IntegrityError as fault:
        raise Conflict("portal.adopted", f"{union.name}已经登记采用过这条经验。") from fault
    audit.record(actor, "portal.experience.adopted", row, org_path=union.path, experience=experience.pk)
    return row
