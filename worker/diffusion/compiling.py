"""torch.compile for denoisers, on machines that can compile."""

from functools import cache

import structlog
import torch

from worker.diffusion.networks import device_of

_log = structlog.get_logger("worker")


def compile_network(network: torch.nn.Module) -> None:
    """Have torch compile a network in place, at its first pass. If the machine cannot compile, the network stays as it
    is."""
    if compiles(device_of(network).type):
        network.compile()


@cache
def compiles(device: str) -> bool:
    """Return whether torch can compile for a type of device, by compiling a small function. If it cannot, log a
    warning."""
    try:
        torch.compile(lambda x: x.sin() + 1)(torch.ones(8, device=device))
    except Exception as error:  # a failed compilation raises errors without a common base class
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        hint = "networks run as they are; INLAY_COMPILE needs a C++ compiler, and Triton on a GPU"
        _log.warning("nothing_compiles", device=device, reason=said, hint=hint)
        return False
    return True
