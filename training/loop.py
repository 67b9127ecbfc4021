"""The training loop of all models. It is resumable, reproducible, and reports its progress.

All random numbers of a step derive from (seed, step), so a resumed run draws the same as an uninterrupted one.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from training import parallel
from training.checkpoint import Ema, LossLog, load_checkpoint, save_atomically
from training.errors import TrainingError
from training.optimiser import Optimiser
from training.signals import postponed

Batch = dict[str, Tensor]
BatchMaker = Callable[[np.random.Generator], Batch]
"""A function that draws the data of one step."""
Losses = dict[str, Tensor]
LossFunction = Callable[[nn.Module, Batch, torch.Generator], Losses]
"""A function from the module, a batch and a generator on the same device to named scalars. Training
minimises "loss"."""
Probe = Callable[[nn.Module], dict[str, float]]


@dataclass(frozen=True)
class Plan:
    """The length, the learning rate and the machine of a training. If `minutes` is set, it ends when steps or minutes
    run out.

    `workers` processes prepare batches ahead; with 0, each batch is made when it is needed. The batches are the same.
    """

    steps: int
    seed: int
    learning_rate: float
    minutes: float | None = None
    warmup: int = 100
    ema_decay: float = 0.995
    bfloat16: bool = False
    muon: bool = False
    device: str = "cpu"
    workers: int = 0
    log_every: int = 20
    probe_every: int = 250
    save_every_seconds: float = 120.0


def data_stream(seed: int, step: int, process: int = 0) -> np.random.Generator:
    """Return the random numbers for the data of one step in one process."""
    return np.random.default_rng([seed, step, process])


def noise_generator(seed: int, step: int, process: int, device: str) -> torch.Generator:
    """Return the random numbers for the noise of one step in one process."""
    noise_seed = int(np.random.default_rng([seed, step, process, 1]).integers(2**62))
    return torch.Generator(device).manual_seed(noise_seed)


class _Steps(Dataset[Batch]):
    """The batches of a run, indexed by step."""

    def __init__(self, make: BatchMaker, seed: int, process: int) -> None:
        self.make, self.seed, self.process = make, seed, process

    def __getitem__(self, step: int) -> Batch:
        return self.make(data_stream(self.seed, step, self.process))


def batches(make: BatchMaker, plan: Plan, start: int) -> Iterator[Batch]:
    """Return the batches of the steps from `start` on."""
    steps = _Steps(make, plan.seed, parallel.rank())
    ahead = 4 if plan.workers else None
    order = range(start, plan.steps)
    pinned = torch.device(plan.device).type == "cuda"  # copies to a GPU are asynchronous only from pinned memory
    loader = DataLoader(steps, None, sampler=order, num_workers=plan.workers, prefetch_factor=ahead, pin_memory=pinned)
    return iter(loader)


class Run:
    """A module in training, with all state that a checkpoint needs."""

    def __init__(self, module: nn.Module, plan: Plan, folder: Path, name: str) -> None:
        layout = torch.channels_last if plan.device != "cpu" else torch.preserve_format
        self.module = module.to(plan.device).to(memory_format=layout).train()  # pyright: ignore
        self.plan = plan
        self.ema = Ema(module, plan.ema_decay)
        self.optimiser = Optimiser(self.module, plan.muon)
        self.step = 0
        self.saved: int | None = None
        """The step of the last checkpoint, or None if there is none."""
        self.seconds = 0.0
        self.recent: list[Losses] = []
        """The losses of the steps since the last row of the loss curve."""
        self.logged: dict[str, float] = {}
        """The last numbers of the loss curve and of the probe."""
        self._counted_until = time.monotonic()
        self.path = folder / f"{name}.pt"
        self._resume()
        self.log = LossLog(folder / f"{name}.jsonl", self.step) if parallel.rank() == 0 else None

    def _resume(self) -> None:
        saved = load_checkpoint(self.path)
        if saved is None:
            return
        self.module.load_state_dict(saved["module"])
        self.ema.module.load_state_dict(saved["ema"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self.seconds = saved["step"], saved["seconds"]
        self.saved = self.step

    def save(self) -> None:
        """Write the checkpoint; only process 0 does. A training that has diverged keeps its last checkpoint."""
        if parallel.rank() or not self.finite:
            return
        payload = {
            "module": self.module.state_dict(),
            "ema": self.ema.module.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        save_atomically(self.path, payload)
        self.saved = self.step

    @property
    def finite(self) -> bool:
        """True if all weights are finite, and so are the losses of the steps since the last row of the loss curve."""
        weights = torch.stack([p.isfinite().all() for p in self.module.parameters()])
        return bool(weights.all()) and math.isfinite(_means(self.recent).get("loss", 0.0))

    @property
    def share_done(self) -> float:
        """The share of the plan that is done, from 0 to 1."""
        by_time = self.seconds / (60 * self.plan.minutes) if self.plan.minutes else 0.0
        return min(1.0, max(self.step / self.plan.steps, by_time))

    @property
    def figures(self) -> dict[str, float]:
        """The mean losses of the last steps, and the last numbers of the probe."""
        return self.logged | _means(self.recent)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step. It rises during the warmup, and then falls to a hundredth."""
        risen = self.plan.learning_rate * min(1.0, (self.step + 1) / self.plan.warmup)
        return risen * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.share_done)))

    def take_step(self, loss_function: LossFunction, batch: Batch) -> Losses:
        """Take one optimiser step on a batch, with the noise of (seed, step). Returns the losses."""
        plan = self.plan
        generator = noise_generator(plan.seed, self.step, parallel.rank(), plan.device)
        rate = self.learning_rate
        on_device = {name: values.to(plan.device, non_blocking=True) for name, values in batch.items()}
        with torch.autocast(torch.device(plan.device).type, torch.bfloat16, enabled=plan.bfloat16):
            losses = loss_function(self.module, on_device, generator)
        losses["loss"].backward()
        now = time.monotonic()
        self.seconds = parallel.average_gradients(self.module, self.seconds + now - self._counted_until)
        self._counted_until = now
        nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
        with postponed():  # a checkpoint holds all of a step, or nothing of it
            self.optimiser.step(rate)
            self.step += 1
            self.ema.update(self.module, self.step)
        return {name: value.detach() for name, value in losses.items()}


class Watcher(Protocol):
    """An observer of a training, such as a progress bar."""

    def begin(self, run: Run) -> None:
        """Note that the training begins or resumes."""
        ...

    def step(self, run: Run) -> None:
        """Note that the run has taken one more step."""
        ...

    def end(self, run: Run) -> None:
        """Note that the training has ended, or was stopped by an error or Ctrl-C. The checkpoint is saved, unless the
        training has diverged."""
        ...


def train(
    run: Run,
    make: BatchMaker,
    loss_function: LossFunction,
    probe: Probe | None = None,
    until: int | None = None,
    watch: Watcher | None = None,
    saved: Callable[[Run], None] | None = None,
) -> Run:
    """Train until the plan or step `until` is done. Saves checkpoints regularly, and once at the end, even after an
    error. Raises TrainingError if the weights or the loss are no longer finite; the last checkpoint then stays.

    `saved` gets the run after every regular checkpoint.
    """
    if watch:
        watch.begin(run)
    try:
        _take_steps(run, make, loss_function, probe, until, watch, saved)
    finally:
        run.save()
        if watch:
            watch.end(run)
    return run


def _take_steps(
    run: Run,
    make: BatchMaker,
    loss_function: LossFunction,
    probe: Probe | None,
    until: int | None,
    watch: Watcher | None,
    saved: Callable[[Run], None] | None,
) -> None:
    saved_at = time.monotonic()
    for batch in batches(make, run.plan, run.step):
        if run.share_done >= 1 or run.step == until:
            break
        parallel.stop_if_asked()
        run.recent.append(run.take_step(loss_function, batch))
        if run.step % run.plan.log_every == 0:
            _log(run, probe)
        if watch:
            watch.step(run)
        if time.monotonic() - saved_at > run.plan.save_every_seconds:
            _check(run)
            run.save()
            if saved and run.log:
                saved(run)
            saved_at = time.monotonic()
    _check(run)


def _check(run: Run) -> None:
    """Raise TrainingError if a training has diverged. Only process 0 checks, because it holds the checkpoint."""
    if run.log is None or run.finite:
        return
    kept = "There is no checkpoint yet" if run.saved is None else f"The checkpoint of step {run.saved:,} is kept"
    raise TrainingError(
        f"The training has diverged by step {run.step:,}: its loss or its weights are not finite. {kept}. "
        "Run the command again with fewer --steps or --minutes, so that the learning rate falls sooner."
    )


def _log(run: Run, probe: Probe | None) -> None:
    """Log the mean losses since the last log, and the probe's numbers when they are due. Only process 0 does."""
    _check(run)
    recent, run.recent = run.recent, []
    if run.log is None:
        return
    row = _means(recent)
    if probe is not None and run.step % run.plan.probe_every < run.plan.log_every:
        row |= probe(run.ema.module)
    run.logged |= row
    run.log.add({"step": run.step, "minutes": run.seconds / 60, **row})


def _means(recent: list[Losses]) -> dict[str, float]:
    """Return the mean of each loss, or nothing if there are no losses."""
    names = recent[0] if recent else ()
    return {name: float(torch.stack([losses[name] for losses in recent]).mean()) for name in names}
