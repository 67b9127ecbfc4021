"""A network as diffusers has it, to measure what the worker's changes gain."""

from collections.abc import Iterator
from contextlib import contextmanager

from diffusers.models.resnet import ResnetBlock2D
from torch import nn

from worker.diffusion.blocks import InPlaceBlock
from worker.diffusion.winograd import WinogradConvolution


@contextmanager
def plain(network: nn.Module, *, blocks: bool = True, convolutions: bool = True) -> Iterator[None]:
    """Give a network diffusers' residual blocks and torch's convolutions, inside the block of the caller."""
    kinds: dict[type[nn.Module], type[nn.Module]] = {}
    if blocks:
        kinds[InPlaceBlock] = ResnetBlock2D
    if convolutions:
        kinds[WinogradConvolution] = nn.Conv2d
    changed = [(module, type(module)) for module in network.modules() if type(module) in kinds]
    for module, kind in changed:
        module.__class__ = kinds[kind]
    try:
        yield
    finally:
        for module, kind in changed:
            module.__class__ = kind
