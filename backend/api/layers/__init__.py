"""The layers of a finished job, as an OpenRaster file or a Photoshop document."""

import hashlib
from typing import IO, Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from backend.api.archive import attachment, stem_of
from backend.api.auth import Reach
from backend.api.caching import is_known
from backend.api.errors import ApiError, FieldError, problems
from backend.api.layers import openraster, photoshop
from backend.api.layers.saved import Saved
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.api.spooled import parts_of, written
from backend.contracts.limits import MAX_IMAGES
from backend.version import VERSION

router = APIRouter(route_class=Guarded, prefix="/api/jobs/{id}/layers", tags=["jobs"])
MOST_PIXELS = 100_000_000  # of all layers of a file
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
_FILES = {
    200: {
        "description": "The layers as a file.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in (openraster.MEDIA_TYPE, photoshop.MEDIA_TYPE)
        },
    },
    304: {"description": "The client has the file already."},
}


@router.get(
    "",
    operation_id="getJobLayers",
    response_class=Response,
    responses=problems(404, 409, 422) | _FILES,
)
async def layers(
    id: UUID,
    request: Request,
    inlay: Inlay,
    reach: Reach,
    format: Annotated[
        Literal["ora", "psd"], Query(description="OpenRaster (Krita, GIMP), or a Photoshop document.")
    ] = "ora",
    image: Annotated[
        int, Query(ge=1, le=MAX_IMAGES, description="The image of a job that makes several, counted from 1.")
    ] = 1,
    views: Annotated[bool, Query(description="Give each view of the picture a layer of its own.")] = True,
) -> Response:
    """Export the pictures, the patches and the views of a job that has ended as named layers with masks. The main
    picture is the lowest layer."""
    saved = await run_in_threadpool(Saved.of, inlay, reach, id, image)
    headers = {**_HEADERS, "ETag": _tag(saved, format, views)}
    if is_known(headers["ETag"], request):
        return Response(status_code=304, headers=headers)
    _check_size(saved.pixels, views)
    number = f"_{image}" if saved.job.spec.images > 1 else ""
    headers["Content-Disposition"] = attachment(f"{stem_of(saved.job)}{number}.{format}")
    file, size = await inlay.layering.take(lambda: _written(saved, format, views))
    headers["Content-Length"] = str(size)
    kind = photoshop.MEDIA_TYPE if format == "psd" else openraster.MEDIA_TYPE
    return StreamingResponse(parts_of(file), headers=headers, media_type=kind)


def _written(saved: Saved, format: str, views: bool) -> tuple[IO[bytes], int]:
    """Write the layers to a temporary file, so that a client that reads slowly keeps none of them in memory. Returns
    the file, at its beginning, and its size."""
    planner = saved.planner(views)
    plan = planner.plan()
    _check_size(sum(layer.width * layer.height for layer in plan.layers), views)
    merged = planner.cuts.pictures[planner.main]
    if format == "psd":
        parts = iter([photoshop.photoshop(plan, merged)])
    else:
        parts = openraster.openraster(plan, merged, saved.job.created_at)
    return written(parts)


def _tag(saved: Saved, format: str, views: bool) -> str:
    """Return the entity tag of a file. Another version of Inlay may make another file of the same pictures."""
    told = f"{VERSION} {format} {views} {saved.told}"
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def _check_size(pixels: int, views: bool) -> None:
    if pixels <= MOST_PIXELS:
        return
    advice = "Leave the views out with views=false." if views else "Download the pictures instead."
    message = (
        f"the layers would have {pixels / 1e6:,.0f} million pixels in all, and a file holds at most "
        f"{MOST_PIXELS / 1e6:,.0f} million"
    )
    detail = f"{message[0].upper()}{message[1:]}. {advice}"
    raise ApiError(422, "invalid", detail, [FieldError(location=["query", "views"], message=message)])
