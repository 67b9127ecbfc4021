"""The thread that renews a lease, with a real store."""

import time
from typing import Any

from backend.contracts.job import JobResource
from backend.store.jobs import Jobs
from tests.integration.worker.conftest import OWNER, Place, soon
from worker.job.lease_keeper import EXIT_STUCK, LeaseKeeper


def claimed(place: Place, lease_seconds: float) -> tuple[Jobs, Any, JobResource]:
    jobs = Jobs(place.worker.jobs.database, lease_seconds=lease_seconds)
    job = place.submit()
    claim = jobs.claim("w1")
    assert claim is not None
    return jobs, claim, job


def test_a_slow_step_keeps_its_lease(place: Place) -> None:
    jobs, claim, _ = claimed(place, 1.0)
    with LeaseKeeper(jobs, claim, patience=60) as lease_keeper:
        lease_keeper.expect(30)
        time.sleep(2.5)
        assert jobs.requeue_expired() == []
        assert not lease_keeper.lost


def test_a_hung_sampler_loses_its_lease_and_its_process(place: Place) -> None:
    jobs, claim, job = claimed(place, 1.0)
    left: list[int] = []
    with LeaseKeeper(jobs, claim, patience=0.5, leave=left.append) as lease_keeper:
        lease_keeper.expect(0.2)
        time.sleep(1.6)
        assert jobs.requeue_expired() == [job.id]
        lease_keeper.expect(30)  # the sampler wakes up, but too late
        soon(lambda: lease_keeper.lost)
        soon(lambda: bool(left))
    assert left[0] == EXIT_STUCK
    assert place.get(job).state == "queued"


def test_a_slow_step_may_end_after_a_stop_so_that_its_picture_is_not_lost(place: Place) -> None:
    jobs, claim, job = claimed(place, 0.6)
    left: list[int] = []
    with LeaseKeeper(jobs, claim, patience=0.3, leave=left.append) as lease_keeper:
        lease_keeper.expect(30)
        jobs.stop(OWNER, job.id)
        soon(lambda: lease_keeper.stop_requested)
        time.sleep(1)
        assert (left, lease_keeper.lost) == ([], False)


def test_a_cancel_that_no_step_heeds_ends_the_process(place: Place) -> None:
    jobs, claim, job = claimed(place, 0.6)
    left: list[int] = []
    with LeaseKeeper(jobs, claim, patience=0.5, leave=left.append) as lease_keeper:
        lease_keeper.expect(30)
        jobs.cancel(OWNER, job.id)
        soon(lambda: bool(left))
    assert place.get(job).state == "cancelled"
