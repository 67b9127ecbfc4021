"""Responses with pictures: the whole file, a range of it, or 304 if the client has it already.

The bytes under a picture's address never change. A browser may keep them, but must ask each time: the caller may have
lost the right to see the picture, or may have deleted it. Only thumbnails are kept without asking.
"""

import hashlib
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from backend.api.errors import ApiError, problems
from backend.store.images import Images

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*", re.ASCII | re.IGNORECASE)
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization", "Accept-Ranges": "bytes"}


def picture_response(request: Request, images: Images, key: str, tag: str, **headers: str) -> Response:
    """Return the PNG under `key` in the store, or the range of it that the request asks for. `tag` is its entity tag,
    without quotes.

    Raises ApiError 416 if the picture has no bytes in that range.
    """
    headers = {**_HEADERS, "ETag": f'"{tag}"', **headers}
    if is_known(headers["ETag"], request):
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range")
    if wanted is None or request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        return Response(images.get(key), headers=headers, media_type="image/png")
    size = images.size(key)
    part = _part(wanted, size)
    if part is None:
        return Response(images.get(key), headers=headers, media_type="image/png")
    if not part:
        refused = {"Content-Range": f"bytes */{size}"}
        raise ApiError(
            416,
            "range",
            f"The picture has {size:,} bytes, and none of them is in the range that you asked for.",
            headers=refused,
        )
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return Response(images.get_part(key, part), 206, headers=headers, media_type="image/png")


def thumbnail_response(request: Request, key: str, webp: bytes, size: int) -> Response:
    """Return a thumbnail of the picture under `key`. A browser keeps it without asking again."""
    tag = hashlib.sha256(f"{key} {size}".encode()).hexdigest()[:32]
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "Vary": "Authorization", "ETag": f'"{tag}"'}
    if is_known(headers["ETag"], request):
        return Response(status_code=304, headers=headers)
    return Response(webp, headers=headers, media_type="image/webp")


def picture_responses(description: str, *, thumbnails: bool = False) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's `responses` of an operation that answers with `picture_response`, or with `thumbnails` also with
    `thumbnail_response`."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {"content": {"image/png": binary}}
    whole = {"image/png": binary} | ({"image/webp": binary} if thumbnails else {})
    return problems(404, 416, 422) | {
        200: {"description": description, "content": whole},
        206: content | {"description": "The bytes that the header Range asked for."},
        304: {"description": "The client has the picture already."},
    }


def is_known(tag: str, request: Request) -> bool:
    """Return True if the client says, in If-None-Match, that it has the picture with this entity tag."""
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    return tag in known or "*" in known


def _part(wanted: str, size: int) -> range | None:
    """Return the bytes that a Range header names. The range is empty if the picture has none of them.

    Returns None if the header is not a single range of bytes. HTTP then requires that it is ignored.
    """
    found = _RANGE.fullmatch(wanted)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)
