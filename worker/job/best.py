"""The choice of the images that a job keeps."""

from collections.abc import Sequence

from backend.contracts.job import Job


def kept(job: Job, residuals: Sequence[float]) -> list[int]:
    """Return the images to keep, counted from 0, of those whose residuals are known. If the job keeps a part of its
    images, these are the ones with the least residual, the best first; of equal ones the first is the better."""
    images = range(len(residuals))
    return [*images] if job.keep is None else sorted(images, key=lambda image: residuals[image])[: job.keep]


def choice(job: Job, residuals: Sequence[float]) -> str | None:
    """Return a sentence about the kept and the dropped images of a job, or None if none is dropped."""
    best = kept(job, residuals)
    dropped = [image for image in range(len(residuals)) if image not in best]
    if not dropped:
        return None
    first = job.sampling.seed or 0

    def named(images: Sequence[int]) -> str:
        return ", ".join(f"{first + image} ({residuals[image]:.4f})" for image in images)

    return f"Kept by seed (and residual): {named(best)}. Dropped: {named(dropped)}."
