"""Links by which a job or a saved layout is shared with people who have no key."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from backend.contracts.document import Document
from backend.contracts.job import Job
from backend.contracts.limits import MAX_KEY_DAYS


class LinkDraft(Document):
    """A new link. It ends after `days`; null: when its owner takes it back."""

    days: Annotated[float, Field(gt=0, le=MAX_KEY_DAYS)] | None = None


class SharedLink(Document):
    """A link to a job or to a saved layout; the other one is null. The server keeps only the SHA-256 of its token."""

    id: UUID
    job: UUID | None
    layout: UUID | None
    created_at: datetime
    expires_at: datetime | None


class NewLink(Document):
    """A link that was just made. `url` is shown only this once."""

    link: SharedLink
    url: str


class SharedPicture(Document):
    """A picture of a shared job, of `width` x `height` pixels."""

    name: str
    url: str
    width: int
    height: int


class SharedJob(Document):
    """The document and the pictures of a job that a link shows."""

    kind: Literal["job"] = "job"
    finished_at: datetime
    document: Job
    pictures: list[SharedPicture]


class SharedLayout(Document):
    """The name and the document of a saved layout that a link shows, as its owner last saved it. Each upload that the
    document names is at `/api/shared/{token}/uploads/{id}`."""

    kind: Literal["layout"] = "layout"
    name: str
    updated_at: datetime
    document: Job


Shared = Annotated[SharedJob | SharedLayout, Field(discriminator="kind")]
