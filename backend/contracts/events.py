"""A job's events, the websocket's messages, and the bytes of a preview (docs/protocol.md, Events and Previews)."""

import struct
from datetime import datetime
from typing import Annotated, Literal, NamedTuple, get_args
from uuid import UUID

from pydantic import Field

from backend.contracts.document import Document, Name
from backend.contracts.job import Output, Problem
from backend.contracts.limits import MAX_FOLLOWED


class _Event(Document):
    """`seq` counts a job's events from 1 without gaps; `at` is the database's clock."""

    job_id: UUID
    seq: int
    at: datetime


class JobQueued(_Event):
    """The job waits; `reason` is null at first and says why when it waits again."""

    type: Literal["job_queued"]
    reason: str | None = None


class JobStarted(_Event):
    type: Literal["job_started"]
    attempt: int
    worker: str


class JobProgress(_Event):
    """After step `step` of `of`: per observable, the root mean square of its disagreement with the solution, and its
    lambda; `seconds` since the start."""

    type: Literal["job_progress"]
    step: int
    of: int
    residual: dict[str, float]
    step_sizes: dict[str, float]
    seconds: float


class JobNotice(_Event):
    """Something at step `step` that a reader should know: a solver that fell back to another, say, and why."""

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

What = Literal["x0", "noisy", "residual"]
WHATS: tuple[What, ...] = get_args(What)


class Hello(Document):
    """The first message of a socket: the single-use ticket of POST /api/stream/ticket."""

    type: Literal["hello"]
    ticket: Annotated[str, Field(max_length=256)]


class Follow(Document):
    """Follow these jobs, each from the event after the given seq; replaces what was followed before."""

    type: Literal["follow"]
    jobs: Annotated[dict[str, Annotated[int, Field(ge=0)]], Field(max_length=MAX_FOLLOWED)]


class Show(Document):
    """Send previews of this node of a followed job, in addition to the main picture."""

    type: Literal["show"]
    job: str
    node: Name
    what: What = "x0"


ClientMessage = Annotated[Hello | Follow | Show, Field(discriminator="type")]


class ServerProblem(Document):
    """The server could not take a client's message; the socket stays open unless it says otherwise."""

    type: Literal["problem"]
    title: str
    detail: str


class PreviewHeader(NamedTuple):
    """What a preview frame shows: `node` indexes GraphSpec.nodes."""

    job_id: UUID
    step: int
    node: int
    what: What


PREVIEW_VERSION = 1
_HEADER = struct.Struct(">B16sIBB")


def pack_preview(header: PreviewHeader, image: bytes) -> bytes:
    """A binary frame: version, job id, step, node, what (big-endian), then a JPEG or WebP picture."""
    return (
        _HEADER.pack(PREVIEW_VERSION, header.job_id.bytes, header.step, header.node, WHATS.index(header.what)) + image
    )


def unpack_preview(frame: bytes) -> tuple[PreviewHeader, bytes]:
    """The inverse of `pack_preview`; ValueError for a frame of another version or a truncated one."""
    if len(frame) < _HEADER.size or frame[0] != PREVIEW_VERSION:
        raise ValueError(f"not a preview frame of version {PREVIEW_VERSION}: {len(frame)} bytes, first {frame[:1]!r}")
    _, job, step, node, what = _HEADER.unpack_from(frame)
    return PreviewHeader(UUID(bytes=job), step, node, WHATS[what]), frame[_HEADER.size :]
