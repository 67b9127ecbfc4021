"""The models that are measured, and the place where their jobs run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch

from backend.contracts.job import Compiled, Job
from backend.contracts.model import ModelDescription
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from benchmarks import checkpoints
from benchmarks.bundled import MODEL, MODELS
from benchmarks.workplace import workplace
from worker.job.run import work
from worker.job.worker import Worker
from worker.settings import Settings

OWNER = "benchmark"
HOUR = 3600.0
LIMITS = Limits(max_views=4096)  # the largest canvases have more views than a server takes by default


class Subject(NamedTuple):
    """A model that is measured. `shape`: that of a checkpoint with random weights; None: the bundled model. `canvas`:
    the panorama that is compared, in pixels. `stride`: of its windows. `steps`: of a run; None: the model's default."""

    id: str
    shape: checkpoints.Shape | None
    canvas: tuple[int, int]
    stride: int
    steps: int | None


BUNDLED = Subject(MODEL, None, (512, 128), 64, None)


def subjects(device: torch.device) -> dict[str, Subject]:
    """Return the models that are measured on this type of device."""
    if device.type != "cuda":
        narrow = Subject("sd15-quarter", checkpoints.stable_diffusion(shrink=4), (640, 512), 64, 2)
        return {one.id: one for one in (BUNDLED, narrow)}
    sizes = (
        BUNDLED,
        Subject("sd15", checkpoints.stable_diffusion(), (1024, 512), 64, 10),
        Subject("sdxl", checkpoints.stable_diffusion_xl(), (2048, 1024), 512, 10),
        Subject("sd3", checkpoints.stable_diffusion_3(), (2048, 1024), 512, 10),
    )
    return {one.id: one for one in sizes}


@dataclass(frozen=True)
class Bench:
    """A worker for one model, and the number of turns in which things are measured."""

    subject: Subject
    worker: Worker
    folder: Path
    runs: int
    quick: bool

    @property
    def device(self) -> torch.device:
        return self.worker.models.device

    @property
    def loaded(self) -> Any:
        return self.worker.models.get(self.subject.id)

    @property
    def description(self) -> ModelDescription:
        return self.worker.models.find(self.subject.id)[1]

    def compiled(self, layout: dict[str, Any], *, preview: dict[str, Any] | None = None, **sampling: Any) -> Compiled:
        """Compile a job of this model. Without steps, it takes as many as the model has by default."""
        document = {"layout": layout, "sampling": {"model": self.subject.id, "seed": 1, **sampling}}
        job = Job.model_validate(document | ({} if preview is None else {"preview": preview}))
        models = ModelCatalog(self.folder).models()
        return compile_job(resolve(job, models, LIMITS), models, LIMITS)

    def named(self, figure: str) -> str:
        """Return the name of a figure: the bundled model's have no suffix, those of others the model's id."""
        return figure if self.subject.shape is None else f"{figure}.{self.subject.id}"

    def finish(self, job: Compiled) -> None:
        """Run a job to its end."""
        self.run(job)

    def run(self, job: Compiled) -> dict[str, float]:
        """Run a job to its end. Returns the seconds of each part, by the names of the worker's measurements."""
        self.worker.activity.measures.take()
        made, _ = self.worker.jobs.submit(OWNER, job.job, job.graph, job.cost)
        work(self.worker)
        done = self.worker.jobs.get(OWNER, made.id)
        if done.state != "succeeded":
            raise SystemExit(f"A job of the benchmark {done.state}: {done.error}")
        seconds: dict[str, float] = {}
        for tally in self.worker.activity.measures.take():
            seconds[tally.name] = seconds.get(tally.name, 0.0) + tally.total
        return seconds


def panorama(subject: Subject, prompts: tuple[str, ...] = ("a meadow by the sea",)) -> dict[str, Any]:
    """Return the layout of the subject's panorama."""
    width, height = subject.canvas
    canvas = {"width": width, "height": height}
    return {"kind": "panorama", "canvas": canvas, "windows": [{"prompt": prompt} for prompt in prompts]}


@contextmanager
def bench(subject: Subject, folder: Path, device: torch.device, runs: int, quick: bool) -> Iterator[Bench]:
    """Start a worker for a model. A checkpoint with random weights is written into `folder`."""
    models = MODELS
    if subject.shape is not None:
        models = folder
        if not (models / subject.id).is_dir():
            dtype = torch.float16 if device.type == "cuda" else torch.float32
            checkpoints.write(models / subject.id, subject.shape, dtype, device.type)
    precision = "bfloat16" if device.type == "cuda" else "auto"
    settings = Settings(device=device.type, precision=precision, first_step_seconds=HOUR, step_seconds=HOUR)
    with workplace(models, settings) as worker:
        worker.models.get(subject.id)
        yield Bench(subject, worker, models, runs, quick)
