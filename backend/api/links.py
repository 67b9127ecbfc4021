"""The public path, under which a reverse proxy shows this server, and the links that begin with it.

A proxy at https://example.org/inlay may remove /inlay from the paths that it forwards, or keep it. `PublicPath` gives
both kinds of request the form that ASGI defines: `root_path` is the public path, and `path` begins with it.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.settings import PUBLIC_PATH
from backend.contracts.events import Event, JobSucceeded
from backend.contracts.job import JobResource, Output
from backend.store.uploads import Upload


class PublicPath:
    """Sets the public path of every request. It is the path of `public_url` or, if that is not set, of the proxy's
    header X-Forwarded-Prefix."""

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self._app = app
        self._configured = None if public_url is None else urlsplit(public_url).path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        root = _forwarded_prefix(Headers(scope=scope)) if self._configured is None else self._configured
        if root and scope["path"] == root and scope.get("method") in ("GET", "HEAD"):
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{root}/?{query}" if query else f"{root}/", 308)(scope, receive, send)
            return
        path = scope["path"] if scope["path"].startswith(f"{root}/") else root + scope["path"]
        await self._app({**scope, "root_path": root, "path": path}, receive, send)


def path_of(scope: Scope) -> str:
    """Return a request's path without the public path. The routes are named by such paths."""
    return scope["path"].removeprefix(scope.get("root_path", ""))


def _forwarded_prefix(headers: Headers) -> str:
    """Return the path in X-Forwarded-Prefix, or "" if the header holds no plain path. Each proxy on the way appends its
    own part."""
    prefix = "".join(part.strip().rstrip("/") for part in headers.get("x-forwarded-prefix", "").split(","))
    return prefix if PUBLIC_PATH.fullmatch(prefix) else ""


@dataclass(frozen=True)
class Links:
    """Adds the public path, `root`, to the links in an answer."""

    root: str

    def to(self, path: str) -> str:
        return self.root + path

    def job(self, resource: JobResource) -> JobResource:
        return resource.model_copy(update={"outputs": self._outputs(resource.outputs)})

    def event(self, event: Event) -> Event:
        if not isinstance(event, JobSucceeded):
            return event
        return event.model_copy(update={"outputs": self._outputs(event.outputs)})

    def upload(self, upload: Upload) -> Upload:
        return upload.model_copy(update={"url": self.to(upload.url)})

    def _outputs(self, outputs: list[Output]) -> list[Output]:
        return [output.model_copy(update={"url": self.to(output.url)}) for output in outputs]


def _links(connection: HTTPConnection) -> Links:
    return Links(connection.scope.get("root_path", ""))


PublicLinks = Annotated[Links, Depends(_links)]
