"""The reconciler requeues jobs, rings for them and deletes files; only one reconciler works at a time."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text, update
from structlog.testing import capture_logs

from backend.reconciler import LOCK, Reconciler
from backend.store.audit import Audit
from backend.store.bus_local import LocalApiBus
from backend.store.database import Database, connect
from backend.store.errors import ImageStoreError
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.tables import audit, now
from tests.integration.store.samples import claimed, kinds, let_lease_run_out, picture, step, submit


class Bell:
    """The bus of the embedded mode, with its other end, which receives the doorbell."""

    def __init__(self) -> None:
        ours, self._theirs = socket.socketpair()
        self._theirs.setblocking(False)
        self.bus = LocalApiBus()
        self.bus.attach(ours)

    def rings(self) -> int:
        """Return how often the doorbell rang since the last call."""
        try:
            return self._theirs.recv(65536).count(b"R")
        except BlockingIOError:
            return 0

    def close(self) -> None:
        self.bus.close()
        self._theirs.close()


@pytest.fixture
def images(tmp_path: Path) -> Images:
    return Images((tmp_path / "images").as_uri())


@pytest.fixture
def bell() -> Iterator[Bell]:
    bell = Bell()
    yield bell
    bell.close()


@pytest.fixture
def reconciler(store: Jobs, images: Images, bell: Bell) -> Reconciler:
    return Reconciler(store, images, bell.bus, every_seconds=0)


def test_it_requeues_a_lost_job_and_rings(reconciler: Reconciler, store: Jobs, database: Database, bell: Bell):
    id = submit(store).id
    claimed(store)
    assert reconciler.run_once().requeued == 0
    assert bell.rings() == 0
    let_lease_run_out(database, id)
    assert reconciler.run_once().requeued == 1
    assert bell.rings() == 1
    assert kinds(store, id) == ["queued", "started", "queued"]


def test_it_rings_for_a_job_that_nobody_woke_for(store: Jobs, images: Images, bell: Bell):
    patient = Reconciler(store, images, bell.bus, every_seconds=3600)
    submit(store)
    patient.run_once()
    assert bell.rings() == 0
    Reconciler(store, images, bell.bus, every_seconds=0).run_once()
    assert bell.rings() == 1


def test_it_deletes_what_no_job_names_and_nothing_else(
    reconciler: Reconciler, store: Jobs, database: Database, images: Images
):
    done, lost, running, deleted, failed = (submit(store).id for _ in range(5))
    first = claimed(store)
    second = claimed(store)
    third, fourth, fifth = claimed(store), claimed(store), claimed(store)
    for claim in (first, second, third, fourth, fifth):
        for name in ("x.png", "checkpoint-1", "checkpoint-2"):
            images.put(claim.prefix + name, b"bytes")
    store.finish(first, [picture(first)], 1.0)
    store.checkpoint(second, second.prefix + "checkpoint-2")
    let_lease_run_out(database, lost)
    store.requeue_expired()
    store.delete("ann", deleted)
    step(store, fifth)
    store.release(fifth, "stopped")
    store.cancel("ann", failed)
    strays = [f"jobs/{uuid4()}/1/x.png", "jobs/readme.txt", "jobs/not-a-job/1/x.png"]
    for key in strays:
        images.put(key, b"bytes")
    images.check()

    assert reconciler.run_once().files == 2 + 2 + 3 + 3 + 1
    assert sorted(images.list_prefix("jobs/")) == sorted(
        [
            f"jobs/{done}/1/x.png",
            f"jobs/{lost}/1/checkpoint-2",
            *(f"jobs/{running}/1/{name}" for name in ("x.png", "checkpoint-1", "checkpoint-2")),
            *strays[1:],
        ]
    )
    assert reconciler.sweep() == 0


def test_a_late_workers_picture_is_deleted_and_the_new_ones_stays(
    reconciler: Reconciler, store: Jobs, database: Database, images: Images
):
    id = submit(store).id
    late = claimed(store, "w1")
    let_lease_run_out(database, id)
    store.requeue_expired()
    winner = claimed(store, "w2")
    images.put(picture(winner).key, b"the picture")
    store.finish(winner, [picture(winner)], 1.0)
    images.put(picture(late).key, b"too late")
    reconciler.run_once()
    assert list(images.list_prefix("jobs/")) == [store.output_key("ann", id, "x")]
    assert images.get(store.output_key("ann", id, "x")) == b"the picture"


def test_only_one_works_at_a_time_on_postgres(postgres_url: str, images: Images, bell: Bell):
    store = Jobs(connect(postgres_url))
    submit(store)
    reconciler = Reconciler(store, images, bell.bus, every_seconds=0)
    with connect(postgres_url).alone(LOCK) as alone:
        assert alone
        reconciler.run_once()
        assert bell.rings() == 0
    reconciler.run_once()
    assert bell.rings() == 1


def test_the_loop_goes_on_when_the_database_comes_back(database: Database, store: Jobs, images: Images, bell: Bell):
    submit(store)
    rename(database, "jobs", "away")
    stopping = threading.Event()
    loop = threading.Thread(target=Reconciler(store, images, bell.bus, every_seconds=0.02).run, args=[stopping])
    loop.start()
    time.sleep(0.3)
    assert loop.is_alive()
    assert bell.rings() == 0
    rename(database, "away", "jobs")
    deadline = time.monotonic() + 10
    while not (rings := bell.rings()) and time.monotonic() < deadline:
        time.sleep(0.02)
    stopping.set()
    loop.join(10)
    assert rings
    assert not loop.is_alive()


def rename(database: Database, table: str, name: str) -> None:
    with database.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def test_a_picture_store_of_another_database_is_left_alone(store: Jobs, images: Images, bell: Bell):
    assert Reconciler(store, images, bell.bus).sweep() == 0
    images.put("deployment", str(uuid4()).encode())
    stray = f"jobs/{uuid4()}/1/x.png"
    images.put(stray, b"somebody's picture")
    assert Reconciler(store, images, bell.bus).sweep() == 0
    assert images.get(stray) == b"somebody's picture"
    images.put("deployment", str(store.deployment()).encode())
    assert Reconciler(store, images, bell.bus).sweep() == 1


class Undeletable(Images):
    """A picture store that this process may write and not delete from."""

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            raise ImageStoreError(f"{key} cannot be deleted")


def test_files_that_cannot_be_deleted_stop_no_other_clean_up(
    store: Jobs, database: Database, tmp_path: Path, bell: Bell
):
    images = Undeletable((tmp_path / "images").as_uri())
    images.put(f"jobs/{uuid4()}/1/x.png", b"bytes")
    images.put(f"uploads/{'0' * 64}.png", b"bytes")
    Audit(database).record("ann", "", "", "deleteJob", ["old"])
    with database.begin() as connection:
        connection.execute(update(audit).values(at=now(-3 * 24 * 3600)))
    with capture_logs() as logs:
        done = Reconciler(store, images, bell.bus, audit_days=2).run_once()
    assert (done.audited, done.files) == (1, 0)
    assert [line["part"] for line in logs if line["event"] == "cleanup_failed"] == ["files", "uploads"]


def test_a_clean_up_of_the_database_that_fails_stops_no_other(
    store: Jobs, database: Database, images: Images, bell: Bell
):
    Reconciler(store, images, bell.bus).run_once()
    images.put(f"jobs/{uuid4()}/1/x.png", b"bytes")
    rename(database, "tickets", "away")
    with capture_logs() as logs:
        done = Reconciler(store, images, bell.bus).run_once()
    assert done.files == 1
    assert [line["part"] for line in logs if line["event"] == "cleanup_failed"] == ["tickets"]
