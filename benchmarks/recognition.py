"""Measure which things a model knows: python -m benchmarks.recognition [--model models/papercut] [--json FILE]

The model sees a real drawing of one kind of thing from the catalogue with noise, and ten prompts that differ in the
thing alone. The prompt whose prediction has the smallest error counts as the model's answer (Li et al. 2023, "Your
Diffusion Model is Secretly a Zero-Shot Classifier"). So no reader has to be trained, and a model can be told apart that
knows a thing and does not draw it well yet. One answer in ten is right by chance. The drawings are openly licensed and
downloaded once. They are in the styles that training shows, and in the one that it holds out for every fifth kind.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from torch import Tensor

from training.autoencoder import encode
from training.denoiser import build_scheduler
from training.papercut.captions.landscape import INSIDE, TIMES
from training.papercut.captions.wording import with_article
from training.papercut.cutouts.catalogue import catalogue
from training.papercut.cutouts.compose import WINDOW, Styles, draw_composed, style_held_out
from training.papercut.cutouts.sources import FOLDER, fetch
from training.papercut.drawing import Panorama, Thing
from training.pretrained import load_autoencoder, load_denoiser
from training.text import load_tokenizer, token_ids

PROMPTS = 10
TIMESTEPS = (350, 500, 600, 700, 780, 850)
"""The timesteps whose errors are compared, of 1000: there, noise hides details but not shapes."""
FIRST_SEED = 950_000_000
PICTURES = 160


@dataclass(frozen=True)
class Question:
    """A window of a drawing, bytes of shape (WINDOW, WINDOW, 3), and its prompts; the first one is true."""

    pixels: np.ndarray
    prompts: tuple[str, ...]


@dataclass(frozen=True)
class Recognised:
    """The share of right answers, with its standard error."""

    pictures: int
    right: float
    error: float


def question(number: int, styles: Styles, folder: Path = FOLDER) -> Question:
    """Draw the question of a number. `folder`: the folder of the drawings' packages."""
    stream = np.random.default_rng([FIRST_SEED, number])
    kinds = [kind for kind in catalogue() if styles == "trained" or style_held_out(kind)]
    kind = kinds[stream.integers(len(kinds))]
    while True:
        seed = FIRST_SEED + int(stream.integers(10_000_000))
        drawn = draw_composed(seed, folder=folder, kinds=(kind,), styles=styles)
        lefts = [left for thing in drawn.truth.things if (left := _window_of(thing, drawn)) is not None]
        if lefts:
            break
    others = [one for one in stream.permutation([*catalogue()]) if one != kind][: PROMPTS - 1]
    place = f"{INSIDE[drawn.truth.biome][0]} {TIMES[drawn.truth.time][0]}"
    names = [catalogue()[one].names[0][0] for one in (kind, *others)]
    left = lefts[0]
    return Question(drawn.pixels[:, left : left + WINDOW], tuple(f"{with_article(name)} {place}" for name in names))


def _window_of(thing: Thing, drawn: Panorama) -> int | None:
    """Return the left edge of the window about the middle of a thing, or None if none shows the whole thing."""
    left = int(np.clip((thing.box.left + thing.box.right - WINDOW) / 2, 0, drawn.pixels.shape[1] - WINDOW))
    return left if left <= thing.box.left and thing.box.right <= left + WINDOW else None


class Recogniser:
    """The parts of a model's folder that answer questions."""

    def __init__(self, folder: Path) -> None:
        self._vae, self._denoiser = load_autoencoder(folder), load_denoiser(folder).eval()
        self._tokenizer = load_tokenizer(folder / "tokenizer")
        self._kept = torch.as_tensor(build_scheduler().alphas_cumprod, dtype=torch.float32)

    @torch.inference_mode()
    def errors(self, asked: Question, seed: int) -> Tensor:
        """Return the error of the predicted velocity under each prompt, of shape (prompts,). All prompts get the same
        noise."""
        latents = torch.from_numpy(encode(self._vae, asked.pixels[None], half=False)).float()
        timesteps = torch.tensor(TIMESTEPS)
        noise = torch.randn((len(timesteps), *latents.shape[1:]), generator=torch.Generator().manual_seed(seed))
        alpha, sigma = (share.sqrt().view(-1, 1, 1, 1) for share in (self._kept[timesteps], 1 - self._kept[timesteps]))
        noisy, velocity = alpha * latents + sigma * noise, alpha * noise - sigma * latents
        count = len(asked.prompts)
        ids = token_ids(self._tokenizer, [*asked.prompts]).repeat_interleave(len(timesteps), 0)
        predicted = self._denoiser(noisy.repeat(count, 1, 1, 1), timesteps.repeat(count), ids)
        return (predicted - velocity.repeat(count, 1, 1, 1)).square().mean((1, 2, 3)).view(count, -1).mean(1)


def recognised(model: Recogniser, styles: Styles, pictures: int, folder: Path = FOLDER) -> Recognised:
    """Ask so many questions about drawings in these styles."""
    right = [
        int(model.errors(question(number, styles, folder), number).argmin()) == 0
        for number in track(range(pictures), f"{styles} styles")
    ]
    share = float(np.mean(right))
    return Recognised(pictures, share, float(np.sqrt(share * (1 - share) / pictures)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--model", type=Path, default=Path("models/papercut"), help="a folder with the same noise schedule"
    )
    parser.add_argument("--pictures", type=int, default=PICTURES, help="of the trained styles, and of the one held out")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    fetch()
    model, rows = Recogniser(arguments.model), {}
    for styles in ("trained", "held out"):
        rows[styles] = found = recognised(model, styles, arguments.pictures)
        print(f"{styles:10} {found.right:.2f} ± {found.error:.2f} right, {1 / PROMPTS:.2f} by chance", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps({styles: asdict(row) for styles, row in rows.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
