"""The state of the queue."""

from fastapi import APIRouter
from pydantic import BaseModel

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.services import Inlay

router = APIRouter(prefix="/api/queue", tags=["queue"])


class Queue(BaseModel):
    """The jobs of all owners that wait and run. `seconds` is the estimated time until all of them are done. It is null
    as long as nothing has been measured."""

    queued: int
    running: int
    seconds: float | None


@router.get("", operation_id="getQueue", responses=problems())
def get(inlay: Inlay, _: Caller) -> Queue:
    """Report how many jobs of all owners wait and run, and how long they will probably take."""
    status = inlay.jobs.queue()
    return Queue(queued=status.queued, running=status.running, seconds=status.seconds)
