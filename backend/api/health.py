"""`/healthz` says that the process is alive; `/readyz` says whether it can work."""

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
    """The result of the checks. `checks` says for each part that the server needs if the server can reach it now."""

    status: Literal["ready", "not ready"]
    checks: dict[str, bool]


@router.get("/healthz", operation_id="getHealth")
async def healthz() -> Health:
    """Answer as long as the process is alive. `/readyz` checks the parts that it needs."""
    return Health()


@router.get(
    "/readyz",
    operation_id="getReadiness",
    responses={503: {"model": Readiness, "description": "The server cannot reach a part that it needs."}},
)
def readyz(inlay: Inlay, response: Response) -> Readiness:
    """Check that the server can reach the database, the bus and the picture store, and that it has a model."""
    checks = {
        "database": _works("database", inlay.jobs.deployment),
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
