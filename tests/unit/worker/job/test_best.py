"""The choice of the images that a job keeps."""

import pytest

from backend.contracts.job import Job
from worker.job.best import choice, kept


def job(images: int, keep: int | None) -> Job:
    layout = {"kind": "texture", "canvas": {"width": 128, "height": 128}, "prompt": "a forest"}
    sampling = {"model": "papercut", "seed": 10}
    return Job.model_validate({"layout": layout, "sampling": sampling, "images": images, "keep": keep})


@pytest.mark.parametrize(
    ("keep", "images"), [(None, [0, 1, 2, 3]), (1, [1]), (2, [1, 0]), (3, [1, 0, 2]), (4, [1, 0, 2, 3])]
)
def test_the_least_residual_is_the_best_and_of_equal_ones_the_first(keep: int | None, images: list[int]) -> None:
    assert kept(job(4, keep), [0.2, 0.1, 0.3, 0.3]) == images


def test_an_image_that_is_dropped_early_is_not_kept_later() -> None:
    residuals = [0.2, 0.1, 0.3, 0.2, 0.05]
    for known in range(1, len(residuals)):
        before = kept(job(5, 2), residuals[:known])
        assert {*kept(job(5, 2), residuals[: known + 1])} <= {*before, known}


def test_the_choice_names_seeds_and_residuals() -> None:
    said = choice(job(3, 1), [0.25, 0.125, 0.5])
    assert said == "Kept by seed (and residual): 11 (0.1250). Dropped: 10 (0.2500), 12 (0.5000)."
    assert choice(job(3, None), [0.25, 0.125, 0.5]) is None
    assert choice(job(3, 3), [0.25, 0.125, 0.5]) is None
