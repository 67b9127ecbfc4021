"""Faults outside a job, such as a lost database: the job continues or is tried again, and ends with the
same picture."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
import torch
from moto.server import ThreadedMotoServer
from sqlalchemy.exc import OperationalError

from backend.contracts.events import JobQueued, JobStarted
from backend.contracts.job import FINAL, JobResource
from backend.reconciler import Reconciler
from backend.store.images import Images
from backend.store.migrations import migrate
from tests.integration.worker.conftest import ON_POSTGRES, OWNER, Place, placed, soon
from tests.servers import PostgresCluster, free_port, postgres_cluster
from worker.job.patience import persist
from worker.job.run import EXIT_DEVICE, work

STEPS = 30
LEASE = 12.0  # seconds
LOST = "stopped renewing its lease"


def steps(place: Place, job: JobResource) -> list[int]:
    events = place.worker.jobs.events(OWNER, job.id, 0)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return [event.step for event in events if event.type == "job_progress"]


def undisturbed(place: Place, **options: Any) -> bytes:
    """Return the picture of a job that no fault disturbs."""
    job = place.submit(**options)
    assert work(place.worker)
    return place.picture(job)


@contextmanager
def working(place: Place) -> Iterator[threading.Thread]:
    """Yield a thread in which the worker runs the next job. The job must end before the block does."""
    thread = threading.Thread(target=work, args=[place.worker])
    thread.start()
    yield thread
    thread.join(120)
    assert not thread.is_alive()


def assert_undisturbed(place: Place, job: JobResource, picture: bytes, of: int = STEPS) -> None:
    ended = place.get(job)
    assert (ended.state, ended.attempt, ended.error) == ("succeeded", 1, None)
    assert steps(place, job) == [*range(1, of + 1)], "no step is missing, and none is told twice"
    assert place.picture(job) == picture


@pytest.fixture
def on_postgres(postgres_url: str, models: Path, tmp_path: Path) -> Iterator[Place]:
    with placed(postgres_url, models, Images((tmp_path / "images").as_uri()), lease_seconds=LEASE) as place:
        yield place


def terminate(url: str) -> int:
    """End all other connections to a database. Returns their number."""
    with psycopg.connect(url, autocommit=True) as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        ended = connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # pyright: ignore
        return ended.rowcount


def work_until_ended(place: Place, job: JobResource) -> None:
    """Call `work` again and again, as the product's processes do, until the job has ended."""
    while persist(lambda: place.get(job), lambda: False).state not in FINAL:
        if not work(place.worker):
            time.sleep(0.1)


def assert_ran_once(place: Place, job: JobResource, picture: bytes) -> None:
    """Check what is promised if connections may break at any time: one attempt runs the job. An attempt before it ran
    no step; its claim was recorded, but the answer was lost, so that its lease ended."""
    ended = place.get(job)
    assert (ended.state, ended.error, ended.last_error) == ("succeeded", None, None)
    events = place.worker.jobs.events(OWNER, job.id, 0)
    begun = [event for event in events if event.type in ("job_started", "job_queued")]
    for attempt in range(1, ended.attempt):
        started, queued = begun[2 * attempt - 1 : 2 * attempt + 1]
        assert isinstance(started, JobStarted)
        assert isinstance(queued, JobQueued)
        assert started.attempt == attempt
        assert queued.seq == started.seq + 1, "the attempt did nothing"
        assert LOST in (queued.reason or "")
    assert len(begun) == 2 * ended.attempt
    assert steps(place, job) == [*range(1, STEPS + 1)], "no step is missing, and none is told twice"
    assert place.picture(job) == picture


def test_a_job_survives_terminated_backends(on_postgres: Place, postgres_url: str) -> None:
    place = on_postgres
    picture = undisturbed(place, steps=STEPS)
    job = place.submit(steps=STEPS)
    thread = threading.Thread(target=work_until_ended, args=[place, job], daemon=True)
    ended, deadline = 0, time.monotonic() + 120
    with reconciling(place):
        thread.start()
        while thread.is_alive() and time.monotonic() < deadline:
            ended += terminate(postgres_url)
            time.sleep(0.1)
    assert not thread.is_alive()
    assert ended, "at least one connection was terminated"
    assert_ran_once(place, job, picture)


def test_a_claim_waits_for_a_database_that_is_away(cluster: PostgresCluster, models: Path, tmp_path: Path) -> None:
    with placed(cluster.url, models, Images((tmp_path / "images").as_uri())) as place:
        picture = undisturbed(place, steps=STEPS)
        job = place.submit(steps=STEPS)
        cluster.stop()
        with working(place) as thread:
            time.sleep(3)
            assert thread.is_alive()
            cluster.start()
        assert_undisturbed(place, job, picture)


def test_a_worker_that_is_told_to_stop_does_not_wait_for_its_database(
    cluster: PostgresCluster, models: Path, tmp_path: Path
) -> None:
    told = threading.Event()
    with placed(cluster.url, models, Images((tmp_path / "images").as_uri())) as place:
        job = place.submit(steps=2)
        stopping = replace(place, worker=replace(place.worker, stopping=told.is_set))
        cluster.stop()
        with working(stopping) as thread:
            time.sleep(1)
            assert thread.is_alive()
            told.set()
            thread.join(20)
            assert not thread.is_alive()
        cluster.start()
        soon(lambda: persist(lambda: place.get(job), lambda: False).state == "queued")


def test_a_claim_whose_answer_is_lost_costs_the_lease_and_another_attempt(
    on_postgres: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is as if the connection ended between the commit and its answer: the worker does not know that it holds the
    job."""
    place = on_postgres
    picture = undisturbed(place, steps=STEPS)
    job = place.submit(steps=STEPS)
    jobs = place.worker.jobs
    claim = jobs.claim

    def lost(*claiming: Any) -> None:
        monkeypatch.setattr(jobs, "claim", claim)
        assert claim(*claiming) is not None
        raise OperationalError("COMMIT", None, psycopg.OperationalError("server closed the connection unexpectedly"))

    monkeypatch.setattr(jobs, "claim", lost)
    with reconciling(place):
        assert not work(place.worker), "the job is leased, so there is none to run"
        begun = time.monotonic()
        assert place.get(job).state == "running"
        work_until_ended(place, job)
    assert time.monotonic() - begun > LEASE / 2, "nobody takes the job before the lease ends"
    assert place.get(job).attempt == 2
    assert_ran_once(place, job, picture)


def test_a_job_survives_a_backend_that_is_terminated_in_the_middle_of_a_statement(
    on_postgres: Place, postgres_url: str
) -> None:
    place = on_postgres
    picture = undisturbed(place, steps=STEPS)
    job = place.submit(steps=STEPS)
    with working(place), psycopg.connect(postgres_url) as blocking, psycopg.connect(postgres_url) as other:
        other.autocommit = True
        soon(lambda: place.get(job).progress.step >= 2)
        blocking.execute("SELECT 1 FROM jobs WHERE id = %s FOR UPDATE", [job.id])
        waits = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        soon(lambda: other.execute(f"SELECT count(*) {waits}").fetchall()[0][0] > 0)  # pyright: ignore
        other.execute(f"SELECT pg_terminate_backend(pid) {waits}")  # pyright: ignore
        blocking.rollback()
    assert_undisturbed(place, job, picture)


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """A new, migrated Postgres cluster for one test."""
    with postgres_cluster() as cluster:
        migrate(cluster.url)
        yield cluster


@contextmanager
def reconciling(place: Place) -> Iterator[None]:
    stopping = threading.Event()
    reconciler = Reconciler(place.worker.jobs, place.worker.images, place.api, every_seconds=0.2)
    thread = threading.Thread(target=reconciler.run, args=[stopping])
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(20)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_postgres_restart_within_the_lease_costs_a_job_nothing(
    cluster: PostgresCluster, models: Path, tmp_path: Path, how: signal.Signals
) -> None:
    images = Images((tmp_path / "images").as_uri())
    with placed(cluster.url, models, images, lease_seconds=12) as place, reconciling(place):
        picture = undisturbed(place, steps=STEPS)
        job = place.submit(steps=STEPS)
        with working(place):
            soon(lambda: place.get(job).progress.step >= 2)
            cluster.stop(how)
            shown = len(place.previews)
            soon(lambda: len(place.previews) >= shown + 5)
            time.sleep(5)  # longer than a third of the lease, so that a renewal is due and fails
            cluster.start()
        assert_undisturbed(place, job, picture)


def test_a_job_whose_database_is_away_for_longer_than_the_lease_is_resumed_by_another_attempt(
    cluster: PostgresCluster, models: Path, tmp_path: Path
) -> None:
    images = Images((tmp_path / "images").as_uri())
    with placed(cluster.url, models, images, lease_seconds=2) as place, reconciling(place):
        picture = undisturbed(place, steps=STEPS)
        job = place.submit(steps=STEPS)
        with working(place) as thread:
            soon(lambda: place.get(job).progress.step >= 3)
            cluster.stop()
            thread.join(60)
            assert not thread.is_alive(), "a worker stops once its lease is surely gone"
            cluster.start()
        soon(lambda: place.get(job).state == "queued")
        waiting = place.get(job)
        assert LOST in (waiting.last_error.detail if waiting.last_error else "")
        assert work(place.worker)
        ended = place.get(job)
        assert (ended.state, ended.attempt) == ("succeeded", 2)
        assert place.picture(job) == picture


@contextmanager
def folder_away(folder: Path) -> Iterator[None]:
    """Move the picture store's folder away for the length of the block, as if its disk were not mounted."""
    folder.rename(folder.with_name("away"))
    yield
    assert not folder.exists(), "nobody has made another in its place"
    folder.with_name("away").rename(folder)


@ON_POSTGRES
def test_a_picture_store_that_is_away_for_twenty_seconds_costs_a_job_nothing(place: Place, tmp_path: Path) -> None:
    picture = undisturbed(place, steps=4)
    job = place.submit(steps=4)
    with working(place) as thread:
        soon(lambda: place.get(job).state == "running")
        with folder_away(tmp_path / "images"):
            soon(lambda: place.get(job).progress.step == 4)
            time.sleep(20)
            assert thread.is_alive()
            assert place.get(job).state == "running"
    assert_undisturbed(place, job, picture, of=4)


@ON_POSTGRES
def test_an_upload_is_not_taken_for_deleted_while_the_picture_store_is_away(place: Place, tmp_path: Path) -> None:
    whole, job = place.from_picture(), place.from_picture()
    assert work(place.worker)
    with folder_away(tmp_path / "images"):
        thread = threading.Thread(target=work, args=[place.worker])
        thread.start()
        time.sleep(2)
        assert thread.is_alive()
    thread.join(60)
    assert_undisturbed(place, job, place.picture(whole), of=3)


class _Unavailable(BaseHTTPRequestHandler):
    """Answers every request with status 503."""

    def _refuse(self) -> None:
        self.send_error(503)

    do_PUT = do_GET = do_HEAD = do_DELETE = do_POST = _refuse  # noqa: N815


def test_an_s3_that_answers_503_for_a_while_costs_a_job_nothing(sqlite_url: str, models: Path) -> None:
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    server = ThreadedMotoServer("127.0.0.1", port)
    server.start()
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=endpoint, **keys).create_bucket(Bucket="faults")
    images = Images("s3://faults/inlay", endpoint=endpoint, access_key="k", secret_key="s")
    with placed(sqlite_url, models, images) as place:
        picture = undisturbed(place, steps=4)
        job = place.submit(steps=4)
        server.stop()
        unavailable = ThreadingHTTPServer(("127.0.0.1", port), _Unavailable)
        threading.Thread(target=unavailable.serve_forever, daemon=True).start()
        with working(place) as thread:
            soon(lambda: place.get(job).progress.step == 4, 60)
            time.sleep(3)
            assert thread.is_alive()
            unavailable.shutdown()
            unavailable.server_close()
            server = ThreadedMotoServer("127.0.0.1", port)
            server.start()
        assert_undisturbed(place, job, picture, of=4)
    server.stop()


def due_again(place: Place, job: JobResource) -> None:
    """Wait until the job may be claimed."""
    soon(lambda: place.worker.jobs.unwoken(0) == 1)


def hasty(place: Place, **settings: Any) -> Place:
    """Return a worker that waits only briefly for the database and the picture store."""
    given = place.worker.settings.model_copy(update={"away_seconds": 0.3, "retry_seconds": 0.2} | settings)
    return replace(place, worker=replace(place.worker, settings=given))


def test_a_picture_store_that_stays_away_puts_the_job_back_with_its_cause(place: Place, tmp_path: Path) -> None:
    picture = undisturbed(place, steps=4)
    place, job = hasty(place), place.submit(steps=4)
    with folder_away(tmp_path / "images"):
        assert work(place.worker)
        waiting = place.get(job)
        assert (waiting.state, waiting.attempt, waiting.error) == ("queued", 1, None)
        assert waiting.last_error is not None
        assert waiting.last_error.title == "The picture store was away"
        assert str(tmp_path) not in waiting.last_error.detail
        last = place.worker.jobs.events(OWNER, job.id, 0)[-1]
        assert isinstance(last, JobQueued)
        assert last.reason == "The picture store could not be reached in attempt 1 of 3. Trying again in 0 s."
    due_again(place, job)
    assert work(place.worker)
    ended = place.get(job)
    assert (ended.state, ended.attempt, ended.last_error) == ("succeeded", 2, None)
    assert place.picture(job) == picture


def test_a_picture_store_that_never_comes_back_fails_the_job_with_its_cause(place: Place, tmp_path: Path) -> None:
    undisturbed(place, steps=2)
    place, job = hasty(place, away_seconds=0, retry_seconds=0), place.submit(steps=2)
    with folder_away(tmp_path / "images"):
        for _ in range(3):
            assert work(place.worker)
    ended = place.get(job)
    assert (ended.state, ended.attempt) == ("failed", 3)
    assert ended.error is not None
    assert ended.error.detail == "The picture store could not be reached in attempt 3 of 3."


@contextmanager
def breaking(place: Place, raises: Callable[[int], Exception | None]) -> Iterator[None]:
    """Make a network raise the error that `raises` returns for the number of the call, counted from 1."""
    calls = iter(range(1, 10_000))

    def hook(*_: Any) -> None:
        if (error := raises(next(calls))) is not None:
            raise error

    network = place.worker.models.get("tiny").denoiser
    handle = network.register_forward_pre_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def test_a_bug_of_the_worker_is_tried_again_and_the_job_resumes_where_it_was(place: Place) -> None:
    options = {"steps": 6, "images": 2}
    whole = place.submit(**options)
    assert work(place.worker)
    place, job = hasty(place, checkpoint_seconds=3600.0), place.submit(**options)
    bug = RuntimeError("shapes cannot be multiplied\nand a second line")
    with breaking(place, lambda call: bug if call == 9 else None):
        assert work(place.worker)
        waiting = place.get(job)
        assert (waiting.state, waiting.attempt) == ("queued", 1)
        assert waiting.last_error is not None
        assert "attempt 1 of 3 (RuntimeError: shapes cannot be multiplied)" in waiting.last_error.detail
        assert place.worker.jobs.claim("w2") is None, "not before its time"
        due_again(place, job)
        assert work(place.worker)
    ended = place.get(job)
    assert (ended.state, ended.attempt, ended.last_error) == ("succeeded", 2, None)
    assert steps(place, job) == [*range(1, 13)], "no step is taken twice: neither the first picture's nor the second's"
    for name in ("x", "x.2"):
        assert place.picture(job, name) == place.picture(whole, name)


def test_a_bug_that_comes_back_fails_the_job_with_its_cause_once_the_attempts_are_spent(place: Place) -> None:
    place, job = hasty(place, retry_seconds=0), place.submit(steps=4)
    with breaking(place, lambda call: RuntimeError("always")):
        for _ in range(3):
            assert work(place.worker)
        assert not work(place.worker)
    ended = place.get(job)
    assert (ended.state, ended.attempt) == ("failed", 3)
    assert ended.error is not None
    assert (ended.error.title, "(RuntimeError: always)" in ended.error.detail) == ("The worker broke down", True)


@ON_POSTGRES
def test_a_worker_whose_device_refuses_all_work_hands_its_job_back_and_ends(place: Place) -> None:
    left: list[int] = []
    place = replace(place, worker=replace(place.worker, leave=left.append))
    job = place.submit(steps=4)
    with breaking(
        place, lambda call: torch.AcceleratorError("CUDA error: an illegal memory access") if call > 2 else None
    ):
        assert work(place.worker)
    assert left == [EXIT_DEVICE]
    assert place.get(job).state == "queued"


def test_a_fault_of_the_document_is_final_at_once(place: Place) -> None:
    job = place.from_picture()
    place.worker.images.delete([*place.worker.images.list_prefix("uploads/")])
    assert work(place.worker)
    ended = place.get(job)
    assert (ended.state, ended.attempt, ended.last_error) == ("failed", 1, None)
    assert place.types(job) == ["job_queued", "job_started", "job_failed"]
