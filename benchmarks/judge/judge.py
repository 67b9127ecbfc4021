"""The trained judge, ready to read pictures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from benchmarks.judge import JudgeError
from benchmarks.judge.distance import Features
from benchmarks.judge.questions import SIDE
from benchmarks.judge.readers import Read, Reader, body_reader, face_reader, landscape_reader
from training.pixels import to_tensor

READERS: dict[str, Callable[[], Reader]] = {
    "landscapes": landscape_reader,
    "faces": face_reader,
    "bodies": body_reader,
}
BUNDLED = Path(__file__).parent / "weights"
"""The folder of the readers that come with the project."""
PRESENT = 0.5
"""The probability in any cell from which a thing counts as present."""


@dataclass(frozen=True)
class Reading:
    """A reader's answers about pictures, as arrays with one row a picture.

    `choices` holds the index of each question's answer. `maps`, of shape (count, OBJECTS, GRID, GRID), holds the
    probability that a thing has its middle in a cell. `joints`, of shape (count, JOINTS, 2), holds positions as shares
    of the sides.
    """

    choices: dict[str, np.ndarray]
    features: np.ndarray
    maps: np.ndarray | None = None
    joints: np.ndarray | None = None

    @property
    def objects(self) -> np.ndarray | None:
        """The highest probability of each thing, of shape (count, OBJECTS)."""
        return None if self.maps is None else self.maps.max((2, 3))

    @property
    def places(self) -> np.ndarray | None:
        """The (column, row) of the cell with that probability, of shape (count, OBJECTS, 2)."""
        if self.maps is None:
            return None
        rows, columns = np.divmod(self.maps.reshape(*self.maps.shape[:2], -1).argmax(-1), self.maps.shape[-1])
        return np.stack([columns, rows], -1)


@torch.inference_mode()
def read(reader: Reader, pixels: np.ndarray, batch: int = 64) -> Reading:
    """Read any number of pictures: bytes of shape (count, SIDE, SIDE, 3). Raises JudgeError for any other shape."""
    if pixels.dtype != np.uint8 or pixels.shape[1:] != (SIDE, SIDE, 3) or not len(pixels):
        raise JudgeError(
            f"the judge reads bytes of shape (count, {SIDE}, {SIDE}, 3), at least one picture, and was given "
            f"{pixels.dtype} of shape {pixels.shape}; cut or halve the pictures first"
        )
    reader.eval()
    parts = [reader(to_tensor(pixels[start : start + batch])) for start in range(0, len(pixels), batch)]
    return _joined(parts)


def features_of(reader: Reader) -> Features:
    """Return the function from pictures to the features of a reader."""
    return lambda pixels: read(reader, pixels).features


def _joined(parts: list[Read]) -> Reading:
    maps = [part.objects for part in parts if part.objects is not None]
    joints = [part.joints for part in parts if part.joints is not None]
    return Reading(
        {name: torch.cat([p.choices[name] for p in parts]).argmax(1).numpy() for name in parts[0].choices},
        torch.cat([part.features for part in parts]).numpy(),
        torch.cat(maps).sigmoid().numpy() if maps else None,
        torch.cat(joints).numpy() if joints else None,
    )


@dataclass(frozen=True)
class Judge:
    """The readers of a folder, by their names in READERS."""

    readers: dict[str, Reader]

    def read(self, name: str, pixels: np.ndarray) -> Reading:
        """Read pictures. Landscapes and faces are 128 x 128 pixels; bodies are 256 x 256 pixels, which are halved
        first."""
        return read(self.readers[name], pixels)


def load_judge(folder: Path = BUNDLED, names: Iterable[str] = READERS) -> Judge:
    """Load the named readers. Raises JudgeError if the folder lacks one."""
    return Judge({name: load_reader(folder, name) for name in names})


def load_reader(folder: Path, name: str) -> Reader:
    """Load one reader. Raises JudgeError if the folder lacks it, or if its weights have another shape."""
    reader = READERS[name]()
    try:
        with safe_open(_weights(folder, name), "pt") as file:
            reader.load_state_dict({key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118
    except (OSError, SafetensorError, RuntimeError) as error:
        raise JudgeError(
            f"there is no judge of {name} in {folder} that can be loaded ({error}); train one with "
            "`python -m benchmarks.judge train --folder runs/judge`"
        ) from error
    return reader.eval()


def steps_of(folder: Path, name: str) -> int | None:
    """Return the number of steps that trained a reader, or None if the folder lacks it."""
    path = _weights(folder, name)
    if not path.exists():
        return None
    with safe_open(path, "pt") as file:
        return int(file.metadata()["steps"])


def save_reader(reader: nn.Module, steps: int, folder: Path, name: str) -> None:
    """Write a reader's weights in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {key: value.half() if value.is_floating_point() else value for key, value in reader.state_dict().items()}
    save_file(halves, _weights(folder, name), {"steps": str(steps)})


def _weights(folder: Path, name: str) -> Path:
    return folder / f"{name}.safetensors"
