"""Ids and titles of models, made from the names of files and folders."""

import hashlib
import os
import re
import unicodedata
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from backend.contracts.document import Name
from backend.store.models import ModelCatalog
from inlay.errors import CommandError

LONGEST = 64  # the most characters of an id
ENDINGS = (".safetensors", ".sft")
"""The endings of files of weights, in lower case."""

_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d")  # Windows reserves these names, with any ending
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def title_of(source: Path) -> str:
    """Return the title of a file or folder: its name without the ending of weights."""
    name = os.path.basename(os.path.abspath(source))
    ending = next((one for one in ENDINGS if name.lower().endswith(one) and len(name) > len(one)), "")
    readable = name[: len(name) - len(ending)].encode(errors="replace").decode()
    return " ".join("".join(one if one.isprintable() else " " for one in readable).split())


def id_of(title: str) -> str:
    """Return an id for a title: its ASCII letters and digits in lower case, with hyphens between words. A title without
    any gets `model-` and a digest."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    found = _cut(re.sub(r"[^a-z0-9]+", "-", plain).strip("-"), LONGEST)
    if not found:
        return f"model-{hashlib.sha256(title.encode()).hexdigest()[:8]}"
    return f"model-{found}" if _RESERVED.fullmatch(found) else found


def free_id(title: str, models: Path) -> str:
    """Return an id for a title that is free in the folder of models. If the plain id is taken, it gets a number. Raises
    CommandError if the folder is not writable."""
    id, taken = id_of(title), {one.lower() for one in _taken(models)}
    numbered = (f"{_cut(id, LONGEST - len(f'-{number}'))}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (id, *numbered) if one not in taken)


def check_free(id: str, models: Path, option: str) -> None:
    """Raise CommandError if no model can be added under this id. `option`: the command line's option for another id."""
    try:
        TypeAdapter(Name).validate_python(id)
    except ValidationError:
        raise CommandError(
            f"{id!r} cannot name a model. Choose up to {LONGEST} letters, digits, '_', '.' and '-', and begin with a "
            f"letter or digit; set the name with {option}."
        ) from None
    if id in _taken(models):
        raise CommandError(f"There is already a model {id!r} in {models}. Choose another name with {option}.")


def _taken(models: Path) -> set[str]:
    """Return the ids and the folder names in the folder of models. Raises CommandError if the folder is not
    writable."""
    try:
        models.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"The folder {models} cannot be made: {error.strerror}. Set INLAY_MODELS.") from error
    if not os.access(models, os.W_OK):
        raise CommandError(f"The folder {models} cannot be written, so no model can be added to it. Set INLAY_MODELS.")
    return {path.name for path in models.iterdir()} | set(ModelCatalog(models).entries().folders)


def _cut(text: str, length: int) -> str:
    return text[:length].strip("-")
