"""The tasks: the requests that every method gets."""

from collections.abc import Callable

import numpy as np

from benchmarks.quality.cases import Case
from benchmarks.quality.landscapes import panorama_1, panorama_3, regions, scene
from benchmarks.quality.portraits import portrait

TASKS: dict[str, Callable[[np.random.Generator], Case]] = {
    "panorama-1": panorama_1,
    "panorama-3": panorama_3,
    "regions": regions,
    "scene": scene,
    "portrait": portrait,
}
READ_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("panorama-1", "panorama-3", "regions", "scene"), ("landscapes",)),
    "portrait": ("faces", "bodies"),
}
"""The readers of each task. The features of the first one compare crops."""


def cases(task: str, seed: int, count: int) -> list[Case]:
    """Return the requests of a task, the same for all methods."""
    return [TASKS[task](np.random.default_rng([seed, index, 404])) for index in range(count)]
