"""The models that a worker offers, by id, and those of them that it holds in memory."""

from collections import OrderedDict
from pathlib import Path

import torch
from pydantic import ValidationError

from backend.contracts.model import ModelDescription
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import LoadedModel
from worker.diffusion.kinds import kind_of

DESCRIPTION = "inlay.json"


class Models:
    """The model folders in `folder`, of which at most `capacity` are loaded at once, the longest unused let go first.

    `device`: a torch device, or "auto" for CUDA where there is one. `dtype`: of the network and its text; by default
    float16 on CUDA and float32 elsewhere.
    """

    def __init__(self, folder: Path, device: str = "auto", capacity: int = 2, dtype: torch.dtype | None = None) -> None:
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self._folder = folder
        self._device = torch.device(device)
        self._dtype = dtype or (torch.float16 if self._device.type == "cuda" else torch.float32)
        self._capacity = capacity
        self._loaded: OrderedDict[str, LoadedModel] = OrderedDict()

    def loaded(self) -> frozenset[str]:
        """The ids of the models in memory."""
        return frozenset(self._loaded)

    def get(self, id: str) -> LoadedModel:
        """The model with this id, loaded where it was not. DiffusionError where there is none, or its folder is bad."""
        if id not in self._loaded:
            folder, description = self.find(id)
            while len(self._loaded) >= self._capacity:
                self._loaded.popitem(last=False)
            self._loaded[id] = self._load(folder, description)
        self._loaded.move_to_end(id)
        return self._loaded[id]

    def _load(self, folder: Path, description: ModelDescription) -> LoadedModel:
        """From a folder that is what its inlay.json says."""
        kind = kind_of(description.kind)
        facts = kind.describe(folder)
        for key in ("prediction", "channels", "cell"):
            said, found = getattr(description, key), getattr(facts, key)
            if said != found:
                raise DiffusionError(
                    f"{folder / DESCRIPTION}: {key} is {said!r}, but the folder's own configuration says {found!r}."
                )
        return kind.load(folder, description, self._device, self._dtype)

    def find(self, id: str) -> tuple[Path, ModelDescription]:
        """The folder of the model with this id, and what it says. A broken folder does not stand in the way of its
        neighbours. DiffusionError where there is none."""
        offered, broken = [], []
        for file in sorted(self._folder.glob(f"*/{DESCRIPTION}")):
            try:
                description = read_description(file)
            except DiffusionError as error:
                broken.append(str(error))
                continue
            if description.id == id:
                return file.parent, description
            offered.append(description.id)
        there = f"Those there are: {', '.join(offered) or 'none'}."
        raise DiffusionError(" ".join([f"There is no model {id!r} in {self._folder}.", there, *broken]))


def read_description(file: Path) -> ModelDescription:
    """A folder's inlay.json. DiffusionError, naming the field, where it is not valid."""
    try:
        return ModelDescription.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise DiffusionError(f"{file}: {where}: {first['msg']}.") from error
