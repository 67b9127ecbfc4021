"""`/healthz` says that the process is alive; `/readyz` says whether it can work."""

from collections.abc import Callable
from typing import Literal

import structlog
from fastapi import APIRouter, Response
from pydantic import BaseModel

from backend.api.scopes import Guarded
from backend.api.services import Inlay

router = APIRouter(route_class=Guarded, tags=["health"])
log = structlog.get_logger(__name__)


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """The server is `ready` if it accepts jobs and can run them: it reaches the database and the picture store, has a
    model, and its own `worker` has started. `inlay run` has such a worker; where workers are servers of their own, this
    check is true. Without the `bus`, jobs are accepted and start later. `workers` is the number of workers that can
    take a job now; with 0, jobs are accepted and wait. It is null while the database is away. `checks` says for each
    part if the server can reach it."""

    status: Literal["ready", "not ready"]
    workers: int | None
    checks: dict[str, bool]


_NEEDED = ("database", "images", "models", "worker")


@router.get("/healthz", operation_id="getHealth")
async def healthz() -> Health:
    """Answer as long as the process is alive. `/readyz` checks the parts that it needs."""
    return Health()


@router.get(
    "/readyz",
    operation_id="getReadiness",
    responses={503: {"model": Readiness, "description": "The server cannot work now, or its worker has not started."}},
)
def readyz(inlay: Inlay, response: Response) -> Readiness:
    """Report if the server can work now, and how many workers can take a job. Nothing is written for it."""
    workers: list[int] = []
    checks = {
        "database": _works("database", lambda: workers.append(inlay.processes.workers())),
        "bus": inlay.bus.healthy(),
        "images": _works("images", inlay.images.check),
        "models": bool(inlay.catalog.models()),
        "worker": inlay.bus.worker_started(),
    }
    ready = all(checks[part] for part in _NEEDED)
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not ready", workers=workers[0] if workers else None, checks=checks)


def _works(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception as error:
        log.warning("not_ready", part=name, error=type(error).__name__)
        return False
    return True
