"""A job's events, the websocket's messages, and the bytes of a preview (docs/protocol.md, Events and Previews)."""

import struct
from datetime import datetime
from typing import Annotated, Literal, NamedTuple, get_args
from uuid import UUID

from pydantic import Field

from backend.contracts.document import Document, Name
from backend.contracts.job import Output, Problem
from backend.contracts.limits import MAX_FOLLOWED, MAX_SHOWN


class _Event(Document):
    """`seq` counts a job's events from 1 without gaps. `at` is the time on the database's clock."""

    job_id: UUID
    seq: int
    at: datetime


class JobQueued(_Event):
    """The job waits in the queue. `reason` says why it waits again; it is null the first time. `retry_at` is the time
    before which no worker takes the job, or null."""

    type: Literal["job_queued"]
    reason: str | None = None
    retry_at: datetime | None = None


class JobStarted(_Event):
    type: Literal["job_started"]
    attempt: int
    worker: str


class JobProgress(_Event):
    """Step `step` of `of` is done. `residual` holds, for each observable, the root mean square of its disagreement with
    the solution, and `step_sizes` its lambda. `seconds` counts from the start of the attempt."""

    type: Literal["job_progress"]
    step: int
    of: int
    residual: dict[str, float]
    step_sizes: dict[str, float]
    seconds: float


class JobNotice(_Event):
    """Something happened at step `step` that the reader should know, such as a solver that fell back to another one."""

    type: Literal["job_notice"]
    step: int
    detail: str


class JobSucceeded(_Event):
    type: Literal["job_succeeded"]
    outputs: list[Output]
    seconds: float


class JobFailed(_Event):
    type: Literal["job_failed"]
    error: Problem


class JobCancelled(_Event):
    type: Literal["job_cancelled"]


Event = Annotated[
    JobQueued | JobStarted | JobProgress | JobNotice | JobSucceeded | JobFailed | JobCancelled,
    Field(discriminator="type"),
]

What = Literal["x0", "noisy", "residual", "weights"]
WHATS: tuple[What, ...] = get_args(What)


class Hello(Document):
    """The first message of a socket: the single-use ticket of POST /api/stream/ticket."""

    type: Literal["hello"]
    ticket: Annotated[str, Field(max_length=256)]


class Follow(Document):
    """Follow these jobs, each from the event after the given seq. The jobs that were followed before are no longer
    followed."""

    type: Literal["follow"]
    jobs: Annotated[dict[str, Annotated[int, Field(ge=0)]], Field(max_length=MAX_FOLLOWED)]


class Show(Document):
    """Send previews of this node of a followed job, and of the `others`, in addition to the main picture. They take
    the place of the nodes that were shown before."""

    type: Literal["show"]
    job: str
    node: Name
    others: Annotated[list[Name], Field(max_length=MAX_SHOWN)] = []
    what: What = "x0"


ClientMessage = Annotated[Hello | Follow | Show, Field(discriminator="type")]


class ServerProblem(Document):
    """The server could not use a client's message. The socket stays open unless the message says otherwise."""

    type: Literal["problem"]
    title: str
    detail: str


class PreviewHeader(NamedTuple):
    """The header of a preview frame. `node` is an index into GraphSpec.nodes."""

    job_id: UUID
    step: int
    node: int
    what: What


PREVIEW_VERSION = 1
_HEADER = struct.Struct(">B16sIBB")


def pack_preview(header: PreviewHeader, image: bytes) -> bytes:
    """Pack a binary frame: version, job id, step, node, kind (big-endian), then a JPEG or WebP picture."""
    return (
        _HEADER.pack(PREVIEW_VERSION, header.job_id.bytes, header.step, header.node, WHATS.index(header.what)) + image
    )


def unpack_preview(frame: bytes) -> tuple[PreviewHeader, bytes]:
    """Unpack a frame of `pack_preview`. Raises ValueError for a frame of another version or a truncated one."""
    if len(frame) < _HEADER.size or frame[0] != PREVIEW_VERSION:
        raise ValueError(f"not a preview frame of version {PREVIEW_VERSION}: {len(frame)} bytes, first {frame[:1]!r}")
    _, job, step, node, what = _HEADER.unpack_from(frame)
    return PreviewHeader(UUID(bytes=job), step, node, WHATS[what]), frame[_HEADER.size :]
