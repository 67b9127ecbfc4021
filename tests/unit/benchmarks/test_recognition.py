"""A model's own errors tell which of ten prompts is true of a drawing."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.recognition import PROMPTS, Question, Recogniser, question, recognised
from tests.tiny.things import PAINTS, write_made_up_things
from training.papercut.cutouts.compose import HELD_OUT_STYLE
from training.papercut.drawing import draw_panorama

PAPERCUT = Path(__file__).parents[3] / "models" / "papercut"
PLACES = ("a desert", "the sea", "a forest", "mountains", "a snowy landscape", "a city")


@pytest.fixture(scope="module")
def model() -> Recogniser:
    return Recogniser(PAPERCUT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("things")
    write_made_up_things(target)
    return target


def test_a_question_shows_a_thing_and_names_ten(folder: Path):
    for number in range(4):
        asked = question(number, "held out", folder)
        assert asked.pixels.shape == (128, 128, 3)
        assert len(set(asked.prompts)) == PROMPTS
        paint = np.array(PAINTS[HELD_OUT_STYLE])
        hues = asked.pixels.astype(int) - asked.pixels.min(2, keepdims=True)
        assert (hues.argmax(2) == paint.argmax()).any(), "the thing is in view, in the light of its place"
        again = question(number, "held out", folder)
        assert again.prompts == asked.prompts
        assert (again.pixels == asked.pixels).all()


def test_the_bundled_model_recognises_the_places_that_it_draws(model: Recogniser):
    hits = []
    for number, (biome, place) in enumerate(
        zip(("desert", "sea", "forest", "mountains", "snow", "city"), PLACES, strict=True)
    ):
        drawn = draw_panorama(960_000_000 + number, biome=biome, time="day").pixels[:, 200:328]
        errors = model.errors(Question(drawn, tuple(f"{one} by day" for one in PLACES)), number)
        assert errors.shape == (len(PLACES),)
        hits.append(PLACES[int(errors.argmin())] == place)
    assert np.mean(hits) > 0.8, hits


def test_the_error_is_smaller_under_the_same_noise_only_by_the_prompt(model: Recogniser, folder: Path):
    asked = question(0, "trained", folder)
    same = Question(asked.pixels, (asked.prompts[0], asked.prompts[0]))
    first, second = model.errors(same, 0).tolist()
    assert first == pytest.approx(second, rel=1e-5)


def test_a_share_has_its_standard_error(model: Recogniser, folder: Path):
    found = recognised(model, "trained", 4, folder)
    assert found.pictures == 4
    assert found.right in (0, 0.25, 0.5, 0.75, 1)
    assert found.error == pytest.approx((found.right * (1 - found.right) / 4) ** 0.5)
