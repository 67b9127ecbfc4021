"""Pictures as bytes and as tensors for networks."""

import numpy as np
import torch
from torch import Tensor


def to_tensor(pixels: np.ndarray) -> Tensor:
    """Convert bytes of shape (count, height, width, 3) to floats of shape (count, 3, height, width) in [-1, 1]."""
    return to_floats(torch.tensor(pixels))


def to_floats(pixels: Tensor) -> Tensor:
    """Convert as `to_tensor` does, from a tensor of bytes on any device."""
    return pixels.permute(0, 3, 1, 2).contiguous().float() / 127.5 - 1


def to_pixels(pictures: Tensor) -> np.ndarray:
    """Convert floats in [-1, 1] back to bytes, clipped and rounded; the inverse of `to_tensor`."""
    return ((pictures.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
