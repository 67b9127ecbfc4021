"""Measure how far coupling in pixels is from coupling in latents: python -m benchmarks.pixels [--json FILE] [--seeds 2]

Both halves of a picture are made by papercut; then the right half is made by a copy of papercut that claims another
latent space, so that the halves are coupled through the VAE. Distances are mean differences over the pixels, of 255.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend.contracts.job import Compiled, Job
from backend.contracts.model import ModelDescription
from benchmarks.workplace import compiled
from worker.build.prepare import prepare
from worker.diffusion.loading import Models

WIDTH, HEIGHT, HALF = 384, 128, 192
SPACES = {"one": "here", "double": "there"}


class Made(NamedTuple):
    picture: NDArray[np.uint8]
    seconds: float


def doubles(model: Path, folder: Path) -> None:
    """Make copies of the model under each name of SPACES, each with a latent space of its own."""
    for id, space in SPACES.items():
        shutil.copytree(model, folder / id)
        said = folder / id / "inlay.json"
        description = ModelDescription.model_validate_json(said.read_bytes())
        said.write_text(description.model_copy(update={"id": id, "latent_space": space}).model_dump_json())


def job(by: str, seed: int, steps: int) -> Job:
    box = {"x": HALF, "y": 0, "width": WIDTH - HALF, "height": HEIGHT}
    layout = {
        "kind": "regions",
        "canvas": {"width": WIDTH, "height": HEIGHT},
        "prompt": "mountains by day",
        "patches": [{"id": "p", "box": box, "prompt": "the sea by day", "feather": 32, "model": by}],
    }
    sampling = {"model": "one", "steps": steps, "seed": seed, "eta": 0.0, "coarse": {"weight": 0}}
    return Job.model_validate({"layout": layout, "sampling": {**sampling, "agree": {"space": "pixels"}}})


def made(asked: Compiled, models: Models) -> Made:
    began = time.perf_counter()
    prepared = prepare(asked.graph, asked.job, models)
    *_, last = prepared.sample()
    picture = np.asarray(prepared.decode(last, asked.graph.outputs[0]))
    return Made(picture, time.perf_counter() - began)


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return round(float(np.abs(one.astype(int) - other).mean()), 2)


def row(folder: Path, models: Models, seed: int, steps: int) -> dict[str, Any]:
    """Measure one seed: latents against pixels over the whole picture and over each half, against one pass of the
    picture through the VAE, and against another seed."""
    latent, pixels, other = (
        made(compiled(folder, job(*each, steps)), models)
        for each in (("one", seed), ("double", seed), ("one", seed + 1))
    )
    vae = models.get("one")
    return {
        "seed": seed,
        "apart": apart(latent.picture, pixels.picture),
        "own_half": apart(latent.picture[:, :HALF], pixels.picture[:, :HALF]),
        "double_half": apart(latent.picture[:, HALF:], pixels.picture[:, HALF:]),
        "one_passage": apart(latent.picture, vae.decoder.decode(vae.encoder.encode(latent.picture))),
        "next_seed": apart(latent.picture, other.picture),
        "seconds": round(latent.seconds, 1),
        "pixels_seconds": round(pixels.seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--model", type=Path, default=Path("models/papercut"))
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        doubles(arguments.model, Path(folder))
        models = Models(Path(folder), "cpu")
        for seed in range(1, arguments.seeds + 1):
            rows.append(row(Path(folder), models, seed, arguments.steps))
            sys.stdout.write(f"{json.dumps(rows[-1])}\n")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
