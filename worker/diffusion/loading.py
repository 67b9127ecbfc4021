"""The models and adapters in the worker's folder of models, and the cache of those in memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import torch
from pydantic import ValidationError

from backend.contracts.model import NOUNS, AdapterDescription, AdapterEntry, ModelDescription, read_description
from worker.diffusion.compiling import compile_network
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import Facts, Kind, LoadedModel
from worker.diffusion.kinds import kind_of
from worker.diffusion.memory import Batches, Cache, budget_bytes
from worker.diffusion.parts import loaded_bytes, network_bytes
from worker.diffusion.previews import TINY

DESCRIPTION = "inlay.json"
VAE = "vae"
DTYPES = {"auto": None, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
"""The values of the setting INLAY_PRECISION, each with the `dtype` of Models."""

_READ = {".json", ".safetensors", ".txt", ".model"}  # the endings of the files that models are loaded from

Loaded = TypeVar("Loaded")
Version = tuple[tuple[str, int, int, int], ...]
"""The state of a folder: the path, the inode, the size and the modification time (ns) of each file that is loaded. Of
a link, those of the file that it leads to."""


class Models:
    """The models and adapters in `folder`. The loaded ones stay in memory, up to `budget` bytes of weights; the least
    recently used are unloaded first. The default budget is a share of the device's memory.

    `device`: a torch device, or "auto" for CUDA if there is one. `dtype`: the precision of denoisers and text encoders;
    by default float16 on CUDA and float32 elsewhere. `compiled`: whether to compile denoisers on machines that can.
    """

    def __init__(
        self,
        folder: Path,
        device: str = "auto",
        budget: int | None = None,
        dtype: torch.dtype | None = None,
        compiled: bool = False,
    ) -> None:
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self._folder, self._compiled = folder, compiled
        self.device = torch.device(device)
        self.dtype = dtype or (torch.float16 if self.device.type == "cuda" else torch.float32)
        self._loaded: Cache[Any] = Cache(budget_bytes(self.device, budget), self.device)
        self._versions: dict[str, Version] = {}
        self._folders: dict[str, Path] = {}
        self._batches: WeakKeyDictionary[LoadedModel, dict[tuple[int, int], Batches]] = WeakKeyDictionary()

    @property
    def budget(self) -> int:
        """The largest number of bytes of weights that stay loaded."""
        return self._loaded.budget

    def loaded(self) -> frozenset[str]:
        """Return the keys of the models and adapters in memory; a model's key is its id."""
        return self._loaded.kept()

    def get(self, id: str) -> LoadedModel:
        """Return the model with this id. Load it if it is not in memory, or if its files were replaced since. Raises
        DiffusionError if there is no such model, if its folder cannot be used, or if the models in use leave no room
        for it."""
        folder, description = self.find(id)
        kind = kind_of(description.kind)
        facts = kind.describe(folder)
        _check(folder / DESCRIPTION, description, facts)
        return self.kept(
            id,
            folder,
            lambda: self._load(kind, folder, description),
            self._bytes(folder, description, facts),
        )

    def kept(self, key: str, folder: Path, load: Callable[[], Loaded], bytes: int) -> Loaded:
        """Return the object that was loaded from `folder` under `key`. Load it if it is not in memory, or if a file
        of the folder, or one that it links to, was replaced since. `bytes`: the size of its weights. Raises
        DiffusionError if the models in use leave no room for it."""
        version = _version(folder)
        if self._versions.setdefault(key, version) != version:
            self._loaded.drop(key)
            self._versions[key] = version
        self._folders[key] = folder
        return self._loaded.get(key, load, bytes)

    def folders(self) -> dict[Path, Version]:
        """Return the folders of the models and adapters in memory, each with the version that was loaded."""
        return {self._folders[key]: self._versions[key] for key in self.loaded()}

    def _load(self, kind: Kind, folder: Path, description: ModelDescription) -> LoadedModel:
        loaded = kind.load(folder, description, self.device, self.dtype)
        if self._compiled:
            compile_network(loaded.denoiser)
        return loaded

    def batches(self, model: LoadedModel, cells: int, most: int) -> Batches:
        """Return how this model batches its passes over views of `cells` latent cells, at most `most` at once. The
        first call sizes the batches by the free memory; later calls return the same object for as long as the model is
        loaded."""
        own = self._batches.setdefault(model, {})
        if (cells, most) not in own:
            own[cells, most] = Batches.sized(model.pass_bytes(cells), self.device, most)
        return own[cells, most]

    def find(self, id: str) -> tuple[Path, ModelDescription]:
        """Return the folder and the description of the model with this id. Raises DiffusionError if there is no such
        model."""
        folder, description = self._entry(id, "model")
        assert isinstance(description, ModelDescription)
        return folder, description

    def find_adapter(self, id: str, entry: AdapterEntry | None = None) -> tuple[Path, AdapterDescription]:
        """Return the folder and the description of the adapter of this type with this id. None stands for any type.
        Raises DiffusionError if there is no such adapter."""
        folder, description = self._entry(id, entry)
        assert isinstance(description, AdapterDescription)
        return folder, description

    def _entry(self, id: str, entry: str | None) -> tuple[Path, ModelDescription | AdapterDescription]:
        """Return the folder and the description of the entry with this id; None stands for any type of adapter. Other
        folders may be broken; an error lists them."""
        offered, broken = [], []
        for file in sorted(self._folder.glob(f"*/{DESCRIPTION}")):
            try:
                description = read(file)
            except DiffusionError as error:
                broken.append(str(error))
                continue
            if description.entry != entry and (entry or description.entry == "model"):
                continue
            if description.id == id:
                return file.parent, description
            offered.append(description.id)
        there = f"That folder holds: {', '.join(offered) or 'none'}."
        raise DiffusionError(
            " ".join([f"There is no {NOUNS[entry] if entry else 'adapter'} {id!r} in {self._folder}.", there, *broken])
        )

    def _bytes(self, folder: Path, description: ModelDescription, facts: Facts) -> int:
        """Return the bytes that a model's weights take in memory; its VAE is loaded in float32."""
        parts = [*facts.parts, *(f"controlnet_{name}" for name in description.controlnets)]
        parts += [TINY] if (folder / TINY).is_dir() else []
        return sum(
            loaded_bytes(folder / part, torch.float32)
            if part == VAE
            else network_bytes(folder / part, self.dtype, self.device)
            for part in parts
        )


def read(file: Path) -> ModelDescription | AdapterDescription:
    """Read the inlay.json of a folder. Raises DiffusionError, which names the field, if it is not valid."""
    try:
        return read_description(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise DiffusionError(f"{file}: {where}: {first['msg']}.") from error


def _version(folder: Path) -> Version:
    files = sorted(file for file in folder.rglob("*") if file.suffix in _READ and file.is_file())
    said = [(str(file.relative_to(folder)), file.stat()) for file in files]
    return tuple((name, one.st_ino, one.st_size, one.st_mtime_ns) for name, one in said)


def _check(file: Path, said: ModelDescription, facts: Facts) -> None:
    """Raise DiffusionError if an inlay.json contradicts the configurations of its folder."""
    for key in ("prediction", "channels", "cell"):
        if getattr(said, key) != getattr(facts, key):
            raise DiffusionError(
                f"{file}: {key} is {getattr(said, key)!r}, but the folder's own configuration says "
                f"{getattr(facts, key)!r}."
            )
