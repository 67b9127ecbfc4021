"""The thread by which a process shows that it is alive (`backend.store.processes`)."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

from backend.contracts.processes import ProcessKind
from backend.store.database import Database
from backend.store.processes import Identity, Processes, State
from backend.store.tallies import Measures, Tally

BEAT_SECONDS = 3.0
END_SECONDS = 5.0  # the longest time that the end of a process waits for its last heartbeat
_log = structlog.get_logger(__name__)


class Heartbeat:
    """Writes a heartbeat of this process every `every_seconds` during the block, from a thread, so that it delays no
    work. `look` returns the process's state, and `measures` holds what it has measured. While the database is away,
    heartbeats are lost and nothing else is."""

    def __init__(
        self,
        database: Database,
        kind: ProcessKind,
        look: Callable[[], State] = State,
        measures: Measures | None = None,
        every_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._processes, self._look, self._every_seconds = Processes(database), look, every_seconds
        self._measures = measures or Measures()
        self._who = Identity.mine(kind)
        self._over = threading.Event()
        self._failing = False
        self._thread = threading.Thread(target=self._run, name=f"{kind}-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        at: TracebackType | None = None,
    ) -> None:
        self._over.set()
        self._thread.join(END_SECONDS)

    def _run(self) -> None:
        self._beat()
        while not self._over.wait(self._every_seconds):
            self._beat()
        self._attempt(lambda measured: self._processes.leave(self._who, measured))

    def _beat(self) -> None:
        self._attempt(lambda measured: self._processes.beat(self._who, self._look(), measured))

    def _attempt(self, write: Callable[[list[Tally]], None]) -> None:
        """Write once. The log has the first of several failures in a row."""
        measured = self._measures.take()
        try:
            write(measured)
        except Exception as error:
            self._measures.add(*measured)
            if not self._failing:
                _log.warning("heartbeat_failed", kind=self._who.kind, error=f"{type(error).__name__}: {error}")
            self._failing = True
        else:
            self._failing = False
