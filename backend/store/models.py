"""The catalog of models and adapters. Each of them is a folder with an `inlay.json` and safetensors weights."""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from backend.contracts.model import Adapter, Model, ModelDescription, read_description
from backend.store.errors import NotFound, StoreError
from backend.store.weights import read_header, shards

DESCRIPTION = "inlay.json"
_hashing = threading.Lock()
_digests: dict[tuple[int, int, int, int], str] = {}  # by device, inode, size and modification time (ns) of a file


@dataclass(frozen=True)
class BrokenModel:
    """A folder that the server cannot offer, and the reason."""

    folder: str
    reason: str


class BrokenModelError(StoreError):
    """The server cannot offer the folder of a model."""


@dataclass(frozen=True)
class Entries:
    """The contents of a folder of models, by id and in the order of ids. `folders` holds the folder of each."""

    models: Mapping[str, Model]
    adapters: Mapping[str, Adapter]
    broken: list[BrokenModel]
    folders: Mapping[str, Path]


class ModelCatalog:
    """The models and adapters in `folder`. Threads may share a catalog.

    The catalog reads the folder at each call, so it offers a model as soon as the model's folder is complete. It hashes
    weights as `sha256_of` does.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entries(self) -> Entries:
        """Return all models and adapters that the folder holds now, and the folders that are broken."""
        found: dict[str, tuple[Model | Adapter, Path]] = {}
        broken: list[BrokenModel] = []
        for folder in self.candidates():
            try:
                entry = self._read(folder)
                if entry.description.id in found:
                    raise BrokenModelError(f"another folder already has the id {entry.description.id!r}")
                found[entry.description.id] = entry, folder
            except StoreError as error:
                broken.append(BrokenModel(folder.name, str(error)))
        there = sorted(found.items())
        return Entries(
            models={id: entry for id, (entry, _) in there if isinstance(entry, Model)},
            adapters={id: entry for id, (entry, _) in there if isinstance(entry, Adapter)},
            broken=broken,
            folders={id: folder for id, (_, folder) in there},
        )

    def models(self) -> Mapping[str, Model]:
        """Return the models by id, in the order of ids."""
        return self.entries().models

    def broken(self) -> list[BrokenModel]:
        """Return the folders that the server cannot offer."""
        return self.entries().broken

    def get(self, id: str) -> Model:
        """Return a model. Raises NotFound if the server offers no such model."""
        models = self.models()
        if id not in models:
            offered = ", ".join(models) or "none"
            raise NotFound(f"There is no model {id!r} here. The models offered are: {offered}.")
        return models[id]

    def candidates(self) -> Iterator[Path]:
        """Yield the folders that may hold a model, by name. Names that begin with a dot or an underscore
        are skipped."""
        for folder in sorted(self._folder.iterdir()) if self._folder.is_dir() else []:
            if folder.is_dir() and not folder.name.startswith((".", "_")):
                yield folder

    def _read(self, folder: Path) -> Model | Adapter:
        try:
            description = read_description((folder / DESCRIPTION).read_bytes())
            weights = _weights(folder)
            if description.weights_bytes is None:
                description = description.model_copy(
                    update={"weights_bytes": sum(path.stat().st_size for path in weights)}
                )
            sha256 = _sha256(folder, weights)
        except FileNotFoundError as error:
            raise BrokenModelError(f"{Path(str(error.filename)).name} is missing") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise BrokenModelError(f"{DESCRIPTION} is not a model description: {where}: {first['msg']}") from error
        except OSError as error:
            raise BrokenModelError(f"the folder cannot be read: {error.strerror}") from error
        if not isinstance(description, ModelDescription):
            return Adapter(description=description, sha256=sha256)
        for control in description.controlnets:
            if not (folder / f"controlnet_{control}").is_dir():
                raise BrokenModelError(f"{DESCRIPTION} names a {control} ControlNet; controlnet_{control}/ is missing")
        return Model(description=description, sha256=sha256)

    def list(self) -> list[Model]:
        return [*self.models().values()]


def sha256_of(folder: Path) -> str:
    """Return the SHA-256 of the weights in a folder. It is what this command prints there:
    `find * -name '*.safetensors' | LC_ALL=C sort | xargs sha256sum | sha256sum`.

    A file is hashed again only if its inode, size or modification time has changed. Raises StoreError for a folder that
    has no weights or damaged ones, and OSError for one that cannot be read.
    """
    return _sha256(folder, _weights(folder))


def _weights(folder: Path) -> list[Path]:
    """Return the files of weights in a folder. Raises BrokenWeightsError if an index names a file that is missing."""
    for index in sorted(folder.rglob("*.safetensors.index*.json")):
        shards(index)
    weights = sorted(folder.rglob("*.safetensors"), key=lambda path: path.relative_to(folder).as_posix().encode())
    if not weights:
        raise BrokenModelError("the folder has no .safetensors weights; other formats are not loaded")
    return weights


def _sha256(folder: Path, weights: list[Path]) -> str:
    lines = (f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in weights)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file. Raises BrokenWeightsError if its header shows that it is damaged."""
    status = path.stat()
    key = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
    with _hashing:
        if key not in _digests:
            read_header(path)
            with path.open("rb") as stream:
                _digests[key] = hashlib.file_digest(stream, "sha256").hexdigest()
        return _digests[key]
