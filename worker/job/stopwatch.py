"""How long a job takes, apart from what only its worker's first job has to wait for."""

import time


class Stopwatch:
    """Runs from when it is made. Times are seconds."""

    def __init__(self) -> None:
        self._started = self._since = time.monotonic()
        self._loading = 0.0
        self._steps: list[float] = []

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._started

    def loaded(self) -> None:
        """All since the last call of any kind was loading and preparing."""
        self._loading += self._lap()

    def stepped(self) -> None:
        """All since the last call of any kind was one step."""
        self._steps.append(self._lap())

    def decoded(self) -> None:
        """All since the last call of any kind was neither."""
        self._lap()

    def steady(self, steps: int) -> float | None:
        """The seconds that a job of `steps` steps takes a worker whose models are loaded and warm: without loading,
        each step as long as those after the first, in which kernels are chosen and compiled. A resumed job may take
        only its last steps here; None where it takes none."""
        if not self._steps:
            return None
        warm = self._steps[1:] or self._steps
        return self.elapsed - self._loading - sum(self._steps) + steps * sum(warm) / len(warm)

    def _lap(self) -> float:
        before, self._since = self._since, time.monotonic()
        return self._since - before
