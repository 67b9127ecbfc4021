"""Middleware for two parts of HTTP that clients expect: HEAD at every address that has GET, and compressed text."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.layers import openraster, photoshop

_SMALLEST = 500  # bytes; compressing less saves nothing


class HeadAsGet:
    """Answers HEAD with the status and headers of GET, and no body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        # HTTP defines Range for GET alone (RFC 9110, Section 14.2).
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        asked = {**scope, "method": "GET", "headers": headers}

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        try:
            await self._app(asked, receive, without_body)
        finally:
            scope["route"] = asked.get("route")


class Compression:
    """Compresses text with gzip for clients that accept it. It leaves pictures, parts of files and the stream
    unchanged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def compressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mark_compressed(MutableHeaders(scope=message))
            await send(message)

        excluded = (*DEFAULT_EXCLUDED_CONTENT_TYPES, openraster.MEDIA_TYPE, photoshop.MEDIA_TYPE)
        if _takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            responder = GZipResponder(self._app, _SMALLEST, compresslevel=6, exclude_content_types=excluded)
        else:
            responder = IdentityResponder(self._app, _SMALLEST, exclude_content_types=excluded)
        await responder(scope, receive, compressed)


def _mark_compressed(headers: MutableHeaders) -> None:
    """Adapt the headers of a compressed response: its entity tag names the bytes before compression, so it becomes
    weak, and clients are not offered ranges."""
    if "content-encoding" not in headers:
        return
    if (tag := headers.get("etag", "W/")) and not tag.startswith("W/"):
        headers["etag"] = f"W/{tag}"
    del headers["accept-ranges"]


def _takes_gzip(accepted: str) -> bool:
    """Return True if Accept-Encoding gives gzip a weight above 0, by its name or, if it is not named, by `*`."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, _, parameter = part.partition(";")
        name, _, value = parameter.partition("=")
        weights[coding.strip()] = _weight(value) if name.strip() == "q" else 1.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0
