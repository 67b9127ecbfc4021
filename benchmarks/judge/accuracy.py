"""Measure the judge's accuracy on drawings that nothing was trained on."""

from typing import Any

import numpy as np

from benchmarks.judge.examples import View, batch_of
from benchmarks.judge.judge import PRESENT, Reading, read
from benchmarks.judge.questions import GRID, UNKNOWN
from benchmarks.judge.readers import Reader

BAR = 0.98
"""The lowest accuracy that is accepted."""


def examine(reader: Reader, views: list[View], side: int) -> dict[str, float]:
    """Return the accuracy of each question. For objects see `_objects`. `pose_error` is the mean distance of joints, in
    pixels of a picture of `side` pixels."""
    batch = {name: values.numpy() for name, values in batch_of(views).items()}
    reading = read(reader, batch["pixels"])
    figures = {
        name: float((chosen == batch[name])[batch[name] != UNKNOWN].mean()) for name, chosen in reading.choices.items()
    }
    if reading.objects is not None:
        figures |= _objects(reading, batch["objects"])
    if reading.joints is not None:
        figures["pose_error"] = float(np.linalg.norm(reading.joints - batch["joints"], axis=-1).mean()) * side
    return figures


def _objects(reading: Reading, wanted: np.ndarray) -> dict[str, float]:
    """Return three shares. `object_found`: kinds of thing in view that are read. `object_absent`: kinds not in view
    that are not read. `object_place`: kinds read within a cell of one of their things. A kind of which only a part is
    in view does not count."""
    assert reading.objects is not None
    assert reading.places is not None
    there, asked = (wanted == 1).any((2, 3)), ~(wanted == -1).any((2, 3))
    absent = asked & ~there
    found = reading.objects > PRESENT
    rows, kinds = np.nonzero(there & found)
    near = [_near(wanted[row, kind], reading.places[row, kind]) for row, kind in zip(rows, kinds, strict=True)]
    return {
        "object_found": float(found[there].mean()),
        "object_absent": float((~found)[absent].mean()),
        "object_place": float(np.mean(near)) if near else 0.0,
    }


def _near(cells: np.ndarray, place: np.ndarray) -> bool:
    column, row = int(place[0]), int(place[1])
    rows, columns = slice(max(0, row - 1), min(GRID, row + 2)), slice(max(0, column - 1), min(GRID, column + 2))
    return bool((cells[rows, columns] == 1).any())


def under_the_bar(report: dict[str, dict[str, Any]]) -> list[str]:
    """Return one sentence for every accuracy below BAR."""
    return [
        f"{reader} are right about {name.replace('_', ' ')} in {figure:.3f} of held-out drawings, under the {BAR} asked"
        for reader, figures in report.items()
        for name, figure in figures.items()
        if name not in ("pose_error", "steps") and figure < BAR
    ]
