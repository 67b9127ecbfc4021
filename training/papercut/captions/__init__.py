"""Captions that are true of a view, and the phrases that the studio suggests."""

from training.papercut.captions.figure import EARRINGS, GESTURES, GLASSES, HAIRS, HATS, body_caption, face_caption
from training.papercut.captions.landscape import (
    COARSE_WORDS,
    PLACES,
    THINGS,
    TIMES,
    WEATHERS,
    Scene,
    caption,
    coarse_prefix,
    visible,
    whole_height,
)
from training.papercut.captions.wording import with_article
from training.papercut.cutouts.catalogue import catalogue
from training.papercut.drawing.figure.truth import LENGTHS, OUTFITS

__all__ = [
    "COARSE_WORDS",
    "Scene",
    "body_caption",
    "caption",
    "coarse_prefix",
    "face_caption",
    "visible",
    "vocabulary",
    "whole_height",
]


def vocabulary() -> list[dict[str, str | list[str]]]:
    """Return the suggested phrases in groups, for a menu."""
    things = [names[0][0] if kind == "birds" else with_article(names[0][0]) for kind, names in THINGS.items()]
    hair = [f"{length} {colours[0]} hair" for colours in HAIRS.values() for length in LENGTHS]
    hats = [names[0] for hat, names in HATS.items() if hat != "none"]
    return [
        {"name": "Places", "phrases": [phrase for phrases in PLACES.values() for phrase in phrases]},
        {"name": "Times of day", "phrases": [phrase for phrases in TIMES.values() for phrase in phrases]},
        {"name": "Weather", "phrases": [phrase for phrases in WEATHERS.values() for phrase in phrases]},
        {"name": "Things", "phrases": [*things, "the sun", "the moon"]},
        *({"name": group, "phrases": phrases} for group, phrases in _catalogue_phrases().items()),
        {"name": "Figures", "phrases": [with_article(outfit) for outfit in OUTFITS]},
        {"name": "Gestures", "phrases": [phrases[0] for phrases in GESTURES.values()]},
        {"name": "Faces", "phrases": [*hair, *hats, EARRINGS[0], GLASSES[0]]},
    ]


def _catalogue_phrases() -> dict[str, list[str]]:
    """Return the things of the catalogue that are not among the THINGS, such as "a penguin", in the
    catalogue's groups."""
    groups: dict[str, list[str]] = {}
    for kind in catalogue().values():
        if kind.kind not in THINGS:
            groups.setdefault(kind.group, []).append(with_article(kind.names[0][0]))
    return groups
