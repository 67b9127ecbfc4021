"""Plain English for what is really visible between two columns of a panorama.

Wording varies and parts are left out at random, so that the short prompts a person types are in the training data.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worker.training.drawing.truth import Biome, Thing, Time, Truth, Weather

PLACES: dict[Biome, tuple[str, ...]] = {
    "desert": ("a desert", "a sandy desert", "desert dunes", "sand dunes", "a dry desert with mesas"),
    "sea": ("the sea", "the ocean", "a sea with waves", "waves on the sea", "the open sea"),
    "forest": ("a forest", "a pine forest", "a dense forest", "the woods", "a forest of fir trees"),
    "mountains": ("mountains", "snowy peaks", "a mountain range", "high mountains", "the mountains"),
    "meadow": ("a meadow", "green hills", "a green meadow with flowers", "rolling hills", "a grassy meadow"),
    "snow": ("a snowy landscape", "snow covered hills", "a winter landscape", "snowy hills", "a snowy forest"),
    "city": ("a city", "a city skyline", "a town with tall buildings", "city buildings", "a city street"),
}
TIMES: dict[Time, tuple[str, ...]] = {
    "day": ("by day", "during the day", "in daylight", "in the daytime", "at noon"),
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
THINGS: dict[str, tuple[str, str]] = {
    "house": ("house", "houses"),
    "tree": ("tree", "trees"),
    "cactus": ("cactus", "cacti"),
    "boat": ("sailboat", "sailboats"),
    "windmill": ("windmill", "windmills"),
    "lighthouse": ("lighthouse", "lighthouses"),
    "balloon": ("hot air balloon", "hot air balloons"),
    "birds": ("birds", "birds"),
    "sheep": ("sheep", "sheep"),
    "tent": ("tent", "tents"),
    "bridge": ("stone bridge", "stone bridges"),
    "castle": ("castle", "castles"),
}
SHORTER = {"sailboat": "boat", "hot air balloon": "balloon", "stone bridge": "bridge"}
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
STYLES = ("a paper cut of", "a papercut picture of", "a picture of", "paper art of", "a paper landscape of")
VISIBLE = 0.7
"""A thing is named only where at least this share of its width is inside."""


@dataclass(frozen=True)
class Scene:
    """What can be seen of a panorama between two columns."""

    biome: Biome
    time: Time
    weather: Weather
    things: tuple[Thing, ...]


def visible(truth: Truth, left: float, right: float) -> Scene:
    """The scene between two columns, in picture pixels."""
    things = [thing for thing in (truth.light, *truth.things) if thing.box.share_between(left, right) >= VISIBLE]
    return Scene(truth.biome, truth.time, truth.weather, tuple(things))


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """One of the many sentences that are true of a scene."""
    place = _one(rng, PLACES[scene.biome]) if rng.random() < 0.9 else ""
    time = _one(rng, TIMES[scene.time]) if rng.random() < 0.8 else ""
    odds = 0.35 if scene.weather in ("clear", "clouds") else 0.75
    fitting = [phrase for phrase in WEATHERS[scene.weather] if not ("sky" in phrase and "sky" in time)]
    weather = _one(rng, fitting) if rng.random() < odds else ""
    things = _listed(_named(rng, scene.things))
    sentence = _arranged(rng, place, time, weather, things)
    return f"{_one(rng, STYLES)} {sentence}" if rng.random() < 0.12 else sentence


def _arranged(rng: np.random.Generator, place: str, time: str, weather: str, things: str) -> str:
    """The parts in one of the orders that English allows; empty parts fall away."""
    when = [part for part in ((time, weather) if rng.random() < 0.5 else (weather, time)) if part]
    if not place and things:
        return " ".join([things, *when])
    setting = " ".join([place or "a landscape", *when])
    if not things:
        return setting
    if rng.random() < 0.4:
        return f"{things} {PREPOSITIONS.get(place, 'in')} {setting}"
    return f"{setting}, {things}" if "with" in setting or rng.random() < 0.4 else f"{setting} with {things}"


PREPOSITIONS: dict[str, str] = {
    **dict.fromkeys(PLACES["sea"], "on"),
    **dict.fromkeys(PLACES["mountains"], "in front of"),
    "waves on the sea": "above",
    "the mountains": "in",
    "mountains": "in",
    "green hills": "on",
    "rolling hills": "on",
    "snow covered hills": "on",
    "snowy hills": "on",
    "desert dunes": "on",
    "sand dunes": "on",
    "city buildings": "in front of",
    "a city skyline": "in front of",
}


def _named(rng: np.random.Generator, things: Sequence[Thing]) -> list[str]:
    """Some or all of the things, equal ones counted, colours sometimes left out."""
    if rng.random() < 0.2:
        return []
    keep = 1.0 if rng.random() < 0.6 else 0.5
    coloured = rng.random() < 0.8
    groups = Counter((thing.kind, thing.colour if coloured else None) for thing in things)
    names = [_counted(rng, kind, colour, count) for (kind, colour), count in groups.items() if rng.random() < keep]
    return [names[index] for index in rng.permutation(len(names))]


def _counted(rng: np.random.Generator, kind: str, colour: str | None, count: int) -> str:
    """ "a red house", "two tents", "trees", "the moon"."""
    if kind in ("sun", "moon"):
        return _one(rng, (f"the {kind}", f"a {kind}", "a crescent moon" if kind == "moon" else "a round sun"))
    if kind == "birds":
        return _one(rng, ("birds", "a flock of birds", "flying birds"))
    single, plural = THINGS[kind]
    if single in SHORTER and rng.random() < 0.5:
        single, plural = SHORTER[single], f"{SHORTER[single]}s"
    paint = f"{colour} " if colour else ""
    if count == 1:
        article = "an" if (paint or single)[0] in "aeio" else "a"
        return f"{article} {paint}{single}"
    return f"{NUMBERS[count]} {paint}{plural}" if count in NUMBERS and rng.random() < 0.7 else f"{paint}{plural}"


def _listed(names: list[str]) -> str:
    """ "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _one(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]


def vocabulary() -> list[dict[str, str | list[str]]]:
    """The phrases a person can choose from, grouped for a menu."""
    things = [single if single == plural == "birds" else f"a {single}" for single, plural in THINGS.values()]
    return [
        {"name": "Places", "phrases": [phrase for phrases in PLACES.values() for phrase in phrases]},
        {"name": "Times of day", "phrases": [phrase for phrases in TIMES.values() for phrase in phrases]},
        {"name": "Weather", "phrases": [phrase for phrases in WEATHERS.values() for phrase in phrases]},
        {"name": "Things", "phrases": [*things, "the sun", "the moon"]},
    ]
