"""Uploads: masks of patches and of redrawn parts, and pictures (for img2img, inpaint, ControlNets and IP-Adapters)."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from backend.api.auth import Caller, Reach
from backend.api.caching import picture_response, picture_responses
from backend.api.envelopes import sent_picture
from backend.api.errors import ApiError, FieldError, problems
from backend.api.links import PublicLinks
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.contracts.document import Sha256
from backend.store.pictures import FORMATS, MASK_FLOOR, Picture, as_colour, as_grey
from backend.store.uploads import Upload

router = APIRouter(route_class=Guarded, prefix="/api/uploads", tags=["uploads"])
Kind = Literal["mask", "picture"]
_KEEP: dict[Kind, Callable[[bytes, int], Picture]] = {"mask": as_grey, "picture": as_colour}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file of a picture or mask. The server converts it to sRGB, by its ICC profile or its PNG's "
        "colour chunks, and turns it upright by its EXIF orientation. It ignores all other metadata. A mask is white "
        "where the patch is, or where the picture is redrawn. Everywhere else it is black or transparent. Greys count "
        f"in part. Values up to {MASK_FLOOR} count as black and values from {255 - MASK_FLOOR} as white, "
        "so JPEGs work too.",
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
    response_description="The upload is stored. `Location` is its address.",
    openapi_extra=_BODY,
    responses=problems(400, 408, 413, 415, 422, 429),
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
            description="`mask` stores grey values. `picture` stores colours, with white behind transparent parts. "
            "A form may have a field `kind` instead. The default is `mask`."
        ),
    ] = None,
) -> Upload:
    """Upload a mask or a picture. The server stores only its grey values or its colours, as a PNG. If you send the same
    picture again, you get the same upload. An upload that no job and no saved layout names is deleted after a day."""
    async with sent_picture(request, inlay.arriving, owner, "kind") as sent:
        keep = _KEEP[_kind(kind, sent.fields)]
        picture = await inlay.decoding.take(lambda: keep(sent.read(), inlay.settings.max_pixels))
    upload = links.upload(await run_in_threadpool(inlay.uploads.create, owner, picture))
    response.headers["Location"] = upload.url
    return upload


def _kind(asked: Kind | None, fields: dict[str, str]) -> Kind:
    """Return the kind that the address or the form names, or "mask" if neither names one. Raises ApiError 422 if they
    differ."""
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
    responses=picture_responses("The upload as a PNG: a mask in grey, a picture in RGB."),
)
def get(id: Annotated[Sha256, Path()], request: Request, inlay: Inlay, reach: Reach) -> Response:
    """Fetch a mask or picture that you uploaded, as a PNG. It never changes."""
    return picture_response(request, inlay.images, inlay.uploads.file(reach, id), id[:32])
