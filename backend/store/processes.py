"""The processes of this Inlay: each writes one row every few seconds, its heartbeat.

A process whose heartbeat is older than GONE_SECONDS counts as gone: it was killed, hangs, or cannot reach the database.
A process that ends in good order takes its row away.
"""

import json
import os
import socket
import time
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

import psutil
from sqlalchemy import case, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from backend.contracts.processes import Process, ProcessKind
from backend.store.database import Database
from backend.store.tables import now, processes
from backend.store.tallies import Tally, tally
from backend.version import VERSION

GONE_SECONDS = 15.0
FORGET_SECONDS = 3600.0  # a process that is gone stays in the list for this time
_KINDS = ("api", "reconciler", "worker")
_ALIVE = processes.c.seen_at >= now(-GONE_SECONDS)


class State(NamedTuple):
    """The state of a process at a heartbeat: its device, that device's memory in bytes, the ids of the models that it
    holds, the job that it runs, and if it was told to stop."""

    device: str | None = None
    memory_free: int | None = None
    memory_total: int | None = None
    models: tuple[str, ...] = ()
    job: UUID | None = None
    stopping: bool = False


class Identity(NamedTuple):
    """A process of this machine. `began` is its start on the monotonic clock."""

    id: UUID
    kind: ProcessKind
    name: str
    began: float

    @classmethod
    def mine(cls, kind: ProcessKind) -> "Identity":
        """Return the identity of this process in one of its parts. A process of `inlay run` has two parts."""
        return cls(uuid4(), kind, process_name(), time.monotonic())


def process_name(pid: int | None = None) -> str:
    """Return the name of the process `pid` of this machine; by default the name of this process."""
    return f"{socket.gethostname()}:{os.getpid() if pid is None else pid}"


class Processes:
    """The list of processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, who: Identity, state: State, measured: Sequence[Tally] = ()) -> None:
        """Write a process's heartbeat, in one statement, and what it has measured since the last one."""
        fresh = {
            "seen_at": now(),
            "device": state.device,
            "memory_free": state.memory_free,
            "memory_total": state.memory_total,
            "resident": psutil.Process().memory_info().rss,
            "models": json.dumps(state.models),
            "job": state.job,
            "stopping": state.stopping,
        }
        fixed = {
            "id": who.id,
            "kind": who.kind,
            "name": who.name,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "version": VERSION,
            "started_at": now(who.began - time.monotonic()),
        }
        with self._database.begin() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            row = insert(processes).values(**fixed, **fresh)
            connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=fresh))
            tally(connection, *measured)

    def leave(self, who: Identity, measured: Sequence[Tally] = ()) -> None:
        """Take a process from the list, because it ends. Its last measurements count."""
        with self._database.begin() as connection:
            tally(connection, *measured)
            connection.execute(delete(processes).where(processes.c.id == who.id))

    def all(self) -> list[Process]:
        """Return all processes: the workers, then the reconcilers and the API, the last started first. Those that are
        gone stay in the list for FORGET_SECONDS."""
        order = case({kind: -place for place, kind in enumerate(_KINDS)}, value=processes.c.kind)
        query = select(processes, _ALIVE.label("alive")).order_by(order, processes.c.started_at.desc(), processes.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Process.model_validate(row._asdict() | {"models": json.loads(row.models)}) for row in rows]

    def workers(self) -> int:
        """Count the workers that can take a job: they are alive and not told to stop."""
        able = (processes.c.kind == "worker", _ALIVE, ~processes.c.stopping)
        with self._database.read() as connection:
            return connection.scalar(select(func.count(literal(1))).select_from(processes).where(*able)) or 0

    def forget(self) -> int:
        """Delete the processes that have been gone for FORGET_SECONDS. Returns their number."""
        with self._database.begin() as connection:
            return connection.execute(delete(processes).where(processes.c.seen_at < now(-FORGET_SECONDS))).rowcount
