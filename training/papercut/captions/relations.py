"""Words for the sizes of things and for the relation of two things, from their boxes."""

from collections.abc import Sequence

import numpy as np

from training.papercut.captions.wording import one
from training.papercut.cutouts.catalogue import catalogue
from training.papercut.drawing.truth import Box, Thing

LARGE, SMALL = 92, 42
"""The least height of a large thing and the largest height of a small one, in pixels of a window of 128."""
NEAR = 40
"""The largest distance, in pixels, between two things that a caption calls neighbours."""
FRONT, BACK = ("in front of",), ("behind",)
LEFT = ("to the left of", "beside", "next to", "near", "left of")
RIGHT = ("to the right of", "beside", "next to", "near", "right of")
ABOVE, BELOW = ("above", "over", "high above"), ("below", "under")


def kind_is_sized(kind: str) -> bool:
    """Return whether a kind is in the catalogue, whose drawings have every size. Some of these kinds are also drawn by
    hand, at one size."""
    return kind in catalogue()


def size_word(rng: np.random.Generator, group: Sequence[Thing]) -> str:
    """Return a word such as "huge " or "small " for a quarter of the groups of catalogue kinds that are large or small
    enough, else an empty text."""
    if not kind_is_sized(group[0].kind) or rng.random() > 0.25:
        return ""
    heights = [thing.box.bottom - thing.box.top for thing in group]
    if min(heights) >= LARGE:
        return one(rng, ("huge ", "big ", "large ", "giant "))
    return one(rng, ("small ", "tiny ", "little ")) if max(heights) <= SMALL else ""


def relation(
    rng: np.random.Generator, things: Sequence[Thing], first: Sequence[Thing], second: Sequence[Thing]
) -> str | None:
    """Return a relation that is true of two groups of things, such as "behind" or "next to". Return None if there is
    none, or if one of the groups is the sun or the moon. `things`: all things, in drawing order."""
    if any(group[0].kind in ("sun", "moon") for group in (first, second)):
        return None
    here, there = _around(first), _around(second)
    if here.overlaps(there):
        if len(first) > 1 or len(second) > 1:
            return None
        return one(rng, FRONT if _index(things, first[0]) > _index(things, second[0]) else BACK)
    if here.bottom <= there.top or there.bottom <= here.top:
        return one(rng, ABOVE if here.bottom <= there.top else BELOW)
    if max(there.left - here.right, here.left - there.right) > NEAR:
        return None
    return one(rng, LEFT if here.right <= there.left else RIGHT)


def _index(things: Sequence[Thing], wanted: Thing) -> int:
    return next(index for index, thing in enumerate(things) if thing is wanted)


def _around(group: Sequence[Thing]) -> Box:
    """Return the box around all things of a group."""
    boxes = [thing.box for thing in group]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
