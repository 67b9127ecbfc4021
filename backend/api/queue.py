"""The state of the queue."""

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.services import Inlay

router = APIRouter(prefix="/api/queue", tags=["queue"])


class Queue(BaseModel):
    """The jobs of all owners that wait and run, and how many of them are the caller's (`mine_...`). `seconds` is the
    estimated time until all of them are done. It is null as long as nothing has been measured."""

    queued: int
    running: int
    mine_queued: int
    mine_running: int
    seconds: float | None


@router.get("", operation_id="getQueue", responses=problems())
def get(inlay: Inlay, owner: Caller) -> Queue:
    """Report how many jobs wait and run, of all owners and of the caller, and how long all of them will probably
    take."""
    return Queue(**asdict(inlay.jobs.queue(owner)))
