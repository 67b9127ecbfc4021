"""Sheets of drawings, reconstructions and samples."""

import numpy as np
from PIL import Image

from training.autoencoder import reconstruct
from training.denoiser import CELLS
from training.papercut.cutouts.compose import draw_composed
from training.papercut.drawing import BIOMES, TIMES, Biome, Time, draw_panorama
from training.papercut.drawing.figure import draw_figure
from training.papercut.drawing.panorama import TALL
from training.papercut.groups import FIGURES, TALL_WIDE, THINGS, WIDE, Group
from training.pixels import to_pixels, to_tensor
from training.sampling import TrainedModel, sample
from training.sheet import captioned, prompt_sheet, sampled

LANDSCAPES = (
    "a desert at sunset",
    "an oasis in the middle of the desert",
    "a pyramid and a camel in the desert by day",
    "a cactus in a sandy desert at night",
    "the sea by day, a red sailboat",
    "a whale at sea at sunset",
    "a lighthouse on the ocean at night",
    "an island with a palm tree on the open sea",
    "a pine forest at night",
    "a deer in the woods by day",
    "an orange tent in the forest at noon",
    "a forest in the mist",
    "snowy peaks in daylight",
    "a lonely person standing in the mountains",
    "a castle in the mountains at dusk",
    "mountains at night with a crescent moon",
    "a green meadow with flowers, a windmill",
    "two sheep in a meadow",
    "a meadow in the rain",
    "a snowman in the snow",
    "a red house in a snowy landscape at night",
    "a winter landscape in falling snow",
    "a yellow bus in the city by day",
    "a city skyline at night",
)
BODIES = (
    "a doctor",
    "a singer with black hair and large earrings",
    "a hunter with a hunter's hat, waving",
    "a chef with both arms up",
    "a firefighter with a helmet",
    "a sailor with long red hair",
    "a farmer with a straw hat on a green background",
    "a knight with a crown and long blonde hair",
)
FACES = (
    "a face with long blonde hair",
    "a face with a hunter's hat",
    "a portrait with short black hair and glasses",
    "large earrings and red hair",
    "a person with a chef's hat",
    "a face with grey hair and round glasses",
    "a crown and long brown hair",
    "a head with a top hat",
    "a face with a helmet",
    "a person with a sailor's cap and big earrings",
    "a straw hat",
    "short ginger hair on a blue background",
)
COMPOSED = (
    "a penguin on the ice by day",
    "two penguins in a snowy landscape at sunset",
    "a rocket beside a tent in the desert at night",
    "a giraffe",
    "a huge elephant in a meadow by day",
    "a red car on a city street",
    "a dinosaur in the forest at sunset",
    "a ship on the sea at night",
    "a dolphin at sea by day",
    "three apples and a picnic basket in a meadow",
    "a church on snowy hills at night",
    "a helicopter above a factory in the city",
    "a horse in front of a tree by day",
    "a volcano in the desert at sunset",
    "a teddy bear next to a gift",
    "a Ferris wheel in the city at sunset",
    "a butterfly above sunflowers in a meadow",
    "a snail and a mushroom in the forest",
)
PANORAMAS = ("a desert at sunset", "a snowy landscape at night", "the sea by day", "a green meadow with flowers by day")


def drawing_sheets() -> dict[str, Image.Image]:
    """Return sheets of held-out drawings: landscapes by biome and time of day, tall ones, things, figures,
    and faces."""
    return {
        "wide": _tiled([draw_panorama(seed, biome=b, time=t).pixels for seed, b, t in _by_biome(WIDE)], 3),
        "tall": _tiled(
            [draw_panorama(seed, height=TALL, biome=b, time=t).pixels for seed, b, t in _by_biome(TALL_WIDE)], 3
        ),
        "things": _tiled([draw_composed(seed).pixels for seed in THINGS.held_out_seeds(40)], 4),
        "figures": _tiled([draw_figure(seed).pixels for seed in FIGURES.held_out_seeds(24)], 6),
        "faces": _tiled([draw_figure(seed).face for seed in FIGURES.held_out_seeds(48)], 8),
    }


def _by_biome(group: Group) -> list[tuple[int, Biome, Time]]:
    """Return a seed for every biome at every time of day."""
    start = group.held_out_seeds(1).start
    return [(start + 3 * i + j, biome, time) for i, biome in enumerate(BIOMES) for j, time in enumerate(TIMES)]


def _tiled(pictures: list[np.ndarray], across: int) -> Image.Image:
    """Join pictures of one size in rows of `across`."""
    rows = [np.concatenate(pictures[start : start + across], 1) for start in range(0, len(pictures), across)]
    return Image.fromarray(np.concatenate(rows))


def reconstruction_sheet(model: TrainedModel, originals: list[np.ndarray]) -> Image.Image:
    """Return a sheet of pictures of one width and of shape (height, width, 3), each above its reconstruction."""
    rebuilt = [to_pixels(reconstruct(model.vae, to_tensor(original[None])))[0] for original in originals]
    return Image.fromarray(np.concatenate([part for pair in zip(originals, rebuilt, strict=True) for part in pair]))


def landscape_sheet(model: TrainedModel, seed: int, guidance: float) -> Image.Image:
    """Return a sheet with one sample for each of LANDSCAPES, and the prompt beneath it."""
    return prompt_sheet(model, LANDSCAPES, seed, guidance)


def face_sheet(model: TrainedModel, seed: int, guidance: float) -> Image.Image:
    return prompt_sheet(model, FACES, seed + 100, guidance)


def thing_sheet(model: TrainedModel, seed: int, guidance: float) -> Image.Image:
    """Return a sheet with one sample for each of COMPOSED, and the prompt beneath it."""
    return prompt_sheet(model, COMPOSED, seed + 300, guidance)


def body_sheet(model: TrainedModel, seed: int, guidance: float) -> Image.Image:
    """Return a sheet of whole figures, each sampled without windows."""
    return captioned(sampled(model, BODIES, seed + 200, guidance, 2 * CELLS), BODIES, across=4)


def panorama_sheet(model: TrainedModel, seed: int, guidance: float) -> Image.Image:
    """Return a sheet of panoramas with one prompt each, sampled by averaged windows only."""
    pictures = sample(model, [*PANORAMAS], seed=seed, columns=64, guidance=guidance)
    return Image.fromarray(np.concatenate(pictures))
