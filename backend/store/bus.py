"""The bus: messages between the API and the workers that are not in the database. They are doorbells, hints, previews,
and requests for previews.

Every message may be lost. The reconciler rings again for a lost doorbell, a reader that misses a hint polls, and the
next preview replaces a lost one. So no method raises an error if the other side is away; it logs this and continues.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from backend.contracts.events import What

WANT_SECONDS = 60.0  # a request for previews of a node is valid for this time, unless it is repeated


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
        """Wake a worker, because there may be a queued job."""
        ...

    def want(self, job_id: UUID, node: int, what: What) -> None:
        """Ask for previews of a node of a running job for the next `WANT_SECONDS`."""
        ...

    def messages(self) -> AsyncIterator[Message]:
        """Yield all messages that the workers send from now on. Each process has one reader."""
        ...

    def healthy(self) -> bool:
        """Return True if the other side can be reached now."""
        ...

    def worker_started(self) -> bool:
        """Return True if the worker that belongs to this process has started. Where workers are servers of their own,
        none belongs to it, and the answer is True."""
        ...


class WorkerBus(Protocol):
    """A worker's end of the bus."""

    def ring(self) -> None:
        """Wake a worker, possibly this one, because another job is queued."""
        ...

    def hint(self, job_id: UUID) -> None:
        """Tell the API that a job has new events."""
        ...

    def preview(self, job_id: UUID, frame: bytes) -> None:
        """Send a preview frame to all clients that follow the job."""
        ...

    def wanted(self, job_id: UUID) -> set[View]:
        """Return the views of a job that clients asked for within the last `WANT_SECONDS`."""
        ...
