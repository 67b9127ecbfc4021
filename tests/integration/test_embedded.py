"""If a process of `inlay run` is killed, the job continues at once, without waiting for its lease, to the
same picture."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2 as httpx
import psutil
import pytest
from PIL import Image

from inlay.embedded import LONGEST_RESTART_SECONDS, pause_before_restart
from tests.integration.deployment import ROOT, wait_for
from tests.servers import free_port
from tests.tiny.stable_diffusion import write_tiny_checkpoint

JOB = {
    "layout": {"kind": "panorama", "canvas": {"width": 1024, "height": 256}, "prompt": "a desert"},
    "sampling": {"model": "tiny", "steps": 100, "seed": 1},
}
START_SECONDS = 120


class Embedded:
    """`inlay run` with its own data folder. Its lease is so long that no job continues because a lease ran out."""

    def __init__(self, folder: Path) -> None:
        write_tiny_checkpoint(folder / "models" / "tiny")
        port = free_port()
        self._log = (folder / "log").open("ab")
        self._environment = os.environ | {
            "INLAY_DATA": str(folder / "data"),
            "INLAY_MODELS": str(folder / "models"),
            "INLAY_LEASE_SECONDS": "3600",
            "INLAY_CHECKPOINT_STEPS": "1",
            "INLAY_CHECKPOINT_SECONDS": "0",
            "PORT": str(port),
        }
        self.api = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self.server: psutil.Popen | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "inlay"), "run"]
        self.server = psutil.Popen(command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log)
        wait_for(self._answers, START_SECONDS)

    def _answers(self) -> bool:
        try:
            return self.api.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def worker(self) -> psutil.Process:
        """The worker process of the running server."""
        assert self.server is not None
        server = self.server
        (worker,) = wait_for(lambda: [one for one in server.children() if "worker.local" in one.cmdline()])
        return worker

    def submit(self) -> str:
        return self.api.post("/api/jobs", json=JOB).raise_for_status().json()["id"]

    def job(self, id: str) -> dict[str, Any]:
        return self.api.get(f"/api/jobs/{id}").raise_for_status().json()

    def at_step(self, id: str, step: int) -> None:
        wait_for(lambda: self.job(id)["progress"]["step"] >= step, START_SECONDS, 0.02)
        assert self.job(id)["state"] == "running"

    def ended(self, id: str) -> dict[str, Any]:
        job = wait_for(lambda: job if (job := self.job(id))["state"] not in ("queued", "running") else None, 240)
        assert job["state"] == "succeeded", job["error"]
        events = self.api.get(f"/api/jobs/{id}/events").json()["items"]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        steps = [event["step"] for event in events if event["type"] == "job_progress"]
        assert len(steps) - len(set(steps)) <= 1, "only the step that was under way is taken again"
        return job

    def pixels(self, id: str) -> bytes:
        return Image.open(io.BytesIO(self.api.get(f"/api/jobs/{id}/images/x").raise_for_status().content)).tobytes()

    def frames(self, id: str) -> bytes:
        """The frames of all steps, without the id of the job."""
        answer = self.api.get(f"/api/jobs/{id}/frames/x/x0", params={"steps": "1-100"}).raise_for_status()
        assert self.api.get(f"/api/jobs/{id}/frames").json()["complete"]
        return answer.content.replace(UUID(id).bytes, b"")

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(60)
            except subprocess.TimeoutExpired:
                self.server.kill()
        self.api.close()
        self._log.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    embedded = Embedded(tmp_path)
    try:
        embedded.start()
        yield embedded
    finally:
        embedded.stop()


def test_a_killed_workers_job_is_resumed_by_a_new_worker_at_once(embedded: Embedded) -> None:
    whole = embedded.submit()
    embedded.ended(whole)
    cut = embedded.submit()
    embedded.at_step(cut, 20)
    embedded.worker().kill()
    ended = embedded.ended(cut)
    assert ended["attempt"] == 2
    assert embedded.pixels(cut) == embedded.pixels(whole)
    assert embedded.frames(cut) == embedded.frames(whole)


def test_a_stop_outlives_a_killed_worker_and_the_job_continues_to_the_same_picture(embedded: Embedded) -> None:
    whole = embedded.submit()
    embedded.ended(whole)
    cut = embedded.submit()
    embedded.at_step(cut, 20)
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


def test_a_killed_servers_worker_hands_its_job_back_and_the_next_server_resumes_it(embedded: Embedded) -> None:
    whole = embedded.submit()
    embedded.ended(whole)
    cut = embedded.submit()
    embedded.at_step(cut, 20)
    worker = embedded.worker()
    assert embedded.server is not None
    embedded.server.kill()
    embedded.server.wait()
    worker.wait(60)
    embedded.start()
    ended = embedded.ended(cut)
    assert ended["attempt"] == 1, "the worker handed the job back, which costs no attempt"
    assert embedded.pixels(cut) == embedded.pixels(whole)


def test_a_job_is_resumed_after_server_and_worker_were_killed_together(embedded: Embedded) -> None:
    whole = embedded.submit()
    embedded.ended(whole)
    cut = embedded.submit()
    embedded.at_step(cut, 20)
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


def test_the_first_death_of_a_young_worker_costs_no_pause_and_further_ones_more_and_more() -> None:
    pauses = [pause_before_restart(died) for died in range(12)]
    assert pauses[:5] == [0, 0, 1, 2, 4]
    assert pauses[-1] == LONGEST_RESTART_SECONDS
