"""Saved layouts: job documents that are stored under a name."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.links import PublicLinks
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.contracts.document import Document
from backend.contracts.job import Job
from backend.contracts.limits import MAX_SEARCH
from backend.store.layouts import SavedLayout
from backend.store.search_text import search_words

router = APIRouter(route_class=Guarded, prefix="/api/layouts", tags=["layouts"])
LayoutName = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]


class LayoutDraft(Document):
    """A valid job document, and the name to save it under."""

    name: LayoutName
    document: Job


class LayoutChange(Document):
    """A change of a saved layout. What is left out, or null, stays as it is."""

    name: LayoutName | None = None
    document: Job | None = None


class LayoutPage(BaseModel):
    """One page of saved layouts, the most recently changed one first. For the next page, send `next` as `after`; it is
    null on the last page."""

    items: list[SavedLayout]
    next: UUID | None


@router.get("", operation_id="listLayouts", responses=problems(404, 422))
def page(
    inlay: Inlay,
    owner: Caller,
    q: Annotated[
        str, Query(max_length=MAX_SEARCH, description="List only layouts whose names contain all these words.")
    ] = "",
    after: Annotated[UUID | None, Query(description="List only layouts that follow this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> LayoutPage:
    """List your saved layouts, the most recently changed one first."""
    found = inlay.layouts.search(owner, search_words(q), after, limit + 1)
    items = found[:limit]
    return LayoutPage(items=items, next=items[-1].id if len(found) > limit else None)


@router.post("", operation_id="createLayout", status_code=201, responses=problems(429, body=True))
def create(draft: LayoutDraft, inlay: Inlay, owner: Caller, links: PublicLinks, response: Response) -> SavedLayout:
    """Save a job document under a name."""
    saved = inlay.layouts.create(owner, draft.name, draft.document)
    response.headers["Location"] = links.to(f"/api/layouts/{saved.id}")
    return saved


@router.get("/{id}", operation_id="getLayout", responses=problems(404, 422))
def get(id: UUID, inlay: Inlay, owner: Caller) -> SavedLayout:
    """Fetch a saved layout with its document."""
    return inlay.layouts.get(owner, id)


@router.put("/{id}", operation_id="replaceLayout", responses=problems(404, body=True))
def replace(id: UUID, draft: LayoutDraft, inlay: Inlay, owner: Caller) -> SavedLayout:
    """Replace the name and the document of a saved layout."""
    return inlay.layouts.update(owner, id, draft.name, draft.document)


@router.patch("/{id}", operation_id="changeLayout", responses=problems(404, body=True))
def change(id: UUID, wanted: LayoutChange, inlay: Inlay, owner: Caller) -> SavedLayout:
    """Rename a saved layout, or replace its document. Unlike PUT, this leaves alone what somebody else has changed
    meanwhile."""
    return inlay.layouts.update(owner, id, wanted.name, wanted.document)


@router.delete("/{id}", operation_id="deleteLayout", status_code=204, responses=problems(404, 422))
def delete(id: UUID, inlay: Inlay, owner: Caller) -> None:
    """Delete a saved layout. The jobs that were made from it stay."""
    inlay.layouts.delete(owner, id)
