"""Every network's answer is checked for NaN and infinities where it enters a run: one of them makes a black picture."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from worker.diffusion.errors import DiffusionError

HALVES = (torch.float16, torch.bfloat16)


class NotFiniteError(DiffusionError):
    """A network answered with NaN or infinities; the message names the network and what it belongs to."""

    title = "The model broke down"


def all_finite(answers: Iterable[Tensor]) -> bool:
    """Return whether no answer holds NaN or an infinity, with one synchronisation for all of them."""
    return bool(torch.stack([answer.isfinite().all() for answer in answers]).all())


def require_finite(answers: Iterable[Tensor], network: str, dtype: torch.dtype) -> None:
    """Raise NotFiniteError unless all answers are finite. `network`: such as "the decoder of the model 'x'"; `dtype`:
    the precision that it runs in."""
    if not all_finite(answers):
        raise not_finite(network, dtype)


def not_finite(network: str, dtype: torch.dtype) -> NotFiniteError:
    """Return the error of a network that answered with NaN or infinities."""
    advice = "Its weights are damaged, or another tool wrote them wrongly: add it again from its source."
    if dtype in HALVES:
        advice = (
            f"It runs in {str(dtype).removeprefix('torch.')}, in which some models overflow: set INLAY_PRECISION to "
            f"float32 and try again. If it fails there too, its weights are damaged."
        )
    sentence = f"{network} answered with numbers that are not finite (NaN or infinity). {advice}"
    return NotFiniteError(sentence[0].upper() + sentence[1:])


def run_finite(module: nn.Module, run: Callable[[], bool], network: str) -> None:
    """Run a network, and once more in float32 where it runs in half precision and its answer is not finite; it then
    stays in float32. `run` does the work anew each time, and returns whether the answer is finite. Raise NotFiniteError
    where it is not finite in the end."""
    if run():
        return
    dtype = next(module.parameters()).dtype
    if dtype in HALVES:
        module.float()
        if run():
            return
    raise not_finite(network, torch.float32)
