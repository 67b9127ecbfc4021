"""The log of requests: one line for each request, with its id.

Headers, bodies and queries are not logged, because they may contain secrets, and neither are the tokens of links.
"""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import as_problem
from backend.api.links import path_of
from backend.api.metrics import Metrics
from backend.traces import HEADER, span

log = structlog.get_logger("inlay.api")
_QUIET = ("/healthz", "/readyz", "/metrics", "/assets/")
_TOKEN = re.compile(r"^(/api/shared/)[^/]+")
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class RequestLog:
    """Gives each request an id, measures its time, logs it, and answers an unexpected error with status 500."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, status, began = _request_id(scope), 0, time.perf_counter()

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id), self._traced(scope, lambda: status):
            try:
                await self._app(scope, receive, tagged)
            except ClientDisconnect:
                log.info("client_gone", method=scope["method"], path=_shown(scope))
            except Exception as error:
                log.exception("request_failed", method=scope["method"], path=_shown(scope))
                if not status:
                    await as_problem(error).response()(scope, receive, tagged)
            self._record(scope, status, time.perf_counter() - began)

    @contextmanager
    def _traced(self, scope: Scope, status: Callable[[], int]) -> Iterator[None]:
        """Trace a request, except those that only ask how the server is."""
        path, parent = _shown(scope), dict(scope["headers"]).get(HEADER.encode(), b"").decode("latin-1") or None
        if path.startswith(_QUIET):
            yield
            return
        with span(scope["method"], parent, http_request_method=scope["method"], url_path=path) as present:
            yield
            if present is not None:
                route = getattr(scope.get("route"), "path", "other")
                present.update_name(f"{scope['method']} {route}")
                present.set_attributes({"http.route": route, "http.response.status_code": status()})

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(scope["method"], route, status).observe(seconds)
        path = path_of(scope)
        level = logging.DEBUG if path.startswith(_QUIET) else logging.INFO
        caller = scope.get("state", {}).get("caller")
        who = {} if caller is None else {"owner": caller.owner, "means": caller.means}
        shown = {"method": scope["method"], "path": _shown(scope), "status": status, "seconds": round(seconds, 4)}
        log.log(level, "request", **shown, **who)


def _shown(scope: Scope) -> str:
    """Return the path of a request without the token of a link."""
    return _TOKEN.sub(r"\1...", path_of(scope))


def _request_id(scope: Scope) -> str:
    """Return the client's request id if it is safe to log, otherwise a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
