"""Helpers of all captions."""

from collections.abc import Sequence

import numpy as np


def one(rng: np.random.Generator, choices: Sequence[str]) -> str:
    """Choose one of the choices."""
    return choices[int(rng.integers(len(choices)))]


def some(rng: np.random.Generator, parts: Sequence[str], share: float) -> list[str]:
    """Choose each part with probability `share`, in random order, without empty parts."""
    kept = [part for part in parts if part and rng.random() < share]
    return [kept[index] for index in rng.permutation(len(kept))]


def listed(names: Sequence[str]) -> str:
    """Join names, as in "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def with_article(noun: str) -> str:
    """Add the article, as in "an orange tent", "a red house", "an umbrella", "a unicorn"."""
    return f"{'an' if noun.startswith(('a', 'e', 'i', 'o', 'um')) else 'a'} {noun}"
