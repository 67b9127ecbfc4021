"""Measure how long a job takes, without the parts that only a worker's first job waits for."""

import time


class Stopwatch:
    """A stopwatch that starts when it is made. Times are seconds. `loaded`, `stepped` and `decoded` end a lap: the time
    since the one before ended, or since the start."""

    def __init__(self) -> None:
        self._started = self._since = time.monotonic()
        self._loading = 0.0
        self._steps: list[float] = []

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._started

    def loaded(self) -> None:
        """End a lap, and count it as loading and preparing."""
        self._loading += self._lap()

    def stepped(self) -> float:
        """End a lap, count it as one step, and return its time."""
        self._steps.append(self._lap())
        return self._steps[-1]

    def decoded(self) -> float:
        """End a lap that is neither loading nor a step, and return its time."""
        return self._lap()

    def steady(self, steps: int) -> float | None:
        """Return the estimated seconds for a job of `steps` steps on a worker that has its models loaded and warm.

        Loading does not count. The first step counts as long as the later ones, since kernels are chosen and compiled
        during it. A resumed job may run only its last steps here. Returns None if it ran no step.
        """
        if not self._steps:
            return None
        warm = self._steps[1:] or self._steps
        return self.elapsed - self._loading - sum(self._steps) + steps * sum(warm) / len(warm)

    def _lap(self) -> float:
        before, self._since = self._since, time.monotonic()
        return self._since - before
