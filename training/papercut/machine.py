"""The length and the machine of papercut's trainings."""

import platform
from dataclasses import dataclass

import torch

from training.errors import TrainingError
from training.loop import Plan
from training.precision import has_fast_bfloat16


@dataclass(frozen=True)
class Limit:
    """The end of a training, after these steps or minutes, whichever comes first. Without any, it takes the recipe's
    steps."""

    steps: int | None = None
    minutes: float | None = None


@dataclass(frozen=True)
class Machine:
    """The machine of a training. On a CPU, `processes` share each batch; on a GPU, `workers` prepare batches. `amount`:
    the number of drawings as a multiple of the recipe's; None chooses it by the device."""

    device: str = "cpu"
    processes: int = 1
    workers: int = 0
    amount: float | None = None

    @property
    def hands(self) -> int:
        """The number of processes that can draw at once."""
        return max(self.processes, self.workers)

    @property
    def large(self) -> bool:
        """True if batches can be large."""
        return self.device != "cpu"

    @property
    def described(self) -> str:
        """The name of the device for a model card. Raises TrainingError if this computer does not have the device."""
        if not self.large:
            return f"{platform.machine()} CPU"
        if not self._is_here:
            raise TrainingError(
                f"This computer has no device {self.device!r}. Give --described with the machine of the training."
            )
        return torch.cuda.get_device_name(self.device) if self.device.startswith("cuda") else self.device

    def check_device(self) -> None:
        """Raise TrainingError if this computer does not have the device."""
        if not self._is_here:
            raise TrainingError(
                f"PyTorch finds no device {self.device!r} here. Give --device cpu, or install its driver."
            )

    @property
    def _is_here(self) -> bool:
        try:
            device = torch.device(self.device)
        except RuntimeError:
            return False
        return device.type != "cuda" or (device.index or 0) < torch.cuda.device_count()

    def check(self, most: int) -> None:
        """Raise TrainingError if a training cannot run here. `most`: the number of processes that can share a batch, so
        that each gets some of every kind of its pictures."""
        self.check_device()
        if self.large and self.processes > 1:
            raise TrainingError(
                f"Several processes can train only on a CPU. With --device {self.device}, leave out --processes; "
                "--workers prepares batches."
            )
        if self.processes > most:
            raise TrainingError(
                f"{self.processes} processes are too many to share a batch of this training. "
                f"Give --processes {most} or fewer."
            )


def plan_of(steps: int, rate: float, seed: int, limit: Limit, machine: Machine, muon: bool = False) -> Plan:
    """Return a plan. It uses bfloat16 if the device is fast at it, and a longer average of the weights on a GPU."""
    return Plan(
        limit.steps or steps,
        seed,
        rate,
        limit.minutes,
        ema_decay=0.999 if machine.large else 0.995,
        bfloat16=has_fast_bfloat16(machine.device),
        muon=muon,
        device=machine.device,
        workers=machine.workers,
    )
