"""The tasks ask for what they check, the methods cost the same, and a row says what the pictures show."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.contracts.layout import Panorama, Portrait
from benchmarks.judge.judge import Judge
from benchmarks.judge.questions import FACE, LANDSCAPE
from benchmarks.judge.readers import body_reader, face_reader, landscape_reader
from benchmarks.quality import QualityError
from benchmarks.quality.methods import COMPOSERS, FAIR, PLAIN, Studio, composed, native
from benchmarks.quality.rows import Bench, Shown, narrowed, real_drawings, rights
from benchmarks.quality.tasks import TASKS, cases, neutral
from worker.training.drawing.figure import UNSEEN

MODELS = Path(__file__).parents[3] / "models"
torch.manual_seed(0)
JUDGE = Judge({"landscapes": landscape_reader(), "faces": face_reader(), "bodies": body_reader()})


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio.of(MODELS, "papercut")


@pytest.fixture(scope="module")
def posing(studio: Studio) -> Studio:
    """The same model, described as one that follows poses."""
    known = studio.described["papercut"]
    description = known.description.model_copy(update={"controlnets": ["pose"]})
    return Studio("papercut", {"papercut": known.model_copy(update={"description": description})}, studio.models)


@pytest.mark.parametrize("task", TASKS)
def test_cases_follow_from_the_seed(task: str):
    first, again, other = (
        [(case.layout, [part.prompt for part in case.parts]) for case in cases(task, seed, 4)] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other
    assert cases(task, 1, 2)[1].layout == first[1][0]


@pytest.mark.parametrize("task", TASKS)
def test_what_is_checked_lies_in_the_picture_and_can_be_answered(task: str):
    for case in cases(task, 0, 6):
        kind = Portrait if task == "portrait" else Panorama
        canvas = kind.model_validate(case.layout).canvas
        for check in case.checks:
            assert 0 <= check.box.left < check.box.right <= canvas.width
            assert 0 <= check.box.top < check.box.bottom <= canvas.height
            for question, wanted in check.wanted.items():
                assert wanted in (LANDSCAPE | FACE | {"outfit": tuple({pair.outfit for pair in UNSEEN})})[question]


def test_a_portrait_asks_for_a_pair_that_training_never_shows():
    for case in cases("portrait", 0, 12):
        head, body = case.parts
        named = head.checks[0].wanted
        pairs = [pair for pair in UNSEEN if pair.outfit == body.checks[0].wanted["outfit"]]
        assert any(all(str(getattr(pair, name)) in (value, "True") for name, value in named.items()) for pair in pairs)
    assert cases("portrait", 0, 1)[0].parts[0].draw(1).shape == (256, 256, 3)


@pytest.mark.parametrize("task", ["panorama-1", "panorama-3"])
def test_methods_cost_the_same(studio: Studio, task: str):
    case = cases(task, 0, 1)[0]
    fair = composed(studio, PLAIN, case, 1).cost
    for method in COMPOSERS[task]:
        assert abs(composed(studio, method, case, 1).cost - fair) <= FAIR * fair


def test_the_control_alone_costs_as_much_and_is_asked_for_everything(posing: Studio):
    case = cases("portrait", 0, 1)[0]
    plain, control = (composed(posing, method, case, 1) for method in (PLAIN, "control"))
    assert abs(control.cost - plain.cost) <= FAIR * plain.cost
    (body,) = control.graph.observables
    assert body.prompted.pose is not None
    assert body.prompted.prompt == (f"{case.parts[1].prompt} with {case.parts[0].prompt.removeprefix('a face with ')}")


def test_a_model_that_is_not_there_is_named():
    with pytest.raises(QualityError, match="no model 'nothing'"):
        Studio.of(MODELS, "nothing")


def test_native_pictures_are_one_window_under_one_prompt(studio: Studio):
    asked = cases("panorama-3", 0, 3)
    prompts = [narrowed(case, number)[0] for number, case in enumerate(asked)]
    assert prompts == [case.parts[number].prompt for number, case in enumerate(asked)]
    compiled = native(studio, prompts[0], 1)
    assert len(compiled.graph.observables) == 1
    short = compiled.job.model_copy(update={"sampling": compiled.job.sampling.model_copy(update={"steps": 2})})
    picture = studio.paint(compiled.model_copy(update={"job": short}))
    assert picture.shape == (128, 128, 3)


def test_accuracy_is_the_share_of_what_was_named_that_is_read():
    asked = cases("panorama-1", 0, 2)
    shown = real_drawings(asked, [])
    reading = JUDGE.read("landscapes", shown.pictures[0][None, :, :128]).choices
    right = rights(JUDGE, shown)
    for question in ("biome", "time"):
        said = LANDSCAPE[question][int(reading[question][0])]
        assert right[0][0, question] == (said == asked[0].checks[0].wanted[question])
    assert len(right[0]) == 8


def test_a_row_of_drawings_has_every_figure():
    asked = cases("panorama-1", 0, 3)
    row = Bench.of(JUDGE, "panorama-1", asked, 0).row("real", real_drawings(asked, [neutral()] * 3))
    assert row.n == 3
    assert row.crop_distance_se > 0
    assert row.seam == pytest.approx(1, abs=0.6)
    assert row.far_coherence is not None
    assert row.view_forwards is None
    assert {"place_mix", "time_mix", "one_light"} <= set(row.more)


def test_a_shuffled_row_is_farther_from_drawings_and_shows_its_seams():
    asked = cases("panorama-1", 0, 6)
    bench, shown = Bench.of(JUDGE, "panorama-1", asked, 0), real_drawings(asked, [])
    noise = np.random.default_rng(0).integers(0, 255, shown.pictures.shape).astype(np.uint8)
    cut = shown.pictures.copy()
    cut[:, :, 128:256] = 255 - cut[:, :, 128:256]
    real, noisy, torn = (bench.row("tiles", Shown(one, shown.checks)) for one in (shown.pictures, noise, cut))
    assert noisy.crop_distance > real.crop_distance + 3 * real.crop_distance_se
    assert torn.seam is not None
    assert real.seam is not None
    assert torn.seam > 3 * real.seam
