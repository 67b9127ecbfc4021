"""The verdict over a run of `benchmarks.chaos` finds what it looks for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from benchmarks.chaos.__main__ import misses
from benchmarks.chaos.clients import Ended, Follower, Sent
from benchmarks.chaos.faults import Hit
from benchmarks.chaos.verdict import Event, Record, p95, verdict

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = {"Q": "job_queued", "S": "job_started", "E": "job_succeeded", "F": "job_failed"}


def record(life: str, state: str = "succeeded") -> Record:
    """Return a job with these events, one each second. A digit is a step that was done."""
    events = [
        Event(
            seq,
            NAMES.get(letter, "job_progress"),
            BEGIN + timedelta(seconds=seq),
            int(letter) if letter in "123456789" else None,
        )
        for seq, letter in enumerate(life, 1)
    ]
    return Record(state, tuple(events))


def follower(sent: list[Sent], seen: dict[UUID, list[int]]) -> Follower:
    made = Follower("one", "http://nowhere", "ann", "key", sent, Ended())
    made.seen.update(seen)
    return made


def judged(*records_: Record, seen: list[int] | None = None, hits: tuple[Hit, ...] = ()) -> dict[str, object]:
    """Return the verdict over these jobs, which one follower followed. By default it saw all events."""
    sent = [Sent(uuid4(), "ann", 0) for _ in records_]
    found = {job.id: record for job, record in zip(sent, records_, strict=True)}
    heard = {id: [event.seq for event in record.events] if seen is None else seen for id, record in found.items()}
    return verdict(sent, found, hits, [follower(sent, heard)])


def test_jobs_that_went_well_break_no_bar() -> None:
    figures = judged(record("QS123E"), record("QS12QS23E"))
    assert not misses(figures | {"wrong_picture": 0})
    assert figures["attempts_redone"] == 1
    assert figures["steps_redone_p95"] == 1


@pytest.mark.parametrize(
    ("life", "state", "bar"),
    [
        ("QS12", "running", "lost"),
        ("Q", "queued", "lost"),
        ("QS1S12E", "succeeded", "double"),
        ("QS12EE", "succeeded", "double"),
        ("QS12F", "failed", "failed"),
    ],
)
def test_a_job_that_went_wrong_breaks_its_bar(life: str, state: str, bar: str) -> None:
    assert bar in misses(judged(record(life, state)) | {"wrong_picture": 0})


@pytest.mark.parametrize("seen", [[1, 2, 3, 5], [], [1, 2, 3, 4]])
def test_a_client_that_missed_an_event_is_counted(seen: list[int]) -> None:
    assert judged(record("QS12E"), seen=seen)["clients_missing_events"] == 1


def test_a_job_that_the_api_accepted_and_nobody_has_is_lost() -> None:
    sent = [Sent(uuid4(), "ann", 0)]
    assert verdict(sent, {}, (), [])["lost"] == 1


def test_a_job_that_nobody_sent_counts_as_double() -> None:
    assert verdict([], {uuid4(): record("QS1E")}, (), [])["double"] == 1


@pytest.mark.parametrize(("lost", "seconds"), [(True, 2.5), (False, 0.5)])
def test_a_job_has_recovered_when_it_starts_again_or_goes_on(lost: bool, seconds: float) -> None:
    hit = Hit("a fault", BEGIN + timedelta(seconds=2.5), frozenset(), lost)
    assert record("QS1QS1E").recovered(hit) == seconds


def test_the_95th_percentile_of_few_values_is_near_the_largest() -> None:
    assert p95([]) == 0
    assert p95([3.0]) == 3
    assert p95([float(value) for value in range(101)]) == 95
