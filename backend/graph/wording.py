"""Refuse a prompt when the job is sent if the worker would refuse it. Such a prompt has a weight out of range, as in
`(a ball)14`, or uses syntax that Inlay does not support.

The worker reads prompts with compel, which needs torch and takes seconds for a long prompt. This module reads the same
marks, and leaves a doubtful prompt to the worker. Such a prompt has an open parenthesis, for example, which compel
reads as plain text.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from backend.contracts.fields import IsPrompt, marked
from backend.contracts.job import Job
from backend.contracts.limits import MAX_PROMPT_WEIGHT
from backend.graph.errors import LayoutError

UNSUPPORTED = (
    "the prompt uses .blend(), .and(), .swap() or withLora(), which Inlay does not support. It supports weights, as in "
    "ball++ or (a red ball)1.4. Name LoRAs in `loras`, and draw a patch for each thing to combine"
)

_PARENTHESIS = re.compile(r"(?<!\\)[()]")
_FUNCTION = re.compile(r'(?<=[)"])\.(?:blend|and)\(|(?<=[\w)])\.swap\([^()]*\)|\b(?:with|use)Lora\(')
_WEIGHT = re.compile(r"\d+(?:\.\d+)?|\++|-+")


class _Group(NamedTuple):
    """The text inside a pair of parentheses, and the product of its own weight and those of the parentheses
    around it."""

    text: str
    weight: float


def check_weights(job: Job) -> None:
    """Raises LayoutError for a prompt with a weight above MAX_PROMPT_WEIGHT, or with unsupported syntax."""
    for location, prompt in marked(job, IsPrompt):
        if not _balanced(prompt):
            continue
        if _FUNCTION.search(prompt):
            raise LayoutError(UNSUPPORTED, [*location])
        for text, weight in _groups(prompt):
            if weight > MAX_PROMPT_WEIGHT:
                raise LayoutError(beyond(text, weight), [*location])


def _balanced(prompt: str) -> bool:
    """Tell whether every parenthesis is closed. If not, only the worker's parser knows which numbers are weights."""
    depths = list(accumulate(1 if one == "(" else -1 for one in _PARENTHESIS.findall(prompt)))
    return not depths or (min(depths) == 0 and depths[-1] == 0)


def _groups(prompt: str) -> Iterator[_Group]:
    """Yield each group of a balanced prompt that has words outside its inner groups, with its total weight."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for one in _PARENTHESIS.finditer(prompt):
        if one[0] == "(":
            opened.append(one.start())
        else:
            ends[opened.pop()] = one.start()
    pending = [(0, len(prompt), 1.0)]
    while pending:
        first, last, weight = pending.pop()
        own, at = "", first
        for start in sorted(ends):
            if at <= start < last:
                factor, after = _weight(prompt, ends[start] + 1)
                pending.append((start + 1, ends[start], weight * factor))
                own, at = f"{own}{prompt[at:start]} ", after
        own += prompt[at:last]
        if first > 0 and re.search(r"\w", own):
            yield _Group(" ".join(own.split()), weight)


def _weight(prompt: str, at: int) -> tuple[float, int]:
    """Return the weight directly after a parenthesis (a number, 1.1 for each +, or 0.9 for each -), and the index after
    it."""
    match = _WEIGHT.match(prompt, at)
    if match is None:
        return 1.0, at
    sign = {"+": 1.1, "-": 0.9}.get(match[0][0])
    return (float(match[0]) if sign is None else sign ** len(match[0])), match.end()


def beyond(text: str, weight: float) -> str:
    """Return the sentence that refuses a part of a prompt whose weight is out of range."""
    return (
        f"the prompt gives {text!r} the weight {weight:g}; weights go from 0 to {MAX_PROMPT_WEIGHT:g}. A number "
        "after parentheses is a weight. If it is not meant as a weight, write \\( and \\), as in \\(c\\)1950"
    )
