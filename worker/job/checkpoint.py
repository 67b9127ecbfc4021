"""Checkpoints, from which another worker resumes a job (docs/protocol.md, Checkpoints)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import safetensors.torch
import structlog
import torch
from safetensors import SafetensorError
from torch import Tensor

from backend.store.errors import LeaseLost, NotFound
from backend.store.images import Images
from backend.store.jobs import Claim, Jobs
from inlay_engine.clock import Instant
from inlay_engine.sampler import Estimate, State
from worker.job.patience import is_transient
from worker.settings import Settings

_log = structlog.get_logger("worker")

# The names of a checkpoint's tensors, or what they begin with.
_IMAGE, _RESIDUALS, _STEP, _AT = "image", "residuals", "step", "previous_at"
_CONTROL, _PREVIOUS, _PICTURE = "control/", "previous/", "picture/"


@dataclass(frozen=True, eq=False)
class Saved:
    """The progress of a job. `image` is the image that is being made (from 0), `state` is the state of its run (None if
    it has not begun), and `residual` is the sum over its steps so far. `residuals` has one number for each image before
    it. `pictures` has the finished pictures as PNG, by image and node, of those images that may still be kept."""

    image: int = 0
    state: State | None = None
    pictures: Mapping[int, Mapping[str, bytes]] = field(default_factory=dict)
    residuals: tuple[float, ...] = ()
    residual: float = 0.0


class Saver:
    """Saves `latest`, the progress of a job, once `checkpoint_steps` steps and `checkpoint_seconds` have
    both passed. `flush` writes the frames of the steps that a checkpoint makes up for. `size` is that of the last saved
    checkpoint, in bytes."""

    def __init__(self, jobs: Jobs, images: Images, claim: Claim, settings: Settings, flush: Callable[[], None]) -> None:
        self._jobs, self._images, self._claim, self._settings = jobs, images, claim, settings
        self.latest, self.size = Saved(), 0
        self._flush = flush
        self._newest = claim.checkpoint
        self._at = time.monotonic()
        self._steps = 0

    def load(self) -> Saved:
        """Load the progress of an earlier attempt. Return the very start if there is none, if its file is gone, or if
        the file cannot be read. The file holds no version: one of another version of Inlay counts as unreadable only if
        its tensors have other names."""
        if self._claim.checkpoint is None:
            return self.latest
        try:
            self.latest = _unpack(self._images.get(self._claim.checkpoint))
        except NotFound:
            _log.warning("checkpoint_gone", job=str(self._claim.id))
        except (SafetensorError, KeyError, ValueError) as error:
            _log.warning("checkpoint_unreadable", job=str(self._claim.id), error=str(error))
        return self.latest

    def save_if_due(self) -> None:
        """Save `latest` if it is time. If the stores are away, this checkpoint is left out and the job goes on."""
        self._steps += 1
        waited = time.monotonic() - self._at
        if self._steps < self._settings.checkpoint_steps or waited < self._settings.checkpoint_seconds:
            return
        self._at, self._steps = time.monotonic(), 0
        try:
            self.save()
        except Exception as error:
            if not is_transient(error):
                raise
            _log.warning("checkpoint_not_saved", job=str(self._claim.id), error=str(error))

    def save(self) -> None:
        """Store `latest`, make the job point to it, and delete the job's checkpoint before. Raises LeaseLost if this
        worker no longer holds the job."""
        saved = self.latest
        if saved.image == 0 and saved.state is None:
            return
        self._flush()
        step = saved.state.step if saved.state else 0
        key = f"{self._claim.prefix}checkpoint-{saved.image}-{step}.safetensors"
        packed = _pack(saved)
        self._images.put(key, packed)
        try:
            self._jobs.checkpoint(self._claim, key)
        except LeaseLost:
            self._images.delete([key])
            raise
        if self._newest not in (None, key) and self._newest.startswith(f"jobs/{self._claim.id}/"):
            self._images.delete([self._newest])  # a job that this one continues keeps its checkpoint
        self._newest, self.size = key, len(packed)


def _pack(saved: Saved) -> bytes:
    tensors: dict[str, Tensor] = {_IMAGE: torch.tensor(saved.image)}
    tensors[_RESIDUALS] = torch.tensor([*saved.residuals, saved.residual], dtype=torch.float64)
    for image, nodes in saved.pictures.items():
        for node, png in nodes.items():
            tensors[f"{_PICTURE}{image}/{node}"] = torch.frombuffer(bytearray(png), dtype=torch.uint8)
    if saved.state is not None:
        tensors[_STEP] = torch.tensor(saved.state.step)
        tensors |= _prefixed(_CONTROL, saved.state.controls)
        if saved.state.previous is not None:
            tensors[_AT] = torch.tensor(saved.state.previous.at.log_snr, dtype=torch.float64)
            tensors |= _prefixed(_PREVIOUS, saved.state.previous.controls)
    return safetensors.torch.save(tensors)


def _unpack(packed: bytes) -> Saved:
    tensors = safetensors.torch.load(packed)
    pictures: dict[int, dict[str, bytes]] = {}
    for name, picture in _below(_PICTURE, tensors).items():
        image, _, node = name.partition("/")
        pictures.setdefault(int(image), {})[node] = picture.numpy().tobytes()
    *residuals, residual = tensors[_RESIDUALS].tolist()
    state = None
    if _STEP in tensors:
        previous = Estimate(Instant(float(tensors[_AT])), _below(_PREVIOUS, tensors)) if _AT in tensors else None
        state = State(int(tensors[_STEP]), _below(_CONTROL, tensors), previous)
    return Saved(int(tensors[_IMAGE]), state, pictures, tuple(residuals), residual)


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name: value.contiguous() for name, value in tensors.items()}


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
