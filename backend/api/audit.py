"""`GET /api/audit`: what was done on this server, and by whom."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from backend.api.errors import problems
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.contracts.audit import AuditEntry
from backend.contracts.limits import MAX_SEQ

router = APIRouter(route_class=Guarded, prefix="/api/audit", tags=["access"])
Text = Annotated[str | None, Field(max_length=255, pattern=r"^[^\x00]*$")]


class AuditQuery(BaseModel):
    """The parameters of a search in the audit log. An entry must fit all of them."""

    model_config = ConfigDict(extra="forbid")

    actor: Annotated[Text, Field(description="List only what this owner did.")] = None
    action: Annotated[Text, Field(description="List only this action, such as `deleteJob`.")] = None
    object: Annotated[Text, Field(description="List only what was done to this object, such as a job's id.")] = None
    before: Annotated[int | None, Field(ge=1, le=MAX_SEQ, description="List only entries of smaller numbers.")] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AuditPage(BaseModel):
    """One page of the audit log, the newest entry first. For the next page, send `next` as `before`; it is null on the
    last page."""

    items: list[AuditEntry]
    next: int | None


@router.get("", operation_id="listAudit", responses=problems(422))
def page(query: Annotated[AuditQuery, Query()], inlay: Inlay) -> AuditPage:
    """List what was done on this server: who, what, when, from where, and on which object. Needs the scope admin."""
    found = inlay.audit.page(**query.model_dump(exclude={"limit"}), limit=query.limit + 1)
    items = found[: query.limit]
    return AuditPage(items=items, next=items[-1].number if len(found) > query.limit else None)
