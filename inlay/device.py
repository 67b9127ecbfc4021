"""Choose the device that a command computes on."""

from inlay.errors import CommandError
from worker.ranks.devices import own_device
from worker.ranks.errors import RankError
from worker.settings import Settings


def chosen_device(settings: Settings) -> str:
    """Return the device in the settings, with "auto" resolved. Raises CommandError if this machine lacks it, or
    if Inlay does not compute on it."""
    try:
        return str(own_device(settings.device))
    except RankError as error:
        raise CommandError(str(error)) from error
