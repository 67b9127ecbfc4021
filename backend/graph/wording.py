r"""Refusing weights of prompts, as in `(a red ball)1.4`, that the worker would refuse: before a job waits its turn.

The worker reads prompts with a library that this process does without. What is found here is plain to see; whatever is
not, nested as it may be, fails in the worker with the same sentence.
"""

import re
from itertools import accumulate

from backend.contracts.fields import IsPrompt, marked
from backend.contracts.job import Job
from backend.contracts.limits import MAX_PROMPT_WEIGHT
from backend.graph.errors import LayoutError

_PARENTHESIS = re.compile(r"(?<!\\)[()]")
_WEIGHTED = re.compile(r"(?<!\\)\(([^()]*\w[^()]*)(?<!\\)\)(\d+(?:\.\d+)?)")


def check_weights(job: Job) -> None:
    """LayoutError for a prompt that weighs a part of it by more than MAX_PROMPT_WEIGHT."""
    for location, prompt in marked(job, IsPrompt):
        for text, weight in _WEIGHTED.findall(prompt) if _balanced(prompt) else []:
            if float(weight) > MAX_PROMPT_WEIGHT:
                raise LayoutError(beyond(text, float(weight)), [*location])


def _balanced(prompt: str) -> bool:
    """Tell whether every parenthesis is closed. Where one is not, only the worker's parser knows what is a weight."""
    depths = list(accumulate(1 if one == "(" else -1 for one in _PARENTHESIS.findall(prompt)))
    return not depths or (min(depths) == 0 and depths[-1] == 0)


def beyond(text: str, weight: float) -> str:
    """Return the sentence that refuses a part of a prompt whose weight is out of range."""
    return (
        f"the prompt gives {text!r} the weight {weight:g}; weights go from 0 to {MAX_PROMPT_WEIGHT:g}. A number behind "
        "parentheses is a weight: write \\( and \\) where they mean nothing, as in \\(c\\)1950"
    )
