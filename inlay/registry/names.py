"""Names of models that are not taken, in a folder of models that can be written."""

import os
import re
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from backend.contracts.document import Name
from backend.store.models import ModelCatalog
from inlay.errors import CommandError


def name_of(source: Path) -> str:
    """A model's name from that of a file or folder."""
    stem = source.absolute().name.removesuffix(".safetensors")
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")


def title_of(id: str) -> str:
    return id.replace("-", " ").replace("_", " ").capitalize()


def free_name(name: str, models: Path, option: str) -> str:
    """The name, where a model can be added under it; CommandError where not. `option`: how another is given."""
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        raise CommandError(
            f"{name!r} cannot name a model: take up to 64 letters, digits, '_', '.' and '-', a letter or digit first, "
            f"with {option}."
        ) from None
    models.mkdir(parents=True, exist_ok=True)
    taken = {path.name for path in models.iterdir()} if models.is_dir() else set()
    if name in taken | set(ModelCatalog(models).entries().folders):
        raise CommandError(f"There is already a model {name!r} in {models}. Choose another name with {option}.")
    if not os.access(models, os.W_OK):
        raise CommandError(f"The folder {models} cannot be written, so no model can be added to it. Set INLAY_MODELS.")
    return name
