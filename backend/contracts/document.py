"""The base of all documents that programs exchange. They are frozen and strict, without unknown fields or non-finite
numbers."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.contracts.fields import IsPrompt, NamesUpload
from backend.contracts.limits import MAX_NAME, MAX_SEED, MAX_TEXT

Text = Annotated[str, Field(max_length=MAX_TEXT)]
Prompt = Annotated[
    Text,
    IsPrompt(),
    Field(
        description="What the model is told. Parts may be weighted, by compel's syntax: `ball++` and `fog-` count "
        "more and less (1.1 and 0.9 a sign), `(a red ball)1.4` as much as the number says, from 0 to 5; weights within "
        "weights multiply. Parentheses without a number or sign behind them are prose, and a backslash makes prose of "
        "a mark, as in `C\\+\\+`. What is longer than the model reads at once is read in several parts."
    ),
]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


def _forwards(share: list[float]) -> list[float]:
    if share[0] >= share[1]:
        raise ValueError(f"must run forwards: {share[0]} is not before {share[1]}")
    return share


RunRange = Annotated[
    list[Annotated[float, Field(ge=0, le=1)]],
    Field(
        min_length=2,
        max_length=2,
        description="A part of the run, [first, last). Each end is a fraction of the run's steps.",
    ),
    AfterValidator(_forwards),
]
Fade = Annotated[
    list[Annotated[float, Field(ge=0, le=1)]],
    Field(
        min_length=2,
        max_length=2,
        description="[in, out], in fractions of the run's steps: the weight rises over `in` from the start of its part "
        "of the run, and falls over `out` towards the end of that part.",
    ),
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PictureId = Annotated[Sha256, NamesUpload("picture")]
"""The id of an upload that is read in colour."""
MaskId = Annotated[Sha256, NamesUpload("mask")]
"""The id of an upload that is read in grey."""


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
