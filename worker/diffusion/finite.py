"""Checks for NaN and infinities. Every network's output is checked before a run uses it; one such number would make a
black picture."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from inlay_engine.errors import NonFiniteError
from worker.diffusion.errors import DiffusionError

HALVES = (torch.float16, torch.bfloat16)


class NotFiniteError(DiffusionError, NonFiniteError):
    """A network's output holds NaN or infinities. The message names the network and its model or adapter."""

    title = "The model broke down"


def all_finite(answers: Iterable[Tensor]) -> bool:
    """Return whether all outputs are free of NaN and infinities. All of them share one synchronisation with the GPU."""
    return bool(torch.stack([answer.isfinite().all() for answer in answers]).all())


def require_finite(answers: Iterable[Tensor], network: str, dtype: torch.dtype) -> None:
    """Raise NotFiniteError if an output holds NaN or infinities. `network`: its name in the message, such as "the
    decoder of the model 'x'". `dtype`: its precision."""
    if not all_finite(answers):
        raise not_finite(network, dtype)


def not_finite(network: str, dtype: torch.dtype, view: int | None = None) -> NotFiniteError:
    """Return the error of a network whose output holds NaN or infinities."""
    advice = "Its weights are damaged, or another tool wrote them wrongly: add it again from its source."
    if dtype in HALVES:
        advice = (
            f"It runs in {str(dtype).removeprefix('torch.')}, in which some models overflow: set INLAY_PRECISION to "
            f"float32 and try again. If it fails there too, its weights are damaged."
        )
    sentence = f"{network} answered with numbers that are not finite (NaN or infinity). {advice}"
    return NotFiniteError(sentence[0].upper() + sentence[1:], view)


def run_finite(module: nn.Module, run: Callable[[], bool], network: str) -> None:
    """Run a network; if it is in half precision and its output is not finite, move it to float32 for good and run it
    again.

    `run` computes the output anew at each call, and returns whether it is finite. Raises NotFiniteError if the last
    output is not finite.
    """
    if run():
        return
    dtype = next(module.parameters()).dtype
    if dtype in HALVES:
        module.float()
        if run():
            return
    raise not_finite(network, torch.float32)
