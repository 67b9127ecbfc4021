"""How busy the server is."""

from fastapi import APIRouter
from pydantic import BaseModel

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.services import Inlay

router = APIRouter(prefix="/api/queue", tags=["queue"])


class Queue(BaseModel):
    """Jobs of all owners. `seconds`: until what is queued and running now will be done; null while nothing has been
    measured."""

    queued: int
    running: int
    seconds: float | None


@router.get("", operation_id="getQueue", responses=problems())
def get(inlay: Inlay, _: Caller) -> Queue:
    """Say how many jobs of all owners wait and run, and how long they will likely take."""
    status = inlay.jobs.queue()
    return Queue(queued=status.queued, running=status.running, seconds=status.seconds)
