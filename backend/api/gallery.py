"""The gallery: list and search jobs, mark them, and cancel, delete and download many at once."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from backend.api.archive import archive
from backend.api.auth import Caller, Identity, Reach, check_scope, reach_of
from backend.api.errors import problems
from backend.api.links import PublicLinks
from backend.api.noting import name_objects
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.contracts.document import Document, Name
from backend.contracts.job import JobResource, JobState
from backend.contracts.layout import LayoutKind
from backend.contracts.limits import MAX_SEARCH, MAX_SELECTED, MAX_TAG, MAX_TAGS
from backend.store.gallery import MarkedJob, TagUse, Wanted
from backend.store.search_text import search_words

router = APIRouter(route_class=Guarded, tags=["jobs"])


def _moment(value: str, *, ends: bool) -> datetime:
    """Return a moment in UTC. A date is the start of that day in UTC, or with `ends` its end."""
    try:
        moment = datetime.fromisoformat(value) if _DATE.match(value) else None
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError("must be a date such as 2026-11-29, or a time such as 2026-11-29T14:30:00Z")
    try:
        utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return utc + timedelta(days=1) if ends and _DATE.fullmatch(value) else utc
    except OverflowError as error:
        raise ValueError("must lie in the years 1 to 9999") from error


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TEXT = WithJsonSchema({"type": "string", "examples": ["2026-11-29", "2026-11-29T14:30:00Z"]})
Since = Annotated[datetime, PlainValidator(partial(_moment, ends=False)), _TEXT]
Until = Annotated[datetime, PlainValidator(partial(_moment, ends=True)), _TEXT]


def _visible(tag: str) -> str:
    if not any(letter.isprintable() and not letter.isspace() for letter in tag):
        raise ValueError("must have a visible character")
    return tag


Tag = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TAG, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(_visible),
]


def _distinct(tags: list[str]) -> list[str]:
    seen: set[str] = set()
    for tag in tags:
        if tag.casefold() in seen:
            raise ValueError(f"has the tag {tag!r} twice; name each tag once")
        seen.add(tag.casefold())
    return tags


Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_distinct)]
Ids = Annotated[list[Annotated[UUID, Field(strict=False)]], Field(min_length=1, max_length=MAX_SELECTED)]


class JobQuery(BaseModel):
    """The parameters of a search. A job must fit all of them."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[
        str,
        Field(
            max_length=MAX_SEARCH,
            description="List only jobs whose prompts and negative prompts contain all these words, anywhere and in "
            "any case.",
        ),
    ] = ""
    state: Annotated[JobState | None, Field(description="List only jobs in this state.")] = None
    model: Annotated[Name | None, Field(description="List only jobs of this model.")] = None
    layout: Annotated[LayoutKind | None, Field(description="List only jobs of this kind of layout.")] = None
    since: Annotated[
        Since | None,
        Field(description="List only jobs of this time or later. A date is the start of its day in UTC."),
    ] = None
    until: Annotated[
        Until | None,
        Field(description="List only jobs from before this time. A date includes its whole day in UTC."),
    ] = None
    favourite: Annotated[bool | None, Field(description="List only favourites, or only other jobs.")] = None
    tag: Annotated[Tag | None, Field(description="List only jobs with this tag.")] = None
    trash: Annotated[bool, Field(description="List the jobs in the trash, in place of all others.")] = False
    everyone: Annotated[bool, Field(description="List the jobs of all owners. This needs the scope admin.")] = False
    after: Annotated[UUID | None, Field(description="List only jobs that are older than this one.")] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class JobPage(BaseModel):
    """One page of jobs, newest first. For the next page, send `next` as `after`; it is null on the last page."""

    items: list[JobResource]
    next: UUID | None


class JobMarks(Document):
    """Marks on a job. What is null or left out stays as it is. `tags` replaces all tags of the job. Spaces around a tag
    are removed."""

    favourite: bool | None = None
    tags: Tags | None = None


class Marking(Document):
    """Changes of the marks of several jobs. First the tags of `remove_tags` are removed, exactly as they are written.
    Then those of `add_tags` are added; one that a job has already, in capitals or not, is not added again. Without
    `favourite` that mark stays as it is. Spaces around a tag are removed."""

    ids: Ids
    favourite: bool | None = None
    add_tags: Tags = []
    remove_tags: Tags = []

    @model_validator(mode="after")
    def _add_or_remove(self) -> Self:
        for tag in self.add_tags:
            if tag in self.remove_tags:
                raise ValueError(f"has the tag {tag!r} in `add_tags` and in `remove_tags`; name it in one of them")
        return self


class MarkedJobs(BaseModel):
    """The marks that several jobs have now, newest job first."""

    items: list[MarkedJob]


class JobSelection(Document):
    """Several jobs."""

    ids: Ids


class Cancellation(Document):
    """The jobs to cancel: those with the `ids`, or `all` of yours."""

    ids: Ids | None = None
    all: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.all == (self.ids is not None):
            raise ValueError("must name the jobs in `ids`, or have `all` set to true for all of your jobs")
        return self


class JobIds(BaseModel):
    ids: list[UUID]


class TagList(BaseModel):
    """Tags, the most frequent first."""

    items: list[TagUse]


@router.get("/api/jobs", operation_id="listJobs", responses=problems(404, 422))
def page(query: Annotated[JobQuery, Query()], inlay: Inlay, caller: Identity, links: PublicLinks) -> JobPage:
    """List your jobs, newest first: all of them, or those that a search finds."""
    if query.everyone:
        check_scope(caller, "admin")
    wanted = Wanted(words=search_words(query.q), **query.model_dump(exclude={"q", "after", "limit", "everyone"}))
    found = inlay.jobs.search(None if query.everyone else caller.owner, wanted, query.after, query.limit + 1)
    items = [links.job(resource) for resource in found[: query.limit]]
    return JobPage(items=items, next=items[-1].id if len(found) > query.limit else None)


@router.patch("/api/jobs/{id}", operation_id="markJob", responses=problems(404, body=True))
def mark(id: UUID, marks: JobMarks, inlay: Inlay, reach: Reach, links: PublicLinks) -> JobResource:
    """Mark a job as a favourite, or set its tags."""
    return links.job(inlay.jobs.mark(reach, id, favourite=marks.favourite, tags=marks.tags))


@router.post("/api/marks", operation_id="markJobs", responses=problems(409, body=True))
def mark_several(marking: Marking, inlay: Inlay, reach: Reach, request: Request) -> MarkedJobs:
    """Mark several jobs as favourites, and add and remove tags, all or none. The answer lists the marks that the jobs
    have now; jobs that do not exist are left out."""
    items = inlay.jobs.mark_several(reach, **marking.model_dump())
    name_objects(request, [str(one.id) for one in items])
    return MarkedJobs(items=items)


@router.get("/api/tags", operation_id="listTags", responses=problems())
def tags(inlay: Inlay, owner: Caller) -> TagList:
    """List the tags of your jobs, the most frequent first."""
    return TagList(items=inlay.jobs.tags(owner))


@router.post("/api/cancel", operation_id="cancelJobs", responses=problems(body=True))
async def cancel(chosen: Cancellation, inlay: Inlay, caller: Identity, request: Request) -> JobIds:
    """Cancel several of your jobs, or all. Queued jobs end at once; running jobs end after their current step. The
    answer lists the jobs that were waiting or running; jobs that have ended or do not exist are left out."""
    owner = caller.owner if chosen.all else reach_of(caller)
    cancelled = await inlay.queueing.take(owner, partial(inlay.jobs.cancel_several, owner, chosen.ids))
    inlay.hub.nudge()
    name_objects(request, [*map(str, cancelled)])
    return JobIds(ids=cancelled)


@router.post("/api/trash", operation_id="trashJobs", responses=problems(409, body=True))
def trash(selection: JobSelection, inlay: Inlay, reach: Reach, request: Request) -> JobIds:
    """Put ended jobs into the trash, all or none. After a day, or as long as the server's settings say, they and their
    pictures are deleted. The answer lists the jobs that are now in the trash; jobs that do not exist are left out."""
    ids = inlay.jobs.trash(reach, selection.ids)
    name_objects(request, [*map(str, ids)])
    return JobIds(ids=ids)


@router.post("/api/trash/restore", operation_id="restoreJobs", responses=problems(body=True))
def restore(selection: JobSelection, inlay: Inlay, reach: Reach, request: Request) -> JobIds:
    """Take jobs out of the trash. The answer lists the jobs that are now outside it; jobs that do not exist are left
    out. A job that is too old, or too much, goes back at the next round of retention, unless it is a favourite, has a
    tag or is shared by a link."""
    ids = inlay.jobs.restore(reach, selection.ids)
    name_objects(request, [*map(str, ids)])
    return JobIds(ids=ids)


@router.post(
    "/api/archive",
    operation_id="downloadJobs",
    response_class=StreamingResponse,
    responses=problems(404, body=True)
    | {
        200: {
            "description": "The pictures and documents as a ZIP.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def download(selection: JobSelection, inlay: Inlay, reach: Reach) -> StreamingResponse:
    """Download the pictures and documents of several jobs as a ZIP. Its files are named by time, prompt, job and
    picture."""
    entries = inlay.jobs.several(reach, selection.ids)
    name = f"inlay-{datetime.now(UTC):%Y-%m-%d}-{len(entries)}-jobs.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(archive(inlay.images, entries), headers=headers, media_type="application/zip")
