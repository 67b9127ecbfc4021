"""Uploads: masks of patches and of redrawn parts, and pictures (img2img, inpaint, ControlNets, references)."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from backend.api.auth import Caller
from backend.api.caching import picture_response, picture_responses
from backend.api.envelopes import sent_picture
from backend.api.errors import ApiError, FieldError, problems
from backend.api.links import PublicLinks
from backend.api.services import Inlay
from backend.contracts.document import Sha256
from backend.store.pictures import FORMATS, MASK_FLOOR, Picture, as_colour, as_grey
from backend.store.uploads import Upload

router = APIRouter(prefix="/api/uploads", tags=["uploads"])
Kind = Literal["mask", "picture"]
_KEEP: dict[Kind, Callable[[bytes, int], Picture]] = {"mask": as_grey, "picture": as_colour}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The picture itself, in any colour space: an ICC profile, or what a PNG says of its colours, "
        "brings it to sRGB, and EXIF's orientation upright; all other metadata is ignored. A mask is white where the "
        "patch is, or what is redrawn, and black or transparent where it is not. Its greys in between count in part; "
        f"those within {MASK_FLOOR} of 255 of black or white count as black or white, so that a JPEG will do.",
        "content": {f"image/{format.lower()}": _BINARY for format in FORMATS}
        | {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": _BINARY["schema"], "kind": {"enum": ["mask", "picture"]}},
                    "required": ["file"],
                    "additionalProperties": False,
                }
            }
        },
    }
}


@router.post(
    "",
    operation_id="createUpload",
    status_code=201,
    response_description="Kept; `Location` is its address.",
    openapi_extra=_BODY,
    responses=problems(400, 413, 415, 422),
)
async def create(
    request: Request,
    inlay: Inlay,
    owner: Caller,
    links: PublicLinks,
    response: Response,
    kind: Annotated[
        Kind | None,
        Query(
            description="Keep the picture's grey values (`mask`), or its colours over white (`picture`). A form may "
            "say so in a field `kind` instead. Without either it is a mask."
        ),
    ] = None,
) -> Upload:
    """Keep a mask or a picture. Only its grey values or colours are kept, as a PNG; the same picture sent again is the
    same upload. One that no job or saved layout names is deleted after a day."""
    sent = await sent_picture(request, "kind")
    keep = _KEEP[_kind(kind, sent.fields)]
    picture = await run_in_threadpool(keep, sent.data, inlay.settings.max_pixels)
    upload = links.upload(await run_in_threadpool(inlay.uploads.create, owner, picture))
    response.headers["Location"] = upload.url
    return upload


def _kind(asked: Kind | None, fields: dict[str, str]) -> Kind:
    """Return the kind that the address or the form names; "mask" if neither does."""
    named = fields.get("kind", asked or "mask")
    if named not in _KEEP:
        message = "must be 'mask' or 'picture'"
    elif asked is not None and named != asked:
        message = f"is {named!r} in the form and {asked!r} in the address; name one of them"
    else:
        return named
    raise ApiError(422, "invalid", f"kind: {message}.", [FieldError(location=["kind"], message=message)])


@router.get(
    "/{id}",
    operation_id="getUpload",
    response_class=Response,
    responses=picture_responses("The mask as a grey PNG, or the picture in RGB."),
)
def get(id: Annotated[Sha256, Path()], request: Request, inlay: Inlay, owner: Caller) -> Response:
    """Fetch a mask or picture that you uploaded, as a PNG. It never changes."""
    return picture_response(request, inlay.images, inlay.uploads.file(owner, id), id[:32])
