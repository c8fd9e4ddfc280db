"""Life of a published text (稿件流程)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.portal.enums import PubState
from gonghui.portal.models import Publication

PUBLICATION: Flow[Publication] = Flow(
    "portal.publication",
    {
        PubState.DRAFT: {PubState.PENDING},
        PubState.PENDING: {PubState.DRAFT, PubState.PUBLISHED},
        PubState.PUBLISHED: {PubState.ARCHIVED},
        PubState.ARCHIVED: set(),
    },
)
