"""The training loop that both models share: resumable, reproducible, and never silent about its progress.

All randomness of a step comes from (seed, step), so a resumed run draws exactly what an uninterrupted one would.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor, nn

from worker.training import parallel
from worker.training.checkpoint import Ema, LossLog, load_checkpoint, save_atomically

Losses = dict[str, Tensor]
LossFunction = Callable[[nn.Module, np.random.Generator, torch.Generator], Losses]
"""From the module and a step's randomness to named scalars; "loss" is the one that is minimised."""
Probe = Callable[[nn.Module], dict[str, float]]


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train. With `minutes`, whichever of steps and minutes runs out first ends it."""

    steps: int
    seed: int
    learning_rate: float
    minutes: float | None = None
    warmup: int = 100
    ema_decay: float = 0.995
    bfloat16: bool = False
    log_every: int = 20
    probe_every: int = 250
    save_every_seconds: float = 120.0


def randomness(seed: int, step: int, process: int = 0) -> tuple[np.random.Generator, torch.Generator]:
    """The random streams of one step in one process."""
    stream = np.random.default_rng([seed, step, process])
    return stream, torch.Generator().manual_seed(int(stream.integers(2**62)))


class Run:
    """A module in training, with everything a checkpoint must hold."""

    def __init__(self, module: nn.Module, plan: Plan, folder: Path, name: str) -> None:
        self.module = module.train()
        self.plan = plan
        self.ema = Ema(module, plan.ema_decay)
        decayed = [p for p in module.parameters() if p.requires_grad and p.ndim > 1]
        plain = [p for p in module.parameters() if p.requires_grad and p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": 1e-2}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.99), fused=True)
        self.step = 0
        self.seconds = 0.0
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

    def save(self) -> None:
        """Write the checkpoint, in the one process that keeps it."""
        if parallel.rank():
            return
        payload = {
            "module": self.module.state_dict(),
            "ema": self.ema.module.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        save_atomically(self.path, payload)

    @property
    def share_done(self) -> float:
        """How much of the plan is behind us, from 0 to 1."""
        by_time = self.seconds / (60 * self.plan.minutes) if self.plan.minutes else 0.0
        return min(1.0, max(self.step / self.plan.steps, by_time))

    def take_step(self, loss_function: LossFunction) -> dict[str, float]:
        """One optimiser step on the losses of (seed, step); returns them as numbers."""
        stream, generator = randomness(self.plan.seed, self.step, parallel.rank())
        rate = self.plan.learning_rate * min(1.0, (self.step + 1) / self.plan.warmup)
        rate *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.share_done))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16, enabled=self.plan.bfloat16):
            losses = loss_function(self.module, stream, generator)
        losses["loss"].backward()
        now = time.monotonic()
        self.seconds = parallel.average_gradients(self.module, self.seconds + now - self._counted_until)
        self._counted_until = now
        nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        self.ema.update(self.module, self.step)
        return {name: float(value.detach()) for name, value in losses.items()}


def train(run: Run, loss_function: LossFunction, probe: Probe | None = None, until: int | None = None) -> Run:
    """Train until the plan (or step `until`) is done, saving as it goes and once more however it ends."""
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    recent: list[dict[str, float]] = []
    saved_at = time.monotonic()
    with Progress(*columns, disable=run.log is None) as progress:
        task = progress.add_task(run.path.stem, total=1000, completed=round(1000 * run.share_done))
        try:
            while run.share_done < 1 and run.step != until:
                recent.append(run.take_step(loss_function))
                if run.log and run.step % run.plan.log_every == 0:
                    _report(run, recent, probe, progress)
                    recent = []
                    progress.update(task, completed=round(1000 * run.share_done))
                if time.monotonic() - saved_at > run.plan.save_every_seconds:
                    run.save()
                    saved_at = time.monotonic()
        finally:
            run.save()
    return run


def _report(run: Run, recent: list[dict[str, float]], probe: Probe | None, progress: Progress) -> None:
    """Log the mean losses since the last report, and the probe's numbers when they are due."""
    row = {name: float(np.mean([losses[name] for losses in recent])) for name in recent[0]}
    if not math.isfinite(row["loss"]):
        raise FloatingPointError(f"the loss is {row['loss']} at step {run.step}: lower the learning rate")
    if probe is not None and run.step % run.plan.probe_every < run.plan.log_every:
        row |= probe(run.ema.module)
    assert run.log is not None
    run.log.add({"step": run.step, "minutes": run.seconds / 60, **row})
    shown = "  ".join(f"{name} {value:.4f}" for name, value in row.items())
    progress.console.print(f"{run.path.stem} step {run.step}  {run.seconds / 60:.1f} min  {shown}", highlight=False)
