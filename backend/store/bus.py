"""Messages between the API and the workers that need no database: doorbells, hints, previews, and requests for
previews.

Every message may be lost. The reconciler rings a lost doorbell again, a reader that misses a hint polls, and a lost
preview is followed by the next one. So no method raises if the other side is away: it logs and goes on.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from backend.contracts.events import What

WANT_SECONDS = 60.0  # how long a request for previews of a node holds unless it is repeated


@dataclass(frozen=True)
class Hint:
    """Job `job_id` has new events in the database."""

    job_id: UUID


@dataclass(frozen=True)
class PreviewMessage:
    """A preview of job `job_id`, as a frame of `pack_preview`."""

    job_id: UUID
    frame: bytes


Message = Hint | PreviewMessage
View = tuple[int, What]
"""The index of a node in GraphSpec.nodes, and the kind of picture to show of it."""


class ApiBus(Protocol):
    """The API's end of the bus."""

    def ring(self) -> None:
        """Wake a worker: there may be a job."""
        ...

    def want(self, job_id: UUID, node: int, what: What) -> None:
        """Ask for previews of a node of a running job for the next `WANT_SECONDS`."""
        ...

    def messages(self) -> AsyncIterator[Message]:
        """Yield all messages of the workers from now on. One process has one reader."""
        ...

    def healthy(self) -> bool:
        """Return true if the other side can be reached now."""
        ...


class WorkerBus(Protocol):
    """A worker's end of the bus."""

    def ring(self) -> None:
        """Wake a worker, perhaps this one: another job is queued."""
        ...

    def hint(self, job_id: UUID) -> None:
        """Say that a job has new events."""
        ...

    def preview(self, job_id: UUID, frame: bytes) -> None:
        """Offer a preview frame to everybody who watches."""
        ...

    def wanted(self, job_id: UUID) -> set[View]:
        """Return the views that somebody asked for recently."""
        ...
