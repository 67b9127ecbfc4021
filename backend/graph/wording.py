r"""Refusing weights of prompts, as in `(a red ball)1.4`, that the worker would refuse: before a job waits its turn.

The worker reads prompts with a library that this process does without. What is found here is plain to see; whatever is
not, nested as it may be, fails in the worker with the same sentence.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from backend.contracts.job import Job
from backend.graph.errors import LayoutError

MOST = 5.0  # a weight above this makes noise of a picture

Location = list[str | int]

_PARENTHESIS = re.compile(r"(?<!\\)[()]")
_WEIGHTED = re.compile(r"(?<!\\)\(([^()]*\w[^()]*)(?<!\\)\)(\d+(?:\.\d+)?)")


def check_weights(job: Job) -> None:
    """LayoutError for a prompt that weighs a part of it by more than MOST."""
    for location, prompt in _prompts(job.model_dump(include={"layout", "sampling"}), []):
        for text, weight in _WEIGHTED.findall(prompt) if _balanced(prompt) else []:
            if float(weight) > MOST:
                raise LayoutError(beyond(text, float(weight)), location)


def _balanced(prompt: str) -> bool:
    """Whether every parenthesis has its other one; where one has not, what is a weight is for the worker to say."""
    depths = list(accumulate(1 if one == "(" else -1 for one in _PARENTHESIS.findall(prompt)))
    return not depths or (min(depths) == 0 and depths[-1] == 0)


def beyond(text: str, weight: float) -> str:
    """What is said of a part of a prompt whose weight is out of range."""
    return (
        f"the prompt gives {text!r} the weight {weight:g}; weights go from 0 to {MOST:g}. A number behind parentheses "
        "is a weight: write \\( and \\) where they mean nothing, as in \\(c\\)1950"
    )


def _prompts(part: Any, location: Location) -> Iterator[tuple[Location, str]]:
    """Every prompt below a part of a document, and where it stands."""
    match part:
        case dict():
            for name, inner in part.items():
                if name in ("prompt", "negative_prompt") and isinstance(inner, str):
                    yield [*location, name], inner
                else:
                    yield from _prompts(inner, [*location, name])
        case list() | tuple():
            for index, inner in enumerate(part):
                yield from _prompts(inner, [*location, index])
        case _:
            pass
