"""Note in the audit log what requests have changed."""

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from backend.api.addresses import address_of

log = structlog.get_logger(__name__)
_READING = frozenset({"GET", "HEAD"})


async def note(request: Request, response: Response, operation: str) -> None:
    """Record a request that was answered, if it may have changed something.

    The object is what the answer's Location names, or the id or name in the address, or each of the objects that the
    endpoint has named with `name_objects`. If the database is away, the log says so, and the answer stands.
    """
    if request.method in _READING:
        return
    caller = request.state.caller
    try:
        await run_in_threadpool(
            request.app.state.services.audit.record,
            caller.owner,
            caller.means,
            address_of(request),
            operation,
            _objects(request, response),
            structlog.contextvars.get_contextvars().get("request_id", ""),
        )
    except Exception:
        log.exception("act_not_audited", action=operation, owner=caller.owner)


def name_objects(request: Request, objects: list[str]) -> None:
    """Name the objects that a request has changed, where its address does not."""
    request.state.objects = objects


def _objects(request: Request, response: Response) -> list[str]:
    if hasattr(request.state, "objects"):
        return request.state.objects
    created = response.headers.get("location", "").rpartition("/")[2]
    return [created or "/".join(str(part) for part in request.path_params.values())]
