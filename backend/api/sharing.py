"""Links by which a job or a saved layout is shared with people who have no key, and what those people see."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from backend.api.addresses import address_of, counted_as
from backend.api.auth import Caller, Reach
from backend.api.caching import picture_response, picture_responses
from backend.api.errors import ApiError, problems
from backend.api.links import PublicLinks
from backend.api.noting import name_objects
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.contracts.document import Sha256
from backend.contracts.job import Job
from backend.contracts.sharing import LinkDraft, NewLink, Shared, SharedJob, SharedLayout, SharedLink, SharedPicture
from backend.contracts.uploads import named
from backend.store.errors import NotFound
from backend.store.shared_links import FoundJob, FoundLayout

router = APIRouter(route_class=Guarded, prefix="/api", tags=["links"])
Token = Annotated[str, Path(max_length=100, description="The token of a link.")]
Name = Annotated[str, Path(max_length=200, description="The name of a picture.")]
UploadId = Annotated[Sha256, Path(description="The id of an upload.")]
OfJob = Annotated[UUID | None, Query(description="List only links to this job.")]
OfLayout = Annotated[UUID | None, Query(description="List only links to this saved layout.")]


class LinkList(BaseModel):
    items: list[SharedLink]


@router.post("/jobs/{id}/links", operation_id="shareJob", status_code=201, responses=problems(404, 409, body=True))
def share(
    id: UUID, draft: LinkDraft, inlay: Inlay, reach: Reach, links: PublicLinks, request: Request, response: Response
) -> NewLink:
    """Make a link to a finished job. Whoever has it sees the job's pictures and its document, without a key, and
    nothing else. The answer holds the link, which is not shown again."""
    _check_allowed(inlay)
    link, token = inlay.shared_links.to_job(reach, id, draft.days)
    name_objects(request, [f"{id}/{link.id}"])
    response.headers["Cache-Control"] = "no-store"
    return NewLink(link=link, url=links.to(f"/api/shared/{token}"))


@router.post(
    "/layouts/{id}/links", operation_id="shareLayout", status_code=201, responses=problems(404, 409, body=True)
)
def share_layout(
    id: UUID, draft: LinkDraft, inlay: Inlay, owner: Caller, links: PublicLinks, request: Request, response: Response
) -> NewLink:
    """Make a link to a saved layout. Whoever has it sees the layout as it was last saved, with the uploads that it
    names, without a key, and nothing else. The answer holds the link, which is not shown again."""
    _check_allowed(inlay)
    link, token = inlay.shared_links.to_layout(owner, id, draft.days)
    name_objects(request, [f"{id}/{link.id}"])
    response.headers["Cache-Control"] = "no-store"
    return NewLink(link=link, url=links.to(f"/api/shared/{token}"))


@router.get("/links", operation_id="listLinks", responses=problems(422))
def page(inlay: Inlay, owner: Caller, job: OfJob = None, layout: OfLayout = None) -> LinkList:
    """List your links that have not ended, the newest first. Their tokens are not shown."""
    return LinkList(items=inlay.shared_links.all(owner, job, layout))


@router.delete("/links/{id}", operation_id="revokeLink", status_code=204, responses=problems(404, 422))
def revoke(id: UUID, inlay: Inlay, reach: Reach, request: Request) -> None:
    """Take a link back. From now on it shows nothing."""
    shared = inlay.shared_links.revoke(reach, id)
    name_objects(request, [f"{shared}/{id}"])


@router.get("/shared/{token}", operation_id="getShared", responses=problems(404, 422))
def shared(token: Token, inlay: Inlay, links: PublicLinks, request: Request, response: Response) -> Shared:
    """See what a link shares: a job's document and the addresses of its pictures, or a saved layout's name and
    document. Needs no key."""
    found = _found(inlay, request, token)
    response.headers["Cache-Control"] = "no-store"
    if isinstance(found, FoundLayout):
        document = Job.model_validate_json(found.document)
        return SharedLayout(name=found.name, updated_at=found.updated_at, document=document)
    return SharedJob(
        finished_at=found.finished_at,
        document=Job.model_validate_json(found.document),
        pictures=[
            SharedPicture(
                name=output.name,
                url=links.to(f"/api/shared/{token}/images/{output.name}"),
                width=output.width,
                height=output.height,
            )
            for output in found.outputs
        ],
    )


@router.get(
    "/shared/{token}/images/{name}",
    operation_id="getSharedImage",
    response_class=Response,
    responses=picture_responses("The picture as a PNG."),
)
async def image(token: Token, name: Name, request: Request, inlay: Inlay) -> Response:
    """Fetch a picture of a shared job. Needs no key. The PNG contains the resolved job document."""
    found = await run_in_threadpool(_found, inlay, request, token)
    outputs = found.outputs if isinstance(found, FoundJob) else []
    keys = [output.key for output in outputs if output.name == name]
    if not keys:
        raise NotFound(f"The link shares no picture named {name!r}.")
    tag = hashlib.sha256(keys[0].encode()).hexdigest()[:32]
    shown = {"Content-Disposition": f'inline; filename="inlay-{name}.png"'}
    return await run_in_threadpool(picture_response, request, inlay.images, keys[0], tag, **shown)


@router.get(
    "/shared/{token}/uploads/{id}",
    operation_id="getSharedUpload",
    response_class=Response,
    responses=picture_responses("The upload as a PNG."),
)
def upload(token: Token, id: UploadId, request: Request, inlay: Inlay) -> Response:
    """Fetch a picture or a mask that a shared layout names. Needs no key."""
    found = _found(inlay, request, token)
    if not isinstance(found, FoundLayout) or id not in _uploads(found):
        raise NotFound(f"The link shares no upload {id[:12]}….")
    return picture_response(request, inlay.images, inlay.uploads.file(found.owner, id), id[:32])


@router.post("/shared/{token}/copy", operation_id="copyShared", responses=problems(404, 422, 429))
def copy(token: Token, inlay: Inlay, owner: Caller, request: Request, response: Response) -> Job:
    """Get the document that a link shares, to use it as your own. The uploads that a shared layout names become yours,
    too."""
    found = _found(inlay, request, token)
    name_objects(request, [str(found.link)])
    if isinstance(found, FoundLayout):
        inlay.uploads.adopt(owner, found.owner, _uploads(found))
    response.headers["Cache-Control"] = "no-store"
    return Job.model_validate_json(found.document)


def _uploads(layout: FoundLayout) -> set[str]:
    return {one.id for one in named(Job.model_validate_json(layout.document))}


def _check_allowed(inlay: Services) -> None:
    if not inlay.settings.share_links:
        raise ApiError(403, "links", "This server shares nothing by links. An admin can allow it: INLAY_SHARE_LINKS.")


def _found(inlay: Services, request: Request, token: str) -> FoundJob | FoundLayout:
    """Return the job or the layout that a link shows. A wrong token counts as a wrong key. Raises NotFound if there is
    none."""
    try:
        if not inlay.settings.share_links:
            raise NotFound("This server shares nothing by links.")
        return inlay.shared_links.find(token)
    except NotFound:
        inlay.rates.count_wrong(counted_as(address_of(request)))
        raise
