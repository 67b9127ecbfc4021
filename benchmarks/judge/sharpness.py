"""Measure whether pictures are as sharp as drawings."""

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114])  # BT.601


def edge_energy(pictures: np.ndarray) -> float:
    """Return the mean square of the Laplacian of the brightness, over pictures of (count, height, width, 3), as bytes.

    The Laplacian at a pixel is the sum of its four neighbours less four times the pixel.
    """
    light = pictures.astype(np.float64) @ LUMA
    centre = light[:, 1:-1, 1:-1]
    around = light[:, :-2, 1:-1] + light[:, 2:, 1:-1] + light[:, 1:-1, :-2] + light[:, 1:-1, 2:]
    return float(np.square(around - 4 * centre).mean())


def sharpness(pictures: np.ndarray, drawings: np.ndarray) -> float:
    """Return the edge energy of pictures relative to that of drawings: 1 if they are as sharp, less if they are
    softer. Both are bytes of (count, height, width, 3), of the same prompts and sizes. Noise counts as sharpness."""
    return edge_energy(pictures) / edge_energy(drawings)
