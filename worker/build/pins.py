"""The versions of models and adapters with which the server accepted a job."""

from collections.abc import Mapping
from pathlib import Path

from backend.contracts.job import Job
from backend.contracts.model import NOUNS, AdapterDescription, ModelDescription, ModelPin
from backend.store.errors import StoreError
from backend.store.models import sha256_of
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import LoadedModel
from worker.diffusion.loading import Models


class OtherVersion(DiffusionError):
    """A folder no longer holds the version of a model or adapter with which the job was accepted."""

    title = "A model has changed"


def check_pins(job: Job, loaded: Mapping[str, LoadedModel], models: Models) -> None:
    """Compare the models that a run has loaded, and the adapters that it will load, with the pins of the job. Raises
    OtherVersion if one is of another version, and DiffusionError if one is gone or cannot be read.

    Models come first and are already loaded, so that a folder which is replaced meanwhile does not go unnoticed.
    """
    for pin in job.models or []:
        if pin.id in loaded:
            _check(pin, models.find(pin.id)[0], loaded[pin.id].description, "models")
    for pin in job.adapters or []:
        _check(pin, *models.find_adapter(pin.id), "adapters")


def _check(pin: ModelPin, folder: Path, said: ModelDescription | AdapterDescription, field: str) -> None:
    try:
        sha256 = sha256_of(folder)
    except (StoreError, OSError) as error:
        raise DiffusionError(f"{folder} cannot be read: {error}.") from error
    if (said.revision, sha256) != (pin.revision, pin.sha256):
        raise OtherVersion(
            f"This job was accepted with the {NOUNS[said.entry]} {pin.id} {pin.revision} ({pin.sha256[:12]}), and the "
            f"worker has {said.revision} ({sha256[:12]}). Put the accepted version back into the folder of models, or "
            f"submit the document again without `{field}` to run it with the present one."
        )
