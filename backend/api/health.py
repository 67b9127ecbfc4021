"""Whether the process lives, and whether it can do its work."""

from collections.abc import Callable
from typing import Literal

import structlog
from fastapi import APIRouter, Response
from pydantic import BaseModel

from backend.api.services import Inlay

router = APIRouter(tags=["health"])
log = structlog.get_logger(__name__)


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """What the server needs, and whether each can be reached now."""

    status: Literal["ready", "not ready"]
    checks: dict[str, bool]


@router.get("/healthz", operation_id="getHealth")
async def healthz() -> Health:
    """The process answers. Says nothing of what it depends on; see /readyz."""
    return Health()


@router.get(
    "/readyz",
    operation_id="getReadiness",
    responses={503: {"model": Readiness, "description": "Something that the server needs is out of reach."}},
)
def readyz(inlay: Inlay, response: Response) -> Readiness:
    """The database, the bus and the picture store can be reached, and there is a model."""
    checks = {
        "database": _works("database", inlay.jobs.queue),
        "bus": inlay.bus.healthy(),
        "images": _works("images", inlay.images.check),
        "models": bool(inlay.catalog.models()),
    }
    ready = all(checks.values())
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not ready", checks=checks)


def _works(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception as error:
        log.warning("not_ready", part=name, error=type(error).__name__)
        return False
    return True
