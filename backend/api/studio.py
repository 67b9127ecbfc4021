"""The studio's files. The studio's page names them relative to its base, so it works under any public path.

If the server knows the public path, it writes the base into the page. This is needed because a proxy that removes the
path sends /inlay and /inlay/ as the same request, while a browser resolves relative names only below /inlay/.
"""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from backend.api.links import path_of

_FOREVER = "public, max-age=31536000, immutable"


class Studio(StaticFiles):
    """Serves a built frontend. For an address that has no file, a browser gets the studio's page; addresses below /api
    give 404."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)
        self._page = folder / "index.html"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        if f"{path_of(scope)}/".startswith("/api/"):
            raise HTTPException(404)
        await super().__call__(scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == "." and scope["root_path"] and scope["method"] == "GET":
            return await run_in_threadpool(self._page_on, f"{scope['root_path']}/")
        path = "index.html" if path == "." else path
        try:
            answer = await super().get_response(path, {**scope, "method": "GET"})
        except HTTPException as error:
            if error.status_code != 404 or not _opens_page(scope):
                raise
            up = "../" * (path_of(scope).count("/") - 1) or "./"
            return await run_in_threadpool(self._page_on, f"{scope['root_path']}/" if scope["root_path"] else up)
        if scope["method"] != "GET":
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        if path.startswith("assets/") and answer.status_code == 200:
            answer.headers["Cache-Control"] = _FOREVER
        return answer

    def _page_on(self, base: str) -> Response:
        """Return the studio's page with `base` as the address that its relative names start from."""
        page = self._page.read_text("utf-8")
        return HTMLResponse(page.replace("<head>", f'<head><base href="{base}" />', 1))


def _opens_page(scope: Scope) -> bool:
    """Return True if a browser opens an address as a page, False if a script or a tool asks for a file."""
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
