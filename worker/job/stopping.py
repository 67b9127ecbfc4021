"""The sentences about a job that a user stopped before its end."""

from backend.contracts.job import Job, Progress


def unfinished(at: Progress) -> str:
    """Return a sentence for a picture whose run was stopped after this step."""
    return f"This picture is unfinished: its run was stopped after step {at.step} of {at.of}."


def notice(spec: Job, image: int, at: Progress | None) -> str:
    """Return a sentence for a job that was stopped while it made its image `image` (from 0), after the step `at`, or
    before that image if `at` is None."""
    if at is None:
        return f"Stopped as asked after {image} of {spec.images} images; the others were not begun."
    where = f"step {at.step} of {at.of}"
    if spec.images == 1:
        return f"Stopped as asked after {where}; the picture is the estimate of that step."
    return (
        f"Stopped as asked after {where} of image {image + 1} of {spec.images}; "
        f"the picture of that image is the estimate of that step."
    )
