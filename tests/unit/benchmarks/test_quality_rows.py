"""The rows of the benchmark measure their pictures, the bars check the rows, and the file keeps both."""

from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.judge.distance import Scale
from benchmarks.judge.judge import Judge, features_of
from benchmarks.judge.questions import GRID, LANDSCAPE
from benchmarks.judge.readers import FEATURES, body_reader, face_reader, landscape_reader
from benchmarks.quality import QualityError
from benchmarks.quality.bars import Bar, bars
from benchmarks.quality.cases import Case
from benchmarks.quality.landscapes import neutral
from benchmarks.quality.markdown import tables
from benchmarks.quality.rows import Bench, Reference, Row
from benchmarks.quality.shown import Shown, found, narrowed, real_drawings, rights
from benchmarks.quality.table import Table
from benchmarks.quality.tasks import READ_BY, cases
from training.papercut.drawing import Box

torch.manual_seed(0)
JUDGE = Judge({"landscapes": landscape_reader(), "faces": face_reader(), "bodies": body_reader()})


def untouched(task: str, asked: list[Case]) -> Bench:
    """Return a bench with a made-up reference, for tests in which distances do not matter."""
    made_up = np.random.default_rng(0).standard_normal((len(asked), 4, FEATURES))
    reference = Reference(made_up, Scale.of(made_up))
    own = features_of(JUDGE.readers[READ_BY[task][0]])
    return Bench(JUDGE, task, asked, 0, [(own, reference)], reference, 1.0)


@pytest.fixture(scope="module")
def panoramas() -> tuple[Bench, Shown]:
    asked = cases("panorama-1", 0, 3)
    return Bench.of(JUDGE, "panorama-1", asked, 0), real_drawings(asked, [neutral()] * 3)


def test_accuracy_is_the_share_of_what_was_named_that_is_read(panoramas: tuple[Bench, Shown]):
    bench, shown = panoramas
    reading = JUDGE.read("landscapes", shown.main[0][None, :, :128]).choices
    right = rights(JUDGE, shown)
    for question in ("biome", "time"):
        answer = LANDSCAPE[question][int(reading[question][0])]
        assert right[0][0, question] == (answer == bench.cases[0].checks[0].wanted[question])
    assert len(right[0]) == 8


def test_a_row_of_drawings_has_every_figure(panoramas: tuple[Bench, Shown]):
    bench, shown = panoramas
    row = bench.row("real", shown)
    assert row.n == 3
    assert row.crop_distance_se > 0
    assert row.seam == pytest.approx(1, abs=0.6)
    assert row.far_coherence is not None
    assert row.view_forwards is None
    assert set(row.more) == {"sharpness", "place_mix", "time_mix", "one_light"}
    assert row.more["sharpness"] == pytest.approx(1, abs=0.7), "drawings of the same prompts are as sharp"


def test_noise_is_farther_from_drawings_and_a_cut_shows_its_seams(panoramas: tuple[Bench, Shown]):
    bench, shown = panoramas
    noise = np.random.default_rng(0).integers(0, 255, shown.pictures.shape).astype(np.uint8)
    cut = shown.pictures.copy()
    cut[..., 128:256, :] = 255 - cut[..., 128:256, :]
    real, noisy, torn = (bench.row("tiles", Shown(one, shown.checks)) for one in (shown.pictures, noise, cut))
    assert noisy.crop_distance > real.crop_distance + 3 * real.crop_distance_se
    assert torn.seam is not None
    assert real.seam is not None
    assert torn.seam > 3 * real.seam


def test_a_portrait_is_compared_at_its_head_and_as_a_whole():
    asked = cases("portrait", 0, 3)
    bench, shown = Bench.of(JUDGE, "portrait", asked, 0), real_drawings(asked, [])
    legless = shown.pictures.copy()
    legless[:, :, 160:] = 0
    real, cut = (bench.row("inlay", Shown(one, shown.checks)) for one in (shown.pictures, legless))
    assert cut.crop_distance == pytest.approx(real.crop_distance)
    assert cut.more["figure_distance"] > real.more["figure_distance"] + real.more["figure_distance_se"]
    assert 1 / 80 < real.more["chance"] < 1 / 7

    alone = [[check for _, check in narrowed(case, number)] for number, case in enumerate(asked)]
    heads = [
        case.own[:, int(case.focus.top) : int(case.focus.bottom), int(case.focus.left) : int(case.focus.right)]
        for case in asked
        if case.focus and case.own is not None
    ]
    native = bench.row("native", Shown(np.stack(heads), alone))
    assert native.crop_distance == pytest.approx(real.crop_distance)
    assert native.more["head_accuracy"] == real.more["head_accuracy"]
    assert "figure_distance" not in native.more


def test_each_picture_of_a_scene_is_right_by_itself():
    asked = cases("scene", 0, 3)
    shown = real_drawings(asked, [])
    right = rights(JUDGE, shown)
    row = untouched("scene", asked).row("inlay", shown)
    for number, name in enumerate(("y3", "y1", "y2")):
        whole = [all(hit for (check, _), hit in one.items() if check == number) for one in right]
        assert row.more[name] == np.mean(whole)
    assert {len(one) for one in right} == {8}


def test_regions_say_how_many_patches_have_their_thing():
    asked = cases("regions", 0, 3)
    row = untouched("regions", asked).row("inlay", real_drawings(asked, []))
    assert 0 <= row.more["things"] <= 1


def test_a_thing_is_found_in_its_box_or_a_cell_beyond():
    cells = np.zeros((GRID, GRID))
    cells[5, 3] = 0.9
    for box, there in (
        (Box(48, 80, 64, 96), True),
        (Box(64, 64, 128, 128), True),
        (Box(80, 64, 128, 128), False),
        (Box(0, 0, 128, 64), False),
        (Box(0, 0, 128, 128), True),
    ):
        assert found(cells, box) == there
    assert not found(0.5 * cells, Box(0, 0, 128, 128))


def row(task: str, method: str, distance: float, accuracy: float = 0.95, **more: float) -> Row:
    far = more.pop("far", None)
    return Row(task, method, 32, distance, 0.1, accuracy, 0.01, 1.0, far, 420.0, 1.0, more)


def by_name(rows: list[Row]) -> dict[str, Bar]:
    return {bar.name: bar for bar in bars(rows)}


@pytest.mark.parametrize(("inlay", "met"), [(0.9, False), (0.6, False), (0.5, True), (0.1, True)])
def test_inlay_has_to_close_half_of_the_gap(inlay: float, met: bool):
    rows = [row("regions", "native", 0.0), row("regions", "multidiffusion", 1.0), row("regions", "inlay", inlay)]
    bar = by_name(rows)["share of the gap that inlay closes"]
    assert bar.figure == pytest.approx(1 - inlay)
    assert bar.met == met


def test_a_gap_within_three_standard_errors_is_not_asked_for():
    rows = [row("regions", "native", 0.6), row("regions", "multidiffusion", 1.0), row("regions", "inlay", 0.9)]
    bar = by_name(rows)["share of the gap that inlay closes"]
    assert bar.met is None
    assert "not asked" in str(bar)


@pytest.mark.parametrize(("accuracy", "met"), [(0.89, False), (0.91, True), (1.0, True)])
def test_inlay_may_lose_little_accuracy(accuracy: float, met: bool):
    rows = [row("scene", "multidiffusion", 1.0, 0.95), row("scene", "inlay", 1.0, accuracy)]
    assert by_name(rows)["accuracy that inlay loses to multidiffusion"].met == met


def test_native_pictures_have_to_be_read():
    assert [by_name([row("scene", "native", 0, share)]).popitem()[1].met for share in (0.89, 0.9)] == [False, True]


def test_the_bars_of_each_task_are_of_inlay():
    panorama = by_name([row("panorama-1", "inlay", 0, far=0.94, one_light=0.8)])
    assert not panorama["far coherence of inlay"].met
    assert panorama["skies of inlay with one sun or moon"].met
    scene = by_name([row("scene", "inlay", 0, y1=0.9, y2=0.84, y3=0.85)])
    assert [scene[f"{name} of inlay right"].met for name in ("y1", "y2", "y3")] == [True, False, True]
    assert by_name([row("portrait", "inlay", 0, head_accuracy=0.85, chance=0.1)])["heads of inlay right"].met


def test_the_bar_of_control_is_to_stay_near_chance():
    control = [
        by_name([row("portrait", "control", 0, head_accuracy=share, chance=0.1)])["heads of control right"]
        for share in (0.15, 0.5)
    ]
    assert [bar.met for bar in control] == [True, False]
    assert "missed" in str(control[1])


def test_a_run_that_was_cut_goes_on_where_it_was(tmp_path: Path):
    path, settings = tmp_path / "quality.json", {"seed": 0}
    first = row("scene", "native", 0.5, y1=1.0)
    Table(path, settings).add(first, np.zeros((2, 128, 128, 3), np.uint8))
    assert (tmp_path / "quality" / "scene-native.webp").exists()
    resumed = Table.resumed(path, settings)
    assert resumed.rows == [first]
    assert resumed.has("scene", "native")
    assert not resumed.has("scene", "inlay")
    with pytest.raises(QualityError, match="begin anew"):
        Table.resumed(path, {"seed": 1})
    assert not Table.resumed(tmp_path / "other.json", settings).rows


def test_a_page_shows_each_task_with_its_own_columns_and_bars():
    rows = [
        row("portrait", "native", 0.1, 0.85),
        row("portrait", "inlay", 0.2, head_accuracy=0.9),
        row("regions", "inlay", 0.3, things=0.5),
    ]
    page = "\n".join(tables(rows))
    portrait, regions = page.split("### regions")
    assert "| heads right |" in portrait
    assert "things in place" not in portrait
    assert "| native | 0.10 ± 0.10 | 0.85 ± 0.01 |" in portrait
    assert "- prompt accuracy of native pictures: 0.85, at least 0.90: **missed**" in portrait
    assert "things in place" in regions
    assert "| inlay | 0.30 ± 0.10 | 0.95 ± 0.01 | 1.00 |" in regions
