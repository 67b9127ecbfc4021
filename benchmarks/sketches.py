"""Measure what guides do to a picture: python -m benchmarks.sketches --json FILE [--pictures N] [--rows a,b]

Each job asks for a place at a time of day. Its sketch is the average of a real drawing of the same place and time over
squares of 32 pixels, as a user would paint it. Two figures are computed for each row: the Pearson correlation of the
picture's averages with the sketch's, over all squares and colours of one job, and the share of named things that the
judge reads. The JSON also holds what is lost where a sketch is encoded, in units of the latents' standard deviation.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from backend.contracts.job import Job
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from benchmarks.bundled import MODEL, MODELS
from benchmarks.judge.judge import Judge, load_judge
from benchmarks.judge.questions import LANDSCAPE, SIDE
from benchmarks.quality.landscapes import Setting
from training.papercut.groups import HELD_OUT
from worker.build.prepare import prepare
from worker.diffusion.loading import Models

WIDTH, HEIGHT, SQUARE = 256, 128, 32
SKETCH = "5" * 64
"""The id under which a job names its sketch."""

Rgb = np.ndarray
"""Bytes of shape (height, width, 3)."""

ROWS: dict[str, dict[str, Any] | None] = {
    "no sketch": None,
    "sketch": {},
    **{f"deviation {value:g}": {"deviation": value} for value in (0.0, 0.3, 1.0)},
    **{f"weight {value:g}": {"weight": value} for value in (1.0, 10.0, 100.0)},
    **{f"until {value:g}": {"active": [0.0, value]} for value in (0.5, 0.85)},
    **{f"scale {value}": {"scale": value} for value in (16, 64)},
}
"""The changes that each row makes to a sketch; None is a job without one."""


@dataclass(frozen=True)
class Asked:
    """One job: what its prompt names, its sketch, and its seed."""

    setting: Setting
    sketch: Image.Image
    seed: int


@dataclass(frozen=True)
class Row:
    """The figures of one row: the correlation of each job, its mean and its minimum, and the share of named things that
    the judge reads."""

    name: str
    correlation: float
    least: float
    prompt_accuracy: float
    correlations: list[float]


@dataclass(frozen=True)
class Lost:
    """The root mean square difference from the averages of real drawings' latents over squares of `square` pixels, in
    units of the latents' standard deviation: of a sketch that is encoded and then averaged, of one that is averaged and
    then encoded, and of the mean of all squares of the drawing."""

    square: int
    encoded_then_averaged: float
    averaged_then_encoded: float
    no_sketch: float


def asked(count: int, seed: int) -> list[Asked]:
    """Draw the jobs."""
    stream = np.random.default_rng([seed, 11])
    jobs = []
    for number in range(count):
        setting = Setting.any(stream)
        drawn = setting.draw(int(stream.integers(HELD_OUT, 2**31))).pixels[:, :WIDTH]
        jobs.append(Asked(setting, roughly(drawn, SQUARE), seed + number))
    return jobs


def roughly(pixels: Rgb, square: int) -> Image.Image:
    """Return a rough painting of a picture: its averages over squares, enlarged smoothly."""
    height, width = pixels.shape[:2]
    return averaged(Image.fromarray(pixels), square).resize((width, height), Image.Resampling.BICUBIC)


def averaged(picture: Image.Image, square: int) -> Image.Image:
    """Return a picture with one pixel for each square: its average."""
    return picture.resize((picture.width // square, picture.height // square), Image.Resampling.BOX)


def correlation(picture: Image.Image, sketch: Image.Image, square: int = SQUARE) -> float:
    """Return the Pearson correlation of two pictures' averages, over all squares and colours."""
    one, other = (np.asarray(averaged(each, square), float).ravel() for each in (picture, sketch))
    return float(np.corrcoef(one, other)[0, 1])


@dataclass(frozen=True)
class Studio:
    """The bundled model, its weights, and the settings of every job."""

    models: Models
    steps: int

    @torch.inference_mode()
    def paint(self, one: Asked, sketch: dict[str, Any] | None) -> Image.Image:
        """Make a job's picture. `sketch` has the settings of its sketch; None leaves the sketch out."""
        guides = [] if sketch is None else [{"kind": "sketch", "picture": SKETCH, **sketch}]
        canvas = {"width": WIDTH, "height": HEIGHT}
        layout = {"kind": "panorama", "canvas": canvas, "prompt": one.setting.prompt, "guides": guides}
        sampling = {"model": MODEL, "steps": self.steps, "seed": one.seed}
        offered = {model.description.id: model for model in ModelCatalog(MODELS).list()}
        job = resolve(Job.model_validate({"layout": layout, "sampling": sampling}), offered, Limits())
        compiled = compile_job(job, offered, Limits(), sizes=lambda _: one.sketch.size)
        prepared = prepare(compiled.graph, compiled.job, self.models, lambda _: one.sketch)
        *_, last = prepared.sample()
        return prepared.decode(last, compiled.graph.outputs[0])


def right(judge: Judge, jobs: Sequence[Asked], pictures: Iterable[Image.Image]) -> float:
    """Return the share of named things that the judge reads, over all native windows side by side."""
    hits = []
    for one, picture in zip(jobs, pictures, strict=True):
        pixels = np.asarray(picture)
        views = np.stack([pixels[:SIDE, left : left + SIDE] for left in range(0, WIDTH, SIDE)])
        choices = judge.read("landscapes", views).choices
        for question, answer in one.setting.wanted.items():
            hits.append(choices[question] == LANDSCAPE[question].index(answer))
    return float(np.mean(hits))


def row(name: str, judge: Judge, jobs: Sequence[Asked], paint: Callable[[Asked], Image.Image]) -> tuple[Row, Rgb]:
    """Return a row's figures, and its pictures below one another."""
    pictures = [paint(one) for one in jobs]
    found = [correlation(picture, one.sketch) for picture, one in zip(pictures, jobs, strict=True)]
    figures = Row(name, float(np.mean(found)), min(found), right(judge, jobs, pictures), found)
    return figures, np.concatenate([np.asarray(picture) for picture in pictures])


@torch.inference_mode()
def lost(models: Models, jobs: Sequence[Asked], square: int, seed: int) -> Lost:
    """Measure what an encoded sketch loses against an encoded drawing of the same place."""
    encoder, cell = models.get(MODEL).encoder, models.get(MODEL).description.cell
    errors = []
    for number, one in enumerate(jobs):
        drawn = one.setting.draw(HELD_OUT + seed + number).pixels[:, :WIDTH]
        sketch = roughly(drawn, square)
        small = sketch.resize((WIDTH * cell // square, HEIGHT * cell // square), Image.Resampling.BOX)
        truth = _averages(encoder.encode(drawn), square // cell)
        kinds = (
            _averages(encoder.encode(np.asarray(sketch)), square // cell),
            encoder.encode(np.asarray(small)),
            truth.mean((1, 2), keepdim=True),
        )
        errors.append([float((kind - truth).square().mean()) for kind in kinds])
    return Lost(square, *np.sqrt(np.mean(errors, axis=0)).tolist())


def _averages(latent: torch.Tensor, by: int) -> torch.Tensor:
    return torch.nn.functional.avg_pool2d(latent[None], by)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=12)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=lambda text: text.split(","), default=[*ROWS], help=", ".join(ROWS))
    arguments = parser.parse_args()
    if unknown := set(arguments.rows) - set(ROWS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    judge, jobs = load_judge(names=["landscapes"]), asked(arguments.pictures, arguments.seed)
    studio = Studio(Models(MODELS), arguments.steps)
    report: dict[str, Any] = {"lost": [asdict(lost(studio.models, jobs, square, 0)) for square in (16, 32, 64)]}
    sys.stdout.write("".join(f"{one}\n" for one in report["lost"]))
    strips = [np.concatenate([np.asarray(one.sketch) for one in jobs])]
    for name in arguments.rows:
        figures, pictures = row(name, judge, jobs, lambda one, name=name: studio.paint(one, ROWS[name]))
        strips.append(pictures)
        report.setdefault("rows", []).append(asdict(figures))
        sys.stdout.write(
            f"{name:<14} correlation {figures.correlation:.3f}, at least {figures.least:.3f}; "
            f"prompt accuracy {figures.prompt_accuracy:.3f}\n"
        )
        sys.stdout.flush()
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")
        Image.fromarray(np.concatenate(strips, axis=1)).save(arguments.json.with_suffix(".png"))


if __name__ == "__main__":
    main()
