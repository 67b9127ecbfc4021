"""The processes of a server, as their heartbeats report them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from backend.contracts.document import Document

ProcessKind = Literal["worker", "reconciler", "api"]


class Process(Document):
    """A worker, a reconciler or an API process. It is `alive` if its last heartbeat is at most 15 seconds old. `name`
    is its host and process id. `device` is what a worker computes on; a worker of several ranks names the device of
    each. `memory_free` and `memory_total` are the bytes of the device, or of the first one. `resident` are the bytes of
    main memory that the process takes. `models` are the ids of the models and adapters that a worker holds in memory,
    and `job` is the job that it runs. A process that is `stopping` takes no further job."""

    id: UUID
    kind: ProcessKind
    name: str
    host: str
    pid: int
    version: str
    alive: bool
    stopping: bool
    started_at: datetime
    seen_at: datetime
    device: str | None
    memory_free: int | None
    memory_total: int | None
    resident: int
    models: list[str]
    job: UUID | None
