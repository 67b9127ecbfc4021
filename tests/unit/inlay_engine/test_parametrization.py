import math
from itertools import product

import pytest
import torch
from torch import Tensor

from inlay_engine.clock import Instant
from inlay_engine.errors import EngineError
from inlay_engine.parametrization import CLEAN_FROM, Prediction, clean_from_epsilon

PURE = Instant(-math.inf)
INSTANTS = [Instant(log_snr) for log_snr in (-8.0, -0.5, 3.0, 12.0, math.inf)]
PREDICTIONS: tuple[Prediction, ...] = ("epsilon", "v_prediction", "flow")


def drawn(seed: int) -> Tensor:
    return torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize(
    ("prediction", "at"),
    [*product(PREDICTIONS, INSTANTS), ("v_prediction", PURE), ("flow", PURE)],
)
def test_a_perfect_prediction_gives_the_picture_back(prediction: Prediction, at: Instant) -> None:
    picture, epsilon = drawn(0), drawn(1)
    predicted = {
        "epsilon": epsilon,
        "v_prediction": at.alpha * epsilon - at.sigma * picture,
        "flow": epsilon - picture,
    }[prediction]
    noisy = at.alpha * picture + at.sigma * epsilon
    torch.testing.assert_close(CLEAN_FROM[prediction](noisy, predicted, at), picture)


def test_a_model_that_predicts_epsilon_cannot_start_from_pure_noise() -> None:
    with pytest.raises(EngineError, match=r"From pure noise .*; use a model that predicts v or flow"):
        clean_from_epsilon(drawn(0), drawn(1), PURE)
