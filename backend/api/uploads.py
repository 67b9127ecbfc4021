"""Uploads: masks, which a patch of a regions layout may have instead of a box."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from backend.api.auth import Caller
from backend.api.caching import FOREVER, is_known
from backend.api.errors import problems
from backend.api.services import Inlay
from backend.contracts.document import Sha256
from backend.store.pictures import FORMATS, as_grey
from backend.store.uploads import Upload

router = APIRouter(prefix="/api/uploads", tags=["uploads"])
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The picture itself: white where the patch is, black or transparent where it is not.",
        "content": {f"image/{format.lower()}": _BINARY for format in FORMATS},
    }
}


@router.post(
    "",
    operation_id="createUpload",
    status_code=201,
    response_description="Kept; `Location` is its address.",
    openapi_extra=_BODY,
    responses=problems(413, 415, 422),
)
async def create(request: Request, inlay: Inlay, owner: Caller, response: Response) -> Upload:
    """Keep a mask. Only its grey values are kept, as a PNG; the same picture sent again is the same upload."""
    picture = await run_in_threadpool(as_grey, await request.body(), inlay.settings.max_pixels)
    upload = await run_in_threadpool(inlay.uploads.create, owner, picture)
    response.headers["Location"] = upload.url
    return upload


@router.get(
    "/{id}",
    operation_id="getUpload",
    response_class=Response,
    responses=problems(404, 422)
    | {
        200: {"content": {"image/png": _BINARY}, "description": "The mask as a grey PNG."},
        304: {"description": "The picture that the client has is the same."},
    },
)
def get(id: Annotated[Sha256, Path()], request: Request, inlay: Inlay, owner: Caller) -> Response:
    """A mask that the caller uploaded. It never changes."""
    png = inlay.uploads.png(owner, id)
    headers = {"ETag": f'"{id[:32]}"', "Cache-Control": FOREVER}
    if is_known(headers["ETag"], request):
        return Response(status_code=304, headers=headers)
    return Response(png, headers=headers, media_type="image/png")
