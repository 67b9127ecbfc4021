"""Responses with pictures: the whole file, a range of it, or 304 if the client has it already.

The bytes under a picture's address never change. A browser may keep them, but must ask each time: the caller may have
lost the right to see the picture, or may have deleted it. Only thumbnails are kept without asking.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from backend.api.errors import ApiError, problems
from backend.store.images import Images

AT_ONCE = 2 * 1024 * 1024
"""Bytes of a picture that are read at once."""
_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*", re.ASCII | re.IGNORECASE)
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie", "Accept-Ranges": "bytes"}


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
        return _whole(images, key, headers)
    size = images.size(key)
    part = _part(wanted, size)
    if part is None:
        return _whole(images, key, headers)
    if not part:
        refused = {"Content-Range": f"bytes */{size}"}
        raise ApiError(
            416,
            "range",
            f"The picture has {size:,} bytes, and none of them is in the range that you asked for.",
            headers=refused,
        )
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    first = images.get_part(key, part[:AT_ONCE])
    return _sent(images, key, part, first, 206, headers)


def _whole(images: Images, key: str, headers: dict[str, str]) -> Response:
    first, size = images.begin(key, AT_ONCE)
    return _sent(images, key, range(size), first, 200, headers)


def _sent(images: Images, key: str, part: range, first: bytes, status: int, headers: dict[str, str]) -> Response:
    """Return the bytes of a picture at the positions in `part`, which begins with `first`. The rest is read while it is
    sent, so that a client that reads slowly keeps little in memory."""
    if len(first) == len(part):
        return Response(first, status, headers, "image/png")

    def read() -> Iterator[bytes]:
        yield first
        for start in range(part.start + len(first), part.stop, AT_ONCE):
            yield images.get_part(key, range(start, min(start + AT_ONCE, part.stop)))

    return StreamingResponse(read(), status, headers | {"Content-Length": str(len(part))}, "image/png")


def thumbnail_response(request: Request, key: str, webp: bytes, size: int) -> Response:
    """Return a thumbnail of the picture under `key`. A browser keeps it without asking again."""
    tag = hashlib.sha256(f"{key} {size}".encode()).hexdigest()[:32]
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Vary": "Authorization, Cookie",
        "ETag": f'"{tag}"',
    }
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
