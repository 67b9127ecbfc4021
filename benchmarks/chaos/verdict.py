"""The verdict over a run, from the jobs and events in the database and from what the clients saw."""

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.chaos.clients import Follower, Sent
from benchmarks.chaos.faults import Hit

ENDED = ("succeeded", "failed", "cancelled")
LIFE = re.compile("Q(S[PN]*Q)*S[PN]*E")
"""The events of a job that succeeds: queued, then attempts that each end in the queue, then one that ends the job. A
letter is a kind of event."""

_LETTERS = {
    "job_queued": "Q",
    "job_started": "S",
    "job_progress": "P",
    "job_notice": "N",
    "job_succeeded": "E",
    "job_failed": "E",
    "job_cancelled": "E",
}


@dataclass(frozen=True)
class Event:
    """One row of a job's events. `step` is null for an event without one."""

    seq: int
    kind: str
    at: datetime
    step: int | None


@dataclass(frozen=True)
class Record:
    """A job at the end of the run, with all its events in order."""

    state: str
    events: tuple[Event, ...]

    def is_one_life(self) -> bool:
        """Return True if no attempt began before the one before it had ended, and the job ended once."""
        seqs = [event.seq for event in self.events]
        letters = "".join(_LETTERS[event.kind] for event in self.events)
        return seqs == list(range(1, len(seqs) + 1)) and LIFE.fullmatch(letters) is not None

    def steps_redone(self) -> list[int]:
        """Return for each attempt after the first how many steps it did that an earlier one had reported."""
        redone: list[int] = []
        reached, resumed = 0, False
        for event in self.events:
            if event.kind == "job_started":
                resumed = reached > 0
            if event.kind == "job_progress" and event.step is not None:
                if resumed:
                    redone.append(max(0, reached - event.step + 1))
                reached, resumed = event.step, False
        return redone

    def recovered(self, hit: Hit) -> float | None:
        """Return the seconds from a fault to the first sign that the job goes on, or None if there is none."""
        signs = ("job_started", "job_succeeded") if hit.lost else ("job_started", "job_progress", "job_succeeded")
        later = (event.at for event in self.events if event.at > hit.since and event.kind in signs)
        return next(((at - hit.since).total_seconds() for at in later), None)


def records(database: str) -> dict[UUID, Record]:
    """Read all jobs and their events."""
    with psycopg.connect(database) as connection:
        states = dict(connection.execute("SELECT id, state FROM jobs").fetchall())
        rows = connection.execute(
            "SELECT job_id, seq, type, at, (body::json->>'step')::int FROM events ORDER BY job_id, seq"
        ).fetchall()
    events: dict[UUID, list[Event]] = {id: [] for id in states}
    for id, *row in rows:
        events[id].append(Event(*row))
    return {id: Record(state, tuple(events[id])) for id, state in states.items()}


def verdict(
    sent: Sequence[Sent], found: dict[UUID, Record], hits: Sequence[Hit], followers: Iterable[Follower]
) -> dict[str, Any]:
    """Return the figures of a run but for its pictures. `sent` are all jobs that were accepted."""
    ours = [found[job.id] for job in sent if job.id in found]
    recoveries = [
        seconds for hit in hits for id in hit.jobs if id in found and (seconds := found[id].recovered(hit)) is not None
    ]
    redone = [steps for record in ours for steps in record.steps_redone()]
    return {
        "jobs": len(sent),
        "faults": len(hits),
        "lost": sum(record.state not in ENDED for record in ours) + len(sent) - len(ours),
        "double": sum(not record.is_one_life() for record in ours) + len(found) - len(ours),
        "failed": sum(record.state in ("failed", "cancelled") for record in ours),
        "clients_missing_events": sum(_misses(follower, sent, found) for follower in followers),
        "p95_recovery_s": round(p95(recoveries), 1),
        "steps_redone_p95": round(p95(redone), 1),
        "recoveries": len(recoveries),
        "attempts_redone": len(redone),
    }


def _misses(follower: Follower, sent: Sequence[Sent], found: dict[UUID, Record]) -> bool:
    """Return True if a follower did not see every event of every job of its owner once and in order."""
    return any(
        follower.seen[job.id] != [event.seq for event in found[job.id].events]
        for job in sent
        if job.owner == follower.owner and job.id in found
    )


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile, or 0 of no values."""
    if len(values) < 2:
        return float(values[0]) if values else 0.0
    return statistics.quantiles(values, n=20, method="inclusive")[-1]
