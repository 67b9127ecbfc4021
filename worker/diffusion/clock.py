"""The clock of a checkpoint: the noise level of each timestep, and the timesteps that a run visits."""

import json
import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler

from inlay_engine.clock import Instant, Schedule
from inlay_engine.parametrization import Prediction
from worker.diffusion.errors import DiffusionError
from worker.diffusion.parts import UNREADABLE, library_says

Spacing = Literal["leading", "trailing", "linspace"]


@runtime_checkable
class Clock(Protocol):
    """The noise levels of a checkpoint: the number by which its network knows each one, and those of a run."""

    @property
    def prediction(self) -> Prediction: ...

    def schedule(self, steps: int) -> Schedule:
        """Return the noise levels of a run of `steps` steps. Raises DiffusionError if the clock has fewer timesteps."""
        ...

    def finer(self, schedule: Schedule, after: int, steps: int) -> Schedule:
        """Return a schedule whose first `after` steps are those of `schedule`, and which has `steps` steps from there
        to the picture, spaced as this clock spaces the steps of a run. `after` leaves at least two steps."""
        ...

    def timestep(self, at: Instant) -> float:
        """Return the number by which the network knows this noise level."""
        ...

    def known(self, at: Instant) -> Instant:
        """Return this noise level, or the noisiest of the training if this one is noisier."""
        ...

    def input_scale(self, at: Instant) -> float:
        """Return the factor that turns a view in variance-preserving coordinates into the network's input."""
        ...


@dataclass(frozen=True)
class TrainingClock:
    """The clock of models that predict epsilon or v.

    `alphas_squared`: the signal's share of the variance at the timesteps 0 to T - 1, falling. `final`: the signal's
    share after the last step of a run. `prediction`, `spacing` and `offset`: as diffusers' scheduler configuration
    gives them (`prediction_type`, `timestep_spacing`, `steps_offset`).
    """

    alphas_squared: tuple[float, ...]
    final: float
    prediction: Prediction
    spacing: Spacing = "leading"
    offset: int = 0

    @classmethod
    def read(cls, file: Path) -> "TrainingClock":
        """Read a `scheduler_config.json`, written by any of diffusers' schedulers.

        Raises DiffusionError if the file cannot be read, if its scheduler is one of flow matching or EDM, if Inlay does
        not know its prediction type or spacing, or if the model predicts epsilon and its last timestep has no signal.
        """
        try:
            config = json.loads(file.read_bytes())
            scheduler: Any = DDIMScheduler.from_config(config)
            name = str(config.get("_class_name", ""))
        except UNREADABLE as error:
            raise DiffusionError(f"{file} cannot be read: {library_says(error)}") from error
        if name.startswith(("FlowMatch", "EDM")):
            raise DiffusionError(
                f"{file}: models of this kind predict epsilon or v, and {name} is a scheduler of other models."
            )
        prediction, spacing = scheduler.config.prediction_type, scheduler.config.timestep_spacing
        if prediction not in ("epsilon", "v_prediction"):
            raise DiffusionError(f"{file}: prediction_type is {prediction!r}; Inlay knows epsilon and v_prediction.")
        if spacing not in ("leading", "trailing", "linspace"):
            raise DiffusionError(f"{file}: timestep_spacing is {spacing!r}; it is leading, trailing or linspace.")
        alphas_squared = tuple(scheduler.alphas_cumprod.double().tolist())
        if prediction == "epsilon" and alphas_squared[-1] <= 0:
            raise DiffusionError(
                f"{file}: the last timestep is pure noise (rescale_betas_zero_snr), from which a model that predicts "
                f"epsilon cannot predict the picture; use v_prediction."
            )
        offset = scheduler.config.steps_offset
        if not isinstance(offset, int):
            raise DiffusionError(f"{file}: steps_offset is {offset!r}, where a whole number is needed.")
        final = float(scheduler.final_alpha_cumprod)
        return cls(alphas_squared, final, prediction, spacing, offset)

    def timesteps(self, steps: int) -> list[int]:
        """Return the timesteps of a run of `steps` steps, falling (arXiv 2305.08891, Table 2, as diffusers implements
        it). A single step has the last timestep of the training: with the spacings leading and linspace, diffusers
        gives it the first one, at which a network returns pure noise as a picture. Raises DiffusionError if there are
        fewer timesteps than steps."""
        total = len(self.alphas_squared)
        if steps > total:
            raise DiffusionError(f"The model was trained on {total} timesteps; a run of {steps} steps needs more.")
        if steps == 1:
            return [total - 1]
        if self.spacing == "linspace":
            ascending = np.linspace(0, total - 1, steps).round()
        elif self.spacing == "leading":
            ascending = np.arange(steps) * (total // steps) + self.offset
        else:
            ascending = np.round(total - np.arange(steps) * total / steps)[::-1] - 1
        return [min(int(timestep), total - 1) for timestep in ascending[::-1]]

    def schedule(self, steps: int) -> Schedule:
        """Return the noise levels of a run: those of its `timesteps`, then `final`.

        Each step goes from one timestep of the list to the next. diffusers' DDIM always goes T // steps timesteps
        further instead; the two differ unless the spacing is leading or `steps` divides T.
        """
        visited = [self.alphas_squared[timestep] for timestep in self.timesteps(steps)]
        return Schedule.of_alphas_squared([*visited, self.final])

    def finer(self, schedule: Schedule, after: int, steps: int) -> Schedule:
        """Return the schedule with other steps after `after`. Their timesteps are evenly spaced, and may lie between
        two timesteps of the training. They end where a run of this spacing ends: with `trailing` at a distance from
        the picture as long as a step, else at the last timestep."""
        begun = self.timestep(schedule.instants[after])
        last = {"trailing": (begun + 1) / steps - 1, "leading": self.offset, "linspace": 0.0}[self.spacing]
        visited = np.linspace(begun, max(last, 0.0), steps).tolist()
        levels = tuple(self._instant(timestep) for timestep in visited[1:])
        return Schedule((*schedule.instants[: after + 1], *levels, schedule.instants[-1]))

    def _instant(self, timestep: float) -> Instant:
        """Return the noise level of a timestep. Between two timesteps, the log-SNR is interpolated."""
        low = self._rising[-1 - math.floor(timestep)]
        high = self._rising[-1 - math.ceil(timestep)]
        return Instant(low + (timestep % 1) * (high - low))

    @cached_property
    def _rising(self) -> list[float]:
        """The log-SNR of the timesteps T - 1 to 0."""
        return [Instant.of_alpha_squared(value).log_snr for value in reversed(self.alphas_squared)]

    def timestep(self, at: Instant) -> float:
        """Return the timestep of a noise level. It is a whole number for levels of this clock's own schedules,
        interpolated for levels between two timesteps, and the nearest end for levels outside the trained range."""
        above = bisect_left(self._rising, at.log_snr)
        last = len(self._rising) - 1
        if above > last:
            return 0.0
        if above == 0 or self._rising[above] == at.log_snr or math.isinf(self._rising[above - 1]):
            return float(last - above)
        low, high = self._rising[above - 1], self._rising[above]
        return last - above + (high - at.log_snr) / (high - low)

    def known(self, at: Instant) -> Instant:
        return Instant(max(at.log_snr, self._rising[0]))

    def input_scale(self, at: Instant) -> float:
        return 1.0


RESHAPING = (
    "use_dynamic_shifting",
    "use_karras_sigmas",
    "use_exponential_sigmas",
    "use_beta_sigmas",
    "invert_sigmas",
    "shift_terminal",
    "stochastic_sampling",
)
"""Settings of diffusers' flow scheduler that change the times of a run. FlowClock does not implement them."""


@dataclass(frozen=True)
class FlowClock:
    """The clock of rectified flow. Its times tau go from 1 (pure noise) to 0 (clean); the network gets `total` * tau.
    `shift` moves the steps towards the noise (arXiv 2403.03206, Eq. 23)."""

    shift: float
    total: int = 1000

    @classmethod
    def read(cls, file: Path) -> "FlowClock":
        """Read a `scheduler_config.json`. Raises DiffusionError if the file cannot be read, if it is not of
        FlowMatchEulerDiscreteScheduler, or if it sets one of RESHAPING."""
        try:
            config = json.loads(file.read_bytes())
            scheduler: Any = FlowMatchEulerDiscreteScheduler.from_config(config)
            name = str(config.get("_class_name", ""))
        except UNREADABLE as error:
            raise DiffusionError(f"{file} cannot be read: {library_says(error)}") from error
        if name != "FlowMatchEulerDiscreteScheduler":
            raise DiffusionError(
                f"{file}: this kind runs on a FlowMatchEulerDiscreteScheduler, and the file has {name!r}."
            )
        for setting in RESHAPING:
            if scheduler.config[setting]:
                raise DiffusionError(
                    f"{file}: {setting} is set, which Inlay does not support; set it to false or null."
                )
        return cls(scheduler.config.shift, scheduler.config.num_train_timesteps)

    @property
    def prediction(self) -> Prediction:
        return "flow"

    def schedule(self, steps: int) -> Schedule:
        """Return the noise levels of a run, as diffusers computes them: evenly spaced times from 1 to the shifted
        smallest time of training, shifted once more; then 0."""
        least = self._shifted(1 / self.total)
        return Schedule.of_flow_times([*np.linspace(1, least, steps).tolist(), 0.0], self.shift)

    def finer(self, schedule: Schedule, after: int, steps: int) -> Schedule:
        """Return the schedule with other steps after `after`, whose times are evenly spaced before the last shift, as
        those of `schedule`."""
        begun, least = schedule.instants[after].flow_time, self._shifted(1 / self.total)
        times = np.linspace(begun / (self.shift - (self.shift - 1) * begun), least, steps).tolist()
        levels = Schedule.of_flow_times([*times, 0.0], self.shift).instants[1:]
        return Schedule((*schedule.instants[: after + 1], *levels))

    def timestep(self, at: Instant) -> float:
        return self.total * at.flow_time

    def known(self, at: Instant) -> Instant:
        return at  # the times of the training begin at pure noise

    def input_scale(self, at: Instant) -> float:
        """Return 1 / flow_scale: a view divided by `flow_scale` is on rectified flow's straight path."""
        return 1 / at.flow_scale

    def _shifted(self, time: float) -> float:
        return self.shift * time / (1 + (self.shift - 1) * time)
