"""Checkpoints that survive an interruption at any moment, the averaged weights in them, and loss curves."""

import copy
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import nn


class Ema:
    """An exponential moving average of a module's weights. Its decay is smaller during the first steps."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        averaged, current = list(self.module.state_dict().values()), list(module.state_dict().values())
        pairs = list(zip(averaged, current, strict=True))
        smooth = [(mean, value) for mean, value in pairs if mean.dtype.is_floating_point]
        torch._foreach_lerp_([mean for mean, _ in smooth], [value for _, value in smooth], 1 - decay)  # pyright: ignore
        for mean, value in pairs:
            if not mean.dtype.is_floating_point:
                mean.copy_(value)


def save_atomically(path: Path, payload: dict[str, Any]) -> None:
    """Write a temporary file and rename it, so that a reader never sees a partial checkpoint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        torch.save(payload, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """Return the payload of a checkpoint, or None if there is no file."""
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


class LossLog:
    """A loss curve, one JSON object per line. A resumed run removes the lines after its checkpoint."""

    def __init__(self, path: Path, resume_step: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = [row for row in read_losses(path) if row["step"] <= resume_step]
        partial = path.with_suffix(".partial-rows")
        partial.write_text("".join(json.dumps(row) + "\n" for row in kept))
        partial.replace(path)
        self._path = path

    def add(self, row: dict[str, float]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps({key: round(value, 6) for key, value in row.items()}) + "\n")


def read_losses(path: Path) -> list[dict[str, float]]:
    """Return the rows of a loss curve, or none if the file is missing. A last row that a full disk or a crash has cut
    is left out."""
    lines = path.read_text().splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines[:-1]]
    with suppress(json.JSONDecodeError):
        rows += [json.loads(line) for line in lines[-1:]]
    return rows
