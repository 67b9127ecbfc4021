"""The prompt of a coarse view contains the words that its model learned for such views."""

from typing import Any

import pytest

from backend.contracts.graph import ObservableSpec
from backend.contracts.job import Compiled, Job
from backend.contracts.limits import MAX_TEXT
from backend.contracts.model import CoarseWords, ModelDescription
from backend.graph import Limits, compile_job, resolve
from tests.unit.graph.documents import MODEL, MODELS, illusion, panorama, regions, scene, texture

WORDS = [
    CoarseWords(across=2.5, down=1, words="a strip of"),
    CoarseWords(down=1, words="a long strip of"),
    CoarseWords(across=1, words="a tower of"),
    CoarseWords(words="a field of"),
]
TAUGHT = MODELS | {
    "papercut": MODEL.model_copy(update={"description": MODEL.description.model_copy(update={"coarse_words": WORDS})})
}


def compiled(layout: dict[str, Any], **sampling: Any) -> Compiled:
    settings = {"model": "papercut", "coarse": {}, **sampling}
    job = Job.model_validate({"layout": layout, "sampling": settings})
    return compile_job(resolve(job, TAUGHT, Limits()), TAUGHT, Limits())


def coarse(layout: dict[str, Any], **sampling: Any) -> list[ObservableSpec]:
    return [one for one in compiled(layout, **sampling).graph.observables if one.name.startswith("coarse")]


def asked(layout: dict[str, Any], **sampling: Any) -> list[str]:
    return [one.prompted.prompt for one in coarse(layout, **sampling)]


@pytest.mark.parametrize(
    ("layout", "prompts"),
    [
        (panorama(512, 128), ["a long strip of a desert"]),
        (panorama(512, 128, wrap="x"), ["a long strip of a desert"]),
        (regions((0, 0, 64, 64)), ["a field of a meadow"]),
        (scene(), ["a strip of a desert", "a strip of a cactus", "a strip of a cactus in a desert"]),
        (texture(), ["a field of pebbles"]),
        (illusion(width=256), ["a strip of a thing, seen identity", "a strip of a thing, seen rotate_180"]),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_every_layout_uses_the_words(layout: dict[str, Any], prompts: list[str]) -> None:
    assert asked(layout) == prompts


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (136, 128, "a strip of"),
        (320, 100, "a strip of"),
        (321, 128, "a long strip of"),
        (128, 136, "a tower of"),
        (256, 129, "a field of"),
    ],
)
def test_the_words_follow_from_the_canvas_in_windows(width: int, height: int, words: str) -> None:
    assert asked(panorama(width, height)) == [f"{words} a desert"]


def test_the_words_use_the_jobs_window_size() -> None:
    assert asked(panorama(1024, 256), windows={"size": 256}) == ["a long strip of a desert"]


def test_a_quarter_turn_of_a_wide_picture_is_tall() -> None:
    layout = illusion({"transform": "flip_x"}, {"transform": "rotate_90"}, {"transform": "rotate_270"}, width=256)
    assert [prompt.split(" of ")[0] for prompt in asked(layout)] == ["a strip", "a tower", "a tower"]


@pytest.mark.parametrize(
    "layout",
    [panorama(256, 128), regions(width=256, height=128), scene(), texture(256, 128)],
    ids=lambda layout: layout["kind"],
)
def test_a_prompt_of_its_own_is_begun_with_them_too(layout: dict[str, Any]) -> None:
    assert asked(layout, coarse={"prompt": "a postcard"})[-1] == "a strip of a postcard"


def test_only_the_prompt_of_the_coarse_view_gets_the_words() -> None:
    graph = compiled(panorama(256, 128, negative_prompt="fog")).graph
    assert [one.prompted.prompt for one in graph.observables] == ["a desert"] * 3 + ["a strip of a desert"]
    assert {one.prompted.negative_prompt for one in graph.observables} == {"fog"}


@pytest.mark.parametrize("prompt", ["", "  ", "a strip of sand", "A strip of sand"])
def test_an_empty_prompt_and_one_with_the_words_stay_unchanged(prompt: str) -> None:
    assert asked(panorama(256, 128) | {"prompt": prompt}) == [prompt]


def test_several_prompts_are_asked_for_in_their_places() -> None:
    windows = [{"prompt": one} for one in ("dunes", "the sea", "the sea", "dunes")]
    layout = panorama(512, 128) | {"prompt": None, "windows": windows}
    assert asked(layout) == ["a long strip of dunes, the sea, dunes"]


def test_a_prompt_keeps_its_greatest_length() -> None:
    for windows in (["x" * MAX_TEXT], ["x" * MAX_TEXT, "y"]):
        layout = panorama(256, 128) | {"prompt": None, "windows": [{"prompt": one} for one in windows]}
        (view,) = coarse(layout)
        assert view.prompted.prompt == f"a strip of {'x' * (MAX_TEXT - 11)}"
        assert ObservableSpec.model_validate_json(view.model_dump_json()) == view


def test_each_model_gets_its_own_words() -> None:
    layout = scene(object={"prompt": "a cactus", "model": "poseless"})
    assert asked(layout) == ["a strip of a desert", "a cactus", "a strip of a cactus in a desert"]


def test_a_description_from_before_there_were_words_has_none() -> None:
    before = MODEL.description.model_dump_json(exclude={"coarse_words"})
    assert ModelDescription.model_validate_json(before).coarse_words == []
