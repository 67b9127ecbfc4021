"""Middleware that checks the host, origin and body of every request, and adds security headers to every response.

A server without keys trusts every client on its own machine. So a foreign web page must not be able to make the user's
browser send requests to it. Two checks prevent this. The Host must be a name of this server (against DNS rebinding).
The Origin of a websocket, or of a request that changes something, must be the studio's or one that the settings allow.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import ApiError
from backend.api.links import path_of
from backend.api.settings import Settings, is_loopback
from backend.api.validation_messages import shorten
from backend.contracts.limits import MAX_BODY, MAX_UPLOAD

_TAKE_PICTURES = frozenset({"/api/uploads", "/api/documents"})
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


class RequestChecks:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._open = not settings.api_keys
        self._names = {name for name in (settings.host, _host(settings.public_url or "")) if name}
        self._origins = {*settings.allowed_origins, *([_origin(settings.public_url)] if settings.public_url else ())}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal, most = self._refusal(scope, headers), MAX_UPLOAD if path_of(scope) in _TAKE_PICTURES else MAX_BODY
        if refusal is None and scope["type"] == "http":
            refusal = _refused_body(headers, most)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._app(scope, _Bounded(receive, most), send)

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


def _too_large(most: int) -> ApiError:
    return ApiError(
        413, "too-large", f"The body is too large. This address accepts at most {most // 1024 // 1024} MiB."
    )


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


class _Bounded:
    """A `receive` that raises ApiError 413 for a body that is too long, even if the headers gave a smaller length."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most, self._seen = receive, most, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._most:
            raise _too_large(self._most)
        return message


class StrictHeaders:
    """Adds headers that restrict what a browser may do. They are on every response, including refusals and failures."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Content-Security-Policy"] = _POLICY
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, strict)


async def _refuse(refusal: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.detail})
    else:
        await refusal.response()(scope, receive, send)


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
