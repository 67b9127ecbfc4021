"""Measure how many views a second papercut's denoiser trains on: python -m benchmarks.training [--json FILE] [--runs 5]

Each setting trains whole steps (forward, backward, optimiser, average) on the batches of the recipe. The settings take
turns within one process, so that other load on the machine affects all of them alike. The figures are medians; the
first step of each setting warms up and does not count. A setting is float32 or bfloat16 arithmetic, with AdamW, with
Muon stacked by shape (which trainings use), or with torch's own Muon.
"""

import argparse
import copy
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.checkpoint import Ema
from training.denoiser import CELLS, denoiser_loss
from training.loop import Batch, noise_generator
from training.optimiser import BETAS, DECAY, StackedMuon, is_matrix
from training.papercut.views import Mix
from training.precision import has_fast_bfloat16
from training.pretrained import load_denoiser
from training.text import MAX_TOKENS

MODEL = Path(__file__).parents[1] / "models" / "papercut"
RATE = 1e-4
OPTIMISERS = ("adamw", "muon", "torch-muon")


@dataclass(frozen=True)
class Setting:
    """One way to train."""

    bfloat16: bool
    optimiser: str

    @property
    def name(self) -> str:
        """ "bfloat16 muon"."""
        return f"{'bfloat16' if self.bfloat16 else 'float32'} {self.optimiser}"


SETTINGS = tuple(Setting(bfloat16, optimiser) for bfloat16 in (False, True) for optimiser in OPTIMISERS)


class Trial:
    """A copy of papercut's denoiser that trains in one setting."""

    def __init__(self, module: nn.Module, setting: Setting, device: str) -> None:
        self.setting, self.device = setting, device
        self.module = copy.deepcopy(module).to(device).train()
        self.average = Ema(self.module, 0.995)
        self.loss = denoiser_loss()
        self._step = _stepper(self.module, setting.optimiser)
        self.steps = 0

    def seconds(self, batch: Batch) -> dict[str, float]:
        """The wall and processor seconds of one step."""
        wall, spent = time.perf_counter(), time.process_time()
        generator = noise_generator(0, self.steps, 0, self.device)
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.setting.bfloat16):
            losses = self.loss(self.module, batch, generator)
        losses["loss"].backward()
        nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
        self._step(RATE)
        self.steps += 1
        self.average.update(self.module, self.steps)
        if torch.device(self.device).type == "cuda":
            torch.cuda.synchronize()
        return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - spent}


def _stepper(module: nn.Module, optimiser: str) -> Any:
    """A function of the learning rate that takes the optimiser's step and forgets the gradients."""
    matrices = [p for name, p in module.named_parameters() if optimiser != "adamw" and is_matrix(name, p)]
    taken = {id(p) for p in matrices}
    rest = torch.optim.AdamW([p for p in module.parameters() if id(p) not in taken], betas=BETAS, fused=True)
    flat = [p.detach().flatten(1) for p in matrices]
    torchs = torch.optim.Muon(flat, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw") if flat else None
    stacked = StackedMuon(matrices) if optimiser == "muon" else None

    def step(rate: float) -> None:
        if stacked:
            stacked.step(rate)
        elif torchs:
            for one, p in zip(flat, matrices, strict=True):
                one.grad = p.grad.flatten(1) if p.grad is not None else None
            torchs.param_groups[0]["lr"] = rate
            torchs.step()
        rest.param_groups[0]["lr"] = rate
        rest.step()
        module.zero_grad(set_to_none=True)

    return step


def batch_of(mix: Mix, channels: int, device: str) -> Batch:
    """Views of the recipe's shapes and numbers, of noise: what they show makes no difference to the time."""
    stream = torch.Generator().manual_seed(0)
    shapes = {"native": (mix.native, CELLS, CELLS), "half": (mix.half, CELLS, CELLS // 2)}
    shapes |= {"bodies": (mix.bodies, 2 * CELLS, 2 * CELLS)}
    batch: dict[str, Tensor] = {}
    for name, (count, rows, columns) in shapes.items():
        batch[name] = torch.randn(count, channels, rows, columns, generator=stream)
        batch[f"{name}_ids"] = torch.randint(0, 400, (count, MAX_TOKENS), generator=stream)
    return {name: values.to(device) for name, values in batch.items()}


def measure(settings: tuple[Setting, ...], runs: int, device: str, mix: Mix) -> list[dict[str, Any]]:
    """Views a second of each setting by the wall and by the processor, and its time relative to the first's."""
    module = load_denoiser(MODEL)
    batch = batch_of(mix, module.unet.config["in_channels"], device)
    trials = [Trial(module, setting, device) for setting in settings]
    for trial in trials:
        trial.seconds(batch)
    rounds = [[trial.seconds(batch) for trial in trials] for _ in range(runs)]
    views = mix.native + mix.half + mix.bodies
    rows = []
    for index, setting in enumerate(settings):
        wall, cpu = ([one[index][kind] for one in rounds] for kind in ("wall", "cpu"))
        ratios = [one[index]["cpu"] / one[0]["cpu"] for one in rounds]
        rows.append(
            {
                "setting": setting.name,
                **asdict(setting),
                "views_per_second": views / statistics.median(wall),
                "views_per_cpu_second": views / statistics.median(cpu),
                "time_to_first": statistics.median(ratios),
                "time_to_first_range": [min(ratios), max(ratios)],
            }
        )
    return rows


def conditions(device: str, runs: int, mix: Mix) -> dict[str, Any]:
    """Return the conditions of the measurement: the device, the machine and the versions."""
    found = torch.cpu.get_capabilities()
    return {
        "device": torch.cuda.get_device_name() if torch.device(device).type == "cuda" else found.get("cpu_name", ""),
        "machine": platform.machine(),
        "instructions": [name for name in ("avx2", "avx512_f", "avx512_bf16", "amx_tile") if found.get(name)],
        "threads": torch.get_num_threads(),
        "load": list(os.getloadavg()),
        "torch": torch.__version__,
        "batch": asdict(mix),
        "runs": runs,
        "chosen": "bfloat16" if has_fast_bfloat16(device) else "float32",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--runs", type=int, default=5, help="how many steps of each setting count")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--threads", type=int, help="how many threads the CPU uses; as many as torch likes without")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    mix = Mix() if arguments.device == "cpu" else Mix(bodies=4).times(32)
    under = conditions(arguments.device, arguments.runs, mix)
    rows = measure(SETTINGS, arguments.runs, arguments.device, mix)
    print(json.dumps(under, indent=1))
    print(f"{'setting':24}{'views/s':>9}{'views/CPU s':>13}{'time':>7}   range")
    for row in rows:
        low, high = row["time_to_first_range"]
        figures = f"{row['views_per_second']:9.1f}{row['views_per_cpu_second']:13.1f}{row['time_to_first']:7.2f}"
        print(f"{row['setting']:24}{figures}   {low:.2f}-{high:.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"conditions": under, "settings": rows}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
