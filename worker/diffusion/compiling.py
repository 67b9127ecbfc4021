"""torch.compile, for the network that every pass goes through, where this machine can."""

from functools import cache

import structlog
import torch

_log = structlog.get_logger("worker")


def compile_network(network: torch.nn.Module) -> None:
    """Compile a network in place, at its first pass. Leave it as it is where the machine cannot compile."""
    if compiles(next(network.parameters()).device.type):
        network.compile()


@cache
def compiles(device: str) -> bool:
    """Return whether torch can compile for a sort of device, by compiling a small function. Log a warning where it
    cannot."""
    try:
        torch.compile(lambda x: x.sin() + 1)(torch.ones(8, device=device))
    except Exception as error:  # of the compiler, of what calls it, or of what it lacks: they have no common base
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        hint = "networks run as they are; INLAY_COMPILE needs a C++ compiler, and Triton on a GPU"
        _log.warning("nothing_compiles", device=device, reason=said, hint=hint)
        return False
    return True
