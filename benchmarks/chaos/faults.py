"""The faults. Each takes a while, mends what it broke, and says which running jobs it hit, and when."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psutil
import psycopg

from backend.store.bus_redis import RedisApiBus
from benchmarks.chaos.relays import Mode, Relay
from benchmarks.chaos.rig import SETTINGS, SKEWED, WORKERS, Rig

LEASE_SECONDS = float(SETTINGS["INLAY_LEASE_SECONDS"])
OUTAGE_SECONDS = 4.0
SILENT_SECONDS = 8.0
DOORBELLS = 20


@dataclass(frozen=True)
class Hit:
    """A fault that happened, and the running jobs that it hit.

    With `lost`, their worker was lost at `since`, so another claim must start them again. Otherwise something that all
    jobs need came back at `since`, and they should go on. Times are those of the database's clock.
    """

    fault: str
    since: datetime
    jobs: frozenset[UUID]
    lost: bool


class Faults:
    """All faults on one rig. `seed` chooses the victims."""

    def __init__(self, rig: Rig, seed: int) -> None:
        self._rig = rig
        self._random = random.Random(seed)
        self._bell = RedisApiBus(rig.redis.url, rig.redis.url)
        self.kinds: dict[str, Callable[[], frozenset[UUID] | None]] = {
            "task child killed": self._kill_child,
            "worker killed": self._kill_worker,
            "Celery parent killed": self._kill_parent,
            "API killed": self._kill_api,
            "reconciler killed": self._kill_reconciler,
            "worker stopped past its lease": self._freeze_worker,
            "API stopped": self._freeze_api,
            "Redis restarted": self._restart_redis,
            "Redis flushed": self._flush_redis,
            "Postgres restarted": self._restart_postgres,
            "Postgres connections ended": self._end_connections,
            "worker's database silent": lambda: self._silence(self._rig.worker_database),
            "clients' connections silent": lambda: self._silence(self._rig.clients),
            "doorbells doubled": self._ring,
            "picture store away": lambda: self._storage("away"),
            "picture store silent": lambda: self._silence(self._rig.storage),
            "disk full": lambda: self._storage("full"),
            "worker's clock two minutes off": self._turn_clock,
            "worker told to stop": self._stop_worker,
        }

    def inject(self, kind: str) -> Hit | None:
        """Do one fault, from its begin to its end. Returns None if its victim was just being started."""
        before = self._now()
        try:
            killed = self.kinds[kind]()
        except psutil.NoSuchProcess:
            return None
        if killed is not None:
            return Hit(kind, before, killed, lost=True)
        return Hit(kind, self._now(), frozenset(self._running()), lost=False)

    def _victims(self, name: str) -> tuple[list[psutil.Process], frozenset[UUID]]:
        """Return the processes below a worker's parent process, and the jobs that they run."""
        children = self._rig.process(name).children(recursive=True)
        pids = {str(child.pid) for child in children}
        return children, frozenset(id for id, worker in self._running().items() if worker.rsplit(":", 1)[1] in pids)

    def _running(self) -> dict[UUID, str]:
        """Return the worker of each running job."""
        with psycopg.connect(self._rig.database) as database:
            return dict(database.execute("SELECT id, worker FROM jobs WHERE state = 'running'").fetchall())

    def _now(self) -> datetime:
        with psycopg.connect(self._rig.database) as database:
            (moment,) = database.execute("SELECT clock_timestamp()").fetchone() or (None,)
        assert moment is not None
        return moment

    def _kill(self, processes: list[psutil.Process]) -> None:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _some_worker(self) -> str:
        """Choose a worker: one that runs a job, if there is one."""
        busy = [name for name in WORKERS if self._victims(name)[1]]
        return self._random.choice(busy or list(WORKERS))

    def _kill_child(self) -> frozenset[UUID]:
        children, jobs = self._victims(self._some_worker())
        self._kill(children)
        return jobs

    def _kill_worker(self) -> frozenset[UUID]:
        name = self._some_worker()
        children, jobs = self._victims(name)
        self._kill([self._rig.process(name), *children])
        return jobs

    def _kill_parent(self) -> None:
        self._kill([self._rig.process(self._some_worker())])

    def _kill_api(self) -> None:
        self._kill([self._rig.process(self._random.choice(("api-0", "api-1")))])

    def _kill_reconciler(self) -> None:
        self._kill([self._rig.process("reconciler")])

    def _freeze_worker(self) -> frozenset[UUID]:
        name = self._some_worker()
        children, jobs = self._victims(name)
        self._freeze([self._rig.process(name), *children], LEASE_SECONDS + 6)
        return jobs

    def _freeze_api(self) -> None:
        self._freeze([self._rig.process(self._random.choice(("api-0", "api-1")))], OUTAGE_SECONDS)

    def _freeze(self, processes: list[psutil.Process], seconds: float) -> None:
        for how in (signal.SIGSTOP, signal.SIGCONT):
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, how)
            if how == signal.SIGSTOP:
                time.sleep(seconds)

    def _restart_redis(self) -> None:
        self._rig.redis.restart(OUTAGE_SECONDS)

    def _flush_redis(self) -> None:
        self._rig.redis.flush()

    def _restart_postgres(self) -> None:
        self._rig.postgres.stop(self._random.choice((signal.SIGINT, signal.SIGQUIT)))
        time.sleep(OUTAGE_SECONDS)
        self._rig.postgres.start()

    def _end_connections(self) -> None:
        with psycopg.connect(self._rig.database) as database:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'chaos' "
                "AND pid <> pg_backend_pid()"
            )

    def _silence(self, relay: Relay) -> None:
        relay.set_mode("silent")
        time.sleep(SILENT_SECONDS)
        relay.set_mode("pass")

    def _storage(self, mode: Mode) -> None:
        self._rig.storage.set_mode(mode)
        time.sleep(OUTAGE_SECONDS)
        self._rig.storage.set_mode("pass")

    def _ring(self) -> None:
        for _ in range(DOORBELLS):
            self._bell.ring()

    def _turn_clock(self) -> None:
        """Start the worker with the wrong clock again, now wrong in the other direction."""
        self._rig.skew = -self._rig.skew
        self._rig.process(SKEWED).terminate()

    def _stop_worker(self) -> None:
        self._rig.process(self._some_worker()).terminate()
