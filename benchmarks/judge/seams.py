"""Measure whether the borders of windows are visible."""

from collections.abc import Sequence

import numpy as np

from benchmarks.judge import JudgeError
from training.papercut.drawing import Box


def seam_score(picture: np.ndarray, boxes: Sequence[Box]) -> float:
    """Divide the mean jump across the borders of boxes by the mean jump elsewhere in the same directions. 1 means no
    seam.

    `picture` is bytes of shape (height, width, 3). A jump is the mean absolute difference of neighbouring pixels.
    Borders on the picture's own border do not count, nor the parts of a box outside the picture. The studio computes
    the same score (frontend/src/features/compare/seams.ts). Raises JudgeError if no other border is left.
    """
    values = picture.astype(np.float32)
    jumps = (np.abs(np.diff(values, axis=1)).mean(-1), np.abs(np.diff(values, axis=0)).mean(-1).T)
    on, off = [], []
    for jump, borders in zip(jumps, _borders(picture.shape[0], picture.shape[1], boxes), strict=True):
        if borders.any():
            on.append(jump[borders])
            off.append(jump[~borders])
    if not on:
        raise JudgeError(
            "none of the boxes has a border inside the picture; name those of the windows it was made with"
        )
    elsewhere = float(np.concatenate(off).mean())
    across = float(np.concatenate(on).mean())
    return across / elsewhere if elsewhere else float(across > 0) + 1


def _borders(height: int, width: int, boxes: Sequence[Box]) -> tuple[np.ndarray, np.ndarray]:
    """Mark the jumps that cross a border: to the right, of shape (height, width - 1), and down, of shape (width, height
    - 1)."""
    right, down = np.zeros((height, width - 1), bool), np.zeros((width, height - 1), bool)
    for box in boxes:
        rows, columns = slice(max(0, int(box.top)), int(box.bottom)), slice(max(0, int(box.left)), int(box.right))
        for x in (int(box.left), int(box.right)):
            if 0 < x < width:
                right[rows, x - 1] = True
        for y in (int(box.top), int(box.bottom)):
            if 0 < y < height:
                down[columns, y - 1] = True
    return right, down
