"""The estimate of the bytes of kept frames is within a factor of 2 of what real runs of papercut keep."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.contracts.job import Keep
from benchmarks.frames import keeping, layouts, row, run
from benchmarks.workplace import compiled, workplace
from worker.job.worker import Worker
from worker.settings import Settings

MODELS = Path(__file__).parents[3] / "models"
JOBS = layouts("papercut", 5)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with workplace(MODELS, Settings()) as worker:
        yield worker


@pytest.mark.parametrize("layout", JOBS)
@pytest.mark.parametrize("keep", ["outputs", "all"])
def test_the_estimate_is_near_the_truth(worker: Worker, layout: str, keep: Keep) -> None:
    job = compiled(MODELS, keeping(JOBS[layout], keep))
    _, shots = run(worker, job)
    measured = row(job, shots, [0.2], [0.1])
    assert measured["ratio"] == 2
    assert measured["frames"] == sum(len(shot.steps) for shot in shots) > 0
    assert measured["bytes_per_pixel"].keys() == ({"x0", "noisy", "residual", "weights"} if keep == "all" else {"x0"})
    assert measured["bytes"] / 2 <= measured["estimate"] <= 2 * measured["bytes"]
