"""The forward passes that the overhead benchmark times alone are those that the job's cost counts."""

from pathlib import Path

import pytest

from benchmarks.overhead import documents, passes_of_steps
from benchmarks.workplace import compiled

MODELS = Path(__file__).parents[3] / "models"


@pytest.mark.parametrize("layout", ["panorama", "regions"])
def test_a_job_and_its_bare_passes_count_alike(layout: str) -> None:
    job = compiled(MODELS, documents("papercut", steps=30)[layout])
    passes = passes_of_steps(job)
    assert len(passes) == 30
    assert sum(passes) == job.cost
    assert len(set(passes)) > 1, "the coarse view is active in half of the steps"
