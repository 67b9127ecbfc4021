"""The models this server offers: every folder under one that holds an `inlay.json` and safetensors weights."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from backend.contracts.model import Model, ModelDescription
from backend.store.errors import NotFound, StoreError

DESCRIPTION = "inlay.json"


@dataclass(frozen=True)
class BrokenModel:
    """A folder that cannot be offered, and why."""

    folder: str
    reason: str


class BrokenModelError(StoreError):
    """A model folder cannot be offered."""


class ModelCatalog:
    """Reads `folder` at each question, so that a model is offered as soon as its folder is complete; the weights are
    hashed again only when a file's size or time of change has changed. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashing = threading.Lock()
        self._digests: dict[Path, tuple[int, int, str]] = {}  # size, mtime in ns, sha256

    def models(self) -> Mapping[str, Model]:
        """By id, in the order of ids."""
        return self._scan()[0]

    def broken(self) -> list[BrokenModel]:
        """The folders that were left out."""
        return self._scan()[1]

    def get(self, id: str) -> Model:
        """NotFound: no such model is offered."""
        models = self.models()
        if id not in models:
            offered = ", ".join(models) or "none"
            raise NotFound(f"There is no model {id!r} here; the models offered are: {offered}.")
        return models[id]

    def _scan(self) -> tuple[dict[str, Model], list[BrokenModel]]:
        found: dict[str, Model] = {}
        broken: list[BrokenModel] = []
        for folder in sorted(self._folder.iterdir()) if self._folder.is_dir() else []:
            if not folder.is_dir() or folder.name.startswith((".", "_")):
                continue
            try:
                model = self._read(folder)
                if model.description.id in found:
                    raise BrokenModelError(f"another folder already has the id {model.description.id!r}")
                found[model.description.id] = model
            except BrokenModelError as error:
                broken.append(BrokenModel(folder.name, str(error)))
        return dict(sorted(found.items())), broken

    def _read(self, folder: Path) -> Model:
        try:
            description = ModelDescription.model_validate_json((folder / DESCRIPTION).read_bytes())
            for control in description.controlnets:
                if not (folder / f"controlnet_{control}").is_dir():
                    raise BrokenModelError(
                        f"{DESCRIPTION} names a {control} ControlNet; controlnet_{control}/ is missing"
                    )
            return Model(description=description, sha256=self._sha256(folder))
        except FileNotFoundError as error:
            raise BrokenModelError(f"{Path(str(error.filename)).name} is missing") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise BrokenModelError(f"{DESCRIPTION} is not a model description: {where}: {first['msg']}") from error
        except OSError as error:
            raise BrokenModelError(f"the folder cannot be read: {error.strerror}") from error

    def _sha256(self, folder: Path) -> str:
        """Over the weights, as this gives it inside the folder:
        `find * -name '*.safetensors' | LC_ALL=C sort | xargs sha256sum | sha256sum`."""
        weights = sorted(folder.rglob("*.safetensors"), key=lambda path: path.relative_to(folder).as_posix().encode())
        if not weights:
            raise BrokenModelError("the folder has no .safetensors weights; other formats are not loaded")
        lines = (f"{self._digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in weights)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def _digest(self, path: Path) -> str:
        status = path.stat()
        with self._hashing:
            known = self._digests.get(path)
            if known is not None and known[:2] == (status.st_size, status.st_mtime_ns):
                return known[2]
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            self._digests[path] = (status.st_size, status.st_mtime_ns, digest)
            return digest

    def list(self) -> list[Model]:
        return [*self.models().values()]
