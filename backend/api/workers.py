"""`GET /api/workers`: the processes of this server."""

from fastapi import APIRouter
from pydantic import BaseModel

from backend.api.errors import problems
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.contracts.processes import Process

router = APIRouter(route_class=Guarded, prefix="/api/workers", tags=["health"])


class ProcessList(BaseModel):
    """The workers, then the reconcilers and the API processes, the last started first."""

    items: list[Process]


@router.get("", operation_id="listWorkers", responses=problems())
def workers(inlay: Inlay) -> ProcessList:
    """List the workers: their devices, their memory, the models that they hold, and their jobs. Reconcilers and API
    processes are in the list too. A process that was killed stays for an hour, and is not `alive`. Needs the scope
    admin."""
    return ProcessList(items=inlay.processes.all())
