"""`inlay run` as a process with its own data folder, for tests that disturb it."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2 as httpx
import psutil
from PIL import Image

from tests.integration.deployment import ROOT, wait_for
from tests.servers import free_port
from tests.tiny.stable_diffusion import write_tiny_checkpoint

JOB = {
    "layout": {"kind": "panorama", "canvas": {"width": 1024, "height": 256}, "prompt": "a desert"},
    "sampling": {"model": "tiny", "steps": 50, "seed": 1},
}
CUT = 10  # the step after which a process is killed
START_SECONDS = 120


class Embedded:
    """`inlay run` with its own data folder. Its lease is so long that no job continues because a lease ran out."""

    def __init__(self, folder: Path) -> None:
        write_tiny_checkpoint(folder / "models" / "tiny")
        port = free_port()
        self._log = (folder / "log").open("ab")
        self.environment = os.environ | {
            "INLAY_DATA": str(folder / "data"),
            "INLAY_MODELS": str(folder / "models"),
            "INLAY_LEASE_SECONDS": "3600",
            "INLAY_CHECKPOINT_STEPS": "1",
            "INLAY_CHECKPOINT_SECONDS": "0",
            "PORT": str(port),
        }
        self.api = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self.server: psutil.Popen | None = None
        self._undisturbed: str | None = None
        self.command = [str(Path(sys.executable).parent / "inlay"), "run"]

    def start(self) -> None:
        self.server = psutil.Popen(self.command, cwd=ROOT, env=self.environment, stdout=self._log, stderr=self._log)
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

    def undisturbed(self) -> str:
        """Return the id of the job that nothing disturbed. It runs once."""
        if self._undisturbed is None:
            self._undisturbed = self.submit()
            self.ended(self._undisturbed)
        return self._undisturbed

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
        answer = self.api.get(f"/api/jobs/{id}/frames/x/x0", params={"steps": "1-50"}).raise_for_status()
        assert self.api.get(f"/api/jobs/{id}/frames").json()["complete"]
        return answer.content.replace(UUID(id).bytes, b"")

    def runs(self) -> bool:
        return self.server is not None and self.server.poll() is None

    def stop(self) -> None:
        if self.server is not None and self.runs():
            self.server.terminate()
            try:
                self.server.wait(60)
            except subprocess.TimeoutExpired:
                self.server.kill()
        self.api.close()
        self._log.close()
