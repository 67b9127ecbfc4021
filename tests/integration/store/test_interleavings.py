"""Interleaved claims (docs/protocol.md, Claims), with real threads and processes on real databases."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from backend.contracts.job import JobResource
from backend.store.database import Database, connect
from backend.store.errors import Conflict, LeaseLost, NotFound
from backend.store.jobs import Claim, Jobs
from backend.store.tables import jobs, now, shares
from tests.integration.store.samples import GRAPH, claimed, job, kinds, let_lease_run_out, picture, step, submit

ROOT = Path(__file__).parents[3]


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run each action in its own thread, all started together. Returns each one's result, or the error that
    it raised."""
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return action()
        except (Conflict, LeaseLost, NotFound) as error:
            return error

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def take_all(store: Jobs, worker: str) -> list[tuple[UUID, int]]:
    taken: list[tuple[UUID, int]] = []
    while (claim := store.claim(worker)) is not None:
        taken.append((claim.id, claim.fence))
    return taken


def test_eight_claimers_never_take_a_job_twice_nor_leave_one(store: Jobs):
    ids = {submit(store).id for _ in range(20)}
    results = at_once(*(lambda worker=f"w{number}": take_all(store, worker) for number in range(8)))
    taken = [claim for result in results for claim in result]
    assert sorted(Counter(taken).values()) == [1] * 20
    assert {id for id, _ in taken} == ids
    assert all(kinds(store, id) == ["queued", "started"] for id in ids)


CLAIMER = """
import sys
from backend.store.database import connect
from backend.store.jobs import Jobs
store = Jobs(connect(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
while (claim := store.claim("process")) is not None:
    print(claim.id, claim.fence, flush=True)
"""


def test_claimers_in_separate_processes_share_the_queue(store: Jobs, database_url: str):
    ids = {str(submit(store).id) for _ in range(24)}
    processes = [_process(CLAIMER, database_url) for _ in range(3)]
    for process in processes:
        assert _line(process) == "ready"
    outputs = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        outputs += process.communicate(timeout=60)[0].split("\n")
        assert process.returncode == 0
    taken = [line.split()[0] for line in outputs if line]
    assert sorted(taken) == sorted(ids)


def test_duplicate_doorbells_start_a_job_once(store: Jobs):
    id = submit(store).id
    results = at_once(*(lambda worker=f"w{number}": store.claim(worker) for number in range(6)))
    assert len([claim for claim in results if claim is not None]) == 1
    assert kinds(store, id) == ["queued", "started"]


def test_expiry_between_two_renewals_refuses_the_late_finish(store: Jobs, database: Database):
    id = submit(store).id
    late = claimed(store, "w1")
    store.renew(late)
    let_lease_run_out(database, id)
    assert store.requeue_expired() == [id]
    with pytest.raises(LeaseLost):
        store.renew(late)
    with pytest.raises(LeaseLost):
        store.finish(late, [picture(late)], 1.0)
    assert store.get("ann", id).state == "queued"
    assert not store.kept([id]).covers(picture(late).key)


def test_a_renewal_that_commits_while_the_reconciler_looks_is_respected(store: Jobs, database: Database):
    id = submit(store).id
    claim = claimed(store)
    let_lease_run_out(database, id)
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as connection:
            connection.execute(update(jobs).where(jobs.c.id == id).values(lease_until=now(30)))
            looking = pool.submit(store.requeue_expired)
            time.sleep(0.5)
            assert not looking.done(), "it has seen the lease run out, and waits for the renewal to commit"
        assert looking.result(30) == []
    assert store.renew(claim) is None


def test_expiry_and_finish_at_the_same_moment_have_one_winner(store: Jobs, database: Database):
    outcomes: Counter[str] = Counter()
    for _ in range(25):
        id = submit(store).id
        claim = claimed(store)
        let_lease_run_out(database, id)
        requeued, finished = at_once(
            store.requeue_expired, lambda claim=claim: store.finish(claim, [picture(claim)], 1.0)
        )
        state = store.get("ann", id).state
        outcomes[state] += 1
        if state == "succeeded":
            assert (requeued, finished) == ([], None)
            assert kinds(store, id) == ["queued", "started", "succeeded"]
        else:
            assert state == "queued"
            assert requeued == [id]
            assert isinstance(finished, LeaseLost)
            assert kinds(store, id) == ["queued", "started", "queued"]
            store.delete("ann", id)
    assert outcomes.total() == 25


def test_two_reconcilers_requeue_a_job_once(store: Jobs, database: Database):
    for _ in range(10):
        id = submit(store).id
        claimed(store)
        let_lease_run_out(database, id)
        results = at_once(store.requeue_expired, store.requeue_expired, store.requeue_expired)
        assert sorted(map(len, results)) == [0, 0, 1]
        assert kinds(store, id) == ["queued", "started", "queued"]
        store.delete("ann", id)


def test_cancel_against_finish_keeps_the_picture_that_was_ready(store: Jobs):
    for _ in range(20):
        id = submit(store).id
        claim = claimed(store)
        answer, finished = at_once(
            lambda id=id: store.cancel("ann", id), lambda claim=claim: store.finish(claim, [picture(claim)], 1.0)
        )
        assert finished is None
        assert isinstance(answer, JobResource)
        assert answer.state in ("running", "succeeded")
        assert store.get("ann", id).state == "succeeded"
        assert kinds(store, id) == ["queued", "started", "succeeded"]


def test_cancel_against_claim_never_loses_the_request(store: Jobs):
    for _ in range(20):
        id = submit(store).id
        answer, claim = at_once(lambda id=id: store.cancel("ann", id), lambda: store.claim("w1"))
        if claim is None:
            assert answer.state == "cancelled"
            assert kinds(store, id) == ["queued", "cancelled"]
        else:
            assert (answer.state, answer.cancel_requested) == ("running", True)
            assert store.renew(claim) == "cancel"
            store.cancelled(claim)
            assert kinds(store, id) == ["queued", "started", "cancelled"]


def test_cancel_against_hand_back_never_loses_the_request(store: Jobs):
    for _ in range(20):
        id = submit(store).id
        claim = claimed(store)
        _, released = at_once(
            lambda id=id: store.cancel("ann", id), lambda claim=claim: store.release(claim, "stopped")
        )
        assert released is None
        assert store.get("ann", id).state == "cancelled"
        assert kinds(store, id)[-1] == "cancelled"


def test_delete_against_progress_and_finish(store: Jobs):
    for _ in range(15):
        id = submit(store).id
        claim = claimed(store)

        def run(claim: Claim = claim) -> None:
            for number in range(1, 5):
                step(store, claim, number)
            store.finish(claim, [picture(claim)], 1.0)

        deleted, ran = at_once(lambda id=id: store.delete("ann", id), run)
        assert deleted is None
        assert ran is None or isinstance(ran, LeaseLost)
        with pytest.raises(NotFound):
            store.get("ann", id)
        assert store.news({id: 0}) == []


def test_retry_against_requeue_makes_one_new_run(database: Database):
    store = Jobs(database, max_attempts=1)
    for _ in range(15):
        id = submit(store).id
        late = claimed(store)
        let_lease_run_out(database, id)
        requeued, retried = at_once(store.requeue_expired, lambda id=id: store.retry("ann", id))
        assert requeued == [id]
        if isinstance(retried, Conflict):
            assert kinds(store, id) == ["queued", "started", "failed"]
            store.retry("ann", id)
        assert kinds(store, id) == ["queued", "started", "failed", "queued"]
        with pytest.raises(LeaseLost):
            store.finish(late, [picture(late)], 1.0)
        again = claimed(store)
        assert (again.id, again.attempt) == (id, 1)
        store.finish(again, [picture(again)], 1.0)


def test_two_retries_queue_a_job_once(store: Jobs):
    id = submit(store).id
    for _ in range(10):
        store.cancel("ann", id)
        before = len(kinds(store, id))
        results = at_once(*[lambda: store.retry("ann", id)] * 3)
        assert sum(isinstance(result, Conflict) for result in results) == 2
        assert len(kinds(store, id)) == before + 1


def test_two_submits_with_one_key_make_one_job(store: Jobs, database: Database):
    for number in range(10):
        results = at_once(*[lambda key=f"key-{number}": store.submit("ann", job(), GRAPH, 7, key)] * 4)
        assert sorted(created for _, created in results) == [False, False, False, True]
        assert len({resource.id for resource, _ in results}) == 1
    with database.read() as connection:
        charged = connection.scalar(select(shares.c.virtual_finish).where(shares.c.owner == "ann"))
    assert charged == 10 * 7


def test_events_have_no_gap_and_a_reader_never_skips_one(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    writers, each = 6, 25
    numbers = count(1)
    done = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while True:
            last_look = done.is_set()
            seen.extend(event.seq for event in store.news({id: seen[-1] if seen else 0}))
            if last_look:
                return

    def write() -> None:
        for _ in range(each):
            step(store, claim, next(numbers), of=writers * each)

    reader = threading.Thread(target=read)
    reader.start()
    at_once(*[write] * writers)
    done.set()
    reader.join(30)
    steps = [event.step for event in store.events("ann", id, 2) if event.type == "job_progress"]
    assert steps == sorted(set(steps)), "a step that is late behind another is not told"
    assert steps[-1] == writers * each
    assert seen == list(range(1, 2 + len(steps) + 1))


def test_submits_of_many_owners_at_once_all_arrive(store: Jobs):
    results = at_once(*[lambda owner=f"o{number % 3}": submit(store, owner).id for number in range(12)])
    assert len(set(results)) == 12
    assert store.queue("ann").queued == 12
    assert {store.get(f"o{number % 3}", id).position for number, id in enumerate(results)} == set(range(12))


RUNNER = """
import sys, time
from backend.store.database import connect
from backend.store.errors import LeaseLost
from backend.store.jobs import Jobs, StoredOutput
store = Jobs(connect(sys.argv[1]), lease_seconds=1.0)
claim = store.claim("paused")
print("claimed", flush=True)
sys.stdin.readline()
try:
    store.finish(claim, [StoredOutput(name="x", key=claim.prefix + "x.png", width=1, height=1)], 1.0)
    print("finished", flush=True)
except LeaseLost:
    print("lost", flush=True)
"""


def test_a_worker_paused_past_its_lease_learns_that_it_lost_it(database_url: str):
    store = Jobs(connect(database_url), lease_seconds=30)
    id = submit(store).id
    paused = _process(RUNNER, database_url)
    try:
        assert _line(paused) == "claimed"
        paused.send_signal(signal.SIGSTOP)
        deadline = time.monotonic() + 20
        while store.requeue_expired() != [id]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        claim = claimed(store, "w2")
        store.finish(claim, [picture(claim)], 1.0)
        paused.send_signal(signal.SIGCONT)
        output, _ = paused.communicate("go\n", timeout=30)
        assert output.strip() == "lost"
    finally:
        paused.kill()
        paused.wait()
    assert store.output_key("ann", id, "x") == f"{claim.prefix}x.png"
    assert kinds(store, id) == ["queued", "started", "queued", "started", "succeeded"]


def _process(script: str, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, url]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
