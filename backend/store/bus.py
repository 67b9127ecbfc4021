"""What API and workers tell each other beside the database: doorbells, hints, previews, and which previews are wanted.

Nothing of value rides here. A lost doorbell is rung again by the reconciler, a lost hint costs a reader its poll
interval, a lost preview is followed by the next. So no method raises for a peer that is away: it logs and goes on.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from backend.contracts.events import What

WANT_SECONDS = 60.0  # how long a request for previews of a node holds unless it is repeated


@dataclass(frozen=True)
class Hint:
    """Job `job_id` has news in the database."""

    job_id: UUID


@dataclass(frozen=True)
class PreviewMessage:
    """A preview of job `job_id`, as a frame of `pack_preview`."""

    job_id: UUID
    frame: bytes


Message = Hint | PreviewMessage
View = tuple[int, What]
"""A node's index in GraphSpec.nodes, and what of it to show."""


class ApiBus(Protocol):
    """The API's end."""

    def ring(self) -> None:
        """Wake a worker: there may be work."""
        ...

    def want(self, job_id: UUID, node: int, what: What) -> None:
        """Ask for previews of a node of a running job for the next `WANT_SECONDS`."""
        ...

    def messages(self) -> AsyncIterator[Message]:
        """Everything that workers say from now on; one reader a process."""
        ...

    def healthy(self) -> bool:
        """Whether the other side can be reached now."""
        ...


class WorkerBus(Protocol):
    """A worker's end."""

    def ring(self) -> None:
        """Wake a worker (maybe this one): more work is queued."""
        ...

    def hint(self, job_id: UUID) -> None:
        """Say that the job has news."""
        ...

    def preview(self, job_id: UUID, frame: bytes) -> None:
        """Offer a preview frame to whoever watches."""
        ...

    def wanted(self, job_id: UUID) -> set[View]:
        """The views that somebody asked for lately."""
        ...
