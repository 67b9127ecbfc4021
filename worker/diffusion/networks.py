"""The device and the type of a network's numbers, from its first weight.

The properties of diffusers look for hooks in every module first. In a large network that takes milliseconds a pass.
"""

import torch


def device_of(network: torch.nn.Module) -> torch.device:
    """Return the device that a network's weights are on."""
    return next(network.parameters()).device


def dtype_of(network: torch.nn.Module) -> torch.dtype:
    """Return the type of a network's first floating-point weight."""
    return next(weight.dtype for weight in network.parameters() if weight.is_floating_point())
