"""Middleware that checks the host, origin and body of every request, and adds security headers to every response.

A server without keys trusts every client on its own machine. So a foreign web page must not be able to make the user's
browser send requests to it. Two checks prevent this. The Host must be a name of this server (against DNS rebinding).
The Origin of a websocket, or of a request that changes something, must be the studio's or one that the settings allow.
"""

import asyncio
import time
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import ApiError, refuse
from backend.api.links import path_of
from backend.api.settings import Settings, is_loopback
from backend.api.validation_messages import shorten
from backend.contracts.limits import MAX_BODY, MAX_SMALL_BODY, MAX_UPLOAD

BYTES_PER_SECOND = 4096
_TAKE_PICTURES = frozenset({"/api/uploads", "/api/documents"})
_TAKE_DOCUMENTS = ("/api/jobs", "/api/compile", "/api/layouts", "/api/models")  # and the prompts of documents
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_WRONG_HOST = ApiError(
    403, "host", "The server is not known by this host name. Use 127.0.0.1, or set INLAY_PUBLIC_URL."
)
_WRONG_ORIGIN = ApiError(
    403, "origin", "Pages of this origin may not use the server. INLAY_ALLOWED_ORIGINS can allow it."
)
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


STRICT_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class RequestChecks:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._seconds = settings.body_seconds
        self._open = not settings.api_keys and is_loopback(settings.host)
        self._names = {name for name in (settings.host, _host(settings.public_url or "")) if name}
        self._origins = {*settings.allowed_origins, *([_origin(settings.public_url)] if settings.public_url else ())}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal, most = self._refusal(scope, headers), _most(path_of(scope))
        if refusal is None and scope["type"] == "http":
            refusal = _refused_body(headers, most)
        if refusal is not None:
            await refuse(refusal, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._app(scope, _Body(receive, most, self._seconds), send)

    def _refusal(self, scope: Scope, headers: Headers) -> ApiError | None:
        host = headers.get("host", "")
        if self._open and not (is_loopback(_host(f"//{host}")) or _host(f"//{host}") in self._names):
            return _WRONG_HOST
        origin = headers.get("origin")
        if origin is None or scope.get("method", "") in _SAFE_METHODS:
            return None
        if origin in self._origins or origin in (f"http://{host}", f"https://{host}"):
            return None
        return _WRONG_ORIGIN


def _most(path: str) -> int:
    """Return the most bytes that a body may have at an address."""
    if path in _TAKE_PICTURES:
        return MAX_UPLOAD
    return MAX_BODY if path.startswith(_TAKE_DOCUMENTS) else MAX_SMALL_BODY


def _too_large(most: int) -> ApiError:
    size = f"{most // 2**20} MiB" if most >= 2**20 else f"{most // 2**10} KiB"
    return ApiError(413, "too-large", f"The body is too large. This address accepts at most {size}.")


def _too_slow() -> ApiError:
    detail = "The body came too slowly, so the server stopped waiting for it. Send it again over a faster connection."
    return ApiError(408, "too-slow", detail)


def _refused_body(headers: Headers, most: int) -> ApiError | None:
    coding = headers.get("content-encoding", "identity")
    if coding.strip().lower() not in ("identity", ""):
        detail = (
            f"The body is compressed ({shorten(coding)}). Send it uncompressed, without the header Content-Encoding."
        )
        return ApiError(415, "content-encoding", detail, headers={"Accept-Encoding": "identity"})
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length[:20]) <= most:
        return None
    return _too_large(most)


class _Body:
    """A `receive` that raises ApiError 413 for a body that is too long, even if the headers gave a smaller length, and
    408 for one that comes too slowly.

    A body may take `seconds`, and one second more for each BYTES_PER_SECOND that came. Only the time counts in which
    the server waits for the client.
    """

    def __init__(self, receive: Receive, most: int, seconds: float) -> None:
        self._receive, self._most, self._seconds = receive, most, seconds
        self._seen, self._waited, self._whole = 0, 0.0, False

    async def __call__(self) -> Message:
        if self._whole:  # what may still come is the end of the connection
            return await self._receive()
        message = await self._in_time()
        self._seen += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._seen > self._most:
            raise _too_large(self._most)
        return message

    async def _in_time(self) -> Message:
        left, began = self._seconds + self._seen / BYTES_PER_SECOND - self._waited, time.monotonic()
        try:
            async with asyncio.timeout(max(left, 0)):
                return await self._receive()
        except TimeoutError:
            raise _too_slow() from None
        finally:
            self._waited += time.monotonic() - began


class StrictHeaders:
    """Adds headers that restrict what a browser may do. They are on every response, including refusals and failures."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caching = "private, no-cache" if scope.get("path", "").startswith("/api/") else "no-cache"

        async def strict(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in STRICT_HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", caching)
            await send(message)

        await self._app(scope, receive, strict)


def _host(url: str) -> str:
    """Return the host name in a URL, without the port. Returns "" if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _origin(url: str) -> str:
    """Return a URL's origin in the form that browsers send: in lower case, and without the scheme's default port."""
    parts = urlsplit(url.lower())
    port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(port)}"
