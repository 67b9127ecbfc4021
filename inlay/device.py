"""Choose the device that a command computes on."""

import torch

from inlay.errors import CommandError
from worker.settings import Settings


def chosen_device(settings: Settings) -> str:
    """Return the device in the settings, with "auto" resolved. Raises CommandError if this machine lacks it."""
    if settings.device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=settings.device)
    except (RuntimeError, AssertionError) as error:
        raise CommandError(
            f"There is no device {settings.device!r} on this machine. Set INLAY_DEVICE to cpu, cuda or auto."
        ) from error
    return settings.device
