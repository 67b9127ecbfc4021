"""The models and adapters that a worker offers, by id, and those of them that it holds in memory."""

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
from worker.diffusion.parts import loaded_bytes
from worker.diffusion.previews import TINY

DESCRIPTION = "inlay.json"
DTYPES = {"auto": None, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
"""The values of the setting INLAY_PRECISION, and the dtype that Models takes for each."""

Loaded = TypeVar("Loaded")


class Models:
    """The model folders in `folder`, of which as many stay loaded as fit into `budget` bytes of weights, the longest
    unused let go first; by default a share of the device's memory.

    `device`: a torch device, or "auto" for CUDA where there is one. `dtype`: of the network and its text; by default
    float16 on CUDA and float32 elsewhere. `compiled`: whether networks are compiled, where this machine can.
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
        self._versions: dict[
            str, tuple[int, int]
        ] = {}  # inode and time of change, in ns, of the inlay.json that was loaded
        self._batches: WeakKeyDictionary[LoadedModel, dict[tuple[int, int], Batches]] = WeakKeyDictionary()

    @property
    def budget(self) -> int:
        """The bytes of weights that may stay loaded."""
        return self._loaded.budget

    def loaded(self) -> frozenset[str]:
        """The ids of the models in memory, and of what else is there."""
        return self._loaded.kept()

    def get(self, id: str) -> LoadedModel:
        """The model with this id, loaded where it was not, or where its folder was replaced since. DiffusionError where
        there is none, its folder is bad, or it does not fit beside what is in use."""
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
        """Return what was loaded as `key` from a folder; load it where it was not, or where the folder was replaced
        since. `bytes`: of its weights. DiffusionError where it does not fit beside what is in use."""
        said = (folder / DESCRIPTION).stat()
        version = (said.st_ino, said.st_mtime_ns)
        if self._versions.setdefault(key, version) != version:
            self._loaded.drop(key)
            self._versions[key] = version
        return self._loaded.get(key, load, bytes)

    def _load(self, kind: Kind, folder: Path, description: ModelDescription) -> LoadedModel:
        loaded = kind.load(folder, description, self.device, self.dtype)
        if self._compiled:
            compile_network(loaded.denoiser)
        return loaded

    def batches(self, model: LoadedModel, cells: int, most: int) -> Batches:
        """Return how many passes over views of `cells` latent cells this model runs at once, at most `most`, from the
        memory that is free when it is first asked, and kept as long as the model."""
        own = self._batches.setdefault(model, {})
        if (cells, most) not in own:
            own[cells, most] = Batches.sized(model.pass_bytes(cells), self.device, most)
        return own[cells, most]

    def find(self, id: str) -> tuple[Path, ModelDescription]:
        """The folder of the model with this id, and what it says. DiffusionError where there is none."""
        folder, description = self._entry(id, "model")
        assert isinstance(description, ModelDescription)
        return folder, description

    def find_adapter(self, id: str, entry: AdapterEntry) -> tuple[Path, AdapterDescription]:
        """The folder of the adapter of this sort with this id, and what it says. DiffusionError where there is none."""
        folder, description = self._entry(id, entry)
        assert isinstance(description, AdapterDescription)
        return folder, description

    def _entry(self, id: str, entry: str) -> tuple[Path, ModelDescription | AdapterDescription]:
        """Return the folder of the entry with this id, and its description. Broken folders beside it do no harm."""
        offered, broken = [], []
        for file in sorted(self._folder.glob(f"*/{DESCRIPTION}")):
            try:
                description = read(file)
            except DiffusionError as error:
                broken.append(str(error))
                continue
            if description.entry != entry:
                continue
            if description.id == id:
                return file.parent, description
            offered.append(description.id)
        there = f"Those there are: {', '.join(offered) or 'none'}."
        raise DiffusionError(" ".join([f"There is no {NOUNS[entry]} {id!r} in {self._folder}.", there, *broken]))

    def _bytes(self, folder: Path, description: ModelDescription, facts: Facts) -> int:
        """Return the bytes of a model's weights once loaded; a VAE is held in float32."""
        parts = [*facts.parts, *(f"controlnet_{name}" for name in description.controlnets)]
        parts += [TINY] if (folder / TINY).is_dir() else []
        sizes = {"vae": torch.float32.itemsize}
        return sum(loaded_bytes(folder / part, sizes.get(part, self.dtype.itemsize)) for part in parts)


def read(file: Path) -> ModelDescription | AdapterDescription:
    """A folder's inlay.json. DiffusionError, naming the field, where it is not valid."""
    try:
        return read_description(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise DiffusionError(f"{file}: {where}: {first['msg']}.") from error


def _check(file: Path, said: ModelDescription, facts: Facts) -> None:
    """DiffusionError where an inlay.json says something else than its folder's own configurations."""
    for key in ("prediction", "channels", "cell"):
        if getattr(said, key) != getattr(facts, key):
            raise DiffusionError(
                f"{file}: {key} is {getattr(said, key)!r}, but the folder's own configuration says "
                f"{getattr(facts, key)!r}."
            )
