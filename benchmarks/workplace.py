"""A worker with its own database and picture store, so that benchmarks run real jobs."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.contracts.job import Compiled, Job
from backend.graph import Limits, compile_job, resolve
from backend.store.bus_local import LocalApiBus, LocalWorkerBus
from backend.store.database import connect
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.migrations import migrate
from backend.store.models import ModelCatalog
from worker.diffusion.loading import DTYPES, Models
from worker.job.worker import Worker
from worker.settings import Settings


@contextmanager
def workplace(models: Path, settings: Settings) -> Iterator[Worker]:
    """Start a worker with the models in `folder`. The block's end deletes all that it stored."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/inlay.db"
        migrate(url)
        ours, theirs = socket.socketpair()
        api = LocalApiBus()
        api.attach(ours)
        yield Worker(
            name="benchmark",
            jobs=Jobs(connect(url)),
            images=Images((Path(folder) / "images").as_uri()),
            bus=LocalWorkerBus(theirs),
            models=Models(
                models, settings.device, settings.memory_budget, DTYPES[settings.precision], settings.compile
            ),
            settings=settings,
            stopping=lambda: False,
        )
        api.close()


def compiled(folder: Path, document: Job) -> Compiled:
    """Compile a job for the models in `folder`."""
    models = ModelCatalog(folder).models()
    return compile_job(resolve(document, models, Limits()), models, Limits())
