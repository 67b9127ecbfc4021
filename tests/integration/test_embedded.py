"""If a process of `inlay run` is killed, the job continues at once, without waiting for its lease, to the
same picture."""

import gc
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from backend.store.bus_local import LocalApiBus
from backend.store.database import connect
from backend.store.jobs import Jobs
from backend.store.processes import GONE_SECONDS, process_name
from inlay.embedded import LONGEST_RESTART_SECONDS, EmbeddedWorker, pause_before_restart
from inlay.waiting_worker import WaitingWorker
from tests.integration.deployment import ROOT, wait_for
from tests.integration.embedded import CUT, START_SECONDS, Embedded
from tests.integration.store.samples import claimed, submit


@pytest.fixture(scope="module")
def folder_of_a_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    embedded = Embedded(tmp_path_factory.mktemp("embedded"))
    try:
        yield embedded
    finally:
        embedded.stop()


@pytest.fixture
def embedded(folder_of_a_server: Embedded) -> Embedded:
    """A running server. The tests of this module share it; one that a test left dead starts again."""
    if not folder_of_a_server.runs():
        folder_of_a_server.start()
    return folder_of_a_server


@pytest.fixture
def whole(embedded: Embedded) -> str:
    """A job that ran to its end undisturbed."""
    return embedded.undisturbed()


def test_a_killed_workers_job_is_resumed_by_a_new_worker_at_once(embedded: Embedded, whole: str) -> None:
    cut = embedded.submit()
    embedded.at_step(cut, CUT)
    embedded.worker().kill()
    ended = embedded.ended(cut)
    assert ended["attempt"] == 2
    assert embedded.pixels(cut) == embedded.pixels(whole)
    assert embedded.frames(cut) == embedded.frames(whole)


def test_a_stop_outlives_a_killed_worker_and_the_job_continues_to_the_same_picture(
    embedded: Embedded, whole: str
) -> None:
    cut = embedded.submit()
    embedded.at_step(cut, CUT)
    worker = embedded.worker()
    worker.suspend()
    step = embedded.job(cut)["progress"]["step"]
    assert embedded.api.post(f"/api/jobs/{cut}/stop").raise_for_status().json()["stop_requested"] is True
    worker.kill()
    stopped = embedded.ended(cut)
    assert stopped["attempt"] == 2
    (output,) = stopped["outputs"]
    assert output["stopped_at"] == stopped["progress"]
    assert step - 1 <= output["stopped_at"]["step"] <= step + 2
    assert embedded.pixels(cut) != embedded.pixels(whole)
    made = embedded.api.post(f"/api/jobs/{cut}/continue").raise_for_status().json()
    assert made["continues"] == cut
    assert embedded.ended(made["id"])["outputs"][0]["stopped_at"] is None
    assert embedded.pixels(made["id"]) == embedded.pixels(whole)
    for id in (cut, made["id"]):
        assert embedded.api.get(f"/api/jobs/{id}/frames").json()["complete"] is True


def test_a_killed_servers_worker_hands_its_job_back_and_the_next_server_resumes_it(
    embedded: Embedded, whole: str
) -> None:
    cut = embedded.submit()
    embedded.at_step(cut, CUT)
    worker = embedded.worker()
    assert embedded.server is not None
    embedded.server.kill()
    embedded.server.wait()
    worker.wait(60)
    embedded.start()
    ended = embedded.ended(cut)
    assert ended["attempt"] == 1, "the worker handed the job back, which costs no attempt"
    assert embedded.pixels(cut) == embedded.pixels(whole)


def test_a_job_is_resumed_after_server_and_worker_were_killed_together(embedded: Embedded, whole: str) -> None:
    cut = embedded.submit()
    embedded.at_step(cut, CUT)
    worker = embedded.worker()
    assert embedded.server is not None
    worker.suspend()  # so that it cannot hand the job back before it is killed
    embedded.server.kill()
    worker.kill()
    embedded.server.wait()
    embedded.start()
    ended = embedded.ended(cut)
    assert ended["attempt"] == 2
    assert embedded.pixels(cut) == embedded.pixels(whole)


def test_the_worker_is_seen_and_a_killed_one_is_seen_as_gone(embedded: Embedded) -> None:
    def alive() -> dict[str, int]:
        """Return the process id of the newest process of each kind that is alive."""
        found = embedded.api.get("/api/workers").raise_for_status().json()["items"]
        return {one["kind"]: one["pid"] for one in reversed(found) if one["alive"]}

    assert embedded.server is not None
    first, server = embedded.worker().pid, embedded.server.pid
    wait_for(lambda: alive() == {"worker": first, "reconciler": server, "api": server}, START_SECONDS)
    embedded.worker().kill()
    wait_for(lambda: alive().get("worker") not in (None, first), START_SECONDS)

    def gone() -> bool:
        found = embedded.api.get("/api/workers").json()["items"]
        return not any(one["alive"] for one in found if one["pid"] == first)

    wait_for(gone, GONE_SECONDS + 1)


def test_the_first_death_of_a_young_worker_costs_no_pause_and_further_ones_more_and_more() -> None:
    pauses = [pause_before_restart(died) for died in range(12)]
    assert pauses[:5] == [0, 0, 1, 2, 4]
    assert pauses[-1] == LONGEST_RESTART_SECONDS


def test_a_worker_that_is_never_told_to_begin_ends_when_its_server_does() -> None:
    worker = WaitingWorker()
    process = worker.process
    del worker  # and with it its end of the socket, as when its process is killed
    gc.collect()
    assert process.wait(START_SECONDS) == 0


def test_a_worker_that_died_before_it_was_told_to_begin_is_noticed_by_whoever_waits_for_it() -> None:
    worker = WaitingWorker()
    worker.process.kill()
    worker.process.wait()
    worker.begin().close()
    worker.end()


def test_a_dead_workers_job_is_taken_back_even_if_the_waiting_worker_has_its_process_id(sqlite_url: str) -> None:
    """So it is in a container that was killed and started again: there, process ids come in the same order."""
    database = connect(sqlite_url)
    store, waiting = Jobs(database, lease_seconds=3600, max_attempts=3), WaitingWorker()
    try:
        lost = submit(store).id
        claimed(store, process_name(waiting.process.pid))
        EmbeddedWorker(LocalApiBus(), store, waiting)._take_back_from_the_dead()
        assert store.get("ann", lost).state == "queued"
    finally:
        waiting.end()
        database.close()


def test_a_server_that_cannot_start_leaves_no_worker(embedded: Embedded) -> None:
    def workers() -> set[int]:
        found = psutil.process_iter(["cmdline"])
        return {one.pid for one in found if "worker.local" in (one.info["cmdline"] or []) and of_this_folder(one)}

    def of_this_folder(process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            return process.environ().get("INLAY_DATA") == embedded.environment["INLAY_DATA"]
        return False

    running = {embedded.worker().pid}
    second = subprocess.run(embedded.command, cwd=ROOT, env=embedded.environment, capture_output=True, timeout=60)
    assert second.returncode == 1
    assert b"Another Inlay already uses the data folder" in second.stdout + second.stderr
    assert workers() == running
