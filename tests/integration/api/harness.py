"""A worker whose actions a test triggers one by one, a small model folder, and job documents."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from safetensors.numpy import save
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from backend.contracts.events import PreviewHeader, What, pack_preview
from backend.contracts.job import Progress
from backend.contracts.model import LatentRgb, ModelDefaults, ModelDescription, Vocabulary
from backend.store.bus import WorkerBus
from backend.store.bus_local import LocalWorkerBus
from backend.store.images import Images
from backend.store.jobs import Claim, Jobs, StoredOutput
from backend.store.leases import Asked

AWAY: list[SQLAlchemyError] = [
    OperationalError("SELECT", {}, Exception("connection refused")),
    InterfaceError("SELECT", {}, Exception("connection already closed")),
    DBAPIError("SELECT", {}, Exception("server closed the connection"), connection_invalidated=True),
    PoolTimeoutError("all connections are in use"),
]
"""The errors of a database that cannot be reached."""

DESCRIPTION = ModelDescription(
    id="papercut",
    title="Papercut",
    kind="stable-diffusion",
    revision="1",
    licence="Apache-2.0",
    native_size=128,
    cell=8,
    channels=4,
    prediction="epsilon",
    max_tokens=32,
    defaults=ModelDefaults(steps=30, guidance=3.0, eta=0.0, scheduler="ddim", window=128, stride=64),
    latent_rgb=LatentRgb(factors=[[0.1, 0.1, 0.1]] * 4, bias=[0.5, 0.5, 0.5]),
    vocabulary=[Vocabulary(name="places", phrases=["a forest", "the sea"])],
)

_WEIGHTS = save({"weights": np.zeros(4, np.float32)})
WEIGHTS_BYTES = len(_WEIGHTS)


def write_model(folder: Path) -> None:
    """Write a folder that the catalogue offers as a model. Its weights are never loaded."""
    folder.mkdir(parents=True)
    (folder / "inlay.json").write_text(DESCRIPTION.model_dump_json())
    (folder / "unet.safetensors").write_bytes(_WEIGHTS)


def panorama(**sampling: Any) -> dict[str, Any]:
    layout = {"kind": "panorama", "canvas": {"width": 256, "height": 128}, "prompt": "a forest"}
    return {"layout": layout, "sampling": {"model": "papercut", "steps": 4, **sampling}}


def regions(*patches: dict[str, Any]) -> dict[str, Any]:
    canvas = {"width": 256, "height": 128}
    layout = {"kind": "regions", "canvas": canvas, "prompt": "hills", "patches": list(patches)}
    return {"layout": layout, "sampling": {"model": "papercut", "steps": 4}}


def patch(id: str = "a", x: int = 0, y: int = 0, width: int = 64, height: int = 64, **other: Any) -> dict[str, Any]:
    box = {"x": x, "y": y, "width": width, "height": height}
    return {"id": id, "prompt": "a house", "box": box, **other}


@dataclass(frozen=True)
class Hand:
    """A worker that does one action at a time, with the real store and the real bus."""

    jobs: Jobs
    images: Images
    bus: WorkerBus

    def woken(self, seconds: float = 10.0) -> bool:
        """Return True if the doorbell rings within `seconds`."""
        assert isinstance(self.bus, LocalWorkerBus)
        began = time.monotonic()
        self.bus.wait(seconds)
        return time.monotonic() - began < seconds

    def start(self) -> Claim:
        claim = self.jobs.claim("hand")
        assert claim is not None
        self.bus.hint(claim.id)
        return claim

    def step(self, claim: Claim, number: int, of: int = 4) -> Asked | None:
        """Record one step. Returns what the user asked for."""
        asked = self.jobs.progress(claim, number, of, {"y1": 0.5}, {"y1": 1.0}, 0.1 * number)
        self.bus.hint(claim.id)
        return asked

    def finish(self, claim: Claim, picture: bytes = b"\x89PNG picture") -> None:
        key = f"{claim.prefix}x.png"
        self.images.put(key, picture)
        self.jobs.finish(claim, [StoredOutput(name="x", key=key, width=256, height=128)], 2.0)
        self.bus.hint(claim.id)

    def stop(self, claim: Claim, number: int, of: int = 4) -> None:
        """End a job as a worker does that was asked to stop, after step `number`."""
        checkpoint = f"{claim.prefix}checkpoint-0-{number}.safetensors"
        self.images.put(checkpoint, b"checkpoint")
        self.jobs.checkpoint(claim, checkpoint)
        key = f"{claim.prefix}x.png"
        self.images.put(key, b"\x89PNG unfinished")
        at = Progress(step=number, of=of)
        output = StoredOutput(name="x", key=key, width=256, height=128, stopped_at=at)
        self.jobs.finish(claim, [output], 2.0, stopped=f"Stopped as asked after step {number} of {of}.")
        self.bus.hint(claim.id)

    def cancel(self, claim: Claim) -> None:
        self.jobs.cancelled(claim)
        self.bus.hint(claim.id)

    def preview(self, job_id: UUID, node: int, step: int, image: bytes = b"jpeg", what: What = "x0") -> None:
        self.bus.preview(job_id, pack_preview(PreviewHeader(job_id, step, node, what), image))
