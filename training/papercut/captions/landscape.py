"""Captions for the visible content of a panorama's view, in plain English.

The wording varies, and parts are left out at random, so that the training data includes short prompts like those of
people.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from backend.contracts.model import CoarseWords, words_for
from training.papercut.captions.relations import kind_is_sized, relation, size_word
from training.papercut.captions.wording import listed, one, with_article
from training.papercut.cutouts.catalogue import catalogue
from training.papercut.drawing.truth import Biome, Box, Thing, Time, Truth, Weather

Part = Literal["whole", "sky", "ground"]

PLACES: dict[Biome, tuple[str, ...]] = {
    "desert": ("a desert", "the desert", "a sandy desert", "desert dunes", "sand dunes", "a dry desert with mesas"),
    "sea": ("the sea", "the ocean", "a sea with waves", "waves on the sea", "the open sea"),
    "forest": ("a forest", "the forest", "a pine forest", "a dense forest", "the woods", "a forest of fir trees"),
    "mountains": ("mountains", "the mountains", "snowy peaks", "a mountain range", "high mountains", "snowy mountains"),
    "meadow": ("a meadow", "green hills", "a green meadow with flowers", "rolling hills", "a grassy meadow", "a field"),
    "snow": ("a snowy landscape", "snow covered hills", "a winter landscape", "snowy hills", "the snow"),
    "city": ("a city", "the city", "a city skyline", "a town with tall buildings", "city buildings", "a city street"),
}
INSIDE: dict[Biome, tuple[str, ...]] = {
    "desert": ("in the desert", "in a desert", "in the middle of the desert", "between sand dunes"),
    "sea": ("on the sea", "on the ocean", "at sea", "on the open sea"),
    "forest": ("in the forest", "in a forest", "in the woods", "in front of a forest"),
    "mountains": ("in the mountains", "in front of mountains", "below snowy peaks", "in the high mountains"),
    "meadow": ("in a meadow", "in a green meadow", "on green hills", "on rolling hills", "in a field"),
    "snow": ("in the snow", "in a snowy landscape", "in a winter landscape", "on snowy hills", "on the ice"),
    "city": ("in the city", "in a city", "in a town", "on a city street", "in front of city buildings"),
}
GROUNDS: dict[Biome, tuple[str, ...]] = {
    "desert": ("sandy ground in the desert", "the sand of a desert"),
    "sea": ("water of the sea", "only waves of the sea"),
    "forest": ("the ground of a forest", "a forest floor"),
    "mountains": ("stony ground in the mountains", "grass and stones in the mountains"),
    "meadow": ("the grass of a meadow", "ground with grass and flowers in a meadow"),
    "snow": ("snowy ground", "the ground covered with snow"),
    "city": ("a street in the city", "the ground of a city street"),
}
TIMES: dict[Time, tuple[str, ...]] = {
    "day": ("by day", "during the day", "in daylight", "in the daytime", "at noon", "on a bright day"),
    "sunset": ("at sunset", "at dusk", "in the evening", "under an orange sky", "at sundown"),
    "night": ("at night", "by night", "at midnight", "under a dark sky", "in the dark"),
}
WEATHERS: dict[Weather, tuple[str, ...]] = {
    "clear": ("with a clear sky", "under a clear sky", "in clear weather"),
    "clouds": ("with clouds", "under a cloudy sky", "with clouds in the sky", "in cloudy weather"),
    "rain": ("in the rain", "with rain falling", "in rainy weather", "in pouring rain"),
    "snow": ("in falling snow", "with snow falling", "while it snows", "in snowfall"),
    "fog": ("in fog", "in the mist", "with fog", "in foggy weather"),
}
THINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "house": (("house", "houses"), ("house", "houses"), ("cottage", "cottages")),
    "tree": (("tree", "trees"),),
    "palm": (("palm tree", "palm trees"), ("palm", "palms")),
    "cactus": (("cactus", "cacti"),),
    "oasis": (("oasis", "oases"), ("oasis with palm trees", "oases with palm trees")),
    "pyramid": (("pyramid", "pyramids"),),
    "camel": (("camel", "camels"),),
    "boat": (("sailboat", "sailboats"), ("boat", "boats"), ("sailing boat", "sailing boats")),
    "island": (("island", "islands"), ("island with a palm tree", "islands with palm trees")),
    "whale": (("whale", "whales"),),
    "windmill": (("windmill", "windmills"),),
    "lighthouse": (("lighthouse", "lighthouses"),),
    "balloon": (("hot air balloon", "hot air balloons"), ("balloon", "balloons")),
    "birds": (("birds", "birds"), ("a flock of birds", "birds"), ("flying birds", "flying birds")),
    "sheep": (("sheep", "sheep"),),
    "deer": (("deer", "deer"), ("spotted deer", "spotted deer")),
    "snowman": (("snowman", "snowmen"),),
    "person": (("person", "people"), ("person", "people"), ("traveller", "travellers"), ("hiker", "hikers")),
    "tent": (("tent", "tents"),),
    "bridge": (("stone bridge", "stone bridges"), ("bridge", "bridges")),
    "castle": (("castle", "castles"),),
    "bus": (("bus", "buses"),),
}
DRESSES = {
    "person": ("in a {} coat", "in {} coats"),
    "snowman": ("with a {} scarf", "with {} scarves"),
}
"""The clothes of one thing and of several, for the kinds whose colour is that of their clothes."""
ALIVE = ("person", "deer", "camel", "sheep")
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
STYLES = ("a paper cut of", "a papercut picture of", "a picture of", "paper art of", "a paper landscape of")
COARSE_WORDS = (
    CoarseWords(across=1, down=1.4, words=""),
    CoarseWords(across=2.5, down=1.4, words="wide view of"),
    CoarseWords(across=5.5, down=1.4, words="panorama view of"),
    CoarseWords(down=1.4, words="long panorama view of"),
    CoarseWords(across=1, words="tall view of"),
    CoarseWords(across=2.5, words="tall wide view of"),
    CoarseWords(across=5.5, words="tall panorama view of"),
    CoarseWords(words="tall long panorama view of"),
)
"""The first words of captions of coarse views. The model's manifest lists them too."""
VISIBLE = 0.7
"""The least share of a thing that a view must show for its caption to name the thing."""
SLIVER = 20
"""The height, in pixels, up to which a caption does not mention a strip of land or sky."""


@dataclass(frozen=True)
class Scene:
    """The part of a panorama that a view shows."""

    biome: Biome
    time: Time
    weather: Weather
    things: tuple[Thing, ...]
    part: Part = "whole"


def visible(truth: Truth, view: Box) -> Scene:
    """Return the scene within a view, given in picture pixels."""
    things = [thing for thing in (truth.light, *truth.things) if thing.box.share_within(view) >= VISIBLE]
    part: Part = "whole"
    if view.bottom <= truth.land_top + SLIVER:
        part = "sky"
    elif view.top >= truth.sky_bottom - SLIVER:
        part = "ground"
    return Scene(truth.biome, truth.time, truth.weather, tuple(things), part)


def whole_height(truth: Truth, left: float, right: float) -> Scene:
    """Return the scene between two columns."""
    return visible(truth, Box(left, 0, right, truth.height))


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """Return one of the many sentences that are true of a scene."""
    time = one(rng, TIMES[scene.time]) if rng.random() < 0.8 else ""
    odds = 0.35 if scene.weather in ("clear", "clouds") else 0.75
    fitting = [phrase for phrase in WEATHERS[scene.weather] if not ("sky" in phrase and "sky" in time)]
    weather = one(rng, fitting) if rng.random() < odds else ""
    when = [part for part in ((time, weather) if rng.random() < 0.5 else (weather, time)) if part]
    if scene.part == "whole":
        sentence = _arranged(rng, scene, when)
    else:
        sentence = _partial(rng, scene, [part for part in when if "sky" not in part])
    return f"{one(rng, STYLES)} {sentence}" if rng.random() < 0.1 else sentence


def _arranged(rng: np.random.Generator, scene: Scene, when: list[str]) -> str:
    """Return place, things and time in one of the orders that English allows."""
    names = _named(rng, scene.things)
    if names and rng.random() < 0.06:
        return listed(names)
    if names and rng.random() < 0.12:
        return " ".join([listed(names), *when])
    if names and rng.random() < 0.5:
        verb = "standing " if _stands(scene.things) and rng.random() < 0.4 else ""
        return " ".join([f"{listed(names)} {verb}{one(rng, INSIDE[scene.biome])}", *when])
    place = one(rng, PLACES[scene.biome]) if rng.random() < 0.92 else "a landscape"
    setting = " ".join([place, *when])
    if not names:
        return setting
    return (
        f"{setting}, {listed(names)}" if "with" in setting or rng.random() < 0.5 else f"{setting} with {listed(names)}"
    )


def _partial(rng: np.random.Generator, scene: Scene, when: list[str]) -> str:
    """Return a caption for a view that holds only sky, or only ground."""
    names = _named(rng, scene.things)
    if scene.part == "ground":
        return ", ".join([" ".join([one(rng, GROUNDS[scene.biome]), *when]), *names])
    place = one(rng, ("", "", f" above {one(rng, PLACES[scene.biome])}"))
    setting = " ".join([f"{one(rng, ('the sky', 'only sky', 'open sky'))}{place}", *when])
    return f"{setting}, {listed(names)}" if names else setting


def _stands(things: Sequence[Thing]) -> bool:
    """Return whether the only thing of a view is a creature on the ground."""
    grounded = [thing.kind for thing in things if thing.kind not in ("sun", "moon", "balloon", "birds")]
    return len(things) == len(grounded) == 1 and grounded[0] in ALIVE


def _named(rng: np.random.Generator, things: Sequence[Thing]) -> list[str]:
    """Return phrases for some or all of the things: equal things are counted, colours sometimes left out, and two
    things sometimes related. Views of catalogue things nearly always name all of them, because training shows them for
    their names."""
    shown_off = any(kind_is_sized(thing.kind) for thing in things)
    if not shown_off and rng.random() < 0.15:
        return []
    keep = 1.0 if rng.random() < (0.9 if shown_off else 0.65) else 0.5
    coloured = rng.random() < 0.75
    groups: dict[tuple[str, str | None], list[Thing]] = defaultdict(list)
    for thing in things:
        groups[thing.kind, thing.colour if coloured else None].append(thing)
    alone = len(things) == 1
    said = [(group, _counted(rng, *what, group, alone)) for what, group in groups.items() if rng.random() < keep]
    said = [said[index] for index in rng.permutation(len(said))]
    if len(said) > 1 and rng.random() < 0.6 and (word := relation(rng, things, said[0][0], said[1][0])):
        return [f"{said[0][1]} {word} {said[1][1]}", *(name for _, name in said[2:])]
    return [name for _, name in said]


def _counted(rng: np.random.Generator, kind: str, colour: str | None, group: Sequence[Thing], alone: bool) -> str:
    """Return a phrase such as "a red house", "two tents", "trees", "the moon", "a lonely person in a red coat" or "a
    huge penguin"."""
    if kind in ("sun", "moon"):
        return one(rng, (f"the {kind}", f"a {kind}", "a crescent moon" if kind == "moon" else "a round sun"))
    choices = THINGS[kind] if kind in THINGS else catalogue()[kind].names
    single, plural = choices[int(rng.integers(len(choices)))]
    if kind == "birds":
        return single
    count = len(group)
    lonely = one(rng, ("lonely ", "single ")) if alone and count == 1 and rng.random() < 0.25 else ""
    size = size_word(rng, group)
    paint = f"{colour} " if colour and kind not in DRESSES else ""
    dress = f" {DRESSES[kind][count > 1].format(colour)}" if colour and kind in DRESSES else ""
    if count == 1:
        return with_article(f"{lonely or size}{paint}{single}{dress}")
    number = f"{NUMBERS[count]} " if count in NUMBERS and rng.random() < 0.7 else ""
    return f"{number}{size}{paint}{plural}{dress}"


def coarse_prefix(across: float, down: float) -> str:
    """Return the first words of a coarse view's caption, for a canvas `across` windows wide and `down` windows high."""
    return words_for(COARSE_WORDS, across, down)
