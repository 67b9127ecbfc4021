"""A prompt with weights that the worker would refuse is refused when the job is sent."""

from typing import Any

import pytest

from backend.contracts.limits import MAX_PROMPT_WEIGHT
from backend.graph import LayoutError
from tests.unit.graph.documents import compiled, panorama, regions
from worker.diffusion.errors import DiffusionError
from worker.diffusion.wording import Wording

TOO_MUCH = "(a red ball)5.5 on the grass"


@pytest.mark.parametrize(
    ("layout", "sampling", "where"),
    [
        ({**panorama(512, 128), "prompt": TOO_MUCH}, {}, ["layout", "prompt"]),
        ({**panorama(512, 128), "negative_prompt": TOO_MUCH}, {}, ["layout", "negative_prompt"]),
        (regions((0, 0, 64, 64), prompt=TOO_MUCH), {}, ["layout", "patches", 0, "prompt"]),
        (panorama(512, 128), {"coarse": {"prompt": TOO_MUCH}}, ["sampling", "coarse", "prompt"]),
    ],
    ids=["prompt", "negative", "patch", "coarse"],
)
def test_weights_above_the_most_are_refused_where_they_stand(
    layout: dict[str, Any], sampling: dict[str, Any], where: list[str | int]
) -> None:
    with pytest.raises(LayoutError, match=r"'a red ball' the weight 5.5; weights go from 0 to 5") as refused:
        compiled(layout, sampling)
    assert refused.value.location == where


@pytest.mark.parametrize(
    "prompt",
    [
        *(f"(a red ball){MAX_PROMPT_WEIGHT}", "(fog)0.5", r"a photograph \(c\)1950", "house (old) 1950"),
        *("3 of 4) 99 balloons", "((a)9", "a smile ()9"),  # unclosed or empty brackets are plain text
        *("((a)2 b)2.5", "(a)+++ ball++", "(((a)3)0.5)3", "file.and(more)", "the end.", r"\(a\).swap"),
    ],
)
def test_what_the_worker_would_take_is_taken(prompt: str) -> None:
    compiled({**panorama(512, 128), "prompt": prompt})
    Wording.read(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        *(TOO_MUCH, "a photograph (c)1950", "fog, (a) (b)9", "((a)3 b)3", "(((a)-- b)3 c)2", "((a)2)++++++++++"),
        *('("a cat", "a dog").blend(1, 1)', '("a cat", "a dog").and()', "cat.swap(dog)", "a cat withLora(fur, 0.5)"),
    ],
)
def test_what_is_refused_here_the_worker_would_refuse(prompt: str) -> None:
    with pytest.raises(LayoutError):
        compiled({**panorama(512, 128), "prompt": prompt})
    with pytest.raises(DiffusionError):
        Wording.read(prompt)
