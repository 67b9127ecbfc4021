"""The answers that the judge is trained on are true of the drawings, and the judge can learn them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.contracts.pose import JOINTS
from benchmarks.judge import JudgeError
from benchmarks.judge.accuracy import BAR, examine, under_the_bar
from benchmarks.judge.examples import Bodies, Drawings, Faces, Landscapes, batch_maker, draw_any_figure, halved
from benchmarks.judge.judge import BUNDLED, READERS, load_reader, read, save_reader, steps_of
from benchmarks.judge.questions import GRID, OBJECTS, UNKNOWN, of_landscape
from benchmarks.judge.readers import Reader, body_reader, face_reader, landscape_reader, reading_loss
from training.loop import Plan, Run, train
from training.papercut.drawing import BIOMES, WEATHERS, Box, Thing, Truth, draw_panorama
from training.papercut.drawing.figure import is_unseen


@pytest.fixture(scope="module")
def wide() -> Drawings:
    """Three landscapes with their truths."""
    drawn = [draw_panorama(seed) for seed in range(3)]
    return Drawings(np.stack([one.pixels for one in drawn]), [one.truth for one in drawn])


@pytest.fixture(scope="module")
def bodies() -> Drawings:
    """Eight figures with their truths."""
    drawn = [draw_any_figure(seed) for seed in range(8)]
    return Drawings(np.stack([one.pixels for one in drawn]), [one.truth for one in drawn])


def truth_with(*boxes: Box) -> Truth:
    sun = Thing("sun", Box(10, 10, 40, 40))
    return Truth("sea", "day", "clear", sun, tuple(Thing("boat", box) for box in boxes), (), 512, 128, 60, 80)


def test_a_thing_is_marked_in_the_cell_of_its_middle_and_nothing_is_asked_around_it():
    cells = of_landscape(truth_with(Box(200, 60, 240, 100)), Box(128, 0, 256, 128)).objects
    assert cells is not None
    boat = cells[OBJECTS.index("boat")]
    assert np.argwhere(boat == 1).tolist() == [[5, 5]]
    assert boat[4, 4] == boat[6, 6] == UNKNOWN
    assert (boat[:, :3] == 0).all()
    assert (cells[OBJECTS.index("sun")] == 0).all()


def test_of_a_thing_that_is_half_in_view_nothing_is_asked():
    cells = of_landscape(truth_with(Box(108, 60, 148, 100)), Box(128, 0, 256, 128)).objects
    assert cells is not None
    boat = cells[OBJECTS.index("boat")]
    assert (boat != 1).all()
    assert (boat == UNKNOWN).any()


def test_bare_sky_is_not_asked_for_its_place():
    truth = replace(truth_with(), height=256, land_top=150, sky_bottom=180)
    sky, whole = (of_landscape(truth, Box(0, top, 128, top + 128)).choices for top in (0, 128))
    assert sky["biome"] == UNKNOWN
    assert whole["biome"] == BIOMES.index("sea")
    assert sky["time"] == whole["time"]


def test_where_no_cloud_is_in_view_it_is_not_asked_whether_there_are_any():
    cloudy = replace(truth_with(), weather="clouds", clouds=(Box(100, 20, 150, 40),))
    here, half, away = (
        of_landscape(cloudy, Box(left, 0, left + 128, 128)).choices["weather"] for left in (90, 125, 300)
    )
    assert here == WEATHERS.index("clouds")
    assert half == away == UNKNOWN
    assert of_landscape(truth_with(), Box(300, 0, 428, 128)).choices["weather"] == WEATHERS.index("clear")


def test_figures_of_the_judge_wear_anything():
    truths = [draw_any_figure(seed).truth for seed in range(60)]
    assert any(is_unseen(truth.outfit, truth.face) for truth in truths)


def test_views_are_cut_where_their_answers_are_true(wide: Drawings, bodies: Drawings):
    stream = np.random.default_rng(0)
    pixels, answers = Landscapes(wide, wide)(stream)
    assert pixels.shape == (128, 128, 3)
    assert BIOMES[answers.choices["biome"]] in {truth.biome for truth in wide.truths}
    pixels, answers = Bodies(bodies)(stream)
    assert pixels.shape == (128, 128, 3)
    assert answers.joints is not None
    assert answers.joints.shape == (len(JOINTS), 2)
    assert answers.joints.min() > 0
    assert answers.joints.max() < 1


def test_halving_takes_means():
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[:2, :2] = [[[0] * 3, [100] * 3], [[100] * 3, [200] * 3]]
    assert halved(picture)[:, :, 0].tolist() == [[100, 0], [0, 0]]


@pytest.mark.parametrize("make", [landscape_reader, face_reader, body_reader])
def test_a_reader_reads_every_question(make: Callable[[], Reader]):
    reading = read(make(), np.zeros((2, 128, 128, 3), np.uint8))
    assert all(chosen.shape == (2,) for chosen in reading.choices.values())
    if reading.objects is not None and reading.places is not None:
        assert reading.objects.shape == (2, len(OBJECTS))
        assert reading.places.max() < GRID


def test_pictures_of_another_shape_are_refused():
    with pytest.raises(JudgeError, match="cut or halve"):
        read(face_reader(), np.zeros((2, 256, 256, 3), np.uint8))


def test_a_reader_learns_and_goes_on_where_it_was_cut(tmp_path: Path, bodies: Drawings):
    torch.manual_seed(0)
    faces = Faces(bodies)
    plan = Plan(24, 0, 2e-3, log_every=4, warmup=4)
    make = batch_maker(faces, 8)
    train(Run(face_reader(), plan, tmp_path, "faces"), make, reading_loss, until=8)
    run = train(Run(face_reader(), plan, tmp_path, "faces"), make, reading_loss)
    assert run.step == 24
    save_reader(run.ema.module, run.step, tmp_path, "faces")
    assert steps_of(tmp_path, "faces") == 24
    assert steps_of(tmp_path, "bodies") is None
    stream = np.random.default_rng(0)
    figures = examine(load_reader(tmp_path, "faces"), [faces(stream) for _ in range(24)], 128)
    assert figures["length"] > 0.7
    with pytest.raises(JudgeError, match=r"benchmarks\.judge train"):
        load_reader(tmp_path, "bodies")


@pytest.mark.parametrize("name", READERS)
def test_the_bundled_readers_are_right_about_drawings_that_they_were_not_trained_on(
    name: str, wide: Drawings, bodies: Drawings
):
    source = {"landscapes": Landscapes(wide, wide), "faces": Faces(bodies), "bodies": Bodies(bodies)}[name]
    stream = np.random.default_rng(2)
    figures = examine(load_reader(BUNDLED, name), [source(stream) for _ in range(40)], 256)
    assert figures.pop("pose_error", 0.0) < 3
    assert min(figures.values()) > 0.9


def test_what_is_under_the_bar_is_said():
    report = {"bodies": {"steps": 10, "outfit": BAR, "pose_error": 3.0}, "faces": {"steps": 9, "hat": 0.5}}
    assert under_the_bar(report) == ["faces are right about hat in 0.500 of held-out drawings, under the 0.98 asked"]
