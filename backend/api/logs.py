"""The log of requests: one line for each request, with its id.

Headers, bodies and queries are not logged, because they may contain secrets.
"""

import logging
import re
import time
import uuid

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import as_problem
from backend.api.links import path_of
from backend.api.metrics import Metrics

log = structlog.get_logger("inlay.api")
_QUIET = ("/healthz", "/readyz", "/metrics", "/assets/")
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

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, tagged)
            except Exception as error:
                log.exception("request_failed", method=scope["method"], path=path_of(scope))
                if not status:
                    await as_problem(error).response()(scope, receive, tagged)
            self._record(scope, status, time.perf_counter() - began)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(scope["method"], route, status).observe(seconds)
        path = path_of(scope)
        level = logging.DEBUG if path.startswith(_QUIET) else logging.INFO
        log.log(level, "request", method=scope["method"], path=path, status=status, seconds=round(seconds, 4))


def _request_id(scope: Scope) -> str:
    """Return the client's request id if it is safe to log, otherwise a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
