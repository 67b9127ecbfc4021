"""The model card: what was done, with which numbers, and what a person saw."""

from dataclasses import dataclass
from pathlib import Path

from training.papercut.cutouts.sources import notice
from training.papercut.drawing.figure import UNSEEN, Unseen
from training.papercut.groups import GROUPS, THINGS

OBSERVED = Path(__file__).with_name("observed.md")
"""Notes of a person about the committed sheet, good and bad. Rewrite them after every training."""


@dataclass(frozen=True)
class TrainingFigures:
    """The numbers of one training."""

    revision: str
    seed: int
    guidance: float
    device: str
    commands: tuple[str, ...]
    psnr: float
    progress: dict[str, tuple[int, float]]
    """Steps and hours of "vae", "decoder", "denoiser" and "controlnet"."""
    drawings: dict[str, int]
    """The number of drawings of each group that the denoiser saw."""
    crops: str
    """The contents of a batch of the VAE."""
    views: str
    """The contents of a batch of the denoiser."""
    sizes: dict[str, int]
    """Parameters of each part."""


def card(figures: TrainingFigures, vocabulary: list[dict[str, str | list[str]]]) -> str:
    """The card as Markdown, with the front matter that model hubs read."""
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

No other data was used, and no weights but those of its own earlier versions, from which training went on. It is bundled
so that Inlay works, and is tested, on a machine without a GPU or a network. Licence: Apache-2.0, weights and pictures
alike.

![Samples](sheet.png)

Samples at seed {figures.seed}, 30 DDIM steps, guidance {figures.guidance:g}; none was chosen over another.

![Things](things.png)

![Faces](faces.png)

![Figures](figures.png)

![Panoramas](panoramas.png)

Panoramas of 512 x 128: windows averaged at every step, without a coarse view.

## What works, and what fails

{OBSERVED.read_text().strip()}

## Training

```
{chr(10).join(figures.commands)}
```

| | |
|---|---|
| seed | {figures.seed} |
| device | {figures.device} |
| data | {_drawn(figures)} |
| VAE | {_spent(figures, "vae")}; in batches of {figures.crops} |
| its decoder alone, afterwards | {_spent(figures, "decoder")}; in batches of {figures.crops} |
| UNet and text encoder | {_spent(figures, "denoiser")}; in batches of {figures.views} |
| ControlNet for poses | {_spent(figures, "controlnet")} |
| arithmetic | bfloat16 autocast where the processor has it, weights and averages in float32, shipped in float16 |
| parameters | {", ".join(f"{name} {count / 1e6:.2f} M" for name, count in figures.sizes.items())} |
| held-out reconstruction | **{figures.psnr:.2f} dB** PSNR |

![Loss](loss.png)

The VAE minimises L1, squared and edge errors with a very small KL term. Half of each batch is decoded after a random
flip, quarter turn or halving of the latents and must give the transformed picture, so that views of one canvas can
agree in latent space. Its latents are whitened afterwards, which changes no picture and keeps noise from drowning
shapes long before colours. The UNet predicts the velocity (`v_prediction`) at timesteps whose share of all has a
normal logit, most from the middle. Muon takes the steps of what is a matrix, AdamW the others. A tenth of the captions
are dropped for classifier-free guidance; weights are exponential moving averages. Three in four landscapes are cut
about one of their things. Nearly half of the native views show things of the catalogue; one in five kinds of these is
never shown in the style of Noto, so that memory and understanding can be told apart. The noise schedule is Stable
Diffusion's scaled linear one with a noisier end, beta 0.020: over only 16 x 16 cells 0.012 would leave the mean of the
picture readable in the last step, and samples would lean to a medium light.

Besides native windows the UNet is shown coarse views, a canvas 2 to 8 windows wide whose latent cells are averaged
into one window, under captions that begin with "wide view of", "panorama view of" or "long panorama view of" (and
"tall" before it where the canvas is two windows high); windows of half the width; and windows of tall canvases that
hold only sky or only ground, whose captions say so. Faces are the crops of figures at the head's box.

These pairs never occur in its training, so that composing them is a test:

{_unseen_list()}

![Reconstructions](reconstructions.png)

Held-out drawings, each above its reconstruction.

To train further from these weights, with fresh optimiser state:
`python -m training denoiser --warm-start models/papercut --folder runs/further --minutes 60`

## Vocabulary

Prompts are plain English; these phrases are the ones it was taught. Things also have colours (a red house, a blue
balloon, an orange tent) and numbers from two to five.

{_vocabulary_table(vocabulary)}
"""


def _drawn(figures: TrainingFigures) -> str:
    """The number of drawings of each group, with their sizes."""
    sizes = {group.name: f"{group.width} x {group.height}" for group in (*GROUPS, THINGS)}
    return ", ".join(f"{count:,} {name} ({sizes[name]})" for name, count in figures.drawings.items())


def _spent(figures: TrainingFigures, part: str) -> str:
    """The steps and hours that a part was trained in this version; its weights may be older."""
    steps, hours = figures.progress[part]
    return f"{steps:,} steps, {hours:.2f} hours" if steps else "not trained in this version"


def _unseen_list() -> str:
    return "\n".join(f"- {_unseen_pair(pair)}" for pair in UNSEEN)


def _unseen_pair(pair: Unseen) -> str:
    """ "doctor with hunter's hat", in the words of the truth."""
    features = {"hair": pair.hair, "length": pair.length, "hat": pair.hat, "earrings": pair.earrings}
    named = [f"{name} {value}" for name, value in features.items() if value is not None]
    if pair.glasses is not None:
        named.append("glasses" if pair.glasses else "no glasses")
    return f"{pair.outfit}: {', '.join(named)}"


def _vocabulary_table(vocabulary: list[dict[str, str | list[str]]]) -> str:
    rows = [f"| {group['name']} | {', '.join(group['phrases'])} |" for group in vocabulary]
    return "\n".join(["| | |", "|---|---|", *rows])
