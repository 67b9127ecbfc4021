"""Checkpoints: where a run that was cut short goes on (protocol, Section 6)."""

import time

import safetensors.torch
import structlog
import torch

from backend.store.errors import LeaseLost, NotFound
from backend.store.images import Images
from backend.store.jobs import Claim, Jobs
from worker.engine.sampler import State, Step
from worker.settings import Settings

_STEP = "step"
_log = structlog.get_logger("worker")


class Saver:
    """Saves a run's state after `checkpoint_steps` steps or `checkpoint_seconds`, whichever is later."""

    def __init__(self, jobs: Jobs, images: Images, claim: Claim, settings: Settings) -> None:
        self._jobs, self._images, self._claim, self._settings = jobs, images, claim, settings
        self._newest = claim.checkpoint
        self._at = time.monotonic()
        self._steps = 0

    def load(self) -> State | None:
        """Where an earlier attempt stopped; None to start afresh."""
        if self._claim.checkpoint is None:
            return None
        try:
            tensors = safetensors.torch.load(self._images.get(self._claim.checkpoint))
        except NotFound:
            _log.warning("checkpoint_gone", job=str(self._claim.id))
            return None
        step = int(tensors.pop(_STEP))
        return State(step=step, controls=tensors)

    def save_if_due(self, step: Step) -> None:
        self._steps += 1
        waited = time.monotonic() - self._at
        if self._steps >= self._settings.checkpoint_steps and waited >= self._settings.checkpoint_seconds:
            self.save(step)

    def save(self, step: Step) -> None:
        """Store the state after `step`, point the job at it, and delete the one before; LeaseLost where the job is no
        longer ours."""
        state = step.state
        tensors = {name: value.contiguous() for name, value in state.controls.items()}
        key = f"{self._claim.prefix}checkpoint-{state.step}.safetensors"
        self._images.put(key, safetensors.torch.save(tensors | {_STEP: torch.tensor(state.step)}))
        try:
            self._jobs.checkpoint(self._claim, key)
        except LeaseLost:
            self._images.delete([key])
            raise
        if self._newest is not None:
            self._images.delete([self._newest])
        self._newest = key
        self._at, self._steps = time.monotonic(), 0
