"""The model card: how the model was trained, its measurements, and a person's observations."""

from dataclasses import dataclass
from pathlib import Path

from training.papercut.cutouts.sources import notice
from training.papercut.drawing.figure import UNSEEN, Unseen
from training.papercut.groups import GROUPS, THINGS

OBSERVED = Path(__file__).with_name("observed.md")
"""A person's notes about the committed sheet, good and bad. Rewrite them after every training."""


@dataclass(frozen=True)
class TrainingFigures:
    """The measurements of one training."""

    revision: str
    seed: int
    guidance: float
    device: str
    commands: tuple[str, ...]
    psnr: float
    progress: dict[str, tuple[int, float]]
    """The steps and hours of "vae", "decoder", "denoiser" and "controlnet"."""
    drawings: dict[str, int]
    """The number of the denoiser's training drawings in each group."""
    crops: str
    """The contents of a batch of the VAE."""
    views: str
    """The contents of a batch of the denoiser."""
    sizes: dict[str, int]
    """The number of parameters of each part."""


def card(figures: TrainingFigures, vocabulary: list[dict[str, str | list[str]]]) -> str:
    """Return the card as Markdown, with the front matter for model hubs."""
    return f"""---
license: apache-2.0
library_name: diffusers
pipeline_tag: text-to-image
---

# Papercut

A small latent diffusion model of flat paper-cut landscapes and figures, trained from scratch on drawings that
`training/papercut/drawing` makes from seeds: landscapes and faces at 128 x 128 pixels, whole figures at 256 x 256; and
on the same landscapes with things in them, whose drawings are openly licensed:

{notice()}

The training used no other data, and no weights other than those of earlier versions of papercut. The model is bundled
so that Inlay can be used and tested on a machine without a GPU or a network. Its weights and pictures are licensed
under Apache-2.0.

![Samples](sheet.png)

Samples at seed {figures.seed}, 30 DDIM steps, guidance {figures.guidance:g}. They are the first results;
none was selected.

![Things](things.png)

![Faces](faces.png)

![Figures](figures.png)

![Panoramas](panoramas.png)

Panoramas of 512 x 128. The windows are averaged at every step, without a coarse view.

## What works, and what fails

{OBSERVED.read_text().strip()}

## Training

```
{chr(10).join(figures.commands)}
```

These commands take as many steps as this training, in one process. Where they name no FOLDER to begin with, they begin
with untrained weights.

| | |
|---|---|
| seed | {figures.seed} |
| device | {figures.device} |
| data | {_drawn(figures)} |
| VAE | {_spent(figures, "vae")}; in batches of {figures.crops} |
| its decoder alone, afterwards | {_spent(figures, "decoder")} |
| UNet and text encoder | {_spent(figures, "denoiser")}; in batches of {figures.views} |
| ControlNet for poses | {_spent(figures, "controlnet")} |
| arithmetic | bfloat16 autocast where the processor has it, weights and averages in float32, shipped in float16 |
| parameters | {", ".join(f"{name} {count / 1e6:.2f} M" for name, count in figures.sizes.items())} |
| held-out reconstruction | **{figures.psnr:.2f} dB** PSNR |

![Loss](loss.png)

The VAE minimises L1, squared and edge errors with a very small KL term. In half of each batch, the latents are
flipped, rotated by quarter turns or halved at random, and must decode to the picture transformed in the same way. So
views of one canvas can agree in latent space. After the training, the latents are whitened. This changes no picture;
without it, noise would hide shapes long before it hides colours. The UNet predicts the velocity (`v_prediction`). Its
timesteps have a logit-normal distribution, so most are from the middle. Muon trains the weights that are matrices,
and AdamW all others. A tenth of the captions are dropped for classifier-free guidance. The weights are exponential
moving averages. Three in four windows of landscapes are cut around a thing. Nearly half of the native views show
things of the catalogue. One in five of their kinds is never shown in the style of Noto, which tests if the model has
learned the thing and not only its drawings. The noise schedule is Stable Diffusion's scaled linear one with more
noise at its end, beta 0.020. With 0.012 and only 16 x 16 cells, the mean of the picture could still be read in the
last step, and samples would all have a medium brightness.

Besides native windows, the UNet is trained on three other kinds of views. Coarse views are canvases 2 to 8 windows wide
whose latent cells are averaged into one window; their captions begin with "wide view of", "panorama view of" or "long
panorama view of", with "tall" before it if the canvas is two windows high. Windows of half the width are the second
kind. The third are windows of tall canvases that show only sky or only ground, and their captions say so. Faces are
crops of figures at the head's box.

These pairs never occur in the training, so composing them is a test:

{_unseen_list()}

![Reconstructions](reconstructions.png)

Drawings that the VAE was not trained on, each above its reconstruction.

To train these weights further, with a new state of the optimiser:
`python -m training denoiser --warm-start models/papercut --folder runs/further --minutes 60`

## Vocabulary

Prompts are plain English. These are the phrases that the model was taught. Things also have colours (a red house, a
blue balloon, an orange tent) and numbers from two to five.

{_vocabulary_table(vocabulary)}
"""


def _drawn(figures: TrainingFigures) -> str:
    """Return the number of drawings of each group, with their sizes."""
    sizes = {group.name: f"{group.width} x {group.height}" for group in (*GROUPS, THINGS)}
    return ", ".join(f"{count:,} {name} ({sizes[name]})" for name, count in figures.drawings.items())


def _spent(figures: TrainingFigures, part: str) -> str:
    """Return the steps and hours of a part's training in this version. Its weights may be older."""
    steps, hours = figures.progress[part]
    return f"{steps:,} steps, {hours:.2f} hours" if steps else "not trained in this version"


def _unseen_list() -> str:
    return "\n".join(f"- {_unseen_pair(pair)}" for pair in UNSEEN)


def _unseen_pair(pair: Unseen) -> str:
    """Return an unseen pair in the words of the truth, such as "doctor: hat hunter"."""
    features = {"hair": pair.hair, "length": pair.length, "hat": pair.hat, "earrings": pair.earrings}
    named = [f"{name} {value}" for name, value in features.items() if value is not None]
    if pair.glasses is not None:
        named.append("glasses" if pair.glasses else "no glasses")
    return f"{pair.outfit}: {', '.join(named)}"


def _vocabulary_table(vocabulary: list[dict[str, str | list[str]]]) -> str:
    rows = [f"| {group['name']} | {', '.join(group['phrases'])} |" for group in vocabulary]
    return "\n".join(["| | |", "|---|---|", *rows])
