"""The progress of a training: a bar on a terminal, and one line a minute elsewhere."""

import sys
import time
from collections.abc import Callable

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from training import parallel
from training.loop import Run, Watcher

EVERY_SECONDS = 60.0
"""The time between two lines."""


def on_console() -> Watcher | None:
    """Return the watcher for standard output. Returns None in all processes but the first."""
    if parallel.rank():
        return None
    return ProgressBar() if sys.stdout.isatty() else MinuteLog(_print)


class MinuteLog:
    """Write a line on a run when it begins, once a minute, and when it ends: step, steps a second, learning rate, mean
    losses, and the time left.

    `write` gets each line. `done` and `share`: the share of the whole training that is done before this run, and the
    run's own share. The time left is that of the whole training.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        title: str | None = None,
        done: float = 0.0,
        share: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write, self._title, self._clock = write, title, clock
        self._done, self._share = done, share
        self._began = self._wrote = (0.0, 0, 0.0)  # time, step, share of the whole training

    def begin(self, run: Run) -> None:
        self._began = self._wrote = self._now(run)
        self._say(run, f"step {run.step:,}{_total(run)}, learning rate {run.learning_rate:.1e}")

    def step(self, run: Run) -> None:
        if self._clock() - self._wrote[0] >= EVERY_SECONDS:
            self._say(run, f"{self._progress(run)}, {self._left(run)} left")
            self._wrote = self._now(run)

    def end(self, run: Run) -> None:
        self._wrote = self._began  # so that the line has the mean speed of all steps
        if run.share_done >= 1:
            self._say(run, f"finished at {self._progress(run)}")
        else:
            self._say(run, f"stopped at {self._progress(run)}, {self._left(run)} left")

    def _say(self, run: Run, progress: str) -> None:
        self._write(f"{self._title or run.path.stem}: {progress}")

    def _progress(self, run: Run) -> str:
        now, step, _ = self._now(run)
        speed = (step - self._wrote[1]) / max(now - self._wrote[0], 1e-9)
        losses = "".join(f", {name} {value:.4f}" for name, value in run.figures.items())
        rates = f"{speed:.2g} steps/s, learning rate {run.learning_rate:.1e}"
        return f"step {step:,}{_total(run)}, {rates}{losses}"

    def _left(self, run: Run) -> str:
        now, _, share = self._now(run)
        began, _, before = self._began
        gained = share - before
        return _duration((now - began) * (1 - share) / gained) if gained > 0 else "unknown time"

    def _now(self, run: Run) -> tuple[float, int, float]:
        return self._clock(), run.step, self._done + self._share * run.share_done


class ProgressBar:
    """A progress bar, with the losses in lines above it."""

    def __init__(self) -> None:
        self._bar = Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())

    def begin(self, run: Run) -> None:
        self._task = self._bar.add_task(run.path.stem, total=1.0)
        self._bar.update(self._task, completed=run.share_done)
        self._bar.start()

    def step(self, run: Run) -> None:
        if run.step % run.plan.log_every == 0:
            self._bar.update(self._task, completed=run.share_done)
            shown = "  ".join(f"{name} {value:.4f}" for name, value in run.figures.items())
            heading = f"{run.path.stem} step {run.step}  {run.seconds / 60:.1f} min"
            self._bar.console.print(f"{heading}  {shown}", highlight=False)

    def end(self, run: Run) -> None:
        self._bar.stop()


def _print(line: str) -> None:
    print(line, flush=True)


def _total(run: Run) -> str:
    """Return the number of steps in words, unless the minutes end the training."""
    return f" of {run.plan.steps:,}" if run.plan.minutes is None else ""


def _duration(seconds: float) -> str:
    """Return a duration in seconds below two minutes, in minutes below two hours, and in hours above."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
